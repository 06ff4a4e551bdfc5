"""The first list: environments are apart."""

from envfence.checklist.repository import Repository
from envfence.checklist.result import Result, broken, done, not_done
from envfence.contract import files
from envfence.contract.exposure.ignored import NOT_IGNORED, TRACKED
from envfence.contract.rules import CONTRACT_IGNORED, ENV_FILE_IN_HISTORY, IGNORED_ONLY_HERE
from envfence.contract.stages import DEVELOPMENT, PRODUCTION, stages_in
from envfence.finding import ERROR

_OF_GIT = {rule.id for rule in (NOT_IGNORED, TRACKED, CONTRACT_IGNORED, ENV_FILE_IN_HISTORY, IGNORED_ONLY_HERE)}
_VALUES = frozenset({"endpoint", "credential"})


def example(repository: Repository) -> Result:
    """Tell whether the contract is there, shared, and without errors."""
    if not repository.keys:
        how = "name the keys there; `envfence init` and `envfence fix` write those that they find"
        return not_done(f"{repository.path(files.CONTRACT)} names no key", how)
    if errors := repository.errors_in([repository.path(files.CONTRACT)]):
        return broken(errors)
    if files.CONTRACT not in repository.tracked:
        return not_done("git does not have it, so nobody else has", f"run `git add {files.CONTRACT}` and commit it")
    return done(f"{len(repository.keys)} keys")


def development(repository: Repository) -> Result:
    """Tell whether this machine has a file for development that holds the contract."""
    return _env_file(repository, DEVELOPMENT)


def production(repository: Repository) -> Result:
    """Tell whether production has its file: the servers, or this machine for them."""
    if repository.env_file(PRODUCTION) or not repository.servers:
        return _env_file(repository, PRODUCTION)
    if lacking := [one.name for one in repository.servers if not one.env]:
        return not_done(f"{', '.join(lacking)} has no env file", "send it with `envfence env push production`")
    return done(f"on {', '.join(one.name for one in repository.servers)}")


def _env_file(repository: Repository, stage: str) -> Result:
    name = repository.env_file(stage)
    if not name:
        return not_done(f".env.{stage} is missing", f"write it with `envfence env new {stage}`, then give it values")
    errors = repository.errors_in([repository.path(name)])
    return broken(errors) if errors else done(f"{name} holds the contract")


def settings(repository: Repository) -> Result:
    """Tell whether one class reads the settings of whatever environment it is started in."""
    modules = repository.settings
    if not modules:
        return not_done("no class reads settings", "`envfence fix` writes one where values stand in code")
    wrong = [one for one in (*repository.of_contract, *repository.of_code) if one.path in modules]
    return broken(wrong) if wrong else done(", ".join(modules))


def hardcoded(repository: Repository) -> Result:
    """Tell whether no file holds a value of one environment, also none that a baseline covers."""
    wrong = [one for one in repository.of_code if one.family in _VALUES and one.severity == ERROR]
    if not wrong:
        return done()
    count = len({one.path for one in wrong})
    return broken(wrong)._replace(reason=f"in {count} file{'s' * (count != 1)}: {broken(wrong).reason}")


def compose_dev(repository: Repository) -> Result:
    """Tell whether development has a stack of its own that keeps to the policy."""
    return _stack(repository, DEVELOPMENT, "docker-compose.dev.yml")


def compose_prod(repository: Repository) -> Result:
    """Tell whether production has a stack of its own that keeps to the policy."""
    return _stack(repository, PRODUCTION, "docker-compose.prod.yml")


def _stack(repository: Repository, stage: str, usual: str) -> Result:
    target = repository.target(stage)
    last = target.files[-1].rpartition("/")[2]
    if len(target.files) == 1 and stage not in stages_in(last):
        return not_done(f"{last} is all there is", f"write what is {stage}'s own into {usual}")
    errors = [one for one in repository.errors_in(target.files) if one.family == "stack"]
    return broken(errors) if errors else done(" and ".join(target.files))


def gitignore(repository: Repository) -> Result:
    """Tell whether git itself keeps env files out and the contract in, for everybody and in every commit."""
    if repository.found.top is None:
        return not_done("this is no git repository", "run `git init`")
    wrong = [one for one in repository.of_contract if one.rule in _OF_GIT]
    return broken(wrong) if wrong else done("git keeps env files out")
