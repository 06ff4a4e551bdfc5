"""Start, watch and end what a plan says."""

import http.client
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence

from envfence.errors import FenceError
from envfence.operate import state
from envfence.operate.embedded import packages, processes, servers
from envfence.operate.embedded.plan import POSTGRES, REDIS, Plan, Program, plan_of
from envfence.operate.embedded.processes import Process
from envfence.operate.holders import holder
from envfence.operate.masking import masker
from envfence.operate.progress import Progress
from envfence.operate.target import Target
from envfence.operate.trouble import taken, unwell
from envfence.operate.up import names_of, published_at

_POLITE = {POSTGRES: signal.SIGINT}  # "fast": clients are sent away, and nothing is lost
_LINES = 12
_STEADY = 1.0  # seconds that a process without a port has to live


def up(target: Target, progress: Progress, *, timeout: float, keep: bool) -> None:
    """Start what does not run yet, and wait until all of it answers. Raise FenceError if a part does not come up."""
    plan = plan_of(target, os.path.abspath(state.folder(target.root, "scratch")))
    if not plan.programs:
        raise FenceError("no service of this stack is built here, so there is nothing to run without docker")
    running = {one.service: one for one in processes.recorded(target.root) if one.is_alive}
    _check_ports(plan, running, target)
    before = dict(running)
    try:
        _start(plan, running, target, progress, timeout)
    except BaseException:
        if not keep:
            new = [one for name, one in running.items() if name not in before]
            processes.end(new, _polite(plan))
            processes.record(target.root, before.values())
            progress.say("all that was started is ended again; --keep leaves it")
        raise
    progress.say(f"left out without docker: {', '.join(plan.left_out) or 'nothing'}")
    progress.say("PostgreSQL has no TimescaleDB here, so its tables are plain ones")
    if servers.redis_program("") is None:
        progress.say("Redis is an imitation here that forgets everything when it ends")


def down(target: Target, *, volumes: bool) -> bool:
    """End what was started here; return whether there was anything."""
    if not os.path.isdir(os.path.join(target.root, state.FOLDER)):
        return False
    recorded = processes.recorded(target.root)
    if recorded:
        processes.end(recorded, _polite(plan_of(target, "")))
        processes.record(target.root, ())
    for kind in (POSTGRES, REDIS) if volumes else ():
        shutil.rmtree(servers.data_of(target.root, kind), ignore_errors=True)
    return bool(recorded)


def can_run(target: Target) -> bool:
    """Tell whether a stack has anything that runs without an engine."""
    return bool(plan_of(target, "").programs)


def reached(target: Target) -> dict[str, list[str]]:
    """Return where each service that runs here is reached."""
    ports = plan_of(target, "").ports
    return {name: found for name, found in published_at(target).items() if name in ports}


def show_logs(target: Target, services: Sequence[str], tail: str, mask: Callable[[str], str], *, follow: bool) -> int:
    """Print the last lines that services wrote, without values, and with ``follow`` the next ones until interrupted."""
    names = [one.service for one in processes.recorded(target.root) if not services or one.service in services]
    places = dict.fromkeys(names, 0)
    try:
        while True:
            for name in names:
                with open(log_of(target.root, name), encoding="utf-8", errors="replace") as stream:
                    stream.seek(places[name])
                    lines = stream.read().splitlines()
                    lines = lines[-int(tail) :] if tail.isdigit() and not places[name] else lines
                    places[name] = stream.tell()
                for line in lines:
                    print(f"{name:<14} | {mask(line)}", flush=follow)
            if not follow:
                return 0
            time.sleep(0.5)
    except KeyboardInterrupt:
        return 0


def is_used(root: str) -> bool:
    """Tell whether a stack runs in ``root`` without an engine."""
    return any(one.is_alive for one in processes.recorded(root))


def states(target: Target) -> list[tuple[str, str, str]]:
    """Return each service with what it does and where it is reached."""
    plan = plan_of(target, "")
    alive = {one.service for one in processes.recorded(target.root) if one.is_alive}
    ends = {one.service for one in plan.programs if one.ends}
    names = [one.service for one in plan.servers] + [one.service for one in plan.programs]
    does = {name: "done" if name in ends else "running" if name in alive else "ended" for name in names}
    return [(name, what, plan.ports.get(name, "") if what == "running" else "") for name, what in does.items()]


def log_of(root: str, service: str) -> str:
    """Return the path of what a service writes."""
    return os.path.join(state.folder(root, "logs"), f"{service}.log")


def _start(plan: Plan, running: dict[str, Process], target: Target, progress: Progress, timeout: float) -> None:
    mask = masker(target.values, target.contract)
    pythons = {one.folder: "" for one in plan.programs}
    for folder in pythons:
        pythons[folder] = packages.program(target.root, folder, progress.say)
    python = next(iter(pythons.values()))
    folder = packages.servers(servers.home_of(target.root), python, progress.say)
    for server in plan.servers:
        if server.service not in running:
            log = log_of(target.root, server.service)
            running[server.service] = servers.started(
                server, servers.data_of(target.root, server.kind), folder, log, python
            )
            processes.record(target.root, running.values())
        _told(progress, server.service, "ready")
    there = set(running)  # before
    for one in plan.programs:
        log = log_of(target.root, one.service)
        if one.ends:
            _ended(one, pythons[one.folder], log, mask)
            _told(progress, one.service, "done")
        elif one.service not in running:
            running[one.service] = processes.start(one.service, *_invoked(one, pythons[one.folder]), log)
            processes.record(target.root, running.values())
    for one in plan.programs:
        if one.ends:
            continue
        if one.port or one.service not in there:
            _wait(one, running[one.service], log_of(target.root, one.service), timeout, mask)
        _told(progress, one.service, "ready" if one.port else "running")


def _invoked(one: Program, python: str) -> tuple[tuple[str, ...], str, dict[str, str]]:
    """Return the command of a program, the folder that it runs in and its environment."""
    inherited = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    path = os.pathsep.join((os.path.dirname(python), inherited.get("PATH", "")))
    environ = {
        **inherited,
        **one.environ,
        "PATH": path,
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": os.path.abspath(one.folder),
    }
    return (packages.script(python, one.command[0]), *one.command[1:]), os.path.abspath(one.folder), environ


def _ended(one: Program, python: str, log: str, mask: Callable[[str], str]) -> None:
    command, folder, environ = _invoked(one, python)
    with open(log, "ab") as stream:
        code = subprocess.run(command, cwd=folder, env=environ, stdout=stream, stderr=stream, check=False).returncode
    if code:
        raise FenceError(_unwell(one, f"ended with {code}", log, mask))


def _wait(one: Program, process: Process, log: str, timeout: float, mask: Callable[[str], str]) -> None:
    start = time.monotonic()
    while True:
        if not process.is_alive:
            raise FenceError(_unwell(one, "ended", log, mask))
        lasted = time.monotonic() - start
        if _is_ready(one.port) if one.port else lasted > _STEADY:
            return
        if lasted > timeout:
            raise FenceError(_unwell(one, f"not ready after {timeout:g} s", log, mask))
        time.sleep(0.1)


def _is_ready(port: str) -> bool:
    """Tell whether a web server answers, and says that it is ready if it can say so."""
    connection = http.client.HTTPConnection(servers.HERE, int(port), timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _check_ports(plan: Plan, running: Mapping[str, Process], target: Target) -> None:
    for service, port in plan.ports.items():
        if service not in running and servers.answers(port):
            raise FenceError(taken(port, holder(port), names_of(target).key_of(port)))


def _unwell(one: Program, what: str, log: str, mask: Callable[[str], str]) -> str:
    with open(log, encoding="utf-8", errors="replace") as stream:
        lines = [mask(line.rstrip()) for line in stream if line.strip()]
    return unwell(one.service, what, lines[-_LINES:], "")


def _polite(plan: Plan) -> dict[str, int]:
    return {one.service: _POLITE[one.kind] for one in plan.servers if one.kind in _POLITE}


def _told(progress: Progress, service: str, what: str) -> None:
    progress.say(f"  {service:<20} {what:<12} {progress.seconds:5.1f} s")
