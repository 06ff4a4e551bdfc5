"""Between machines everything is encrypted: servers with the certificates that the README tells how to make."""

import re

import pytest

from ..documents import blocks_of
from .system import IMAGES, docker, made, private_address, run

pytestmark = pytest.mark.docker

GUIDE = "stack/tls/README.md"
EVERYBODY = 0o755


@pytest.fixture(scope="module")
def certificates(engine, tmp_path_factory):
    """Return a folder with what the README's commands make, for the address that servers here have."""
    folder = tmp_path_factory.mktemp("tls")
    for name in ("authority", "server"):
        (folder / name).mkdir()
    (commands,) = (text for _, language, text in blocks_of(GUIDE) if language == "sh")
    assert commands.count("192.0.2.3") == 1
    commands = commands.replace("192.0.2.3", private_address())
    mount = ["--volume", f"{folder}:/made", "--workdir", "/made", "--entrypoint", "sh"]
    docker("run", "--rm", *mount, IMAGES["REDIS_IMAGE"], "-euc", commands)
    folder.chmod(EVERYBODY)
    assert (folder / "server/tls.key").stat().st_mode & 0o777 == 0o600
    return folder


@pytest.fixture(scope="module")
def encrypted(development, certificates, tmp_path_factory):
    """Return a production stack whose programs reach its stores by the machine's address, as other machines do."""
    address, image = private_address(), development.values["BACKEND_IMAGE"]
    system = made(tmp_path_factory.mktemp("encrypted"), "production", BACKEND_IMAGE=image)
    text = (system.root / ".env.production").read_text(encoding="utf-8")
    for key, value in {
        "DB_HOST": address,
        "DB_PORT": system.values["DB_PUBLISH_PORT"],
        "DB_SSLMODE": "verify-full",
        "REDIS_HOST": address,
        "REDIS_PORT": system.values["REDIS_PUBLISH_PORT"],
        "REDIS_TLS": "true",
        "INFLUXDB_URL": f"https://{address}:{system.values['INFLUXDB_PUBLISH_PORT']}",
        "TLS_DIRECTORY": str(certificates),
        "COMPOSE_PROFILES": "data,app",
    }.items():
        text, count = re.subn(rf"^{key}=.*$", f"{key}={value}", text, flags=re.MULTILINE)
        assert count == 1, key
        system.values[key] = value
    (system.root / ".env.production").write_text(text, encoding="utf-8")
    try:
        system.compose("up", "-d", "--wait", "postgres", "redis", "influxdb")
        system.compose("run", "--rm", "--no-deps", "migrate")
        system.compose("run", "--rm", "--no-deps", "db-roles")
        system.compose("up", "-d", "--wait")
        yield system
    finally:
        system.down()


def test_programs_reach_every_store(encrypted, call):
    status, health = call(encrypted.url("BACKEND_URL", "/health/ready"))
    assert (status, set(health["checks"].values())) == (200, {"ok"})


def test_metrics_arrive_where_the_authority_is_checked(encrypted, inside):
    script = (
        "from app.config import get_settings; import httpx2, ssl; s = get_settings();"
        "context = ssl.create_default_context(cafile=s.authority);"
        "print(httpx2.get(s.INFLUXDB_URL + '/ping', verify=context).status_code)"
    )
    assert inside(encrypted.container("backend"), "python", "-c", script).strip() == "204"


def test_connections_are_encrypted(encrypted, inside):
    query = (
        "from sqlalchemy import text; from app.database import get_engine; c = get_engine().connect();"
        "print(c.scalar(text('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')))"
    )
    assert inside(encrypted.container("backend"), "python", "-c", query).strip() == "True"


def client(system, image, command, *environ):
    """Run a client on no network of the stack, as another machine would be; return its code and what it says."""
    options = [part for one in environ for part in ("--env", one)]
    volume = f"{system.values['TLS_DIRECTORY']}/authority:/authority:ro"
    code, out, error = run(
        ["docker", "run", "--rm", "--volume", volume, *options, IMAGES[image], *command], system.root
    )
    return code, out + error


@pytest.mark.parametrize(
    ("options", "said"),
    (
        pytest.param("sslmode=verify-full sslrootcert=/authority/ca.crt", "1", id="trusts the authority"),
        pytest.param("sslmode=disable", "no encryption", id="in clear"),
        pytest.param("sslmode=verify-full sslrootcert=system", "certificate verify failed", id="trusts others"),
    ),
)
def test_postgresql_talks_to_other_machines_encrypted_only(encrypted, options, said):
    values = encrypted.values
    place = f"host={values['DB_HOST']} port={values['DB_PORT']} user={values['DB_USER']} dbname={values['DB_NAME']}"
    command = ["psql", "--tuples-only", "--no-align", "--command", "SELECT 1", f"{place} {options}"]
    code, text = client(encrypted, "POSTGRES_IMAGE", command, f"PGPASSWORD={values['DB_PASSWORD']}", "HOME=/tmp")
    assert ((code == 0), said in text) == (said == "1", True), text


@pytest.mark.parametrize(
    ("options", "said"),
    (
        pytest.param("--tls --cacert /authority/ca.crt", "PONG", id="trusts the authority"),
        pytest.param("", "closed the connection|reset by peer", id="in clear"),
        pytest.param("--tls", "certificate verify failed", id="trusts others"),
    ),
)
def test_redis_talks_to_other_machines_encrypted_only(encrypted, options, said):
    values = encrypted.values
    command = ["redis-cli", "-h", values["REDIS_HOST"], "-p", values["REDIS_PORT"], *options.split(), "ping"]
    _, text = client(encrypted, "REDIS_IMAGE", command, f"REDISCLI_AUTH={values['REDIS_PASSWORD']}")
    assert re.search(said, text), text


def test_a_store_without_its_certificate_does_not_start(encrypted):
    text = (encrypted.root / ".env.production").read_text(encoding="utf-8")
    bare = encrypted.root / ".env.bare"
    bare.write_text(re.sub("^TLS_DIRECTORY=.*$", "TLS_DIRECTORY=", text, flags=re.MULTILINE), encoding="utf-8")
    files = ["-f", "stack/docker-compose.yml", "-f", "stack/docker-compose.prod.yml"]
    command = ["docker", "compose", "--env-file", bare.name, *files, "run", "--rm", "--no-deps", "-T", "postgres"]
    code, _, said = run(command, encrypted.root, f"{encrypted.project}-bare")
    assert code != 0
    assert "tls.crt" in said
    run(["docker", "compose", "-p", f"{encrypted.project}-bare", "down", "-v"], encrypted.root)
