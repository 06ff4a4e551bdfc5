"""What one environment's values say by themselves: placeholders, kinds, its name, debugging."""

from collections.abc import Iterator

from envfence.contract import kinds
from envfence.contract.environment import ENVIRONMENT_KEYS, Environment, names_the_environment
from envfence.contract.grammar import DEFAULT, placeholders
from envfence.contract.rules import DEBUG_IN_PRODUCTION, ENVIRONMENT_MISMATCH, PLACEHOLDER_LEFT, WRONG_KIND
from envfence.contract.stages import PRODUCTION, is_known, stage_of
from envfence.finding import Finding

_LEFT = frozenset({"changeme", "changethis", "replaceme", "replacethis", "fillme", "fillmein", "todo", "tbd", "fixme"})
_LEFT_BEGINNINGS = (
    "changeme",
    "changethis",
    "changebefore",
    "replaceme",
    "replacethis",
    "replacewith",
    "setme",
    "fillme",
)
_LEFT_WORDS = frozenset({"placeholder", "dummy", "yourvaluehere", "setme", "none yet"})
_AROUND = (("{{", "}}"), ("__", "__"), ("$(", ")"), ("<%", "%>"))  # templates, and a command of a shell
_OFF = kinds.FALSE | {"", "none", "null", "disabled", "warn", "warning", "info", "error", "critical"}


def value_findings(environment: Environment) -> Iterator[Finding]:
    """Yield what is wrong with each value of ``environment``."""
    for key, value in environment.given():
        if is_placeholder(environment, key, value):
            yield environment.found(PLACEHOLDER_LEFT, key)
        elif names_the_environment(environment.contract.get(key), key):
            yield from _environment_findings(environment, key, value)
        else:
            yield from _kind_findings(environment, key, value)
        if environment.stage == PRODUCTION and is_debugging(key, value.lower()):
            yield environment.found(DEBUG_IN_PRODUCTION, key)


def is_placeholder(environment: Environment, key: str, value: str) -> bool:
    """Tell whether ``value`` is or holds a placeholder; `changeme` and its like are passwords to a developer."""
    names = placeholders(value)
    bare = value.strip("<> ") if value.startswith("<") and value.endswith(">") else ""
    if any(name.strip() == bare or _is_plain_placeholder(name) for name in names):
        return True
    if environment.is_throwaway:
        return False
    contract = environment.contract.get(key)
    if contract is not None and contract.form == DEFAULT and contract.text == value and contract.kind != kinds.SECRET:
        return False
    plain = value.lower().replace("_", "").replace("-", "").replace(" ", "").strip(".!<>[]()\"'")
    yours = plain.startswith(("your", "insert", "enter", "replace", "put")) and plain.endswith(("here", "value"))
    yours |= plain.startswith("your") and value.startswith(("[", "(", "{"))
    masked = (len(plain) > 2 and set(plain) == {"x"}) or (len(value) > 2 and set(value) == {"*"})
    left = plain in _LEFT | _LEFT_WORDS or plain.startswith(_LEFT_BEGINNINGS)
    return left or yours or masked or _is_template(value)


def _is_template(value: str) -> bool:
    """Tell whether something was to be put in before: by a tool with marks of its own, or by a shell."""
    if any(value.startswith(first) and value.endswith(last) for first, last in _AROUND):
        return True
    name = value[1:-1].strip("@%")
    return value[:1] == value[-1:] and value[:1] in {"@", "%"} and name.replace("_", "").isalnum() and name.isupper()


def _is_plain_placeholder(name: str) -> bool:
    """Tell it from two brackets in a password or a tag."""
    return len(name) > 1 and (name.isupper() or name.lower().startswith("your") or kinds.is_word_for_a_kind(name))


def _environment_findings(environment: Environment, key: str, value: str) -> Iterator[Finding]:
    contract = environment.contract.get(key)
    choices = contract.choices if contract else ()
    if choices and value not in choices:
        yield environment.found(WRONG_KIND, key, "it is none of the contract's choices")
    if _is_of_another(environment, key, value, choices):
        yield environment.found(ENVIRONMENT_MISMATCH, key)


def _is_of_another(environment: Environment, key: str, value: str, choices: tuple[str, ...]) -> bool:
    """Tell whether ``value`` is another environment than the file's name says, as far as that says one."""
    name = environment.base
    if name == "local" or not (is_known(name) or name in choices):
        return False
    if stage_of(value) == stage_of(name):
        # A program that looks for .env.prod does not find .env.production; the full word is the name of the thing.
        return key in ENVIRONMENT_KEYS and value not in {name, stage_of(name), *choices}
    if choices or key in ENVIRONMENT_KEYS:
        return True
    is_mode = key.endswith("_ENV") and stage_of(value) == PRODUCTION  # NODE_ENV=production is how staging is built too
    return is_known(value) and not is_mode


def _kind_findings(environment: Environment, key: str, value: str) -> Iterator[Finding]:
    contract = environment.contract.get(key)
    if contract is None or value in (contract.text, *contract.choices):
        return
    if contract.choices:
        yield environment.found(WRONG_KIND, key, "it is none of the contract's choices")
    elif not kinds.is_of_kind(contract.kind, value, bare=_has_port(environment, key)):
        yield environment.found(WRONG_KIND, key, f"the contract asks for {contract.kind}")


def _has_port(environment: Environment, key: str) -> bool:
    stem = key.removesuffix("_HOSTNAME").removesuffix("_HOST")
    return stem != key and f"{stem}_PORT" in environment.contract


def is_debugging(key: str, value: str) -> bool:
    """Tell whether ``value``, in lower case, switches debugging on: DEBUG=1, SQL_ECHO=true, LOG_LEVEL=debug."""
    words = key.upper().split("_")
    if key.upper().endswith("LOG_LEVEL") or key.upper() in {"LOGLEVEL", "LOGGING_LEVEL"}:
        return value in {"debug", "trace", "10"}
    return (words[-1] in {"DEBUG", "RELOAD", "ECHO"} and value not in _OFF) or (
        "DEBUG" in words and value in kinds.TRUE
    )
