"""Jobs that test the program: its settings want values now, so a job without any is given some that name no server."""

from collections.abc import Mapping

from envfence.contract.grammar import contract_of
from envfence.init import services
from envfence.rewrite import Edit, Left, applied
from envfence.rewrite.repairs.workflow import Around, Workflow
from envfence.workflow.jobs import Job, Step
from envfence.workflow.rules import TESTS_WITHOUT_SETTINGS
from envfence.workflow.untold import is_pytest, may_be_given

_NOTHING = Around({}.__contains__, (), dict)  # nothing is asked of the repository here
_OWN_SERVERS = "its servers have logins of their own: hand those to the tests as these keys"


def given_values(
    texts: Mapping[str, str], contract: str, needed: Mapping[str, str]
) -> tuple[dict[str, str], list[Left]]:
    """Return workflows, path to text, whose tests are given the keys that are ``needed``, and what is left to people.

    ``needed`` maps keys to their values, of which nothing is told but the scheme.
    """
    found = services.values(contract_of(contract), ())
    values = {name: _stand_in(value, needed[name]) for name, value in found if name in needed}
    after: dict[str, str] = {}
    left: list[Left] = []
    for path, text in texts.items():
        after[path], more = _with_values(Workflow(path, text, _NOTHING), values)
        left += more
    return after, left


def _with_values(workflow: Workflow, values: Mapping[str, str]) -> tuple[str, list[Left]]:
    edits: list[Edit] = []
    left: list[Left] = []
    for job in workflow.jobs:
        for step in job.steps if not may_be_given(job) else ():
            given = _given(workflow, job, step)
            missing = [f"{name}: {value}" for name, value in values.items() if name not in given]
            if not missing or not any(map(is_pytest, step.calls)):
                continue
            if job.node.at("services").mapping:
                left.append(Left(workflow.path, step.line, TESTS_WITHOUT_SETTINGS.id, _OWN_SERVERS))
            else:
                edits += workflow.with_env(step, missing)
    return applied(workflow.text, edits), left


def _stand_in(value: str, real: str) -> str:
    """Return a stand-in with the scheme of the real value, which clients look at before they connect."""
    scheme, colon, _ = real.partition("://")
    place = value.partition("://")
    return f"{scheme}://{place[2]}" if colon and place[1] else value


def _given(workflow: Workflow, job: Job, step: Step) -> set[str]:
    """Return the variables that a step has."""
    scopes = (workflow.tree, job.node, step.node)
    return {name for scope in scopes for name in scope.at("env").mapping}
