"""Keys that a schema of JavaScript or TypeScript asks of the environment: zod, envalid, t3-env and their like."""

import re
from collections.abc import Iterator

from envfence.contract.surfaces import CODE, FALLS_BACK, REQUIRES, Use

_CHECKED = (
    r"(?:(?P<name>[A-Za-z_$][\w$]*)|\))\s*\.\s*"
    r"(?:parse|safeParse|validate|assert|check)(?:Async|Sync)?\(\s*(?:{held})\s*[,)]"
)
_GIVEN = r"\b(?:cleanEnv|makeValidator|envalid)\(\s*(?:{held})\s*,\s*(?=\{{)|\bcreateEnv\(\s*(?=\{{)"
_OBJECT = re.compile(r"\b(?:object|strictObject|looseObject|interface|type)\(\s*(?=\{)")
_KEY = re.compile(r"""(?<![\w.$])["']?([A-Z][A-Z0-9_]{2,})["']?\s*:""")
_DEFAULT = re.compile(r"""\bdefault\w*\s*(?:\(|:)\s*(["'`]-*[\w-]|\d)?|\b(?:optional|nullish)\(""")


def uses(path: str, text: str, held: str) -> Iterator[Use]:
    """Yield the keys of the schemas in ``text`` that ``held``, a pattern of what is the environment, is given to."""
    for match in re.finditer(_CHECKED.format(held=held), text):
        yield from _keys(path, text, _schema(text, match["name"], match.start()))
    for match in re.finditer(_GIVEN.format(held=held), text):
        yield from _keys(path, text, match.end())


def _schema(text: str, name: str | None, end: int) -> int:
    """Return where the braces of a schema open: of the one called ``name``, else of the last one before ``end``."""
    if name:
        made = re.search(rf"\b{re.escape(name)}\s*(?::[^=\n]+)?=[^;]*?\b(?:object|interface|type)\(\s*(?=\{{)", text)
        return made.end() if made else -1
    places = [match.end() for match in _OBJECT.finditer(text, 0, end)]
    return next((place for place in reversed(places) if _closing(text, place) < end), -1)


def _closing(text: str, start: int) -> int:
    """Return where the brace that opens at ``start`` is closed, the end of the text if nowhere."""
    depth = 0
    for match in re.compile(r"[{}]").finditer(text, start):
        depth += 1 if match[0] == "{" else -1
        if not depth:
            return match.start()
    return len(text)


def _keys(path: str, text: str, start: int) -> Iterator[Use]:
    if start < 0:
        return
    end = _closing(text, start)
    found = list(_KEY.finditer(text, start, end))
    for match, after in zip(found, [*(one.start() for one in found[1:]), end], strict=True):
        default = _DEFAULT.search(text, match.end(), after)
        line = text.count("\n", 0, match.start()) + 1
        yield Use(match[1], path, line, CODE, FALLS_BACK if default else REQUIRES, bool(default and default[1]))
