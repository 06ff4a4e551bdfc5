"""A small system for three servers, quick to start: a store, two replicas of a web server with a worker, and jobs."""

from . import small
from .reference import Repository, placed

HEALTH = small.health("6s")
FILES = {
    ".gitignore": small.IGNORED,
    ".env.example": small.CONTRACT
    + """\
# Shop
SHOP_PASSWORD=<GENERATE_PASSWORD>
SLACK_WEBHOOK_URL=
WEB_IMAGE=
""",
    "docker-compose.prod.yml": f"""\
name: shop-${{ENVIRONMENT:?}}
services:
  store:
    image: envfence-test/tiny
    {small.NOTHING}
    environment: {{SHOP_PASSWORD: "${{SHOP_PASSWORD:?}}"}}
    volumes: ["store:/data"]
  web:
    image: ${{WEB_IMAGE:-shop/web:local}}
    build: {{context: ./web, args: {{APP_VERSION: "${{APP_VERSION:-none}}"}}}}
    environment: {{SHOP_PASSWORD: "${{SHOP_PASSWORD:?}}"}}
    healthcheck:
      <<: {HEALTH}
      test: [CMD, wget, -qO, /dev/null, "http://127.0.0.1:8000/"]
  worker:
    image: ${{WEB_IMAGE:-shop/web:local}}
    {small.NOTHING}
    environment: {{SHOP_PASSWORD: "${{SHOP_PASSWORD:?}}"}}
    depends_on: {{web: {{condition: service_healthy}}}}
  jobs:
    image: envfence-test/tiny
    {small.NOTHING}
    volumes: ["./dags:/jobs/current:ro,z"]
volumes: {{store: {{}}}}
""",
    "web/Dockerfile": """\
FROM envfence-test/tiny
ARG APP_VERSION=none
COPY index.html serve.sh /www/
RUN printf '{"status": "ready", "version": "%s", "schema": ""}\\n' "$APP_VERSION" > /www/ready.json
CMD ["sh", "/www/serve.sh"]
""",
    "web/serve.sh": 'trap exit TERM\necho "password is $SHOP_PASSWORD"\nhttpd -f -p 8000 -h /www &\nwait\n',
    "web/index.html": "one\n",
    "dags/daily.py": "one\n",
    "README.md": "A shop.\n",
    "pyproject.toml": small.settings(
        'ready = { web = ["cat", "/www/ready.json"] }\nwebhook = "SLACK_WEBHOOK_URL"\n', ["web", "worker"]
    ),
}


def made(bed, root):
    """Return the shop as a repository in ``root``, with an env file for the servers of the bed."""
    repository = Repository(root, placed(bed, root, FILES, SHOP_PASSWORD="plainly-fake-password"))
    repository.git("init", "--quiet", "--initial-branch=main")
    return repository
