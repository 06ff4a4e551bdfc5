"""One workflow to its findings, a pure function."""

import os
from collections.abc import Callable

from envfence.finding import Finding
from envfence.workflow import env_files, folders, hosts, outcome, remote, running, trust
from envfence.workflow.jobs import jobs_of
from envfence.workflow.reader import read

_WORTH_READING = b"ssh rsync scp kubectl helm rollout rollback stack kamal always() cancelled() HOST_KEY".split()


def is_workflow(path: str) -> bool:
    """Tell whether GitHub runs the file."""
    return path.endswith((".yml", ".yaml")) and "/.github/workflows/" in f"/{path}"


def is_candidate(data: bytes) -> bool:
    """Tell whether a workflow may deploy; most do not, and cost no more than this."""
    return any(word in data for word in _WORTH_READING)


def folders_around(path: str) -> Callable[[str], bool]:
    """Return what tells whether the repository of a workflow has a folder."""
    top = path.rpartition(".github/workflows/")[0]
    return lambda folder: os.path.isdir(os.path.join(top, folder))


def findings(path: str, text: str, has_folder: Callable[[str], bool] | None = None) -> list[Finding]:
    """Return what is wrong in a workflow, in the order of its lines.

    ``has_folder`` tells whether the repository has a folder; without it nothing is said of folders.
    """
    tree = read(path, text)
    jobs = jobs_of(tree)
    every = [*running.findings(tree, jobs), *outcome.findings(jobs), *env_files.findings(path, jobs)]
    every += trust.findings(tree, jobs)
    for job in jobs:
        every += [*hosts.findings(job), *remote.findings(job)]
        every += folders.findings(job, has_folder) if has_folder else ()
    return sorted(dict.fromkeys(every), key=lambda one: (one.line, one.rule))
