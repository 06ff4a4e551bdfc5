"""Passwords, tokens and keys that are written down where everybody can read them, and user names."""

import re

from envfence.detect import addresses, names
from envfence.finding import WARNING, Rule
from envfence.literals import COMPARED, DEFAULT, HOLE, Literal

CREDENTIAL = Rule(
    "hardcoded-credential",
    "credential",
    "a credential is written into the file",
    "read it from settings, keep its value in .env.<environment>, and change it: it has been seen",
    fixable=True,
)
FALLBACK = Rule(
    "fallback-value",
    "credential",
    "a credential is used when the key is not set",
    "drop the default, so that a missing key stops the start; change the credential: it has been seen",
    fixable=True,
)
USERNAME = Rule(
    "hardcoded-username",
    "credential",
    "a user name is written into the file",
    "read it from settings and name its key in .env.example",
    WARNING,
    fixable=True,
)
RULES = (CREDENTIAL, USERNAME)

_TEMPLATE = re.compile(rf"[{HOLE}<>{{}}$]|\*{{3}}|x{{4}}|\.\.\.|^%|%$", re.I)
_PLACEHOLDER = re.compile(
    r"(?i)^(?:your|my|the|insert|enter|put|some|any|a|an)[\s_-]|change[_-]?(?:me|this|it)|placeholder|[_-]here$|^todo|^tbd|^none$|^null$|^nil$|^true$|^false$|^undefined$|^n/?a$|^\W+$"
)
_PROSE = re.compile(r"\s")
_REFERENCE = re.compile(
    r"(?i)^(?:op|vault|sops|aws-?sm|ssm|gcp|azure|keyring|file|env|ref)[:+]|^(?:/|\./|~/)|^arn:|^ENC\[|^process\.env|^os\.environ|^secrets?\.|^\$"
)
_PASSWORD_LIKE = re.compile(r"\S{2,200}")
_TOKEN_LIKE = re.compile(r"[A-Za-z0-9_+/=.~:-]{8,}")


def rule_for(literal: Literal) -> Rule | None:
    """Return the rule that the literal breaks in one of its contexts, if any."""
    if literal.role == COMPARED:
        return None
    if _has_password(literal.value) or (names.is_secret_name(literal.name) and _is_secret(literal)):
        return FALLBACK if literal.role == DEFAULT else CREDENTIAL
    if names.is_user_name(literal.name) and _is_word(literal.value):
        return USERNAME
    return None


def _has_password(value: str) -> bool:
    address = addresses.url_in(value) if "://" in value else None
    return bool(address) and bool(address.password) and not is_placeholder(address.password)


def is_placeholder(value: str) -> bool:
    """Return whether the value only stands for one: a template, a mask, `your-token-here`."""
    return bool(_TEMPLATE.search(value) or _PLACEHOLDER.search(value) or _REFERENCE.search(value))


def _is_secret(literal: Literal) -> bool:
    value = literal.value.strip()
    if not value or _PROSE.search(value) or is_placeholder(value):
        return False
    if names.words(value) == names.words(literal.name) or value.lower() == literal.name.lower():
        return False
    if names.is_password_name(literal.name):
        return bool(_PASSWORD_LIKE.fullmatch(value))
    return bool(_TOKEN_LIKE.fullmatch(value)) and any(char.isdigit() for char in value)


def _is_word(value: str) -> bool:
    return bool(re.fullmatch(r"[\w.@-]{2,40}", value)) and not is_placeholder(value)
