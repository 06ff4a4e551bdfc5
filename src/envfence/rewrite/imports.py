"""An import added to a module: behind those that are there, and before the first code that needs it."""

import libcst as cst

from envfence.rewrite import Edit
from envfence.rewrite.sites import Source


def added(source: Source, module: str, name: str, first_use: int, newline: str) -> Edit | None:
    """Return the edit that imports ``name``, None if the module has it already.

    It stands apart from the imports of others where the module keeps its imports apart from its code.
    """
    line = f"from {module} import {name}"
    body = source.tree.body
    last: cst.BaseStatement | None = None
    for index, statement in enumerate(body):
        if source.span(statement)[0] >= first_use:
            break
        if _imports(statement, module, name):
            return None
        if _is_import(statement) or (index == 0 and _is_docstring(statement)):
            last = statement
    if last is not None:
        end = _line_end(source.text, source.span(last)[1])
        is_apart = _is_import(last) and not _is_local(last, module)
        gap = newline if not _is_import(last) or (is_apart and source.text.startswith(("\n", "\r"), end)) else ""
        if end == len(source.text) and not source.text.endswith(("\n", "\r")):
            return Edit(end, end, f"{newline}{gap}{line}")
        return Edit(end, end, f"{gap}{line}{newline}")
    start = source.span(body[0])[0] if body else len(source.text)
    start = source.text.rfind("\n", 0, start) + 1
    return Edit(start, start, f"{line}{newline}{newline}")


def _line_end(text: str, at: int) -> int:
    """Return where the next line begins."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _is_import(statement: cst.BaseStatement) -> bool:
    return isinstance(statement, cst.SimpleStatementLine) and all(
        isinstance(one, cst.Import | cst.ImportFrom) for one in statement.body
    )


def _is_local(statement: cst.BaseStatement, module: str) -> bool:
    """Tell whether an import is relative, or of the same package."""
    top = module.partition(".")[0]
    code = cst.Module([]).code_for_node(statement).strip()
    return code.startswith(("from .", f"from {top}.", f"import {top}.")) and (
        code.startswith("from .") or "." in module
    )


def _is_docstring(statement: cst.BaseStatement) -> bool:
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return False
    only = statement.body[0]
    return isinstance(only, cst.Expr) and isinstance(only.value, cst.SimpleString | cst.ConcatenatedString)


def _imports(statement: cst.BaseStatement, module: str, name: str) -> bool:
    if not isinstance(statement, cst.SimpleStatementLine):
        return False
    return any(
        isinstance(one, cst.ImportFrom)
        and not isinstance(one.names, cst.ImportStar)
        and not one.relative
        and one.module is not None
        and cst.Module([]).code_for_node(one.module) == module
        and any(alias.asname is None and cst.Module([]).code_for_node(alias.name) == name for alias in one.names)
        for one in statement.body
    )


def defines(source: Source, name: str) -> bool:
    """Tell whether a module gives a name another meaning at its top."""
    for statement in source.tree.body:
        if isinstance(statement, cst.FunctionDef | cst.ClassDef) and statement.name.value == name:
            return True
        if isinstance(statement, cst.SimpleStatementLine):
            for one in statement.body:
                if isinstance(one, cst.Assign) and any(
                    isinstance(target.target, cst.Name) and target.target.value == name for target in one.targets
                ):
                    return True
    return False
