"""What a settings class that is there says of env files, extended so that it reads `.env.<ENVIRONMENT>` as well."""

import ast
from collections.abc import Mapping

from envfence.contract.surfaces.python.classes import dotted
from envfence.contract.surfaces.python.configured import bodies, own_config
from envfence.contract.surfaces.python.settings import SettingsClass
from envfence.rewrite import Edit
from envfence.rewrite.offsets import Offsets, is_docstring

ENV_FILE = "ENVIRONMENT_FILE"  # what the module calls the path

_IGNORE: Mapping[type[ast.expr], str] = {ast.Constant: '"ignore"', ast.Attribute: "Extra.ignore"}
_Holder = ast.ClassDef | ast.Call | ast.Dict


def node_of(found: SettingsClass, tree: ast.Module) -> ast.ClassDef:
    """Return a class in the tree of its module."""
    return next(one for one in ast.walk(tree) if isinstance(one, ast.ClassDef) and one.lineno == found.line)


def env_file_edits(found: SettingsClass, node: ast.ClassDef, text: str) -> list[Edit]:
    """Return what makes the class read the file ``ENV_FILE`` if it reads none of that kind yet.

    A class that forbids extra keys ignores them from then on: the file holds those of other programs, too. Where it is
    configured on a condition, each arm that configures it is extended.
    """
    if not has_arms(node):
        return _edits(found, node, text)
    arms = [one for one in (_only(node, body) for body in bodies(node)) if dict(own_config(one))]
    firsts = [any(isinstance(item, ast.ClassDef) for item in arm.body) for arm in arms]
    return [
        edit
        for arm, is_first in zip(arms, firsts, strict=True)
        for edit in _edits(found._replace(is_first_version=is_first), arm, text)
    ]


def has_arms(node: ast.ClassDef) -> bool:
    """Tell whether a class is configured on a condition: in one way for one version of pydantic, else in another."""
    return any(dict(own_config(_only(node, body))) for body in bodies(node) if body is not node.body)


def _only(node: ast.ClassDef, body: list[ast.stmt]) -> ast.ClassDef:
    """Return a class as if it had but these statements, none of them on a condition."""
    plain: list[ast.stmt] = [one for one in body if not isinstance(one, ast.If)]
    keywords = node.keywords if body is node.body else []
    return ast.copy_location(ast.ClassDef(node.name, node.bases, keywords, plain, []), node)


def _edits(found: SettingsClass, node: ast.ClassDef, text: str) -> list[Edit]:
    config = dict(own_config(node))
    old = config.get("env_file")
    offset = Offsets(text)
    said = _forbidding(config)
    edits = [Edit(*offset.span(said), _IGNORE[type(said)])] if said else []
    is_silent = found.extra in {"", "forbid"} and not (said or found.is_first_version or "dotenv_filtering" in config)
    options = {"extra": '"ignore"'} if is_silent else {}
    if not reads_environment(old, text):
        if old:
            start, end = offset.span(old)
            edits.append(Edit(start, end, f"({text[start:end]}, {ENV_FILE})"))
        else:
            options = {"env_file": ENV_FILE, **options}
    if not options:
        return edits
    holder = _holder(node, old)
    return [
        *edits,
        _added(node, holder, options, offset) if holder else _new(node, options, offset, found.is_first_version),
    ]


def _forbidding(config: Mapping[str, ast.expr]) -> ast.expr | None:
    """Return what says that a class forbids extra keys: `"forbid"`, or `Extra.forbid`; None if nothing does."""
    said = config.get("extra")
    is_said = isinstance(said, ast.Constant) and said.value == "forbid"
    return said if is_said or (isinstance(said, ast.Attribute) and said.attr == "forbid") else None


def _holder(node: ast.ClassDef, old: ast.expr | None) -> _Holder | None:
    """Return what the options of a class stand in: `class Config`, or what `model_config` or its bases are given."""
    if any(keyword.value is old for keyword in node.keywords):
        return node
    for item in node.body:
        if isinstance(item, ast.ClassDef) and item.name == "Config":
            return item
        value = item.value if isinstance(item, ast.Assign | ast.AnnAssign) else None
        name = item.targets[0] if isinstance(item, ast.Assign) else getattr(item, "target", None)
        if isinstance(value, ast.Call | ast.Dict) and name is not None and dotted(name) == "model_config":
            return value
    return None


def _added(node: ast.ClassDef, holder: _Holder, options: dict[str, str], offset: Offsets) -> Edit:
    """Return the edit that puts options before the first that is there, on lines of their own if those are."""
    if isinstance(holder, ast.ClassDef) and holder is not node:
        return _lines_added(holder, options, offset)
    if isinstance(holder, ast.Dict):
        first: ast.expr | ast.keyword | None = holder.keys[0] if holder.keys else None
        pairs = [f'"{name}": {code}' for name, code in options.items()]
    else:
        first = holder.keywords[0] if holder.keywords else None
        pairs = [f"{name}={code}" for name, code in options.items()]
    if first is None:
        at = offset.span(holder)[1] - 1
        return Edit(at, at, ", ".join(pairs))
    at = offset.span(first)[0]
    gap = f"\n{offset.indent(at)}" if offset.begins_line(at) else " "
    return Edit(at, at, "".join(f"{pair},{gap}" for pair in pairs))


def _lines_added(holder: ast.ClassDef, options: dict[str, str], offset: Offsets) -> Edit:
    first = next((item for item in holder.body if not is_docstring(item)), holder.body[0])
    at = offset.span(first)[0]
    if not offset.begins_line(at):  # class Config: env_file = ".env"
        return Edit(at, at, "".join(f"{name} = {code}; " for name, code in options.items()))
    gap = f"\n{offset.indent(at)}"
    return Edit(at, at, "".join(f"{name} = {code}{gap}" for name, code in options.items()))


def _new(node: ast.ClassDef, options: dict[str, str], offset: Offsets, is_first_version: bool) -> Edit:
    """Return the edit that configures a class that is not configured yet."""
    first = node.body[1] if len(node.body) > 1 and is_docstring(node.body[0]) else node.body[0]
    start = offset.span(first)[0]
    indent = offset.indent(start)
    at = start - len(indent)
    given = ", ".join(f"{name}={code}" for name, code in options.items())
    lines = [f"model_config = SettingsConfigDict({given})"]
    if is_first_version:
        lines = ["class Config:", *(f"{indent[node.col_offset :]}{name} = {code}" for name, code in options.items())]
    return Edit(at, at, "".join(f"{indent}{line}\n" for line in lines) + "\n")


def reads_environment(env_file: ast.expr | None, text: str) -> bool:
    """Tell whether the name of a class's env file is made of the environment's: `f".env.{…}"`, also as a constant."""
    if env_file is None:
        return False
    names = {node.id for node in ast.walk(env_file) if isinstance(node, ast.Name)}
    said = [ast.get_source_segment(text, env_file) or ""]
    said += [line for line in text.splitlines() if line.partition("=")[0].partition(":")[0].strip() in names]
    return any(".env.{" in line or '".env." +' in line for line in said)
