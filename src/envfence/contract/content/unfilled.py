"""Whether a value is only the place of one: a placeholder, a template's mark, a word that asks for it."""

import re
from collections.abc import Iterator

from envfence.contract import kinds
from envfence.contract.environment import Environment
from envfence.contract.grammar import DEFAULT, GENERATED, REQUIRED, Key, placeholders

_LEFT = frozenset({"changeme", "changethis", "replaceme", "replacethis", "fillme", "fillmein", "todo", "tbd", "fixme"})
_LEFT_BEGINNINGS = (
    "changeme",
    "changethis",
    "changebefore",
    "replaceme",
    "replacethis",
    "replacewith",
    "setme",
    "fillme",
)
_LEFT_WORDS = frozenset(
    "placeholder dummy yourvaluehere setme noneyet tobedefined tobedecided tobedetermined tobeset tobefilled "
    "tobefilledin tobeconfirmed tobeadded notset notsetyet".split()
)
_NOTHING = frozenset({"n/a", "null", "nil", "undefined"})  # where the contract asks for a value
_LEFT_CAPITALS = frozenset({"TODO", "TBD", "FIXME", "PLACEHOLDER", "CHANGEME", "REPLACEME"})
_GAPS = ("xxx", "***", "•••", "your", "here", "change", *(word.lower() for word in _LEFT_CAPITALS))
_AROUND = (
    ("{{", "}}"),
    ("__", "__"),
    ("!!!", "!!!"),
    ("$(", ")"),
    ("<%", "%>"),
    ("#{", "}#"),
    ("#{", "}"),
    ("[[", "]]"),
)  # templates, and a command of a shell
_BRACKETS = {"[": "]", "{": "}", "(": ")", "「": "」"}
_ASKED = re.compile(
    r"(?:^|-)(?:(?:change|replace|fill|enter|insert)-(?:me|this|it|with|before|here|your)|fill-in"
    r"|(?:must|should|to|needs-to|has-to)-be-(?:set|changed|replaced|filled|defined|generated))(?:-|$)"
)
# What Korean asks of the reader: enter, change, fill in, put in, needed, not decided, later.
_ASKED_IN_KOREAN = (
    "입력", "변경", "수정", "교체", "바꾸", "바꿔", "채우", "채워", "넣으", "넣어", "기입", "작성", "필요",
    "미정", "예정", "추후", "여기",
)  # fmt: skip
_LATER_IN_KOREAN = ("나중에", "추후", "여기에", "아직")
_KOREAN_ENDS = ("하세요", "하십시오", "할것", "할 것", "바람", "필요", "예정", "미정", "요망")


def is_placeholder(environment: Environment, key: str, value: str) -> bool:
    """Tell whether ``value`` is or holds a placeholder; `changeme` and its like are passwords to a developer."""
    names = placeholders(value)
    bare = value.strip("<> ") if value.startswith("<") and value.endswith(">") else ""
    if any(name.strip() == bare or _is_plain_placeholder(name) for name in names):
        return True
    if environment.is_throwaway:
        return False
    contract = environment.contract.get(key)
    if contract is not None and contract.form == DEFAULT and contract.text == value and contract.kind != kinds.SECRET:
        return False
    plain = value.lower().replace("_", "").replace("-", "").replace(" ", "").strip(".!<>[]()\"'")
    yours = plain.startswith(("your", "insert", "enter", "replace", "put")) and plain.endswith(("here", "value"))
    yours |= plain.startswith("your") and value.startswith(("[", "(", "{"))
    left = plain in _LEFT | _LEFT_WORDS or plain.startswith(_LEFT_BEGINNINGS)
    left |= contract is not None and _is_bare(contract, value)
    is_words = environment.kind(key) != kinds.TEXT and _is_said_in_words(value)
    by_form = left or yours or is_words or _is_template(key, value) or _has_gap(value)
    return by_form or _asks_in_korean(environment, key, value)


def _is_said_in_words(value: str) -> bool:
    """Tell whether what is no text is cut short, in brackets as a whole, or asks in words to be set."""
    if value.endswith(("...", "…")) or (value.startswith("<") and value.endswith(">")):
        return True
    return bool(_ASKED.search(re.sub(r"[\s_-]+", "-", value.lower())))


def _is_bare(contract: Key, value: str) -> bool:
    """Tell whether a value that must be given is no more than the word for it, without the brackets around it."""
    if contract.form not in {REQUIRED, GENERATED}:
        return False
    is_name = contract.text == f"<{value}>" and value.isupper() and "_" in value
    return is_name or value.lower() in _NOTHING


def _is_template(key: str, value: str) -> bool:
    """Tell whether something was to be put in before: by a tool with marks of its own, or by a shell."""
    if any(value.startswith(first) and value.endswith(last) for first, last in _AROUND):
        return True
    inside = value[1:-1].strip("@%")
    if len(value) > 2 and _BRACKETS.get(value[0]) == value[-1]:
        return inside.upper() == key.upper() or (inside.isupper() and "_" in inside and inside.isidentifier())
    is_name = inside.replace("_", "").isalnum() and inside.isupper()
    return (value[:1] == value[-1:] and value[:1] in {"@", "%"} and is_name) or (
        "_" in key and value.upper() == key.upper()
    )


def _has_gap(value: str) -> bool:
    """Tell whether a part of ``value`` was left to the reader: `YOUR_NAME`, `xxx` or `***` in a host or a URL."""
    lower = value.lower()
    if value and (set(value) == {"?"} or (len(value) > 2 and set(lower) in ({"*"}, {"."}, {"x"}, {"x", "."}))):
        return True
    if not any(mark in lower for mark in _GAPS):
        return False
    return any(_is_gap(part, value) for part in _parts(value))


def _is_gap(part: str, value: str) -> bool:
    lower = part.lower()
    is_crossed = len(part) > 2 and set(lower) == {"x"}
    is_masked = len(part) > 2 and set(part) <= {"*", "•"} and "@" in value
    is_yours = lower.startswith(("your-", "your_")) or (lower == "your" and "." in value)
    is_yours |= lower.endswith(("-here", "_here"))
    first = re.split(r"[^A-Za-z]", part, maxsplit=1)[0]
    is_note = first in _LEFT_CAPITALS and value.startswith(first)
    is_left = part.replace("_", "") in _LEFT_CAPITALS and "://" in value
    return is_crossed or is_masked or (is_yours and " " not in value) or is_note or is_left


def _parts(value: str) -> Iterator[str]:
    """Yield the parts of a host, a URL or a token: with what hyphens join, and without."""
    for part in re.split(r"[\s/.:@?&=,;]+", value):
        yield part
        yield from part.split("-") if "-" in part else ()


def _asks_in_korean(environment: Environment, key: str, value: str) -> bool:
    """Tell whether a value asks to be set, in Korean; a title may speak of change, a host or a password does not."""
    if value.isascii():
        return False
    is_text = environment.kind(key) == kinds.TEXT
    if not is_text and _BRACKETS.get(value[0]) == value[-1]:
        return True
    if not any(word in value for word in _ASKED_IN_KOREAN):
        return False
    is_for_later = any(word in value for word in _LATER_IN_KOREAN)
    return not is_text or is_for_later or value.rstrip(" .!)").endswith(_KOREAN_ENDS)


def _is_plain_placeholder(name: str) -> bool:
    """Tell it from two brackets in a password or a tag."""
    return len(name) > 1 and (name.isupper() or name.lower().startswith("your") or kinds.is_word_for_a_kind(name))
