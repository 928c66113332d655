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
  environment          = "thirteen-long" # the longest name there may be: it is in every description
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

# What AWS would name, so that every policy is known in the plan and can be looked at.
override_resource {
  target          = aws_kms_key.data
  override_during = plan
  values          = { arn = "arn:aws:kms:eu-central-1:111122223333:key/data" }
}

override_resource {
  target          = aws_cloudwatch_log_group.this
  override_during = plan
  values          = { arn = "arn:aws:logs:eu-central-1:111122223333:log-group:a" }
}

override_resource {
  target          = aws_sqs_queue.jobs
  override_during = plan
  values          = { url = "https://sqs.eu-central-1.amazonaws.com/111122223333/jobs" }
}

override_resource {
  target          = module.secrets.aws_secretsmanager_secret.this
  override_during = plan
  values          = { arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:a" }
}

override_resource {
  target          = aws_kms_key.notices
  override_during = plan
  values          = { arn = "arn:aws:kms:eu-central-1:111122223333:key/notices" }
}

override_resource {
  target          = aws_sqs_queue.undelivered
  override_during = plan
  values          = { arn = "arn:aws:sqs:eu-central-1:111122223333:retainwise-thirteen-long-notices-undelivered" }
}

run "alarms" {
  command = plan

  variables {
    alarm_emails = { critical = ["one@example.com"], warning = ["one@example.com", "two@example.com"] }
  }

  assert {
    condition = toset(keys(local.alarms)) == toset([
      "sqs-queue-depth-high", "sqs-oldest-message-age", "dlq-messages-present", "job-dead-lettered", "worker-error-rate-high",
      "worker-processing-slow", "s3-upload-failure-rate", "database-write-error-rate", "upload-success-rate-low", "model-confidence-low",
      "model-load-failure", "worker-heartbeat-missing", "explanation-not-additive", "feature-drift", "telemetry-dropped",
      "upload-slo-burn-fast", "upload-slo-burn-slow", "notification-undelivered", "canary-failed",
    ])
    error_message = "The table has other alarms than those agreed on."
  }

  # 19 alarms, two of them with two windows.
  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 21 && length(aws_cloudwatch_composite_alarm.notice) == 8 && length(aws_cloudwatch_composite_alarm.cause) == 8
    error_message = "${length(aws_cloudwatch_metric_alarm.this)} metric alarms, ${length(aws_cloudwatch_composite_alarm.notice)} that tell for others, ${length(aws_cloudwatch_composite_alarm.cause)} causes."
  }

  assert {
    condition = toset([for key, alarm in local.alarms : key if alarm.severity == "critical"]) == toset([
      "sqs-queue-depth-high", "dlq-messages-present", "job-dead-lettered", "s3-upload-failure-rate", "database-write-error-rate",
      "model-load-failure", "worker-heartbeat-missing", "explanation-not-additive", "upload-slo-burn-fast", "canary-failed",
    ]) && alltrue([for alarm in local.alarms : contains(["critical", "warning"], alarm.severity)])
    error_message = "An alarm has another severity than agreed on."
  }

  # Exactly one alarm of each record tells, and to one topic.
  assert {
    condition = alltrue([
      for key, alarm in local.alarms : [
        for teller in concat(
          [for name, resource in aws_cloudwatch_metric_alarm.this : resource if local.metric_alarms[name].key == key],
          [for name, resource in aws_cloudwatch_composite_alarm.notice : resource if name == key],
        ) : { to = teller.alarm_actions, back = teller.ok_actions } if length(coalesce(teller.alarm_actions, [])) + length(coalesce(teller.ok_actions, [])) > 0
        ] == [{
          to   = toset(["arn:aws:sns:eu-central-1:111122223333:retainwise-thirteen-long-${alarm.severity}"])
          back = toset(["arn:aws:sns:eu-central-1:111122223333:retainwise-thirteen-long-${alarm.severity}"])
      }]
    ])
    error_message = "An alarm tells nobody, twice, or the wrong topic."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_composite_alarm.cause : length(coalesce(alarm.alarm_actions, [])) == 0 && length(coalesce(alarm.ok_actions, [])) == 0])
    error_message = "A cause is told twice: by itself, and as the cause of another."
  }

  assert {
    condition     = alltrue([for name, alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_name == "retainwise-thirteen-long-${name}"])
    error_message = "An alarm's name is not its key."
  }

  assert {
    condition     = { for name, alarm in aws_cloudwatch_metric_alarm.this : name => alarm.treat_missing_data if alarm.treat_missing_data != "notBreaching" } == { worker-heartbeat-missing = "breaching" }
    error_message = "Errors that are not there are no errors; a heartbeat that is not there is one."
  }

  # CloudWatch does not add up over dimensions.
  assert {
    condition = alltrue([
      for alarm in aws_cloudwatch_metric_alarm.this :
      alarm.namespace == "AWS/SQS" ? join(",", keys(alarm.dimensions)) == "QueueName" : length(coalesce(alarm.dimensions, {})) == 0
    ]) && alltrue(flatten([for alarm in aws_cloudwatch_metric_alarm.this : [for query in alarm.metric_query : [for metric in query.metric : length(coalesce(metric.dimensions, {})) == 0]]]))
    error_message = "An alarm looks at a dimension, and so not at all that is counted."
  }

  # Every operand is filled: FILL(name, …) as often as the name stands in the expression.
  assert {
    condition = alltrue(flatten([
      for key, alarm in local.alarms : [
        for window in alarm.windows : [
          for name in keys(alarm.metrics) :
          length(regexall("\\b${name}\\b", window.expression)) > 0 && length(regexall("\\b${name}\\b", window.expression)) == length(regexall("FILL\\(${name}, [01]\\)", window.expression))
        ] if window.expression != null
      ]
    ]))
    error_message = "An operand is not filled: without it the ratio is missing, and so is the alarm."
  }

  assert {
    condition = alltrue([
      for alarm in concat(values(aws_cloudwatch_metric_alarm.this), values(aws_cloudwatch_composite_alarm.notice)) :
      length(alarm.alarm_description) <= 1024 && length(regexall("^Severity: (critical|warning)\\.\\nIMPACT: .+\\nRESOLUTION: .+", alarm.alarm_description)) == 1
    ])
    error_message = "CloudWatch takes no more than 1024 characters: ${jsonencode({ for name, text in local.descriptions : name => length(text) if length(text) > 1024 })}"
  }

  # Whatever a rule names is an alarm of this plan, and no alarm explains itself by a circle.
  assert {
    condition = length(setsubtract(
      flatten([
        for alarm in concat(values(aws_cloudwatch_composite_alarm.notice), values(aws_cloudwatch_composite_alarm.cause)) :
        regexall("ALARM\\(\"([^\"]+)\"\\)", alarm.alarm_rule)
      ]),
      [for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_name],
    )) == 0
    error_message = "A composite alarm watches what is not there."
  }

  # Each order of causes has an end: an alarm's causes stand before it in some list. Three steps are enough to reach all.
  assert {
    condition = alltrue([
      for key, alarm in local.alarms : !contains(flatten([
        for cause in alarm.causes : concat([cause], local.alarms[cause].causes, flatten([for further in local.alarms[cause].causes : local.alarms[further].causes]))
      ]), key)
    ])
    error_message = "Two alarms explain each other: nobody would be told of either."
  }

  assert {
    condition = alltrue([
      for alarm in aws_cloudwatch_composite_alarm.notice :
      length(alarm.actions_suppressor) == (contains(keys(local.causes), one([for key, notice in local.notices : key if "${local.name}-${notice.name}" == alarm.alarm_name])) ? 1 : 0)
    ])
    error_message = "A consequence is told although its cause was."
  }
}

run "notices" {
  command = plan

  variables {
    alarm_emails = { critical = ["one@example.com"], warning = ["one@example.com", "two@example.com"] }
  }

  assert {
    condition     = toset([for topic in aws_sns_topic.alarms : topic.name]) == toset(["retainwise-thirteen-long-critical", "retainwise-thirteen-long-warning"])
    error_message = "There are not two topics."
  }

  assert {
    condition     = alltrue([for topic in aws_sns_topic.alarms : topic.kms_master_key_id == aws_kms_key.notices.arn]) && aws_sqs_queue.undelivered.kms_master_key_id == aws_kms_key.notices.arn
    error_message = "A topic or its dead letters are not encrypted with our key."
  }

  assert {
    condition = contains(jsondecode(data.aws_iam_policy_document.notices_key.json).Statement, {
      Sid       = "AlarmsOfThisAccountPublish"
      Effect    = "Allow"
      Action    = ["kms:GenerateDataKey*", "kms:Decrypt"]
      Resource  = "*"
      Principal = { Service = "cloudwatch.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = "111122223333" } }
    })
    error_message = "CloudWatch may not use the key: an encrypted topic would deliver nothing."
  }

  assert {
    condition = alltrue([
      for topic in data.aws_iam_policy_document.topic :
      jsonencode([for statement in jsondecode(topic.json).Statement : statement.Principal if statement.Effect == "Allow"]) == jsonencode([{ Service = "cloudwatch.amazonaws.com" }])
    ])
    error_message = "Somebody besides CloudWatch may publish."
  }

  assert {
    condition     = toset([for subscription in aws_sns_topic_subscription.email : subscription.endpoint]) == toset(["one@example.com", "two@example.com"]) && length(aws_sns_topic_subscription.email) == 3
    error_message = "An address is not subscribed."
  }

  assert {
    condition = (
      jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).start == "-PT168H" &&
      toset(flatten([for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : widget.properties.alarms if widget.type == "alarm"])) ==
      toset([
        for alarm in concat(values(aws_cloudwatch_metric_alarm.this), values(aws_cloudwatch_composite_alarm.notice)) :
        "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:${alarm.alarm_name}"
      ])
    )
    error_message = "The dashboard does not show every alarm, or not a week."
  }
}

run "runbook" {
  command = plan

  assert {
    condition     = sort([for found in regexall("(?m)^### (.+)$", file("runbook.md")) : found[0]]) == sort(keys(local.alarms))
    error_message = "An alarm has no entry in runbook.md, or an entry has no alarm."
  }

  # What is named to an operator, in an e-mail or in the runbook, is made here.
  assert {
    condition = length(setsubtract(
      flatten([
        for text in concat(values(local.descriptions), [replace(replace(file("runbook.md"), "$ENVIRONMENT", var.environment), "$(aws sts get-caller-identity --query Account --output text)", local.account)]) :
        [for found in regexall("(?:/aws/rds/instance/|/|alias/|s3://)?retainwise[-/]thirteen-long[a-z0-9/-]*[a-z0-9]", text) : trimsuffix(trimprefix(found, "s3://"), "/${local.models_prefix}")]
      ]),
      concat(
        [aws_ecs_cluster.this.name, aws_db_instance.this.identifier, aws_cloudwatch_dashboard.this.dashboard_name],
        [aws_sqs_queue.jobs.name, aws_sqs_queue.dead.name, aws_sqs_queue.undelivered.name, aws_kms_alias.data.name, aws_kms_alias.notices.name],
        [for task in aws_ecs_task_definition.one_off : task.family],
        [for bucket in aws_s3_bucket.this : bucket.bucket],
        [for group in merge(aws_cloudwatch_log_group.this, aws_cloudwatch_log_group.database) : group.name],
        [for topic in aws_sns_topic.alarms : topic.name],
        [for alarm in concat(values(aws_cloudwatch_metric_alarm.this), values(aws_cloudwatch_composite_alarm.notice)) : alarm.alarm_name],
      )
    )) == 0
    error_message = "The runbook or a description names what Terraform does not make."
  }

  assert {
    condition = length(setsubtract(
      flatten([for text in concat(values(local.descriptions), [file("runbook.md")]) : flatten(regexall("--service(?:s|-name)? ([a-z]+)", text))]),
      [aws_ecs_service.api.name, aws_ecs_service.worker.name]
    )) == 0
    error_message = "A command names a service that is not there."
  }

  assert {
    condition     = length(setsubtract(flatten(regexall("terraform output -(?:raw|json) ([a-z_]+)", "${join(" ", values(local.descriptions))} ${file("runbook.md")}")), ["one_off_network", "alarm_topics"])) == 0
    error_message = "A command asks for an output that is not there."
  }
}
