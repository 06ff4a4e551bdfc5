"""Whether a value may break a rule at all, before it is known what it is for: most never can.

It costs less than to find a value's context, and errs on one side only: it lets innocent values through.
"""

import re
from functools import lru_cache

from envfence.detect import calls, endpoints, names, shapes
from envfence.detect.scope import Scope
from envfence.literals import embedded

# One of these is in every name, and in every call, that makes a password or a user's name of any text.
_NAMES = (
    "pass pw psw secret user usr uid login log_in logon signin sign_in auth cred crypt"
    " mysqli pdo( accesskey access_key access-key getconnection _bind amqp connectionarg hash::make imap"
).split()
_DRAWN = ("token", "key")  # in names whose values are random, but for a default that says what it is: dev-token
_CALLS = "connect("  # with the name of a service
_CALLED_WITH = re.compile(r"([\w.]{1,60})\([\"']?\Z")


def may_count(value: str, before: str, scope: Scope) -> bool:
    """Return whether the value may be reported; ``before`` is what stands left of it, its name included."""
    if scope.key_names or _is_credential(value) or (endpoints.may_pin(value, scope) and scope.may_count(before)):
        return True
    low = before.lower()
    if _CALLS in low or ((called := _CALLED_WITH.search(before)) and calls.takes_address(called[1])):
        return True
    is_named = any(name in low for name in _NAMES) or (
        any(name in low for name in _DRAWN) and names.secret_kind(value) != names.NOTHING
    )
    return is_named and _is_chosen(value)


@lru_cache(maxsize=4096)
def _is_credential(value: str) -> bool:
    """Whether the value may be a credential under a name that promises little, or holds one."""
    text = value.strip()
    if shapes.is_token(text) or shapes.is_uuid(text) or shapes.is_evident(text):
        return True
    return shapes.has_userinfo(text, is_shown=False) or embedded.may_hold(value)


@lru_cache(maxsize=4096)
def _is_chosen(value: str) -> bool:
    """Whether a person may have chosen the value: as a password, or as the name of a user."""
    text = value.strip()
    return len(text) > 1 and "\n" not in text and not shapes.stands_for_another(text)
