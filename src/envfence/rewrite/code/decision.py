"""What is decided on a hardcoded value, and what the functions that decide share."""

import ast
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import libcst as cst

from envfence.literals import HOLE
from envfence.rewrite import Edit, naming
from envfence.rewrite.code.sites import Site, Source
from envfence.rewrite.code.swaps import Swap
from envfence.rewrite.envfiles import spelled
from envfence.rewrite.held import Key, key_name
from envfence.rewrite.settings.settings_model import INT, STR, Settings

_FILLED = re.compile(r"\{[^{}\s\"']*\}|%\([\w.]+\)[sd]|%[sdr](?!\w)")

LINES = "the value goes over several lines"
NO_FORM = "python-dotenv and docker compose would read the value differently: change it first"
OTHER_VALUE = "its key has another value already"
PATTERN = "a pattern has to be a constant"
COMPUTED = "the default is computed"
READER = "the call around it reads the key in a way of its own, from files that may be others"
USED = "another default of the class is made of it"
DOCSTRING = "it stands in a docstring"
SEVERAL = "it is one of several in a list"
HALF = "only a part of the value stands in the code"
INSIDE = "the value is a piece of a longer text"
TEMPLATE = "what is filled in with % may hold a % itself"
TEST_DATA = "it is data of a test: nothing connects with it"
OTHER_STAGE = "the class is that of another environment"
OTHER_PLACE = "it is what another environment has, and no key holds it there"
UNSURE = "what the value is for cannot be told from the code"


class Module(NamedTuple):
    """One module: its path, tree and sites, the settings that it is to read, and the keys of its own fields.

    ``fields`` maps a settings class and its field to the key that the field takes; such a field loses its default.
    ``given`` are those whose default never counts, since their env files have a value.
    ``may_import`` tells whether the module can import the settings: they are not in it, and do not import it.
    ``refused`` are lines that are to be left alone.
    """

    path: str
    source: Source
    sites: Sequence[Site]
    settings: Settings
    fields: Mapping[tuple[str, str], str] = {}
    given: frozenset[tuple[str, str]] = frozenset()
    refused: frozenset[int] = frozenset()
    may_import: bool = True

    @property
    def about(self) -> str:
        """What the module's name says."""
        stem = self.path.rpartition("/")[2].removesuffix(".py")
        return naming.of_name(stem) or key_name(stem)

    @property
    def folder(self) -> str:
        """What the first folder of its path that tells is about, "" if none tells."""
        told = (naming.of_name(folder) for folder in self.path.split("/")[:-1])
        return next((one for one in told if one), "")

    def qualified(self, call: str) -> str:
        """Return a callee with the module that it is imported from: `clickhouse_driver.Client`."""
        first = call.partition(".")[0]
        imported = (node for node in self.source.statements if isinstance(node, ast.ImportFrom) and node.module)
        origin = next((node.module for node in imported if any(one.name == first for one in node.names)), "")
        return f"{origin}.{call}" if origin and first else call


class Decision(NamedTuple):
    """What becomes of a site: swaps in its text, edits of the code around it, or the reason why nothing does."""

    swaps: tuple[Swap, ...] = ()
    edits: tuple[Edit, ...] = ()
    reason: str = ""
    key: Key | None = None  # whose value the whole text is


def text_of(site: Site) -> str:
    """Return what the program sees, with a HOLE for each part that is computed; of a number its digits."""
    if site.template is not None:
        return site.template.text
    return site.node.value.replace("_", "") if isinstance(site.node, cst.Integer) else ""


def name_of(site: Site) -> str:
    """Return the name that a value is bound to here, or where that is a custom reader's affair, for the check."""
    anchor = site.spots[0].finding.anchor
    return site.place.key or site.place.name or ("" if ":" in anchor else anchor.rpartition(".")[2])


def masked(site: Site) -> str:
    """Return the text with HOLEs also where `%` and `format` fill something in, which a client does not."""
    text = text_of(site)
    is_filled = site.template is not None and site.template.is_folded
    is_final = is_filled or (not site.place.filled and naming.of_client(site.place.call))
    return text if is_final else _FILLED.sub(lambda match: HOLE * len(match[0]), text)


def whole(site: Site, code: str) -> Decision:
    """Return the decision that an expression takes the place of all of a text."""
    return Decision((Swap(0, len(text_of(site)), code),))


def read(module: Module, site: Site, key: Key) -> str:
    """Return the expression that reads a key as a text, or as a number where a number stood."""
    return module.settings.read(key, INT if site.template is None else STR)


def is_writable(text: str) -> bool:
    """Tell whether an env file can hold the value."""
    return bool(text) and "\n" not in text and "\r" not in text and spelled(text) is not None


def why_not(text: str) -> str:
    """Return why it cannot."""
    return LINES if "\n" in text or "\r" in text else NO_FORM
