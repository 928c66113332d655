################################################################################
# The dashboard: is anything on, and the week behind it
#
# A line is [namespace, metric, statistic, label, dimension or {}]. grafana/dashboard.json shows the same panels.
################################################################################

locals {
  api      = "RetainWise/API"
  worker   = "RetainWise/Worker"
  store    = "RetainWise/Database"
  pipeline = "RetainWise/MLPipeline"

  jobs_queue = { QueueName = local.queue_name }
  dead_queue = { QueueName = local.dead_letter_name }

  percentiles = ["p50", "p95", "p99"]

  file_sizes = ["<1MB", "1-5MB", "5-10MB", "10-50MB", ">50MB"]

  # `limit` is drawn where the alarm on the same line begins.
  panels = [
    {
      title = "Upload time", unit = "s", limit = null
      lines = [for stat in local.percentiles : [local.api, "UploadEndToEndDuration", stat, stat, {}]]
    },
    {
      title = "Worker time", unit = "s", limit = local.alarms.worker-processing-slow.threshold
      lines = [for stat in local.percentiles : [local.worker, "WorkerEndToEndDuration", stat, stat, {}]]
    },
    {
      title = "Uploads", unit = "uploads", limit = null
      lines = [
        [local.api, "UploadSuccess", "Sum", "stored", {}],
        [local.api, "UploadRejected", "Sum", "refused: the caller's fault", {}],
        [local.api, "UploadServerError", "Sum", "failed: ours", {}],
      ]
    },
    {
      title = "Jobs", unit = "jobs", limit = null
      lines = [
        [local.worker, "WorkerSuccess", "Sum", "completed", {}],
        [local.worker, "WorkerFailure", "Sum", "failed attempts", {}],
        [local.worker, "JobRetried", "Sum", "to be tried again", {}],
      ]
    },
    {
      title = "Queue depth", unit = "messages", limit = local.alarms.sqs-queue-depth-high.threshold
      lines = [
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", "waiting", local.jobs_queue],
        ["AWS/SQS", "ApproximateNumberOfMessagesNotVisible", "Maximum", "in work", local.jobs_queue],
      ]
    },
    {
      title = "Waiting time", unit = "s", limit = local.alarms.sqs-oldest-message-age.threshold
      lines = [
        ["AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", "oldest message", local.jobs_queue],
        [local.worker, "JobQueueDwell", "p95", "p95 until a worker took it", {}],
      ]
    },
    {
      title = "Dead letters", unit = "messages", limit = local.alarms.dlq-messages-present.threshold
      lines = [
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", "lying there", local.dead_queue],
        [local.worker, "JobDeadLettered", "Sum", "arrived", {}],
      ]
    },
    {
      title = "S3 upload time by size (p95)", unit = "s", limit = null
      lines = [for size in local.file_sizes : [local.api, "S3UploadDuration", "p95", size, { FileSizeBucket = size }]]
    },
    {
      title = "S3 downloads and failures", unit = "", limit = null
      lines = [
        [local.worker, "S3DownloadDuration", "p95", "p95 of a download, s", {}],
        [local.api, "S3UploadFailure", "Sum", "uploads failed", {}],
        [local.worker, "S3DownloadFailure", "Sum", "downloads failed", {}],
      ]
    },
    {
      title = "Database time", unit = "s", limit = null
      lines = [for stat in local.percentiles : [local.store, "db.client.operation.duration", stat, stat, {}]]
    },
    {
      title = "Database writes", unit = "writes", limit = null
      lines = [
        [local.store, "DatabaseWriteAttempt", "Sum", "tried", {}],
        [local.store, "DatabaseWriteError", "Sum", "failed", {}],
      ]
    },
    {
      title = "Model confidence", unit = "max(p, 1 - p)", limit = local.alarms.model-confidence-low.threshold
      lines = [
        [local.pipeline, "PredictionConfidence", "Average", "confidence, mean", {}],
        [local.pipeline, "ChurnProbability", "Average", "churn probability, mean", {}],
      ]
    },
    {
      title = "Feature drift", unit = "PSI", limit = local.alarms.feature-drift.threshold
      lines = [
        [local.pipeline, "FeatureDrift", "Maximum", "largest", {}],
        [local.pipeline, "FeatureDrift", "p50", "p50", {}],
      ]
    },
    {
      title = "Throughput", unit = "rows/s", limit = null
      lines = [
        [local.worker, "PredictionThroughput", "p50", "p50", {}],
        [local.worker, "PredictionThroughput", "p95", "p95", {}],
      ]
    },
    {
      title = "Monitoring itself", unit = "", limit = null
      lines = [
        [local.worker, "WorkerHeartbeat", "Maximum", "a worker lives", {}],
        [local.pipeline, "TelemetryDropped", "Sum", "measurements lost", {}],
        [local.pipeline, "ModelLoadFailure", "Sum", "models refused", {}],
        [local.pipeline, "CanaryFailure", "Sum", "canary failed", {}],
      ]
    },
  ]

  # Those that tell, in the colours of their state, by severity; below them what they are made of.
  tellers = {
    for severity in local.severities : severity => [
      for key, alarm in local.alarms :
      "${local.alarm_arn_prefix}${local.name}-${try(local.notices[key].name, key)}" if alarm.severity == severity
    ]
  }

  alarm_widgets = [
    for index, widget in [
      { title = "Critical", alarms = local.tellers.critical },
      { title = "Warning", alarms = local.tellers.warning },
      {
        title  = "What they look at"
        alarms = [for key, alarm in local.metric_alarms : "${local.alarm_arn_prefix}${local.name}-${key}" if length(alarm.actions) == 0]
      },
    ] :
    { type = "alarm", x = 8 * index, y = 0, width = 8, height = 6, properties = merge(widget, { sortBy = "stateUpdatedTimestamp" }) }
  ]

  panel_widgets = [
    for index, panel in local.panels : {
      type   = "metric"
      x      = 8 * (index % 3)
      y      = 6 + 6 * floor(index / 3)
      width  = 8
      height = 6
      properties = {
        title   = panel.title
        view    = "timeSeries"
        stacked = false
        region  = var.region
        period  = 300
        metrics = [
          for line in panel.lines :
          concat([line[0], line[1]], flatten([for name, value in line[4] : [name, value]]), [{ stat = line[2], label = line[3] }])
        ]
        yAxis       = { left = { min = 0, label = panel.unit, showUnits = false } }
        annotations = { horizontal = [for limit in panel.limit[*] : { label = "alarm", value = limit }] }
      }
    }
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = local.name

  dashboard_body = jsonencode({
    start          = "-PT168H"
    periodOverride = "inherit"
    widgets        = concat(local.alarm_widgets, local.panel_widgets)
  })

  depends_on = [aws_cloudwatch_composite_alarm.notice]
}
