"""What small systems for three servers share: no more of each file than a rollout needs, so that they start quickly."""

import json

NOTHING = 'command: [sh, -c, "trap exit TERM; while sleep 0.2; do :; done"]'
IGNORED = ".env*\n!.env.example\n.envfence/\ndeploy/\n"
CONTRACT = """\
# Environment
ENVIRONMENT=<development|production>
# Servers
DB_HOST=<DB_HOST>
BACKEND_HOST=<BACKEND_HOST>
AIRFLOW_HOST=<AIRFLOW_HOST>
# only: production
BIND_ADDRESS=<BIND_ADDRESS>
"""


def health(start_period):
    """Return how a service is asked whether it is well, but for what is asked."""
    return f"{{interval: 2s, timeout: 2s, retries: 2, start_period: {start_period}, start_interval: 300ms}}"


def settings(own, app):
    """Return a pyproject.toml: lines of its own on production, and the services of the server in the middle."""
    return f"""\
[tool.envfence]
stacks = ["production: docker-compose.prod.yml"]
[tool.envfence.environments]
development = {{}}
[tool.envfence.environments.production]
root = "/opt/stocktrading"
known-hosts = "deploy/known_hosts"
bind = "BIND_ADDRESS"
{own}\
[tool.envfence.environments.production.roles]
data = {{ host = "DB_HOST", services = ["store"] }}
app = {{ host = "BACKEND_HOST", services = {json.dumps(app)}, replicas = {{ web = 2 }} }}
scheduler = {{ host = "AIRFLOW_HOST", services = ["jobs"] }}
"""
