"""The reference system in a repository of its own, released and rolled out with the commands that its users type."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from envfence.contract.grammar import contract_of
from envfence.contract.writing import new_text

from ..docker.system import IMAGES, docker

ROOT = Path(__file__).parents[2]
PORTS = {
    "DB_PUBLISH_PORT": "5432",
    "REDIS_PUBLISH_PORT": "6379",
    "INFLUXDB_PUBLISH_PORT": "8086",
    "BACKEND_PORT": "8000",
    "FRONTEND_PORT": "8080",
    "GRAFANA_PORT": "3000",
    "AIRFLOW_PORT": "8081",
}
SECTOR = '''"""Add the sector of a stock."""

import sqlalchemy as sa
from alembic import op

revision = "d94c1f6a2b70"
down_revision = "5a9d07f3be18"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stocks", sa.Column("sector", sa.Text()))


def downgrade() -> None:
    op.drop_column("stocks", "sector")
'''
HEAD, NEXT = "5a9d07f3be18", "d94c1f6a2b70"


class Done(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    error: str


class Repository(NamedTuple):
    """The repository of the system, and its values in production."""

    root: Path
    values: dict

    def envfence(self, *words, timeout=600):
        """Run a command of envfence to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "envfence", *words],
            cwd=self.root, capture_output=True, encoding="utf-8", check=False, timeout=timeout,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return Done(done.returncode, done.stdout, done.stderr)

    def release(self):
        """Commit what there is and release it; return the release's name."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "Change something")
        done = self.envfence("release")
        assert done.code == 0, done.error
        return done.out.strip()

    def described(self, release):
        """Return what release.json says."""
        file = self.root / ".envfence" / "releases" / release / "release.json"
        return json.loads(file.read_text(encoding="utf-8"))

    def git(self, *words):
        """Run git here."""
        names = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
        done = subprocess.run(["git", *names, *words], cwd=self.root, check=True, capture_output=True)
        return done.stdout.decode().strip()

    def add_sector(self):
        """Make the schema change of the guide: a column more, in the migrations and in the models."""
        versions = self.root / "stack" / "backend" / "alembic" / "versions"
        (versions / f"20261124_{NEXT}_add_sector.py").write_text(SECTOR, encoding="utf-8")
        models = self.root / "stack" / "backend" / "app" / "models.py"
        text = models.read_text(encoding="utf-8")
        market = "    market: Mapped[str] = mapped_column(Text)\n"
        assert market in text
        models.write_text(text.replace(market, f"{market}    sector: Mapped[str | None] = mapped_column(Text)\n"))


def lighten(root, changes):
    """Leave out what takes long and is of no matter: {file: ((what is there, what is written instead), …)}."""
    for name, pairs in changes.items():
        text = (root / name).read_text(encoding="utf-8")
        for old, new in pairs:
            assert old in text, f"{name} has no {old}"
            text = text.replace(old, new)
        (root / name).write_text(text, encoding="utf-8")


def forget_images(root):
    """Take away what releases of a repository have built on this machine: such an image's tag begins with a commit."""
    command = ("git", "rev-list", "--all", "--reflog", "--abbrev-commit", "--abbrev=12")
    commits = set(subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout.split())
    images = docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split()
    built = [image for image in images if image.rpartition(":")[2][:12] in commits]
    if built:
        docker("image", "rm", "--force", *built)


def copied(root):
    """Copy what a release of the reference system is made from."""
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache", ".venv", "tests")
    shutil.copytree(ROOT / "stack", root / "stack", ignore=ignored)
    for name in (".env.example", ".gitignore", "pyproject.toml"):
        shutil.copy(ROOT / name, root)


def let_in(bed, root):
    """Give a repository the pinned keys of the bed's servers, and the key that they let in."""
    for name, place in (("known_hosts", "deploy/known_hosts"), ("key", ".envfence/keys/production")):
        (root / place).parent.mkdir(parents=True)
        shutil.copy(bed.folder / name, root / place)


def placed(bed, root, files, **secrets):
    """Write a small system into ``root``, with an env file for the servers of the bed; return its values."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    let_in(bed, root)
    own = {"ENVIRONMENT": "production", "BIND_ADDRESS": bed.servers["backend"].address}
    values = {**own, **bed.values, **secrets}
    file = root / ".env.production"
    file.write_text("".join(f"{key}={value}\n" for key, value in values.items()))
    file.chmod(0o600)
    return values


def made(bed, root):
    """Return the reference system as a repository below ``root``, with an env file for the servers of the bed."""
    copied(root)
    let_in(bed, root)
    values = written(root, values_for({name: server.address for name, server in bed.servers.items()}))
    repository = Repository(root, values)
    repository.git("init", "--quiet", "--initial-branch=main")
    return repository


def values_for(addresses):
    """Return the values of production on three servers."""
    db, backend, airflow = (addresses[name] for name in ("db", "backend", "airflow"))
    return {
        **IMAGES, **PORTS, "BACKEND_IMAGE": "",
        "DB_HOST": db, "DB_PORT": "5432", "DB_USER": "trading", "DB_SSLMODE": "disable",
        "REDIS_HOST": db, "REDIS_PORT": "6379", "INFLUXDB_USER": "metering", "INFLUXDB_URL": f"http://{db}:8086",
        "BACKEND_HOST": backend, "AIRFLOW_HOST": airflow, "BIND_ADDRESS": backend,
        "BACKEND_URL": f"http://{backend}:8000", "FRONTEND_URL": f"http://{backend}:8080",
        "CORS_ORIGINS": f"http://{backend}:8080", "GRAFANA_URL": f"http://{airflow}:3000",
        "AIRFLOW_URL": f"http://{airflow}:8081",
    }  # fmt: skip


def written(root, given):
    """Write .env.production, every key of the contract with a value; return key to value."""
    text = new_text((root / ".env.example").read_text(encoding="utf-8"), "production")
    for key, value in given.items():
        text = re.sub(rf"^{key}=.*$", f"{key}={value}", text, flags=re.MULTILINE)
    file = root / ".env.production"
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
    return {key.name: key.text for key in contract_of(text).values()}
