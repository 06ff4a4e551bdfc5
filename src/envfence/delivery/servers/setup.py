"""Make the servers of an environment ready, and see that they are: user, folder, key, pinned host keys."""

import argparse
import base64
import binascii
import hashlib
import os
import re
import shlex
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from envfence import atomic, console, sources
from envfence.arguments import Parser, below_root
from envfence.delivery.servers import packing
from envfence.delivery.servers.connection import ssh
from envfence.delivery.servers.fleet import Fleet, Host, fleet_of
from envfence.delivery.servers.remote import Remote, connected, each
from envfence.errors import FenceError, repeated
from envfence.operate import asking, state
from envfence.operate.target import target_of

_TYPES = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa")  # of host keys, the preferred one first
_FROM = re.compile(r"[0-9A-Za-z.:/,*!-]+\Z")
_PARTS = ("setup.sh", "host.sh")
# The parts arrive as a tar on standard input; what follows the name `setup` are setup.sh's own arguments.
_UNPACK = 'd=$(mktemp -d) && tar -xf - -C "$d" && sh "$d/setup.sh" "$@"; code=$?; rm -rf "$d"; exit $code'


class Options(NamedTuple):
    """How to reach the servers as their administrator, and what is known of them already."""

    login: str = "root"
    identity: str = ""
    public_key: str = ""
    fingerprints: Mapping[str, str] = {}
    rekeyed: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    origin: str = ""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command of `envfence fleet`; return 1 if a server is not ready, 2 if it could not run."""
    args = command_parser().parse_args(argv)
    return console.run_below_root(args)


def command_parser() -> argparse.ArgumentParser:
    """Return the parser of the command."""
    parser = Parser(prog="envfence fleet", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    init = commands.add_parser("init", parents=[below_root()], help="make servers ready; changes what is not yet so")
    add = init.add_argument
    add("environment", metavar="ENVIRONMENT")
    add("--login", default="root", metavar="USER", help="who may set a server up, by default root; else by sudo")
    add("--identity", default="", metavar="FILE", help="the private key of that user, by default ssh's own")
    add("--public-key", default="", metavar="FILE", help="let this key in; by default one is made on this machine")
    add("--fingerprint", action="append", default=[], metavar="HOST=SHA256:...", help="of a host's key, as it says it")
    add("--rekey", action="append", default=[], metavar="HOST", help="this host has a new key: pin that one")
    add("--host", action="append", default=[], metavar="HOST", help="this host only")
    add("--from", dest="origin", default="", metavar="ADDRESS,...", help="let the key in from these addresses only")
    init.set_defaults(run=_run)
    return parser


def _run(args: argparse.Namespace) -> int:
    prints = dict(one.partition("=")[::2] for one in args.fingerprint)
    rekeyed, hosts = tuple(args.rekey), tuple(args.host)
    options = Options(args.login, args.identity, args.public_key, prints, rekeyed, hosts, args.origin)
    target = target_of(args.root, args.environment, os.environ)
    return init(args.root, fleet_of(target), options)


def init(root: str, fleet: Fleet, options: Options) -> int:
    """Make the servers of a fleet ready and say what has changed; return 1 if one of them is not.

    Raise FenceError before anything is done: for options that make no sense, and keys that nobody has agreed to.
    """
    hosts = _chosen(fleet, options)
    if options.origin and not _FROM.match(options.origin):
        raise FenceError("--from takes addresses, separated by commas")
    pin(fleet, hosts, options)
    public, fleet = _key(root, fleet, options)
    failed = 0
    for host in hosts:
        try:
            changes = set_up(fleet, host, public, options)
        except FenceError as error:
            failed += 1
            console.say(f"{host.name}: {error}")
            continue
        console.say(f"{host.name}: {'; '.join(changes) or 'all is as it should be'}")
    if options.public_key:
        console.say("the private half of that key is elsewhere: `envfence status` there tells whether it gets in")
        return int(failed > 0)
    return int(failed > 0 or not _is_ready(fleet._replace(hosts=tuple(hosts))))


def pin(fleet: Fleet, hosts: Iterable[Host], options: Options) -> None:
    """Write the keys of hosts that have none pinned, each after somebody has agreed to it. Raise FenceError if not."""
    pinned = _read(fleet.known_hosts)
    for host in hosts:
        alias = fleet.alias(host)
        if alias in pinned and host.name not in options.rekeyed:
            continue
        key = offered(_scanned(host))
        if not key:
            raise FenceError(f"{host.name}: no ssh server answers there, or it has no key of a kind that is taken")
        _agree(host, fingerprint(key), options)
        pinned[alias] = key
        os.makedirs(os.path.dirname(fleet.known_hosts) or ".", exist_ok=True)
        text = "".join(f"{name} {line}\n" for name, line in sorted(pinned.items()))
        atomic.write(fleet.known_hosts, text.encode(), private=False)
        console.say(f"{host.name}: its key is pinned in {sources.shown(fleet.known_hosts)}; commit that file")


def set_up(fleet: Fleet, host: Host, public: str, options: Options) -> list[str]:
    """Run setup.sh on a server as its administrator and return what it has changed. Raise FenceError if it cannot."""
    words = ["sh", "-c", _UNPACK, "setup", host.user, fleet.root, fleet.project, fleet.environment, options.origin]
    words = words if options.login == "root" else ["sudo", "-n", *words]
    parts = {name: packing.read(os.path.join(os.path.dirname(__file__), name)) for name in _PARTS}
    admin = fleet._replace(identity=options.identity)
    command = (*ssh(admin, host._replace(user=options.login), "", shared=False), shlex.join(words))
    try:
        data = packing.tar({**parts, "key.pub": f"{public}\n".encode()})
        done = subprocess.run(command, input=data, capture_output=True, check=False, timeout=300)
    except subprocess.TimeoutExpired as error:
        raise FenceError("no answer within 5 minutes") from error
    said = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode:
        raise FenceError(f"not set up as {options.login}: {fleet.masked(said) or 'the connection was cut'}")
    return done.stdout.decode("utf-8", "replace").splitlines()


def offered(scanned: str) -> str:
    """Return the best key of what ssh-keyscan prints, as `type base64`, "" if it has none."""
    keys = dict(line.split()[1:3] for line in scanned.splitlines() if line.count(" ") >= 2 and not line.startswith("#"))
    return next((f"{kind} {keys[kind]}" for kind in _TYPES if kind in keys), "")


def fingerprint(key: str) -> str:
    """Return the fingerprint of `type base64` as ssh shows it. Raise FenceError if it is no key."""
    try:
        blob = base64.b64decode(key.split()[1], validate=True)
    except (binascii.Error, IndexError) as error:
        raise FenceError("not a public key") from error
    return f"SHA256:{base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip('=')}"


def _agree(host: Host, shown: str, options: Options) -> None:
    """Go on only if somebody knows the key. Raise FenceError otherwise."""
    how = "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub"
    if given := options.fingerprints.get(host.name):
        if given != shown:
            raise FenceError(f"{host.name} shows {shown}, not the key that --fingerprint names; nothing was done")
        return
    console.say(f"{host.name}: the server shows the key {shown}")
    if not asking.is_terminal():
        raise FenceError(f"compare it with `{how}` on the server, then say --fingerprint {host.name}={shown}")
    if not asking.agreed(f"does `{how}` on the server itself say so?", default=False):
        raise FenceError(f"{host.name}: not confirmed, so nothing was done")


def _key(root: str, fleet: Fleet, options: Options) -> tuple[str, Fleet]:
    """Return the public key to let in, and the fleet with the private key that belongs to it, where that is here."""
    if options.public_key:
        public = packing.read(options.public_key).decode("utf-8", "replace").strip()
        if "\n" in public or not public.startswith(("ssh-", "ecdsa-", "sk-")):
            raise FenceError(f"{options.public_key}: not one public key")
        console.say(f"{options.public_key}: {fingerprint(public)}")
        return public, fleet
    private = os.path.join(state.folder(root, "keys"), fleet.environment)
    if not os.path.isfile(private):
        command = ("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", f"envfence-{fleet.environment}", "-f", private)
        done = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise FenceError(f"ssh-keygen makes no key: {done.stderr.decode('utf-8', 'replace').strip()}")
        console.say(
            f"{sources.shown(private)}: the new key of {fleet.environment}; register it where rollouts run, for CI too"
        )
    return packing.read(f"{private}.pub").decode().strip(), fleet._replace(identity=os.path.abspath(private))


def _is_ready(fleet: Fleet) -> bool:
    """Tell whether the deployment key gets in everywhere and meets what was installed; say where not."""
    with connected(fleet) as remotes:
        answers = each(remotes, Remote.facts)
    for name, answer in answers.items():
        if isinstance(answer, FenceError):
            console.say(str(answer))
        else:
            console.say(f"{name}: ready; engine {answer['engine']}, compose {answer['compose']}, {answer['arch']}")
    return not any(isinstance(answer, FenceError) for answer in answers.values())


def _chosen(fleet: Fleet, options: Options) -> list[Host]:
    names = {host.name for host in fleet.hosts}
    for name in (*options.hosts, *options.rekeyed, *options.fingerprints):
        if name not in names:
            raise FenceError(
                f"{repeated(name)} is no host of {fleet.environment}; there are {', '.join(sorted(names))}"
            )
    return [host for host in fleet.hosts if not options.hosts or host.name in options.hosts]


def _scanned(host: Host) -> str:
    command = ("ssh-keyscan", "-T", "10", "-t", "ed25519,ecdsa,rsa", "-p", str(host.port), "--", host.address)
    try:
        return subprocess.run(command, capture_output=True, check=False, encoding="utf-8", errors="replace").stdout
    except FileNotFoundError as error:
        raise FenceError("ssh-keyscan is not installed; it comes with ssh") from error


def _read(path: str) -> dict[str, str]:
    """Return alias to key of a file of pinned keys, nothing if there is none."""
    if not os.path.isfile(path):
        return {}
    lines = packing.read(path).decode("utf-8", "replace").splitlines()
    return dict(line.split(" ", 1) for line in lines if " " in line and not line.startswith("#"))
