"""Whether a host can take a release, from what it says of itself."""

import re
from collections.abc import Iterable, Iterator, Mapping

ROOM_KB = 1_000_000  # that have to be free, on the disk of the root folder and on the engine's
SKEW = 30  # seconds that two clocks may differ: leases and logs are told by them
_OLDEST_COMPOSE = (2, 20)


def problems(
    facts: Mapping[str, str], agent: str, clock: float, ports: Iterable[str], room_kb: int = ROOM_KB
) -> Iterator[str]:
    """Yield what is wrong with a host.

    ``agent`` is the digest of the host.sh that this program speaks to, ``clock`` is now here in seconds since the
    epoch, ``ports`` are those that the host is to publish on its own address.
    """
    if facts.get("agent") != agent:
        yield "its host.sh is of another version of envfence; `envfence fleet init` brings this one"
    if not facts.get("engine"):
        yield "its engine does not answer"
    elif _version(facts.get("compose", "")) < _OLDEST_COMPOSE:
        yield f"docker compose {'.'.join(map(str, _OLDEST_COMPOSE))} or later is needed"
    for name, where in (("disk_kb", "the root folder"), ("docker_disk_kb", "the engine")):
        if (free := facts.get(name, "")).isdigit() and int(free) < room_kb:
            yield f"{int(free) // 1000} MB are free for {where}, and {room_kb // 1000} are needed"
    if abs(skew := int(facts.get("clock") or 0) - clock) > SKEW:
        yield f"its clock is {abs(skew):.0f} s {'ahead' if skew > 0 else 'behind'}"
    if taken := sorted(set(ports) & _others(facts)):
        yield f"another program has port {', '.join(taken)}"


def told(facts: Mapping[str, str]) -> str:
    """Return what a host is, in a few words."""
    free = min(int(facts.get(name) or 0) for name in ("disk_kb", "docker_disk_kb"))
    selinux = "" if facts.get("selinux") in {"", "none", None} else f", SELinux {facts['selinux']}"
    return f"engine {facts.get('engine')}, {free / 1e6:.1f} GB free{selinux}"


def _others(facts: Mapping[str, str]) -> set[str]:
    """Return the ports that somebody listens on who is not of this project, on all addresses or on one."""
    own = {place.rpartition(":")[2] for place in facts.get("own_ports", "").split(",")}
    return {place.rpartition(":")[2] for place in facts.get("ports", "").split(",")} - own - {""}


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:2])
