"""Reads of the environment in Go, Java, Kotlin, Scala, Rust, Ruby, PHP, C#, Elixir and PowerShell: one pattern each."""

import re
from functools import cache

from envfence.contract.surfaces import CODE, FALLS_BACK, REQUIRES, SETS, Use

_JAVA = r'System\s*\.\s*getenv\(\s*(?:\)\s*(?:\.\s*get(?:OrDefault)?\(|\[)\s*)?"(\w+)"'
_RUBY = r"""\bENV\s*(?:\.\s*(?:fetch|key\?)\s*\(?\s*|\[\s*)(?:"(\w+)"|'(\w+)')"""
_ELIXIR = r'System\s*\.\s*(?:get_env|fetch_env!?)\(\s*"(\w+)"'
_POWERSHELL = r"\$\{?env:(\w+)\}?"
_READS = {
    ".go": r'\bos\.(?:Getenv|LookupEnv)\(\s*["`](\w+)["`]',
    ".java": _JAVA, ".kt": _JAVA, ".kts": _JAVA, ".scala": r'sys\.env(?:\.get)?\(\s*"(\w+)"|' + _JAVA, ".groovy": _JAVA,
    ".rs": r'\benv::var(?:_os)?\(\s*"(\w+)"',
    ".rb": _RUBY, ".rake": _RUBY, "Rakefile": _RUBY,
    ".php": r"""(?:\bgetenv\(|\$_ENV\[|(?<![\w>$:])env\()\s*(?:"(\w+)"|'(\w+)')""",
    ".cs": r'Environment\s*\.\s*GetEnvironmentVariable\(\s*"(\w+)"', ".fs": r'GetEnvironmentVariable\(?\s*"(\w+)"',
    ".ex": _ELIXIR, ".exs": _ELIXIR,
    ".ps1": _POWERSHELL, ".psm1": _POWERSHELL,
}  # fmt: skip
SUFFIXES = tuple(_READS)
# What follows the name: the end of the call, and what is taken without a value; or a value that it is given.
_AFTER = re.compile(
    r"""\s*[)\]}]?\s*(?:(?P<set>=(?![=>~]))\s*(?P<given>"[^"\n$]+"|'[^'\n]+')?|(?:,|\?\?|\?:|\|\||\.unwrap_or\w*\()=?\s*(?P<text>"[^"\n]+"|'[^'\n]+'|\d+)?)"""
)
_HASHED = (".rb", ".rake", "Rakefile", ".ex", ".exs", ".ps1", ".psm1")
_SLASHES = re.compile(r"""("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)|//[^\n]*|/\*.*?\*/""", re.DOTALL)
_HASHES = re.compile(r"""("(?:[^"\\\n]|\\.)*"|'[^'\n]*')|(?<![\w$&])\#(?!\{)[^\n]*|<\#.*?\#>""", re.DOTALL)


def uses(path: str, text: str) -> list[Use]:
    """Return the reads of a file in order, and what it sets; what comments speak of is neither."""
    pattern = _compiled(next(suffix for suffix in SUFFIXES if path.endswith(suffix)))
    if not pattern.search(text):
        return []
    comments = _HASHES if path.endswith(_HASHED) else _SLASHES
    text = comments.sub(lambda match: match[1] or re.sub(r"[^\n]", " ", match[0]), text)
    return list(dict.fromkeys(_use(path, text, match) for match in pattern.finditer(text)))


@cache
def _compiled(suffix: str) -> re.Pattern[str]:
    return re.compile(_READS[suffix])


def _use(path: str, text: str, match: re.Match[str]) -> Use:
    key = next(filter(None, match.groups()))
    after = _AFTER.match(text, match.end())
    way = REQUIRES if after is None else SETS if after["set"] else FALLS_BACK
    line = text.count("\n", 0, match.start()) + 1
    return Use(key, path, line, CODE, way, bool(after and (after["text"] or after["given"])))
