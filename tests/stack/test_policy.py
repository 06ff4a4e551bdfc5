"""The policy on stacks, rule by rule: what is found, and what only looks like it."""

import pytest

from envfence.stack import pairs
from envfence.stack.policy import Facts, findings
from envfence.stack.render import rendered
from envfence.stack.tree import read

FACTS = Facts(lambda key: "PASSWORD" in key, frozenset({"DB_HOST", "DB_PORT"}), frozenset({"DB_NAME", "DB_PASSWORD"}))


def found(*texts, environment="development", values=None, facts=FACTS):
    """Return rule, file and line of each finding of a stack; its files are a.yml, b.yml and so on."""
    layers = [read(f"{name}.yml", text) for name, text in zip("abc", texts, strict=False)]
    stack = rendered(environment, layers, values or {}, lambda key: key.isupper() and key != "UNSET")
    return [(finding.rule, finding.path[0], finding.line) for finding in findings(stack, facts)]


def service(text, name="app", image="image: app:1.0"):
    lines = [image, *text.splitlines()]
    return f"services:\n  {name}:\n" + "".join(f"    {line}\n" for line in lines if line)


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param(
            "depends_on: {gone: {condition: service_started}}", [("stack-refused", "a", 4)], id="no such service"
        ),
        pytest.param("depends_on: {gone: {condition: service_started, required: false}}", [], id="not required"),
        pytest.param("networks: {gone: }", [("stack-refused", "a", 4)], id="no such network"),
        pytest.param("networks: [default]", [], id="the default network"),
        pytest.param("volumes: [gone:/x]", [("stack-refused", "a", 4)], id="no such volume"),
        pytest.param("volumes: [{type: volume, source: gone, target: /x}]", [("stack-refused", "a", 4)], id="long"),
        pytest.param("volumes: [./x:/x, /x, '${X}:/y', {type: tmpfs, target: /z}]", [], id="no named volumes"),
        pytest.param("secrets: [gone]", [("stack-refused", "a", 4)], id="no such secret"),
        pytest.param("configs: [{source: gone, target: /x}]", [("stack-refused", "a", 4)], id="no such config"),
        pytest.param("extends: gone", [("stack-refused", "a", 4)], id="extends nothing"),
        pytest.param("extends: {service: gone, file: b.yml}", [], id="extends another file's"),
        pytest.param(
            "network_mode: host\nnetworks: [default]",
            [("stack-refused", "a", 4), ("stack-root", "a", 4)],
            id="network twice",
        ),
        pytest.param("ports: ['127.0.0.1:8o:80']", [("stack-refused", "a", 4)], id="no port"),
        pytest.param("volumes: /x", [("stack-refused", "a", 4)], id="no list"),
        pytest.param("hostname: '${DB_HOST'", [("stack-refused", "a", 4)], id="no reference"),
        pytest.param("hostname: '$${DB_HOST'", [], id="a dollar"),
        pytest.param(
            "ports: ['127.0.0.1:8000-8001:80-81/tcp', '127.0.0.1:${X}:80', '80']",
            [],
            id="ports",
        ),
        pytest.param("enviroment: {A: b}", [("stack-refused", "a", 4)], id="misspelt"),
        pytest.param("x-enviroment: {A: b}\nsome_day: 1", [], id="extensions, and what is new"),
        pytest.param("depends_on: {app: {condition: service_started}}", [("stack-refused", "a", 4)], id="itself"),
    ),
)
def test_what_compose_refuses(text, expected):
    assert found(service(text)) == expected


def test_a_placeholder_for_a_port_is_refused_as_one():
    text = service("ports: ['127.0.0.1:<port>:80']") + "  two: {image: 'app:1.0', ports: ['127.0.0.1:<port>:81']}\n"
    stack = rendered("development", [read("a.yml", text)], {}, lambda _: True)
    told = [(one.rule, one.line, one.advice.partition(",")[0]) for one in findings(stack, FACTS)]
    assert told == [("stack-refused", 4, "write the number"), ("stack-refused", 5, "write the number")]


def test_circles_are_refused():
    waits = "depends_on: {{{}: {{condition: service_healthy}}}}"
    one, two = service(waits.format("two"), "one"), service(waits.format("one"), "two").removeprefix("services:\n")
    three = service(waits.format("one"), "three").removeprefix("services:\n")
    assert found(one + two + three) == [("stack-refused", "a", 4), ("stack-refused", "a", 7)]


def test_links_wait_as_briefly_as_the_short_form():
    store = service("healthcheck: {test: x}", "db").removeprefix("services:\n")
    assert found(service("links: ['db:d']") + store) == [("stack-short-depends-on", "a", 4)]
    waits = "links: [db]\ndepends_on: {db: {condition: service_healthy}}"
    assert found(service(waits) + store) == []


@pytest.mark.parametrize("test", ("[CMD, 'true']", "exit 0", "[CMD-SHELL, ':']"))
def test_checks_that_always_pass(test):
    assert found(service(f"healthcheck: {{test: {test}}}")) == [("stack-weak-healthcheck", "a", 4)]
    assert found(service("healthcheck: {test: 'true && ask'}")) == []


def test_what_one_stack_builds_another_runs():
    build = read("b.yml", "context: .").at("context")
    facts = FACTS._replace(dockerfiles={"Dockerfile": "FROM x"}, builds={"app": build.holding({"context": build})})
    told = found(service(HARD), environment="production", facts=facts)
    assert [(rule, file) for rule, file, _ in told] == [("stack-root", "b")]


def test_a_service_without_image_is_refused():
    assert found(service("user: x", image="")) == [("stack-refused", "a", 2)]
    assert found(service("extends: {service: other, file: b.yml}", image="")) == []


@pytest.mark.parametrize(
    ("base", "override", "expected"),
    (
        pytest.param("volumes: [./x:/x]", "volumes: []", [("stack-empty-list", "b", 3)], id="empty"),
        pytest.param("environment: {A: b}", "environment: {}", [("stack-empty-list", "b", 3)], id="empty mapping"),
        pytest.param("volumes: [./x:/x]", "volumes:", [("stack-empty-list", "b", 3)], id="nothing"),
        pytest.param("volumes: [./x:/x]", "volumes: !reset []", [], id="reset"),
        pytest.param("user: x", "volumes: []", [], id="nothing to take away"),
        pytest.param("command: x", "command: []", [], id="a command is replaced"),
        pytest.param(
            "ports: ['127.0.0.1:1:80']", "ports: ['127.0.0.1:2:80']", [("stack-merged-ports", "b", 3)], id="two ports"
        ),
        pytest.param(
            "ports: ['127.0.0.1:8-9:80-81']", "ports: ['127.0.0.1:2:81']", [("stack-merged-ports", "b", 3)], id="range"
        ),
        pytest.param("ports: ['127.0.0.1:8-9:80-81']", "ports: ['127.0.0.1:9:81']", [], id="the same of a range"),
        pytest.param("ports: ['127.0.0.1:1:80']", "ports: !override ['127.0.0.1:2:80']", [], id="overridden"),
        pytest.param("ports: ['127.0.0.1:1:80']", "ports: ['127.0.0.1:2:81']", [], id="another port of the container"),
        pytest.param("ports: ['127.0.0.1:1:80']", "ports: ['127.0.0.1:1:80/udp']", [], id="another protocol"),
    ),
)
def test_merging(base, override, expected):
    assert found(service(base), service(override, image="")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("['8000:8000']", [4], id="short"),
        pytest.param("['8000']", [4], id="any port"),
        pytest.param("[8000]", [4], id="number"),
        pytest.param("['0.0.0.0:8000:8000', '[::]:8001:8000']", [4], id="said"),
        pytest.param("[{target: 8000, published: 8000}]", [4], id="long"),
        pytest.param("[{target: 8000, published: 8000, host_ip: 127.0.0.1}]", [], id="long and bound"),
        pytest.param("['127.0.0.1:8000:8000', '10.0.0.1:8001:8000', '[::1]:8002:8000']", [], id="bound"),
        pytest.param("['${BIND:?}:8000:8000']", [], id="bound by a key"),
        pytest.param("['${UNSET}:8000:8000']", [4], id="bound by a key without value"),
        pytest.param("['80:80', '443:443']", [], id="what the public asks for"),
    ),
)
def test_open_ports(text, expected):
    assert found(service(f"ports: {text}")) == [("stack-open-port", "a", line) for line in expected]


def test_a_proxy_may_be_open():
    assert found(service("ports: ['8443:8443']", image="image: traefik:3.1")) == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    (
        pytest.param("['127.0.0.1:1:80']", "['127.0.0.1:1:81']", True, id="same"),
        pytest.param("['127.0.0.1:${A}:80']", "['127.0.0.1:${A}:81']", True, id="one key"),
        pytest.param("['127.0.0.1:${A}:80']", "['127.0.0.1:${B}:81']", False, id="two keys"),
        pytest.param("['127.0.0.1:1:80']", "['127.0.0.2:1:81']", False, id="two addresses"),
        pytest.param("['127.0.0.1:1:80']", "['${BIND}:1:81']", False, id="an address that is not known"),
        pytest.param("['127.0.0.1:1:80']", "['127.0.0.1:1:81/udp']", False, id="two protocols"),
        pytest.param("['127.0.0.1::80']", "['127.0.0.1::80']", False, id="any port"),
        pytest.param("['127.0.0.1:8-10:80-82']", "['127.0.0.1:9:80']", True, id="in a range"),
        pytest.param("['127.0.0.1:8-10:80-82']", "['127.0.0.1:11:80']", False, id="beside a range"),
    ),
)
def test_port_clashes(one, other, expected):
    text = service(f"ports: {one}", "one") + service(f"ports: {other}", "two").removeprefix("services:\n")
    assert [rule for rule, _, _ in found(text)] == ["stack-port-clash"] * expected


def test_services_of_two_profiles_do_not_clash():
    text = service("ports: ['127.0.0.1:1:80']\nprofiles: [a]", "one") + service(
        "ports: ['127.0.0.1:1:80']\nprofiles: [b]", "two"
    ).removeprefix("services:\n")
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "image", "expected"),
    (
        pytest.param(
            "ports: ['127.0.0.1:${DB_PORT}:5432']",
            "image: postgres:17.1",
            True,
            id="published by the key that is dialled",
        ),
        pytest.param("ports: ['127.0.0.1:${DB_PORT}:${DB_PORT}']", "image: postgres:17.1", False, id="same inside"),
        pytest.param("ports: ['127.0.0.1:${DB_PUBLISH_PORT}:5432']", "image: postgres:17.1", False, id="own key"),
        pytest.param("ports: ['127.0.0.1:${DB_PORT}:5432']", "build: .", False, id="the program itself"),
    ),
)
def test_dialled_ports(text, image, expected):
    assert (("stack-dialled-port", "a", 4) in found(service(text, image=image))) is expected


@pytest.mark.parametrize(
    ("more", "expected"),
    (
        pytest.param("environment: {DB_PORT: 5432}", False, id="has its own"),
        pytest.param("environment: [DB_PORT=5432]", False, id="has its own, in a list"),
        pytest.param("environment: {DB_PORT: '${DB_PORT}'}", True, id="the same again"),
        pytest.param("environment: [DB_PORT]", True, id="passed through"),
        pytest.param("", True, id="of its env file"),
    ),
)
def test_a_port_that_containers_have_another_for_is_not_dialled(more, expected):
    database = service("ports: ['127.0.0.1:${DB_PORT}:5432']", "db", "image: postgres:17.1")
    app = service(f"env_file: .env\n{more}", "app").removeprefix("services:\n")
    assert ("stack-dialled-port" in {rule for rule, _, _ in found(database + app)}) is expected


@pytest.mark.parametrize(
    ("image", "expected"),
    (
        pytest.param("app:${TAG:-latest}", ["stack-floating-image"], id="a default that moves"),
        pytest.param("app:${TAG:-1.2.3}", [], id="a default that stays"),
        pytest.param("app:${TAG:?}", [], id="no default"),
    ),
)
def test_what_servers_run_where_a_key_is_forgotten(image, expected):
    text = service(HARD, image=f"image: {image}")
    assert [rule for rule, _, _ in found(text, environment="production")] == expected


@pytest.mark.parametrize(
    ("image", "expected"),
    (
        pytest.param("app", True, id="no tag"),
        pytest.param("registry:5000/app", True, id="no tag, a port"),
        pytest.param("app:latest", True, id="latest"),
        pytest.param("app:latest-pg15", True, id="latest of a line"),
        pytest.param("app:${TAG:-latest}", False, id="a key that is known"),
        pytest.param("app:${UNSET:-latest}", True, id="a default that moves"),
        pytest.param("${IMAGE}", False, id="a key"),
        pytest.param("app:1.2.3", False, id="version"),
        pytest.param("app@sha256:0123", False, id="digest"),
        pytest.param("app:latest@sha256:0123", False, id="digest beside a tag"),
        pytest.param("scratch", False, id="nothing to pull"),
    ),
)
def test_floating_images(image, expected):
    assert found(service("", image=f"image: {image}")) == [("stack-floating-image", "a", 3)] * expected


def test_an_image_built_for_development_needs_no_name():
    assert found(service("build: .", image="")) == []
    assert found(service("build: .", image="image: app")) == []


HARD = """\
restart: unless-stopped
init: true
security_opt: [no-new-privileges=true]
logging: {driver: local}
mem_limit: 1g
"""


@pytest.mark.parametrize(
    ("changes", "expected"),
    (
        pytest.param({}, [], id="all there"),
        pytest.param({"logging: {driver: local}": "logging: {options: {max-size: 1m}}"}, [], id="size given"),
        pytest.param(
            {"logging: {driver: local}": "logging: {driver: json-file}"}, ["stack-unlimited-logs"], id="size not given"
        ),
        pytest.param({"mem_limit: 1g": "deploy: {resources: {limits: {memory: 1g}}}"}, [], id="limit of deploy"),
        pytest.param({"mem_limit: 1g": ""}, ["stack-no-limits"], id="no limit"),
        pytest.param({"[no-new-privileges=true]": "[seccomp:x]"}, ["stack-new-privileges"], id="another option"),
        pytest.param(
            {"restart: unless-stopped": "deploy: {restart_policy: {condition: any}}"}, [], id="policy of deploy"
        ),
        pytest.param({"restart: unless-stopped": "restart: 'no'"}, [], id="said not to"),
        pytest.param({"restart: unless-stopped": "restart: always"}, ["stack-restart"], id="always"),
        pytest.param({"restart: unless-stopped": ""}, ["stack-restart"], id="not said"),
        pytest.param({"restart: unless-stopped": "profiles: [tools]"}, [], id="only on demand"),
        pytest.param({"restart: unless-stopped": "profiles: [data]"}, [], id="a task on demand"),
        pytest.param(
            {"restart: unless-stopped": "profiles: [data]\nhealthcheck: {test: [CMD, x]}"}, ["stack-restart"], id="role"
        ),
        pytest.param(
            {"restart: unless-stopped": "profiles: [debug]\nports: ['127.0.0.1:1:80']"}, [], id="a developer's"
        ),
        pytest.param({"init: true": ""}, [], id="somebody else's image"),
        pytest.param({"init: true": "build: ."}, ["stack-no-init"], id="own image"),
        pytest.param({"init: true": "build: ./tini"}, [], id="own image with an init"),
        pytest.param({"init: true": "init: true\nbuild: ./root"}, ["stack-root"], id="own image as root"),
        pytest.param({"init: true": "init: true\nbuild: ./root\nuser: '10001'"}, [], id="own image as another user"),
        pytest.param({"init: true": "user: '0:0'"}, ["stack-root"], id="root"),
        pytest.param({"init: true": "privileged: true"}, ["stack-root"], id="privileged"),
    ),
)
def test_hardening_of_a_server(changes, expected):
    text = HARD
    for old, new in changes.items():
        text = text.replace(old, new)
    facts = FACTS._replace(dockerfiles={"tini/Dockerfile": "ENTRYPOINT [tini]\nUSER x", "root/Dockerfile": "FROM x"})
    rules = [rule for rule, _, _ in found(service(text), environment="production", facts=facts)]
    assert rules == expected
    assert found(service("user: x")) == []  # a developer's machine needs none of it


@pytest.mark.parametrize(("image", "expected"), (("app:1.0", ["stack-no-init"]), ("other:1.0", [])))
def test_a_worker_on_the_image_that_another_service_builds_needs_an_init_too(image, expected):
    worker = service(HARD.replace("init: true\n", ""), "worker", f"image: {image}")
    text = service(f"{HARD}build: .") + worker.removeprefix("services:\n")
    assert [rule for rule, _, _ in found(text, environment="production")] == expected


def test_a_service_that_serves_comes_back():
    text = HARD.replace("restart: unless-stopped", "restart: 'no'")
    assert found(service(text), environment="production") == []
    told = found(service(text + "ports: ['127.0.0.1:1:80']"), environment="production")
    assert [rule for rule, _, _ in told] == ["stack-restart"]


def test_a_service_that_ends_is_not_restarted():
    text = service(HARD.replace("restart: unless-stopped\n", ""), "migrate") + service(
        f"{HARD}depends_on: {{migrate: {{condition: service_completed_successfully}}}}"
    ).removeprefix("services:\n")
    assert found(text, environment="production") == []


@pytest.mark.parametrize(
    ("text", "image", "expected"),
    (
        pytest.param("", "grafana/grafana:10.2.0", True, id="Grafana"),
        pytest.param(
            "environment: [GF_SECURITY_ADMIN_PASSWORD__FILE=/run/x]", "grafana/grafana:10.2.0", False, id="from a file"
        ),
        pytest.param("env_file: .env", "grafana/grafana:10.2.0", True, id="env file without it"),
        pytest.param(
            "environment: {MINIO_ROOT_PASSWORD: minioadmin}", "minio/minio:RELEASE", True, id="what is shipped"
        ),
        pytest.param("environment: [POSTGRES_PASSWORD=postgres]", "postgres:17.1", True, id="in a list"),
        pytest.param("environment: {POSTGRES_PASSWORD: '${PASSWORD}'}", "postgres:17.1", False, id="a key"),
        pytest.param("environment: {POSTGRES_HOST_AUTH_METHOD: trust}", "postgres:17.1", True, id="none asked"),
    ),
)
def test_default_logins(text, image, expected):
    rules = {rule for rule, _, _ in found(service(text, image=f"image: {image}"), values={"PASSWORD": "admin"})}
    assert ("stack-default-login" in rules) is expected


def test_an_env_file_may_hold_the_login():
    facts = FACTS._replace(given=frozenset({"GF_SECURITY_ADMIN_PASSWORD"}))
    assert found(service("env_file: .env", image="image: grafana/grafana:10.2.0"), facts=facts) == []


def test_networks():
    one, two = service("networks: [x]", "one"), service("", "two").removeprefix("services:\n")
    end = "networks: {x: }\n"
    assert found(one + two + end) == [("stack-split-network", "a", 5)]
    assert found(one.replace("[x]", "[x, default]") + two + end) == []
    assert found(one + two + "    network_mode: none\n" + end) == []
    assert found(one + two + "    network_mode: bridge\n" + end) == [("stack-split-network", "a", 7)]


@pytest.mark.parametrize(
    ("test", "user", "expected"),
    (
        pytest.param("pg_isready -h localhost -U $$POSTGRES_USER", "'${DB_USER}'", 0, id="right"),
        pytest.param("pg_isready --host=localhost --username=app", "app", 0, id="the user that is made"),
        pytest.param("pg_isready -h localhost -U ${DB_USER}", "'${DB_USER}'", 0, id="the key"),
        pytest.param("pg_isready -h localhost -U app", "'${DB_USER}'", 1, id="fixed user"),
        pytest.param("pg_isready -h localhost --username=app", "other", 1, id="another user"),
        pytest.param("pg_isready", "app", 1, id="the socket"),
        pytest.param("pg_isready -U app", "other", 2, id="both"),
        pytest.param("curl -f localhost", "app", 0, id="another check"),
    ),
)
def test_health_checks(test, user, expected):
    text = f"environment: {{POSTGRES_USER: {user}}}\nhealthcheck:\n  test: [CMD-SHELL, '{test}']"
    assert [rule for rule, _, _ in found(service(text))] == ["stack-weak-healthcheck"] * expected


def test_a_health_check_of_one_override_is_late():
    base, other = service("user: x"), service("healthcheck: {test: [CMD, x]}", image="")
    assert found(base, other) == [("stack-weak-healthcheck", "b", 3)]
    assert found(base + "    healthcheck: {interval: 5s}\n", other) == []
    assert found(base, service("healthcheck: {test: [CMD, x], disable: true}", image="")) == []


@pytest.mark.parametrize(
    ("text", "environment", "expected"),
    (
        pytest.param("env_file: .env.development", "production", True, id="development's"),
        pytest.param("env_file: [{path: ./conf/.env.dev}]", "staging", True, id="long"),
        pytest.param("env_file: '.env.${ENVIRONMENT:-production}'", "production", True, id="default"),
        pytest.param("env_file: .env.prod", "production", False, id="own"),
        pytest.param("env_file: .env.production.local", "production", False, id="own override"),
        pytest.param("env_file: [.env, .env.local, app.env]", "production", False, id="of no environment"),
        pytest.param("env_file: '.env.${ENVIRONMENT:?}'", "production", False, id="said by the tool"),
        pytest.param("env_file: .env.development", "", False, id="a stack of no environment"),
    ),
)
def test_env_files(text, environment, expected):
    rules = {rule for rule, _, _ in found(service(text), environment=environment)}
    assert ("wrong-env-file" in rules) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("build: .\nvolumes: [./api:/opt/api]", True, id="a folder of code"),
        pytest.param("build: ./web\nvolumes: [./web:/opt/web]", True, id="what is built"),
        pytest.param("volumes: [.:/app]", True, id="over the code"),
        pytest.param("build: .\nvolumes: [./api:/opt/api:ro]", False, id="read only"),
        pytest.param("build: .\nvolumes: [./data:/data]", False, id="data"),
        pytest.param("build: .\nvolumes: [/srv/api:/opt/api, 'data:/x', '${X}:/app']", False, id="elsewhere"),
        pytest.param("volumes: [./api:/opt/api]", False, id="nothing is built"),
        pytest.param("volumes: [./api:/app/api]", True, id="beside the code of an image built elsewhere"),
        pytest.param("volumes: [./api:/usr/lib/python3/site-packages/api]", True, id="over an installed package"),
        pytest.param("volumes: [./api:/app/api:ro]", False, id="beside the code, read only"),
        pytest.param("volumes: [./data:/app/data]", False, id="data beside the code"),
        pytest.param("command: uvicorn --reload", True, id="reloads"),
        pytest.param("entrypoint: [python, -m, debugpy]", True, id="debugs"),
        pytest.param("command: uvicorn --workers 4", False, id="serves"),
        pytest.param("ports: ['127.0.0.1:5678:5678']", True, id="a debugger's port"),
        pytest.param("ports: ['5432:5432']", True, id="a data store everywhere"),
        pytest.param("ports: ['10.0.0.1:5432:5432']", False, id="a data store on purpose"),
        pytest.param("environment: {ENVIRONMENT: development}", True, id="another environment"),
        pytest.param("environment: {ENVIRONMENT: prod}", False, id="this environment"),
    ),
)
def test_leaks(text, expected):
    facts = FACTS._replace(code_folders=frozenset({"", "api", "web"}))
    text = service(text) + "volumes: {data: }\n"
    rules = {rule for rule, _, _ in found(text, "services: {app: {user: x}}", environment="production", facts=facts)}
    assert ("leaked-override" in rules) is expected
    rules = {rule for rule, _, _ in found(text, "services: {app: {user: x}}", facts=facts)}
    assert ("leaked-override" in rules) is ("this" in text or "prod}" in text)


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("services: {app: {extends: {file: compose.dev.yml, service: app}}}", True, id="extends"),
        pytest.param("include: [compose.dev.yml]\nservices: {app: {image: 'a:1.0'}}", True, id="include"),
        pytest.param(
            "include: [{path: [x/compose.test.yaml]}]\nservices: {app: {image: 'a:1.0'}}", True, id="long include"
        ),
        pytest.param("include: [compose.base.yml]\nservices: {app: {image: 'a:1.0'}}", False, id="another file"),
    ),
)
def test_files_of_development(text, expected):
    for environment, is_found in (("production", expected), ("development", False)):
        rules = {rule for rule, _, _ in found(text, environment=environment)}
        assert ("leaked-override" in rules) is is_found


def test_an_override_that_names_another_environment():
    override = service("environment: [ENVIRONMENT=development]", image="")
    rules = [rule for rule, _, _ in found(service("user: x"), override, environment="production")]
    assert "environment-mismatch" in rules


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("environment: {A: '${DB_NAME:-x}'}", ["error"], id="the program's"),
        pytest.param("labels: {A: '${DB_NAME:-x}'}", ["warning"], id="something else"),
        pytest.param("labels: {A: '${DB_PASSWORD:-x}'}", ["error"], id="a secret"),
        pytest.param("environment: {A: '${DB_NAME:?}'}", [], id="stops"),
        pytest.param("environment: {A: '${OTHER:-x}'}", [], id="no env file has it"),
        pytest.param("environment: {A: '${DB_NAME:-x}'}\nenv_file: [.env, {path: ./.env}]", [], id="only .env"),
        pytest.param("image: '${DB_NAME:-x}:1.0'", [], id="no value of the program"),
    ),
)
def test_interpolation_reads_no_env_file(text, expected):
    env_file = "" if "env_file" in text else "\nenv_file: app.env"
    text = service(f"{text}{env_file}", image="" if "image" in text else "image: app:1.0")
    stack = rendered("development", [read("a.yml", text)], {"DB_NAME": "x"}, lambda _: True)
    assert [one.severity for one in findings(stack, FACTS) if one.rule == "interpolation-ignores-env-file"] == expected


BASE = "services: {app: {image: a}, db: {image: b}}"


@pytest.mark.parametrize(
    ("files", "expected"),
    (
        pytest.param({"compose.yml": BASE}, [("", ("compose.yml",))], id="base alone"),
        pytest.param(
            {"compose.yml": BASE, "compose.prod.yml": "services: {app: {user: x}}"},
            [("production", ("compose.yml", "compose.prod.yml"))],
            id="base and override",
        ),
        pytest.param(
            {"a/docker-compose.yaml": BASE, "a/docker-compose.override.yaml": "services: {app: {user: x}}"},
            [
                ("development", ("a/docker-compose.yaml", "a/docker-compose.override.yaml")),
                ("", ("a/docker-compose.yaml",)),
            ],
            id="a server runs the base",
        ),
        pytest.param(
            {"compose.yml": BASE, "compose.dev.yml": "services: {app: {user: x}}", "compose.deploy.yml": BASE},
            [("development", ("compose.yml", "compose.dev.yml"))],
            id="an override of who knows what",
        ),
        pytest.param(
            {"compose.yml": BASE, "compose.prod.yml": BASE},
            [("production", ("compose.prod.yml",))],
            id="everything anew",
        ),
        pytest.param(
            {"compose.yml": BASE, "compose.prod.yml": "services: {web: {image: x}}"},
            [("production", ("compose.prod.yml",))],
            id="something else",
        ),
        pytest.param(
            {"compose.yml": BASE, "compose.prod.yml": "services: {web: {image: x, depends_on: [app]}}"},
            [("production", ("compose.yml", "compose.prod.yml"))],
            id="one service more",
        ),
        pytest.param({"compose-production.yml": BASE}, [("production", ("compose-production.yml",))], id="no base"),
        pytest.param({"compose.eu.yml": BASE}, [("eu", ("compose.eu.yml",))], id="declared"),
        pytest.param({"other.yml": BASE}, [], id="another name"),
        pytest.param(
            {"compose.yml": BASE, "compose.prod.yml": ""},
            [("production", ("compose.yml", "compose.prod.yml"))],
            id="empty",
        ),
    ),
)
def test_stacks_by_name(files, expected):
    trees = {path: read(path, text) for path, text in files.items()}
    assert list(pairs.stacks(trees, (), ("development", "production", "eu"))) == expected


def test_same_environment():
    assert pairs.is_same("prod", "production")
    assert pairs.is_same("x", "")
    assert not pairs.is_same("staging", "production")
