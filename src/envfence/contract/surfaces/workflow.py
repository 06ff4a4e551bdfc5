"""Keys that GitHub workflows name: `secrets.X`, `vars.X`, and what their `env:` blocks set."""

import re

from envfence.contract.surfaces import FALLS_BACK, REQUIRES, SETS, WORKFLOW, Use

_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}|^\s*(?:-\s+)?if:(.*)$", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(r"""\b(?:secrets|vars)\s*(?:\.\s*([A-Za-z_]\w*)|\[\s*'([A-Za-z_]\w*)'\s*\])(\s*\|\|\s*'[^']+')?""")
_ENV = re.compile(r"^( *)(?:- +)?env: *(\{.*\})?(?: +#.*)? *$")
_SET = re.compile(r"""^( *)(?:"([A-Za-z_]\w*)"|'([A-Za-z_]\w*)'|([A-Za-z_]\w*)) *:(?: +(.*))?$""")
_FLOW = re.compile(r"[{,]\s*[\"']?([A-Za-z_]\w*)[\"']?\s*:")
_COMMENT = re.compile(r"^[ \t]*#[^\n]*", re.MULTILINE)
_OWN = frozenset({"GITHUB_TOKEN", "ACTIONS_STEP_DEBUG", "ACTIONS_RUNNER_DEBUG"})


def is_workflow(path: str) -> bool:
    """Tell whether GitHub runs the file, as a workflow or as an action of this repository."""
    in_github = path.startswith(".github/") or "/.github/" in path
    return in_github and path.endswith((".yml", ".yaml"))


def uses(path: str, text: str) -> list[Use]:
    """Return the secrets and variables that a workflow takes, and the keys that it sets."""
    found: list[Use] = []
    text = _COMMENT.sub("", text)
    for match in _EXPRESSION.finditer(text):
        inside = match[1] if match[1] is not None else match[2]
        for named in _NAMED.finditer(inside):
            name = named[1] or named[2]
            line = text.count("\n", 0, match.start(1 if match[1] is not None else 2) + named.start()) + 1
            if name.upper() not in _OWN:
                way = FALLS_BACK if named[3] else REQUIRES
                found.append(Use(name, path, line, WORKFLOW, way, bool(named[3])))
    found += _set(path, text.splitlines())
    return list(dict.fromkeys(found))


def secrets_in(text: str) -> list[str]:
    """Return the names of the secrets that a text takes."""
    return [named[1] or named[2] for named in _NAMED.finditer(text) if named[0].startswith("secrets")]


def _set(path: str, lines: list[str]) -> list[Use]:
    found: list[Use] = []
    margin = inside = -1  # the indents of the `env:` that the line is in, and of its keys
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        indent = len(line) - len(line.lstrip())
        if indent > margin >= 0:
            inside = inside if inside >= 0 else indent
            if indent == inside and (match := _SET.match(line)):
                found.append(_use(match[2] or match[3] or match[4], path, number, (match[5] or "").strip("\"'")))
            continue
        block = _ENV.match(line)
        margin, inside = (line.index("env:") if block and not block[2] else -1), -1
        if block and block[2]:
            found += [_use(match[1], path, number, "") for match in _FLOW.finditer(block[2])]
    return found


def _use(key: str, path: str, line: int, value: str) -> Use:
    value = value.partition(" #")[0]
    return Use(key, path, line, WORKFLOW, SETS, bool(value) and "${{" not in value)
