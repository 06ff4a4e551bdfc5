"""What Dockerfiles bake into the images of servers: debugging that `ENV` switches on."""

from collections.abc import Iterator, Mapping

from envfence.contract.rules import DEBUG_IN_PRODUCTION, found, shown
from envfence.contract.stages import THROWAWAY, stages_in
from envfence.contract.surfaces import dockerfile
from envfence.contract.values import is_debugging
from envfence.finding import Finding


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
