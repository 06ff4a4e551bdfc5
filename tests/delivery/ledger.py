"""A system with a database for three servers, quick to start: what goes wrong with a migration can be seen in it.

Its image answers what an image is asked of its migrations, and its migration writes down that it has run.
"""

import json
import secrets
import subprocess
import sys
import threading
from pathlib import Path

from . import small
from .reference import Done, Repository, placed

HASTY = Path(__file__).with_name("hasty.py")
HEALTH = small.health("8s")
DATABASE = 'PGHOST: "${DB_HOST:?}", PGUSER: ledger, PGDATABASE: ledger, PGPASSWORD: "${DB_PASSWORD:?}"'
FILES = {
    ".gitignore": small.IGNORED,
    ".env.example": small.CONTRACT
    + """\
# Database
DB_PASSWORD=<GENERATE_PASSWORD>
WEB_IMAGE=
""",
    "docker-compose.prod.yml": f"""\
name: ledger-${{ENVIRONMENT:?}}
services:
  store:
    image: envfence-test/postgres
    environment: {{POSTGRES_DB: ledger, POSTGRES_USER: ledger, POSTGRES_PASSWORD: "${{DB_PASSWORD:?}}"}}
    ports: ["${{BIND_ADDRESS:?}}:5432:5432"]
    volumes: ["store:/var/lib/postgresql/data"]
    healthcheck:
      <<: {HEALTH}
      test: [CMD-SHELL, "pg_isready -q -h 127.0.0.1 -U ledger"]
  migrate:
    image: ${{WEB_IMAGE:-ledger/web:local}}
    build: {{context: ./web, args: {{APP_VERSION: "${{APP_VERSION:-none}}"}}}}
    command: [sh, /www/migrate.sh]
    environment: {{{DATABASE}}}
    profiles: [migrate]
  web:
    image: ${{WEB_IMAGE:-ledger/web:local}}
    build: {{context: ./web, args: {{APP_VERSION: "${{APP_VERSION:-none}}"}}}}
    environment: {{{DATABASE}}}
    healthcheck:
      <<: {HEALTH}
      test: [CMD, curl, -fsS, "http://127.0.0.1:8000/version"]
  jobs:
    image: envfence-test/tiny
    {small.NOTHING}
volumes: {{store: {{}}}}
""",
    "web/Dockerfile": """\
FROM envfence-test/postgres
ARG APP_VERSION=none
COPY --chmod=755 python /usr/local/bin/
COPY . /www/
RUN printf '%s' "$APP_VERSION" > /www/version
ENTRYPOINT []
CMD ["sh", "/www/serve.sh"]
""",
    "web/python": "#!/bin/sh\ncat /www/schema.json\n",
    "web/serve.sh": "trap exit TERM\nbusybox httpd -f -p 8000 -h /www &\nwait\n",
    "web/ready.sh": """\
schema=$(psql -tAc 'SELECT version_num FROM alembic_version')
printf '{"status": "ready", "version": "%s", "schema": "%s"}\\n' "$(cat /www/version)" "$schema"
""",
    "web/migrate.sh": """\
set -eu
psql -qc 'CREATE TABLE IF NOT EXISTS alembic_version (version_num text); CREATE TABLE IF NOT EXISTS ran (at text)'
now=$(psql -tAc 'SELECT version_num FROM alembic_version')
for file in /www/migrations/*.sql; do
  revision=$(basename "$file" .sql)
  [ -z "$now" ] || [ "$revision" \\> "$now" ] || continue
  echo "running $revision"
  sleep 2
  psql -v ON_ERROR_STOP=1 -q1 -c "SET lock_timeout = '1s'" -c "INSERT INTO ran VALUES ('$revision')" -f "$file" \\
    -c "DELETE FROM alembic_version" -c "INSERT INTO alembic_version VALUES ('$revision')"
done
""",
    "README.md": "A ledger.\n",
    "pyproject.toml": small.settings('migrate = "migrate"\nready = { web = ["sh", "/www/ready.sh"] }\n', ["web"]),
}


class Ledger(Repository):
    """The repository, with runners that lose their patience sooner than a person's."""

    def migration(self, sql):
        """Add a migration, and make the image say so; return its revision."""
        folder = self.root / "web" / "migrations"
        folder.mkdir(exist_ok=True)
        revision = f"r{len(list(folder.iterdir())) + 1:03}"
        (folder / f"{revision}.sql").write_text(f"{sql};\n")
        self._describe(folder)
        return revision

    def without(self, revision):
        """Take a migration away again, as if it had never been written."""
        folder = self.root / "web" / "migrations"
        (folder / f"{revision}.sql").unlink()
        self._describe(folder)

    def _describe(self, folder):
        every, down, parts = [], None, []
        for file in sorted(folder.iterdir()):
            parts.append(f"-- Running upgrade {down or ''} -> {file.stem}\n\n{file.read_text()}")
            every.append({"id": file.stem, "down": [down] if down else [], "text": f"revision = '{file.stem}'\n"})
            down = file.stem
        said = {"migrations": every, "needs": [], "sql": "\n".join(parts)}
        (self.root / "web" / "schema.json").write_text(json.dumps(said))

    def runner(self, *words):
        """Start a command of envfence that gives up soon; its lines are read with `Runner.until`."""
        return Runner(self.root, words)

    def hasty(self, *words):
        """Run such a command to its end."""
        return self.runner(*words).end()


class Runner:
    """A running command, whose standard error is read line by line."""

    def __init__(self, root, words):
        self.process = subprocess.Popen(
            [sys.executable, str(HASTY), *words],
            cwd=root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
            start_new_session=True,
        )  # fmt: skip
        self.lines, self._news = [], threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stderr:
            with self._news:
                self.lines.append(line)
                self._news.notify_all()
        with self._news:
            self.lines.append("")
            self._news.notify_all()

    def until(self, step, host="", timeout=90):
        """Wait for the first line of a step, on a host if one is named; tell whether it came."""
        wanted = [step, host] if host else [step]

        def has_come():
            return any(line.split()[2 : 2 + len(wanted)] == wanted for line in self.lines)

        with self._news:
            self._news.wait_for(lambda: has_come() or self.lines[-1:] == [""], timeout)
        return has_come()

    def kill(self):
        """End it as kill -9 does."""
        self.process.kill()
        self.end()

    def end(self, timeout=300):
        """Wait for its end."""
        self.process.wait(timeout)
        self._reader.join(10)
        out = self.process.stdout.read()
        self.process.stdout.close()
        self.process.stderr.close()
        return Done(self.process.returncode, out, "".join(self.lines))


def made(bed, root):
    """Return the ledger as a repository in ``root``, with an env file for the servers of the bed."""
    ledger = Ledger(root, placed(bed, root, FILES, DB_PASSWORD=secrets.token_hex(12)))
    ledger.git("init", "--quiet", "--initial-branch=main")
    ledger.migration("CREATE TABLE entries (id int)")
    return ledger
