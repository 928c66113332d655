################################################################################
# Secrets
################################################################################

locals {
  # Raise it to make all of them anew: every API key, and every user's bucket in the metrics, changes with them.
  secrets_generation = 1
}

module "secrets" {
  source = "./modules/secrets"

  name        = local.name
  kms_key_arn = aws_kms_key.data.arn
  generation  = local.secrets_generation
  database    = "${aws_db_instance.this.address}:${aws_db_instance.this.port}/${local.database_name}"
  owner       = local.database_owner
  login       = local.database_login
}
