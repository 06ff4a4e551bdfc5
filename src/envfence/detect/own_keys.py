"""Keys that the user's settings name: whatever is written down for one of them counts."""

from collections.abc import Iterable, Iterator

from envfence.detect import addresses as a
from envfence.detect import credentials, endpoints, ports, shapes
from envfence.detect.scope import Scope
from envfence.finding import Rule
from envfence.literals import COMPARED, DEFAULT, DOC, HOLE, SHOWN, Literal

_FALLBACKS = {rule.family: rule for rule in (credentials.FALLBACK, endpoints.FALLBACK)}
_PLACEHOLDER = frozenset(f"<>{{}}{HOLE}")


def decided(found: Iterable[Literal], scope: Scope) -> Iterator[tuple[Literal, Rule]]:
    """Yield each literal that one of the user's own keys is given, with the rule that it breaks."""
    if not scope.key_names or scope.is_template:
        return
    for literal in found:
        if literal.role in (COMPARED, SHOWN, DOC) or not scope.is_own_key(literal.name):
            continue
        if rule := _rule_of(literal.value.strip(), scope):
            yield literal, _FALLBACKS[rule.family] if literal.role == DEFAULT else rule


def _rule_of(value: str, scope: Scope) -> Rule | None:
    """The value tells an endpoint from a credential."""
    if not value or not _PLACEHOLDER.isdisjoint(value):
        return None
    if rule := _endpoint(value):
        return None if scope.may_hold_endpoints else rule
    return None if shapes.stands_for_another(value) else credentials.CREDENTIAL


def _endpoint(value: str) -> Rule | None:
    if ports.is_port(value):
        return endpoints.PORT
    if a.url_in(value) or a.host_port(value):
        return endpoints.URL
    return endpoints.HOST if a.owner_of(value) in (a.LOCAL, a.OWN, a.PUBLIC) else None
