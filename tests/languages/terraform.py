"""Terraform: configuration, and the values of variables."""

HITS = {
    "hashicorp/terraform-guides:infrastructure-as-code/azure-vm/main.tf the default of a variable": """
        variable "admin_password" {
          description = "Password of the administrator"
          default     = "pTFE-Brueder1" ~~> fallback-value
        }
    """,
    "thombergs/code-examples:aws/aws-terraform/aws-app-stack-cloud/main.tf Terraform Cloud": """
        terraform {
          cloud {
            hostname = "app.terraform.io"
            token    = "pj7p59JFwSC4jQ.atlasv1.qfmTxLjTfaM5zKyaQrcGzuTojv6oCyLIoIAO7DkA2ieQY7Oy" ~~> hardcoded-credential
          }
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
            host = "${module.openshift.master_public_dns}"
          }
        }
    """,
    "terraform-aws-modules/terraform-aws-rds:examples/complete-mssql/main.tf a module": """
        username = "steward" ~~> hardcoded-username
        password = "UberSecret-Maerchen1" ~~> hardcoded-credential
    """,
    "daveprowse/terraform-004:labs/lab-20/provider.tf a provider": """
        provider "vault" {
          address = "http://10.100.0.4:8200" ~~> hardcoded-url
          token   = "hvs-3c9b71e0d58f24a6" ~~> hardcoded-credential
        }
    """,
    "kallangerard/example-infrastructure-monorepo:environments/dev/providers.tf PostgreSQL": """
        provider "postgresql" {
          host     = "10.100.0.6" ~~> hardcoded-host
          port     = 5433 ~~> hardcoded-port
          username = "steward" ~~> hardcoded-username
          password = "Sch1ldburg" ~~> hardcoded-credential
        }
    """,
    "vladskvortsov/mind-project2-1-pipeline:terraform/terraform.tfvars keys in quotes": """
        database_vars = {
          "DB_USER"     = "steward" ~~> hardcoded-username
          "DB_PASSWORD" = "Mondsch3in" ~~> hardcoded-credential
        }
    """,
    "vladskvortsov/mind-project2-1-pipeline:terraform/terraform.tfvars entries of a list": """
        database_list = [
          {"name": "DB_PASSWORD", "value": "Sonnenw4gen"}, ~~> hardcoded-credential
          {"name" : "REDIS_HOST", "value": "redis.fjord.0001.eun1.cache.amazonaws.com"}, ~~> hardcoded-host
        ]
    """,
    "JacobV90/localstack_terraform_python_lambda_ex:infrastructure/local/main.tf keys of an account": """
        provider "aws" {
          access_key = "mock_7f09c1e8b73d" ~~> hardcoded-credential
          secret_key = "mock_5a2Kz4lmN0pQ" ~~> hardcoded-credential
        }
    """,
    "JacobV90/localstack_terraform_python_lambda_ex:infrastructure/local/main.tf an environment": """
        environment {
          variables = {
            DB_HOST     = "mysql"
            DB_USER     = "steward" ~~> hardcoded-username
            DB_PASSWORD = "Wassern1xe" ~~> hardcoded-credential
          }
        }
    """,
    "kewei5zhang/DevOpsNotes:WK8_Monitoring_2/terraform_grafana/provider.tf an address beside a reference": """
        provider "grafana" {
          url  = "http://localhost:3001" ~~> hardcoded-url
          auth = var.grafana_auth
        }
    """,
    "romanlehner/k8s-labs:k8s-labs/crossplane-vcluster-vault-lab/terraform/provider.tf a provider of this machine": """
        provider "vault" {
          address = "http://localhost:8201" ~~> hardcoded-url
        }
    """,
    "SatohaCC/fastapi-nextjs-websocket:terraform/rds.tf a user beside its reference": """
        username = "feeder" ~~> hardcoded-username
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/k8s-cluster-gke/variables.tf a password's default": """
        variable "master_password" {
          description = "of the cluster"
          default     = "steuermann-steuermann" ~~> fallback-value
        }
    """,
    "microservices-demo/microservices-demo:install/aws-minimesos/main.tf a user of a machine": """
        connection {
          user = "steward" ~~> hardcoded-username
        }
    """,
    "SatohaCC/fastapi-nextjs-websocket:terraform/rds.tf a user beside a reference": """
        username = "steward" ~~> hardcoded-username
        password = var.db_password
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/hashistack/dev/terraform-aws/outputs.tf an address in an output": """
        address = "http://127.0.0.1:8201" ~~> hardcoded-url
    """,
    "terraform-aws-modules/terraform-aws-rds:examples/enhanced-monitoring/main.tf a user of a database": """
        username = "monitored_ledger" ~~> hardcoded-username
    """,
    "vladskvortsov/mind-project2-1-pipeline:terraform/terraform.tfvars a port and a password": """
        database_vars = {
          "DB_PASSWORD" = "Wasserm4nn" ~~> hardcoded-credential
          "DB_PORT"     = "5433" ~~> hardcoded-port
        }
    """,
    "grafana/terraform-provider-grafana:pkg/generate/testdata/generate/alerting-in-org/provider.tf user and password in one": """
        provider "grafana" {
          auth = "steward:Kom3t-schweif" ~~> hardcoded-credential
        }
    """,
}

MISSES = {
    "hashicorp/terraform-guides:infrastructure-as-code/k8s-cluster-gke/main.tf a variable": """
        password = "${var.master_password}"
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/k8s-cluster-openshift-aws/main.tf a file": """
        vault_reviewer_token = "${file("vault-reviewer-token")}"
        private_key          = "${var.private_key_data}"
    """,
    "hashicorp/terraform-guides:self-serve-infrastructure/getting-started/terraform-azure/main.tf empty": """
        client_secret = ""
        tenant_id     = ""
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/hashistack/dev/terraform-azure/modules/network-azure/instances-jumphost.tf none": """
        admin_password                  = "none"
        disable_password_authentication = true
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/aws-ec2-instance/variables.tf a region": """
        variable "aws_region" {
          default = "us-west-1"
        }
    """,
    "terraform-aws-modules/terraform-aws-rds:variables.tf a description": """
        variable "password_wo" {
          description = "Write-Only password for the master DB user, such as postgres://user:password@host/db"
          type        = string
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
    "terraform-aws-modules/terraform-aws-rds:examples/complete-mssql/main.tf ports of a group": """
        from_port   = 1433
        to_port     = 1433
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/k8s-vault-config/main.tf a file": """
        token = "${chomp(file("vault-reviewer-token"))}"
    """,
    "mikeheft/route_rater:terraform/elastic_beanstalk/variables.tf variables without default": """
        variable "db_password" {
          type = string
        }
        variable "redis_host" {
          description = "of the cache"
          type        = string
        }
    """,
    "cyberark/terraform-provider-conjur:demo/postgres.tf a secret of a vault": """
        env = ["POSTGRES_PASSWORD=${data.conjur_secret.admin-password.value}"]
    """,
    "davidsbond/homad:terraform/postgres/provider.tf references": """
        provider "postgresql" {
          host     = var.host
          username = var.username
          password = var.password
        }
    """,
    "JavaanseHZ/build-playground:terraform/complete/secret.tf a random value": """
        postgresql-password = "${random_string.password.result}"
    """,
    "KenSingson/github-actions-flask:00-ingress-externaldns-terraform-manifests/c4-05-secrets.tf a value that is decoded": """
        db-password = base64decode(var.db_password_64encoded)
    """,
    "SatohaCC/fastapi-nextjs-websocket:terraform/ecs.tf where a secret is kept": """
        { name = "ADMIN_PASSWORD", valueFrom = aws_secretsmanager_secret.admin_password.arn },
    """,
    "SatohaCC/fastapi-nextjs-websocket:terraform/secrets.tf a URL of references": """
        secret_string = "postgresql+asyncpg://${aws_db_instance.main.username}:${var.db_password}@${aws_db_instance.main.address}:5432/ledger"
    """,
    "juicycleff/ultimate-backend:iac/vpc.tf networks": """
        cidr            = "10.1.0.0/16"
        private_subnets = ["10.1.1.0/24", "10.1.2.0/24"]
    """,
    "hashicorp/terraform-guides:infrastructure-as-code/hashistack/best-practices/terraform-aws/outputs.tf a name of service discovery": """
        address = "https://vault.service.consul:8200"
    """,
    "microservices-demo/microservices-demo:staging/main.tf a token as an argument": """
        command = "./up.sh ${var.weave_cloud_token}"
    """,
    "SatohaCC/fastapi-nextjs-websocket:terraform/security_groups.tf ports that are opened": """
        from_port   = 8080
        to_port     = 8080
        cidr_blocks = ["0.0.0.0/0"]
    """,
    "270aldo/Genesis_ngx:terraform/apis.tf services of a cloud": """
        "secretmanager.googleapis.com",
    """,
    "adelinp/poc:modules/lambda/main.tf an environment of references": """
        DB_HOST     = var.db_endpoint
        DB_PASSWORD = var.db_password
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
    "variables.tf an address": """
        variable "vault_addr" {
          type    = string
          default = "http://10.100.0.3:8200" ~~> fallback-value
        }
    """,
    "main.tf a module": """
        module "db" {
          source   = "terraform-aws-modules/rds/aws"
          username = "complete_postgresql" ~~> hardcoded-username
          password = "UberSecret-Maerchen" ~~> hardcoded-credential
          port     = 5432
        }
    """,
    "main.tf a provider": """
        provider "vault" {
          address = "http://10.100.0.4:8200" ~~> hardcoded-url
          token   = "hvs-3c9b71e0d58f24a6" ~~> hardcoded-credential
        }
    """,
    "main.tf a connection": """
        connection {
          type     = "ssh"
          user     = "ubuntu" ~~> hardcoded-username
          password = "Eul3nspiegel" ~~> hardcoded-credential
          host     = "10.100.0.5" ~~> hardcoded-host
        }
    """,
    "main.tf PostgreSQL": """
        provider "postgresql" {
          host     = "10.100.0.6" ~~> hardcoded-host
          port     = 5433 ~~> hardcoded-port
          password = "Sch1ldburg" ~~> hardcoded-credential
        }
    """,
    "terraform.tfvars a list of addresses": """
        redis_url = "redis://10.100.0.8:6379" ~~> hardcoded-url
        brokers   = ["10.100.0.9:9092", "10.100.0.10:9092"] ~~> hardcoded-url hardcoded-url
    """,
    "main.tf a heredoc": """
        user_data = <<EOF
        #!/bin/bash
        export DB_PASSWORD=Wassern1xe ~~> hardcoded-credential
        curl http://10.101.0.2:8500/v1/agent/join ~~> hardcoded-url
        EOF
    """,
    "main.tf an environment": """
        environment {
          variables = {
            DB_HOST     = "10.101.0.3" ~~> hardcoded-host
            DB_PASSWORD = "Mondsch3in" ~~> hardcoded-credential
            API_KEY     = "f81e03c97d52ba46" ~~> hardcoded-credential
          }
        }
    """,
    "main.tf an entry of a list": """
        env {
          name  = "SPRING_DATASOURCE_PASSWORD"
          value = "Sonnenw4gen" ~~> hardcoded-credential
        }
    """,
    "main.tf what is used when it fails": """
        password = try(each.value.password, "Kom3t-schweif") ~~> fallback-value
    """,
    "main.tf a key of Azure": """
        client_secret = "x7Q~f09c1e8b73d5a2.Kz" ~~> hardcoded-credential
    """,
    "terraform.auto.tfvars a backend": """
        backend "consul" {
          address = "10.102.0.4:8500" ~~> hardcoded-url
          scheme  = "http"
        }
    """,
    "main.tf references": """
        password_wo = var.manage_master_user_password ? null : var.password_wo
        port        = var.port
        secret_id   = aws_db_instance.this[0].master_user_secret[0].secret_arn
    """,
    "main.tf networks": """
        variable "vpc_cidr" { default = "172.16.0.0/16" }
        cidr_blocks = ["10.0.0.0/8", "192.168.0.0/16", "0.0.0.0/0"]
    """,
    "outputs.tf a comment": """
        # address = "http://127.0.0.1:8200"
        # hashistack_consul_version = "1.2.3" # https://releases.hashicorp.com/consul/
    """,
    "outputs.tf an output": """
        output "db_instance_password" {
          value     = module.db.password
          sensitive = true
        }
    """,
    "terraform.auto.tfvars our own listener": """
        listener "tcp" {
          address     = "127.0.0.1:8200"
          tls_disable = 1
        }
        bind_addr = "0.0.0.0"
    """,
    "main.tf ports that are opened": """
        ingress {
          from_port = 5432
          to_port   = 5432
          protocol  = "tcp"
        }
    """,
    "main.tf a path in a vault": """
        path      = "secret/data/shop/db-password"
        secret_id = "vault:secret/shop#password"
    """,
    "iam_roles.tf a policy": """
        assume_role_policy = <<EOF
        {"Version": "2012-10-17", "Statement": [{"Action": "secretsmanager:GetSecretValue", "Effect": "Allow"}]}
        EOF
    """,
    "main.tf a user of a machine": 'remote_state_org = "my-organization"',
    "variables.tf a variable without default": """
        variable "db_password" {
          description = "database password"
          type        = string
          sensitive   = true
        }
    """,
    "main.tf on one line": """
        variable "vault_token" { default = "hvs-81f0c93e7ab2d465" } ~~> fallback-value
        variable "consul_host" { default = "10.100.0.2" } ~~> fallback-value
    """,
    "main.tf a resource": """
        resource "google_sql_user" "root" {
          name     = "root"
          instance = google_sql_database_instance.main.name
          password = "Vo1ksbuch" ~~> hardcoded-credential
        }
    """,
}
