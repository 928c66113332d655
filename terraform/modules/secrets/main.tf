################################################################################
# Secrets: made here, written once, in neither state nor plan
################################################################################

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

locals {
  descriptions = {
    owner-password = "Password of the database's owner"
    login-password = "Password of the services' login"
    owner-url      = "RETAINWISE_DATABASE_OWNER_URL: the migrate task only"
    database-url   = "RETAINWISE_DATABASE_URL: a login that owns nothing"
    key-secret     = "RETAINWISE_KEY_SECRET: HMAC key of API keys"
    user-hash-key  = "RETAINWISE_USER_HASH_KEY: HMAC key of users in metrics"
  }

  random = toset(["owner-password", "login-password", "key-secret", "user-hash-key"])

  # RDS's own authority is not among those that a system knows, so the server's name is not checked; the network is ours.
  urls = {
    owner-url    = { user = var.owner, password = ephemeral.aws_secretsmanager_secret_version.password["owner-password"] }
    database-url = { user = var.login, password = ephemeral.aws_secretsmanager_secret_version.password["login-password"] }
  }
}

resource "aws_secretsmanager_secret" "this" {
  for_each = local.descriptions

  name                    = "${var.name}/${each.key}"
  description             = each.value
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = 30
}

################################################################################
# Random ones
################################################################################

resource "terraform_data" "generation" {
  input = var.generation
}

ephemeral "aws_secretsmanager_random_password" "this" {
  for_each = local.random

  password_length     = 48
  exclude_punctuation = true # they become part of a URL
  # True as soon as it is known: the plan of a new environment draws no password, and so can be tested without AWS.
  require_each_included_type = terraform_data.generation.output > 0
}

resource "aws_secretsmanager_secret_version" "random" {
  for_each = local.random

  secret_id                = aws_secretsmanager_secret.this[each.key].id
  secret_string_wo         = ephemeral.aws_secretsmanager_random_password.this[each.key].random_password
  secret_string_wo_version = var.generation
}

# Read back, and not taken from above: what an interrupted apply has written is what counts.
ephemeral "aws_secretsmanager_secret_version" "password" {
  for_each = toset(["owner-password", "login-password"])

  secret_id  = aws_secretsmanager_secret_version.random[each.key].secret_id
  version_id = aws_secretsmanager_secret_version.random[each.key].version_id
}

################################################################################
# The two ways into the database
################################################################################

resource "aws_secretsmanager_secret_version" "url" {
  for_each = toset(["owner-url", "database-url"])

  secret_id                = aws_secretsmanager_secret.this[each.key].id
  secret_string_wo         = "postgres://${local.urls[each.key].user}:${local.urls[each.key].password.secret_string}@${var.database}?sslmode=require"
  secret_string_wo_version = var.generation
}
