"""Which characters of a template become which expression, and the edit of the code that does it."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import libcst as cst

from envfence.literals import HOLE
from envfence.rewrite import Edit
from envfence.rewrite.code.sites import Site, Source
from envfence.rewrite.code.strings import Leaf, f_string, rendered, spelled


class Swap(NamedTuple):
    """Characters of a site's template that become ``code``: an expression without quotes, braces and backslashes."""

    start: int
    end: int
    code: str


def edits_of(site: Site, swaps: Sequence[Swap], source: Source) -> list[Edit] | None:
    """Return the edits that put ``swaps`` into the code, None if no string can be cut so."""
    template = site.template
    if template is None or (len(swaps) == 1 and _is_all(swaps[0], site)):
        code = swaps[0].code + (".encode()" if template is not None and template.is_bytes else "")
        start, end = _outer_span(site.node, source)
        around = source.text[start - 1 : start], source.text[end : end + 1]  # return"…"if
        before, after = (" " if character.isalnum() else "" for character in around)
        return [Edit(start, end, f"{before}{code}{after}")]
    if template.is_bytes:
        return None
    if template.is_folded:
        holes = (match.start() for match in re.finditer(HOLE, template.text))
        filled = [Swap(at, at + 1, code) for at, code in zip(holes, template.filled, strict=True)]
        return [Edit(*source.span(site.node), f_string(_pieces(template.text, 0, [*swaps, *filled])))]
    by_owner: dict[int, list[Leaf]] = {}
    for leaf in template.leaves:
        by_owner.setdefault(id(leaf.owner), []).append(leaf)
    if not all(any(leaf.start <= swap.start and swap.end <= leaf.end for leaf in template.leaves) for swap in swaps):
        return _joined(site, swaps, source)
    edits: list[Edit] = []
    for leaves in by_owner.values():
        inside = [swap for swap in swaps if any(leaf.start <= swap.start < leaf.end for leaf in leaves)]
        if inside:
            edits.append(Edit(*source.span(leaves[0].owner), _recut(leaves, inside, source)))
    return edits


def _is_all(swap: Swap, site: Site) -> bool:
    template = site.template
    return template is not None and not template.has_holes and (swap.start, swap.end) == (0, len(template.text))


def _outer_span(node: cst.BaseExpression, source: Source) -> tuple[int, int]:
    """Return where an expression stands; parentheses that only held its pieces together go as well."""
    start, end = source.span(node)
    text = source.text
    for _ in node.lpar:
        left, right = text[:start].rstrip(), text[end:].lstrip()
        if not (left.endswith("(") and right.startswith(")")):
            break
        start, end = len(left) - 1, len(text) - len(right) + 1
    return start, end


def _joined(site: Site, swaps: Sequence[Swap], source: Source) -> list[Edit] | None:
    """Write a text that stands in several strings as one, where nothing else stands between them."""
    template = site.template
    start, end = source.span(site.node)
    if template is None or template.has_holes or "#" in _between(site, source) or "\n" in template.text:
        return None
    return [Edit(start, end, f_string(_pieces(template.text, 0, swaps)))]


def _between(site: Site, source: Source) -> str:
    """Return the code between the strings of a site."""
    spans = [source.span(leaf.owner) for leaf in site.template.leaves] if site.template else []
    return "".join(source.text[one[1] : other[0]] for one, other in pairwise(spans))


def _recut(leaves: Sequence[Leaf], swaps: Sequence[Swap], source: Source) -> str:
    """Return the code of one string with the swaps made in it."""
    owner = leaves[0].owner
    if isinstance(owner, cst.SimpleString):
        return rendered(owner, _pieces(spelled(owner, owner.raw_value), leaves[0].start, swaps))
    by_node = {id(leaf.node): leaf for leaf in leaves}
    pieces: list[tuple[str, bool]] = []
    for part in owner.parts:
        leaf = by_node.get(id(part))
        if leaf is not None and isinstance(leaf.node, cst.FormattedStringText):
            pieces += _pieces(spelled(owner, leaf.node.value), leaf.start, swaps)
        else:
            pieces.append((source.code(part), True))
    return rendered(owner, pieces)


def _pieces(text: Sequence[str], start: int, swaps: Sequence[Swap]) -> list[tuple[str, bool]]:
    """Return a text, whose characters begin at ``start`` of the template, as pieces: texts, and code (True)."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for swap in sorted(swaps):
        if start <= swap.start < start + len(text):
            pieces += [("".join(text[at : swap.start - start]), False), ("{" + swap.code + "}", True)]
            at = swap.end - start
    return [*pieces, ("".join(text[at:]), False)]
