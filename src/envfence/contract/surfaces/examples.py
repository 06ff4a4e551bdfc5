"""Examples of env files below the root, by any name: the code beside and below one may read what it names."""

from collections.abc import Iterable, Iterator

from envfence.contract.files import is_example
from envfence.contract.readers import python_reader
from envfence.contract.surfaces import CODE, Use
from envfence.contract.surfaces.reading import Texts


def without_declared(uses: Iterable[Use], texts: Texts) -> Iterator[Use]:
    """Yield ``uses`` without the reads in code of keys that an example in their folder, or one above, has."""
    declared = {
        path.rpartition("/")[0]: _keys(texts.text(path))
        for path in texts.by_path
        if is_example(path.rpartition("/")[2]) and "/" in texts.below(path)
    }
    for use in uses:
        of_code = declared.items() if use.surface == CODE else ()
        if not any(use.key in keys and use.path.startswith(f"{folder}/") for folder, keys in of_code):
            yield use


def _keys(text: str) -> frozenset[str]:
    return frozenset(entry.key for entry in python_reader.entries(text) if entry.key)
