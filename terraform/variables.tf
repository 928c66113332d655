################################################################################
# Where
################################################################################

variable "region" {
  description = "Region of everything, e.g. eu-central-1."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is a name such as eu-central-1."
  }
}

variable "environment" {
  description = "Part of every name: production, staging … Two environments share nothing."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,11}[a-z0-9]$", var.environment))
    error_message = "environment has 2 to 13 small letters, digits and hyphens: a load balancer's name has 32 at most."
  }
}

variable "tags" {
  description = "Tags of every resource, besides Application, Environment and ManagedBy."
  type        = map(string)
  default     = {}
}

################################################################################
# Network
################################################################################

variable "vpc_cidr" {
  description = "Addresses of the network: a /16 to /20, cut into three subnets a zone."
  type        = string
  default     = "10.60.0.0/16"

  validation {
    condition     = can(cidrhost(var.vpc_cidr, 0)) && try(tonumber(split("/", var.vpc_cidr)[1]), 0) >= 16 && try(tonumber(split("/", var.vpc_cidr)[1]), 99) <= 20
    error_message = "vpc_cidr is a CIDR block of /16 to /20."
  }
}

variable "zones" {
  description = "Availability zones used. A load balancer and a database need two."
  type        = number
  default     = 2

  validation {
    condition     = contains([2, 3], var.zones)
    error_message = "zones is 2 or 3."
  }
}

variable "nat_gateway_per_zone" {
  description = "One NAT gateway in each zone; false saves the second one's price, and the loss of its zone then cuts every task off."
  type        = bool
  default     = true
}

variable "allowed_cidrs" {
  description = "Who may reach the load balancer (IPv4). The default is everybody: every call needs an identity anyway."
  type        = list(string)
  default     = ["0.0.0.0/0"]

  validation {
    condition     = length(var.allowed_cidrs) > 0 && alltrue([for cidr in var.allowed_cidrs : can(cidrhost(cidr, 0))])
    error_message = "allowed_cidrs holds at least one CIDR block, e.g. 203.0.113.0/24."
  }
}

variable "certificate_arn" {
  description = "Certificate (ACM, same region) of the name that clients call."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:(acm|iam):", var.certificate_arn))
    error_message = "certificate_arn is the ARN of an ACM or IAM certificate."
  }
}

################################################################################
# Images
################################################################################

variable "image" {
  description = "Image of api, worker, migrate and operator (built from the Containerfile), best by digest: <registry>/retainwise@sha256:…"
  type        = string

  validation {
    condition     = can(regex("[:@]", var.image)) && !endswith(var.image, ":latest")
    error_message = "image names a tag or a digest, and not latest: what was tested is what runs."
  }
}

variable "image_repository_arn" {
  description = "ECR repository of the image, which the tasks are then allowed to pull; null when it is in a public registry."
  type        = string
  default     = null
}

variable "collector_image" {
  description = "Image of the collector beside each task: aws-observability/aws-otel-collector of Amazon's public gallery, v0.49.0, best by digest."
  type        = string

  validation {
    condition     = can(regex("[:@]", var.collector_image)) && !endswith(var.collector_image, ":latest")
    error_message = "collector_image names a tag or a digest, and not latest."
  }
}

variable "collector_config" {
  description = "The collector's configuration (YAML); null takes collector/config.yaml of this repository."
  type        = string
  default     = null

  validation {
    condition     = length(coalesce(var.collector_config, "-")) <= 49152
    error_message = "collector_config has at most 48 kB: a task definition has 64 kB, and this is part of it."
  }
}

variable "architecture" {
  description = "Processor of the tasks, as the image was built: ARM64 or X86_64."
  type        = string
  default     = "X86_64"

  validation {
    condition     = contains(["ARM64", "X86_64"], var.architecture)
    error_message = "architecture is ARM64 or X86_64."
  }
}

################################################################################
# Identity
################################################################################

variable "auth" {
  description = "How callers show who they are: keys, jwt, or keys,jwt."
  type        = string
  default     = "keys"

  validation {
    condition     = contains(["keys", "jwt", "keys,jwt"], var.auth)
    error_message = "auth is keys, jwt or keys,jwt. What is open to all is for a laptop."
  }
}

variable "jwt" {
  description = "Issuer, audience and JWKS address of the tokens; needed when auth names jwt."
  type = object({
    issuer   = string
    audience = string
    jwks_url = string
  })
  default = null

  validation {
    condition     = var.jwt == null || can(regex("^https://", var.jwt.jwks_url))
    error_message = "jwt.jwks_url begins with https://: whoever can change the keys on their way is everybody."
  }

  validation {
    condition     = (var.jwt != null) == strcontains(var.auth, "jwt")
    error_message = "jwt is set exactly when auth names jwt."
  }
}

################################################################################
# Tasks
################################################################################

variable "api_size" {
  description = "CPU units and MiB of an api task, the collector included, and how many tasks there are at least and at most."
  type        = object({ cpu = number, memory = number, min = number, max = number })
  default     = { cpu = 1024, memory = 2048, min = 2, max = 6 }

  validation {
    condition     = var.api_size.min >= 1 && var.api_size.max >= var.api_size.min
    error_message = "api_size: 1 <= min <= max."
  }
}

variable "worker_size" {
  description = "The same of a worker task. At least one: with none there is no backlog per task, and nobody would notice the first message."
  type        = object({ cpu = number, memory = number, min = number, max = number })
  default     = { cpu = 2048, memory = 4096, min = 1, max = 10 }

  validation {
    condition     = var.worker_size.min >= 1 && var.worker_size.max >= var.worker_size.min
    error_message = "worker_size: 1 <= min <= max."
  }
}

variable "worker_backlog_target" {
  description = "Messages (waiting or in work) per worker task that scaling aims at. A worker does one file at a time, seconds for most."
  type        = number
  default     = 4

  validation {
    condition     = var.worker_backlog_target >= 1
    error_message = "worker_backlog_target is at least 1: a busy worker alone is a backlog of 1."
  }
}

################################################################################
# Database
################################################################################

variable "database" {
  description = "PostgreSQL: version, instance class, GiB at first and at most, second zone, days of backups."
  type = object({
    engine_version = optional(string, "17")
    instance_class = optional(string, "db.m7g.large")
    storage        = optional(number, 50)
    storage_max    = optional(number, 500)
    multi_az       = optional(bool, true)
    backup_days    = optional(number, 14)
  })
  default = {}

  validation {
    condition     = var.database.backup_days >= 7 && var.database.backup_days <= 35
    error_message = "database.backup_days is 7 to 35 (RDS keeps 35 at most; 0 would switch backups off)."
  }

  validation {
    condition     = var.database.storage_max > var.database.storage && var.database.storage >= 20
    error_message = "database.storage is at least 20 GiB, and storage_max is more."
  }
}

variable "deletion_protection" {
  description = "Database and load balancer cannot be deleted while true. Set it to false, and apply, before a destroy."
  type        = bool
  default     = true
}

################################################################################
# How long things are kept
################################################################################

variable "deleted_file_days" {
  description = "Days after which a deleted customer file is gone for good. Until then versioning can bring it back."
  type        = number
  default     = 1

  validation {
    condition     = var.deleted_file_days >= 1 && var.deleted_file_days <= 30
    error_message = "deleted_file_days is 1 to 30: a deletion that a customer asked for has a date."
  }
}

variable "log_days" {
  description = "Retention of every log group, days."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365], var.log_days)
    error_message = "log_days is one of CloudWatch's steps from 1 to 365; never (0) is not one."
  }
}

################################################################################
# Monitoring
################################################################################

variable "alarm_emails" {
  description = "E-mail addresses that are told of critical alarms, and of warnings. Each has to confirm the first e-mail."
  type = object({
    critical = optional(list(string), [])
    warning  = optional(list(string), [])
  })
  default = {}

  validation {
    condition     = alltrue([for address in concat(var.alarm_emails.critical, var.alarm_emails.warning) : can(regex("^[^@\\s]+@[^@\\s]+$", address))])
    error_message = "alarm_emails holds e-mail addresses."
  }
}

variable "model_confidence" {
  description = "Mean confidence of the model on its training data, and how far below it half an hour may lie. The defaults are the telecom model's (schema.json, training)."
  type        = object({ baseline = number, margin = number })
  default     = { baseline = 0.809, margin = 0.09 }

  validation {
    condition     = var.model_confidence.baseline <= 1 && var.model_confidence.margin > 0 && var.model_confidence.baseline - var.model_confidence.margin >= 0.5
    error_message = "model_confidence: 0.5 <= baseline - margin < baseline <= 1, since max(p, 1 - p) is never less than 0.5."
  }
}
