resource "aws_db_instance" "prices" {
  # ruleid: flow-password-in-terraform
  password_wo = "TraderPassword"
  # ok: flow-password-in-terraform
  password = var.password
  # ok: flow-password-in-terraform
  db_secret = "${var.name}-database"
  # ok: flow-password-in-terraform
  username = "TraderPassword"
}

resource "helm_release" "prices" {
  set {
    name = "auth.password"
    # ruleid: flow-password-in-terraform
    value = "prices_password"
  }
  set {
    name = "auth.username"
    # ok: flow-password-in-terraform
    value = "prices_password"
  }
}
