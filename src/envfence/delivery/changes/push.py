"""Send every server the values that its own services take, and say which ones it has otherwise. No value is shown."""

import json
import os
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from envfence import console
from envfence.check import Report
from envfence.config import Nearest
from envfence.contract import check, files
from envfence.contract.fingerprint import differing
from envfence.delivery.changes import env_files, lease, survey
from envfence.delivery.changes.env_files import EnvFile
from envfence.delivery.releases import model as models
from envfence.delivery.releases import rendering
from envfence.delivery.servers.deployment import with_values
from envfence.delivery.servers.fleet import Fleet, fleet_of
from envfence.delivery.servers.remote import Remote, connected
from envfence.errors import FenceError
from envfence.finding import ERROR, Finding
from envfence.operate.commands import contract_findings
from envfence.operate.target import Target, target_of

CURRENT = "env/current"


class Drift(NamedTuple):
    """How what a server holds differs from what it should: by key, never by value. ``is_new``: it holds nothing."""

    differs: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    is_new: bool = False

    def __str__(self) -> str:
        """Return it in words, "" where all is the same."""
        if self.is_new:
            return "has no env file yet"
        parts = {"has another value of": self.differs, "lacks": self.lacks, "has besides": self.extra}
        return "; ".join(f"{what} {', '.join(keys)}" for what, keys in parts.items() if keys)


def push(root: str, environment: str, *, only_check: bool) -> int:
    """Bring the env files of all servers up to date; with ``only_check`` return 1 if one is not.

    Raise FenceError if a server cannot be asked, or if the values do not hold the contract.
    """
    target = with_values(target_of(root, environment, os.environ), os.environ)
    fleet = fleet_of(target)
    if broken := _broken(target):
        console.told(Report(broken, {}, {}))
        raise FenceError(f"{target.environment} does not hold the contract, so nothing was sent")
    wanted = files_of(target, fleet)
    with connected(fleet) as remotes:
        drifts = survey.asked(remotes, lambda remote: drift(remote, wanted[remote.host.name]))
        for name, one in drifts.items():
            console.say(f"{name}: {str(one) or 'up to date'}")
        stale = [remote for remote in remotes if str(drifts[remote.host.name])]
        if only_check or not stale:
            return int(bool(stale))
        with lease.held(remotes, 0, lambda host, what: console.say(f"{host}: {what}")) as held:
            survey.asked(stale, lambda one: send(one, held.tokens[one.host.name], wanted[one.host.name]))
    for remote in stale:
        sent = wanted[remote.host.name]
        told = f"{len(sent.keys)} keys sent as {sent.name}; its services take them with the next rollout"
        console.say(f"{remote.host.name}: {told}")
    return 0


def files_of(target: Target, fleet: Fleet) -> dict[str, EnvFile]:
    """Return host name to the env file that it is to have. Raise FenceError if one cannot be made."""
    rendering.refuse_files(target.stack)
    model = models.released(rendering.asked(target.files), target.project)
    return {host.name: env_files.for_host(model, fleet, host, target.values) for host in fleet.hosts}


def drift(remote: Remote, wanted: EnvFile) -> Drift:
    """Return how the env file of a server differs, compared by digests under a salt that is used once.

    Raise FenceError if the server cannot say.
    """
    salt = secrets.token_hex(16)
    there = survey.digests(remote, salt)
    return Drift(is_new=True) if there is None else compared(env_files.fingerprint(wanted.data, salt), there)


def compared(here: Mapping[str, str], there: Mapping[str, str]) -> Drift:
    """Return how two fingerprints differ."""
    keys = sorted(differing(here, there))
    return Drift(
        tuple(key for key in keys if key in here and key in there),
        tuple(key for key in keys if key not in there),
        tuple(key for key in keys if key not in here),
    )


def send(remote: Remote, token: str, wanted: EnvFile) -> None:
    """Put an env file on a server and let it count. Raise FenceError if the lock is not held."""
    remote.put(token, f"env/{wanted.name}", wanted.data)
    remote.told("link", token, CURRENT, wanted.name)
    line = {
        "at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "what": "env push",
        "environment": remote.fleet.environment,
        "who": lease.owner(),
        "to": wanted.name,
        "keys": len(wanted.keys),
        "result": "done",
    }
    remote.told("log", token, data=f"{json.dumps(line)}\n".encode())


def _broken(target: Target) -> list[Finding]:
    """Return what is wrong with the values: those of the env file, else those that CI gives to this process."""
    if os.path.isfile(target.env_file):
        return contract_findings(target)
    allowed = Nearest().of(os.path.join(target.root, files.CONTRACT)).allowed_hosts
    found = check.from_process(target.root, target.environment, os.environ, allowed)
    return [one for one in found if one.severity == ERROR]
