"""Mask a line of code: strings, numbers and comments, and every name that only stands there."""

import re

from envfence.literals import languages, tokens

MASK = "***"
LONGEST = 1000  # characters of a line that anybody wrote

_PIECE = re.compile(r"[A-Za-z_$][\w$]*|\d[\w.]*|\s+|[=:,.()\[\]{}+\-*/|&?!<>;%^~@]", re.ASCII)
_BINDS = re.compile(r"\s*(?:[=(\[]|:=|:(?=\s|$)|\.(?=[A-Za-z_]))")
_VARIABLE = re.compile(r"(?<=\benv\.)[A-Z][A-Z0-9_]*\Z", re.ASCII)  # the name of a key, never a value
_KEY = re.compile(r"\"[A-Za-z_][\w.-]{0,63}\"\s*:", re.ASCII)
_STRING_PREFIX = re.compile(r"(?:^|[^\w$])(?:[rbfuRBFULc@$]{1,2}|u8|r#+)$")
# Markup, here-documents, word lists, addresses, escapes and quotes that are no strings: who knows where they end.
_DOUBT = re.compile(r"<[\w/!<]|%[wWqQiI]?[\[({|!]|\bqw\b|://|\w@\w|\\(?!$)|[\"'`]|[^\x00-\x7f]")
_LONG = (("/*", "*/"), ('"""', '"""'), ("'''", "'''"), ("`", "`"))
_KEYWORDS = frozenset(
    "and as async await case class const def default elif else export extends final finally for func function if import"
    " in is let not new null None nil or override private protected public return self static this throw try val var"
    " void while with yield string String int bool boolean True False true false".split()
)


def masked(line: str, syntax: languages.Syntax, known: list[tuple[int, int]] | None = None) -> str:
    """Return the line masked. ``known`` holds its strings and comments as the whole file has them, from 0.

    Where the line by itself would be read otherwise, nothing of it is shown.
    """
    line = line.rstrip()
    if len(line) > LONGEST:
        return MASK
    spans = tokens.spans(line, syntax)
    if known is not None and [(start, min(end, len(line))) for start, end in known] != spans:
        return MASK
    unclosed = next((start for start, end in spans if _is_unclosed(line[start:end], syntax)), None)
    if unclosed is not None:
        # The quote may as well have closed a string, so what stands before it is in doubt too.
        head = re.match(r"\s*[A-Za-z_][\w.]*\s*(?:=|:|\()(?!=)", line[:unclosed], re.ASCII)
        return f"{head[0]} {MASK}" if head else MASK
    shown: list[str] = []
    at = 0
    for start, end in [*spans, (len(line), len(line))]:
        gap, is_before_string = line[at:start], start < len(line)
        if _is_doubtful(gap, follows_string=at > 0, before_string=is_before_string):
            shown.append(MASK)
            break
        shown.append(_structure(gap, before_string=is_before_string))
        is_key = syntax is languages.JSON and _KEY.match(line, start)
        shown.append(line[start:end] if is_key else _token(line[start:end], syntax))
        at = end
    return "".join(shown)


def is_open(token: str, syntax: languages.Syntax) -> bool:
    """Return whether a string or a comment that may take several lines lacks its end."""
    if token.startswith(syntax.line_comments):
        return False
    ends = next((end for start, end in _LONG if token.startswith(start)), "")
    return bool(ends) and (len(token) < 2 * len(ends) or not token.endswith(ends))


def _is_unclosed(token: str, syntax: languages.Syntax) -> bool:
    if token.startswith((*syntax.line_comments, "/*", '"""', "'''", "`")):
        return False  # they may end on another line
    return len(token) < 2 or token[-1] != token[0]


def _token(token: str, syntax: languages.Syntax) -> str:
    if not token:
        return ""
    for start in (*syntax.line_comments, "/*"):
        if token.startswith(start):
            return f"{start} {MASK}"
    quote = token[:3] if token.startswith(('"""', "'''")) else token[0]
    return quote + MASK + (quote if token.endswith(quote) and len(token) >= 2 * len(quote) else "")


def _is_doubtful(gap: str, *, follows_string: bool, before_string: bool) -> bool:
    if follows_string and re.match(r"[\w$]", gap):
        return True
    if before_string and re.search(r"[\w$#]$", gap) and not _STRING_PREFIX.search(gap):
        return True
    return bool(_DOUBT.search(gap.removesuffix("#") if before_string else gap))


def _structure(gap: str, *, before_string: bool) -> str:
    """Mask the names and numbers of what stands between strings, unless they are structure."""
    shown: list[str] = []
    for match in _PIECE.finditer(gap):
        piece = match[0]
        is_word = piece[0].isalnum() or piece[0] in "_$"
        is_prefix = before_string and match.end() == len(gap)
        is_known = piece in _KEYWORDS or is_prefix or _VARIABLE.search(gap, match.start(), match.end())
        is_structure = not is_word or is_known or _BINDS.match(gap, match.end())
        shown.append(piece if is_structure and not piece[0].isdigit() else MASK)
    return "".join(shown)
