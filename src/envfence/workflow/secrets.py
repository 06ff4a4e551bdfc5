"""Values of an environment that a job takes from the repository's secrets, which every workflow can read."""

from collections.abc import Callable, Iterator

from envfence.contract.rules import found
from envfence.contract.surfaces.workflow import secrets_in
from envfence.finding import WARNING, Finding
from envfence.workflow.jobs import jobs_of
from envfence.workflow.reader import read
from envfence.workflow.rules import NO_ENVIRONMENT

_OWN = "GITHUB_TOKEN"  # made for one run
_NO_DEPLOYMENT = NO_ENVIRONMENT._replace(
    message="a secret of an environment is the whole repository's: any workflow can read it", severity=WARNING
)


def findings(path: str, text: str, is_promised: Callable[[str], bool]) -> Iterator[Finding]:
    """Yield the jobs without an `environment:` that take a secret: to deploy, or one that the contract promises.

    A job that calls another workflow can name none.
    """
    if "secrets" not in text:
        return
    tree = read(path, text)
    above = [scalar.text for scalar in tree.at("env").scalars()]
    for job in jobs_of(tree):
        if job.node.at("environment").value is not None or job.node.at("uses").value is not None:
            continue
        taken = [name for said in (*above, job.text) for name in secrets_in(said) if name != _OWN]
        if key := next(filter(is_promised, taken), "") or (next(iter(taken), "") if job.deploys else ""):
            rule = NO_ENVIRONMENT if job.deploys else _NO_DEPLOYMENT
            yield found(rule, path, job.node.line, job.name, f"it takes {key}")
