"""Lines that programs wrote, without the values of the env file."""

import json
import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from urllib.parse import quote, quote_plus

from envfence.contract import kinds
from envfence.contract.content.endpoint import endpoints
from envfence.contract.grammar import Key
from envfence.report.mask import MASK

_SHORTEST = 4  # of what is masked though it is no secret
_NEVER = "(?!)"  # a pattern that nothing matches
_HERE = ("127.0.0.1", "localhost", "::1", "[::1]")


def masker(values: Mapping[str, str], contract: Mapping[str, Key]) -> Callable[[str], str]:
    """Return a function that puts a mark where a text holds a value, in any spelling that URLs and JSON give it.

    What everybody may know stays readable: defaults and choices of the contract, numbers, images, this machine's
    addresses. A secret is hidden anywhere, any other value as a word of its own: a user named like the project must
    not black out half of every line.
    """
    secrets: set[str] = set()
    words: set[str] = set()
    for key, value in values.items():
        promised = contract.get(key)
        kind = promised.kind if promised else kinds.kind_of_name(key)
        is_known = key.endswith("_IMAGE") or (promised is not None and value in (promised.text, *promised.choices))
        if not is_known and _is_private(kind, value):
            (secrets if kind == kinds.SECRET else words).update(_spellings(value))
        secrets |= {form for one in endpoints(value) if one.password for form in _spellings(one.password)}
    anywhere = re.compile("|".join(_longest_first(secrets)) or _NEVER)
    alone = re.compile(rf"(?<![\w-])(?:{'|'.join(_longest_first(words)) or _NEVER})(?![\w-])")
    return lambda text: alone.sub(MASK, anywhere.sub(MASK, text))


def _longest_first(values: AbstractSet[str]) -> list[str]:
    return [re.escape(value) for value in sorted(values - {""}, key=len, reverse=True)]


def _is_private(kind: str, value: str) -> bool:
    if kind == kinds.SECRET:
        return True
    is_plain = value.isdigit() or value.lower() in kinds.TRUE | kinds.FALSE or any(here in value for here in _HERE)
    return len(value) >= _SHORTEST and not is_plain


def _spellings(value: str) -> set[str]:
    return {value, quote(value, safe=""), quote(value), quote_plus(value), json.dumps(value)[1:-1]}
