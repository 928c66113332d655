variable "name" {
  description = "First part of every secret's name."
  type        = string
}

variable "kms_key_arn" {
  description = "Key that encrypts them."
  type        = string
}

variable "generation" {
  description = "A higher number makes all of them anew."
  type        = number
}

variable "database" {
  description = "host:port/name of the database."
  type        = string
}

variable "owner" {
  description = "Owner of the tables."
  type        = string
}

variable "login" {
  description = "Login of the services."
  type        = string
}
