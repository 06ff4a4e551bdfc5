"""Three real servers on one machine: an address, an sshd and an engine of its own for each, made ready by setup.sh.

Their engines begin with the images of the tests: loaded once on this machine, into a volume that later beds link from.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from envfence.delivery.servers.fleet import made
from envfence.delivery.servers.packing import tar
from envfence.delivery.servers.remote import connected

IMAGE = "envfence-test/server"
IMAGES = tuple(f"envfence-test/{name}" for name in ("postgres", "redis", "stub", "proxy", "airflow", "python", "tiny"))
NAMES = ("db", "backend", "airflow")
ROOT = "/opt/stocktrading"
PROJECT = "stock-production"
READY = 60.0  # seconds that an engine may take
# What an engine never changes of an image is linked, which takes no time; what it does is copied.
LINKED = """
set -e
mkdir -p /bed/$HOSTNAME-$1
if [ -d /bed/seed ]; then cp -al /bed/seed/overlay2 /bed/$HOSTNAME-$1/; cp -a /bed/seed/image /bed/$HOSTNAME-$1/; fi
echo PerSourcePenalties no >/etc/ssh/sshd_config.d/bed.conf # tests come more often than people
data=/bed/$HOSTNAME-$1
shift
exec server.sh --data-root "$data" "$@"
"""
TABLE = {
    "root": ROOT,
    "known-hosts": "known_hosts",
    "bind": "BIND_ADDRESS",
    "roles": {
        "data": {"host": "DB_HOST", "services": ["postgres", "redis", "influxdb"]},
        "app": {
            "host": "BACKEND_HOST",
            "services": ["backend", "celery-worker", "celery-beat", "proxy"],
            "replicas": {"backend": 2},
        },
        "scheduler": {
            "host": "AIRFLOW_HOST",
            "services": ["airflow", "airflow-scheduler", "airflow-dag-processor", "grafana"],
        },
    },
    "migrate": "migrate",
    "after-migrate": ["db-roles"],
}


FORWARD = """
import asyncio
async def copy(source, sink):
    while data := await source.read(65536):
        sink.write(data)
        await sink.drain()
    sink.close()
async def serve(reader, writer):
    there, back = await asyncio.open_connection("{host}", {to})
    await asyncio.gather(copy(reader, back), copy(there, writer), return_exceptions=True)
async def main():
    await (await asyncio.start_server(serve, "127.0.0.1", {port})).serve_forever()
asyncio.run(main())
"""


class Server(NamedTuple):
    """One of the servers; ``container`` is its name on this machine."""

    name: str
    container: str
    address: str

    def run(self, *command, data=b"", check=True, user="root"):
        """Run a command on the server, past ssh; return its standard output."""
        done = subprocess.run(
            ["docker", "exec", "--interactive", "--user", user, self.container, *command],
            input=data, capture_output=True, check=False,
        )  # fmt: skip
        assert not check or done.returncode == 0, f"{self.name}: {command}: {done.stderr.decode()}"
        return done.stdout.decode()

    def read(self, path):
        """Return the text of a file below the root folder, "" if it is not there."""
        return self.run("cat", f"{ROOT}/{path}", check=False)

    def cut(self):
        """Take the server's network away, connections that stand included."""
        self.run("ip", "link", "set", "eth0", "down")

    def mend(self):
        """Give it back."""
        self.run("ip", "link", "set", "eth0", "up")

    def hang(self):
        """Let the server stand still: it takes connections and says nothing."""
        docker("pause", self.container)

    def resume(self):
        """Let it go on."""
        docker("unpause", self.container)


class Bed(NamedTuple):
    """The servers by name, and the folder with what a client needs: `key`, `key.pub`, `known_hosts`."""

    servers: dict
    folder: Path
    mark: str
    volume: str

    @property
    def values(self):
        """The keys of the contract that hold the addresses."""
        return {f"{name.upper()}_HOST": server.address for name, server in self.servers.items()}

    def fleet(self, project=PROJECT, environment="production", **table):
        """Return the servers as a fleet; ``table`` changes its settings."""
        fleet = made(environment, {**TABLE, **table}, self.values, str(self.folder))
        return fleet._replace(project=project, identity=str(self.folder / "key"))

    def connected(self, **table):
        """Return a context with a Remote of each server."""
        return connected(self.fleet(**table))

    def load(self, *images, servers=NAMES):
        """Put images of this machine's engine on the servers, past envfence."""
        archive = self.folder / "images.tar"
        docker("save", "--output", str(archive), *images)
        try:
            at_once(lambda name: self._load(name, archive), servers)
        finally:
            archive.unlink()

    def _load(self, name, archive):
        with archive.open("rb") as stream:
            command = ["docker", "exec", "--interactive", self.servers[name].container, "docker", "load", "--quiet"]
            subprocess.run(command, stdin=stream, check=True, capture_output=True)

    def reset(self):
        """Take away what a test has left on the servers: containers, volumes, releases, the lock."""
        at_once(self._reset, self.servers)

    @contextmanager
    def of(self, project):
        """Let the servers be another project's, as `envfence fleet init` would; nothing of it is left afterwards."""
        self.reset()
        self._name(project)
        yield
        self.reset()
        self._name(PROJECT)

    def _name(self, project):
        for server in self.servers.values():
            server.run("sh", "-c", f"echo {project} >{ROOT}/project")

    def _reset(self, name):
        server = self.servers[name]
        server.run(
            "sh", "-c", "docker ps -aq | xargs -r docker rm -fv; docker volume ls -q | xargs -r docker volume rm"
        )
        kept = "! -name host.sh ! -name project"
        server.run("sh", "-c", f"find {ROOT} -mindepth 1 -maxdepth 1 {kept} -exec rm -rf {{}} +")


def start(folder, project=PROJECT, options=()):
    """Return the bed once every engine answers; ``stop`` ends it. ``options`` go to each engine."""
    volume = _seeded()
    mark = f"envfence-test-{os.getpid()}-{uuid.uuid4().hex[:6]}"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "key"], check=True)
    _network(mark)
    try:
        servers = {name: _server(name, mark, volume, options) for name in NAMES}
        bed = Bed(servers, folder, mark, volume)
        at_once(lambda name: _await(servers[name]), NAMES)
        at_once(lambda name: prepare(bed, name, project), NAMES)
        known = [f"production-{name} {_host_key(server)}" for name, server in servers.items()]
        (folder / "known_hosts").write_text("".join(known), encoding="utf-8")
    except BaseException:
        _remove(mark, volume)
        raise
    return bed


def stop(bed):
    """Take the servers away, and what they hold."""
    _remove(bed.mark, bed.volume)


def prepare(bed, name, project=PROJECT, environment="production"):
    """Make a server ready as `envfence fleet init` does; return what setup.sh says."""
    parts = {part: files("envfence.delivery.servers").joinpath(part).read_bytes() for part in ("setup.sh", "host.sh")}
    parts["key.pub"] = (bed.folder / "key.pub").read_bytes()
    script = 'd=$(mktemp -d) && tar -x -C "$d" && sh "$d/setup.sh" "$@" && rm -rf "$d"'
    words = ("sh", "-c", script, "setup", "deploy", ROOT, project, environment)
    return bed.servers[name].run(*words, data=tar(parts))


def forward(bed, port, to):
    """Let a port of each server's own loopback lead to another place on the network of the bed."""
    for server in bed.servers.values():
        program = FORWARD.format(port=port, host=to.partition(":")[0], to=to.partition(":")[2])
        docker("exec", "--detach", server.container, "python3", "-c", program)


def at_once(call, names):
    """Call a function for each name at once; raise what any of them raises."""
    with ThreadPoolExecutor(max_workers=8) as pool:
        return list(pool.map(call, names))


def docker(*args, check=True):
    """Run docker on this machine and return its standard output."""
    done = subprocess.run([shutil.which("docker"), *args], capture_output=True, check=False, encoding="utf-8")
    assert not check or done.returncode == 0, f"docker {' '.join(args)}: {done.stderr}"
    return done.stdout.strip()


def _seeded():
    """Return the volume that holds the images; the first bed on this machine loads them."""
    import fcntl  # not on Windows, where the other tests of this folder run

    images = [image for image in IMAGES if docker("image", "ls", "--quiet", image)]
    ids = docker("image", "inspect", "--format", "{{.Id}}", IMAGE, *images)
    volume = f"envfence-test-bed-{hashlib.sha256(ids.encode()).hexdigest()[:12]}"
    with Path(tempfile.gettempdir(), "envfence-test-bed.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not docker("volume", "ls", "--quiet", "--filter", f"name={volume}"):
            for old in docker("volume", "ls", "--quiet", "--filter", "name=envfence-test-bed-").split():
                docker("volume", "rm", old, check=False)  # one that is in use stays
            _seed(volume, images)
    return volume


def _seed(volume, images):
    docker("volume", "create", volume)
    seeder = _server("seeder", volume, volume, ("--iptables=false",), network="none")
    try:
        _await(seeder)
        with subprocess.Popen(["docker", "save", *images], stdout=subprocess.PIPE) as saved:
            command = ["docker", "exec", "--interactive", seeder.container, "docker", "load", "--quiet"]
            subprocess.run(command, stdin=saved.stdout, check=True, capture_output=True)
        docker("stop", seeder.container)
        keep = f"mkdir /bed/new && cd /bed/seeder-{volume} && mv overlay2 image /bed/new/ && mv /bed/new /bed/seed"
        _in(volume, f"{keep} && rm -rf /bed/seeder-{volume}")
    except BaseException:
        docker("rm", "--force", seeder.container)
        docker("volume", "rm", volume)
        raise
    docker("rm", "--force", "--volumes", seeder.container)


def _in(volume, script):
    docker("run", "--rm", "--volume", f"{volume}:/bed", "--entrypoint", "sh", IMAGE, "-c", script)


def _network(mark):
    """Make a network of addresses that the engines of the servers do not use themselves."""
    for part in range(100):
        third = (os.getpid() + part) % 250
        made_it = subprocess.run(
            ["docker", "network", "create", "--subnet", f"10.213.{third}.0/24", mark], capture_output=True, check=False
        )
        if made_it.returncode == 0:
            return
    raise AssertionError(made_it.stderr.decode())


def _server(name, mark, volume, options, network=""):
    container = f"{mark}-{name}"
    words = ("--privileged", "--network", network or mark, "--hostname", name, "--name", container)
    words = (*words, "--volume", f"{volume}:/bed", "--env", "AUTHORIZED_KEY=", "--entrypoint", "tini")
    docker("run", "--detach", *words, IMAGE, "--", "bash", "-c", LINKED, "server", mark, *options)
    address = docker("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", container)
    return Server(name, container, address)


def _await(server):
    end = time.monotonic() + READY
    while subprocess.run(
        ["docker", "exec", server.container, "docker", "info"], capture_output=True, check=False
    ).returncode:
        assert time.monotonic() < end, f"the engine of {server.name} does not start: {docker('logs', server.container)}"
        time.sleep(0.2)


def _host_key(server):
    return server.run("cat", "/etc/ssh/ssh_host_ed25519_key.pub")


def _remove(mark, volume):
    docker("rm", "--force", "--volumes", *(f"{mark}-{name}" for name in NAMES), check=False)
    docker("network", "rm", mark, check=False)
    # Nobody waits for it.
    words = ("--rm", "--detach", "--volume", f"{volume}:/bed", "--entrypoint", "sh")
    docker("run", *words, IMAGE, "-c", f"rm -rf /bed/*-{mark}", check=False)
