"""One workflow to its findings, a pure function."""

from envfence.finding import Finding
from envfence.workflow import hosts, outcome, remote, running
from envfence.workflow.jobs import jobs_of
from envfence.workflow.reader import read

_WORTH_READING = b"ssh rsync scp kubectl helm rollout rollback stack kamal always() cancelled() HOST_KEY".split()


def is_workflow(path: str) -> bool:
    """Tell whether GitHub runs the file."""
    return path.endswith((".yml", ".yaml")) and "/.github/workflows/" in f"/{path}"


def is_candidate(data: bytes) -> bool:
    """Tell whether a workflow may deploy; most do not, and cost no more than this."""
    return any(word in data for word in _WORTH_READING)


def findings(path: str, text: str) -> list[Finding]:
    """Return what is wrong in a workflow, in the order of its lines."""
    tree = read(path, text)
    jobs = jobs_of(tree)
    every = [*running.findings(tree, jobs), *outcome.findings(jobs)]
    for job in jobs:
        every += [*hosts.findings(job), *remote.findings(job)]
    return sorted(dict.fromkeys(every), key=lambda one: (one.line, one.rule))
