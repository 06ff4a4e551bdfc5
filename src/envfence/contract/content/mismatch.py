"""Whether a value says that it is of another environment than its file's name: as a name, a mode, a switch, a tag."""

import re

from envfence.contract import kinds
from envfence.contract.environment import ENVIRONMENT_KEYS, Environment, chooses_a_mode
from envfence.contract.stages import DEVELOPMENT, PRODUCTION, is_known, stage_of, stages_in

_SWITCHES = {
    "PRODUCTION": PRODUCTION, "PROD": PRODUCTION, "DEVELOPMENT": DEVELOPMENT, "DEV": DEVELOPMENT,
}  # fmt: skip
# What a text says of itself among other things: `deployment.environment=staging,...`, `env:staging,...`
_TAG = re.compile(r"(?:^|[\s,;.])env(?:ironment)?(?:\.name)?[=:]([\w-]+)", re.IGNORECASE)


def is_named_for_another(environment: Environment, key: str, value: str, choices: tuple[str, ...]) -> bool:
    """Tell whether ``value``, of a key that names the environment, is another than the file's name says."""
    name = environment.base
    if not _is_told(name, choices):
        return False
    if stage_of(value) == stage_of(name):
        # A program that looks for .env.prod does not find .env.production; the full word is the name of the thing.
        return key in ENVIRONMENT_KEYS and value not in {name, stage_of(name), *choices}
    is_among = any(stage_of(choice) == stage_of(name) for choice in choices)
    if is_among or key in ENVIRONMENT_KEYS:
        return True
    is_mode = not key.endswith("_ENVIRONMENT") and PRODUCTION in stages_in(value)  # NODE_ENV: staging is built so too
    return not is_mode and _names_another(name, value)


def is_set_for_another(environment: Environment, key: str, value: str) -> bool:
    """Tell whether a key that only chooses a mode, switches one on or tags what is sent, has another's value."""
    name = environment.base
    if not _is_told(name):
        return False
    if chooses_a_mode(key):
        return PRODUCTION not in stages_in(value) and _names_another(name, value)
    if value.lower() in kinds.TRUE | kinds.FALSE:
        return _is_switched_for_another(stage_of(name), key, is_on=value.lower() in kinds.TRUE)
    return "env" in value.lower() and any(_names_another(name, tag) for tag in _TAG.findall(value))


def _is_told(name: str, choices: tuple[str, ...] = ()) -> bool:
    return name != "local" and (is_known(name) or name in choices)


def _names_another(name: str, value: str) -> bool:
    return is_known(value) and stage_of(name) not in stages_in(value)


def _is_switched_for_another(stage: str, key: str, *, is_on: bool) -> bool:
    """Tell whether IS_PRODUCTION or DEV_MODE says what is not so; staging may well run as production."""
    words = [word for word in key.upper().split("_") if word not in {"IS", "MODE", "APP"}]
    switched = _SWITCHES.get(words[0], "") if len(words) == 1 and key.upper() != words[0] else ""
    if not switched or (switched == PRODUCTION and stage not in {PRODUCTION, DEVELOPMENT}):
        return False
    return is_on != (switched == stage)
