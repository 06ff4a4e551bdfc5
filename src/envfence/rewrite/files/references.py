"""Which characters of a value are read from which keys, so that all kinds of files share theirs."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

from envfence.contract import kinds
from envfence.detect.names import is_url_name, words
from envfence.literals import HOLE
from envfence.rewrite import naming
from envfence.rewrite.envfiles import spelled
from envfence.rewrite.files.values import ESCAPED, HALF, LINES, NO_FORM, STAYS, Value
from envfence.rewrite.held import Key
from envfence.rewrite.keys import Keys
from envfence.rewrite.shapes import ADDRESS, DSN, PAIRS, REMOTE, WEB, Part, Shape, shapes

_OF_URL = re.compile(r"_URL(?:_\d+)?\Z")  # a host that was copied out of a URL
_CLIENTS = dict.fromkeys("psql pg_dump pg_restore pg_isready createdb dropdb mysql mysqldump mariadb".split(), "DB") | {
    "redis-cli": "REDIS",
    "mongosh": "MONGO",
    "mongodump": "MONGO",
}
_WEB_CLIENTS = frozenset({"curl", "http", "https", "xh", "wget"})
_REMOTE_CLIENTS = frozenset({"ssh", "scp", "sftp", "rsync"})
_ENGINES = frozenset("docker podman nerdctl buildah skopeo".split())
_IMAGE = re.compile(rf"(?P<HOST>[A-Za-z0-9][\w.-]*):(?P<PORT>\d{{2,5}})/[\w./:@{HOLE}-]+")
_LOGIN = re.compile(r"[^\s:]+:[^\s:]+")


class Reference(NamedTuple):
    """Characters of a value, by their place in the file, that are read from a key."""

    start: int
    end: int
    key: Key
    is_encoded: bool = False  # percent-encoded


def references(
    value: Value,
    others: Sequence[Value],
    keys: Keys,
    *,
    stays: frozenset[str] = frozenset(),
    encodes: bool = False,
    without: frozenset[str] = frozenset(),
    is_literal: bool = False,
) -> list[Reference] | str:
    """Return what is read from keys, or why nothing is.

    ``stays`` are hosts that are the same everywhere. Where a file cannot percent-encode (``encodes``), a connection
    that needs it is read from one key. No copy of a value is read from a key in ``without``. In a text that
    ``is_literal`` no character is written in another way.
    """
    text = value.text
    if not text or "\n" in text:
        return LINES
    if not is_literal and ("\\" in text or "$$" in text or (value.quote == "'" and "''" in text)):
        return ESCAPED
    found = list(shapes(text))
    if not found and (image := _IMAGE.fullmatch(text)):
        return _registry(value, image, keys)
    connections = [one for one in found if one.form in {DSN, PAIRS}]
    if not connections and HOLE not in text and not (found and _is_partial(value, found[0])):
        if found and found[0].values.get("HOST") in stays:
            return STAYS
        return _whole(value, others, keys, without)
    needs = [_needs(value, one, keys, stays, encodes=encodes) for one in found]
    reasons = [one for one in needs if isinstance(one, str)]
    made = [reference for one in needs if not isinstance(one, str) for reference in one]
    return made or (reasons[0] if reasons else HALF)


def _registry(value: Value, image: re.Match[str], keys: Keys) -> list[Reference]:
    """Read the host and the port before the path of an image: `registry.internal:5000/app:${TAG}`."""
    parts = {part: image[part] for part in ("HOST", "PORT")}
    is_image = value.call.rpartition("/")[2].partition(" ")[0] in _ENGINES or "image" in value.name.lower()
    given = keys.group("REGISTRY" if is_image else _service(value, None), parts)
    return [Reference(value.start + image.start(part), value.start + image.end(part), given[part]) for part in parts]


def _is_partial(value: Value, shape: Shape) -> bool:
    """Tell whether a key holds less than the whole: host and port, or a URL's origin."""
    if (shape.start, shape.end) != (0, len(value.text)):
        return True
    if shape.form == ADDRESS:
        return True
    if value.spot.finding.family == "credential" and shape.form == WEB:
        return False  # whoever knows the path is let in
    has_path = shape.end > shape.authority[1] + 1
    return not (is_url_name(value.name) and (len(words(value.name)) > 1 or not has_path))


def _needs(value: Value, shape: Shape, keys: Keys, stays: frozenset[str], *, encodes: bool) -> list[Reference] | str:
    inside = shape.values.get("HOST") in stays
    if shape.form == WEB:
        return STAYS if inside else _origin(value, shape, keys)
    if shape.form == REMOTE:
        start, end = value.start + shape.start, value.start + shape.end
        return [Reference(start, end, keys.machine(naming.of_machine(value.name), shape.values["HOST"]))]
    parts = [one for one in shape.parts if not (inside and one.name in {"HOST", "PORT"})]
    if any(spelled(one.value) is None for one in parts):
        return NO_FORM
    raw = {one.name: value.text[one.start : one.end] for one in parts}
    if any(raw[one.name] != (_encoded(one) if encodes else one.value) for one in parts):
        return _one_key(value, shape, keys)
    if not parts:
        return STAYS
    service = _service(value, shape)
    given = _group(service, {one.name: one.value for one in parts}, _others(value, service, shape), keys)
    is_encoded = shape.form == DSN
    return [
        Reference(
            value.start + one.start,
            value.start + one.end,
            given[one.name],
            is_encoded and one.name in {"USER", "PASSWORD"},
        )
        for one in parts
    ]


def _group(service: str, parts: Mapping[str, str], others: Sequence[str], keys: Keys) -> dict[str, Key]:
    """Return the keys of a connection: those of the same service that hold its password already, if the rest fits."""
    for key in keys.used:
        prefix, _, part = key.name.rpartition("_")
        is_near = service in prefix or service.startswith(f"{prefix}_")  # RABBITMQ_DEFAULT is what its image asks for
        is_same = part == "PASSWORD" and is_near and key.values.get(keys.environment) == parts.get(part)
        if is_same and all(keys.fits(f"{prefix}_{name}", {keys.environment: one}) for name, one in parts.items()):
            return keys.group(prefix, parts)
    return keys.group(service, parts, others)


def _encoded(part: Part) -> str:
    """Return a part as JavaScript's encodeURIComponent gives it."""
    return quote(part.value, safe="!~*'()") if part.name in {"USER", "PASSWORD"} else part.value


def _one_key(value: Value, shape: Shape, keys: Keys) -> list[Reference] | str:
    text = value.text[shape.start : shape.end]
    if HOLE in text:
        return HALF
    if spelled(text) is None:
        return NO_FORM
    name = value.name if is_url_name(value.name) else f"{_service(value, shape)}_URL"
    key = keys.holding(text, "URL") or keys.one(name, text, kinds.SECRET)
    return [Reference(value.start + shape.start, value.start + shape.end, key)]


def _origin(value: Value, shape: Shape, keys: Keys) -> list[Reference] | str:
    """Read scheme, host and port of a URL from one key."""
    start, end = shape.start, shape.authority[1]
    origin = value.text[start:end]
    if HOLE in origin:
        return HALF
    key = keys.holding(origin, "URL") or keys.one(web_name(value, shape), origin)
    return [Reference(value.start + start, value.start + end, key)]


def web_name(value: Value, shape: Shape | None) -> str:
    """Return what a URL's origin is called: GRAFANA_URL by its host, its well-known port or the name it is given."""
    if shape is None:
        return "API_URL"
    label = shape.values.get("HOST", "").partition(".")[0]
    about = "" if label == "localhost" or not label.isidentifier() else naming.of_name(label)
    port = [shape.values["PORT"]] if "PORT" in shape.values else []
    said = about or naming.of_context(value.call, (), port) or naming.of_name(value.name if value.part == "" else "")
    return f"{said or ('WS' if shape.scheme.lower().startswith('ws') else 'API')}_URL"


def _service(value: Value, shape: Shape | None) -> str:
    """Return the prefix of the keys of a connection."""
    if shape and shape.form == DSN and shape.scheme.lower() not in {"http", "https", "ws", "wss"}:
        return naming.of_scheme(shape.scheme)
    port = shape.values.get("PORT", "") if shape else ""
    return _about(value, port) or ("DB" if shape and shape.form == PAIRS else "API")


def _about(value: Value, port: str = "") -> str:
    """Return what the command, the names around a value, or the port tell, "" if none does."""
    client = _CLIENTS.get(value.call.rpartition("/")[2])
    return client or naming.of_context(value.call, (value.name, *value.names), [port] if port else [])


def _others(value: Value, service: str, shape: Shape | None = None) -> list[str]:
    named = [about for name in (value.name, *value.names) if (about := naming.of_name(name)) not in {"", service}]
    if service != "DB":
        return named
    database = shape.values.get("NAME", "") if shape else ""
    prefixes = [*named, *([database] if database else [])]
    return [prefix if "DB" in prefix.upper().split("_") else f"{prefix}_DB" for prefix in prefixes]


def _whole(value: Value, others: Sequence[Value], keys: Keys, without: frozenset[str]) -> list[Reference] | str:
    text = value.text
    if spelled(text) is None:
        return NO_FORM
    part = value.part
    if part == "PASSWORD" and value.call.rpartition("/")[2] in _WEB_CLIENTS and _LOGIN.fullmatch(text):
        return _login(value, keys)
    if part == "HOST" and value.call.rpartition("/")[2] in _REMOTE_CLIENTS:
        return [Reference(value.start, value.end, keys.machine(naming.of_machine(value.name), text))]
    tail = f"_{part}" if part else ""
    if value.spot.finding.rule == "copied-value" and (same := keys.holding(text, tail, without)):
        return [Reference(value.start, value.end, same)]
    if not part:
        is_secret = value.spot.finding.family == "credential"
        token = naming.of_secret_url(text) if "://" in text else f"{_service(value, None)}_TOKEN"
        name = _full_name(value) or (token if is_secret else "API_URL")
        held = keys.holding(text, "URL") if "://" in text else keys.secret(text) if is_secret and value.shares else None
        return [Reference(value.start, value.end, held or keys.one(name, text, kinds.SECRET if is_secret else ""))]
    beside = (one for one in others if one.group == value.group and one.prefix == value.prefix)
    near = sorted(beside, key=lambda one: -abs(one.start - value.start))  # the nearest of one name last
    parts = {one.part: one.text for one in near if one.part and _is_plain(one)} | {part: text}
    service = (
        _OF_URL.sub("", value.prefix)
        or next((s for one in near if one.call and (s := _about(one))), "")
        or _about(value)
    )
    if not service and (same := keys.holding(text, f"_{part}")):
        return [Reference(value.start, value.end, same)]
    service = service or "API"
    return [Reference(value.start, value.end, _group(service, parts, _others(value, service), keys)[part])]


def _full_name(value: Value) -> str:
    """Return the name of a value: of a URL that is called `url` it is what that is the URL of, BILLING_URL."""
    is_plain = naming.prefix_in(value.name, "URL") in {"", "BASE"}
    if not (value.name and is_plain and "://" in value.text):
        return value.name
    return f"{next((one for name in value.names if (one := naming.of_name(name))), 'API')}_{value.name}"


def _login(value: Value, keys: Keys) -> list[Reference]:
    """Read the two halves of `user:password`, which web clients take as one."""
    user, _, password = value.text.partition(":")
    service = keys.login({"PASSWORD": password}) or _about(value) or "API"
    given = keys.group(service, {"USER": user, "PASSWORD": password}, _others(value, service))
    middle = value.start + len(user)
    return [Reference(value.start, middle, given["USER"]), Reference(middle + 1, value.end, given["PASSWORD"])]


def _is_plain(value: Value) -> bool:
    text = value.text
    return HOLE not in text and "\\" not in text and spelled(text) is not None and not any(shapes(text))
