# The real provider, but only its plan: nothing is asked of AWS and no account is needed.
provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  region               = "eu-central-1"
  environment          = "test"
  certificate_arn      = "arn:aws:acm:eu-central-1:111122223333:certificate/1"
  image                = "registry.example.com/retainwise:1"
  collector_image      = "registry.example.com/collector:1"
  image_repository_arn = "arn:aws:ecr:eu-central-1:111122223333:repository/retainwise"
}

override_data {
  target = data.aws_caller_identity.current
  values = { account_id = "111122223333" }
}

override_data {
  target = data.aws_availability_zones.available
  values = { names = ["eu-central-1a", "eu-central-1b", "eu-central-1c"] }
}

run "a_worker_service_of_none" {
  command         = plan
  expect_failures = [var.worker_size]
  variables { worker_size = { cpu = 1024, memory = 2048, min = 0, max = 2 } }
}

run "an_image_by_latest" {
  command         = plan
  expect_failures = [var.image]
  variables { image = "registry.example.com/retainwise:latest" }
}

run "an_open_door" {
  command         = plan
  expect_failures = [var.auth]
  variables { auth = "open" }
}

run "tokens_without_an_issuer" {
  command         = plan
  expect_failures = [var.jwt]
  variables { auth = "keys,jwt" }
}

run "keys_of_the_issuer_over_http" {
  command         = plan
  expect_failures = [var.jwt]
  variables {
    auth = "jwt"
    jwt  = { issuer = "https://login.example.com/", audience = "retainwise", jwks_url = "http://login.example.com/jwks.json" }
  }
}

run "no_backups" {
  command         = plan
  expect_failures = [var.database]
  variables { database = { backup_days = 0 } }
}

run "logs_for_ever" {
  command         = plan
  expect_failures = [var.log_days]
  variables { log_days = 0 }
}

run "deleted_files_kept_for_ever" {
  command         = plan
  expect_failures = [var.deleted_file_days]
  variables { deleted_file_days = 3650 }
}

run "an_address_that_is_none" {
  command         = plan
  expect_failures = [var.alarm_emails]
  variables { alarm_emails = { critical = ["on-call"] } }
}

run "a_confidence_that_no_prediction_is_below" {
  command         = plan
  expect_failures = [var.model_confidence]
  variables { model_confidence = { baseline = 0.55, margin = 0.1 } }
}
