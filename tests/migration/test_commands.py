"""Each rule on commands: where they may stand, what is caught, and what only looks like it."""

import pytest

from envfence.migration.check import findings

SSH = "ssh deploy@web.example.com bash -euo pipefail -s << 'EOF'"


def there(*lines):
    """Return a script that runs these lines on a server."""
    return "\n".join((SSH, *(f"  {line}" for line in lines), "EOF", ""))


def document(*lines, under="## Roll back"):
    return "\n".join(("# Runbook", "", "The schema is kept by `alembic`.", "", under, "", "```bash", *lines, "```", ""))


def workflow(*lines, name="Deploy after the backup"):
    run = "".join(f"          {line}\n" for line in lines)
    return f"name: {name}\non: push\njobs:\n  deploy:\n    runs-on: x\n    steps:\n      - run: |\n{run}"


IN_IMAGE = "docker compose run --rm backend alembic upgrade head"
UP = "docker compose up --detach --wait"
WORKFLOW = ".github/workflows/deploy.yml"

SESSION = """\
@session
def deploy(session):
    session.run("ssh", "web.example.com", "cd /opt/docker; E=p alembic upgrade head")
"""
ACTION = """\
name: Deploy after the backup
on: push
jobs:
  deploy:
    steps:
      - uses: appleboy/ssh-action@v1
        with:
          host: web.example.com
          script: alembic upgrade head
"""

CAUGHT = {
    "migration-outside-image": {
        "a virtual environment": ("deploy.sh", there("source venv/bin/activate", "E=p alembic upgrade head", UP)),
        "by its path": ("deploy.sh", there("E=p venv/bin/alembic upgrade head", UP)),
        "as a module": ("deploy.sh", there("E=p python -m alembic upgrade head", UP)),
        "by a runner": ("deploy.sh", there("E=p poetry run alembic upgrade head", UP)),
        "in quotes": ("deploy.sh", f"ssh web.example.com 'cd /opt/app && E=p alembic upgrade head && {UP}'\n"),
        "in a workflow": (WORKFLOW, workflow(SSH, "  export E=p", "  alembic upgrade head", f"  {UP}", "EOF")),
        "typed there": ("RUNBOOK.md", document("ssh web.example.com", "E=p alembic stamp head", UP)),
        "a Makefile": ("Makefile", f"deploy:\n\t@ssh web.example.com 'E=p alembic upgrade head; {UP}'\n"),
        "a noxfile": ("noxfile.py", SESSION),
    },
    "migration-after-deploy": {
        "executed": ("deploy.sh", there(UP, "docker compose exec -T backend alembic upgrade head")),
        "run": ("deploy.sh", there("docker-compose up -d --build backend", IN_IMAGE)),
        "a shell inside": ("deploy.sh", there(UP, "docker exec app sh -c 'cd /app && alembic upgrade head'")),
        "with options": ("deploy.sh", there("docker compose up --scale web=2 -d web", IN_IMAGE)),
        "a script that is there": ("upgrade.sh", f"git pull\n{UP} --build\n{IN_IMAGE}\n"),
        "a script that pulls images": ("upgrade.sh", f"docker compose pull\n{UP}\n{IN_IMAGE}\n"),
        "in another step": (
            WORKFLOW,
            workflow(SSH, f"  {UP}", "EOF")
            + f"      - run: |\n          {SSH}\n            {IN_IMAGE}\n          EOF\n",
        ),
    },
    "migration-unnamed-environment": {
        "nothing": ("deploy.sh", there("cd /opt/app", "alembic upgrade head")),
        "a virtual environment names none": ("deploy.sh", there("source venv/bin/activate", "alembic upgrade head")),
        "a path names none": ("deploy.sh", there("export PATH=/opt/app/bin:$PATH", "alembic upgrade head")),
        "typed there": ("RUNBOOK.md", document("$ ssh web.example.com", "$ cd /opt/app", "$ alembic downgrade 5a9d")),
        "in a list": (
            "RUNBOOK.md",
            "1. After the backup go there:\n\n   ```bash\n   ssh web.example.com\n   alembic upgrade head\n   ```\n",
        ),
        "an action": (WORKFLOW, ACTION),
        "a step in a document": (
            "ci.md",
            "```yaml\n- name: Migrate after the backup\n  run: |\n    ssh web alembic upgrade head\n```\n",
        ),
    },
    "migration-no-backup": {
        "a workflow": (WORKFLOW, workflow(SSH, f"  {IN_IMAGE}", "EOF", name="Deploy")),
        "an action": (WORKFLOW, ACTION.replace(" after the backup", "").replace("alembic", "E=p alembic")),
        "a runbook": ("RUNBOOK.md", document("ssh web.example.com", IN_IMAGE)),
        "a step in a document": ("ci.md", f"```yaml\n- name: Migrate\n  run: ssh web {IN_IMAGE}\n```\n"),
        "twice": ("RUNBOOK.md", document("ssh web.example.com", IN_IMAGE, IN_IMAGE)),
    },
    "migration-relative-downgrade": {
        "in the image": ("rollback.sh", there("docker compose run --rm backend alembic downgrade -1")),
        "two steps": ("rollback.sh", there("docker compose exec -T backend alembic downgrade -2")),
        "typed there": ("RUNBOOK.md", document("ssh web.example.com", "docker compose exec app alembic downgrade -1")),
    },
    "migration-revert-as-rollback": {
        "a runbook": ("RUNBOOK.md", document("git revert <commit>", "git push origin main")),
        "its lines above": (
            "RUNBOOK.md",
            document("git revert HEAD", "git push", under="## Trouble\n\n**Way 1: rollback by git**"),
        ),
        "a script": ("rollback.sh", "# alembic runs in the workflow\ngit revert --no-edit HEAD\ngit push\n"),
        "a workflow": (
            WORKFLOW,
            "# alembic runs in the next job\n" + workflow("git revert --no-edit $SHA", "git push", name="Rollback"),
        ),
        "in Korean": ("RUNBOOK.md", document("git revert HEAD", "git push", under="## 롤백")),
    },
    "migration-rebuild-as-rollback": {
        "a runbook": ("RUNBOOK.md", document("git checkout <previous-commit>", f"{UP} --build")),
        "a tag": ("RUNBOOK.md", document("git checkout v1.2.3", "docker compose build", UP)),
        "a variable": ("rollback.sh", f'git reset --hard "$1"\n{UP} --build\n'),
        "the commit before": ("deploy.sh", there("git checkout HEAD~1", f"{UP} --build")),
        "typed there": (
            "RUNBOOK.md",
            document("ssh web.example.com", "git checkout <previous>", f"{UP} --build", under="## Emergency"),
        ),
    },
}
PASSES = {
    "a dump": (WORKFLOW, workflow(SSH, "  pg_dump app > app.sql", f"  {IN_IMAGE}", "EOF", name="Deploy")),
    "a step that saves": (WORKFLOW, workflow("./backup.sh", SSH, f"  {IN_IMAGE}", "EOF", name="Deploy")),
    "told in Korean": ("RUNBOOK.md", document("ssh web.example.com", IN_IMAGE, under="## 백업 후에")),
    "of staging": (".github/workflows/deploy-staging.yml", workflow(f"ssh web {IN_IMAGE}", name="Deploy")),
    "not on a server": (WORKFLOW, workflow("E=test alembic upgrade head", name="Test")),
    "only asked of the database": (WORKFLOW, workflow(f"ssh web {IN_IMAGE} --sql", name="Review")),
    "in the image, first": ("deploy.sh", there(IN_IMAGE, UP)),
    "on the own machine": ("README.md", document("alembic upgrade head", "alembic downgrade -1", under="## Database")),
    "in a container's own script": ("entrypoint.sh", "alembic upgrade head\nexec uvicorn app.main:app\n"),
    "for review": ("deploy.sh", there("alembic upgrade head --sql > review.sql", UP)),
    "only asked": ("deploy.sh", there("alembic current", "alembic history", UP)),
    "named before": ("deploy.sh", there("export ENVIRONMENT=production", "alembic upgrade head")),
    "named by a file": ("deploy.sh", there("set -a", ". ./.env.production", "alembic upgrade head")),
    "named by a section": ("deploy.sh", there("alembic -n production upgrade head")),
    "named by an argument": ("deploy.sh", there("alembic -x env=production upgrade head")),
    "a store starts first": ("deploy.sh", there("docker compose up --detach --wait postgres", IN_IMAGE, UP)),
    "a developer's script": ("setup.sh", f"{UP}\n{IN_IMAGE}\n"),
    "a developer's page": ("README.md", document("git pull", UP, IN_IMAGE, under="## Start")),
    "up, down and up again": (
        "check.sh",
        there("docker compose run --rm app alembic downgrade -1", "docker compose run --rm app alembic upgrade head"),
    ),
    "to a revision": ("rollback.sh", there("docker compose run --rm app alembic downgrade 5a9d07f3be18")),
    "away from the server again": (
        "RUNBOOK.md",
        document("ssh web.example.com", "docker ps", "exit", "alembic upgrade head", under="## Look"),
    ),
    "a revert of a change": ("CONTRIBUTING.md", document("git revert HEAD", "git push", under="## Mistakes")),
    "a revert without migrations": (
        "RUNBOOK.md",
        "# Rollback\n\n```\ngit revert HEAD\ngit push\n```\n",
    ),
    "a revert that is looked at": ("RUNBOOK.md", document("git revert HEAD", "pytest")),
    "a new branch": ("RUNBOOK.md", document("git checkout -b fix", f"{UP} --build")),
    "the newest": ("deploy.sh", there("git checkout main", f"{UP} --build")),
    "the newest of the other side": ("rollback.sh", f"git reset --hard origin/main\n{UP} --build\n"),
    "a file": ("rollback.sh", f"git checkout $1 -- compose.yml\n{UP} --build\n"),
    "an old version without a build": ("rollback.sh", f'git checkout "$1"\n{UP}\n'),
    "a build without an old version": ("rollback.sh", f"{UP} --build\n"),
    "a release": ("release.sh", f'git checkout "$1"\n{UP} --build\n'),
    "a comment": ("deploy.sh", there("# alembic upgrade head", UP)),
    "an echo": ("deploy.sh", there("echo alembic upgrade head", UP)),
    "another language": ("README.md", "## Rollback\n\n```python\nalembic.upgrade('head')\n```\n"),
    "an open block": ("README.md", "## Rollback\n\n```bash\n"),
    "no commands": ("README.md", "Alembic, see `alembic downgrade -1`.\n"),
    "a comment among prompts": (
        "RUNBOOK.md",
        document("$ ssh web.example.com", "# alembic downgrade -1", "$ docker ps"),
    ),
    "another build": ("rollback.sh", 'git checkout "$1"\nmake build\n'),
    "a session that is no Python": ("noxfile.py", "alembic def (:\n"),
    "a session without commands": ("noxfile.py", "def a(s):\n    s.run(*ALEMBIC)\n    print('alembic')\n"),
}


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [pytest.param(rule, *file, id=f"{rule}: {name}") for rule, files in CAUGHT.items() for name, file in files.items()],
)
def test_it_is_caught_and_nothing_else(rule, path, text):
    assert [one.rule for one in findings(path, text)] == [rule]


@pytest.mark.parametrize(("path", "text"), PASSES.values(), ids=PASSES)
def test_it_passes(path, text):
    assert findings(path, text) == []


@pytest.mark.parametrize(
    ("path", "text", "line"),
    (
        pytest.param("deploy.sh", there("cd /opt", "alembic upgrade head"), 3, id="script"),
        pytest.param("RUNBOOK.md", document("ssh web", "alembic upgrade 5a9d", under="## Backup"), 9, id="document"),
        pytest.param("RUNBOOK.md", document("ssh web", "alembic stamp head").replace("\n", "\r\n"), 9, id="CRLF"),
        pytest.param("Makefile", "all: x\n\ndeploy:\n\t@cd x\n\tssh web alembic upgrade head\n", 5, id="Makefile"),
        pytest.param("Makefile", "deploy:\n\tssh web alembic upgrade head", 2, id="Makefile without a last line"),
        pytest.param(WORKFLOW, workflow("cd x", "ssh web alembic upgrade head"), 9, id="workflow"),
        pytest.param(
            "a.md", "<!-- backup -->\n```yaml\n- run: cd x\n- run: ssh web alembic upgrade head\n```\n", 4, id="steps"
        ),
        pytest.param(
            "noxfile.py",
            'def a(s):\n    """Go."""\n\n    s.run("ssh", "web", "alembic upgrade head")\n',
            4,
            id="session",
        ),
    ),
)
def test_it_is_found_where_it_stands(path, text, line):
    assert [(one.rule, one.line) for one in findings(path, text)] == [("migration-unnamed-environment", line)]
