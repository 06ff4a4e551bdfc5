"""The imports that a settings module needs for what its class is given, each where a person would put it."""

import ast
import sys
from collections.abc import Sequence

from envfence.rewrite import Edit
from envfence.rewrite.offsets import Offsets

_WANTED = (  # module, name, the use that needs it
    ("", "os", "os.environ"),
    ("functools", "lru_cache", "@lru_cache"),
    ("pathlib", "Path", "Path("),
    ("urllib.parse", "quote", "quote("),
    ("dotenv", "dotenv_values", "dotenv_values("),
    ("pydantic", "Field", " = Field("),
    ("pydantic", "SecretStr", ": SecretStr"),
    ("pydantic_settings", "SettingsConfigDict", "SettingsConfigDict("),
)


def import_edits(text: str, tree: ast.Module, offsets: Offsets, found: Sequence[Edit]) -> list[Edit]:
    """Return the edits that import what ``found`` uses: in a line that is there, else with the imports of its kind."""
    code = "".join(edit.replacement for edit in found)
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    there = {alias.asname or alias.name for node in imports for alias in node.names}
    there |= {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    edits: list[Edit] = []
    new: dict[str, list[str]] = {}
    for module, name, use in _WANTED:
        if use not in code or name in there or f"class {name}:" in code:
            continue
        line = next((node for node in imports if _is_extended(node, module, text, offsets)), None)
        if line is not None:
            at = offsets.span(line)[1]
            edits.append(Edit(at, at, f", {name}"))
        else:
            new.setdefault(module, []).append(name)
    lines = [
        (module or names[0], f"from {module} import {', '.join(names)}\n" if module else f"import {names[0]}\n")
        for module, names in new.items()
    ]
    return [*edits, *_lines(lines, tree, imports, offsets.starts)]


def _is_extended(node: ast.stmt, module: str, text: str, offsets: Offsets) -> bool:
    """Tell whether a line imports from a module already and can take one name more."""
    if not isinstance(node, ast.ImportFrom) or node.module != module or node.level or not module:
        return False
    line = text[offsets.starts[node.lineno - 1] : offsets.starts[node.lineno]].rstrip()
    return line.startswith("from ") and line.endswith(node.names[-1].asname or node.names[-1].name)


def _lines(
    lines: Sequence[tuple[str, str]], tree: ast.Module, imports: Sequence[ast.stmt], starts: Sequence[int]
) -> list[Edit]:
    """Return the edits that add whole lines: the standard library's first, a blank line before those of others."""
    own = "".join(line for module, line in lines if _is_standard(module))
    others = "".join(line for module, line in lines if not _is_standard(module))
    body = [node for node in imports if not (isinstance(node, ast.ImportFrom) and node.module == "__future__")]
    if not body:
        at = _start(tree, starts)
        return [Edit(at, at, f"{own}{others}\n")] if own or others else []
    first = starts[body[0].lineno - 1]
    foreign = next((node for node in body if not _is_standard(_module(node))), None)
    gap = "\n" if own and foreign is body[0] else ""
    edits = [Edit(first, first, f"{own}{gap}")] if own else []
    if others:
        at = starts[foreign.lineno - 1] if foreign else starts[body[-1].end_lineno or 0]
        edits.append(Edit(at, at, others if foreign else f"\n{others}"))
    return edits


def _start(tree: ast.Module, starts: Sequence[int]) -> int:
    """Return where the first import of a module goes: behind its docstring and `from __future__`."""
    end = 0
    for node in tree.body:
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not is_text and not (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
            break
        end = starts[node.end_lineno or 0]
    return end


def _module(node: ast.stmt) -> str:
    if isinstance(node, ast.ImportFrom):
        return "." if node.level else node.module or ""
    return node.names[0].name if isinstance(node, ast.Import) else ""


def _is_standard(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names
