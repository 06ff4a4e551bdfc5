"""New secrets, of characters that every reader of env files returns unchanged without quotes."""

import base64
import secrets

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_MORE = _ALPHABET + "-_"
_LONGEST = 4096


def secret(key: str, placeholder: str) -> str:
    """Return a new secret for a key whose contract says ``placeholder``, such as GENERATE_HEX_32.

    A number in it is the length: characters, or bytes for HEX. Fernet keys have their own form. Otherwise 64 characters
    for what signs, 32 for the rest.
    """
    words = [*placeholder.upper().split("_"), *key.upper().split("_")]
    length = next((int(word) for word in placeholder.split("_") if word.isdigit() and 0 < int(word) <= _LONGEST), 0)
    if "FERNET" in words:
        return _fernet_key()
    if "HEX" in words:
        return secrets.token_hex(length or 32)
    if not length:
        length = 64 if {"SECRET", "JWT", "SIGNING", "ENCRYPTION"} & set(words) else 32
    # A letter or digit first: commands take a leading hyphen for an option.
    return secrets.choice(_ALPHABET) + "".join(secrets.choice(_MORE) for _ in range(length - 1))


def _fernet_key() -> str:
    while True:
        key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        if key[0] in _ALPHABET:
            return key
