"""Passwords, tokens and keys that are written down where everybody can read them, and user names."""

import re
from collections.abc import Iterator, Sequence

from envfence.detect import names, shapes, takers
from envfence.detect.scope import Scope
from envfence.finding import WARNING, Rule
from envfence.literals import COMPARED, DEFAULT, DOC, SHOWN, VALUE, Literal

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
    "endpoint",  # it opens nothing by itself: like host and port it says where and as whom
    "a user name is written into the file",
    "read it from settings and name its key in .env.example",
    WARNING,
    fixable=True,
)
IDENTIFIER = Rule(
    "hardcoded-identifier",
    "credential",
    "an identifier of one environment is written into the file",
    "read it from settings if another environment has another: a tenant, a client, a device, a session",
    WARNING,
    fixable=True,
)
RULES = (CREDENTIAL, FALLBACK, USERNAME, IDENTIFIER)

_SHORT_FORMS = re.compile(r"(?<![a-z])(?:passwd|pass|pwd|pw)(?![a-z])")
_NEAR = 80  # how far behind a user the password may stand
_USER = re.compile(r"[\w.@-]{2,40}")
_HASHED_HERE = re.compile(r"\.(?:Sha256|Sha512)\(\)")  # of IdentityServer: a client's secret, as it was chosen
_ROUTE = re.compile(r"[a-z]+(?:/[\w-]+)+")  # of NGINX Unit: {"pass": "applications/app"}
_LOGIN = re.compile(r"(?P<user>[\w.@+-]{1,64}):(?P<password>[^\s:/@\ufffc]{3,200})")


def decided(found: Sequence[Literal], scope: Scope) -> Iterator[tuple[Literal, Rule]]:
    """Yield each literal that breaks a rule; what a test, a template or a text only shows is a warning."""
    last = Literal("", -1, -1)
    covered = -1  # what is inside a literal that is reported is reported with it
    name = -1  # where a name of something stands, TOKEN = "token": what uses it holds no value
    of_services = scope.of_services(found)
    for literal in sorted(found, key=lambda each: (each.start, -each.end)):
        by_place = _is_second(last, literal) or _completes_login(last, literal) or _is_hashed(literal, scope)
        rule = rule_for(literal, by_place=by_place)
        is_name = literal.start > last.start and not by_place and _repeats_name(literal, literal.value)
        name = literal.start if is_name else name
        last = literal
        if rule and literal.end > covered and literal.start != name:
            covered = literal.end
            runs = _runs(literal, scope) and literal.value not in of_services
            yield literal, rule if runs else rule._replace(severity=WARNING)


def rule_for(literal: Literal, *, by_place: bool = False) -> Rule | None:
    """Return the rule that the literal breaks, if any; ``by_place`` says that it stands where a password does."""
    kind = names.PASSWORD if by_place else _kind(literal)
    if is_credential(literal, kind, by_place=by_place) or _is_login(literal):
        return FALLBACK if literal.role == DEFAULT else CREDENTIAL
    is_user = names.is_user_name(literal.name) and not _is_account_of_container(literal)
    if (is_user or names.is_id_name(literal.name)) and shapes.is_uuid(literal.value):
        return IDENTIFIER
    return USERNAME if is_user and literal.role in (VALUE, DEFAULT) and _is_user(literal.value) else None


def _is_account_of_container(literal: Literal) -> bool:
    """Tell whether it is what a container runs as: `services.db.user` of a compose file, or of a fragment of one."""
    above = literal.path[-1] if literal.path else ""
    return literal.name == "user" and (literal.path[-2:-1] == ("services",) or above.startswith("x-"))


def is_credential(literal: Literal, kind: str, *, by_place: bool = False) -> bool:
    """Return whether the value, or what its name says of it, makes it a credential; ``by_place`` as in `rule_for`."""
    value = literal.value.strip()
    if not value:
        return False
    if shapes.is_evident(value):
        return True
    is_text = "\n" in literal.value  # what it holds is reported where it stands
    if literal.role != COMPARED and not is_text and shapes.has_userinfo(value, is_shown=literal.role in (SHOWN, DOC)):
        return True
    if not kind or (_repeats_name(literal, value) and not by_place):
        return False
    if kind == names.PASSWORD:
        return _is_password(literal, value, by_place=by_place)
    if kind == names.KEY:
        return shapes.is_random(value) and not _begins_name(literal.name, value)
    is_chosen = _stands_in(literal) or _is_access_key(literal)
    return (shapes.is_token(value) and not _begins_name(literal.name, value)) or (
        is_chosen and shapes.is_password(value)
    )


def _is_password(literal: Literal, value: str, *, by_place: bool) -> bool:
    if literal.role == COMPARED or (literal.name == "pass" and _ROUTE.fullmatch(value)):
        return False
    is_alone = not literal.name and not literal.argument.startswith("-")  # only the call says what it is
    return shapes.is_password(value) and not (is_alone and not by_place and _is_word(value))


def _is_access_key(literal: Literal) -> bool:
    """`MINIO_ACCESS_KEY: minioadmin`: who runs the store chose it, but `AccessKey: "access"` only names it."""
    parts = names.kind_words(literal.name)
    is_one = parts[-2:] == ("access", "key") and literal.role in (VALUE, DEFAULT, DOC) and literal.value.isalnum()
    return is_one and literal.value.islower() and not set(parts).intersection(names.words(literal.value))


def _is_word(value: str) -> bool:
    """`("Password")` is a label, and `("client-id", "client-secret")` says what stands there."""
    if value.isalpha():
        return value.islower() or value.istitle()
    return value.replace("-", "").replace("_", "").isalpha() and names.secret_kind(value) == names.PASSWORD


def _stands_in(literal: Literal) -> bool:
    """`${API_TOKEN:-verysecret}`: what is taken for a variable of the environment is its value, drawn or chosen."""
    return literal.role == DEFAULT and literal.name.isupper() and names.secret_kind(literal.value) != names.NOTHING


def _kind(literal: Literal) -> str:
    if literal.name or literal.argument.startswith("-"):
        kind = names.secret_kind(literal.name or literal.argument)
        if kind or literal.name:
            return names.TOKEN if kind == names.PASSWORD and "[]" in literal.path else kind  # often a list of names
    return takers.kind_of_argument(literal.call, literal.argument)


def _is_second(user: Literal, literal: Literal) -> bool:
    """`auth=("user", "password")`."""
    same = user.name == literal.name and user.path == literal.path and user.end <= literal.start <= user.end + 4
    is_login = same and bool(literal.name) and takers.takes_login("", "", literal.name)
    return is_login and not _is_name_of_key(literal.value)


def _is_name_of_key(value: str) -> bool:
    """`("api", "fake-api-key")` says what stands there."""
    is_key = names.secret_kind(value) in (names.TOKEN, names.KEY)
    return is_key and value.replace("-", "").replace("_", "").isalpha()


def _is_hashed(literal: Literal, scope: Scope) -> bool:
    return bool(_HASHED_HERE.match(scope.text, literal.end))


def _completes_login(user: Literal, literal: Literal) -> bool:
    """`Credential{Username: "admin", Password: "password"}`: beside a user it is no name of a field."""
    if not (literal.call and user.call == literal.call and user.path == literal.path):
        return False
    if literal.value == user.value and not literal.name and user.end < literal.start <= user.end + 4:
        return takers.kind_of_argument(literal.call, literal.argument) == names.PASSWORD  # ("guest", "guest")
    is_near = user.end <= literal.start <= user.end + _NEAR and literal.value.islower()
    is_pair = names.is_user_name(user.name) and names.secret_kind(literal.name) == names.PASSWORD
    return is_near and is_pair and _is_user(user.value) and not _repeats_name(user, user.value)


def _is_login(literal: Literal) -> bool:
    """`curl -u user:password`, `auth = "user:password"`."""
    expected = literal.role != COMPARED and takers.takes_login(literal.call, literal.argument, literal.name)
    login = _LOGIN.fullmatch(literal.value) if expected else None
    if not login or not shapes.has_userinfo(f"http://{literal.value}@host", is_shown=False):
        return False
    is_word = login["password"].isalpha() and login["password"] != login["user"]
    return not is_word or literal.argument.startswith("-")


def _runs(literal: Literal, scope: Scope) -> bool:
    if literal.role == DOC or scope.is_template:
        return False
    return scope.counts(literal)


def _repeats_name(literal: Literal, value: str) -> bool:
    """`password = "password"` names a field; `ResetPassword: "iam:ResetPassword"` names an action."""
    if not literal.name:
        return False
    ours, theirs = "_".join(names.words(literal.name)), "_".join(names.words(value))
    if ours == theirs:
        return literal.quoted or literal.role == DOC
    if literal.role == DOC and value.isalpha() and not value.islower() and theirs.endswith(f"_{ours}"):
        return not literal.quoted  # a variable: `password: filePassword`
    if "_" not in ours or "_" not in theirs:
        return False
    squashed = [_SHORT_FORMS.sub("password", words).replace("_", "") for words in (ours, theirs)]
    shorter, longer = sorted(squashed, key=len)
    return longer.endswith(shorter)


def _begins_name(name: str, value: str) -> bool:
    """`AuthTokenKey = "authToken"` is the key that a token is stored under."""
    ours, theirs = names.words(name), names.words(value)
    return len(theirs) > 1 and ours[: len(theirs)] == theirs


def _is_user(value: str) -> bool:
    return bool(_USER.fullmatch(value)) and not shapes.stands_for_another(value)
