# The real provider, but only its plan: nothing is asked of AWS and no account is needed.
provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  region               = "eu-central-1"
  environment          = "test"
  certificate_arn      = "arn:aws:acm:eu-central-1:111122223333:certificate/1"
  image                = "registry.example.com/retainwise:1"
  collector_image      = "registry.example.com/collector:1"
  image_repository_arn = "arn:aws:ecr:eu-central-1:111122223333:repository/retainwise"
}

override_data {
  target = data.aws_caller_identity.current
  values = { account_id = "111122223333" }
}

override_data {
  target = data.aws_availability_zones.available
  values = { names = ["eu-central-1a", "eu-central-1b", "eu-central-1c"] }
}

# What AWS would name, so that every policy is known in the plan and can be looked at.
override_resource {
  target          = aws_kms_key.data
  override_during = plan
  values          = { arn = "arn:aws:kms:eu-central-1:111122223333:key/data" }
}

override_resource {
  target          = aws_cloudwatch_log_group.this
  override_during = plan
  values          = { arn = "arn:aws:logs:eu-central-1:111122223333:log-group:a" }
}

override_resource {
  target          = aws_sqs_queue.jobs
  override_during = plan
  values          = { url = "https://sqs.eu-central-1.amazonaws.com/111122223333/jobs" }
}

override_resource {
  target          = module.secrets.aws_secretsmanager_secret.this
  override_during = plan
  values          = { arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:a" }
}

run "storage" {
  command = plan

  assert {
    condition = alltrue([
      for block in aws_s3_bucket_public_access_block.this :
      block.block_public_acls && block.block_public_policy && block.ignore_public_acls && block.restrict_public_buckets
    ]) && length(aws_s3_bucket_public_access_block.this) == length(aws_s3_bucket.this)
    error_message = "A bucket can be made public."
  }

  assert {
    condition     = alltrue([for bucket in aws_s3_bucket_versioning.this : bucket.versioning_configuration[0].status == "Enabled"])
    error_message = "A bucket is not versioned."
  }

  assert {
    condition     = alltrue([for bucket in aws_s3_bucket_ownership_controls.this : bucket.rule[0].object_ownership == "BucketOwnerEnforced"])
    error_message = "A bucket takes access lists."
  }

  assert {
    condition = alltrue([
      for bucket in ["files", "models"] : alltrue([
        for rule in aws_s3_bucket_server_side_encryption_configuration.this[bucket].rule :
        rule.apply_server_side_encryption_by_default[0].sse_algorithm == "aws:kms" &&
        rule.apply_server_side_encryption_by_default[0].kms_master_key_id == aws_kms_key.data.arn
      ])
    ])
    error_message = "Files or models are not encrypted with our key."
  }

  assert {
    condition = alltrue([
      for bucket, policy in data.aws_iam_policy_document.bucket : anytrue([
        for statement in policy.statement :
        statement.effect == "Deny" && contains(statement.actions, "s3:*") && length(statement.resources) == 2 && anytrue([
          for condition in statement.condition : condition.variable == "aws:SecureTransport" && contains(condition.values, "false")
        ])
      ])
    ])
    error_message = "A bucket can be used without TLS."
  }

  assert {
    condition = one([
      for rule in aws_s3_bucket_lifecycle_configuration.this["files"].rule :
      rule.noncurrent_version_expiration[0].noncurrent_days if rule.id == "deleted-is-gone" && rule.status == "Enabled"
    ]) == var.deleted_file_days
    error_message = "What a customer deletes is not gone after deleted_file_days."
  }

  assert {
    condition = alltrue([
      for bucket in aws_s3_bucket_lifecycle_configuration.this :
      anytrue([for rule in bucket.rule : try(rule.abort_incomplete_multipart_upload[0].days_after_initiation, 0) == 1])
    ])
    error_message = "Unfinished uploads are kept."
  }
}

run "queue" {
  command = plan

  assert {
    condition     = local.max_receive_count == 5 && aws_sqs_queue.dead.message_retention_seconds == 14 * 86400
    error_message = "A message dies after five receives, and is kept for fourteen days."
  }

  assert {
    condition     = aws_sqs_queue.jobs.message_retention_seconds < aws_sqs_queue.dead.message_retention_seconds
    error_message = "A letter's age counts from its first sending: the dead-letter queue must keep longer."
  }

  assert {
    condition     = aws_sqs_queue.jobs.kms_master_key_id == aws_kms_key.data.arn && aws_sqs_queue.dead.kms_master_key_id == aws_kms_key.data.arn
    error_message = "A queue is not encrypted with our key."
  }

  assert {
    condition = alltrue([
      for queue in data.aws_iam_policy_document.queue : jsondecode(queue.json).Statement == [{
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Action    = "sqs:*"
        Principal = "*"
        Resource  = jsondecode(queue.json).Statement[0].Resource
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }]
    ])
    error_message = "A queue's policy says more or less than TLS only."
  }
}

run "database" {
  command = plan

  assert {
    condition     = aws_db_instance.this.storage_encrypted && aws_db_instance.this.kms_key_id == aws_kms_key.data.arn
    error_message = "The database is not encrypted with our key."
  }

  assert {
    condition     = !aws_db_instance.this.publicly_accessible
    error_message = "The database has a public address."
  }

  assert {
    condition = (
      aws_db_instance.this.backup_retention_period >= 7 && aws_db_instance.this.deletion_protection &&
      !aws_db_instance.this.skip_final_snapshot && !aws_db_instance.this.delete_automated_backups
    )
    error_message = "The database is not backed up, or can be deleted by accident."
  }

  assert {
    condition     = contains([for parameter in aws_db_parameter_group.this.parameter : "${parameter.name}=${parameter.value}"], "rds.force_ssl=1")
    error_message = "The database takes connections without TLS."
  }

  assert {
    condition     = toset(keys(local.inside_rules)) == toset(["balancer-api", "api-database", "jobs-database"])
    error_message = "Something else may speak to something else inside."
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.this : !subnet.map_public_ip_on_launch])
    error_message = "A subnet gives public addresses."
  }
}

run "tasks" {
  command = plan

  assert {
    condition = alltrue([
      for kind, task in merge({ api = aws_ecs_task_definition.api, worker = aws_ecs_task_definition.worker }, aws_ecs_task_definition.one_off) :
      alltrue([
        for container in jsondecode(task.container_definitions) :
        container.stopTimeout > local.drain_seconds && container.readonlyRootFilesystem && !can(container.privileged) if container.name == kind
      ])
    ])
    error_message = "A task is killed before it has drained, or can write where it should not."
  }

  assert {
    condition = alltrue([
      for task in [aws_ecs_task_definition.api, aws_ecs_task_definition.worker] : alltrue([
        for container in jsondecode(task.container_definitions) : can(container.healthCheck) && container.essential == (container.name != "collector")
      ])
    ])
    error_message = "A container is not checked, or the service dies with its collector."
  }

  # A secret that is plain text in a task definition is everybody's who may describe it.
  assert {
    condition = alltrue(flatten([
      for kind, task in merge({ api = aws_ecs_task_definition.api, worker = aws_ecs_task_definition.worker }, aws_ecs_task_definition.one_off) : [
        for container in jsondecode(task.container_definitions) : [
          for variable in container.environment : length(regexall("SECRET|PASSWORD|DATABASE|HASH_KEY", variable.name)) == 0
        ]
      ]
    ]))
    error_message = "A secret is given as plain text."
  }

  assert {
    condition     = aws_appautoscaling_target.api.min_capacity >= 1 && aws_appautoscaling_target.worker.min_capacity >= 1
    error_message = "A service can be scaled to nothing."
  }

  assert {
    condition = alltrue([
      for service in [aws_ecs_service.api, aws_ecs_service.worker] :
      service.deployment_circuit_breaker[0].enable && service.deployment_circuit_breaker[0].rollback &&
      service.deployment_minimum_healthy_percent == 100 && !service.network_configuration[0].assign_public_ip
    ])
    error_message = "A bad deployment stays, takes capacity away, or has a public address."
  }

  assert {
    condition = alltrue([
      for group in merge(aws_cloudwatch_log_group.this, aws_cloudwatch_log_group.database) : group.retention_in_days > 0
    ])
    error_message = "A log is kept for ever."
  }
}

run "balancer" {
  command = plan

  assert {
    condition     = aws_lb_listener.https.protocol == "HTTPS" && strcontains(aws_lb_listener.https.ssl_policy, "TLS13-1-2")
    error_message = "TLS older than 1.2 is taken."
  }

  assert {
    condition     = aws_lb_listener.http.default_action[0].type == "redirect" && aws_lb_listener.http.default_action[0].redirect[0].protocol == "HTTPS"
    error_message = "HTTP is served."
  }

  assert {
    condition     = aws_lb.this.drop_invalid_header_fields && aws_lb.this.idle_timeout > 2 * 15 && aws_lb.this.idle_timeout < 120
    error_message = "Invalid headers pass, an event stream is cut, or a request goes into a connection that the api closes."
  }

  assert {
    condition     = aws_lb_target_group.api.health_check[0].path == "/readyz"
    error_message = "A task that is not ready gets requests."
  }
}

run "roles" {
  command = plan

  # "*" as a resource only where the action knows none.
  assert {
    condition = alltrue(flatten([
      for document in concat(
        [for kind in ["service", "api", "worker", "operator"] : local.documents[kind]],
        values(data.aws_iam_policy_document.execution),
        ) : [
        for statement in document.statement :
        try(coalesce(statement.effect), "Allow") == "Allow" && statement.sid != "" && statement.not_actions == null && statement.not_resources == null &&
        alltrue([for action in statement.actions : !strcontains(action, "*")]) &&
        (!contains(statement.resources, "*") || toset(statement.actions) == toset(["ecr:GetAuthorizationToken"]))
      ]
    ]))
    error_message = "A role has a statement with a star, without a name, or of what is not allowed."
  }

  assert {
    condition = toset(flatten([for statement in concat(local.documents.service.statement, local.documents.api.statement) : statement.actions])) == toset([
      "s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload",
      "sqs:SendMessage", "kms:GenerateDataKey", "kms:Decrypt", "logs:CreateLogStream", "logs:PutLogEvents",
    ])
    error_message = "The api's actions are not those that it does."
  }

  assert {
    condition = toset(flatten([for statement in concat(local.documents.service.statement, local.documents.worker.statement) : statement.actions])) == toset([
      "s3:ListBucket", "s3:GetObject", "s3:DeleteObject",
      "sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility",
      "kms:GenerateDataKey", "kms:Decrypt", "logs:CreateLogStream", "logs:PutLogEvents", "ecs:UpdateTaskProtection",
    ])
    error_message = "The worker's actions are not those that it does."
  }

  assert {
    condition = alltrue(flatten([
      for document in concat(values(local.documents), values(data.aws_iam_policy_document.execution)) : [
        for statement in document.statement :
        anytrue([for condition in statement.condition : condition.variable == "kms:ViaService"])
        if anytrue([for action in statement.actions : startswith(action, "kms:")])
      ]
    ]))
    error_message = "A role can use the key by itself."
  }

  assert {
    condition     = !contains(keys(local.task_secrets.api), "RETAINWISE_DATABASE_OWNER_URL") && !contains(keys(local.task_secrets.worker), "RETAINWISE_DATABASE_OWNER_URL")
    error_message = "A service can log in as the owner of the tables."
  }
}
