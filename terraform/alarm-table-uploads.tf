################################################################################
# Alarms of the api, the storage and the database
################################################################################

locals {
  # 99.5 % of the uploads that are not the caller's fault succeed. A burn rate of 1 uses up the errors of 30 days in 30 days.
  upload_slo_errors = 0.005

  upload_outcomes = {
    errors    = { namespace = "RetainWise/API", name = "UploadServerError", stat = "Sum", queue = null }
    successes = { namespace = "RetainWise/API", name = "UploadSuccess", stat = "Sum", queue = null }
  }

  # The long window says that it matters, the short one that it goes on; a single error is neither.
  burn_rate = {
    for name, minimum in { long = 5, short = 2 } : name =>
    "IF(FILL(errors, 0) >= ${minimum}, FILL(errors, 0) / IF(FILL(errors, 0) > 0, FILL(errors, 0) + FILL(successes, 0), 1) / ${local.upload_slo_errors}, 0)"
  }

  upload_alarms = {
    s3-upload-failure-rate = {
      severity   = "critical"
      impact     = "Customers' uploads are refused with 503: the storage does not take more than 5 % of the files."
      resolution = "1. ${local.commands.files} 2. What does S3 say? ${local.commands.api_log} 3. AccessDenied: compare the role with terraform plan. Key disabled: aws kms describe-key --key-id alias/${local.name} 4. AWS's health page of ${var.region}."
      metrics = {
        failures = { namespace = "RetainWise/API", name = "S3UploadFailure", stat = "Sum", queue = null }
        attempts = { namespace = "RetainWise/API", name = "S3UploadAttempt", stat = "Sum", queue = null }
      }
      comparison = ">"
      threshold  = 5
      windows = {
        "" = {
          period     = 300, evaluate = 1, breach = 1
          expression = "IF(FILL(failures, 0) >= 3, 100 * FILL(failures, 0) / IF(FILL(attempts, 0) > 0, FILL(attempts, 0), 1), 0)"
        }
      }
      missing = "notBreaching"
      causes  = []
    }

    database-write-error-rate = {
      severity   = "critical"
      impact     = "Uploads cannot be recorded and results cannot be saved: the service is as good as down."
      resolution = "1. ${local.commands.database} 2. aws rds describe-events --source-type db-instance --source-identifier ${local.name} --duration 60 3. aws logs tail /aws/rds/instance/${local.name}/postgresql --since 30m 4. Storage full: raise database.storage and apply. Hanging: aws rds reboot-db-instance --db-instance-identifier ${local.name} --force-failover"
      metrics = {
        errors   = { namespace = "RetainWise/Database", name = "DatabaseWriteError", stat = "Sum", queue = null }
        attempts = { namespace = "RetainWise/Database", name = "DatabaseWriteAttempt", stat = "Sum", queue = null }
      }
      comparison = ">"
      threshold  = 1
      windows = {
        "" = {
          period     = 600, evaluate = 1, breach = 1
          expression = "IF(FILL(errors, 0) >= 5, 100 * FILL(errors, 0) / IF(FILL(attempts, 0) > 0, FILL(attempts, 0), 1), 0)"
        }
      }
      missing = "notBreaching"
      causes  = []
    }

    upload-success-rate-low = {
      severity   = "warning"
      impact     = "More than one upload in twenty fails on our side, and neither storage nor database explains it."
      resolution = "1. Which code? ${local.commands.api_log} 2. Are tasks being replaced? aws ecs describe-services --cluster ${local.name} --services api --query 'services[].[runningCount,desiredCount,events[:5].message]' 3. After a deployment: apply the last image again."
      metrics    = local.upload_outcomes
      comparison = "<"
      threshold  = 95
      windows = {
        "" = {
          period     = 600, evaluate = 1, breach = 1
          expression = "IF(FILL(successes, 0) + FILL(errors, 0) >= 20, 100 * FILL(successes, 0) / IF(FILL(successes, 0) + FILL(errors, 0) > 0, FILL(successes, 0) + FILL(errors, 0), 1), 100)"
        }
      }
      missing = "notBreaching"
      causes  = ["database-write-error-rate", "s3-upload-failure-rate", "upload-slo-burn-fast"]
    }

    upload-slo-burn-fast = {
      severity   = "critical"
      impact     = "Uploads fail 14.4 times as often as the objective of 99.5 % allows: an hour of this uses up 2 % of a month's errors."
      resolution = "1. Which code? ${local.commands.api_log} 2. ${local.commands.database} 3. ${local.commands.files} 4. After a deployment: apply the last image again."
      metrics    = local.upload_outcomes
      comparison = ">"
      threshold  = 14.4
      windows = {
        "-1h" = { period = 3600, evaluate = 1, breach = 1, expression = local.burn_rate.long }
        "-5m" = { period = 300, evaluate = 1, breach = 1, expression = local.burn_rate.short }
      }
      missing = "notBreaching"
      causes  = ["database-write-error-rate", "s3-upload-failure-rate"]
    }

    upload-slo-burn-slow = {
      severity   = "warning"
      impact     = "Uploads fail 3 times as often as the objective of 99.5 % allows, for hours: a month of it uses up three months' errors."
      resolution = "Not urgent, but it will not go away. 1. Which codes, since when? aws logs tail ${local.log_group_prefix}/api --since 6h --filter-pattern '{ $.event = \"request.failed\" }' 2. Panel \"Uploads\" of the dashboard ${local.name}: did it begin with a deployment?"
      metrics    = local.upload_outcomes
      comparison = ">"
      threshold  = 3
      windows = {
        "-6h"  = { period = 21600, evaluate = 1, breach = 1, expression = local.burn_rate.long }
        "-30m" = { period = 1800, evaluate = 1, breach = 1, expression = local.burn_rate.short }
      }
      missing = "notBreaching"
      causes  = ["database-write-error-rate", "s3-upload-failure-rate", "upload-slo-burn-fast", "upload-success-rate-low"]
    }
  }
}
