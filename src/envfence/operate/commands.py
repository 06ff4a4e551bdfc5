"""What the commands of `envfence stack` do."""

import os
import re
import sys
from collections.abc import Mapping, Sequence

from envfence import console
from envfence.check import Report
from envfence.config import Nearest
from envfence.contract import check, files
from envfence.errors import FenceError
from envfence.finding import ERROR, Finding
from envfence.operate import asking, development, engine, trouble
from envfence.operate import up as starting
from envfence.operate.embedded import run as running
from envfence.operate.masking import masker
from envfence.operate.pinned import require_pinned
from envfence.operate.progress import Progress
from envfence.operate.target import Target, target_of

_DATA = {True: ", its data is removed", False: "; its data stays"}
_NAME = re.compile(r"^name: (.*)$", re.MULTILINE)


def config(root: str, environment: str) -> str:
    """Return the compose files of an environment merged, after compose has accepted them with its values.

    Raise FenceError if it does not, or if there is no env file.
    """
    target = target_of(root, environment, os.environ)
    if not os.path.lexists(target.env_file):
        raise FenceError(f"{target.env_file} is missing; `envfence env new {target.environment}` makes it")
    environ = engine.environ_for(target.values)
    for arguments in (("config", "--quiet"), ("config", "--no-interpolate")):
        done = _answered(target, engine.run(engine.compose(target, *arguments), environ))
    name = _NAME.search(done.out)
    # Without values compose makes up a name of what the reference holds.
    return done.out.replace(name[1], target.project) if name and name[1] != target.project else done.out


def up(root: str, environment: str, options: starting.Options, *, no_docker: bool, yes: bool) -> int:
    """Start a stack whose contract holds; return 1, with the findings printed, if it does not.

    Raise FenceError if servers have no env file, or if something does not come up.
    """
    progress = Progress()
    target = target_of(root, environment, os.environ)
    if not os.path.lexists(target.env_file):
        if not target.is_throwaway:
            raise FenceError(f"{target.env_file} is missing; `envfence env new {target.environment}` makes it")
        progress.say(development.write(root, target.environment, target.stack, target.contract, os.environ))
        target = target_of(root, environment, os.environ)
    if broken := contract_findings(target):
        console.told(Report(broken, {}, {}))
        progress.say(f"envfence: {target.env_file} does not hold the contract, so nothing was started")
        return 1
    if left := sorted(key for key in target.values if os.environ.get(key, target.values[key]) != target.values[key]):
        progress.say(f"this shell has other values of {', '.join(left)}; {target.env_file} counts")
    if _without_docker(target, no_docker=no_docker, yes=yes):
        progress.say(f"starting {target.project} without docker")
        running.up(target, progress, timeout=options.timeout, keep=options.keep)
        return _tell(target, running.reached(target), progress)
    require_pinned(target)
    progress.say(f"starting {target.project} from {' and '.join(target.files)}")
    starting.up(target, options, progress)
    return _tell(target, starting.addresses(target), progress)


def contract_findings(target: Target) -> list[Finding]:
    """Return the errors of an environment's own file and of the contract."""
    allowed = Nearest().of(os.path.join(target.root, files.CONTRACT)).allowed_hosts
    own = {target.env_file, check.read(os.path.join(target.root, files.CONTRACT)).path}
    every = check.check(target.root, os.environ, None, allowed)
    return [one for one in every if one.severity == ERROR and one.path in own]


def down(root: str, environment: str, *, volumes: bool, yes: bool) -> int:
    """Stop a stack; return 0. Its data is removed only if that is asked for, and on servers only if it is confirmed.

    Raise FenceError if there is nothing to stop it with.
    """
    target = target_of(root, environment, os.environ)
    if volumes and not target.is_throwaway:
        asking.confirmed(f"this removes all data of {target.environment}", target.environment, yes=yes)
    was_embedded = running.down(target, volumes=volumes)
    if lacking := starting.lacking():
        if not was_embedded:
            raise FenceError(lacking)
        print(f"{target.project} is down{_DATA[volumes]}", file=sys.stderr)
        return 0
    arguments = ["down", "--remove-orphans", *(["--volumes"] if volumes else [])]
    _answered(target, engine.run(engine.of_project(target.project, *arguments)))
    print(f"{target.project} is down{_DATA[volumes]}", file=sys.stderr)
    return 0


def logs(root: str, environment: str, services: Sequence[str], tail: str, *, follow: bool) -> int:
    """Print what the services write, without the values of the env file."""
    target = target_of(root, environment, os.environ)
    mask = masker(target.values, target.contract)
    if running.is_used(root):
        return running.show_logs(target, services, tail, mask, follow=follow)
    _require_engine()
    arguments = ["logs", "--no-color", "--tail", tail, *(["--follow"] if follow else []), *services]
    try:
        with engine.following(engine.of_project(target.project, *arguments)) as process:
            for line in process.stdout or ():
                print(engine.CONTROL.sub("", mask(line)), end="", flush=follow)
    except KeyboardInterrupt:
        return 0
    return 0 if process.returncode == 0 else 2


def status(root: str, environment: str) -> int:
    """Print how every service does; return 1 if one is not well, or none is there."""
    target = target_of(root, environment, os.environ)
    if running.is_used(root):
        return _show_processes(target)
    _require_engine()
    found = engine.containers(target)
    reached = starting.published_at(target)
    for one in found:
        where = ", ".join(reached.get(one.service, ())) if one.state == "running" else ""
        print(f"{one.service:<20} {one.shown:<12} {where}".rstrip())
    if not found:
        print(f"nothing of {target.project} runs; `envfence stack up {target.environment}` starts it", file=sys.stderr)
    return 0 if found and all(one.is_settled for one in found) else 1


def _show_processes(target: Target) -> int:
    found = running.states(target)
    for service, what, port in found:
        print(f"{service:<20} {what:<12} {f'127.0.0.1:{port}' if port else ''}".rstrip())
    return int(any(what == "ended" for _, what, _ in found))


def _without_docker(target: Target, *, no_docker: bool, yes: bool) -> bool:
    """Tell whether to do without an engine. Raise FenceError if there is none, and that is not wanted."""
    if no_docker or running.is_used(target.root):
        return True
    lacking = starting.lacking()
    if not lacking:
        return False
    if not target.is_throwaway or not running.can_run(target):
        raise FenceError(lacking)
    if asking.is_terminal() and not yes:
        print(f"{lacking}.", file=sys.stderr)
        yes = asking.agreed("Run PostgreSQL and Redis from wheels, and the program as processes?", default=True)
        if not yes:
            raise FenceError("nothing was started")
    if not yes and lacking != trouble.NO_DOCKER:  # an engine that is down may be a mistake
        raise FenceError(lacking)
    return True


def _require_engine() -> None:
    if lacking := starting.lacking():
        raise FenceError(lacking)


def _answered(target: Target, done: engine.Done) -> engine.Done:
    if done.code:
        found = trouble.explained(done.error, starting.names_of(target))
        raise FenceError(masker(target.values, target.contract)(found.text or done.error.strip()))
    return done


def _tell(target: Target, reached: Mapping[str, Sequence[str]], progress: Progress) -> int:
    progress.say(f"{target.project} is up in {progress.seconds:.1f} s")
    for service, found in reached.items():
        print(f"{service:<20} {' '.join(found)}")
    return 0
