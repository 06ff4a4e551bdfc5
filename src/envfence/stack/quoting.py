"""Quotes that compose hands on: in `- KEY="text"` YAML takes none away, so the container's value has them."""

from collections.abc import Iterator

from envfence.contract.rules import found, shown
from envfence.finding import Finding
from envfence.stack.render import Stack
from envfence.stack.rules import QUOTED_VALUE

_SETTING = (("environment",), ("build", "args"))


def findings(stack: Stack) -> Iterator[Finding]:
    """Yield the entries of lists of variables whose value begins and ends with a quote."""
    for layer in stack.layers:
        for name, service in layer.at("services").mapping.items():
            for item in (item for path in _SETTING for item in service.at(*path).items):
                key, _, value = item.text.partition("=")
                if _is_quoted(value):
                    yield found(QUOTED_VALUE, item.path, item.line, f"{name}.{shown(key)}")


def _is_quoted(value: str) -> bool:
    """Tell it from what begins and ends with two words in quotes."""
    return len(value) > 1 and value[0] in "\"'" and value[0] == value[-1] and value[0] not in value[1:-1]
