"""What a service needs outside development: a pinned image, limits, rotating logs, a way to come back."""

from collections.abc import Iterator

from envfence.contract.readers.template import substitute
from envfence.contract.rules import found
from envfence.finding import WARNING, Finding
from envfence.stack import images
from envfence.stack.render import Stack
from envfence.stack.rules import (
    BUILD_ONLY,
    CONTAINER_NAME,
    FLOATING_IMAGE,
    NEW_PRIVILEGES,
    NO_LIMITS,
    RESTART,
    UNLIMITED_LOGS,
)
from envfence.stack.tree import Node

_GROWING = frozenset({"", "json-file"})  # drivers that keep a file and by default never rotate it
_KEPT = _GROWING | {"local"}
_ENDLESS = frozenset({"-1", "0"})


def findings(stack: Stack) -> Iterator[Finding]:
    """Yield what the services of ``stack`` lack."""
    one_shots = stack.one_shots
    built = {service.at("image").text for service in stack.services.values() if "build" in service.mapping}
    for name, service in stack.started.items():
        yield from _image(stack, name, service, built)
        if "container_name" in service.mapping:
            node = service.at("container_name")
            yield found(CONTAINER_NAME, node.path, node.line, name, severity=WARNING if stack.is_throwaway else "")
        if not stack.is_throwaway:
            yield from _runtime(name, service)
            if name not in one_shots or _serves_on_request(service):
                yield from _restart(name, service)


def _image(stack: Stack, name: str, service: Node, built: set[str]) -> Iterator[Finding]:
    image, build = service.at("image"), service.at("build")
    if build.value is not None and not image.text and not stack.is_throwaway:
        yield found(BUILD_ONLY, build.path, build.line, name)
    movement = images.movement(image.text) if image.text else images.EXACT
    if stack.is_throwaway and (image.text in built or movement == images.MAJOR):
        return
    if movement != images.EXACT:
        detail = "a major version alone" if movement == images.MAJOR else ""
        yield found(FLOATING_IMAGE, image.path, image.line, name, detail)
    elif not stack.is_throwaway and any(images.movement(text) == images.FLOATS for text in _by_default(stack, image)):
        yield found(FLOATING_IMAGE, image.path, image.line, name, "unless a key says otherwise", WARNING)


def _by_default(stack: Stack, image: Node) -> Iterator[str]:
    """Yield what an image is where no key of its name is set and each has a default."""
    for layer in stack.layers:
        for service in layer.at("services").mapping.values():
            written = service.at("image")
            if (written.path, written.line) == (image.path, image.line) and ":-" in written.text:
                yield substitute(written.text, lambda _: None)


def _runtime(name: str, service: Node) -> Iterator[Finding]:
    driver, size = service.at("logging", "driver").text, service.at("logging", "options", "max-size")
    if driver in _KEPT and size.text in _ENDLESS:
        yield found(UNLIMITED_LOGS, size.path, size.line, name, "this size is no limit")
    elif driver in _GROWING and not size.text:
        node = service.at("logging") if "logging" in service.mapping else service
        yield found(UNLIMITED_LOGS, node.path, node.line, name)
    if not service.at("deploy", "resources", "limits", "memory").text and "mem_limit" not in service.mapping:
        node = service.at("deploy") if "deploy" in service.mapping else service
        yield found(NO_LIMITS, node.path, node.line, name)
    options = [item.text.replace("=", ":") for item in service.at("security_opt").items]
    if not {"no-new-privileges:true", "no-new-privileges"} & set(options):
        node = service.at("security_opt") if "security_opt" in service.mapping else service
        yield found(NEW_PRIVILEGES, node.path, node.line, name)


def _serves_on_request(service: Node) -> bool:
    """Tell whether a profile starts a service that others dial, so that it is no task."""
    return bool(service.at("profiles").value and (service.at("ports").items or service.at("healthcheck", "test").value))


def _restart(name: str, service: Node) -> Iterator[Finding]:
    restart = service.at("restart")
    if restart.text == "always":
        yield found(
            RESTART, restart.path, restart.line, name, "`always` starts it again after `docker stop` and a reboot"
        )
    elif restart.text == "no" and (service.at("ports").items or service.at("healthcheck").mapping):
        yield found(RESTART, restart.path, restart.line, name, "it serves, and nothing restarts it")
    elif not restart.text and "restart_policy" not in service.at("deploy").mapping:
        yield found(RESTART, service.path, service.line, name, "nothing restarts it")
