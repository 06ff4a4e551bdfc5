"""What the name of an environment, or a word of a host, says: development, test, staging, production."""

from functools import cache

DEVELOPMENT, TEST, STAGING, PRODUCTION = "development", "test", "staging", "production"
THROWAWAY = frozenset({DEVELOPMENT, TEST, ""})  # on developers' machines and in CI only
_WORDS = {
    "development": DEVELOPMENT, "dev": DEVELOPMENT, "develop": DEVELOPMENT, "devel": DEVELOPMENT, "local": DEVELOPMENT,
    "test": TEST, "testing": TEST, "tests": TEST, "ci": TEST, "e2e": TEST,
    "staging": STAGING, "stage": STAGING, "stg": STAGING,
    "production": PRODUCTION, "prod": PRODUCTION, "prd": PRODUCTION, "live": PRODUCTION,
    "qa": "qa", "uat": "uat",
}  # fmt: skip
KNOWN = frozenset(_WORDS.values())


def stage_of(name: str) -> str:
    """Return the stage that an environment's name tells: `prod-eu` is production. An unknown name is its own stage."""
    return next((_WORDS[word] for word in words(name) if word in _WORDS), name.lower())


def words_of_others(environment: str) -> list[str]:
    """Return the words that name another stage than an environment's."""
    return sorted(word for word, stage in _WORDS.items() if stage != stage_of(environment))


def stages_in(text: str) -> set[str]:
    """Return the stages that the words of ``text`` name."""
    return {_WORDS[word] for word in words(text) if word in _WORDS}


def stages_said(text: str) -> set[str]:
    """Return the stages that any text names, a path or a title: whatever is no letter and no digit parts its words."""
    return stages_in("".join(char if char.isascii() and char.isalnum() else "_" for char in text))


def is_known(name: str) -> bool:
    """Tell whether a name says which stage it is."""
    return bool(stages_in(name))


@cache
def words(text: str) -> tuple[str, ...]:
    """Return the words of a name or a host, in lower case; `dev1` is also `dev`, as numbers tell machines apart."""
    for mark in ".-":
        text = text.replace(mark, "_")
    parts = text.lower().split("_")
    return tuple(part if part in _WORDS else part.rstrip("0123456789") for part in parts)
