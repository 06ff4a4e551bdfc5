"""Which program has a port: docker knows its containers, Linux every process that this user may look into."""

import os
from collections.abc import Iterator

from envfence.operate.engine import LABEL, run

_LISTENING = "0A"


def holder(port: str) -> str:
    """Return who listens on ``port``, in words, "" if nobody can tell."""
    columns = f'{{{{.Names}}}}\t{{{{.Label "{LABEL}project"}}}}'
    told = run(("docker", "ps", "--filter", f"publish={port}", "--format", columns)).out.strip()
    if told:
        name, _, project = told.splitlines()[0].partition("\t")
        return f"container {name}" + (f" of project {project}" if project else "")
    pids = sorted(_pids(_inodes(int(port)))) if os.path.isdir("/proc/net") else []
    return f"process {pids[0]} ({_name(pids[0])})" if pids else ""


def _inodes(port: int) -> set[str]:
    """Return the sockets that listen on a port, as /proc names them."""
    found: set[str] = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if os.path.exists(table):
            with open(table, encoding="ascii") as stream:
                rows = [line.split() for line in stream.readlines()[1:]]
            found |= {row[9] for row in rows if row[3] == _LISTENING and int(row[1].rpartition(":")[2], 16) == port}
    return {f"socket:[{inode}]" for inode in found}


def _pids(sockets: set[str]) -> Iterator[int]:
    for name in os.listdir("/proc") if sockets else ():
        if name.isdigit() and any(link in sockets for link in _links(f"/proc/{name}/fd")):
            yield int(name)


def _links(folder: str) -> Iterator[str]:
    try:
        names = os.listdir(folder)
    except OSError:  # another user's, or gone meanwhile
        return
    for name in names:
        try:
            yield os.readlink(os.path.join(folder, name))
        except OSError:
            continue


def _name(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as stream:
            return stream.read().strip()
    except OSError:
        return "it has just ended"
