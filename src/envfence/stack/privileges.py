"""What a container has of its host: root, every capability, the host's namespaces, its docker, its whole disk.

A developer's machine is lost to `privileged: true` as a server is, so these count in every stack: as warnings there,
and for programs whose work is the host itself. Being root inside, with nothing else, counts on servers only.
"""

import posixpath
from collections.abc import Iterator, Mapping

from envfence.contract.rules import found
from envfence.contract.surfaces import dockerfile
from envfence.finding import ERROR, WARNING, Finding
from envfence.stack.entries import mount
from envfence.stack.render import Stack
from envfence.stack.rules import NO_INIT, ROOT
from envfence.stack.tree import Node

_CAPABILITIES = frozenset(
    "ALL SYS_ADMIN SYS_MODULE SYS_RAWIO SYS_PTRACE SYS_BOOT DAC_READ_SEARCH BPF NET_ADMIN MAC_ADMIN".split()
)
_UNCONFINED = frozenset({"seccomp:unconfined", "apparmor:unconfined", "label:disable", "systempaths:unconfined"})
_NAMESPACES = ("network_mode", "pid", "ipc", "uts", "userns_mode", "cgroup")
_SOCKETS = ("docker.sock", "containerd.sock", "podman.sock", "crio.sock")
_WHOLE = frozenset({"/", "/etc", "/root", "/proc", "/sys", "/dev", "/var/lib/docker", "/var/run", "/run"})
_BROKERS = ("socket-proxy",)  # made to hold the socket, so that others need not
_ABOUT_THE_HOST = (
    "traefik", "portainer", "watchtower", "dozzle", "cadvisor", "promtail", "node-exporter", "node_exporter", "netdata",
    "datadog/", "telegraf", "fluent", "/vector", "/alloy", "filebeat", "metricbeat", "autoheal", "diun", "-runner",
    "act_runner", "dind", "buildkit", "wireguard", "openvpn", "tailscale", "gluetun", "nginx-proxy", "acme-companion",
    "ofelia", "docker-gen",
)  # fmt: skip
_INITS = ("tini", "dumb-init", "catatonit", "s6-")


def findings(stack: Stack, dockerfiles: Mapping[str, str], builds: Mapping[str, Node]) -> Iterator[Finding]:
    """Yield the services of ``stack`` that have more rights than a program needs.

    ``builds`` says how services are built in any stack: servers run what was built elsewhere.
    """
    one_shots = stack.one_shots
    built = {one.at("image").text.lower(): one.at("build") for one in stack.services.values() if "build" in one.mapping}
    for name, service in stack.started.items():
        image = service.at("image").text.lower()
        if any(broker in image for broker in _BROKERS):
            continue
        mild = stack.is_throwaway or any(word in image for word in _ABOUT_THE_HOST)
        for node, detail in _of_the_host(service):
            yield found(ROOT, node.path, node.line, name, detail, severity=WARNING if mild else ERROR)
        if not stack.is_throwaway:
            own = service.at("build")
            build = own if "build" in service.mapping else builds.get(name, built.get(image, own))
            yield from _root(name, service, build, dockerfiles, WARNING if name in one_shots else ERROR)


def _of_the_host(service: Node) -> Iterator[tuple[Node, str]]:
    if service.at("privileged").text.lower() == "true":
        yield service.at("privileged"), ""
    for item in service.at("cap_add").items:
        if item.text.upper().removeprefix("CAP_") in _CAPABILITIES:
            yield item, "a capability as good as root's"
    for item in service.at("security_opt").items:
        if item.text.replace("=", ":").replace(" ", "") in _UNCONFINED:
            yield item, "its confinement is switched off"
    for key in _NAMESPACES:
        if service.at(key).text == "host":
            yield service.at(key), f"{key} is the host's"
    yield from _mounts(service)


def _mounts(service: Node) -> Iterator[tuple[Node, str]]:
    for item in service.at("volumes").items:
        one = mount(item)
        if one.source.endswith(_SOCKETS) or one.target.endswith(_SOCKETS):
            yield item, "who has the engine's socket is root on the host, read-only or not"
        elif one.is_bind and posixpath.normpath(one.source) in _WHOLE and not one.read_only:
            yield item, "a folder of the host's own system"


def _root(name: str, service: Node, build: Node, dockerfiles: Mapping[str, str], severity: str) -> Iterator[Finding]:
    user = service.at("user")
    if user.text.partition(":")[0] in {"root", "0"}:
        yield found(ROOT, user.path, user.line, name, severity=severity)
    if not build.mapping:
        return
    text = dockerfiles.get(_dockerfile(build), "")
    if text and not user.text and dockerfile.runs_as_root(text):
        yield found(ROOT, build.path, build.line, name, "its Dockerfile sets no USER")
    if service.at("init").text != "true" and not any(init in text for init in _INITS):
        node = service.at("init") if "init" in service.mapping else service
        yield found(NO_INIT, node.path, node.line, name)


def _dockerfile(build: Node) -> str:
    context = posixpath.join(posixpath.dirname(build.path), build.at("context").text or ".")
    return posixpath.normpath(posixpath.join(context, build.at("dockerfile").text or "Dockerfile"))
