################################################################################
# The alarms as a table: one record each. alarms.tf makes resources of it, runbook.md says more about each, prometheus/rules.yaml says the same
#
# metrics     what is read; no dimension but a queue's name, because CloudWatch does not add up over dimensions
# windows     period (seconds) and "breach of evaluate" periods; `expression` where one metric does not say it. With more than one window,
#             all of them have to breach
# causes      alarms that explain this one: while one of them is on, nobody is told of this one
# missing     what a period without data is
#
# Every counter that a ratio uses is filled with 0, and no ratio speaks before enough has happened: one error in a quiet hour is no rate.
################################################################################

locals {
  alarms = merge(local.job_alarms, local.upload_alarms, local.model_alarms, local.notice_alarms)

  comparisons = {
    ">"  = "GreaterThanThreshold"
    ">=" = "GreaterThanOrEqualToThreshold"
    "<"  = "LessThanThreshold"
  }

  # What a resolution tells an operator to type. Names are those that this plan makes.
  commands = {
    # A path of its own in the network that the tasks have: terraform output one_off_network.
    dead_letters = "aws ecs run-task --cluster ${local.name} --launch-type FARGATE --task-definition ${local.name}-operator --network-configuration \"$(terraform output -raw one_off_network)\" --overrides '{\"containerOverrides\":[{\"name\":\"operator\",\"command\":[\"dlq\",\"list\"]}]}'"
    said         = "aws logs tail ${local.log_group_prefix}/operator --since 10m"

    api_log       = "aws logs tail ${local.log_group_prefix}/api --since 30m --filter-pattern '{ $.event = \"request.failed\" }'"
    worker_log    = "aws logs tail ${local.log_group_prefix}/worker --since 30m --filter-pattern '{ $.event = \"job.failed\" }'"
    model_log     = "aws logs tail ${local.log_group_prefix}/worker --since 60m --filter-pattern '{ $.event = \"model*\" }'"
    canary_log    = "aws logs tail ${local.log_group_prefix}/api --since 60m --filter-pattern '{ $.event = \"canary*\" }'"
    collector_log = "aws logs tail ${local.log_group_prefix}/collector --since 60m"

    workers        = "aws ecs describe-services --cluster ${local.name} --services worker --query 'services[].[runningCount,desiredCount,events[:5].message]'"
    restart_worker = "aws ecs update-service --cluster ${local.name} --service worker --force-new-deployment"
    database       = "aws rds describe-db-instances --db-instance-identifier ${local.name} --query 'DBInstances[].[DBInstanceStatus,AllocatedStorage]'"
    files          = "aws s3api head-bucket --bucket ${local.buckets.files}"
    models         = "aws s3 ls s3://${local.buckets.models}/${local.models_prefix}/ --recursive"
    queue          = "aws sqs get-queue-attributes --attribute-names All --queue-url \"$(aws sqs get-queue-url --queue-name ${local.queue_name} --query QueueUrl --output text)\""
  }
}
