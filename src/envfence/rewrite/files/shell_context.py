"""Where a shell script stands at a place: which quotes are open, and whether it expands there."""

import re

PLAIN, DOUBLE, SINGLE, HERE, RAW_HERE, COMMENT = "plain", "double", "single", "here", "raw here", "comment"

_HERE = re.compile(r"<<-?[ \t]*(?:'([^'\n]+)'|\"([^\"\n]+)\"|\\?([A-Za-z_][\w.-]*))")
_ENDS_WORD = " \t\r\n;&|()"


def context_at(text: str, at: int) -> str:
    """Return the context of the character ``at``."""
    open_: list[str] = [PLAIN]
    heres: list[tuple[str, bool]] = []
    index = 0
    while index < at:
        inside, step = open_[-1], text[index]
        if step == "\\" and inside != SINGLE:
            index += 2
        elif step == "\n" and heres:
            word, is_raw = heres.pop(0)
            end = _here_end(text, index + 1, word)
            if index < at <= end:
                return RAW_HERE if is_raw else HERE
            index = end
        elif inside == PLAIN and step == "#" and (index == 0 or text[index - 1] in _ENDS_WORD):
            end = text.find("\n", index)
            if end < 0 or at <= end:
                return COMMENT
            index = end
        elif inside == PLAIN and text.startswith("<<", index) and not text.startswith("<<<", index):
            match = _HERE.match(text, index)
            if match:
                is_raw = match[3] is None or "\\" in match[0]
                heres.append((match[1] or match[2] or match[3], is_raw))
            index = match.end() if match else index + 2
        else:
            index += _step(text, index, open_)
    return _shown(open_)


def _step(text: str, index: int, open_: list[str]) -> int:
    """Take one character, or two, that may open or close something; return how many."""
    inside, step = open_[-1], text[index]
    if text.startswith("<<<", index) and inside == PLAIN:
        return 3
    if inside == SINGLE:
        if step == "'":
            open_.pop()
    elif step == '"':
        if inside == DOUBLE:
            open_.pop()
        else:
            open_.append(DOUBLE)
    elif step == "'" and inside != DOUBLE:
        open_.append(SINGLE)
    elif text.startswith(("$(", "${"), index):
        open_.append(PLAIN if text[index + 1] == "(" else "${")
        return 2
    elif (step == ")" and inside == PLAIN and len(open_) > 1) or (step == "}" and inside == "${"):
        open_.pop()
    elif step == "(" and inside == PLAIN:
        open_.append(PLAIN)
    return 1


def _shown(open_: list[str]) -> str:
    inside = [one for one in open_ if one != "${"]
    return inside[-1]


def _here_end(text: str, at: int, word: str) -> int:
    """Return the index of the line end before the line that ends a here-document."""
    while at < len(text):
        end = text.find("\n", at)
        end = end if end >= 0 else len(text)
        if text[at:end].strip() == word:
            return end
        at = end + 1
    return len(text)
