################################################################################
# Alarms of the queue and the worker
################################################################################

locals {
  job_alarms = {
    sqs-queue-depth-high = {
      severity   = "critical"
      impact     = "Files wait: customers see their upload as queued for longer and longer."
      resolution = "1. Do workers run? ${local.commands.workers} 2. What do they say? ${local.commands.worker_log} 3. If they run and complete, they are too few: raise worker_size.max in the tfvars and apply."
      metrics    = { waiting = { namespace = "AWS/SQS", name = "ApproximateNumberOfMessagesVisible", stat = "Maximum", queue = local.queue_name } }
      comparison = ">"
      threshold  = 10
      windows    = { "" = { period = 60, evaluate = 5, breach = 5, expression = null } }
      missing    = "notBreaching"
      causes     = ["worker-heartbeat-missing", "database-write-error-rate"]
    }

    sqs-oldest-message-age = {
      severity   = "warning"
      impact     = "At least one customer has waited for more than 10 minutes for a worker to take the file."
      resolution = "1. Waiting and in work: ${local.commands.queue} 2. ${local.commands.workers} 3. Long files? ${local.commands.worker_log} Raise worker_size.max if all workers are busy."
      metrics    = { age = { namespace = "AWS/SQS", name = "ApproximateAgeOfOldestMessage", stat = "Maximum", queue = local.queue_name } }
      comparison = ">"
      threshold  = 600
      windows    = { "" = { period = 60, evaluate = 1, breach = 1, expression = null } }
      missing    = "notBreaching"
      causes     = ["sqs-queue-depth-high", "worker-heartbeat-missing", "database-write-error-rate"]
    }

    # One metric and no math, so that even a stand-in for AWS evaluates it. A letter that is gone between two samples: job-dead-lettered.
    dlq-messages-present = {
      severity   = "critical"
      impact     = "A customer's file was given up: it gets no result until somebody acts. Letters are kept for ${local.dead_letter_days} days."
      resolution = "In the folder terraform/: 1. ${local.commands.dead_letters} 2. ${local.commands.said} 3. Mend what the codes name, then the same with [\"dlq\",\"redrive\"]."
      metrics    = { letters = { namespace = "AWS/SQS", name = "ApproximateNumberOfMessagesVisible", stat = "Maximum", queue = local.dead_letter_name } }
      comparison = ">"
      threshold  = 0
      windows    = { "" = { period = 60, evaluate = 1, breach = 1, expression = null } }
      missing    = "notBreaching"
      causes     = []
    }

    job-dead-lettered = {
      severity   = "critical"
      impact     = "A job was given up within the last 5 minutes, and its letter has left the dead letters again."
      resolution = "1. ${local.commands.worker_log} 2. Who emptied ${local.dead_letter_name}? Ask before it is done again. In the folder terraform/: ${local.commands.dead_letters} 3. ${local.commands.said}"
      metrics    = { letters = { namespace = "RetainWise/Worker", name = "JobDeadLettered", stat = "Sum", queue = null } }
      comparison = ">="
      threshold  = 1
      windows    = { "" = { period = 300, evaluate = 1, breach = 1, expression = null } }
      missing    = "notBreaching"
      causes     = ["dlq-messages-present"]
    }

    worker-error-rate-high = {
      severity   = "warning"
      impact     = "More than 5 % of the attempts at customers' files fail on our side. They are tried again, and then given up."
      resolution = "1. Which code? ${local.commands.worker_log} 2. ${local.commands.database} 3. ${local.commands.files} 4. After a deployment: apply the last image again."
      metrics = {
        failures  = { namespace = "RetainWise/Worker", name = "WorkerFailure", stat = "Sum", queue = null }
        successes = { namespace = "RetainWise/Worker", name = "WorkerSuccess", stat = "Sum", queue = null }
      }
      comparison = ">"
      threshold  = 5
      windows = {
        "" = {
          period     = 600, evaluate = 1, breach = 1
          expression = "IF(FILL(failures, 0) >= 3, 100 * FILL(failures, 0) / IF(FILL(failures, 0) > 0, FILL(failures, 0) + FILL(successes, 0), 1), 0)"
        }
      }
      missing = "notBreaching"
      causes  = ["database-write-error-rate", "model-load-failure", "job-dead-lettered"]
    }

    # Two of three windows of five minutes: slow files that end minutes apart are seen, and a single one is no news.
    worker-processing-slow = {
      severity   = "warning"
      impact     = "Most files are done, but one in twenty takes more than 5 minutes from the claim to the result."
      resolution = "1. Size or slowness? Compare rows and seconds: aws logs tail ${local.log_group_prefix}/worker --since 30m --filter-pattern '{ $.event = \"job.completed\" }' 2. Database: ${local.commands.database} and panel \"Database time\" of the dashboard ${local.name}. 3. CPU at its limit: raise worker_size.cpu and apply."
      metrics    = { time = { namespace = "RetainWise/Worker", name = "WorkerEndToEndDuration", stat = "p95", queue = null } }
      comparison = ">"
      threshold  = 300
      windows    = { "" = { period = 300, evaluate = 3, breach = 2, expression = null } }
      missing    = "notBreaching"
      causes     = []
    }

    worker-heartbeat-missing = {
      severity   = "critical"
      impact     = "No worker says that it lives: uploads are taken and nobody works on them. (Or the collector is silent, and all other alarms are blind.)"
      resolution = "1. ${local.commands.workers} 2. Why did tasks stop? aws logs tail ${local.log_group_prefix}/worker --since 30m 3. If workers run: ${local.commands.collector_log} 4. ${local.commands.restart_worker}"
      metrics    = { beat = { namespace = "RetainWise/Worker", name = "WorkerHeartbeat", stat = "Maximum", queue = null } }
      comparison = "<"
      threshold  = 1
      windows    = { "" = { period = 60, evaluate = 3, breach = 3, expression = null } }
      missing    = "breaching"
      causes     = []
    }
  }
}
