################################################################################
# The worker: tasks, service, scaling
################################################################################

resource "aws_ecs_task_definition" "worker" {
  family                   = "${local.name}-worker"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.worker_size.cpu
  memory                   = var.worker_size.memory
  task_role_arn            = aws_iam_role.task["worker"].arn
  execution_role_arn       = aws_iam_role.execution["worker"].arn

  container_definitions = jsonencode([
    merge(local.containers.worker, local.after_collector, { healthCheck = local.health_check }),
    local.collector.worker,
  ])

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.architecture
  }

  volume {
    name = "home"
  }
}

resource "aws_ecs_service" "worker" {
  name             = "worker"
  cluster          = aws_ecs_cluster.this.arn
  task_definition  = aws_ecs_task_definition.worker.arn
  launch_type      = "FARGATE"
  platform_version = "1.4.0"
  desired_count    = var.worker_size.min
  propagate_tags   = "SERVICE"

  # A busy worker protects itself (src/aws/task-protection.ts), and a deployment waits for it.
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  availability_zone_rebalancing      = "ENABLED"

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = local.subnet_ids.tasks
    security_groups  = [aws_security_group.this["jobs"].id]
    assign_public_ip = false
  }

  # Scaling sets it.
  lifecycle {
    ignore_changes = [desired_count]
  }

  depends_on = [aws_iam_role_policy.task, aws_iam_role_policy.execution]
}

resource "aws_appautoscaling_target" "worker" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.this.name}/${aws_ecs_service.worker.name}"
  min_capacity       = var.worker_size.min
  max_capacity       = var.worker_size.max
}

# Backlog per task: messages waiting and in work, over running tasks. What is in work counts, or a queue that has just been taken would look
# empty and its workers superfluous. With no task running the backlog is divided by one.
resource "aws_appautoscaling_policy" "worker" {
  name               = "${local.name}-worker-backlog"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.worker.service_namespace
  scalable_dimension = aws_appautoscaling_target.worker.scalable_dimension
  resource_id        = aws_appautoscaling_target.worker.resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = var.worker_backlog_target
    scale_out_cooldown = 60
    scale_in_cooldown  = 300

    customized_metric_specification {
      metrics {
        id          = "backlog"
        label       = "Messages waiting or in work per task"
        expression  = "(FILL(waiting, 0) + FILL(working, 0)) / IF(FILL(tasks, 0) > 0, tasks, 1)"
        return_data = true
      }

      dynamic "metrics" {
        for_each = {
          waiting = "ApproximateNumberOfMessagesVisible"
          working = "ApproximateNumberOfMessagesNotVisible"
        }

        content {
          id          = metrics.key
          return_data = false

          metric_stat {
            stat = "Maximum"

            metric {
              namespace   = "AWS/SQS"
              metric_name = metrics.value

              dimensions {
                name  = "QueueName"
                value = aws_sqs_queue.jobs.name
              }
            }
          }
        }
      }

      metrics {
        id          = "tasks"
        return_data = false

        metric_stat {
          stat = "Average"

          metric {
            namespace   = "ECS/ContainerInsights"
            metric_name = "RunningTaskCount"

            dimensions {
              name  = "ClusterName"
              value = aws_ecs_cluster.this.name
            }

            dimensions {
              name  = "ServiceName"
              value = aws_ecs_service.worker.name
            }
          }
        }
      }
    }
  }
}
