"""`envfence env fingerprint`: compare two machines' env files without moving a value.

A digest is PBKDF2-HMAC-SHA256 of a value under the salt and the key's name: slow to guess, and equal only for the same
key with the same value under the same salt. Keep the salt to yourself all the same: a short password can be guessed.
"""

import hashlib
from collections.abc import Mapping

_ROUNDS = 50_000
_DIGITS = 16


def fingerprint(values: Mapping[str, str], salt: str) -> dict[str, str]:
    """Return key to digest."""
    return {key: _digest(f"{salt}\0{key}", value) for key, value in values.items()}


def differing(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """Return the keys that only one of two fingerprints has, or whose digests differ."""
    return [key for key in dict.fromkeys((*one, *other)) if one.get(key) != other.get(key)]


def parsed(text: str) -> dict[str, str]:
    """Return the fingerprint that was printed as ``text``."""
    pairs = (line.rpartition(" ") for line in text.splitlines())
    return {key.strip(): digest for key, _, digest in pairs if key and len(digest) == _DIGITS}


def _digest(salt: str, value: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", value.encode("utf-8", "surrogateescape"), salt.encode(), _ROUNDS).hex()[
        :_DIGITS
    ]
