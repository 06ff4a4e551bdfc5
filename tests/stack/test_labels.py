"""Folders of a server that SELinux keeps from its containers."""

import pytest

RULE = "stack-unlabelled-mount"

UNLABELLED = (
    pytest.param("volumes: ['./proxy:/etc/caddy']", id="a folder"),
    pytest.param("volumes: ['./proxy:/etc/caddy:ro']", id="read-only"),
    pytest.param("volumes: ['/srv/data:/data:rw,delegated']", id="other options"),
    pytest.param("volumes: ['~/dags:/dags']", id="of a person"),
    pytest.param("volumes: [{type: bind, source: ./proxy, target: /etc/caddy}]", id="long"),
    pytest.param("volumes: [{type: bind, source: ./x, target: /x, bind: {propagation: rslave}}]", id="long, options"),
    pytest.param("volumes: ['/etcetera/data:/data']", id="of no system"),
)
FINE = (
    pytest.param("volumes: ['./proxy:/etc/caddy:z']", id="for all"),
    pytest.param("volumes: ['./proxy:/etc/caddy:ro,z']", id="for all, read-only"),
    pytest.param("volumes: ['./proxy:/etc/caddy:Z,ro']", id="for one"),
    pytest.param("volumes: [{type: bind, source: ./proxy, target: /x, bind: {selinux: z}}]", id="long"),
    pytest.param("volumes: ['data:/data']\n", id="a volume"),
    pytest.param("volumes: ['/data']", id="anonymous"),
    pytest.param("volumes: ['/etc/localtime:/etc/localtime:ro', '/var/run/docker.sock:/x', '/:/host:ro']", id="system"),
    pytest.param("security_opt: ['label:disable']\nvolumes: ['./proxy:/etc/caddy']", id="unconfined"),
    pytest.param(
        "security_opt: ['label=disable']\nvolumes: ['./proxy:/etc/caddy']", id="unconfined, as docker says it"
    ),
    pytest.param("privileged: true\nvolumes: ['./proxy:/etc/caddy']", id="privileged"),
)


@pytest.mark.parametrize("text", UNLABELLED)
def test_a_mount_without_a_label_is_found_on_servers(text, lines_of, app):
    assert lines_of(RULE, app(text)) == [("a", 4)]
    assert lines_of(RULE, app(text), environment="development") == []


@pytest.mark.parametrize("text", FINE)
def test_what_is_labelled_or_needs_none_is_fine(text, lines_of, app):
    assert lines_of(RULE, app(text, end="volumes: {data: {}}\n")) == []
