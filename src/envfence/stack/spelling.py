"""What scripts call compose by: variables, arrays and functions of the file itself, put in where they are used."""

import re
from functools import partial

_CALLS = re.compile(r"docker[- ]compose\b|(?:^|\s)(?:-f|--file|--env-file)[\s=]")
_TEXT = r"""(?:"(?P<double>(?:[^"\\\n]|\\.)*)"|'(?P<single>[^'\n]*)'|(?P<plain>[^\s;&|()]+))"""
_IN_SHELL = re.compile(rf"^[ \t]*(?:(?:export|readonly|local|declare)\s+)?(?P<name>\w+)={_TEXT}", re.MULTILINE)
_IN_MAKE = re.compile(r"^(?:export\s+)?(?P<name>[A-Za-z_]\w*)[ \t]*(?:::?|\?)?=[ \t]+(?P<plain>[^\n#]+)", re.MULTILINE)
_ARRAY = re.compile(r"^[ \t]*(?:(?:readonly|local|declare\s+-a)\s+)?(?P<name>\w+)=\((?P<plain>[^()]*)\)", re.MULTILINE)
_COMPOSE = r"docker[- ]compose\b"
_FUNCTION = re.compile(
    rf"""^[ \t]*(?:function\s+)?(?P<name>[\w-]+)\s*\(\)\s*\{{\s*(?:exec\s+)?(?P<plain>{_COMPOSE}[^{{}}]*?)"""
    r"""\s*"?\$[@*]"?\s*;?\s*\}"""
    rf"""|^[ \t]*alias\s+(?P<alias>[\w-]+)=["'](?P<meant>{_COMPOSE}[^"'\n]*)["']""",
    re.MULTILINE,
)
_TOLD = re.compile(  # other ways than --env-file to give compose its values
    r"COMPOSE_ENV_FILES|\bset\s+-\w*a|\ballexport\b|^\s*[-s]?include\s+\S*\.env|\bdotenv\b|\bdirenv\b"
    r"|\b(?:doppler|op|infisical|chamber|aws-vault|envconsul|vault|teller)\s+(?:run|exec)\b|\bsops\s+exec-env\b"
    r"|(?:\b(?:cp|mv|ln|install|scp)\b[^\n]*|>\s*)[\s/\"']\.env(?![\w.-])|>\s*\.env(?![\w.-])|^\s*export\s+[A-Z]\w*=",
    re.MULTILINE,
)
SOURCED = re.compile(
    r"""(?:^|[\s;&])(?:source|\.)[ \t]+["']?([^\s;&"']*\.env(?:\.[\w-]+)?)["']?(?=[\s;&]|$)""", re.MULTILINE
)
_ROUNDS = 4  # of names inside names


def is_told(text: str) -> bool:
    """Tell whether a script gives compose the values of its environment in another way than by `--env-file`."""
    return bool(_TOLD.search(text) or SOURCED.search(text))


def spelt_out(text: str) -> str:
    """Return a script with the names that stand for calls of compose, or for options, put in; lines stay lines."""
    for _ in range(_ROUNDS):
        meant = _meant(text)
        if not meant:
            break
        names = "|".join(sorted(map(re.escape, meant), key=len, reverse=True))
        used = re.compile(rf"\"?\$(?:\{{({names})(?:\[[@*]\])?\}}|\(({names})\)|({names})\b)\"?")
        changed = used.sub(partial(_put_in, meant), text)
        if changed == text:
            break
        text = changed
    functions = {
        match["name"] or match["alias"]: match["plain"] or match["meant"] for match in _FUNCTION.finditer(text)
    }
    for name, call in functions.items():
        one_line = " ".join(call.replace("\\\n", " ").split())
        text = re.sub(
            rf"^([ \t]*(?:\w+=\S+[ \t]+)*){re.escape(name)}(?=[ \t]+[\w-])",
            rf"\g<1>{one_line}",
            text,
            flags=re.MULTILINE,
        )
    return text


def _put_in(meant: dict[str, str], match: re.Match[str]) -> str:
    return meant[next(filter(None, match.groups()))]


def _meant(text: str) -> dict[str, str]:
    meant: dict[str, str] = {}
    for pattern in (_IN_SHELL, _IN_MAKE, _ARRAY):
        for match in pattern.finditer(text):
            given = match.groupdict()
            value = " ".join((given.get("double") or given.get("single") or given.get("plain") or "").split())
            if _CALLS.search(value) and f"${match['name']}" not in value:
                meant[match["name"]] = value
    return meant
