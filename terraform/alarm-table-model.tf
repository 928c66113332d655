################################################################################
# Alarms of the model, and of monitoring itself
################################################################################

locals {
  model_alarms = {
    # Mean of max(p, 1 - p) over all customers of half an hour; of fewer than a hundred it says nothing.
    model-confidence-low = {
      severity   = "warning"
      impact     = "The model is less sure than on its training data: the ranking of customers at risk is worth less, and nobody sees it on a result."
      resolution = "1. Panel \"Feature drift\" of the dashboard ${local.name}: is the data another than in training? 2. Did the version change? ${local.commands.model_log} 3. Back to the last version: remove the new one (${local.commands.models}), then ${local.commands.restart_worker} 4. Tell whoever trains the model."
      metrics = {
        confidence = { namespace = "RetainWise/MLPipeline", name = "PredictionConfidence", stat = "Average", queue = null }
        customers  = { namespace = "RetainWise/MLPipeline", name = "PredictionConfidence", stat = "SampleCount", queue = null }
      }
      comparison = "<"
      threshold  = var.model_confidence.baseline - var.model_confidence.margin
      windows = {
        "" = {
          period     = 1800, evaluate = 1, breach = 1
          expression = "IF(FILL(customers, 0) >= 100, FILL(confidence, 1), 1)"
        }
      }
      missing = "notBreaching"
      causes  = []
    }

    model-load-failure = {
      severity   = "critical"
      impact     = "A model was refused or could not be read. Running tasks keep the last good one; a task that starts now has none and takes no work."
      resolution = "1. Why? ${local.commands.model_log} 2. ${local.commands.models} 3. A bad bundle: delete its folder there, or sync a good one (README.md, Deploy, step 3). It is looked for again every 30 seconds."
      metrics    = { failures = { namespace = "RetainWise/MLPipeline", name = "ModelLoadFailure", stat = "Sum", queue = null } }
      comparison = ">="
      threshold  = 1
      windows    = { "" = { period = 300, evaluate = 1, breach = 1, expression = null } }
      missing    = "notBreaching"
      causes     = []
    }

    explanation-not-additive = {
      severity   = "critical"
      impact     = "Reasons shown to customers do not add up to the score: an explanation is wrong. Rows beyond the tolerance show none."
      resolution = "1. Which model? ${local.commands.model_log} 2. Back to the last version: remove the new one (${local.commands.models}), then ${local.commands.restart_worker} and the same of api. 3. Reproduce with bun src/cli.ts model verify <folder>, and tell the developers: this is a fault of the program or the bundle, not of the data."
      metrics    = { residual = { namespace = "RetainWise/MLPipeline", name = "ExplanationResidual", stat = "Maximum", queue = null } }
      comparison = ">"
      threshold  = 0.001
      windows    = { "" = { period = 300, evaluate = 1, breach = 1, expression = null } }
      missing    = "notBreaching"
      causes     = []
    }

    # Two of the three runs of a quarter of an hour: one alone may have met a task that was being replaced. Filled, because without a failure nothing
    # is counted: CloudWatch would go on looking at the last quarter of an hour that had one, and go on and off by where its windows lie.
    canary-failed = {
      severity   = "critical"
      impact     = "Golden customers, sent through the whole way like a customer's file, do not come back as they were signed: customers get wrong results, late ones or none, while every part by itself looks healthy."
      resolution = "1. Which reason? ${local.commands.canary_log} 2. mismatch: results are wrong. Back to the last version of the model (${local.commands.models}) or to the last image, and tell the developers. 3. timeout: ${local.commands.workers} 4. refused, failed: ${local.commands.api_log}"
      metrics    = { failures = { namespace = "RetainWise/MLPipeline", name = "CanaryFailure", stat = "Sum", queue = null } }
      comparison = ">="
      threshold  = 2
      windows    = { "" = { period = 900, evaluate = 1, breach = 1, expression = "FILL(failures, 0)" } }
      missing    = "notBreaching"
      causes     = ["worker-heartbeat-missing", "database-write-error-rate", "s3-upload-failure-rate", "sqs-queue-depth-high"]
    }

    # An hour, so that a customer who sends one file after another is one notice.
    feature-drift = {
      severity   = "warning"
      impact     = "A customer's data differs much from the training data (PSI > 0.25): its predictions are extrapolation."
      resolution = "1. Which feature? aws cloudwatch list-metrics --namespace RetainWise/MLPipeline --metric-name FeatureDrift, and panel \"Feature drift\" of the dashboard ${local.name}. 2. One file or all? One: a mapping or a unit is wrong, tell the customer. All: tell whoever trains the model."
      metrics    = { drift = { namespace = "RetainWise/MLPipeline", name = "FeatureDrift", stat = "Maximum", queue = null } }
      comparison = ">"
      threshold  = 0.25
      windows    = { "" = { period = 3600, evaluate = 1, breach = 1, expression = null } }
      missing    = "notBreaching"
      causes     = []
    }
  }

  notice_alarms = {
    telemetry-dropped = {
      severity   = "warning"
      impact     = "Measurements were lost: for that time counts are too low and alarms may have been blind. No customer noticed."
      resolution = "1. ${local.commands.collector_log} 2. Is the collector alive? aws ecs list-tasks --cluster ${local.name} --service-name worker, and the same of api. 3. Throttled by CloudWatch Logs: fewer tasks, or a higher quota of PutLogEvents."
      metrics    = { dropped = { namespace = "RetainWise/MLPipeline", name = "TelemetryDropped", stat = "Sum", queue = null } }
      comparison = ">="
      threshold  = 1
      windows    = { "" = { period = 300, evaluate = 1, breach = 1, expression = null } }
      missing    = "notBreaching"
      causes     = []
    }

    # A warning: when it is the critical topic's address that is dead, this one arrives.
    notification-undelivered = {
      severity   = "warning"
      impact     = "A notice of an alarm did not reach an address: somebody who should know of a problem may not."
      resolution = "1. Which? aws sqs receive-message --queue-url \"$(aws sqs get-queue-url --queue-name ${local.undelivered_name} --query QueueUrl --output text)\" --attribute-names All --message-attribute-names All 2. aws sns list-subscriptions-by-topic --topic-arn ${local.topic_arns.critical} 3. Correct alarm_emails and apply. 4. What is on? aws cloudwatch describe-alarms --state-value ALARM --alarm-name-prefix ${local.name}-"
      metrics    = { letters = { namespace = "AWS/SQS", name = "ApproximateNumberOfMessagesVisible", stat = "Maximum", queue = local.undelivered_name } }
      comparison = ">"
      threshold  = 0
      windows    = { "" = { period = 60, evaluate = 1, breach = 1, expression = null } }
      missing    = "notBreaching"
      causes     = []
    }
  }
}
