"""Services that cannot be started as a stack is called: what they depend on is behind a profile that nothing names."""

from collections.abc import Iterable, Iterator, Mapping

from envfence.contract.rules import found
from envfence.finding import Finding
from envfence.stack.commands import Call
from envfence.stack.render import Stack
from envfence.stack.rules import REFUSED_STACK
from envfence.stack.tree import Node

_EVERY = "*"


def findings(stack: Stack, values: Mapping[str, str], calls: Iterable[Call]) -> Iterator[Finding]:
    """Yield the waits of services that every call starts for services that only a profile does: compose refuses them.

    A profile of which the environment's ``values`` or one of the ``calls`` say that it is on counts as on.
    """
    named = {profile.strip() for profile in values.get("COMPOSE_PROFILES", "").split(",")}
    named |= {profile for call in calls for profile in call.profiles}
    behind = {name: _profiles(service) for name, service in stack.services.items()}
    for name, service in stack.services.items():
        for other, node in service.at("depends_on").mapping.items() if not behind[name] else ():
            wanted = behind.get(other)
            if wanted and named.isdisjoint({_EVERY, *wanted}) and node.at("required").text != "false":
                detail = f"it depends on {other}, which is none of it without the profile {wanted[0]}"
                yield found(REFUSED_STACK, node.path, node.line, name, detail)


def _profiles(service: Node) -> list[str]:
    return [item.text for item in service.at("profiles").items]
