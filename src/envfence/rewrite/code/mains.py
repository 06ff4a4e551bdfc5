"""The server that most connections of a service lead to: its keys have the plain name of the service."""

from collections import Counter
from collections.abc import Iterator, Sequence

from envfence.rewrite.code.connections import service_of
from envfence.rewrite.code.decision import Module, masked
from envfence.rewrite.code.parts import connection_at
from envfence.rewrite.code.sites import Site
from envfence.rewrite.servers import dialled
from envfence.rewrite.shapes import DSN, PAIRS, shapes


def mains(modules: Sequence[Module]) -> dict[str, str]:
    """Return the services that several servers are dialled for, each with the `host:port` of most connections."""
    counted: dict[str, Counter[str]] = {}
    for module in modules:
        for site in module.sites:
            for service, origin in _origins(module, site):
                counted.setdefault(service, Counter())[origin] += 1
    ranked = ((service, count.most_common(2)) for service, count in counted.items())
    return {service: first[0] for service, (first, *rest) in ranked if rest and first[1] > rest[0][1]}


def _origins(module: Module, site: Site) -> Iterator[tuple[str, str]]:
    """Yield the connections in a text, or the one whose host it is, each as its service and `host:port`."""
    for shape in shapes(masked(site)):
        if shape.form in {DSN, PAIRS} and (origin := dialled(shape.values)):
            yield service_of(shape, site), origin
    service, parts = connection_at(module, site)
    if service and (origin := dialled(parts)):
        yield service, origin
