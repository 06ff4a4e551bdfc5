"""Names and places whose values look like a target and are none: origins, headers, health checks, our own listener."""

from functools import lru_cache

from envfence.detect import names, ourselves, places
from envfence.detect.scope import Scope
from envfence.literals import Literal

# One of these words says that the value is compared with, shown to others, or listened on.
_WORDS = frozenset(
    "cors csrf allow allowed allowlist whitelist trusted deny denied denylist blacklist banned"  # who may come in
    " stateful"  # with a cookie: Sanctum
    " listen listening listener listeners bind binding bound advertise advertised jmx"  # where we are found
    " forwarded referer referrer audience"  # what a request says of itself
    " cert certs certificate certificates san sans"  # whom a certificate names
    " xmlns namespace homepage repository license example examples".split()  # what is no address at all
)
_ENDINGS = frozenset(
    tuple(ending.split())
    for ending in (
        "origin|origins|subject|alt name|alt names|common name|no proxy|real ip|user agent|server name|application url"
        "|docs url|doc url|schema location|external url|root url|public url|white list|black list|client ip|client host"
        "|origin host|url options|remote addr|remote address|source ip|user ip|ip address|description|summary|comment"
        "|placeholder"
    ).split("|")
)
_READ = frozenset("message msg title label tooltip hint caption subtitle".split())  # keys of what people read
_HEADERS = frozenset("Host Origin Forwarded Via Location".split())
_CAPITAL_FIELDS = (".cs", ".go", ".vb", ".fs")  # there Host is a field as well

# Keys of compose files and manifests: what they hold concerns the container or the network, not the program's targets.
_KEYS = frozenset(
    "healthcheck ports expose extra_hosts image hostname container_name ipam subnet ipv4_address networks"
    " dns labels annotations livenessProbe readinessProbe startupProbe podIP clusterIP loadBalancerIP externalIPs"
    " depends_on links build tags".split()
)
# Sections of configuration that say where our own server listens.
_OWN_SECTIONS = frozenset(
    "server http https listen listener web webserver management metrics pprof admin bind rpc-server".split()
)
_XML = (".xml", ".config")  # there a path is made of tags: <repository>, <http>
_OWN_ELEMENTS = frozenset("engine connector server listener domain-config".split())  # of Tomcat, of Android
_OWN_ADDRESSES = (("url", "servers"), ("url", "externalDocs"), ("host", "rules"))  # of OpenAPI, of an ingress


def is_excused(use: Literal, scope: Scope) -> bool:
    """Return whether the literal's name, or the place that it stands in, says that it is no target."""
    called = use.call.replace("->", ".").rpartition(".")[2]
    is_xml = scope.path.endswith(_XML)
    if any(_says_no(name) for name in (use.name, called, *(() if is_xml else _around(use, scope)))):
        return True
    is_configuration = places.is_configuration(scope.path)
    if use.name in _HEADERS and not is_configuration and not scope.path.endswith(_CAPITAL_FIELDS):
        return True
    if (use.name in _READ and " " in use.value) or ourselves.is_ours(use, scope):
        return True
    if "HEALTHCHECK" in use.path or (use.name, *use.path[-1:]) in _OWN_ADDRESSES:
        return True
    if is_configuration and use.path and use.path[-1].lower() in (_OWN_ELEMENTS if is_xml else _OWN_SECTIONS):
        return True
    return places.is_yaml(scope.path) and (_plays_here(use) or not _KEYS.isdisjoint((use.name, *use.path)))


def _around(use: Literal, scope: Scope) -> tuple[str, ...]:
    """The names around the value, but for the first of compose's extensions: `x-common: &common`."""
    is_extension = places.is_yaml(scope.path) and use.path[:1] and use.path[0].startswith("x-")
    return (use.path[1:] if is_extension else use.path)[-2:]


def _plays_here(use: Literal) -> bool:
    """Tell whether a play of Ansible runs on the machine that it is started on: `- hosts: localhost`."""
    return use.name == "hosts" and not use.path and use.value in ("localhost", "127.0.0.1")


@lru_cache(maxsize=4096)
def _says_no(name: str) -> bool:
    if name.startswith(("$", "x-", "X-")):  # a schema's reference, a header
        return True
    words = names.words(name)
    return not _WORDS.isdisjoint(words) or not _ENDINGS.isdisjoint((words[-1:], words[-2:]))
