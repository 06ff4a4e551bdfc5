"""Terraform: configuration, and the values of variables."""

HITS = {
    "hashicorp/terraform-guides:infrastructure-as-code/azure-vm/main.tf the default of a variable": """
        variable "admin_password" {
          description = "Password of the administrator"
          default     = "pTFE-Brueder1" ~~> fallback-value
        }
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/dynamic-aws-creds/consumer-workspace/main.tf on one line": """
        variable "vault_token" { default = "hvs-81f0c93e7ab2d465" } ~~> fallback-value
        variable "consul_host" { default = "10.100.0.2" } ~~> fallback-value
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/k8s-vault-config/variables.tf an address": """
        variable "vault_addr" {
          type    = string
          default = "http://10.100.0.3:8200" ~~> fallback-value
        }
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/terraform-gcp-cloudsql/main.tf a resource": """
        resource "google_sql_user" "root" {
          name     = "root"
          instance = google_sql_database_instance.main.name
          password = "Vo1ksbuch" ~~> hardcoded-credential
        }
    """,
    "terraform-aws-modules/terraform-aws-rds:examples/complete-postgres/main.tf a module": """
        module "db" {
          source   = "terraform-aws-modules/rds/aws"
          username = "complete_postgresql" ~~> hardcoded-username
          password = "UberSecret-Maerchen" ~~> hardcoded-credential
          port     = 5432
        }
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/k8s-cluster-aks/main.tf a provider": """
        provider "vault" {
          address = "http://10.100.0.4:8200" ~~> hardcoded-url
          token   = "hvs-3c9b71e0d58f24a6" ~~> hardcoded-credential
        }
    """,
    "hashicorp/terraform-guides:self-serve-infrastructure/k8s-services-openshift/main.tf a connection": """
        connection {
          type     = "ssh"
          user     = "ubuntu" ~~> hardcoded-username
          password = "Eul3nspiegel" ~~> hardcoded-credential
          host     = "10.100.0.5" ~~> hardcoded-host
        }
    """,
    "eugenp/tutorials:terraform-modules/best-practices/k8s-modules/modules/SvcCustomer/main.tf PostgreSQL": """
        provider "postgresql" {
          host     = "10.100.0.6" ~~> hardcoded-host
          port     = 5433 ~~> hardcoded-port
          password = "Sch1ldburg" ~~> hardcoded-credential
        }
    """,
    "thombergs/code-examples:aws/aws-terraform/aws-app-stack-input-vars/terraform.tfvars a list of addresses": """
        redis_url = "redis://10.100.0.8:6379" ~~> hardcoded-url
        brokers   = ["10.100.0.9:9092", "10.100.0.10:9092"] ~~> hardcoded-url hardcoded-url
    """,
    "thombergs/code-examples:aws/aws-terraform/aws-app-stack-cloud/main.tf Terraform Cloud": """
        terraform {
          cloud {
            hostname = "app.terraform.io"
            token    = "pj7p59JFwSC4jQ.atlasv1.qfmTxLjTfaM5zKyaQrcGzuTojv6oCyLIoIAO7DkA2ieQY7Oy" ~~> hardcoded-credential
          }
        }
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/hashistack/quick-start/terraform-aws/main.tf a heredoc": """
        user_data = <<EOF
        #!/bin/bash
        export DB_PASSWORD=Wassern1xe ~~> hardcoded-credential
        curl http://10.101.0.2:8500/v1/agent/join ~~> hardcoded-url
        EOF
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/dynamic-aws-creds/producer-workspace/main.tf an environment": """
        environment {
          variables = {
            DB_HOST     = "10.101.0.3" ~~> hardcoded-host
            DB_PASSWORD = "Mondsch3in" ~~> hardcoded-credential
            API_KEY     = "f81e03c97d52ba46" ~~> hardcoded-credential
          }
        }
    """,
    "eugenp/tutorials:terraform-modules/best-practices/k8s-modules/main.tf an entry of a list": """
        env {
          name  = "SPRING_DATASOURCE_PASSWORD"
          value = "Sonnenw4gen" ~~> hardcoded-credential
        }
    """,
    "terraform-aws-modules/terraform-aws-rds:wrappers/main.tf what is used when it fails": """
        password = try(each.value.password, "Kom3t-schweif") ~~> fallback-value
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/hashistack/dev/terraform-azure/main.tf a key of Azure": """
        client_secret = "x7Q~f09c1e8b73d5a2.Kz" ~~> hardcoded-credential
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/hashistack/dev/terraform-aws/terraform.auto.tfvars a backend": """
        backend "consul" {
          address = "10.102.0.4:8500" ~~> hardcoded-url
          scheme  = "http"
        }
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/k8s-cluster-gke/variables.tf a default with a description": """
        variable "master_password" {
          description = "password for accessing the master"
          default     = "k8sMeisters1nger" ~~> fallback-value
        }
    """,
    "terraform-aws-modules/terraform-aws-rds:examples/complete-mssql/main.tf a directory": """
        resource "aws_directory_service_directory" "demo" {
          name     = "corp.demo.invalid"
          password = "SuperSecretMaerch3n" ~~> hardcoded-credential
        }
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/k8s-cluster-openshift-aws/modules/openshift/07-bastion.tf a user of a connection": """
        connection {
          type = "ssh"
          user = "ec2-user" ~~> hardcoded-username
        }
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/k8s-cluster-openshift-aws/main.tf a user of another": """
        provisioner "remote-exec" {
          connection {
            user = "ec2-user" ~~> hardcoded-username
            host = "10.102.0.9" ~~> hardcoded-host
          }
        }
    """,
}

MISSES = {
    "hashicorp/terraform-guides:infrastructure-as-code/k8s-cluster-gke/main.tf a variable": """
        password = "${var.master_password}"
        username = var.master_username
    """,
    "terraform-aws-modules/terraform-aws-rds:main.tf references": """
        password_wo = var.manage_master_user_password ? null : var.password_wo
        port        = var.port
        secret_id   = aws_db_instance.this[0].master_user_secret[0].secret_arn
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/k8s-cluster-openshift-aws/main.tf a file": """
        vault_reviewer_token = "${file("vault-reviewer-token")}"
        private_key          = "${var.private_key_data}"
    """,
    "sberts/north:modules/data-stores/mysql/variables.tf a variable without default": """
        variable "db_password" {
          description = "database password"
          type        = string
          sensitive   = true
        }
    """,
    "hashicorp/terraform-guides:self-serve-infrastructure/getting-started/terraform-azure/main.tf empty": """
        client_secret = ""
        tenant_id     = ""
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/hashistack/dev/terraform-azure/modules/network-azure/instances-jumphost.tf none": """
        admin_password                  = "none"
        disable_password_authentication = true
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/terraform-0.12-examples/rich-value-types/main.tf networks": """
        variable "vpc_cidr" { default = "172.16.0.0/16" }
        cidr_blocks = ["10.0.0.0/8", "192.168.0.0/16", "0.0.0.0/0"]
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/aws-ec2-instance/variables.tf a region": """
        variable "aws_region" {
          default = "us-west-1"
        }
        variable "key_name" { default = "deployer-key" }
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/hashistack/dev/terraform-aws/outputs.tf a comment": """
        # address = "http://127.0.0.1:8200"
        # hashistack_consul_version = "1.2.3" # https://releases.hashicorp.com/consul/
    """,
    "terraform-aws-modules/terraform-aws-rds:variables.tf a description": """
        variable "password_wo" {
          description = "Write-Only password for the master DB user, such as postgres://user:password@host/db"
          type        = string
        }
    """,
    "terraform-aws-modules/terraform-aws-rds:outputs.tf an output": """
        output "db_instance_password" {
          value     = module.db.password
          sensitive = true
        }
    """,
    "eugenp/tutorials:terraform-modules/best-practices/k8s-modules/modules/ingress/www.petshop.com.br/main.tf the name of a secret": """
        secret_name  = "tls-secret"
        service_port = 80
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/k8s-cluster-gke/main.tf addresses of scopes": """
        oauth_scopes = [
          "https://www.googleapis.com/auth/compute",
          "https://www.googleapis.com/auth/monitoring"
        ]
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/hashistack/dev/terraform-aws/terraform.auto.tfvars our own listener": """
        listener "tcp" {
          address     = "127.0.0.1:8200"
          tls_disable = 1
        }
        bind_addr = "0.0.0.0"
    """,
    "eugenp/tutorials:terraform-modules/best-practices/k8s-modules/main.tf ports that are opened": """
        ingress {
          from_port = 5432
          to_port   = 5432
          protocol  = "tcp"
        }
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/dynamic-aws-creds-from-vault/main.tf a path in a vault": """
        path      = "secret/data/shop/db-password"
        secret_id = "vault:secret/shop#password"
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/aws-lambda-ec2-lifecycles/iam_roles.tf a policy": """
        assume_role_policy = <<EOF
        {"Version": "2012-10-17", "Statement": [{"Action": "secretsmanager:GetSecretValue", "Effect": "Allow"}]}
        EOF
    """,
    "thombergs/code-examples:aws/aws-terraform/aws-app-stack-cloud/main.tf a user of a machine": 'remote_state_org = "my-organization"',
    "terraform-aws-modules/terraform-aws-rds:examples/complete-mssql/main.tf ports of a group": """
        from_port   = 1433
        to_port     = 1433
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/k8s-vault-config/main.tf a file": """
        token = "${chomp(file("vault-reviewer-token"))}"
    """,
}

# What the language has besides, and no named file.
IDIOMS = {
    "terraform.tfvars values of variables": """
        db_username = "playground" ~~> hardcoded-username
        db_password = "Turmb4uer" ~~> hardcoded-credential
        db_host     = "10.100.0.7" ~~> hardcoded-host
    """,
    "main.tf interpolated": """
        value = "http://10.101.0.4:8500/ui/${var.datacenter}" ~~> hardcoded-url
    """,
    "main.tf what is used when nothing is given": """
        locals {
          db_host     = coalesce(var.db_host, "10.101.0.5") ~~> fallback-value
          db_password = var.db_password != "" ? var.db_password : "Sterns-chnuppe1" ~~> hardcoded-credential
        }
    """,
    "main.tf a database in one": """
        database_url = "postgres://gorm:Planet-3nbahn@10.102.0.2/gorm?sslmode=disable" ~~> hardcoded-credential
    """,
    "terraform.tfvars a map": """
        settings = {
          smtp_host     = "10.102.0.3" ~~> hardcoded-host
          smtp_password = "Milchstr4sse" ~~> hardcoded-credential
        }
    """,
    "main.tf a provider's source": """
        required_providers {
          vault = { source = "hashicorp/vault", version = "3.10.0" }
        }
    """,
    "main.tf a value that is generated": """
        resource "random_password" "db" {
          length           = 16
          override_special = "!#$%&*()-_=+[]{}<>:?"
        }
        password = random_password.db.result
    """,
    "main.tf names": """
        tags = { Name = "db-password-rotation", Environment = "dev" }
    """,
    "main.tf a reference": """
        value_from {
          secret_key_ref {
            name = "db-credentials"
            key  = "password"
          }
        }
    """,
}
