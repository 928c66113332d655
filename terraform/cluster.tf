################################################################################
# Cluster, and what the tasks have in common
################################################################################

resource "aws_ecs_cluster" "this" {
  name = local.name

  # RunningTaskCount, by which the workers' backlog is divided, comes from here.
  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE"]
}

locals {
  port                 = 8080
  drain_seconds        = 20 # limits.ts: a stopping worker hands back within this
  stop_timeout_seconds = 30 # then ECS kills

  # Each api task sends golden customers through the whole way so often: three times in the quarter of an hour that canary-failed looks at.
  canary_seconds = 300

  # Of those that have a collector beside them; without an endpoint nothing is measured.
  telemetry = { OTEL_EXPORTER_OTLP_ENDPOINT = "http://127.0.0.1:4318" }

  environment = {
    common = {
      AWS_REGION         = var.region
      RETAINWISE_STORAGE = "s3://${local.buckets.files}"
      RETAINWISE_MODELS  = "s3://${local.buckets.models}/${local.models_prefix}"
      RETAINWISE_QUEUE   = aws_sqs_queue.jobs.url
    }
    api = merge(
      local.telemetry,
      { HOST = "0.0.0.0", PORT = tostring(local.port), RETAINWISE_AUTH = var.auth },
      { RETAINWISE_CANARY_SECONDS = tostring(local.canary_seconds) },
      var.jwt == null ? {} : {
        RETAINWISE_JWT_ISSUER   = var.jwt.issuer
        RETAINWISE_JWT_AUDIENCE = var.jwt.audience
        RETAINWISE_JWT_KEYS     = var.jwt.jwks_url
      },
    )
    worker   = local.telemetry
    migrate  = {}
    operator = {}
  }

  # Which secret each kind of task is given. What is not here it cannot read: each has an execution role of its own.
  task_secrets = {
    api = {
      RETAINWISE_DATABASE_URL  = "database-url"
      RETAINWISE_KEY_SECRET    = "key-secret"
      RETAINWISE_USER_HASH_KEY = "user-hash-key"
    }
    worker = {
      RETAINWISE_DATABASE_URL  = "database-url"
      RETAINWISE_USER_HASH_KEY = "user-hash-key"
    }
    # Makes the tables as their owner, and the login with the password that the services have.
    migrate = {
      RETAINWISE_DATABASE_OWNER_URL = "owner-url"
      RETAINWISE_DATABASE_URL       = "database-url"
    }
    operator = {
      RETAINWISE_DATABASE_URL = "database-url"
      RETAINWISE_KEY_SECRET   = "key-secret"
    }
  }

  # Our own container of each kind of task.
  containers = {
    for kind, secrets in local.task_secrets : kind => {
      name        = kind
      image       = var.image
      command     = [kind == "operator" ? "help" : kind]
      essential   = true
      stopTimeout = local.stop_timeout_seconds
      environment = [
        for name, value in merge(local.environment.common, local.environment[kind]) : { name = name, value = value }
      ]
      secrets = [
        for name, secret in secrets : { name = name, valueFrom = module.secrets.arns[secret] }
      ]
      # Nothing is written but under the home, a volume as the image declares it.
      readonlyRootFilesystem = true
      mountPoints            = [{ sourceVolume = "home", containerPath = "/data", readOnly = false }]
      linuxParameters        = { capabilities = { drop = ["ALL"] } }
      logConfiguration       = local.log_configuration[kind]
    }
  }

  # The image's own check; ECS does not look at what the image says.
  health_check = {
    command     = ["CMD", "/usr/local/bin/bun", "/app/src/cli.ts", "healthcheck"]
    interval    = 15
    timeout     = 5
    retries     = 3
    startPeriod = 60
  }

  log_configuration = {
    for group in local.log_groups : group => {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this[group].name
        awslogs-region        = var.region
        awslogs-stream-prefix = "task"
      }
    }
  }
}
