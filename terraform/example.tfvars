# terraform apply -var-file=example.tfvars, with names of your own.
region      = "eu-central-1"
environment = "production"

certificate_arn = "arn:aws:acm:eu-central-1:111122223333:certificate/00000000-0000-0000-0000-000000000000"

image                = "registry.example.com/retainwise@sha256:0000000000000000000000000000000000000000000000000000000000000000"
collector_image      = "registry.example.com/aws-otel-collector:v0.49.0"
image_repository_arn = null

auth = "keys,jwt"
jwt = {
  issuer   = "https://login.example.com/"
  audience = "retainwise"
  jwks_url = "https://login.example.com/.well-known/jwks.json"
}

alarm_emails = {
  critical = ["on-call@example.com"]
  warning  = ["team@example.com"]
}
