"""Reads of the environment in JavaScript and TypeScript: process.env, import.meta.env, Bun.env, Deno.env."""

import re
from collections.abc import Iterator

from envfence.contract.surfaces import CODE, FALLS_BACK, REQUIRES, SETS, Use

SUFFIXES = (".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".svelte", ".astro")
_BUILT_IN = frozenset({"MODE", "DEV", "PROD", "SSR", "BASE_URL"})  # Vite's own
_HELD = r"(?:process\s*\??\.\s*env|import\s*\.\s*meta\s*\.\s*env|Bun\s*\.\s*env)"
_READ = re.compile(
    _HELD
    + r"""\s*(?:\??\.\s*(?P<name>[A-Za-z_]\w*)|(?:\?\.)?\s*\[\s*(?P<quote>["'`])(?P<key>[A-Za-z_]\w*)(?P=quote)\s*\])"""
    r"""(?P<after>\s*(?:=(?![=>])|(?:\|\||\?\?)=?\s*(?P<default>["'`][^"'`\n]+["'`]|\d+)?))?"""
)
_DENO = re.compile(r"""Deno\s*\.\s*env\s*\.\s*get\(\s*(["'`])([A-Za-z_]\w*)\1\s*\)""")
_UNPACKED = re.compile(r"\{([^{}]*)\}\s*=\s*" + _HELD + r"\b(?!\s*[.\[?])")
_MEMBER = re.compile(r"""([A-Za-z_]\w*)\s*(?::\s*[A-Za-z_]\w*\s*)?(=\s*(["'`]?)[^,]*)?(?:,|$)""")
_SKIP = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'""",
    re.DOTALL,
)
_PLAIN = re.compile(r"""(["'])[A-Za-z_]\w*\1\Z""")


def uses(path: str, text: str) -> list[Use]:
    """Return the reads of a script in order; what comments and texts speak of is no read."""
    if ".env" not in text and "env" not in text:
        return []
    masked = _SKIP.sub(lambda match: match[0] if _PLAIN.match(match[0]) else _blank(match[0]), text)
    found = [*_reads(path, masked), *_unpacked(path, masked)]
    return list(dict.fromkeys(sorted(found, key=lambda use: use.line)))


def _blank(piece: str) -> str:
    """Return ``piece`` without its text, as long and with the same lines; a text stays one."""
    if piece[0] in "\"'":
        return piece[0] + "-" * (len(piece) - 2) + piece[0]
    return "".join(character if character == "\n" else " " for character in piece)


def _reads(path: str, text: str) -> Iterator[Use]:
    for match in _READ.finditer(text):
        name = match["name"] or match["key"]
        after = (match["after"] or "").strip()
        if name not in _BUILT_IN or not match[0].startswith("import"):
            way = SETS if after == "=" else FALLS_BACK if after else REQUIRES
            yield Use(name, path, _line(text, match.start()), CODE, way, bool(match["default"]))
    for match in _DENO.finditer(text):
        yield Use(match[2], path, _line(text, match.start()), CODE)


def _unpacked(path: str, text: str) -> Iterator[Use]:
    """Yield the names of `const { A, B: b, C = "c" } = process.env`."""
    for match in _UNPACKED.finditer(text):
        for member in _MEMBER.finditer(match[1]):
            way = FALLS_BACK if member[2] else REQUIRES
            yield Use(member[1], path, _line(text, match.start(1) + member.start()), CODE, way, bool(member[3]))


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
