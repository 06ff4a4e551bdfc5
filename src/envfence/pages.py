"""Self-contained HTML pages, in light and dark: no request, no font."""

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable


def filled(template: Traversable, parts: Mapping[str, str]) -> str:
    """Return a page: `{{name}}` in the template gives way to a part, `{{style}}` to what all pages share."""
    style = files("envfence").joinpath("page.css").read_text(encoding="utf-8").rstrip()
    known = {"style": style, **parts}
    head, *rest = template.read_text(encoding="utf-8").split("{{")
    return head + "".join(known[name] + after for name, _, after in (piece.partition("}}") for piece in rest))
