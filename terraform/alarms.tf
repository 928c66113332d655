################################################################################
# Alarms: the table of alarm-table*.tf as resources
#
# A metric alarm tells its topic itself, unless it has causes or more than one window: then a composite alarm tells, and CloudWatch keeps it quiet
# while a cause is on. Both only at a change of state: to ALARM, and back to OK.
################################################################################

locals {
  log_group_prefix = "/retainwise/${var.environment}"

  # Written out, and not taken from resources, so that a plan shows them.
  alarm_arn_prefix = "arn:${local.partition}:cloudwatch:${var.region}:${local.account}:alarm:"

  descriptions = {
    for key, alarm in local.alarms : key => "Severity: ${alarm.severity}.\nIMPACT: ${alarm.impact}\nRESOLUTION: ${alarm.resolution}"
  }

  # One a window.
  metric_alarms = merge([
    for key, alarm in local.alarms : {
      for suffix, window in alarm.windows : "${key}${suffix}" => {
        key        = key
        single     = window.expression == null ? values(alarm.metrics) : []
        metrics    = window.expression == null ? {} : alarm.metrics
        expression = window.expression
        comparison = local.comparisons[alarm.comparison]
        threshold  = alarm.threshold
        period     = window.period
        evaluate   = window.evaluate
        breach     = window.breach
        missing    = alarm.missing
        actions    = contains(keys(local.notices), key) ? [] : [local.topic_arns[alarm.severity]]
      }
    }
  ]...)

  # What is true while an alarm is on: all of its windows breach.
  conditions = {
    for key, alarm in local.alarms : key => join(" AND ", [for suffix in keys(alarm.windows) : "ALARM(\"${local.name}-${key}${suffix}\")"])
  }

  # Composite alarms that tell. The name of the table is theirs where no metric alarm has it.
  notices = {
    for key, alarm in local.alarms : key => {
      name     = length(alarm.windows) > 1 ? key : "${key}-notice"
      severity = alarm.severity
      rule     = local.conditions[key]
      # After the cause is over its consequence may still be within a window; a quarter of an hour, or the shortest window that has to clear.
      extension = max(900, min([for window in alarm.windows : window.period]...) + 60)
    } if length(alarm.causes) > 0 || length(alarm.windows) > 1
  }

  causes = { for key, alarm in local.alarms : key => alarm.causes if length(alarm.causes) > 0 }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.metric_alarms

  alarm_name        = "${local.name}-${each.key}"
  alarm_description = local.descriptions[each.value.key]

  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  evaluation_periods  = each.value.evaluate
  datapoints_to_alarm = each.value.breach
  treat_missing_data  = each.value.missing

  alarm_actions = each.value.actions
  ok_actions    = each.value.actions

  # One metric by itself,
  namespace          = one(each.value.single[*].namespace)
  metric_name        = one(each.value.single[*].name)
  statistic          = one([for metric in each.value.single : metric.stat if !startswith(metric.stat, "p")])
  extended_statistic = one([for metric in each.value.single : metric.stat if startswith(metric.stat, "p")])
  period             = each.value.expression == null ? each.value.period : null
  dimensions         = one([for metric in each.value.single : { QueueName = metric.queue } if metric.queue != null])

  # or math over several.
  dynamic "metric_query" {
    for_each = each.value.metrics

    content {
      id          = metric_query.key
      return_data = false

      metric {
        namespace   = metric_query.value.namespace
        metric_name = metric_query.value.name
        stat        = metric_query.value.stat
        period      = each.value.period
      }
    }
  }

  dynamic "metric_query" {
    for_each = each.value.expression[*]

    content {
      id          = "value"
      label       = each.key
      expression  = metric_query.value
      return_data = true
    }
  }

  # The first change of state comes right after it is made.
  depends_on = [aws_sns_topic_policy.alarms]
}

# On while a cause of that alarm is on. Tells nobody: the causes do so themselves.
resource "aws_cloudwatch_composite_alarm" "cause" {
  for_each = local.causes

  alarm_name        = "${local.name}-${each.key}-explained"
  alarm_description = "On while ${each.key} has a cause of which somebody was told: ${join(", ", each.value)}."
  alarm_rule        = join(" OR ", [for cause in each.value : "(${local.conditions[cause]})"])

  depends_on = [aws_cloudwatch_metric_alarm.this]
}

resource "aws_cloudwatch_composite_alarm" "notice" {
  for_each = local.notices

  alarm_name        = "${local.name}-${each.value.name}"
  alarm_description = local.descriptions[each.key]
  alarm_rule        = each.value.rule

  alarm_actions = [local.topic_arns[each.value.severity]]
  ok_actions    = [local.topic_arns[each.value.severity]]

  # A cause may be seen a little later than its consequence.
  dynamic "actions_suppressor" {
    for_each = contains(keys(local.causes), each.key) ? ["${local.name}-${each.key}-explained"] : []

    content {
      alarm            = actions_suppressor.value
      wait_period      = 180
      extension_period = each.value.extension
    }
  }

  depends_on = [aws_cloudwatch_metric_alarm.this, aws_cloudwatch_composite_alarm.cause]
}
