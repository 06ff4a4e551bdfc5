"""Rights over the host, in every stack."""

import pytest

RULE = "stack-root"

TAKEN = (
    pytest.param("privileged: true", id="privileged"),
    pytest.param("cap_add: [SYS_ADMIN]", id="a capability"),
    pytest.param("cap_add: [all]", id="every capability"),
    pytest.param("cap_add:\n  - CAP_NET_ADMIN", id="by its long name"),
    pytest.param("network_mode: host", id="network"),
    pytest.param("pid: host", id="processes"),
    pytest.param("volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro']", id="the engine, read-only"),
    pytest.param("volumes: [{type: bind, source: /var/run/docker.sock, target: /var/run/docker.sock}]", id="long"),
    pytest.param("volumes: ['${UNSET:-/run/docker.sock}:/var/run/docker.sock']", id="the engine by a key"),
    pytest.param("volumes: ['/:/host']", id="the whole disk"),
    pytest.param("security_opt: ['seccomp:unconfined']", id="no confinement"),
    pytest.param("<<: {privileged: true}", id="merged by YAML"),
)
NOT_TAKEN = (
    pytest.param("privileged: false", id="not privileged"),
    pytest.param("cap_drop: [ALL]\ncap_add: [NET_BIND_SERVICE, CHOWN]", id="harmless capabilities"),
    pytest.param("network_mode: bridge", id="a bridge"),
    pytest.param("pid: 'service:other'", id="another service's processes"),
    pytest.param("volumes: ['/srv/data:/data', '/etc/localtime:/etc/localtime:ro']", id="folders and files"),
    pytest.param("volumes: ['/:/host:ro']", id="the disk to read"),
    pytest.param("security_opt: ['seccomp:./profile.json']", id="a profile of its own"),
    pytest.param("cap_drop: [SYS_ADMIN]", id="dropped"),
)


@pytest.mark.parametrize("text", TAKEN)
def test_rights_over_the_host(text, lines_of, app):
    assert len(lines_of(RULE, app(text))) == 1
    assert len(lines_of(RULE, app(text), environment="")) == 1
    assert len(lines_of(RULE, app(""), app(text, image=""), environment="development")) == 1


@pytest.mark.parametrize("text", NOT_TAKEN)
def test_no_rights_over_the_host(text, lines_of, app):
    assert lines_of(RULE, app(text)) == []


def test_who_holds_the_socket_so_that_others_need_not(lines_of, app):
    volumes = "volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro']"
    assert lines_of(RULE, app(volumes, "tecnativa/docker-socket-proxy:0.3.0")) == []


def test_being_root_inside_counts_on_servers(lines_of, app):
    assert lines_of(RULE, app("user: root")) == [("a", 4)]
    assert lines_of(RULE, app("user: root"), environment="development") == []
