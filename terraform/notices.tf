################################################################################
# Who is told: two topics, so that a warning pages nobody
################################################################################

locals {
  severities       = toset(["critical", "warning"])
  topic_arns       = { for severity in local.severities : severity => "arn:${local.partition}:sns:${var.region}:${local.account}:${local.name}-${severity}" }
  undelivered_name = "${local.name}-notices-undelivered"
  undelivered_arn  = "arn:${local.partition}:sqs:${var.region}:${local.account}:${local.undelivered_name}"

  subscriptions = merge([
    for severity, addresses in var.alarm_emails : {
      for address in addresses : "${severity} ${address}" => { severity = severity, address = address }
    }
  ]...)
}

resource "aws_sns_topic" "alarms" {
  for_each = local.severities

  name              = "${local.name}-${each.key}"
  display_name      = "RetainWise ${var.environment} ${each.key}"
  kms_master_key_id = aws_kms_key.notices.arn

  # For HTTPS subscribers, who are the only ones whose retries are ours to set: at once, then for about half an hour. E-mail is tried by SNS
  # itself for six hours, queues for days.
  delivery_policy = jsonencode({
    http = {
      disableSubscriptionOverrides = false
      defaultHealthyRetryPolicy = {
        numRetries         = 15
        numNoDelayRetries  = 2
        numMinDelayRetries = 3
        minDelayTarget     = 5
        numMaxDelayRetries = 5
        maxDelayTarget     = 240
        backoffFunction    = "exponential"
      }
    }
  })
}

resource "aws_sns_topic_policy" "alarms" {
  for_each = local.severities

  arn    = aws_sns_topic.alarms[each.key].arn
  policy = data.aws_iam_policy_document.topic[each.key].json
}

data "aws_iam_policy_document" "topic" {
  for_each = local.severities

  statement {
    sid       = "AlarmsOfThisEnvironmentPublish"
    actions   = ["sns:Publish"]
    resources = [local.topic_arns[each.key]]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["${local.alarm_arn_prefix}${local.name}-*"]
    }
  }

  # A notice that a person could forge is worth nothing: a test goes through set-alarm-state.
  statement {
    sid       = "NobodyElsePublishes"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [local.topic_arns[each.key]]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:PrincipalIsAWSService"
      values   = ["false"]
    }
  }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [local.topic_arns[each.key]]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

# Somebody has to confirm each by the link in the first e-mail.
resource "aws_sns_topic_subscription" "email" {
  for_each = local.subscriptions

  topic_arn      = aws_sns_topic.alarms[each.value.severity].arn
  protocol       = "email"
  endpoint       = each.value.address
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.undelivered.arn })

  depends_on = [aws_sqs_queue_policy.undelivered]
}

################################################################################
# Notices that reached nobody
################################################################################

resource "aws_sqs_queue" "undelivered" {
  name                              = local.undelivered_name
  message_retention_seconds         = local.dead_letter_days * local.day
  kms_master_key_id                 = aws_kms_key.notices.arn
  kms_data_key_reuse_period_seconds = 3600
}

resource "aws_sqs_queue_policy" "undelivered" {
  queue_url = aws_sqs_queue.undelivered.id
  policy    = data.aws_iam_policy_document.undelivered.json
}

data "aws_iam_policy_document" "undelivered" {
  statement {
    sid       = "TopicsLeaveWhatTheyCouldNotDeliver"
    actions   = ["sqs:SendMessage"]
    resources = [local.undelivered_arn]

    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = values(local.topic_arns)
    }
  }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [local.undelivered_arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

################################################################################
# Their key, apart from that of customers' data: CloudWatch may use this one. Without that an encrypted topic delivers nothing, and says so nowhere
# but in an alarm's history
################################################################################

resource "aws_kms_key" "notices" {
  description             = "RetainWise ${var.environment}: notices of alarms"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.notices_key.json
}

resource "aws_kms_alias" "notices" {
  name          = "alias/${local.name}-notices"
  target_key_id = aws_kms_key.notices.key_id
}

data "aws_iam_policy_document" "notices_key" {
  # The resource "*" of a key policy is the key itself.
  statement {
    sid       = "TheAccountsPoliciesDecide"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account}:root"]
    }
  }

  statement {
    sid       = "AlarmsOfThisAccountPublish"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }

  # Into the queue of undelivered notices, whose policy says from which topics.
  statement {
    sid       = "TopicsLeaveWhatTheyCouldNotDeliver"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }
  }
}
