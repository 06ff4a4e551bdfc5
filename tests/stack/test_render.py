"""Base and override merged: as docker compose itself merges them where there is a client, and by table everywhere."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from envfence.stack.entries import Mount, Port, mount, published
from envfence.stack.render import is_unknown, names_in, rendered
from envfence.stack.tree import Node, read


def plain(node):
    """Return a tree without its places."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    return [plain(child) for child in node.value] if isinstance(node.value, list) else node.value


def merged(base, other, values=None, known=()):
    layers = [read("base.yml", base), read("other.yml", other)]
    return rendered("production", layers, values or {}, lambda name: name in known)


def service(text, name="app"):
    """Return a file with one service, its lines indented."""
    return f"services:\n  {name}:\n" + "".join(f"    {line}\n" for line in text.splitlines())


CASES = [
    pytest.param("image: a\ncommand: [x, y]", "image: b\ncommand: z", id="scalars and commands are replaced"),
    pytest.param('image: a\nports: ["5432:5432"]', 'ports: ["5435:5432"]', id="ports are joined"),
    pytest.param('image: a\nports: ["5432:5432"]', 'ports: ["5432:5432/tcp"]', id="one port written twice"),
    pytest.param(
        'image: a\nports: ["5432:5432"]', "ports: [{target: 5432, published: 5432}]", id="short and long port"
    ),
    pytest.param('image: a\nports: ["5432:5432"]', 'ports: ["127.0.0.1:5432:5432"]', id="two addresses"),
    pytest.param('image: a\nports: ["5432:5432"]', 'ports: !override ["5435:5432"]', id="ports overridden"),
    pytest.param('image: a\nports: ["5432:5432"]', "ports: !reset []", id="ports reset"),
    pytest.param('image: a\nports: ["5432:5432"]', "ports: []", id="an empty list takes nothing away"),
    pytest.param(
        "image: a\nvolumes: [./a:/x, ./b:/y]", "volumes: [./c:/x]", id="a mount of the same target is replaced"
    ),
    pytest.param("image: a\nvolumes: [./a:/x]", "volumes: [{type: bind, source: ./c, target: /x}]", id="long mount"),
    pytest.param("image: a\nvolumes: [./a:/x]", "volumes: []", id="an empty list keeps the mount"),
    pytest.param("image: a\nenvironment: [A=1, B]", "environment: {A: 2, C: 3}", id="environment as list and mapping"),
    pytest.param("image: a\nlabels: [a=1]", "labels: {b: 2}", id="labels"),
    pytest.param("image: a\nbuild: .", "build: {context: ./sub, args: [A=1]}", id="build in short"),
    pytest.param("image: a\nbuild: {context: ., args: [A=1, B=2]}", "build: {args: {A: 3}}", id="build arguments"),
    pytest.param("image: a\ndns: 1.1.1.1", "dns: [8.8.8.8]", id="one or many"),
    pytest.param(
        "image: a\nhealthcheck: {test: [CMD, a], interval: 5s}", "healthcheck: {test: [CMD, b]}", id="healthcheck"
    ),
    pytest.param(
        "image: a\nlogging: {driver: json-file, options: {max-size: 1m}}",
        "logging: {driver: local, options: {max-file: '2'}}",
        id="options of another logging driver",
    ),
    pytest.param(
        "image: a\nlogging: {driver: local, options: {max-size: 1m}}",
        "logging: {options: {max-file: '2'}}",
        id="logging",
    ),
    pytest.param("image: a\ndeploy: {resources: {limits: {memory: 1g}}}", "deploy: {replicas: 2}", id="deploy"),
    pytest.param("image: a\nsecurity_opt: [a:1]", "security_opt: [b:1]", id="other lists are joined"),
    pytest.param("image: a\nprofiles: [x]", "profiles: [y]\nrestart: always", id="profiles"),
    pytest.param("image: a${X:-1}\nuser: ${Y-}", "working_dir: /${Z:+z}$$", id="interpolation"),
    pytest.param("<<: {image: a, user: b}\nimage: c", "user: d", id="merge keys"),
    pytest.param("image: a\nuser: b", "user: !reset null", id="a reset scalar"),
    pytest.param("image: a\nuser: b", "user:", id="nothing"),
]


@pytest.mark.docker
@pytest.mark.parametrize(("base", "other"), CASES)
def test_model_is_that_of_docker_compose(base, other, write):
    empty = dict.fromkeys((".env.a", ".env.b", "sub/x", "Dockerfile"), "")
    folder = write({"base.yml": service(base), "other.yml": service(other), **empty})
    theirs = compose(folder, "base.yml", "other.yml")["services"]["app"]
    ours = plain(merged(service(base), service(other)).model)["services"]["app"]
    assert comparable(ours, folder) == comparable(theirs, folder)


@pytest.mark.docker
def test_env_files_are_joined_as_docker_compose_does(write):
    base, other = service("image: a\nenv_file: .env.a"), service("env_file: [.env.b, {path: .env.c, required: false}]")
    folder = write({"base.yml": base, "other.yml": other, ".env.a": "A=1", ".env.b": "B=2"})
    assert compose(folder, "base.yml", "other.yml")["services"]["app"]["environment"] == {"A": "1", "B": "2"}
    ours = plain(merged(base, other).model)["services"]["app"]["env_file"]
    assert ours == [".env.a", ".env.b", {"path": ".env.c", "required": "false"}]


def compose(folder, *names):
    """Return what `docker compose config` makes of files; skip where there is no client, unless it is required."""
    docker = shutil.which("docker")
    files = [part for name in names for part in ("-f", name)]
    command = ["docker", "compose", "-p", "x", *files, "--profile", "*", "config", "--format", "json"]
    has_client = (
        docker and subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode == 0
    )
    if not has_client:
        assert os.environ.get("ENVFENCE_DOCKER") != "required", "docker compose is required and not there"
        pytest.skip("no docker compose client here")
    out = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=True)
    return json.loads(out.stdout)


def comparable(one, folder):
    """Return a service in one spelling: compose resolves paths and writes everything in long form."""
    known = {key: value for key, value in one.items() if value not in (None, [], {}, "")}
    known.pop("networks", None)
    for key in ("command", "entrypoint", "dns", "profiles"):
        if key in known:
            known[key] = known[key] if isinstance(known[key], list) else [known[key]]
    if "volumes" in known:
        known["volumes"] = sorted((_path(one, folder), target) for one, target in map(_mount, known["volumes"]))
    if "ports" in known:
        known["ports"] = sorted({tuple(_port(item)) for item in known["ports"]})
    if "build" in known:
        known["build"] = {**known["build"], "context": _path(known["build"]["context"], folder)}
        known["build"].pop("dockerfile", None)
    known.pop("env_file", None)  # compose reads it into `environment` and lists it no more
    known.get("deploy", {}).pop("placement", None)
    return json.loads(json.dumps(known).replace("1073741824", "1g").replace("$$", "$"), parse_int=str)


def _path(path, folder):
    return Path(os.path.relpath(folder / path, folder)).as_posix()


def _mount(item):
    if isinstance(item, dict):
        return item["source"], item["target"]
    source, _, target = item.partition(":")
    return source, target


def _port(item):
    if isinstance(item, dict):
        port = Port(item.get("host_ip", ""), str(item["published"]), str(item["target"]), item.get("protocol", "tcp"))
    else:
        port = published(Node(item, "", 1))
    return port


def test_every_value_knows_its_file_and_line():
    stack = merged(service("image: a\nuser: b"), service("user: c\nports:\n- '1:1'"))
    app = stack.services["app"]
    assert (app.path, app.line) == ("base.yml", 2)
    assert [(node.path, node.line) for node in (app.at("image"), app.at("user"), *app.at("ports").items)] == [
        ("base.yml", 3),
        ("other.yml", 3),
        ("other.yml", 5),
    ]


def test_a_key_known_elsewhere_is_shown_as_a_mark():
    stack = merged(service("image: a:${TAG:?}-${NAME}-${GONE}"), service("user: u"), {"NAME": "n"}, {"TAG"})
    image = stack.services["app"].at("image").text
    assert is_unknown(image)
    assert image.endswith("-n-")


def test_a_text_that_compose_refuses_is_left_as_it_is():
    assert merged(service("image: '${'"), service("user: u")).services["app"].at("image").text == "${"
    assert names_in("${") == []


def test_extends_of_the_same_files_is_followed():
    text = "services:\n  a: {image: x, user: u}\n  b: {extends: a, user: v}\n  c: {extends: {service: b}}\n"
    stack = rendered("", [read("base.yml", text)], {}, lambda _: False)
    assert {name: (one.at("image").text, one.at("user").text) for name, one in stack.services.items()} == {
        "a": ("x", "u"),
        "b": ("x", "v"),
        "c": ("x", "v"),
    }


@pytest.mark.parametrize(
    "text", ("services: {a: {extends: a}}", "services: {a: {extends: {file: other.yml, service: a}}}")
)
def test_extends_of_itself_or_of_another_file_is_left(text):
    stack = rendered("", [read("base.yml", text)], {}, lambda _: False)
    assert "extends" in stack.services["a"].mapping


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("data:/var/lib", Mount("data", "/var/lib", read_only=False, is_bind=False), id="named"),
        pytest.param("/var/lib", Mount("", "/var/lib", read_only=False, is_bind=False), id="anonymous"),
        pytest.param("./a:/x/:ro,z", Mount("./a", "/x", read_only=True, is_bind=True, label="z"), id="read only"),
        pytest.param("./a:/", Mount("./a", "/", read_only=False, is_bind=True), id="root"),
        pytest.param("C:\\a:/x", Mount("C:\\a", "/x", read_only=False, is_bind=True), id="Windows"),
        pytest.param("${A:-./a}:/x", Mount("${A:-./a}", "/x", read_only=False, is_bind=True), id="reference"),
    ),
)
def test_mount(text, expected):
    assert mount(Node(text, "", 1)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("8000", Port("", "", "8000", "tcp"), id="container only"),
        pytest.param("80:8000/udp", Port("", "80", "8000", "udp"), id="protocol"),
        pytest.param("127.0.0.1:80:8000", Port("127.0.0.1", "80", "8000", "tcp"), id="address"),
        pytest.param("127.0.0.1::8000", Port("127.0.0.1", "", "8000", "tcp"), id="any port of an address"),
        pytest.param("[::1]:80:8000", Port("::1", "80", "8000", "tcp"), id="IPv6"),
        pytest.param("${A:-1}:${B:?x/y}:${C}", Port("${A:-1}", "${B:?x/y}", "${C}", "tcp"), id="references"),
    ),
)
def test_port(text, expected):
    assert published(Node(text, "", 1)) == expected
