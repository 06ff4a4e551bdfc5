"""What Dockerfiles bake into the images of servers: debugging, texts that are empty, a base that moves."""

from collections.abc import Collection, Iterator, Mapping

from envfence.contract.comparison.surfaces_rules import UNSET_IN_IMAGE
from envfence.contract.content.values import is_debugging
from envfence.contract.rules import DEBUG_IN_PRODUCTION, found, shown
from envfence.contract.stages import THROWAWAY, stages_in
from envfence.contract.surfaces import build_variables, dockerfile
from envfence.finding import WARNING, Finding
from envfence.stack.images import FLOATS, movement
from envfence.stack.rules import FLOATING_IMAGE


def debugging(dockerfiles: Mapping[str, str], settled: frozenset[str]) -> Iterator[Finding]:
    """Yield the `ENV` that switches debugging on in an image of servers, unless its key is ``settled`` when it starts.

    A stage or a Dockerfile that is named for development is for developers alone.
    """
    for path, text in dockerfiles.items():
        if THROWAWAY & stages_in(path.rpartition("/")[2]):
            continue
        for line, key, value in dockerfile.shipped(text):
            if key not in settled and "$" not in value and is_debugging(key, value.lower()):
                yield found(DEBUG_IN_PRODUCTION, path, line, shown(key), "the image has it")


def floating(dockerfiles: Mapping[str, str]) -> Iterator[Finding]:
    """Yield the bases whose tag is no version at all: the next build is of another system."""
    for path, text in dockerfiles.items():
        if THROWAWAY & stages_in(path.rpartition("/")[2]):
            continue
        for line, image in dockerfile.bases(text):
            if movement(image) == FLOATS:
                yield found(FLOATING_IMAGE, path, line, image.partition(":")[0], "the image is built on it")


def unset(dockerfiles: Mapping[str, str], given: Collection[str]) -> Iterator[Finding]:
    """Yield what an `ENV` takes for nothing; ``given`` are keys of the contract, and arguments that compose gives."""
    for path, text in dockerfiles.items():
        for one in build_variables.unset(text, given):
            yield found(UNSET_IN_IMAGE, path, one.line, shown(one.key), one.why, "" if one.is_meant else WARNING)
