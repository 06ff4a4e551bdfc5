"""Connections to servers over OpenSSH: the command, which leaves it no choice, and the folder for shared sockets."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from glob import glob

from envfence.delivery.servers.fleet import Fleet, Host

# Images may lie there for a while, so it is no memory; below the repository a path is too long for a socket.
ROOMY = "/var/tmp"  # noqa: S108 only folders with mode 700 are made there
_PREFIX, _OLD = "envfence-", 86_400  # seconds


def ssh(fleet: Fleet, host: Host, folder: str, *, shared: bool = True) -> tuple[str, ...]:
    """Return the command that a host is asked with; ``folder`` holds the sockets of ``shared`` connections."""
    options = {
        "BatchMode": "yes",
        "StrictHostKeyChecking": "yes",
        "UserKnownHostsFile": os.path.abspath(fleet.known_hosts),
        "GlobalKnownHostsFile": "none",
        "HostKeyAlias": fleet.alias(host),  # so that the file of pinned keys holds no address
        "CheckHostIP": "no",
        "UpdateHostKeys": "no",
        "ConnectTimeout": "10",
        "ServerAliveInterval": "5",
        "ServerAliveCountMax": "3",
        "ForwardAgent": "no",
        "RequestTTY": "no",
        "LogLevel": "ERROR",
    }
    if shared and os.name != "nt":  # its ssh cannot share a connection
        options |= {"ControlMaster": "auto", "ControlPersist": "60", "ControlPath": os.path.join(folder, "%C")}
    if fleet.identity:
        options |= {"IdentityFile": fleet.identity, "IdentitiesOnly": "yes"}
    named = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
    return ("ssh", *named, "-p", str(host.port), "-l", host.user, "--", host.address)


def close(command: tuple[str, ...]) -> None:
    """End the connection that a command of `ssh` shares with others."""
    if os.name != "nt":
        dashes = command.index("--")
        subprocess.run((*command[:dashes], "-O", "exit", *command[dashes:]), capture_output=True, check=False)


@contextmanager
def private_folder() -> Generator[str]:
    """Yield a folder of this run alone, with room for images; it is gone afterwards."""
    above = ROOMY if os.path.isdir(ROOMY) else tempfile.gettempdir()
    _sweep(above)
    made = tempfile.mkdtemp(prefix=_PREFIX, dir=above)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _sweep(above: str) -> None:
    """Remove what runs that were killed have left here a day ago or more: it may hold images."""
    for left in glob(os.path.join(above, f"{_PREFIX}*")):
        with suppress(OSError):  # another user's, or just removed by its own run
            if time.time() - os.stat(left).st_mtime > _OLD:
                shutil.rmtree(left, ignore_errors=True)
