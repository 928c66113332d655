################################################################################
# Roles
################################################################################

locals {
  task_roles      = toset(["api", "worker", "operator"])
  execution_roles = toset(["api", "worker", "migrate", "operator"])

  files_arn  = "arn:${local.partition}:s3:::${local.buckets.files}"
  models_arn = "arn:${local.partition}:s3:::${local.buckets.models}"

  documents = {
    service  = data.aws_iam_policy_document.service
    api      = data.aws_iam_policy_document.api
    worker   = data.aws_iam_policy_document.worker
    operator = data.aws_iam_policy_document.operator
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "TasksOfThisAccount"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:ecs:${var.region}:${local.account}:*"]
    }
  }
}

resource "aws_iam_role" "task" {
  for_each = local.task_roles

  name               = "${local.name}-${each.key}"
  description        = "What the ${each.key} itself may do"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role" "execution" {
  for_each = local.execution_roles

  name               = "${local.name}-${each.key}-execution"
  description        = "What ECS does before the ${each.key} starts: image, log, secrets"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "task" {
  for_each = local.task_roles

  name   = "needs"
  role   = aws_iam_role.task[each.key].id
  policy = local.documents[each.key].json
}

resource "aws_iam_role_policy" "execution" {
  for_each = local.execution_roles

  name   = "needs"
  role   = aws_iam_role.execution[each.key].id
  policy = data.aws_iam_policy_document.execution[each.key].json
}

################################################################################
# Needs of the services: one statement each
################################################################################

# Of api and worker.
data "aws_iam_policy_document" "service" {
  # Without it S3 answers "forbidden" where an object is missing. A condition on the prefix would not be met by a read.
  statement {
    sid       = "TellAMissingFileFromAForbiddenOne"
    actions   = ["s3:ListBucket"]
    resources = [local.files_arn]
  }

  statement {
    sid       = "ReadModels"
    actions   = ["s3:GetObject"]
    resources = ["${local.models_arn}/${local.models_prefix}/*"]
  }

  # The bucket holds nothing but models.
  statement {
    sid       = "FindModels"
    actions   = ["s3:ListBucket"]
    resources = [local.models_arn]
  }

  # The api after an upload; the worker for what an api that died has left in the outbox.
  statement {
    sid       = "SendJobs"
    actions   = ["sqs:SendMessage"]
    resources = [local.queue_arn]
  }

  # Never by itself: only when S3 or SQS does it on the role's behalf.
  statement {
    sid       = "UseTheKeyThroughStorageAndQueue"
    actions   = ["kms:GenerateDataKey", "kms:Decrypt"]
    resources = [aws_kms_key.data.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.region}.amazonaws.com", "sqs.${var.region}.amazonaws.com"]
    }
  }

  # The collector has no role of its own: it is in the same task. A stream is made in the group, and written as itself.
  statement {
    sid     = "WriteMetrics"
    actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = [
      aws_cloudwatch_log_group.this["metrics"].arn,
      "${aws_cloudwatch_log_group.this["metrics"].arn}:log-stream:*",
    ]
  }
}

data "aws_iam_policy_document" "api" {
  source_policy_documents = [data.aws_iam_policy_document.service.json]

  statement {
    sid       = "StoreFiles"
    actions   = ["s3:PutObject", "s3:AbortMultipartUpload"]
    resources = ["${local.files_arn}/uploads/*"]
  }

  statement {
    sid       = "ReadFiles"
    actions   = ["s3:GetObject"]
    resources = ["${local.files_arn}/uploads/*"]
  }

  statement {
    sid       = "DeleteFiles"
    actions   = ["s3:DeleteObject"]
    resources = ["${local.files_arn}/uploads/*"]
  }

  # /readyz writes, reads and deletes an object of its own.
  statement {
    sid       = "ProbeTheStorage"
    actions   = ["s3:PutObject", "s3:GetObject", "s3:DeleteObject"]
    resources = ["${local.files_arn}/.check/*"]
  }
}

data "aws_iam_policy_document" "worker" {
  source_policy_documents = [data.aws_iam_policy_document.service.json]

  statement {
    sid       = "ReadFiles"
    actions   = ["s3:GetObject"]
    resources = ["${local.files_arn}/uploads/*"]
  }

  # The sweeper ends deletions that something interrupted.
  statement {
    sid       = "DeleteFiles"
    actions   = ["s3:DeleteObject"]
    resources = ["${local.files_arn}/uploads/*"]
  }

  statement {
    sid       = "TakeJobs"
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"]
    resources = [local.queue_arn]
  }

  statement {
    sid       = "StayWhileBusy"
    actions   = ["ecs:UpdateTaskProtection"]
    resources = ["arn:${local.partition}:ecs:${var.region}:${local.account}:task/${local.name}/*"]
  }
}

data "aws_iam_policy_document" "operator" {
  statement {
    sid       = "FindTheDeadLetters"
    actions   = ["sqs:GetQueueAttributes"]
    resources = [local.queue_arn, local.dead_letter_arn]
  }

  statement {
    sid       = "NameTheDeadLetters"
    actions   = ["sqs:GetQueueUrl"]
    resources = [local.dead_letter_arn]
  }

  # SQS has no way to look without receiving; what is sent back one by one is deleted.
  statement {
    sid       = "LookAtDeadLetters"
    actions   = ["sqs:ReceiveMessage", "sqs:ChangeMessageVisibility", "sqs:DeleteMessage"]
    resources = [local.dead_letter_arn]
  }

  statement {
    sid       = "MoveAllDeadLetters"
    actions   = ["sqs:StartMessageMoveTask", "sqs:ListMessageMoveTasks"]
    resources = [local.dead_letter_arn]
  }

  statement {
    sid       = "SendDeadLettersBack"
    actions   = ["sqs:SendMessage"]
    resources = [local.queue_arn]
  }

  statement {
    sid       = "UseTheKeyThroughTheQueue"
    actions   = ["kms:GenerateDataKey", "kms:Decrypt"]
    resources = [aws_kms_key.data.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["sqs.${var.region}.amazonaws.com"]
    }
  }
}

################################################################################
# Needs of ECS itself
################################################################################

data "aws_iam_policy_document" "execution" {
  for_each = local.execution_roles

  statement {
    sid     = "WriteTheLog"
    actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = flatten([
      for group in concat([each.key], contains(["api", "worker"], each.key) ? ["collector"] : []) :
      [aws_cloudwatch_log_group.this[group].arn, "${aws_cloudwatch_log_group.this[group].arn}:log-stream:*"]
    ])
  }

  statement {
    sid       = "ReadItsSecrets"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [for secret in values(local.task_secrets[each.key]) : module.secrets.arns[secret]]
  }

  statement {
    sid       = "DecryptItsSecrets"
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.data.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["secretsmanager.${var.region}.amazonaws.com"]
    }
  }

  dynamic "statement" {
    for_each = var.image_repository_arn == null ? [] : [var.image_repository_arn]

    content {
      sid       = "PullTheImage"
      actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      resources = [statement.value]
    }
  }

  # This action knows no resource.
  dynamic "statement" {
    for_each = var.image_repository_arn == null ? [] : [true]

    content {
      sid       = "LogInToTheRegistry"
      actions   = ["ecr:GetAuthorizationToken"]
      resources = ["*"]
    }
  }
}
