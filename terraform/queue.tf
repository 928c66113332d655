################################################################################
# The queue of jobs and its dead letters
################################################################################

locals {
  day                 = 86400
  dead_letter_days    = 14 # SQS's most: a dead letter is somebody's file
  max_receive_count   = 5  # limits.ts: an aborted long poll may cost a message one receive
  visibility_seconds  = 60 # limits.ts
  largest_message     = 1024
  queue_name          = "${local.name}-jobs"
  dead_letter_name    = "${local.name}-jobs-dead"
  queue_arn           = "arn:${local.partition}:sqs:${var.region}:${local.account}:${local.queue_name}"
  dead_letter_arn     = "arn:${local.partition}:sqs:${var.region}:${local.account}:${local.dead_letter_name}"
  queue_policy_queues = { jobs = local.queue_arn, dead = local.dead_letter_arn }
}

resource "aws_sqs_queue" "jobs" {
  name                       = local.queue_name
  visibility_timeout_seconds = local.visibility_seconds
  receive_wait_time_seconds  = 20
  # A letter's age counts from its first sending, so the dead-letter queue keeps longer than this one.
  message_retention_seconds = 4 * local.day
  max_message_size          = local.largest_message

  kms_master_key_id                 = aws_kms_key.data.arn
  kms_data_key_reuse_period_seconds = 3600

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = local.max_receive_count
  })
}

resource "aws_sqs_queue" "dead" {
  name                      = local.dead_letter_name
  message_retention_seconds = local.dead_letter_days * local.day
  max_message_size          = local.largest_message

  kms_master_key_id                 = aws_kms_key.data.arn
  kms_data_key_reuse_period_seconds = 3600
}

# Only our queue may send its dead here.
resource "aws_sqs_queue_redrive_allow_policy" "dead" {
  queue_url = aws_sqs_queue.dead.id

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.jobs.arn]
  })
}

################################################################################
# What nobody may do, whatever else allows it
################################################################################

resource "aws_sqs_queue_policy" "this" {
  for_each = { jobs = aws_sqs_queue.jobs.id, dead = aws_sqs_queue.dead.id }

  queue_url = each.value
  policy    = data.aws_iam_policy_document.queue[each.key].json
}

data "aws_iam_policy_document" "queue" {
  for_each = local.queue_policy_queues

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [each.value]

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
