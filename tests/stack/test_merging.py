"""Lists that an override empties in vain."""

import pytest

RULE = "stack-empty-list"

IN_VAIN = (
    pytest.param("volumes: [./x:/x]", "volumes: []", id="volumes"),
    pytest.param("security_opt: [no-new-privileges:true]", "security_opt: []", id="security options"),
    pytest.param("dns: 192.0.2.1", "dns: []", id="one server, in short"),
    pytest.param("cap_add: [SYS_TIME]", "cap_add: []", id="capabilities"),
    pytest.param("tmpfs: /tmp", "tmpfs: []", id="temporary folders"),
    pytest.param("ports: ['127.0.0.1:1:80']", "ports: []", id="ports"),
    pytest.param("expose: ['80']", "expose: []", id="exposed ports"),
    pytest.param("extra_hosts: ['a:192.0.2.1']", "extra_hosts: []", id="hosts"),
    pytest.param("profiles: [a]", "profiles: []", id="profiles"),
    pytest.param("labels: [a=b]", "labels: {}", id="labels, list and mapping"),
    pytest.param("build: {context: ., args: {A: b}}", "build: {args: {}}", id="build arguments"),
    pytest.param("logging: {driver: local, options: {max-size: 1m}}", "logging: {options: {}}", id="logging options"),
    pytest.param("devices: ['/dev/null:/dev/null']", "devices:", id="nothing"),
    pytest.param("sysctls: {net.core.somaxconn: 1}", "sysctls: []", id="mapping and list"),
)
IN_FORCE = (
    pytest.param("volumes: [./x:/x]", "volumes: !reset []", id="reset"),
    pytest.param("cap_add: [SYS_TIME]", "cap_add: !override []", id="overridden"),
    pytest.param("command: [a]", "command: []", id="a command is replaced"),
    pytest.param("entrypoint: [a]", "entrypoint: []", id="an entrypoint is replaced"),
    pytest.param("healthcheck: {test: [CMD, x]}", "healthcheck: {test: []}", id="a health check is replaced"),
    pytest.param("user: x", "dns: []", id="nothing to take away"),
    pytest.param("networks: {x: {aliases: [a]}}", "networks: {x: }", id="a network joined as it is"),
    pytest.param("dns: 192.0.2.1", "dns: [192.0.2.2]", id="one more"),
)


@pytest.mark.parametrize(("base", "override"), IN_VAIN)
def test_an_empty_list_takes_nothing_away(base, override, lines_of, app):
    assert lines_of(RULE, app(base), app(override, image="")) == [("b", 3)]


@pytest.mark.parametrize(("base", "override"), IN_FORCE)
def test_what_does_what_it_says(base, override, lines_of, app):
    assert lines_of(RULE, app(base), app(override, image="")) == []


def test_what_a_service_extends_stays_too(lines_of, app):
    base = app("cap_add: [SYS_TIME]", name="base")
    assert lines_of(RULE, base + "  app:\n    extends: base\n    cap_add: []\n") == [("a", 7)]
    assert lines_of(RULE, base + "  app:\n    extends: {service: base}\n    cap_add: []\n") == [("a", 7)]
    anchor = "x-base: &base {cap_add: [SYS_TIME]}\n"  # a merge key of YAML replaces
    assert lines_of(RULE, anchor + app("<<: *base\ncap_add: []")) == []
    assert lines_of(RULE, app("extends: app\ncap_add: []")) == []
