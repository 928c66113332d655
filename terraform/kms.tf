################################################################################
# The key of everything at rest: files, models, messages, database, secrets, logs
################################################################################

resource "aws_kms_key" "data" {
  description             = "RetainWise ${var.environment}: files, models, messages, database, secrets, logs"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key.json
}

resource "aws_kms_alias" "data" {
  name          = "alias/${local.name}"
  target_key_id = aws_kms_key.data.key_id
}

data "aws_iam_policy_document" "key" {
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
    sid       = "LogsAreEncrypted"
    actions   = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:DescribeKey"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${var.region}.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values = [
        for group in ["/retainwise/${var.environment}", "/aws/rds/instance/${local.name}"] :
        "arn:${local.partition}:logs:${var.region}:${local.account}:log-group:${group}/*"
      ]
    }
  }
}
