"""Lines that programs wrote, without the values of the env file."""

import json
from collections.abc import Callable, Mapping
from urllib.parse import quote, quote_plus

from envfence.contract import kinds
from envfence.contract.endpoint import endpoints
from envfence.contract.grammar import Key
from envfence.report.mask import MASK

_SHORTEST = 4  # of what is masked though it is no secret
_HERE = ("127.0.0.1", "localhost", "::1", "[::1]")


def masker(values: Mapping[str, str], contract: Mapping[str, Key]) -> Callable[[str], str]:
    """Return a function that puts a mark where a text holds a value, in any spelling that URLs and JSON give it.

    What everybody may know stays readable: defaults and choices of the contract, numbers, images, this machine's
    addresses.
    """
    hidden: set[str] = set()
    for key, value in values.items():
        promised = contract.get(key)
        kind = promised.kind if promised else kinds.kind_of_name(key)
        is_known = key.endswith("_IMAGE") or (promised is not None and value in (promised.text, *promised.choices))
        if not is_known and _is_private(kind, value):
            hidden |= _spellings(value)
        hidden |= {form for one in endpoints(value) if one.password for form in _spellings(one.password)}
    ordered = sorted(hidden - {""}, key=len, reverse=True)

    def masked(text: str) -> str:
        for value in ordered:
            text = text.replace(value, MASK)
        return text

    return masked


def _is_private(kind: str, value: str) -> bool:
    if kind == kinds.SECRET:
        return True
    is_plain = value.isdigit() or value.lower() in kinds.TRUE | kinds.FALSE or any(here in value for here in _HERE)
    return len(value) >= _SHORTEST and not is_plain


def _spellings(value: str) -> set[str]:
    return {value, quote(value, safe=""), quote(value), quote_plus(value), json.dumps(value)[1:-1]}
