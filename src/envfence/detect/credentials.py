"""Passwords, tokens and keys that are written down where everybody can read them, and user names."""

import re

from envfence.detect import names, shapes
from envfence.finding import WARNING, Rule
from envfence.literals import COMPARED, DEFAULT, DOC, VALUE, Literal

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

_USER = re.compile(r"[\w.@-]{2,40}")


def rule_for(literal: Literal) -> Rule | None:
    """Return the rule that the literal breaks in one of its contexts, if any."""
    if is_credential(literal):
        return FALLBACK if literal.role == DEFAULT else CREDENTIAL
    if literal.role in (VALUE, DEFAULT) and names.is_user_name(literal.name) and _is_user(literal.value):
        return USERNAME
    return None


def is_credential(literal: Literal) -> bool:
    """Return whether the value, or what its name says of it, makes it a credential."""
    value = literal.value.strip()
    if not value:
        return False
    if shapes.is_evident(value):
        return True
    if literal.role == COMPARED:
        return False
    if shapes.has_userinfo(value):
        return True
    name = literal.name or (literal.argument if literal.argument.startswith("-") else "")
    kind = names.secret_kind(name)
    if kind == names.PASSWORD:
        return shapes.is_password(value) and not _repeats_name(literal, name, value)
    if kind == names.TOKEN:
        return shapes.is_token(value) and not _repeats_name(literal, name, value)
    return kind == names.KEY and shapes.is_random(value)


def _repeats_name(literal: Literal, name: str, value: str) -> bool:
    """`password = "password"` names a field; `ResetPassword: "iam:ResetPassword"` names an action."""
    ours, theirs = names.words(name), names.words(value)
    if ours == theirs:
        return literal.quoted or literal.role == DOC
    shorter = min(len(ours), len(theirs))
    return shorter > 1 and ours[-shorter:] == theirs[-shorter:]


def _is_user(value: str) -> bool:
    return bool(_USER.fullmatch(value)) and not shapes.stands_for_another(value)
