################################################################################
# What a person needs next
################################################################################

output "address" {
  description = "Name of the load balancer: point the certificate's name at it (CNAME, or an alias record)."
  value       = aws_lb.this.dns_name
}

output "zone_id" {
  description = "Zone of the load balancer's name, for an alias record in Route 53."
  value       = aws_lb.this.zone_id
}

output "cluster" {
  description = "Name of the ECS cluster."
  value       = aws_ecs_cluster.this.name
}

output "one_off_network" {
  description = "Network configuration of one-off tasks, as aws ecs run-task takes it."
  value = jsonencode({
    awsvpcConfiguration = {
      subnets        = local.subnet_ids.tasks
      securityGroups = [aws_security_group.this["jobs"].id]
      assignPublicIp = "DISABLED"
    }
  })
}

output "one_off_tasks" {
  description = "Task definitions that a person starts: migrate and operator."
  value       = { for kind, task in aws_ecs_task_definition.one_off : kind => task.family }
}

output "models" {
  description = "Where the services look for models."
  value       = local.environment.common.RETAINWISE_MODELS
}

output "files_bucket" {
  description = "Bucket of customers' files."
  value       = aws_s3_bucket.this["files"].bucket
}

output "queue_url" {
  description = "The queue of jobs."
  value       = aws_sqs_queue.jobs.url
}

output "dead_letter_queue_url" {
  description = "Its dead letters."
  value       = aws_sqs_queue.dead.url
}

output "task_roles" {
  description = "ARN of each task role."
  value       = { for kind, role in aws_iam_role.task : kind => role.arn }
}

output "key_arn" {
  description = "The key of everything at rest."
  value       = aws_kms_key.data.arn
}

output "log_groups" {
  description = "Log group of each kind of task."
  value       = { for kind, group in aws_cloudwatch_log_group.this : kind => group.name }
}

output "alarm_topics" {
  description = "Topic of each severity: subscribe a pager or a chat to it."
  value       = { for severity, topic in aws_sns_topic.alarms : severity => topic.arn }
}

output "dashboard" {
  description = "Name of the CloudWatch dashboard."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}
