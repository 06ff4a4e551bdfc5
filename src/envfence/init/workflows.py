"""`envfence init --workflows`: workflows that test, deploy and roll back by calling nox sessions, and what they need.

The texts lie in `templates/`; a line of a marker, `@VALUES@`, stands for the lines that the contract decides.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import NamedTuple

from envfence.contract.environment import ENVIRONMENT_KEYS
from envfence.contract.exposure import builds
from envfence.contract.grammar import DEFAULT, OPTIONAL, Key, contract_of
from envfence.contract.kinds import SECRET
from envfence.contract.stages import PRODUCTION, STAGING, stage_of
from envfence.init import services, texts
from envfence.init.plan import Step
from envfence.init.services import Service
from envfence.init.survey import Found
from envfence.rewrite.plan import Change
from envfence.workflow.reader import read

FOLDER = ".github/workflows"
SESSIONS = ("env_check", "test", "release", "rollout", "rollback")
NOTIFICATIONS = "notifications"
_WHY = {
    "ci.yml": "pull requests are tested",
    "deploy": "a push, or somebody by hand, deploys",
    "rollback.yml": "somebody takes a release back by hand",
}
_BRANCHES = {PRODUCTION: "main", STAGING: "develop"}
_OWN_SECRETS = (("SSH_PRIVATE_KEY", "of the deploy user, made off the servers, another one for each environment"),)
_OF_REGISTRY = (
    ("variable", "REGISTRY", "where images are pushed, if anywhere"),
    ("variable", "REGISTRY_USER", "who pushes there"),
    ("secret", "REGISTRY_PASSWORD", "the password or token for it"),
)


class Registered(NamedTuple):
    """What has to be registered with GitHub: a secret or a variable, in an environment or for the repository."""

    environment: str  # "" for the repository
    kind: str
    name: str
    why: str = ""


class Planned(NamedTuple):
    """The workflows to write, and what to tell beside them."""

    steps: list[Step]
    told: list[str]


class Setup(NamedTuple):
    """What the workflows are made from: the contract, the environments that are deployed, the servers of tests."""

    contract: Mapping[str, Key]
    environments: tuple[str, ...]
    services: tuple[Service, ...]


def planned(found: Found, steps: Sequence[Step]) -> Planned:
    """Return the workflows that a repository lacks; ``steps`` are what else will be written."""
    contract = next((one.change.after.decode() for one in steps if one.change.path == texts.CONTRACT), "")
    if not contract and os.path.exists(file := os.path.join(found.root, texts.CONTRACT)):
        contract = builds.text_of(file)
    made = setup(found.root, contract, found.environments, found.compose)
    new: list[Step] = []
    said: list[str] = []
    for path, text in workflows(made):
        file = os.path.join(found.root, path)
        if not os.path.lexists(file):
            new.append(Step(Change(path, None, text.encode()), _WHY[path.rpartition("/")[2].partition("-")[0]]))
        elif builds.text_of(file) != text:
            also = ": deployments call it, so it needs `workflow_call:`" if path.endswith("/ci.yml") else ""
            said.append(f"{path} is there and stays as it is{also}")
    said.append(f"the workflows call these sessions of noxfile.py: {', '.join(SESSIONS)}")
    return Planned(new, [*said, *told(made)])


def setup(root: str, example: str, environments: Sequence[str], compose: Sequence[str]) -> Setup:
    """Return what the contract's text says, and the compose files at these paths below ``root``.

    An environment is called as the contract calls it, and as one of ``environments`` if the contract names none.
    """
    trees = [read(path, builds.text_of(os.path.join(root, path))) for path in compose]
    contract = contract_of(example)
    said = (key.choices for key in contract.values() if key.name.upper() in ENVIRONMENT_KEYS and key.choices)
    named = next(said, environments)
    by_stage = {stage_of(name): name for name in reversed(named)}
    deployed = tuple(by_stage[stage] for stage in _BRANCHES if stage in by_stage)
    return Setup(contract, deployed, tuple(services.services(trees)))


def workflows(made: Setup) -> Iterator[tuple[str, str]]:
    """Yield path and text of each workflow."""
    tests = [f"{name}: {value}" for name, value in services.values(made.contract, made.services)]
    blocks = {"SERVICES": list(services.block(made.services)), "TEST_VALUES": _under("env:", tests)}
    yield f"{FOLDER}/ci.yml", _filled(_template("ci"), blocks, {})
    for name in made.environments:
        stage = stage_of(name)
        blocks = {
            "VALUES": _values(made.contract, (name,), name),
            "MERGED_BACK": _template("merged-back").splitlines() if stage == PRODUCTION else [],
        }
        words = {"ENVIRONMENT": name, "BRANCH": _BRANCHES[stage]}
        yield f"{FOLDER}/deploy-{stage}.yml", _filled(_template("deploy"), blocks, words)
    if made.environments:
        blocks = {"VALUES": _values(made.contract, made.environments, "${{ inputs.environment }}")}
        words = {"ENVIRONMENTS": ", ".join(made.environments)}
        yield f"{FOLDER}/rollback.yml", _filled(_template("rollback"), blocks, words)


def registered(made: Setup) -> Iterator[Registered]:
    """Yield every secret and variable that the workflows read, by environment."""
    for name in made.environments:
        for key in _needed(made.contract, (name,)):
            kind = "secret" if key.kind == SECRET else "variable"
            yield Registered(name, kind, key.name)
        yield from (Registered(name, "secret", *one) for one in _OWN_SECRETS)
        yield from (Registered(name, *one) for one in _OF_REGISTRY)
    yield Registered(NOTIFICATIONS, "secret", "SLACK_WEBHOOK_URL", "where results are told, if anywhere")
    yield Registered("", "variable", "DEPLOY_RUNNER", "the label of a runner in the servers' network, if it is private")
    for service in made.services:
        if service.variable:
            yield Registered("", "variable", service.variable, f"the image of {service.kind.name} in tests, by digest")


def _needed(contract: Mapping[str, Key], environments: Sequence[str]) -> list[Key]:
    """Return the keys without a default that one of the environments has; its own name is known."""
    return [
        key
        for key in contract.values()
        if key.form not in {DEFAULT, OPTIONAL}
        and key.name.upper() not in ENVIRONMENT_KEYS
        and any(key.is_for(name) for name in environments)
    ]


def _values(contract: Mapping[str, Key], environments: Sequence[str], named: str) -> list[str]:
    own = next((name for name in contract if name.upper() in ENVIRONMENT_KEYS), "ENVIRONMENT")
    kept = ((key.name, "secrets" if key.kind == SECRET else "vars") for key in _needed(contract, environments))
    return [f"{own}: {named}", *(f"{name}: ${{{{ {where}.{name} }}}}" for name, where in kept)]


def _under(head: str, lines: list[str]) -> list[str]:
    return [head, *(f"  {line}" for line in lines)] if lines else []


def _template(name: str) -> str:
    return files("envfence.init").joinpath("templates", f"{name}.yml").read_text(encoding="utf-8")


def _filled(template: str, blocks: Mapping[str, Sequence[str]], words: Mapping[str, str]) -> str:
    """Return the template with lines for markers that stand alone, and words for the others."""
    lines: list[str] = []
    for line in template.splitlines():
        marker = line.strip().strip("@")
        if marker in blocks and line.strip() == f"@{marker}@":
            margin = " " * (len(line) - len(line.lstrip()))
            lines += [f"{margin}{one}" if one else "" for one in blocks[marker]]
            if not blocks[marker] and lines[-1:] == [""]:
                lines.pop()  # of a block that stands between blank lines
        else:
            lines.append(line)
    text = "\n".join(lines) + "\n"
    for name, word in words.items():
        text = text.replace(f"@{name}@", word)
    return text


def told(made: Setup) -> Iterator[str]:
    """Yield lines that say what to register with GitHub, and where."""
    every = list(registered(made))
    for environment in dict.fromkeys(one.environment for one in every):
        yield f"register in the environment {environment}:" if environment else "register for the repository:"
        for kind in ("secret", "variable"):
            here = [one for one in every if (one.environment, one.kind) == (environment, kind)]
            if names := [one.name for one in here if not one.why]:
                yield f"  {kind}s of the contract: {', '.join(names)}"
            yield from (f"  {kind} {one.name}: {one.why}" for one in here if one.why)
    if others := [key.name for key in made.contract.values() if key.form in {DEFAULT, OPTIONAL}]:
        yield f"not passed on, for the contract has a value or needs none: {', '.join(others)}"
