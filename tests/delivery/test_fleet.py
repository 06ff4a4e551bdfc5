"""The servers of an environment, from the settings and the values of the contract."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from envfence.config import parsed
from envfence.contract.grammar import contract_of
from envfence.delivery.servers import fleet as fleets
from envfence.delivery.servers.fleet import Host, made
from envfence.environments import SERVER_KEYS
from envfence.errors import FenceError

ROLES = {
    "data": {"host": "DB_HOST", "services": ["postgres"]},
    "app": {"host": ["BACKEND_HOST", "BACKEND_2_HOST"], "services": ["backend", "proxy"], "replicas": {"backend": 2}},
}
VALUES = {"DB_HOST": "10.0.0.1", "BACKEND_HOST": "10.0.0.2", "BACKEND_2_HOST": "10.0.0.3"}
TABLE = {"root": "/opt/shop", "roles": ROLES}


def test_hosts_are_named_for_their_keys_in_the_order_of_the_roles():
    fleet = made("production", TABLE, VALUES, "folder")
    assert fleet.hosts == (
        Host("db", "10.0.0.1", 22, "deploy", ("data",), ("postgres",)),
        Host("backend", "10.0.0.2", 22, "deploy", ("app",), ("backend", "proxy")),
        Host("backend-2", "10.0.0.3", 22, "deploy", ("app",), ("backend", "proxy")),
    )
    assert (Path(fleet.known_hosts).as_posix(), fleet.alias(fleet.hosts[0])) == (
        "folder/deploy/known_hosts",
        "production-db",
    )
    assert (fleet.replicas("backend"), fleet.replicas("proxy")) == (2, 1)
    assert [host.name for host in fleet.hosts_of("app")] == ["backend", "backend-2"]


def test_two_roles_at_one_address_are_one_host():
    fleet = made("production", TABLE, {**VALUES, "BACKEND_HOST": "10.0.0.1"})
    assert fleet.hosts[0] == Host("db", "10.0.0.1", 22, "deploy", ("data", "app"), ("postgres", "backend", "proxy"))
    assert len(fleet.hosts) == 2


def test_what_is_said_besides():
    table = {
        **TABLE,
        "user": "ship", "port": "SSH_PORT", "known-hosts": "pins", "bind": "BIND_ADDRESS", "migrate": "migrate",
        "after-migrate": ["roles"], "ready": {"backend": ["python", "-m", "probe"]}, "webhook": "SLACK_URL",
    }  # fmt: skip
    fleet = made("production", table, {**VALUES, "SSH_PORT": "2222"})
    assert {(host.user, host.port) for host in fleet.hosts} == {("ship", 2222)}
    assert (fleet.bind, fleet.migrate, fleet.after_migrate, fleet.webhook, fleet.known_hosts) == (
        "BIND_ADDRESS", "migrate", ("roles",), "SLACK_URL", "pins",
    )  # fmt: skip
    assert fleet.ready == {"backend": ("python", "-m", "probe")}


@pytest.mark.parametrize(
    ("table", "values", "said"),
    (
        pytest.param({}, {"DB_HOST": ""}, "DB_HOST, the address of the role data, has no value for", id="no address"),
        pytest.param({}, {"DB_HOST": "-oProxyCommand=x"}, "DB_HOST of production is no address", id="an option"),
        pytest.param({}, {"DB_HOST": "a;b"}, "DB_HOST of production is no address", id="two commands"),
        pytest.param({"root": "opt/shop"}, {}, "root must be the absolute path", id="a relative root"),
        pytest.param({"root": "/opt/a b"}, {}, "root must be the absolute path", id="a root with a space"),
        pytest.param({"root": "/opt/../etc"}, {}, "root must be the absolute path", id="a root that climbs"),
        pytest.param({"user": "a b"}, {}, "user must be the name", id="no user"),
        pytest.param({"roots": "/opt"}, {}, "unknown key 'roots'; the keys are after-migrate, bind,", id="unknown key"),
        pytest.param({"port": "SSH_PORT"}, {"SSH_PORT": "x"}, "SSH_PORT is no port", id="no port"),
        pytest.param({"roles": []}, {}, "roles must be a table", id="no roles"),
        pytest.param({"ready": {"backend": "true"}}, {}, "ready.backend must be a list of texts", id="no command"),
        pytest.param({"roles": {"data": {"host": "DB_HOST"}}}, {}, "roles.data: needs `host`", id="no services"),
        pytest.param(
            {"roles": {"data": {"host": "DB_HOST", "services": ["x"], "hosts": "x"}}}, {}, "unknown key 'hosts'",
            id="unknown key of a role",
        ),
        pytest.param(
            {"roles": {"data": {"host": "DB_HOST", "services": ["x"], "replicas": {"y": 2}}}}, {},
            "replicas must give services of this role a number", id="replicas of another role",
        ),
    ),
)  # fmt: skip
def test_what_cannot_be_is_said_before_anything_is_asked(table, values, said):
    with pytest.raises(FenceError) as error:
        made("production", {**TABLE, **table}, {**VALUES, **values})
    assert said in str(error.value)
    assert "ProxyCommand" not in str(error.value)


def test_settings_may_be_a_list_of_names_or_tables():
    names = parsed(b'environments = ["a", "b"]\n', "x", own=True)
    tables = parsed(b'[environments.a]\nroot = "/opt/a"\n[environments.b]\n', "x", own=True)
    assert (names.environments, names.fleets) == (("a", "b"), {})
    assert (tables.environments, tables.fleets) == (("a", "b"), {"a": {"root": "/opt/a"}})
    assert fleets.table_of(tables, "a") == {"root": "/opt/a"}
    with pytest.raises(FenceError, match=r"b has no servers: name them in \[tool.envfence.environments.b\]"):
        fleets.table_of(tables, "b")
    with pytest.raises(FenceError, match="environments must be a list of names, or a table with a table for each"):
        parsed(b'[environments]\na = "x"\n', "x", own=True)


def test_the_document_shows_settings_that_count(root):
    text = (root / "docs/servers.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    config = parsed(block.encode(), "pyproject.toml")
    addresses = {"DB_HOST": "10.0.0.1", "BACKEND_HOST": "10.0.0.2", "AIRFLOW_HOST": "10.0.0.3"}
    fleet = made("production", fleets.table_of(config, "production"), addresses)
    assert [host.name for host in fleet.hosts] == ["db", "backend", "airflow"]
    assert set(config.fleets["production"]) | {"port"} == SERVER_KEYS


def test_what_ci_gives_to_the_process_counts_where_the_file_says_nothing():
    contract = contract_of("DB_HOST=<DB_HOST>\nDB_PORT=<DB_PORT>\nDB_NAME=<DB_NAME>\n")
    target = SimpleNamespace(values={"DB_HOST": "10.0.0.1"}, contract=contract)
    given = fleets.values_of(target, {"DB_HOST": "10.0.0.9", "OTHER": "x", "DB_PORT": "5432", "DB_NAME": ""})
    assert given == {"DB_HOST": "10.0.0.1", "DB_PORT": "5432"}
