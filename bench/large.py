"""A large tree of source distributions: envfence beside merely reading the files, kingfisher and detect-secrets.

A second run is measured in a repository, the first one outside: there nothing is known of the files.
"""

import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import reading
from measure import Command, compared, interleaved, peak_memory
from samples import git
from tools import HERE, kingfisher, tool

DISTRIBUTIONS = (
    "django==5.2", "ansible-core==2.19.14", "apache-airflow==2.10.4", "celery==5.7.0", "scrapy==2.19.0",
    "sentry-sdk==2.75.0",
)  # fmt: skip
SKIPPED = re.compile(rb"^skipped .*$", re.MULTILINE)


def results(cache: Path, rounds: int, *, slow: bool) -> dict[str, Any]:
    """Return the comparison to reading, what was skipped, and the peak of memory. ``slow``: detect-secrets as well."""
    tree = unpacked(cache)
    envfence = Command("envfence", envfence_check(tree))
    commands = [
        Command("reading", (sys.executable, str(HERE / "reading.py"), str(tree))),
        envfence,
        Command("kingfisher", kingfisher(str(tree)), (0, 200)),
        Command("envfence again", envfence_check(in_repository(tree))),
    ]
    samples = interleaved(commands, rounds, tree)
    if slow:
        scan = Command("detect-secrets", (tool("detect-secrets"), "scan", "--all-files", "--no-verify", "."))
        samples |= {"detect-secrets": [*interleaved([scan], 1, tree)[scan.name], *[None] * (rounds - 1)]}
    table = compared(samples, "reading")
    files = [path for path in tree.rglob("*") if path.is_file() and not path.is_symlink()]
    output = subprocess.run(envfence.argv, cwd=tree, capture_output=True, check=True)
    return {
        "files": len(files),
        "megabytes": round(reading.main(str(tree)) / 1e6, 1),
        "tools": table,
        "envfence_to_kingfisher": round(table["envfence"]["median_ms"] / table["kingfisher"]["median_ms"], 2),
        "skipped": b" ".join(SKIPPED.findall(output.stdout + output.stderr)).decode(),
        "peak_memory_mb": peak_memory(envfence, tree),
    }


def envfence_check(tree: Path) -> tuple[str, ...]:
    """Return the command that checks a tree for values, as kingfisher does, and succeeds whatever it finds."""
    return (tool("envfence"), "check", "--no-flows", "--exit-zero", str(tree))


def in_repository(tree: Path) -> Path:
    """Return a copy of the tree that git knows, so that a second run asks git what has changed; made on first use."""
    repository = tree.with_name("repository")
    if not (repository / ".git" / "index").is_file():
        shutil.rmtree(repository, ignore_errors=True)
        shutil.copytree(tree, repository, symlinks=True)
        git(repository, "init", "--quiet")
        git(repository, "add", "--all", "--force")
    return repository


def unpacked(cache: Path) -> Path:
    """Return the folder of the unpacked source distributions, made on first use."""
    tree = cache / "tree"
    if tree.is_dir():
        return tree
    archives = cache / "archives"
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:")
    subprocess.run((*pip, "--dest", str(archives), *DISTRIBUTIONS), check=True)
    partial = cache / "partial"
    for archive in sorted(archives.glob("*.tar.gz")):
        with tarfile.open(archive) as stream:
            stream.extractall(partial, filter="data")
    return partial.rename(tree)
