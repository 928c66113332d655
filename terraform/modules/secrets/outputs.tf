output "arns" {
  description = "ARN of each secret."
  value       = { for name, secret in aws_secretsmanager_secret.this : name => secret.arn }
}

output "owner_password" {
  description = "Password of the database's owner, for the instance that takes it write-only."
  value       = ephemeral.aws_secretsmanager_secret_version.password["owner-password"].secret_string
  ephemeral   = true
}
