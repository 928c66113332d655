################################################################################
# Tasks that a person starts: migrate, and operator (dlq list, dlq redrive, keys)
################################################################################

resource "aws_ecs_task_definition" "one_off" {
  for_each = toset(["migrate", "operator"])

  family                   = "${local.name}-${each.key}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 512
  memory                   = 1024
  # The migration speaks to the database only.
  task_role_arn      = each.key == "operator" ? aws_iam_role.task["operator"].arn : null
  execution_role_arn = aws_iam_role.execution[each.key].arn

  container_definitions = jsonencode([local.containers[each.key]])

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.architecture
  }

  volume {
    name = "home"
  }
}
