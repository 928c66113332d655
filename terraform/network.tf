################################################################################
# Network: three subnets a zone
################################################################################

# public: the load balancer and the NAT gateways · tasks: out by NAT only · database: no way out
locals {
  tiers = {
    public   = 0
    tasks    = 1
    database = 2
  }

  subnets = merge([
    for tier, block in local.tiers : {
      for index, zone in local.zones : "${tier}-${index}" => {
        tier  = tier
        index = index
        zone  = zone
        cidr  = cidrsubnet(var.vpc_cidr, 4, block * 3 + index)
      }
    }
  ]...)

  subnet_ids = {
    for tier in keys(local.tiers) : tier => [
      for index in range(var.zones) : aws_subnet.this["${tier}-${index}"].id
    ]
  }

  nat_gateways = var.nat_gateway_per_zone ? var.zones : 1
}

resource "aws_vpc" "this" {
  cidr_block           = var.vpc_cidr
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = local.name }
}

resource "aws_subnet" "this" {
  for_each = local.subnets

  vpc_id                  = aws_vpc.this.id
  availability_zone       = each.value.zone
  cidr_block              = each.value.cidr
  map_public_ip_on_launch = false

  tags = { Name = "${local.name}-${each.key}" }
}

# Nothing of ours is in the group that a VPC brings along; nothing may pass by it.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
}

################################################################################
# Ways out
################################################################################

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = local.name }
}

resource "aws_eip" "nat" {
  count = local.nat_gateways

  domain = "vpc"

  tags = { Name = "${local.name}-nat-${count.index}" }
}

resource "aws_nat_gateway" "this" {
  count = local.nat_gateways

  allocation_id = aws_eip.nat[count.index].id
  subnet_id     = local.subnet_ids.public[count.index]

  tags = { Name = "${local.name}-${count.index}" }

  depends_on = [aws_internet_gateway.this]
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${local.name}-public" }
}

resource "aws_route" "internet" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table" "tasks" {
  count = var.zones

  vpc_id = aws_vpc.this.id

  tags = { Name = "${local.name}-tasks-${count.index}" }
}

resource "aws_route" "nat" {
  count = var.zones

  route_table_id         = aws_route_table.tasks[count.index].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this[count.index % local.nat_gateways].id
}

resource "aws_route_table" "database" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${local.name}-database" }
}

resource "aws_route_table_association" "this" {
  for_each = local.subnets

  subnet_id = aws_subnet.this[each.key].id
  route_table_id = (
    each.value.tier == "public" ? aws_route_table.public.id :
    each.value.tier == "tasks" ? aws_route_table.tasks[each.value.index].id :
    aws_route_table.database.id
  )
}

# Files do not pass the NAT gateway, which charges by the byte.
resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${var.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = aws_route_table.tasks[*].id

  tags = { Name = "${local.name}-s3" }
}

################################################################################
# Who may speak to whom
################################################################################

resource "aws_security_group" "this" {
  for_each = {
    balancer = "Load balancer: from clients, to the api"
    api      = "Api tasks: from the load balancer, to AWS and the database"
    jobs     = "Worker, migrate and operator tasks: from nobody, to AWS and the database"
    database = "PostgreSQL: from the tasks, to nobody"
  }

  name        = "${local.name}-${each.key}"
  description = each.value
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${local.name}-${each.key}" }
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  for_each = {
    for pair in setproduct(var.allowed_cidrs, [80, 443]) : "${pair[0]}-${pair[1]}" => { cidr = pair[0], port = pair[1] }
  }

  security_group_id = aws_security_group.this["balancer"].id
  description       = each.value.port == 80 ? "Redirected to HTTPS" : "HTTPS"
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
}

locals {
  inside_rules = {
    balancer-api  = { from = "balancer", to = "api", port = local.port }
    api-database  = { from = "api", to = "database", port = 5432 }
    jobs-database = { from = "jobs", to = "database", port = 5432 }
  }
}

resource "aws_vpc_security_group_ingress_rule" "inside" {
  for_each = local.inside_rules

  security_group_id            = aws_security_group.this[each.value.to].id
  description                  = "From ${each.value.from}"
  referenced_security_group_id = aws_security_group.this[each.value.from].id
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_vpc_security_group_egress_rule" "inside" {
  for_each = local.inside_rules

  security_group_id            = aws_security_group.this[each.value.from].id
  description                  = "To ${each.value.to}"
  referenced_security_group_id = aws_security_group.this[each.value.to].id
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

# AWS's own addresses and the issuer's keys.
resource "aws_vpc_security_group_egress_rule" "https" {
  for_each = toset(["api", "jobs"])

  security_group_id = aws_security_group.this[each.key].id
  description       = "HTTPS to AWS and to the issuer of tokens"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
