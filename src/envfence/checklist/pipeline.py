"""The second list: what is pushed gets tested, and to the servers."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator

from envfence import git
from envfence.checklist.repository import Repository, Workflow
from envfence.checklist.result import Result, broken, done, needs_a_person, not_done
from envfence.contract.stages import PRODUCTION, stage_of
from envfence.workflow.rules import WEAK_HEALTH_CHECK

_GITHUB = re.compile(r"(?:^|[@/.])github\.", re.IGNORECASE)
_SECRET = re.compile(r"\bsecrets\.(\w+)")
# Each may be left out: what GitHub gives itself, where to tell the result, a registry to push to.
_OPTIONAL = frozenset({"GITHUB_TOKEN", "SLACK_WEBHOOK_URL", "SLACK_WEBHOOK", "REGISTRY_PASSWORD"})
_WRITE = "write it with `envfence init --workflows`"


def github_repository(repository: Repository) -> Result:
    """Tell whether GitHub has the repository."""
    if repository.found.top is None:
        return not_done("this is no git repository", "run `git init`, then make a repository at GitHub")
    told = git.ask("config", "--get-regexp", r"^remote\..*\.url$", cwd=repository.root, accept=(0, 1), own=False)
    pairs = (line.partition(" ") for line in told.decode("utf-8", "replace").splitlines())
    names = [key.split(".")[1] for key, _, url in pairs if _GITHUB.search(url)]
    if not names:
        return not_done("no remote is at GitHub", "make a repository there and run `git remote add origin <URL>`")
    known = git.ask("for-each-ref", "--format=%(refname)", f"refs/remotes/{names[0]}", cwd=repository.root, own=False)
    if not known.strip():
        return not_done(f"nothing was pushed to {names[0]}", f"run `git push -u {names[0]} main`")
    return done(f"remote {names[0]}")


def deploy_workflow(repository: Repository) -> Result:
    """Tell whether a push to the main branch deploys, by a workflow without faults."""
    deploying = repository.deployments
    if not deploying:
        return not_done("no workflow deploys what is pushed to main", _WRITE)
    paths = [one.path for one in deploying]
    wrong = [one for one in repository.of_code if one.family == "workflow" and one.path in paths]
    return broken(wrong) if wrong else done(", ".join(paths))


def ssh_key(repository: Repository) -> Result:
    """Tell whether the deploy key opens every server, and only what deploys, and the servers' own keys are pinned."""
    servers = repository.servers
    if not servers:
        return not_done(*repository.no_fleet)
    if silent := [one for one in servers if one.problem]:
        return not_done(silent[0].problem, "make the servers ready with `envfence fleet init production`")
    return done(f"{', '.join(one.name for one in servers)}: restricted key, pinned host keys")


def secrets_registered(repository: Repository) -> Result:
    """Tell whether GitHub has every secret that the deployment reads; GitHub's own client knows their names."""
    wanted = sorted(set(_secrets(repository)))
    if not wanted:
        return not_done("no workflow that deploys to production reads a secret", _WRITE)
    environment = next(iter(_environments(repository)), "")
    registered = _registered(repository.root, environment)
    where = f"in the environment {environment}" if environment else "of the repository"
    if registered is None:
        advice = "log in with `gh auth login`, or compare with Settings → Secrets"
        return needs_a_person(f"GitHub was not asked for the secrets {where}: {', '.join(wanted)}", advice)
    if lacking := [name for name in wanted if name not in registered]:
        return not_done(f"not registered {where}: {', '.join(lacking)}", f"run `gh secret set {lacking[0]}`")
    return done(f"{', '.join(wanted)} {where}")


def _secrets(repository: Repository) -> Iterator[str]:
    for one in repository.deployments:
        yield from (name for name in _SECRET.findall(one.text) if name not in _OPTIONAL)


def _environments(repository: Repository) -> Iterator[str]:
    """Yield the environments, as GitHub calls them, of the jobs that deploy."""
    for job in (job for one in repository.deployments for job in one.deployments):
        node = job.node.at("environment")
        name = node.text or node.at("name").text
        if name and stage_of(name) == PRODUCTION:
            yield name


def _registered(root: str, environment: str) -> set[str] | None:
    """Return the secrets that a deployment can read, None if GitHub's client is not there or knows nobody."""
    program = shutil.which("gh")
    if program is None:
        return None
    found: set[str] = set()
    for options in ((), ("--env", environment)) if environment else ((),):
        command = (program, "secret", "list", "--json", "name", *options)
        done = subprocess.run(command, cwd=root, capture_output=True, check=False, stdin=subprocess.DEVNULL)
        if done.returncode:
            return None
        found |= {row["name"] for row in json.loads(done.stdout)}
    return found


def deployed_once(repository: Repository) -> Result:
    """Tell whether a rollout has ended well."""
    servers = repository.servers
    if not servers:
        reason, _ = repository.no_fleet
        return needs_a_person(reason, "deploy once, and look at what runs")
    if silent := [one for one in servers if one.problem]:
        return not_done(silent[0].problem, "look at `envfence status production`")
    if fresh := [one.name for one in servers if not one.release]:
        return not_done(f"{', '.join(fresh)} runs no release", "run `envfence rollout production`")
    releases = {one.release for one in servers}
    if len(releases) > 1:
        told = ", ".join(f"{one.name} runs {one.release}" for one in servers)
        return not_done(told, "run `envfence rollout production` again: it brings all servers to one release")
    return done(f"release {releases.pop()} on {', '.join(one.name for one in servers)}")


def health_check(repository: Repository) -> Result:
    """Tell whether everything that runs in production is checked, and a deployment waits for it."""
    target = repository.target(PRODUCTION)
    lasting = {name: node for name, node in target.stack.started.items() if name not in target.stack.ending}
    unchecked = [name for name, node in lasting.items() if not node.at("healthcheck", "test").value]
    if unchecked:
        return not_done(f"nothing checks {', '.join(unchecked)}", "give each a `healthcheck` that asks what it serves")
    wrong = [one for one in repository.of_code if one.rule == WEAK_HEALTH_CHECK.id]
    if wrong:
        return broken(wrong)
    waiting = [one.path for one in repository.deployments if _waits(one)]
    if not waiting:
        return not_done("no deployment waits for health", "deploy with `nox -s rollout`, which waits for every service")
    return done(f"{len(lasting)} services, and {waiting[0]} waits for them")


def _waits(workflow: Workflow) -> bool:
    return all(job.by_session for job in workflow.deployments) or "/health" in workflow.text
