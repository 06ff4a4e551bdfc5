"""Tokens that stay good for a day or more, by what a key's name says: JWT_EXPIRATION_MINUTES=10080."""

from collections.abc import Iterator

from envfence.contract.comparison.survey import Survey
from envfence.contract.grammar import DEFAULT
from envfence.contract.rules import found
from envfence.contract.stages import THROWAWAY, stage_of
from envfence.detect.settings.rules import LONG_TOKEN
from envfence.finding import Finding

A_DAY = {
    "WEEKS": 1 / 7, "DAYS": 1, "DAY": 1, "HOURS": 24, "HOUR": 24, "MINUTES": 1440, "MINUTE": 1440, "MINS": 1440,
    "SECONDS": 86400, "SECS": 86400,
}  # fmt: skip
_LIVES = ("EXPIR", "TTL", "LIFETIME", "MAX_AGE", "VALID")
_TOKENS = ("TOKEN", "JWT", "ACCESS")


def findings(survey: Survey) -> Iterator[Finding]:
    """Yield the lives of tokens in the contract, and those that an environment on a server has of its own."""
    for key in survey.contract.values():
        is_for_servers = not key.only or any(stage_of(one) not in THROWAWAY for one in key.only)
        if key.form == DEFAULT and is_for_servers and _is_long(key.name.upper(), key.text):
            yield found(LONG_TOKEN, survey.contract_path, key.line, key.name)
    for environment in survey.environments:
        for name, value in environment.given() if not environment.is_throwaway else ():
            is_default = name in survey.contract and survey.contract[name].text == value
            if not is_default and _is_long(name.upper(), value):
                yield environment.found(LONG_TOKEN, name)


def is_life(name: str) -> bool:
    """Tell whether ``name``, in capitals, says how long a token is good, and not one that only renews others."""
    lives = name.rpartition("_")[2] in A_DAY or any(word in name for word in _LIVES)
    return lives and any(word in name for word in _TOKENS) and "REFRESH" not in name


def _is_long(name: str, value: str) -> bool:
    unit = name.rpartition("_")[2]
    number = value.strip()
    return unit in A_DAY and is_life(name) and number.isascii() and number.isdigit() and int(number) >= A_DAY[unit]
