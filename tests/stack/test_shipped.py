"""The stack that is shipped: contract and policy find nothing, and the correct form of every fault stands."""

import shutil

import pytest

from envfence import sources
from envfence.check import Options, check
from envfence.config import Nearest
from envfence.contract import command, files
from envfence.finding import ERROR
from envfence.stack.entries import mount, published
from envfence.stack.pairs import declared
from envfence.stack.tree import read

from ..docker.system import FILES, IMAGES, ROOT, told

PINNED = f"registry.example.com/image:1.2.3@sha256:{'5e' * 32}"
SERVERS = {
    "DB_HOST": "10.{n}.0.3",
    "REDIS_HOST": "10.{n}.0.3",
    "DB_SSLMODE": "verify-full",
    "REDIS_TLS": "true",
    "INFLUXDB_URL": "https://influxdb{n}.example.com:8086",
    "BACKEND_URL": "https://api{n}.example.com:8000",
    "FRONTEND_URL": "https://www{n}.example.com:8080",
    "GRAFANA_URL": "https://grafana{n}.example.com:3000",
    "AIRFLOW_URL": "https://airflow{n}.example.com:8081",
    "CORS_ORIGINS": "https://www{n}.example.com:8080",
    "BIND_ADDRESS": "10.{n}.0.3",
    "BACKEND_HOST": "10.{n}.0.4",
    "AIRFLOW_HOST": "10.{n}.0.5",
    "AIRFLOW_PORT": "8081",
    "BACKEND_IMAGE": PINNED,
    **dict.fromkeys(IMAGES, PINNED),
}


@pytest.fixture(scope="module")
def trees():
    """Return {path: tree} of the compose files."""
    paths = {path for stack in FILES.values() for path in stack}
    return {path: read(path, (ROOT / path).read_text(encoding="utf-8")) for path in paths}


@pytest.fixture(scope="module")
def services(trees):
    """Return [(path, name, node)] of every service of every compose file."""
    return [(path, *one) for path, tree in trees.items() for one in tree.at("services").mapping.items()]


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Return a folder with the stack, the contract, the settings of this repository, and its three environments."""
    shutil.copytree(ROOT / "stack", tmp_path / "stack", ignore=shutil.ignore_patterns("__pycache__", "tests", ".venv"))
    for name in (".env.example", ".gitignore", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    told(tmp_path, "development", "stock", dict.fromkeys(IMAGES, "") | {"BACKEND_IMAGE": ""})
    for number, name in enumerate(("staging", "production"), 1):
        told(tmp_path, name, "stock", {key: value.format(n=number) for key, value in SERVERS.items()})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_contract_and_policy_find_nothing(root):
    assert [str(one) for one in command.checked(".", None, "port")] == []


def test_no_value_of_one_environment_is_written_down(root):
    report = check(sources.from_paths(["stack", ".env.example"]), Options())
    errors = [one for one in report.findings if one.severity == ERROR]
    assert [f"{one.path}:{one.line} {one.rule}" for one in errors] == []


@pytest.mark.parametrize("key", ("POSTGRES_IMAGE", "PROXY_IMAGE", "AIRFLOW_IMAGE"))
def test_a_floating_tag_is_refused_on_servers(key, root):
    told(
        root, "production", "stock", {**{key: value.format(n=2) for key, value in SERVERS.items()}, key: "image:latest"}
    )
    assert {one.rule for one in command.checked(".", None, "port")} == {"stack-floating-image"}


def test_settings_name_the_stack_of_every_environment():
    stacks = Nearest().of(str(ROOT / files.CONTRACT)).stacks
    assert dict(declared(stacks, "")) == FILES


def test_only_overrides_publish_and_mount_source(trees):
    base = trees["stack/docker-compose.yml"].at("services").mapping
    assert [name for name, service in base.items() if service.at("ports").items] == []
    sources_of = {mount(item).source for service in base.values() for item in service.at("volumes").items}
    assert [source for source in sources_of if source.startswith("./backend")] == []


def test_bind_mounts_are_read_only_and_labelled_for_selinux(services):
    mounts = [mount(item) for _, _, node in services for item in node.at("volumes").items]
    binds = [one for one in mounts if one.is_bind]
    assert len(binds) >= 10
    assert [one for one in binds if not (one.read_only and one.label == "z")] == []


def test_ports_are_published_on_one_address(services):
    ports = [(path, published(item)) for path, _, node in services for item in node.at("ports").items]
    assert {port.address for path, port in ports if path.endswith("dev.yml")} == {"127.0.0.1"}
    assert {port.address for path, port in ports if path.endswith("prod.yml")} == {"${BIND_ADDRESS:?}"}


def test_roles_of_servers_are_told_apart(services):
    """A role on a machine of its own starts nothing of another's: whatever it waits for may be elsewhere."""
    waits = [
        (path, name, other)
        for path, name, node in services
        for other, wait in node.at("depends_on").mapping.items()
        if path.endswith("prod.yml") and wait.at("required").text != "false"
    ]
    assert waits == []
    profiles = {name: node.at("profiles").items for path, name, node in services if path.endswith("prod.yml")}
    base = {name for path, name, _ in services if path == "stack/docker-compose.yml"}
    assert {name for name, of in profiles.items() if len(of) == 1} == base
