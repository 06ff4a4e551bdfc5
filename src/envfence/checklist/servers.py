"""What the servers of production say of themselves; nothing is changed there."""

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from envfence.config import Nearest
from envfence.contract import files
from envfence.contract.stages import PRODUCTION
from envfence.delivery.fleet import Host, fleet_of
from envfence.delivery.record import state_of
from envfence.delivery.remote import REFUSED, Container, Remote, connected, each
from envfence.errors import FenceError
from envfence.operate.target import target_of

_NO_COMMAND = "shell"  # what the servers' own program has never heard of, and no shell either


class Server(NamedTuple):
    """One server as it answers. ``problem`` is why it does not, "" if it does; ``ill`` are services that do badly."""

    name: str
    problem: str = ""
    env: str = ""
    release: str = ""
    schema: str = ""
    ill: tuple[str, ...] = ()


def asked(root: str) -> list[Server]:
    """Return the servers of production, none where none are described. Raise FenceError if they lack an address."""
    config = Nearest(strict=True).of(os.path.join(root, files.CONTRACT))
    if not config.fleets:
        return []
    target = target_of(root, PRODUCTION, os.environ)
    if target.environment not in config.fleets:
        return []
    with connected(fleet_of(target, config)) as remotes:
        answers = each(remotes, _server)
    return [Server(name, str(one)) if isinstance(one, FenceError) else one for name, one in answers.items()]


def _server(remote: Remote) -> Server:
    name = remote.host.name
    if remote.ask(_NO_COMMAND).code != REFUSED:
        return Server(name, f"{name}: the key opens a shell, and not only what deploys")
    facts = remote.facts()
    state = state_of(facts.get("state", ""))
    ill = tuple(f"{name}: {text}" for text in _ill(remote.host, remote.containers()))
    return Server(name, "", facts.get("env", ""), state.release, state.schema, ill)


def _ill(host: Host, containers: Iterable[Container]) -> Iterator[str]:
    """Yield what is wrong with the services that a host is to run."""
    lasting = [one for one in containers if not one.is_one_off]
    running = {one.service for one in lasting}
    yield from (f"{service} does not run" for service in host.services if service not in running)
    for one in lasting:
        if one.state != "running" or one.health not in {"", "healthy"}:
            yield f"{one.service} is {one.health or one.state}"
