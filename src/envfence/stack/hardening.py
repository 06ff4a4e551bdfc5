"""What a service needs outside development: a pinned image, limits, rotation, no root, a login, one network."""

import posixpath
from collections.abc import Iterator, Mapping

from envfence.contract.rules import found
from envfence.contract.surfaces import dockerfile
from envfence.finding import ERROR, WARNING, Finding
from envfence.stack.render import Stack, is_unknown, normal
from envfence.stack.rules import (
    BUILD_ONLY,
    CONTAINER_NAME,
    DEFAULT_LOGIN,
    FLOATING_IMAGE,
    NEW_PRIVILEGES,
    NO_INIT,
    NO_LIMITS,
    RESTART,
    ROOT,
    SPLIT_NETWORK,
    UNLIMITED_LOGS,
)
from envfence.stack.tree import Node

_FLOATING = frozenset("latest stable edge nightly main master dev develop rolling mainline current lts".split())
_GROWING = frozenset({"", "json-file"})  # drivers that keep a file and by default never rotate it
_INITS = ("tini", "dumb-init", "catatonit", "s6-")
# Part of an image's name -> the variables of which one replaces the login that it ships.
_LOGINS = {
    "grafana/grafana": "GF_SECURITY_ADMIN_PASSWORD GF_SECURITY_ADMIN_PASSWORD__FILE".split(),
    "minio/minio": "MINIO_ROOT_PASSWORD MINIO_ROOT_PASSWORD_FILE MINIO_SECRET_KEY".split(),
}
_SHIPPED = frozenset(
    "admin password postgres root guest changeme minioadmin airflow grafana secret test user default example".split()
)
_PASSWORDS = ("PASSWORD", "PASSWD", "PASS", "_PWD")


def findings(stack: Stack, dockerfiles: Mapping[str, str], given: frozenset[str]) -> Iterator[Finding]:
    """Yield what the services of ``stack`` lack. ``given`` are the keys that env files hold."""
    one_shots = _one_shots(stack)
    for name, service in stack.services.items():
        yield from _image(stack, name, service)
        yield from _login(name, service, given)
        if "container_name" in service.mapping:
            node = service.at("container_name")
            yield found(CONTAINER_NAME, node.path, node.line, name, severity=WARNING if stack.is_throwaway else "")
        if not stack.is_throwaway:
            yield from _runtime(name, service)
            yield from _built(name, service, dockerfiles)
            if name not in one_shots:
                yield from _restart(name, service)
    for layer in stack.layers:
        for name, service in layer.at("services").mapping.items():
            yield from _written_logins(name, service)
    yield from _networks(stack)


def _image(stack: Stack, name: str, service: Node) -> Iterator[Finding]:
    image, is_built = service.at("image"), "build" in service.mapping
    if is_built and not image.text and not stack.is_throwaway:
        build = service.at("build")
        yield found(BUILD_ONLY, build.path, build.line, name)
    if image.text and _is_floating(image.text) and not (is_built and stack.is_throwaway):
        yield found(FLOATING_IMAGE, image.path, image.line, name)


def _is_floating(image: str) -> bool:
    if "@" in image or image == "scratch":
        return False
    tag = image.rpartition("/")[2].partition(":")[2]
    if not tag:
        return not is_unknown(image)
    return not _FLOATING.isdisjoint(tag.lower().replace("_", "-").split("-"))


def _login(name: str, service: Node, given: frozenset[str]) -> Iterator[Finding]:
    environment = service.at("environment").mapping
    image = service.at("image")
    for part, keys in _LOGINS.items():
        from_file = bool(service.at("env_file").value) and not given.isdisjoint(keys)
        if part in image.text and not from_file and not any(key in environment for key in keys):
            yield found(DEFAULT_LOGIN, image.path, image.line, name, f"{keys[0]} is not set")


def _written_logins(name: str, service: Node) -> Iterator[Finding]:
    for key, node in normal(service, ("services", name)).at("environment").mapping.items():
        if key.upper().endswith(_PASSWORDS) and node.text.lower() in _SHIPPED:
            yield found(DEFAULT_LOGIN, node.path, node.line, f"{name}.{key}")
        elif key == "POSTGRES_HOST_AUTH_METHOD" and node.text == "trust":
            yield found(DEFAULT_LOGIN, node.path, node.line, f"{name}.{key}", "no password is asked for")


def _runtime(name: str, service: Node) -> Iterator[Finding]:
    logging = service.at("logging")
    if logging.at("driver").text in _GROWING and "max-size" not in logging.at("options").mapping:
        yield found(UNLIMITED_LOGS, service.path, service.line, name)
    if not service.at("deploy", "resources", "limits", "memory").text and "mem_limit" not in service.mapping:
        yield found(NO_LIMITS, service.path, service.line, name)
    options = [item.text.replace("=", ":") for item in service.at("security_opt").items]
    if not {"no-new-privileges:true", "no-new-privileges"} & set(options):
        yield found(NEW_PRIVILEGES, service.path, service.line, name)
    user, privileged = service.at("user"), service.at("privileged")
    if user.text.partition(":")[0] in {"root", "0"}:
        yield found(ROOT, user.path, user.line, name, severity=ERROR)
    if privileged.text == "true":
        yield found(ROOT, privileged.path, privileged.line, name, severity=ERROR)


def _built(name: str, service: Node, dockerfiles: Mapping[str, str]) -> Iterator[Finding]:
    build = service.at("build")
    if not build.mapping:
        return
    text = dockerfiles.get(_dockerfile(build), "")
    if text and not service.at("user").text and dockerfile.runs_as_root(text):
        yield found(ROOT, build.path, build.line, name, "its Dockerfile sets no USER")
    if service.at("init").text != "true" and not any(init in text for init in _INITS):
        yield found(NO_INIT, service.path, service.line, name)


def _dockerfile(build: Node) -> str:
    context = posixpath.join(posixpath.dirname(build.path), build.at("context").text or ".")
    return posixpath.normpath(posixpath.join(context, build.at("dockerfile").text or "Dockerfile"))


def _one_shots(stack: Stack) -> set[str]:
    """Return the services that end by themselves, as others wait for, or that only a profile starts."""
    ends = {
        other
        for service in stack.services.values()
        for other, node in service.at("depends_on").mapping.items()
        if node.at("condition").text == "service_completed_successfully"
    }
    return ends | {name for name, service in stack.services.items() if service.at("profiles").value}


def _restart(name: str, service: Node) -> Iterator[Finding]:
    restart = service.at("restart")
    if restart.text == "always":
        yield found(
            RESTART, restart.path, restart.line, name, "`always` starts it again after `docker stop` and a reboot"
        )
    elif not restart.text and "restart_policy" not in service.at("deploy").mapping:
        yield found(RESTART, service.path, service.line, name, "nothing restarts it")


def _networks(stack: Stack) -> Iterator[Finding]:
    joined = {name: service.at("networks").mapping for name, service in stack.services.items()}
    named = any(networks and "default" not in networks for networks in joined.values())
    for name, service in stack.services.items():
        if named and not joined[name] and "network_mode" not in service.mapping:
            yield found(SPLIT_NETWORK, service.path, service.line, name)
