"""What the servers of production say of themselves; nothing is changed there."""

import os
from typing import NamedTuple

from envfence.config import Nearest
from envfence.contract import files
from envfence.contract.stages import PRODUCTION
from envfence.delivery.changes import status
from envfence.delivery.servers.deployment import Deployment, deployed
from envfence.delivery.servers.remote import REFUSED, Remote, each
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
    with deployed(root, target.environment) as on:
        answers = each(on.remotes, lambda remote: _server(remote, on))
    return [Server(name, str(one)) if isinstance(one, FenceError) else one for name, one in answers.items()]


def _server(remote: Remote, on: Deployment) -> Server:
    name = remote.host.name
    if remote.ask(_NO_COMMAND).code != REFUSED:
        return Server(name, f"{name}: the key opens a shell, and not only what deploys")
    found = status.found_on(remote, on.fleet, on.target.values)
    seen = found.seen
    ill = tuple(status.troubles(on.fleet, {name: found}))
    return Server(name, "", seen.facts.get("env", ""), seen.state.release, seen.state.schema, ill)
