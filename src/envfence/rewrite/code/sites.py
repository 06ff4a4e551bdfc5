"""Where Python code holds a value that is to go: the expression, and what the code around says it is for."""

import ast
from bisect import bisect_left
from collections.abc import Iterator, MutableMapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple, cast

import libcst as cst
from libcst.metadata import CodeRange, PositionProvider

from envfence.rewrite import Spot
from envfence.rewrite.code.folding import folded
from envfence.rewrite.code.place import Place, place_of
from envfence.rewrite.code.strings import Template, template_of
from envfence.rewrite.offsets import Offsets, first_line

_STRINGS = (cst.SimpleString, cst.ConcatenatedString, cst.FormattedString)


class Site(NamedTuple):
    """One expression with the findings in it. ``template`` is None for a number."""

    node: cst.BaseExpression
    template: Template | None
    place: Place
    spots: tuple[Spot, ...]


class _Places(PositionProvider):
    """Where the nodes of a tree are. A MetadataWrapper would visit the tree once more, for providers that it lacks."""

    _computed: MutableMapping[cst.CSTNode, Any]

    def __init__(self, tree: cst.Module) -> None:
        super().__init__()
        self._gen_impl(tree)

    def has(self, node: cst.CSTNode) -> bool:
        return node in self._computed

    def of(self, node: cst.CSTNode) -> CodeRange:
        return cast("CodeRange", self._computed[node])


class Source:
    """A module's text, the tree of those statements that hold ``spots``, and where its nodes are.

    To know the places of all nodes takes LibCST four times as long as parsing; so the other statements are left out.
    """

    def __init__(self, text: str, spots: Sequence[Spot]) -> None:
        """Raise cst.ParserSyntaxError."""
        self.text, self.spots = text, spots
        self.offsets = Offsets(text)
        self.statements = _statements(text)
        wanted = {line for spot in spots for line in range(spot.finding.line, spot.finding.end_line + 1)}
        self.tree = cst.parse_module(self._only(wanted))
        self._places = _Places(self.tree)

    def _only(self, wanted: set[int]) -> str:
        """Return the text with the lines empty of every statement that holds none of the lines that are wanted."""
        kept: set[int] = set()
        left_out: set[int] = set()
        for statement in self.statements:
            covered = range(first_line(statement), (statement.end_lineno or 0) + 1)
            (left_out if wanted.isdisjoint(covered) else kept).update(covered)
        lines = [self.text[start:end] for start, end in pairwise(self.offsets.starts)]
        for number in left_out - kept:
            lines[number - 1] = lines[number - 1][len(lines[number - 1].rstrip("\r\n")) :]
        return "".join(lines)

    def has_place(self, node: cst.CSTNode) -> bool:
        """Tell whether LibCST notes where such a node is: it does so for all but lists of parameters and the like."""
        return _is_placed(type(node)) and self._places.has(node)

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """Return where a node starts and ends, in code points, its own parentheses left out."""
        place = self._places.of(node)
        return (
            self.offsets.starts[place.start.line - 1] + place.start.column,
            self.offsets.starts[place.end.line - 1] + place.end.column,
        )

    def code(self, node: cst.CSTNode) -> str:
        """Return the text of a node."""
        start, end = self.span(node)
        return self.text[start:end]


@cache  # to ask an abstract class takes longer than all the rest
def _is_placed(kind: type[cst.CSTNode]) -> bool:
    return issubclass(kind, cst.BaseExpression | cst.BaseStatement | cst.BaseSmallStatement)


def _statements(text: str) -> list[ast.stmt]:
    """Return the statements of a module, none where Python itself cannot parse it: then LibCST gets all of it."""
    try:
        return ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


@cache  # a plan may be made several times
def source_of(text: str, spots: tuple[Spot, ...]) -> Source:
    """Return a module's source. Raise cst.ParserSyntaxError."""
    return Source(text, spots)


@cache
def sites(source: Source) -> list[Site]:
    """Return the expressions that hold the spots of a module, by place."""
    visitor = _Visitor(source, source.spots)
    source.tree.visit(visitor)
    return visitor.found


class _Visitor(cst.CSTVisitor):
    """Goes to the spots and nowhere else."""

    def __init__(self, source: Source, spots: Sequence[Spot]) -> None:
        super().__init__()
        self.source, self.spots = source, spots
        self.starts = [spot.start for spot in spots]
        self.above: list[cst.CSTNode] = []
        self.known: set[int] = set()  # nodes that are part of an expression that was looked at
        self.taken: set[Spot] = set()  # spots that an expression is found for
        self.found: list[Site] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        inside = self._spots_in(*self._span(node)) if self.source.has_place(node) else self.spots
        if not inside:
            self.above.append(node)
            return False
        new = [spot for spot in inside if spot not in self.taken]
        if new and id(node) not in self.known and isinstance(node, cst.BaseExpression):
            self._look_at(node, new)
        self.above.append(node)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:  # noqa: ARG002 the signature is LibCST's
        self.above.pop()

    def _span(self, node: cst.CSTNode) -> tuple[int, int]:
        """Return where a node starts and ends, its decorators included, which LibCST leaves out."""
        start, end = self.source.span(node)
        if isinstance(node, cst.FunctionDef | cst.ClassDef) and node.decorators:
            start = self.source.span(node.decorators[0].decorator)[0]
        return start, end

    def _spots_in(self, start: int, end: int) -> Sequence[Spot]:
        first = bisect_left(self.starts, end)
        return [spot for spot in self.spots[:first] if spot.end > start]

    def _look_at(self, node: cst.BaseExpression, inside: Sequence[Spot]) -> None:
        if isinstance(node, cst.Integer):
            self._add(node, None, inside)
            return
        if constant := folded(node):
            self.known.update(id(one) for one in below(node))
            self._add(node, constant, inside)
            return
        if not isinstance(node, (*_STRINGS, cst.BinaryOperation)):
            return
        template = template_of(node)
        if template is None:
            return
        _mark(node, self.known)
        met = [spot for spot in inside if any(self._meets(leaf.node, spot) for leaf in template.leaves)]
        if met:
            self._add(node, template, met)

    def _add(self, node: cst.BaseExpression, template: Template | None, met: Sequence[Spot]) -> None:
        self.taken.update(met)
        self.found.append(Site(node, template, place_of(node, self.above), tuple(met)))

    def _meets(self, leaf: cst.CSTNode, spot: Spot) -> bool:
        start, end = self.source.span(leaf)
        return spot.start < end and start < spot.end


def below(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield a node and all that it is made of."""
    yield node
    for child in node.children:
        yield from below(child)


def _mark(node: cst.BaseExpression, known: set[int]) -> None:
    """Note the parts of a text that is looked at as a whole."""
    known.add(id(node))
    if isinstance(node, cst.ConcatenatedString | cst.BinaryOperation) and (
        not isinstance(node, cst.BinaryOperation) or isinstance(node.operator, cst.Add)
    ):
        _mark(node.left, known)
        _mark(node.right, known)
