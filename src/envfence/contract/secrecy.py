"""Secrets that are weak, and secrets that two environments share."""

from collections.abc import Iterable, Iterator, Sequence

from envfence.contract import kinds
from envfence.contract.endpoint import endpoints
from envfence.contract.environment import Environment
from envfence.contract.rules import SHARED_SECRET, WEAK_SECRET
from envfence.contract.values import is_placeholder
from envfence.finding import Finding

_COMMON = sorted(
    (
        "administrator admin root user password passwd passwort secret token supersecret super strong secure security "
        "changeme changethis change replace example sample default demo dummy test testing temp local localhost "
        "development develop dev production prod staging stage live database postgres postgresql timescale mysql redis "
        "influxdb influx grafana airflow celery rabbitmq guest letmein welcome master access private public random "
        "qwertyuiop asdfghjkl zxcvbnm qwerty qwer asdf iloveyou monkey dragon abc jwt auth api key app web server "
        "service backend frontend this that with your not for the and please here now very really hunter trustno "
        "generate generated insecure unsafe pass word"
    ).split(),
    key=len,
    reverse=True,
)
_LEET = str.maketrans("013457@$!", "oieastasi")
_ISSUED = frozenset({"CLIENT", "WEBHOOK", "API", "ACCESS", "CONSUMER", "BOT", "OAUTH"})  # others choose how long
_SIGNING = frozenset({"JWT", "SIGNING", "SESSION", "COOKIE", "CSRF", "ENCRYPTION", "FERNET"})


def secrets_of(environment: Environment) -> Iterator[tuple[str, str]]:
    """Yield key and secret: the values of secret keys, and the passwords inside URLs."""
    for key, value in environment.given():
        if "://" in value:
            held = sorted({_unquoted(endpoint.password) for endpoint in endpoints(value)} - {""})
        else:
            held = [value] if environment.kind(key) == kinds.SECRET and not _is_path(value) else []
        if held and not is_placeholder(environment, key, value):
            yield from ((key, secret) for secret in held)


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
    words = set(key.upper().split("_"))
    issued = not _ISSUED.isdisjoint(words) or "TOKEN" in words
    signs = (not _SIGNING.isdisjoint(words) or key.upper().endswith("SECRET_KEY")) and not issued
    if signs and len(secret.encode()) < 32 and "PASSWORD" not in words:
        return "shorter than 32 bytes"
    if len(secret) < (8 if issued else 12):
        return "shorter than 8 characters" if issued else "shorter than 12 characters"
    if len(set(secret)) < 6:
        return "few different characters"
    plain = secret.lower()
    if min(_surprise(form, known) for form in (plain, plain.translate(_LEET))) < (4 if issued else 8):
        return "made of common words or rows of keys"
    return ""


def shared_secrets(environments: Sequence[Environment]) -> Iterator[Finding]:
    """Yield the secrets that another environment has too, at the environment that has more to lose."""
    held = [(environment, list(secrets_of(environment))) for environment in environments]
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


def _surprise(secret: str, known: Iterable[str]) -> int:
    """Return how many characters are left without common words, rows of keys and what repeats."""
    period = (secret + secret).find(secret, 1)  # the length of the secret itself where nothing repeats
    secret = secret[:period]
    for word in (*known, *_COMMON):
        secret = secret.replace(word, " ")
    left = 0
    for before, character in zip(" " + secret, secret, strict=False):
        step = ord(character) - ord(before)
        left += character.isalnum() and step not in {0, 1, -1}
    return left


def _is_plain_name(environment: Environment, key: str, value: str) -> bool:
    return len(value) > 2 and environment.kind(key) == kinds.TEXT and value.isascii()


def _is_path(value: str) -> bool:
    return value.startswith(("/", "./", "../", "~/")) or value.endswith((".pem", ".key", ".crt", ".p12"))


def _unquoted(password: str) -> str:
    if "%" not in password:
        return password
    from urllib.parse import unquote

    return unquote(password)
