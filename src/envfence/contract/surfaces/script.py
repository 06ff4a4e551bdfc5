"""Reads of the environment in JavaScript and TypeScript: process.env, import.meta.env, Bun.env, Deno.env.

Also by another name, `const env = process.env`, and as a schema says: `z.object({...}).parse(process.env)`.
"""

import re
from collections.abc import Iterator

from envfence.contract.surfaces import CODE, FALLS_BACK, REQUIRES, SETS, Use, schemas

SUFFIXES = (".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".svelte", ".astro")
_BUILT_IN = frozenset({"MODE", "DEV", "PROD", "SSR", "BASE_URL"})  # Vite's own
_HELD = r"(?:process\s*\??\.\s*env|process\s*\[\s*[\"']env[\"']\s*\]|import\s*\.\s*meta\s*\.\s*env|Bun\s*\.\s*env)"
_ACCESS = (
    r"""\s*(?:\??\.\s*(?P<name>[A-Za-z_]\w*)|(?:\?\.)?\s*\[\s*(?P<quote>["'`])(?P<key>[A-Za-z_]\w*)(?P=quote)\s*\])"""
    r"""(?P<after>\s*(?:=(?![=>])|(?:\|\||\?\?)=?\s*(?P<default>["'`][^"'`\n]+["'`]|\d+)?)"""
    r"""|\s*\?\s*[\w.]+\b(?P=name)\s*:\s*(?P<other>["'`][^"'`\n]+["'`]))?"""
)
_STATIC = re.compile(r"""\bimport\s*\{([^}]*)\}\s*from\s*["']\$env/static/\w+["']""")
_DENO = re.compile(r"""Deno\s*\.\s*env\s*\.\s*get\(\s*(["'`])([A-Za-z_]\w*)\1\s*\)""")
_LOADED = r"(?:await\s+)?loadEnv\([^)]*\)"
_NAMED = re.compile(
    rf"\b(?:const|let|var)\s+(?P<name>[A-Za-z_$][\w$]*)\s*(?::[^=\n]+)?=\s*"
    rf"(?:{_HELD}\b(?!\s*\??[.\[(?|&])|{_LOADED}(?!\s*[.\[])|\{{\s*\.\.\.{_HELD})"
)
_IMPORTED = re.compile(
    r"""\bimport\s*\{[^}]*\benv(?:\s+as\s+(\w+))?\b[^}]*\}\s*from\s*["'](?:(?:node:)?process|\$env/dynamic/\w+)["']"""
    r"""|\{[^{}]*\benv(?:\s*:\s*(\w+))?\s*[,}][^=\n]*=\s*(?:process\b(?!\s*\.)|require\(\s*["'](?:node:)?process["']\s*\))"""
)
_MEMBER = re.compile(r"""([A-Za-z_]\w*)\s*(?::\s*[A-Za-z_]\w*\s*)?(=\s*(["'`]?)[^,]*)?(?:,|$)""")
_SKIP = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'""",
    re.DOTALL,
)
_PLAIN = re.compile(r"""(["'])[A-Za-z_]\w*\1\Z""")


def uses(path: str, text: str) -> list[Use]:
    """Return the reads of a script in order; what comments and texts speak of is no read."""
    if "env" not in text and "Env" not in text:
        return []
    masked = _SKIP.sub(lambda match: match[0] if _PLAIN.match(match[0]) else _blank(match[0]), text)
    names = {match["name"] for match in _NAMED.finditer(masked)}
    names |= {match[1] or match[2] or "env" for match in _IMPORTED.finditer(text)}
    held = "|".join([_HELD, *(rf"(?<![\w.$]){re.escape(name)}(?![\w$])" for name in sorted(names))])
    found = [
        *_by_constant(path, masked, held),
        *_imported(path, text),
        *_reads(path, masked, held),
        *_unpacked(path, masked, held),
        *schemas.uses(path, masked, held),
    ]
    return list(dict.fromkeys(sorted(found, key=lambda use: use.line)))


def _blank(piece: str) -> str:
    """Return ``piece`` without its text, as long and with the same lines; a text stays one."""
    if piece[0] in "\"'":
        return piece[0] + "-" * (len(piece) - 2) + piece[0]
    return "".join(character if character == "\n" else " " for character in piece)


def _reads(path: str, text: str, held: str) -> Iterator[Use]:
    for match in re.finditer(f"(?:{held}){_ACCESS}", text):
        name = match["name"] or match["key"]
        after = (match["after"] or "").strip()
        if name not in _BUILT_IN or not match[0].startswith("import"):
            way = SETS if after == "=" else FALLS_BACK if after else REQUIRES
            yield Use(name, path, _line(text, match.start()), CODE, way, bool(match["default"] or match["other"]))
    for match in _DENO.finditer(text):
        yield Use(match[2], path, _line(text, match.start()), CODE)


def _unpacked(path: str, text: str, held: str) -> Iterator[Use]:
    """Yield the names of `const { A, B: b, C = "c" } = process.env`."""
    for match in re.finditer(rf"\{{([^{{}}]*)\}}\s*=\s*(?:{held}|{_LOADED})(?!\s*\??[.\[\w(])", text):
        for member in _MEMBER.finditer(match[1]):
            way = FALLS_BACK if member[2] else REQUIRES
            yield Use(member[1], path, _line(text, match.start(1) + member.start()), CODE, way, bool(member[3]))


def _by_constant(path: str, text: str, held: str) -> Iterator[Use]:
    """Yield the keys that constants of the file name: `process.env[KEY]`."""
    for match in re.finditer(rf"(?:{held})\s*\[\s*([A-Za-z_]\w*)\s*\]", text):
        given = re.search(rf"""\bconst\s+{match[1]}\s*=\s*(["'])(\w+)\1""", text)
        if given:
            yield Use(given[2], path, _line(text, match.start()), CODE)


def _imported(path: str, text: str) -> Iterator[Use]:
    """Yield the keys that SvelteKit imports by name."""
    for match in _STATIC.finditer(text):
        for name in re.finditer(r"(\w+)(?:\s+as\s+\w+)?", match[1]):
            yield Use(name[1], path, _line(text, match.start(1) + name.start()), CODE)


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
