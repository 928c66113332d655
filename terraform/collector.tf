################################################################################
# The collector beside each api and worker task
################################################################################

locals {
  # As plain text in the task definition, which has 64 kB for everything.
  collector_config = coalesce(var.collector_config, file("${path.module}/../collector/config.yaml"))

  collector = {
    for kind in ["api", "worker"] : kind => {
      name  = "collector"
      image = var.collector_image
      # Metrics that are lost cost no customer a request: the service goes on without it.
      essential   = false
      stopTimeout = 10
      environment = [
        { name = "AWS_REGION", value = var.region },
        { name = "AOT_CONFIG_CONTENT", value = local.collector_config },
        { name = "RETAINWISE_METRICS_GROUP", value = aws_cloudwatch_log_group.this["metrics"].name },
        { name = "RETAINWISE_TASK", value = kind },
      ]
      healthCheck = {
        command     = ["CMD", "/healthcheck"]
        interval    = 15
        timeout     = 5
        retries     = 3
        startPeriod = 15
      }
      linuxParameters  = { capabilities = { drop = ["ALL"] } }
      logConfiguration = local.log_configuration["collector"]
    }
  }

  # ECS stops in reverse order: the collector hears the last metrics and sends them.
  after_collector = { dependsOn = [{ containerName = "collector", condition = "START" }] }
}
