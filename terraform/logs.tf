################################################################################
# Log groups: one a kind of task, and the one the collector writes metrics to
################################################################################

locals {
  log_groups = toset(["api", "worker", "migrate", "operator", "collector", "metrics"])
}

resource "aws_cloudwatch_log_group" "this" {
  for_each = local.log_groups

  name              = "${local.log_group_prefix}/${each.key}"
  retention_in_days = var.log_days
  kms_key_id        = aws_kms_key.data.arn
}
