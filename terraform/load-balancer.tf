################################################################################
# Load balancer
################################################################################

resource "aws_lb" "this" {
  name               = local.name
  load_balancer_type = "application"
  internal           = false
  subnets            = local.subnet_ids.public
  security_groups    = [aws_security_group.this["balancer"].id]

  # More than the 15 s between two heartbeats of an event stream; less than the 120 s after which the api itself closes a silent connection,
  # so that the balancer never sends a request into a connection that is being closed.
  idle_timeout               = 90
  drop_invalid_header_fields = true
  desync_mitigation_mode     = "strictest"
  # The address that the balancer saw is the last one of X-Forwarded-For; what a client wrote there stands before it.
  xff_header_processing_mode = "append"
  enable_deletion_protection = var.deletion_protection

  access_logs {
    bucket  = aws_s3_bucket.this["access"].id
    enabled = true
  }

  depends_on = [aws_s3_bucket_policy.this]
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = var.certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"

    redirect {
      protocol    = "HTTPS"
      port        = "443"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_target_group" "api" {
  name        = "${local.name}-api"
  target_type = "ip"
  vpc_id      = aws_vpc.this.id
  protocol    = "HTTP"
  port        = local.port

  # Requests under way may end; a 1 GiB upload on a slow line may not, and its client sends it again under the same Idempotency-Key.
  deregistration_delay = 120
  slow_start           = 30

  # Ready, not only alive: a task that cannot reach database, storage or model gets no requests, and is not restarted for it.
  health_check {
    path                = "/readyz"
    matcher             = "200"
    interval            = 15
    timeout             = 10
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}
