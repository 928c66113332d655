################################################################################
# Buckets: customers' files, models, the load balancer's access logs
################################################################################

locals {
  # A bucket's name is the world's, so the account is part of it.
  buckets = {
    files  = "${local.name}-files-${local.account}"
    models = "${local.name}-models-${local.account}"
    access = "${local.name}-access-${local.account}"
  }

  # Load balancers can write to S3's own encryption only.
  kms_buckets = toset(["files", "models"])

  models_prefix = "models"
}

resource "aws_s3_bucket" "this" {
  for_each = local.buckets

  bucket = each.value
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each = aws_s3_bucket.this

  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  rule {
    bucket_key_enabled = contains(local.kms_buckets, each.key)

    apply_server_side_encryption_by_default {
      sse_algorithm     = contains(local.kms_buckets, each.key) ? "aws:kms" : "AES256"
      kms_master_key_id = contains(local.kms_buckets, each.key) ? aws_kms_key.data.arn : null
    }
  }
}

################################################################################
# How long objects stay
################################################################################

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  # What a customer deletes leaves a version behind. It goes after this many days, and the marker that hid it after it.
  rule {
    id     = "deleted-is-gone"
    status = "Enabled"
    filter {}

    noncurrent_version_expiration {
      noncurrent_days = each.key == "files" ? var.deleted_file_days : 30
    }

    # A rule that expires by age may not name the marker: the age takes it along.
    dynamic "expiration" {
      for_each = each.key == "access" ? [] : [true]

      content {
        expired_object_delete_marker = true
      }
    }
  }

  rule {
    id     = "unfinished-uploads"
    status = "Enabled"
    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  # Of a probe whose process died between writing and deleting it.
  dynamic "rule" {
    for_each = each.key == "files" ? [true] : []

    content {
      id     = "left-probes"
      status = "Enabled"

      filter {
        prefix = ".check/"
      }

      expiration {
        days = 1
      }
    }
  }

  dynamic "rule" {
    for_each = each.key == "access" ? [true] : []

    content {
      id     = "old-access-logs"
      status = "Enabled"
      filter {}

      expiration {
        days = var.log_days
      }
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}

################################################################################
# Bucket policies: what nobody may do, whatever else allows it
################################################################################

resource "aws_s3_bucket_policy" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id
  policy = data.aws_iam_policy_document.bucket[each.key].json

  depends_on = [aws_s3_bucket_public_access_block.this]
}

data "aws_iam_policy_document" "bucket" {
  for_each = local.buckets

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [for path in ["", "/*"] : "arn:${local.partition}:s3:::${each.value}${path}"]

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

  # A put that names no encryption gets the bucket's. One that names another is refused; without the first condition of each statement a
  # missing header would count as another.
  dynamic "statement" {
    for_each = contains(local.kms_buckets, each.key) ? {
      NoOtherEncryption = { header = "s3:x-amz-server-side-encryption", value = "aws:kms" }
      NoOtherKey        = { header = "s3:x-amz-server-side-encryption-aws-kms-key-id", value = aws_kms_key.data.arn }
    } : {}

    content {
      sid       = statement.key
      effect    = "Deny"
      actions   = ["s3:PutObject"]
      resources = ["arn:${local.partition}:s3:::${each.value}/*"]

      principals {
        type        = "*"
        identifiers = ["*"]
      }

      condition {
        test     = "Null"
        variable = statement.value.header
        values   = ["false"]
      }

      condition {
        test     = "StringNotEquals"
        variable = statement.value.header
        values   = [statement.value.value]
      }
    }
  }

  dynamic "statement" {
    for_each = each.key == "access" ? [true] : []

    content {
      sid       = "LoadBalancerWritesItsLog"
      actions   = ["s3:PutObject"]
      resources = ["arn:${local.partition}:s3:::${each.value}/AWSLogs/${local.account}/*"]

      principals {
        type        = "Service"
        identifiers = ["logdelivery.elasticloadbalancing.amazonaws.com"]
      }

      condition {
        test     = "ArnLike"
        variable = "aws:SourceArn"
        values   = ["arn:${local.partition}:elasticloadbalancing:${var.region}:${local.account}:loadbalancer/*"]
      }
    }
  }
}
