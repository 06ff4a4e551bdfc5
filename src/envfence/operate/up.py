"""Start a stack and wait until all of it is healthy; what does not come up leaves nothing behind."""

import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from envfence.contract import kinds
from envfence.contract.readers import compose_client
from envfence.errors import FenceError
from envfence.operate import engine, state, trouble
from envfence.operate.development import HERE
from envfence.operate.engine import Container
from envfence.operate.holders import holder
from envfence.operate.masking import masker
from envfence.operate.progress import Progress, build_step, is_event
from envfence.operate.target import Target
from envfence.stack.entries import EVERYWHERE, published
from envfence.stack.tree import Node

POLL = 0.4  # seconds
_LINES = 12  # of a log that are shown
_TAIL = 80  # lines of compose that are kept


class Options(NamedTuple):
    """How to start: services and profiles besides the usual ones, how long to wait, what to leave after a failure."""

    services: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    timeout: float = 300
    keep: bool = False
    build: bool = False


def lacking() -> str:
    """Return why there is no engine to start stacks with, and what to do; "" if there is one."""
    if shutil.which("docker") is None:
        return trouble.NO_DOCKER
    if not compose_client.version(os.environ):
        return trouble.missing_plugin(engine.run(("docker-compose", "version", "--short")).out)
    asked = engine.run(("docker", "version", "--format", "{{.Server.Version}}"))
    return "" if asked.code == 0 else trouble.explained(asked.error).text


def up(target: Target, options: Options, progress: Progress) -> None:
    """Start everything and wait. Raise FenceError, with nothing new left behind, if a part does not come up."""
    mask = masker(target.values, target.contract)
    with _all_or_nothing(target, progress, keep=options.keep):
        said = _started(target, options, progress, mask)
        if said is not None:
            raise FenceError(_why(said, target, mask))
        _settled(target, options.timeout, progress, mask)


def addresses(target: Target) -> dict[str, list[str]]:
    """Return where each service that runs is reached: a URL of the env file with its port, else host and port."""
    running = {one.service for one in engine.containers(target) if one.state == "running"}
    return {name: found for name, found in published_at(target).items() if name in running}


def published_at(target: Target) -> dict[str, list[str]]:
    """Return where each service of a stack is published."""
    found: dict[str, list[str]] = {}
    for name, service in target.stack.services.items():
        for item in service.at("ports").items:
            port = published(item)
            host = port.address if port.address not in EVERYWHERE else HERE
            found.setdefault(name, []).append(_url(target, port.host) or f"{host}:{port.host}")
    return found


def _url(target: Target, port: str) -> str:
    """Return the URL of the env file that ends in a port, "" if there is none or it holds a login."""
    for key, value in target.values.items():
        promised = target.contract.get(key)
        if (promised.kind if promised else "") == kinds.URL and value.rstrip("/").endswith(f":{port}"):
            return "" if "@" in value else value
    return ""


def _started(target: Target, options: Options, progress: Progress, mask: Callable[[str], str]) -> str | None:
    """Run `compose up`; return what it said if it failed, else None. Raise FenceError if a service takes too long."""
    arguments = ["--progress", "plain", "up", "--detach", "--remove-orphans"]
    if build := options.build or _is_outdated(target):
        arguments.append("--build")
    command = engine.compose(target, *arguments, *options.services, profiles=options.profiles)
    environ = engine.environ_for(target.values)
    said: list[str] = []
    with (
        engine.following(command, environ) as process,
        _watched(target, progress, options.timeout, process.terminate) as late,
    ):
        for line in process.stdout or ():
            said = [*said[-_TAIL:], line]
            if step := build_step(line):
                progress.now(f"building {step}")
    if late:
        raise FenceError(_unwell(late[0], mask, f" after {options.timeout:g} s"))
    if process.returncode == 0:
        if build:
            state.mark(target.root, f"build-{target.project}")
        return None
    return "".join(line for line in said if not is_event(line))


@contextmanager
def _watched(
    target: Target, progress: Progress, timeout: float, stop: Callable[[], None]
) -> Generator[list[Container]]:
    """Show meanwhile how the services do: compose itself waits for those that others depend on, and for ever.

    Once one has kept it waiting for ``timeout`` seconds, ``stop`` is called and the list yielded holds that one.
    """
    ended = threading.Event()
    late: list[Container] = []

    def watch() -> None:
        since = 0.0
        while not ended.wait(POLL) and not late:
            found = engine.containers(target)
            progress.states(found)
            waiting = sorted((one for one in found if not one.is_settled), key=lambda one: one.state != "running")
            since = (since or time.monotonic()) if waiting else 0.0
            if waiting and time.monotonic() - since > timeout:
                late.append(waiting[0])
                stop()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield late
    finally:
        ended.set()
        thread.join()


def _settled(target: Target, timeout: float, progress: Progress, mask: Callable[[str], str]) -> None:
    end = time.monotonic() + timeout
    while True:
        found = engine.containers(target)
        progress.states(found)
        failed = next((one for one in found if one.has_failed), None)
        waiting = [one for one in found if not one.is_settled]
        if failed is None and not waiting:
            return
        late = time.monotonic() > end
        if failed or late:
            raise FenceError(_unwell(failed or waiting[0], mask, f" after {timeout:g} s" if not failed else ""))
        time.sleep(POLL)


@contextmanager
def _all_or_nothing(target: Target, progress: Progress, *, keep: bool) -> Generator[None]:
    """Take away what a start that failed has made; what ran before it is left alone, and so is all data."""
    before, kept = engine.containers(target), engine.volumes(target.project)
    try:
        yield
    except BaseException:
        if keep:
            progress.say("what has started is left as it is: --keep")
        elif before:
            progress.say("the stack was there before, so it is left as it is; `envfence stack status` shows it")
        else:
            engine.run(engine.of_project(target.project, "down", "--remove-orphans", "--timeout", "5"))
            if new := engine.volumes(target.project) - kept:
                engine.run(("docker", "volume", "rm", *sorted(new)))
            progress.say("all that was started is taken down again; --keep leaves it")
        raise


def _why(said: str, target: Target, mask: Callable[[str], str]) -> str:
    found = trouble.explained(said, names_of(target))
    if not found.service:
        return mask(found.text)
    for one in engine.containers(target):
        if found.service == one.service or f"-{one.service}-" in found.service or found.service == one.id:
            return _unwell(one, mask)
    return mask(said.strip())


def _unwell(one: Container, mask: Callable[[str], str], after: str = "") -> str:
    done = engine.run(("docker", "logs", "--tail", str(_LINES), one.id))
    lines = [mask(line.rstrip()) for line in (done.out + done.error).splitlines() if line.strip()]
    last = "{{with .State.Health}}{{range .Log}}{{json .Output}}\n{{end}}{{end}}"
    checks = engine.run(("docker", "inspect", "--format", last, one.id)).out.split("\n") if one.health else []
    check = next((text for line in reversed(checks) if line and (text := json.loads(line).strip())), "")
    return trouble.unwell(
        one.service, one.shown + after, lines[-_LINES:], mask(check.splitlines()[-1]) if check else ""
    )


def names_of(target: Target) -> trouble.Names:
    """Return what an explanation needs to know of a stack."""
    services = target.stack.services

    def key_of(value: str) -> str:
        return _key_of(target, value)

    def image_of(service: str) -> str:
        return services[service].at("image").text if service in services else ""

    return trouble.Names(holder, key_of, image_of)


def _key_of(target: Target, value: str) -> str:
    """Return the key whose value is a port or an image, or that could name the image, "" if there is none."""
    given = next((key for key, given in target.values.items() if given == value and _names_place(key)), "")
    if given:
        return given
    for layer in target.stack.layers:
        for service in layer.at("services").mapping.values():
            if (image := service.at("image").text).startswith("${") and value in image:
                return image[2:].partition(":")[0].partition("}")[0]
    return ""


def _names_place(key: str) -> bool:
    return key.endswith(("PORT", "IMAGE"))


def _is_outdated(target: Target) -> bool:
    """Tell whether a file that decides what an image is has changed since that was built."""
    builds = [service for service in target.stack.services.values() if service.at("build").value]
    last = state.marked(target.root, f"build-{target.project}")
    return any(_changed(service, os.path.dirname(target.files[0]), last) for service in builds)


def _changed(service: Node, base: str, last: float) -> bool:
    told = engine.run(("docker", "image", "inspect", "--format", "{{.Created}}", service.at("image").text)).out.strip()
    if not told:
        return True
    # A build of what has not changed leaves an image as old as it was.
    made = max(last, datetime.fromisoformat(f"{told[:19]}+00:00").timestamp())
    with os.scandir(os.path.join(base, service.at("build", "context").text)) as entries:
        return any(entry.is_file() and entry.stat().st_mtime > made for entry in entries)
