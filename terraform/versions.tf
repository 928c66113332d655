################################################################################
# Versions and provider
################################################################################

terraform {
  # 1.11: write-only arguments, so that no secret is ever in the state or in a plan.
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }

  # Where the state is kept is the operator's choice: see README.md, "The state".
}

provider "aws" {
  region = var.region

  default_tags {
    tags = merge({ Application = "retainwise", Environment = var.environment, ManagedBy = "terraform" }, var.tags)
  }
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

data "aws_availability_zones" "available" {
  state = "available"
}

locals {
  name      = "retainwise-${var.environment}"
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  zones     = slice(data.aws_availability_zones.available.names, 0, var.zones)
}
