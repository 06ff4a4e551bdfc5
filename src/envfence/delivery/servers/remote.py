"""Commands on the hosts of a fleet, over OpenSSH: one connection a host, its words plain, all else over stdin.

On the host `host.sh` answers, and nothing else: it takes a command apart into words and evaluates none of them.
"""

import hashlib
import json
import os
import subprocess
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from string import ascii_letters, digits
from typing import IO, NamedTuple, TypeVar

from envfence.delivery.servers import connection
from envfence.delivery.servers.fleet import Fleet, Host
from envfence.errors import FenceError

FAILED, REFUSED, INCOMPLETE, LOCKED, FENCED, UNMET = 1, 64, 65, 75, 76, 77  # exit codes of host.sh
_PLAIN = frozenset(ascii_letters + digits + "._/:@=+,-")
_NO_TRUST = ("Host key verification failed", "REMOTE HOST IDENTIFICATION HAS CHANGED")
_LOST = 255  # of ssh itself
T = TypeVar("T")


class Answer(NamedTuple):
    """How a command on a host ended."""

    code: int
    out: str
    error: str


class Unreachable(FenceError):  # noqa: N818 what is told of a host, not of this program
    """A host cannot be asked: no way there, a cut connection, no answer in time."""


class HostKeyChanged(Unreachable):
    """A host shows another key than the pinned one, or none is pinned."""


class Container(NamedTuple):
    """One container on a host. ``health`` is "" where nothing checks it; ``image_id`` is what really runs."""

    id: str
    service: str
    number: int
    state: str
    health: str
    exit_code: int
    image_id: str
    image: str
    is_one_off: bool
    started: str
    restarts: int
    hash: str  # compose's digest of its configuration


class Remote:
    """A host of the fleet. May be asked from several threads at once."""

    def __init__(self, fleet: Fleet, host: Host, folder: str) -> None:
        self.host = host
        self.fleet = fleet
        self.folder = folder  # private to this run, and gone after it
        self._ssh = connection.ssh(fleet, host, folder)

    def ask(self, *words: str, data: bytes | IO[bytes] = b"", timeout: float = 60) -> Answer:
        """Run a command of the host's; return how it ended. ``timeout`` is in seconds.

        Raise HostKeyChanged or Unreachable where the host itself did not answer.
        """
        done = self._run(words, data, subprocess.PIPE, timeout)
        return Answer(done.returncode, _text(done.stdout), _text(done.stderr))

    def told(self, *words: str, data: bytes | IO[bytes] = b"", timeout: float = 60) -> str:
        """Return what a command prints. Raise FenceError with the host's own words, masked, if it fails."""
        answer = self.ask(*words, data=data, timeout=timeout)
        if answer.code:
            said = answer.error.strip() or answer.out.strip() or f"{words[0]} ended with {answer.code}"
            raise FenceError(f"{self.host.name}: {self.fleet.masked(_last_lines(said))}")
        return answer.out

    def fetch(self, into: IO[bytes], *words: str, timeout: float = 3600) -> None:
        """Write what a command prints to a file, byte for byte. Raise FenceError like ``told``."""
        done = self._run(words, b"", into, timeout)
        if done.returncode:
            raise FenceError(f"{self.host.name}: {self.fleet.masked(_last_lines(_text(done.stderr).strip()))}")

    def follow(self, *words: str) -> Iterator[str]:
        """Yield the lines of a command, both streams, as they come. Raise Unreachable if the connection is cut."""
        process = subprocess.Popen(
            (*self._ssh, _line(words)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        assert process.stdout is not None  # noqa: S101 it was asked for
        last = ""
        try:
            for line in process.stdout:
                last = _text(line).rstrip("\r\n")
                yield last
            if process.wait() == _LOST:
                raise self._lost(last)
        finally:
            process.terminate()
            process.communicate()

    def facts(self) -> dict[str, str]:
        """Return what the host says of itself; see `facts` of host.sh."""
        return pairs(self.told("facts"))

    def state(self) -> dict[str, object]:
        """Return what the last rollout recorded here, nothing if there was none."""
        recorded: dict[str, object] = json.loads(self.told("state"))
        return recorded

    def record(self, token: str, state: Mapping[str, object]) -> None:
        """Replace the recorded state. Raise FenceError if the lock is not held."""
        data = json.dumps(state, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"
        self.told("state", token, digest(data), data=data)

    def put(self, token: str, path: str, data: bytes, mode: str = "600") -> None:
        """Write a file below the root, whole or not at all. Raise FenceError if the lock is not held."""
        self.told("put", token, path, mode, digest(data), data=data, timeout=300)

    def unpack(self, token: str, folder: str, archive: bytes) -> None:
        """Make a folder below `files/` from a tar.gz, if it is not there yet. Raise FenceError like ``put``."""
        self.told("unpack", token, folder, digest(archive), data=archive, timeout=300)

    def containers(self) -> list[Container]:
        """Return every container of the project, also those that have ended, and one-off ones."""
        rows = (line.split(" ") for line in self.told("ps").splitlines())
        return [_container(row) for row in rows if len(row) == len(Container._fields)]

    def probe(self, release: str, service: str) -> list[tuple[str, int, str]]:
        """Return (container, exit code, last line) of a service's own readiness check, for each that runs."""
        rows = (line.split(" ", 2) for line in self.told("probe", release, service, timeout=120).splitlines())
        return [(row[0], int(row[1]), row[2] if len(row) > 2 else "") for row in rows]

    def _run(
        self, words: tuple[str, ...], data: bytes | IO[bytes], into: int | IO[bytes], timeout: float
    ) -> subprocess.CompletedProcess[bytes]:
        """Return how ssh ended with a command of the host's. Raise Unreachable where it did not answer."""
        command = (*self._ssh, _line(words))
        text, stream = (data, None) if isinstance(data, bytes) else (None, data)
        try:
            done = subprocess.run(
                command, input=text, stdin=stream, stdout=into, stderr=subprocess.PIPE, check=False, timeout=timeout
            )
        except subprocess.TimeoutExpired as error:
            raise Unreachable(f"{self.host.name}: no answer to {words[0]} within {timeout:.0f} s") from error
        except FileNotFoundError as error:
            raise FenceError("ssh is not installed, and it is the way to the servers") from error
        if done.returncode == _LOST:
            raise self._lost(_text(done.stderr))
        return done

    def _lost(self, error: str) -> Unreachable:
        name, user = self.host.name, self.host.user
        if any(sign in error for sign in _NO_TRUST):
            return HostKeyChanged(
                f"{name}: the server's key is not the one pinned in {self.fleet.known_hosts}, so nothing was done; "
                "where the server is new, say so with `envfence fleet init`"
            )
        if "Permission denied" in error:
            return Unreachable(f"{name}: no key that {user} is let in with; see `envfence fleet init`")
        said = self.fleet.masked(_last_lines(error.strip(), 1)) or "the connection was cut"
        return Unreachable(f"{name}: cannot be reached as {user}: {said}")


@contextmanager
def connected(fleet: Fleet) -> Generator[list[Remote]]:
    """Yield the hosts of a fleet. Their connections are made when first asked, and closed on the way out.

    Raise FenceError if no host keys are pinned.
    """
    if not os.path.isfile(fleet.known_hosts):
        raise FenceError(f"{fleet.known_hosts} is missing: it pins the servers' keys; `envfence fleet init` writes it")
    with connection.private_folder() as folder:
        try:
            yield [Remote(fleet, host, folder) for host in fleet.hosts]
        finally:
            for host in fleet.hosts:
                connection.close(connection.ssh(fleet, host, folder))


def each(remotes: Iterable[Remote], call: Callable[[Remote], T]) -> dict[str, T | FenceError]:
    """Return host name to what ``call`` says of it, or why it failed; all at once, and every one is waited for."""
    remotes = list(remotes)

    def safely(remote: Remote) -> T | FenceError:
        try:
            return call(remote)
        except FenceError as error:
            return error

    with ThreadPoolExecutor(max_workers=max(1, len(remotes))) as pool:
        return dict(zip([remote.host.name for remote in remotes], pool.map(safely, remotes), strict=True))


def digest(data: bytes) -> str:
    """Return the SHA-256 of some bytes, by which the host knows that all of them came."""
    return hashlib.sha256(data).hexdigest()


def pairs(text: str) -> dict[str, str]:
    """Return the key=value lines of a host's answer."""
    return {key: value for key, _, value in (line.partition("=") for line in text.splitlines()) if key}


def _line(words: tuple[str, ...]) -> str:
    if not all(word and _PLAIN.issuperset(word) for word in words):
        raise FenceError(f"{words[0]}: a name has characters that are not sent to a server")
    return " ".join(words)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _last_lines(text: str, count: int = 8) -> str:
    return "\n".join(text.splitlines()[-count:]).removeprefix("envfence: ")


def _container(row: list[str]) -> Container:
    identity, service, number, state, health, code, image_id, image, one_off, started, restarts, config = row
    return Container(
        identity, service, int(number) if number.isdigit() else 0, state, health.replace("-", ""), int(code), image_id,
        image, one_off == "True", started, int(restarts), config,
    )  # fmt: skip
