"""What docker says when it cannot, in words that tell what to do. Pure: the text of docker in, a sentence out."""

import re
from collections.abc import Callable
from typing import NamedTuple

WITHOUT = "or start without docker: add --no-docker"
NO_DOCKER = f"docker is not installed; install Docker with Compose v2, {WITHOUT}"
NO_PLUGIN = "docker is installed, and its compose plugin is not; install docker-compose-plugin (Compose v2)"
OLD_COMPOSE = (
    "this machine has Compose v1, which ended in 2023 and reads these files differently; install docker-compose-plugin "
    "(Compose v2), which is called `docker compose`"
)
DENIED = "this user may not talk to the docker engine; join the group docker, log in again, and try again"
DOWN = f"the docker engine is not running; start it (Docker Desktop, or `systemctl start docker`), {WITHOUT}"
FULL = (
    "the disk is full; `docker system df` shows what takes it, `docker system prune` removes what nothing uses "
    "(volumes stay)"
)

_DENIED = re.compile(r"permission denied while trying to connect", re.IGNORECASE)
_DOWN = re.compile(
    r"cannot connect to the docker daemon|error during connect|is the docker daemon running|docker_engine: the system "
    r"cannot find|docker desktop is (?:unable|not running)",
    re.IGNORECASE,
)
_FULL = re.compile(r"no space left on device|not enough (?:free )?space|disk quota exceeded", re.IGNORECASE)
_PORT = re.compile(
    r"(?:address already in use|port is already allocated|only one usage of each socket address|ports are not "
    r"available|forbidden by its access permissions)",
    re.IGNORECASE,
)
_PORT_NUMBER = re.compile(
    r"(?:bind for|listen tcp[46]?|bind host port for|exposing port tcp|bind host port) \S*?:(\d+)\b", re.IGNORECASE
)
_IMAGE = re.compile(
    r"(?:pull access denied for (?P<a>[^\s,]+)|manifest for (?P<b>\S+) not found|no such image: (?P<c>[^\s\"]+)"
    r"|failed to resolve (?:source metadata for|reference) \"?(?P<d>[^\s\"]+?)\"?:? )",
    re.IGNORECASE,
)
_UNREACHED = re.compile(
    r"^\s*(?:Image )?(?P<service>\S+) Error .*(?:/v2/|registry|lookup )", re.IGNORECASE | re.MULTILINE
)
_REGISTRY = re.compile(
    r"(?:dial tcp|lookup) \S*|TLS handshake timeout|request canceled while waiting|i/o timeout|Client\.Timeout"
)
_KEY = re.compile(r"required variable (\w+) is missing a value", re.IGNORECASE)
_FAILED_SERVICE = re.compile(
    r"container (?P<name>\S+) (?:is unhealthy|exited)|service \"(?P<service>[^\"]+)\" didn't complete", re.IGNORECASE
)
_VERSION_ONE = re.compile(r"^(?:docker-compose version )?v?1\.", re.MULTILINE)
_BUILD = re.compile(r"failed to solve|target (\S+): ")
_LAST = 12  # lines that are repeated of what nobody here knows


class Trouble(NamedTuple):
    """What happened and what to do. ``service`` is whose log may tell more, "" where none does."""

    text: str
    service: str = ""


class Names(NamedTuple):
    """What this machine and the compose files tell; each may tell "".

    ``holder`` tells who has a port, ``key_of`` which key of the env file gives a port or an image, ``image_of`` the
    image of a service.
    """

    holder: Callable[[str], str] = lambda _: ""
    key_of: Callable[[str], str] = lambda _: ""
    image_of: Callable[[str], str] = lambda _: ""


NOTHING = Names()


def explained(said: str, names: Names = NOTHING) -> Trouble:
    """Return what ``said``, the standard error of docker, means."""
    for pattern, text in ((_DENIED, DENIED), (_DOWN, DOWN), (_FULL, FULL)):
        if pattern.search(said):
            return Trouble(text)
    if _PORT.search(said) and (number := _PORT_NUMBER.search(said)):
        return Trouble(taken(number[1], names.holder(number[1]), names.key_of(number[1])))
    if found := _KEY.search(said):
        return Trouble(f"{found[1]} has no value; set it in the env file: `envfence env check` names all that lack one")
    if image := _image(said, names.image_of):
        return Trouble(_missing(image, names.key_of(image), is_cut_off=bool(_REGISTRY.search(said))))
    if found := _FAILED_SERVICE.search(said):
        return Trouble("", found["service"] or found["name"])
    what = "an image cannot be built" if _BUILD.search(said) else "docker compose failed"
    lines = [line.rstrip() for line in said.splitlines() if line.strip()]
    return Trouble("\n".join((f"{what}; it says:", *(f"  {line}" for line in lines[-_LAST:]))))


def missing_plugin(said: str) -> str:
    """Return what to say where `docker compose` is no command; ``said`` is what `docker-compose version` says."""
    return OLD_COMPOSE if _VERSION_ONE.search(said) else NO_PLUGIN


def unwell(service: str, state: str, lines: list[str], check: str) -> str:
    """Return what to say of a service that did not start.

    ``lines`` are the last of its log, ``check`` what its health check says last, "" for none; both are masked.
    """
    why = f"{FULL}; " if any(map(_FULL.search, (*lines, check))) else ""
    last = "\n".join(f"  {line}" for line in lines) or "  (nothing)"
    return f"{why}service {service} is {state}{f'; its check says: {check}' if check else ''}; its last lines:\n{last}"


def _image(said: str, image_of: Callable[[str], str]) -> str:
    if found := _IMAGE.search(said):
        return next(group for group in found.groups() if group)
    found = _UNREACHED.search(said)
    return image_of(found["service"]) if found else ""


def taken(port: str, by: str, key: str) -> str:
    """Return what to say of a port in use ``by`` somebody; ``key`` gives the port, "" if none does."""
    who = f"by {by}" if by else "by another program"
    change = f"change {key} in the env file" if key else "publish another one in the compose file"
    return f"port {port} is in use {who}; stop that, or {change}"


def _missing(image: str, key: str, *, is_cut_off: bool) -> str:
    why = "the registry cannot be reached, and it is not here" if is_cut_off else "no registry has it, or none lets you"
    other = f"; {key} in the env file names another" if key else ""
    return f"image {image} is missing: {why}; build it, log in with `docker login`, or check its name{other}"
