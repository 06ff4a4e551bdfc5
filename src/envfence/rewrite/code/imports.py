"""An import added to a module: behind those that are there, and before the first code that needs it."""

import ast
from bisect import bisect_right

from envfence.rewrite import Edit
from envfence.rewrite.code.layout import absolute
from envfence.rewrite.code.sites import Source
from envfence.rewrite.offsets import first_line, is_docstring


def added(source: Source, module: str, name: str, first_use: int, newline: str, package: str = "") -> Edit | None:
    """Return the edit that imports ``name``, None if the module has it already.

    An import of the same ``module`` is extended; ``package`` is what relative imports begin in. A new one stands apart
    from the imports of others where the module keeps its imports apart from its code.
    """
    line = f"from {module} import {name}"
    use = bisect_right(source.offsets.starts, first_use)
    before = [one for one in source.statements if (one.end_lineno or 0) < use]
    same = [one for one in before if isinstance(one, ast.ImportFrom) and _origin(one, package) == module]
    if any(alias.name == name and alias.asname is None for one in same for alias in one.names):
        return None
    if extended := next((edit for one in same if (edit := _extended(source, one, name))), None):
        return extended
    heads = [one for one in before if _is_import(one) or (one is source.statements[0] and is_docstring(one))]
    if heads:
        return _behind(source, heads[-1], line, module, newline)
    first = source.statements[0] if source.statements else None
    start = source.offsets.starts[first_line(first) - 1] if first else len(source.text)
    return Edit(start, start, f"{line}{newline}{newline}")


def _behind(source: Source, last: ast.stmt, line: str, module: str, newline: str) -> Edit:
    end = source.offsets.starts[last.end_lineno or 1]
    is_import = _is_import(last)
    is_apart = not is_import or (not _is_local(last, module) and source.text.startswith(("\n", "\r"), end))
    gap = newline if is_apart else ""
    if end == len(source.text) and not source.text.endswith(("\n", "\r")):
        return Edit(end, end, f"{newline}{gap}{line}")
    return Edit(end, end, f"{gap}{line}{newline}")


def _is_import(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import | ast.ImportFrom)


def _is_local(statement: ast.stmt, module: str) -> bool:
    """Tell whether an import is relative, or of the same package."""
    top = module.partition(".")[0]
    if isinstance(statement, ast.ImportFrom) and statement.level:
        return True
    named = [statement.module or ""] if isinstance(statement, ast.ImportFrom) else []
    named += [alias.name for alias in statement.names] if isinstance(statement, ast.Import) else []
    return "." in module and any(name.partition(".")[0] == top for name in named)


def _origin(statement: ast.ImportFrom, package: str) -> str:
    """Return the module that something is imported from, also where the import is relative."""
    return ".".join(absolute("." * statement.level + (statement.module or ""), package.split(".")))


def _extended(source: Source, statement: ast.ImportFrom, name: str) -> Edit | None:
    """Return the edit that imports one name more, in order if there is one; None for an import of all, or on lines."""
    names = [alias.name for alias in statement.names]
    if names == ["*"] or statement.end_lineno != statement.lineno:
        return None
    later = next((alias for alias in statement.names if alias.name > name), None) if names == sorted(names) else None
    column = later.col_offset if later else statement.names[-1].end_col_offset or 0
    at = source.offsets.of(statement.lineno, column)
    return Edit(at, at, f"{name}, " if later else f", {name}")


def defines(source: Source, name: str, module: str, package: str = "") -> bool:
    """Tell whether a module gives a name at its top another meaning than what ``module`` has under it."""
    for statement in source.statements:
        is_foreign = isinstance(statement, ast.ImportFrom) and _origin(statement, package) != module
        if is_foreign and name in {alias.asname or alias.name for alias in getattr(statement, "names", ())}:
            return True
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and statement.name == name:
            return True
        if isinstance(statement, ast.Assign):
            named = (target.id for target in statement.targets if isinstance(target, ast.Name))
            if name in named:
                return True
    return False
