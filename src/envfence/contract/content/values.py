"""What one environment's values say by themselves: placeholders, kinds, its name, debugging."""

import re
from collections.abc import Iterator

from envfence.contract import kinds
from envfence.contract.content.mismatch import is_named_for_another, is_set_for_another
from envfence.contract.content.unfilled import is_placeholder
from envfence.contract.environment import Environment, names_the_environment
from envfence.contract.rules import DEBUG_IN_PRODUCTION, ENVIRONMENT_MISMATCH, PLACEHOLDER_LEFT, WRONG_KIND
from envfence.contract.stages import PRODUCTION
from envfence.finding import Finding

_OFF = kinds.FALSE | {"", "none", "null", "disabled", "warn", "warning", "info", "error", "critical"}
_LOUD = frozenset({"debug", "trace", "verbose", "silly", "finest", "notset"})
_DEBUG_MODES = frozenset({"debug", "dev", "develop", "development"})
# A server's or a runtime's own options, in a key of any name.
_OPTIONS = re.compile(
    r"\s--?(?:reload|debug|inspect(?:-brk)?(?:=\S+)?"
    r"|(?:l|log-?level)[= ](?:debug|trace)|x ?dev|xdebug|agentlib:jdwp\S*)\s"
)
_LEVEL = re.compile(r"level\"?\s*[:=]\s*\"?(?:debug|trace)\b")
_REVERSED = frozenset({"DISABLE", "DISABLED", "NO", "WITHOUT", "HIDE", "SUPPRESS"})
_SHOWING = frozenset({"SHOW", "DISPLAY", "EXPOSE", "INCLUDE", "RETURN", "PROPAGATE", "DETAILED", "VERBOSE"})
_FAILURES = frozenset(
    {"ERROR", "ERRORS", "EXCEPTION", "EXCEPTIONS", "TRACEBACK", "TRACEBACKS", "STACKTRACE", "STACKTRACES"}
)


def value_findings(environment: Environment) -> Iterator[Finding]:
    """Yield what is wrong with each value of ``environment``."""
    for key, value in environment.given():
        if is_placeholder(environment, key, value):
            yield environment.found(PLACEHOLDER_LEFT, key)
            continue
        is_name = names_the_environment(environment.contract.get(key), key)
        wrong = list((_environment_findings if is_name else _kind_findings)(environment, key, value))
        yield from wrong
        # A value that is none of its kind switches nothing.
        if not wrong and environment.stage == PRODUCTION and is_debugging(key, value.lower()):
            yield environment.found(DEBUG_IN_PRODUCTION, key)


def _environment_findings(environment: Environment, key: str, value: str) -> Iterator[Finding]:
    contract = environment.contract.get(key)
    choices = contract.choices if contract else ()
    if choices and value not in choices:
        yield environment.found(WRONG_KIND, key, "it is none of the contract's choices")
    if is_named_for_another(environment, key, value, choices):
        yield environment.found(ENVIRONMENT_MISMATCH, key)


def _kind_findings(environment: Environment, key: str, value: str) -> Iterator[Finding]:
    contract = environment.contract.get(key)
    if contract is None or value in (contract.text, *contract.choices):
        return
    if contract.choices:
        yield environment.found(WRONG_KIND, key, "it is none of the contract's choices")
    elif not kinds.is_of_kind(contract.kind, value, bare=_has_port(environment, key)):
        yield environment.found(WRONG_KIND, key, f"the contract asks for {contract.kind}")
    elif is_set_for_another(environment, key, value):
        yield environment.found(ENVIRONMENT_MISMATCH, key)


def _has_port(environment: Environment, key: str) -> bool:
    stem = key.removesuffix("_HOSTNAME").removesuffix("_HOST")
    return stem != key and f"{stem}_PORT" in environment.contract


def is_debugging(key: str, value: str) -> bool:
    """Tell whether ``value``, in lower case, switches debugging on: DEBUG=1, SQL_ECHO=true, LOG_LEVEL=debug."""
    words = key.upper().split("_")
    if _tells_level(words):
        is_number = value == "10" and words[-1].startswith("L") and words[-1] != "LOG"  # DEBUG, as Python counts
        return is_number or ("/" not in value and not _LOUD.isdisjoint(re.findall("[a-z]+", value)))
    if ("-" in value and _OPTIONS.search(f" {value} ")) or (words[-1] == "MODE" and value in _DEBUG_MODES):
        return True
    if "LOGGING" in words and _LEVEL.search(value):
        return True
    return _REVERSED.isdisjoint(words) and _is_switched_on(words, value)


def _is_switched_on(words: list[str], value: str) -> bool:
    if words[-1] in {"DEBUG", "RELOAD", "ECHO"} and value not in _OFF:
        return True
    if "DEBUG" in words and ((value.isdigit() and int(value) > 0 and words[-1] == "LEVEL") or value.endswith("*")):
        return True
    return value in kinds.TRUE and _names_debugging(words)


def _tells_level(words: list[str]) -> bool:
    """Tell whether a key's words say how much is logged: LOG_LEVEL, RUST_LOG, LOGGING_LEVEL_ROOT."""
    if words[-1] in {"LOGLEVEL", "LOG", "LOGGING"} or words[:2] == ["LOGGING", "LEVEL"]:
        return True
    is_of_logs = any(word.startswith("LOG") for word in words)
    return words[-1] == "VERBOSITY" or (words[-1] in {"LEVEL", "LEVELS"} and is_of_logs)


def _names_debugging(words: list[str]) -> bool:
    if any("DEBUG" in word for word in words) or "".join(words).endswith(("DEVMODE", "DEVELOPMENTMODE")):
        return True
    if "RELOAD" in words and not {"HOT", "AUTO", "LIVE"}.isdisjoint(words):
        return True
    return not _SHOWING.isdisjoint(words) and not _FAILURES.isdisjoint(words)
