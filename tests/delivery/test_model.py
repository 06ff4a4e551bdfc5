"""The compose files of a release: keys in place of values, and each host its own part."""

import copy
import shutil

import pytest

from envfence.contract.readers import compose_reader
from envfence.delivery.changes import env_files
from envfence.delivery.releases import model as models
from envfence.delivery.releases import rendering
from envfence.delivery.servers.fleet import made
from envfence.errors import FenceError

BASE = """\
name: shop-${ENVIRONMENT:?}
services:
  store:
    image: ${STORE_IMAGE:?locked}
    profiles: [data]
    environment: {PASSWORD: "${DB_PASSWORD:?}", DEBUG: "${DEBUG:-off}", COST: "5$$"}
    volumes: ["data:/data", "${CERTIFICATES:-./tls}/server:/tls:ro,z", "./store:/etc/store:ro"]
    networks: [inside]
  web:
    build: {context: web}
    image: ${WEB_IMAGE:-shop/web:local}
    container_name: web
    environment: [DB_HOST, "TOKEN=${TOKEN:?}"]
    ports: ["${BIND_ADDRESS:?}:${WEB_PORT:-80}:80"]
    volumes: ["./flows:/flows/current:ro", "./web.conf:/etc/web.conf:ro"]
    networks: [inside]
    depends_on:
      store: {condition: service_healthy, required: false}
      index: {condition: service_completed_successfully}
      migrate: {condition: service_completed_successfully, required: false}
  index: {image: "tools:1.0", networks: [inside], environment: {INDEX: "${INDEX:-}"}}
  migrate: {image: "${WEB_IMAGE:-shop/web:local}", profiles: [once], networks: [inside]}
networks: {inside: {}, outside: {}}
volumes: {data: {}}
"""
OVER = "services: {web: {environment: {EXTRA: '${EXTRA:?}'}}}\n"
TABLE = {
    "root": "/opt/shop",
    "bind": "BIND_ADDRESS",
    "migrate": "migrate",
    "roles": {"data": {"host": "DB_HOST", "services": ["store"]}, "app": {"host": "WEB_HOST", "services": ["web"]}},
}
VALUES = {
    "DB_HOST": "10.0.0.1", "WEB_HOST": "10.0.0.2", "DB_PASSWORD": "a'b\"c$d", "TOKEN": "t", "EXTRA": "two words",
    "BIND_ADDRESS": "192.0.2.1", "STORE_IMAGE": "x", "WEB_PORT": "8080", "UNUSED": "x",
}  # fmt: skip
FLEET = made("production", TABLE, VALUES)
DB, WEB = FLEET.hosts

pytestmark = pytest.mark.skipif(not shutil.which("docker"), reason="needs the client of compose, no engine")


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """Return the model of the two files, asked with variables around that are not to be seen."""
    root = tmp_path_factory.mktemp("model")
    for name, text in (("a.yml", BASE), ("b.yml", OVER)):
        (root / name).write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for key in ("DB_HOST", "TOKEN", "ENVIRONMENT"):
            patch.setenv(key, "seen")
        return rendering.asked([str(root / "a.yml"), str(root / "b.yml")])


@pytest.fixture
def model(asked):
    """Return it as a release has it."""
    return models.released(copy.deepcopy(asked), "shop-production")


def test_a_model_holds_keys_and_no_value(model):
    text = models.text(model).decode()
    assert "seen" not in text
    assert (model["name"], model["services"]["store"]["environment"]) == (
        "shop-production",
        {"PASSWORD": "${DB_PASSWORD:?}", "DEBUG": "${DEBUG:-off}", "COST": "5$$"},
    )
    web = model["services"]["web"]
    assert web["environment"] == {"DB_HOST": None, "TOKEN": "${TOKEN:?}", "EXTRA": "${EXTRA:?}"}
    assert web["ports"] == ["${BIND_ADDRESS:?}:${WEB_PORT:-80}:80"]
    assert (web["image"], web["pull_policy"], "build" in web, "container_name" in web) == (
        "${WEB_IMAGE:?}", "never", False, False,
    )  # fmt: skip
    assert model["networks"] == {"inside": {}} or model["networks"] == {"inside": {}, "outside": {}}


def test_a_path_that_a_key_begins_is_a_path(model):
    (mount,) = (one for one in model["services"]["store"]["volumes"] if one["target"] == "/tls")
    assert (mount["type"], mount["source"], mount["read_only"]) == ("bind", "${CERTIFICATES:-./tls}/server", True)


def test_images_are_named_by_keys_their_own_or_made_ones(model, asked):
    assert models.images_of(model) == {
        "store": "STORE_IMAGE", "web": "WEB_IMAGE", "index": "INDEX_IMAGE", "migrate": "WEB_IMAGE",
    }  # fmt: skip
    defaults = {name: models.default_image(one) for name, one in asked["services"].items()}
    assert defaults == {"store": "", "web": "shop/web:local", "index": "tools:1.0", "migrate": "shop/web:local"}


def test_mounts_are_named_for_what_they_hold_and_a_swapped_one_for_its_link(model):
    found = {mount.name: mount for mount, _ in models.mounts(model)}
    assert {name: (one.source, one.is_swapped) for name, one in found.items()} == {
        "store": ("store", False), "flows": ("flows", True), "web-conf": ("web.conf", False),
    }  # fmt: skip
    digests = {"store": "1a", "flows": "2b", "web.conf": "3c"}
    pinned = models.pinned(model, digests, {"web.conf"})
    mounted = {
        one["target"]: one["source"] for service in pinned["services"].values() for one in service.get("volumes", ())
    }
    assert mounted == {
        "/data": "data", "/tls": "${CERTIFICATES:-./tls}/server", "/etc/store": "./files/store-1a",
        "/flows": "./files/flows", "/etc/web.conf": "./files/web-conf-3c/web.conf",
    }  # fmt: skip
    assert found["flows"].folder("2b") == "files/flows/2b"


def test_a_host_gets_its_services_and_what_has_to_end_before_them(model):
    assert models.services_on(model, FLEET, DB) == ("store",)
    assert models.services_on(model, FLEET, WEB) == ("web", "index", "migrate")
    own = models.sliced(model, FLEET, WEB)
    assert not any("depends_on" in service for service in own["services"].values())  # a rollout has its own order
    assert set(models.after(model)["web"]) == {"store", "index", "migrate"}
    assert ("profiles" in own["services"]["web"], own["services"]["migrate"]["profiles"]) == (False, ["once"])
    assert "volumes" not in own
    assert "profiles" not in models.sliced(model, FLEET, DB)["services"]["store"]
    assert models.migrating(model, FLEET) == WEB


def test_a_host_gets_the_keys_of_its_services_and_no_other(model):
    db = env_files.for_host(model, FLEET, DB, VALUES)
    assert db.keys == ("BIND_ADDRESS", "COMPOSE_PROFILES", "DB_PASSWORD")
    assert b"BIND_ADDRESS=10.0.0.1\nCOMPOSE_PROFILES=data\n" in db.data
    web = env_files.for_host(model, FLEET, WEB, VALUES)
    assert web.keys == ("BIND_ADDRESS", "COMPOSE_PROFILES", "DB_HOST", "EXTRA", "TOKEN", "WEB_PORT")
    assert db.name != web.name


def test_an_address_that_is_a_name_needs_one_to_publish_on(model):
    named = made("production", TABLE, {**VALUES, "DB_HOST": "db.example.com"})
    assert b"BIND_ADDRESS=192.0.2.1\n" in env_files.for_host(model, named, named.hosts[0], VALUES).data
    with pytest.raises(FenceError, match="db: its address is a name, so BIND_ADDRESS has to say"):
        env_files.for_host(model, named, named.hosts[0], {**VALUES, "BIND_ADDRESS": ""})


@pytest.mark.parametrize(
    "value",
    (
        "plain", "",
        "two words", "it's", '"quoted"', "a'b\"c", "$HOME ${X} $$", "back\\slash\\", "# no comment", "x #y",
        "two\nlines", "한글", "  blanks  ", "a=b", "\\'", "tab\there",
    ),
)  # fmt: skip
def test_a_value_arrives_as_it_is(value):
    one = env_files.made({"BEFORE": "1", "KEY": value, "AFTER": "2"})
    read = compose_reader.values_of(compose_reader.entries(one.data.decode(), {}))
    assert read == {"BEFORE": "1", "KEY": value, "AFTER": "2"}
    assert one.data.count(b"\n") == 3


@pytest.mark.parametrize(
    ("text", "said"),
    (
        pytest.param(
            "secrets: {s: {file: ./s}}\n", "secrets: a file of this machine is not on a server", id="a secret"
        ),
        pytest.param("services: {a: {image: 'x:1'}\n", "compose refuses", id="no yaml"),
    ),
)
def test_what_a_server_could_not_run_is_refused(tmp_path, text, said):
    file = tmp_path / "compose.yml"
    file.write_text(
        text + ("" if "services" in text else "services: {a: {image: 'x:1', secrets: [s]}}\n"), encoding="utf-8"
    )
    with pytest.raises(FenceError, match=said):
        models.released(rendering.asked([str(file)]), "shop")


def test_a_service_that_is_not_there_is_said(model):
    table = {**TABLE, "roles": {"data": {"host": "DB_HOST", "services": ["stor"]}}}
    fleet = made("production", table, VALUES)
    with pytest.raises(FenceError, match="the compose files have no service stor"):
        models.services_on(model, fleet, fleet.hosts[0])
