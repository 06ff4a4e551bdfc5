"""Secrets that are weak, and secrets that two environments share."""

import re
from binascii import Error, a2b_base64, a2b_hex
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

from envfence.contract import kinds
from envfence.contract.content.endpoint import endpoints
from envfence.contract.content.unfilled import is_placeholder
from envfence.contract.environment import Environment
from envfence.contract.rules import SHARED_SECRET, WEAK_SECRET
from envfence.finding import Finding

_COMMON = sorted(
    (
        "administrator admin root user password passwd passwort secret token supersecret super strong secure security "
        "changeme changethis change replace example sample default demo dummy test testing temp local localhost "
        "development develop dev production prod staging stage live database postgres postgresql timescale mysql redis "
        "influxdb influx grafana airflow celery rabbitmq guest letmein welcome master access private public random "
        "qwertyuiop asdfghjkl zxcvbnm qwerty qwer asdf iloveyou monkey dragon abc jwt auth api key app web server "
        "service backend frontend this that with your not for the and please here now very really hunter trustno "
        "generate generated insecure unsafe pass word qaz wsx edc rfv tgb yhn ujm"
    ).split(),
    key=len,
    reverse=True,
)
_LEET = str.maketrans("013457@$!", "oieastasi")
_ISSUED = frozenset({"CLIENT", "WEBHOOK", "API", "ACCESS", "CONSUMER", "BOT", "OAUTH"})  # others choose how long
_SIGNING = frozenset({"JWT", "SIGNING", "SESSION", "COOKIE", "CSRF", "ENCRYPTION", "FERNET"})
# A password among the words of a text, the parameters of a URL or the members of an object.
_NAMED = re.compile(
    r"(?:^|[?&;\s\"])(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|accountkey|sharedaccesskey)"
    r"\"?\s*[=:]\s*('[^']*'|\"[^\"]*\"|[^&;\s,}]+)",
    re.IGNORECASE,
)
_ABOUT = kinds.TRUE | kinds.FALSE | {"required", "optional", "none", "null"}
_LOGINS = frozenset({"AUTH", "LOGIN", "CREDENTIALS", "CREDENTIAL", "USERPASS"})  # user:password
_SCHEMES = ("basic ", "bearer ", "token ")  # of an Authorization header
_NAME_AND_YEAR = re.compile(r"[a-z]{2,12}[\W_]?(?:19|20)\d\d[\W_]*", re.IGNORECASE)
# What a secret says of itself: `dev-secret-key`, `example_token`, `django-insecure-...` of a new project.
_SAYS_SO = re.compile(
    r"(?:^|[\W_])(?:change[\W_]*(?:me|this|it)|examples?|samples?|dummy|insecure|placeholder)(?:[\W_]|$)|^dev[\W_]",
    re.IGNORECASE,
)
_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_WALK = 4  # keys in a row, each beside the one before, that nobody types by chance


def secrets_of(environment: Environment) -> Iterator[tuple[str, str]]:
    """Yield key and secret: the values of secret keys, each of a list, and the passwords inside other texts."""
    for key, value in environment.given():
        held = _held(environment, key, value)
        if held and not is_placeholder(environment, key, value):
            yield from ((key, secret) for secret in held)


def _held(environment: Environment, key: str, value: str) -> list[str]:
    is_url = "://" in value
    if environment.kind(key) == kinds.SECRET and not is_url:
        login = _of_login(key, value)
        return [login] if login else [] if _is_path(value) else _each(key, value)
    named = {_unquoted(found) for found in _named(value)}
    logins = {_unquoted(endpoint.password) for endpoint in endpoints(value)} if is_url else {_of_login(key, value)}
    return sorted((named | logins) - {""})


def _named(value: str) -> Iterator[str]:
    """Yield what a text gives for a password, but for words about one and what the program puts in: `token={token}`."""
    for found in _NAMED.findall(value) if "=" in value or "{" in value else ():
        secret = found.strip("'\"")
        if not secret.startswith(("{", "<", "$", "%(")) and secret.lower() not in _ABOUT:
            yield secret


def _of_login(key: str, value: str) -> str:
    """Return the password of `user:password` and what follows `Bearer `, as far as the key speaks of a login."""
    if value.lower().startswith(_SCHEMES) and "AUTH" in key.upper():
        return value.partition(" ")[2].strip()
    user, colon, password = value.partition(":")
    is_pair = bool(colon and user) and not any(map(str.isspace, value))
    return password if is_pair and key.upper().rpartition("_")[2] in _LOGINS else ""


def _each(key: str, value: str) -> list[str]:
    """Return the secrets of a list, in JSON or with commas where the key's name is a plural; else the one."""
    if value.startswith("[") and value.endswith("]"):
        return [item for item in kinds.listed(value) if item]
    if key.upper().endswith(("KEYS", "SECRETS", "TOKENS", "PASSWORDS")):
        return [item.strip() for item in value.split(",") if item.strip()]
    return [value]


def weak_secrets(environment: Environment) -> Iterator[Finding]:
    """Yield the secrets of ``environment`` that are short or guessable; on a developer's machine they may be."""
    if environment.is_throwaway:
        return
    known = [value.lower() for key, value in environment.given() if _is_plain_name(environment, key, value)]
    for key, secret in secrets_of(environment):
        contract = environment.contract.get(key)
        reason = weakness(key, secret, known)
        if contract and contract.text == secret:
            reason = "it stands in the contract"
        if reason:
            yield environment.found(WEAK_SECRET, key, reason)


def weakness(key: str, secret: str, known: Iterable[str] = ()) -> str:
    """Return why ``secret`` is weak, in fixed words, or "". ``known`` are names that an attacker would try."""
    key = kinds.without_which(key)
    words = set(key.upper().split("_"))
    issued = not _ISSUED.isdisjoint(words) or "TOKEN" in words
    signs = (not _SIGNING.isdisjoint(words) or key.upper().endswith("SECRET_KEY")) and not issued
    if signs and len(secret.encode()) < 32 and "PASSWORD" not in words:
        return "shorter than 32 bytes"
    if len(secret) < (8 if issued else 12):
        return "shorter than 8 characters" if issued else "shorter than 12 characters"
    if _SAYS_SO.search(secret):
        return "it says that it is none"
    if len(set(secret)) < 6:
        return "few different characters"
    if _NAME_AND_YEAR.fullmatch(secret):
        return "a name and a year"
    if "_" in secret and secret.isupper() and secret.replace("_", "").isalpha():
        return "words as in a name"
    forms = (form.lower() for form in (secret, *_decoded(secret)))
    fewest = min(_surprise(form, known) for plain in forms for form in (plain, plain.translate(_LEET)))
    return "made of common words or rows of keys" if fewest < (4 if issued else 8) else ""


def _decoded(secret: str) -> Iterator[str]:
    """Yield the text that base64 or hexadecimal digits hide; what a machine made at random is no text."""
    ways: tuple[Callable[[str], bytes], ...] = (a2b_base64, a2b_hex)
    for decode in ways:
        try:
            text = decode(secret).decode("ascii")
        except (Error, ValueError):
            continue
        if text.isprintable():
            yield text


def shared_secrets(environments: Sequence[Environment]) -> Iterator[Finding]:
    """Yield the secrets that another environment has too, at the environment that has more to lose."""
    held = [(environment, [*secrets_of(environment), *_addresses(environment)]) for environment in environments]
    owners: dict[str, list[Environment]] = {}
    for environment, secrets in held:
        for secret in {secret for _, secret in secrets}:
            owners.setdefault(secret, []).append(environment)
    for environment, secrets in held:
        if environment.is_throwaway:
            continue
        for key, secret in secrets:
            others = [other.path for other in owners[secret] if other.identity != environment.identity]
            if others:
                yield environment.found(SHARED_SECRET, key, f"also in {', '.join(others)}")


def _addresses(environment: Environment) -> Iterator[tuple[str, str]]:
    """Yield the addresses of webhooks that are secrets themselves: who knows one may post."""
    for key, value in environment.given():
        for endpoint in endpoints(value):
            is_hook = "hook" in f"{key} {endpoint.host} {endpoint.path}".lower()
            last = endpoint.path.rstrip("/").rpartition("/")[2]
            is_random = len(last) >= 16 and any(map(str.isdigit, last)) and any(map(str.isalpha, last))
            if is_hook and is_random and not is_placeholder(environment, key, value):
                yield key, endpoint.path


def _surprise(secret: str, known: Iterable[str]) -> int:
    """Return how many characters are left without common words, rows of keys and what repeats."""
    period = (secret + secret).find(secret, 1)  # the length of the secret itself where nothing repeats
    secret = secret[:period]
    for word in (*known, *_COMMON):
        secret = secret.replace(word, " ")
    secret = _without_walks(secret)
    left = 0
    for before, character in zip(" " + secret, secret, strict=False):
        step = ord(character) - ord(before)
        left += character.isalnum() and step not in {0, 1, -1}
    return left


def _without_walks(secret: str) -> str:
    """Return ``secret`` without what fingers do by themselves: 1q2w3e, zaq1xsw2."""
    kept, walk = "", secret[:1]
    for before, character in pairwise(secret):
        if character in _NEIGHBOURS.get(before, ()):
            walk += character
            continue
        kept += walk if len(walk) < _WALK else " "
        walk = character
    return kept + (walk if len(walk) < _WALK else " ")


def _neighbours() -> dict[str, str]:
    """Return each key with those that touch it; each row of a keyboard stands half a key further right."""
    beside: dict[str, str] = {}
    for number, row in enumerate(_ROWS):
        above = _ROWS[number - 1] if number else ""
        below = _ROWS[number + 1] if number + 1 < len(_ROWS) else ""
        for column, key in enumerate(row):
            left = max(column - 1, 0)
            around = row[left : column + 2] + above[column : column + 2] + below[left : column + 1]
            beside[key] = around.replace(key, "")
    return beside


_NEIGHBOURS = _neighbours()


def _is_plain_name(environment: Environment, key: str, value: str) -> bool:
    return len(value) > 2 and environment.kind(key) == kinds.TEXT and value.isascii()


def _is_path(value: str) -> bool:
    return value.startswith(("/", "./", "../", "~/")) or value.endswith((".pem", ".key", ".crt", ".p12"))


def _unquoted(password: str) -> str:
    if "%" not in password:
        return password
    from urllib.parse import unquote

    return unquote(password)
