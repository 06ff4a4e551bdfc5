"""Commands that change a database's schema, or that take a deployment back: on which host, in which order, to where.

What people do on their own machine is their own affair: most rules look at commands that run on a server.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from envfence.contract.rules import found
from envfence.contract.stages import PRODUCTION, stages_in
from envfence.finding import Finding, Rule
from envfence.migration.rules import (
    AFTER_DEPLOY,
    NO_BACKUP,
    OUTSIDE_IMAGE,
    REBUILD_AS_ROLLBACK,
    RELATIVE_DOWNGRADE,
    REVERT_AS_ROLLBACK,
    UNNAMED_ENVIRONMENT,
)
from envfence.migration.scripts import Part
from envfence.workflow import script
from envfence.workflow.script import Call

_ROLLBACK = re.compile(
    r"roll(?:ing|ed)?[ _-]?back|back[ -]?out|롤백|되돌리|回滚|回退|ロールバック|切り戻", re.IGNORECASE
)
_RUNNERS = frozenset("poetry uv pipenv pdm rye hatch dotenv".split())
# What somebody calls a way back to the data, in a text that says how a server is changed.
_BACKUP = re.compile(
    r"back(?:ed)?[ _-]?up|dump|snapshot|restore|point-in-time|wal-g|pgbackrest|barman|restic"
    r"|백업|덤프|스냅샷|备份|バックアップ|sauvegarde|sicherung|respaldo|copia de seguridad",
    re.IGNORECASE,
)
_CONTAINERS = frozenset("docker docker-compose podman podman-compose kubectl".split())
_CHANGES = frozenset({"upgrade", "downgrade", "stamp"})
_VALUED = frozenset({"-x", "-n", "--name", "-c", "--config"})
_NAMING = _VALUED | {"--env-file"}
_STEPS_BACK = re.compile(r"-\d+$")
_BRANCHES = frozenset("main master develop development staging production prod trunk release -b -B".split())
# Services that a program needs, and the migration itself.
_STORES = re.compile(r"db|postgres|timescale|mysql|maria|mongo|redis|rabbit|kafka|influx|minio|nginx|traefik|migrat")
_OLD = re.compile(r"HEAD[~^]|ORIG_HEAD|<[^>]*(?:prev|old|last|good|이전)", re.IGNORECASE)
_REVISION = re.compile(r"[$<]|\bv?\d+\.\d|\b[0-9a-f]{7,40}\b")
_VALUED_OF_UP = frozenset({"--scale", "-t", "--timeout", "--wait-timeout", "--pull", "--exit-code-from", "--attach"})


def findings(path: str, groups: Iterable[Sequence[Part]], text: str) -> Iterator[Finding]:
    """Yield what is wrong with the commands of a text, which stand in groups that run one after the other."""
    in_containers = "docker" in text or "podman" in text
    is_told = path.endswith(".md") or (path.endswith((".yml", ".yaml")) and not _is_of_others(path))
    is_unsaved = is_told and not _BACKUP.search(text)
    for group in groups:
        hits = list(_after_deploy([call for part in group for call in part.there]))
        if path.endswith((".sh", ".bash")):
            hits += (hit for part in group if any(map(_fetches, part.here)) for hit in _after_deploy(part.here))
        for part in group:
            hits += _on_server(part.there, in_containers=in_containers)
            hits += _back(part, text)
        if is_unsaved and (upgrade := next(filter(_upgrades, (call for part in group for call in part.there)), None)):
            is_unsaved = False  # once is enough
            hits.append((NO_BACKUP, upgrade.line, "alembic upgrade"))
        yield from (found(rule, path, line, anchor) for rule, line, anchor in hits)


_Hit = tuple[Rule, int, str]


def _on_server(calls: Sequence[Call], *, in_containers: bool) -> Iterator[_Hit]:
    last_up = max((at for at, call in enumerate(calls) if verb_of(alembic(call)) == "upgrade"), default=-1)
    is_named = False
    for at, call in enumerate(calls):
        is_named = is_named or _names_environment(call)
        words = alembic(call)
        verb = verb_of(words)
        if verb not in _CHANGES or "--sql" in words:
            continue
        if call.name not in _CONTAINERS:
            if not is_named and not call.assigned and _NAMING.isdisjoint(call.words):
                yield UNNAMED_ENVIRONMENT, call.line, f"alembic {verb}"
            if in_containers:
                yield OUTSIDE_IMAGE, call.line, f"alembic {verb}"
        if verb == "downgrade" and at > last_up and any(map(_STEPS_BACK.match, words)):
            yield RELATIVE_DOWNGRADE, call.line, "alembic downgrade"


def _upgrades(call: Call) -> bool:
    words = alembic(call)
    return verb_of(words) == "upgrade" and "--sql" not in words


def _is_of_others(path: str) -> bool:
    """Tell whether a file is of environments whose data can be made again."""
    said = stages_in(path.rpartition("/")[2])
    return bool(said) and PRODUCTION not in said


def _names_environment(call: Call) -> bool:
    """Tell whether a command sets variables for those below it; to activate a virtual environment sets none of ours."""
    if call.name in {"export", "set"}:
        return any("=" in word or word == "-a" for word in call.words[1:]) and "PATH=" not in call.words[-1]
    return call.name in {"source", "."} and not call.words[-1].endswith("activate")


def alembic(call: Call) -> tuple[str, ...]:
    """Return the words behind `alembic`, however it is called; none if it is not."""
    if call.name in _CONTAINERS and not call.has("alembic"):
        inner = (one for word in call.words[1:] if "alembic " in word for one in script.calls(word, call.line))
        return next((words for one in inner if (words := alembic(one))), ())
    is_own = call.name.rpartition("/")[2] in {"alembic", "python", "python3"}
    if is_own or call.name in _RUNNERS or call.name in _CONTAINERS:
        at = next((at for at, word in enumerate(call.words) if word.rpartition("/")[2] == "alembic"), -1)
        return call.words[at + 1 :] if at >= 0 else ()
    return ()


def verb_of(words: Sequence[str]) -> str:
    """Return what Alembic is asked to do, behind the options that stand before it."""
    at = 0
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in _VALUED else 1
    return words[at] if at < len(words) else ""


def _fetches(call: Call) -> bool:
    """Tell whether a command takes what is to be deployed: a script that does is on a server already."""
    return (call.name == "git" and script.git_verb(call) == "pull") or (call.name in _CONTAINERS and call.has("pull"))


def _after_deploy(calls: Sequence[Call]) -> Iterator[_Hit]:
    """Yield the first migration that runs when the program has been started already."""
    started: Call | None = None
    for call in calls:
        words = alembic(call)
        if verb_of(words) == "upgrade":
            if started and "--sql" not in words:
                yield AFTER_DEPLOY, call.line, "alembic upgrade"
            return
        started = started or (call if _starts_program(call) else None)


def _starts_program(call: Call) -> bool:
    """Tell whether compose starts more than what the program only needs."""
    if call.name not in {"docker", "docker-compose", "podman", "podman-compose"} or "up" not in call.words:
        return False
    words = list(call.words[call.words.index("up") + 1 :])
    services = [
        word for before, word in zip(["", *words], words, strict=False)
        if not word.startswith(("-", ">", "2>")) and before not in _VALUED_OF_UP
    ]  # fmt: skip
    return not services or not all(_STORES.search(service) for service in services)


def _back(part: Part, text: str) -> Iterator[_Hit]:
    """Yield what a rollback should not do."""
    is_rollback = bool(_ROLLBACK.search(part.told))
    calls = [*part.here, *part.there]
    reverts = [call for call in calls if call.name == "git" and script.git_verb(call) == "revert"]
    if is_rollback and reverts and _pushes(calls) and "alembic" in text:
        yield REVERT_AS_ROLLBACK, reverts[0].line, "git revert"
    for one in (part.here, part.there):
        old = next((at for at, call in enumerate(one) if _takes_old(call, is_told=is_rollback)), len(one))
        built = next((call for call in one[old + 1 :] if _builds(call)), None)
        if built:
            yield REBUILD_AS_ROLLBACK, built.line, "--build"


def _pushes(calls: Sequence[Call]) -> bool:
    return any(call.name == "git" and script.git_verb(call) == "push" for call in calls)


def _takes_old(call: Call, *, is_told: bool) -> bool:
    """Tell whether git goes back to a commit. Where nothing tells of a rollback the commit has to be an older one."""
    if call.name != "git" or script.git_verb(call) not in {"checkout", "reset", "switch"}:
        return False
    words = call.words[1:]
    if not _BRANCHES.isdisjoint(words) or "--" in words or any(word.startswith("origin/") for word in words):
        return False
    return any(_OLD.search(word) or (is_told and _REVISION.search(word)) for word in words)


def _builds(call: Call) -> bool:
    if call.name not in {"docker", "docker-compose", "podman", "podman-compose"}:
        return False
    return call.has("--build") or call.has("build")
