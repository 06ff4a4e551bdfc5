"""Where nodes of `ast` stand in a text: their columns count bytes of UTF-8, and edits count characters."""

import ast
import re

_LINE_END = re.compile(r"\r\n|\n|\r")  # as Python and LibCST count: a form feed ends no line


class Offsets:
    """Turns the places of a text's nodes into offsets of characters.

    ``starts`` are the offsets at which its lines start, and behind them the length of the text.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self.starts = [0, *(match.end() for match in _LINE_END.finditer(text)), len(text)]

    def of(self, line: int, column: int) -> int:
        """Return the offset of a place, whose line is counted from 1."""
        start = self.starts[line - 1]
        return start + len(self._text[start : start + column].encode()[:column].decode())

    def span(self, node: ast.expr | ast.stmt | ast.keyword) -> tuple[int, int]:
        """Return where a node begins and ends."""
        return self.of(node.lineno, node.col_offset), self.of(node.end_lineno or 1, node.end_col_offset or 0)

    def indent(self, offset: int) -> str:
        """Return what stands before a place on its line."""
        return self._text[self._text.rfind("\n", 0, offset) + 1 : offset]

    def begins_line(self, offset: int) -> bool:
        """Tell whether nothing but space stands before a place on its line."""
        return not self.indent(offset).strip()


def first_line(statement: ast.stmt) -> int:
    """Return the line that a statement begins on, its decorators included."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def is_docstring(statement: ast.stmt) -> bool:
    """Tell whether a statement is a text and nothing else."""
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)
