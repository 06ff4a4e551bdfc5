"""What a repository is pinned to: the very revision of envfence that is installed here."""

import json
from importlib.metadata import PackageNotFoundError, distribution
from typing import NamedTuple

from envfence import __version__

REPOSITORY = "https://github.com/envfence/envfence"
TAG = f"v{__version__}"


class Pin(NamedTuple):
    """A revision of envfence, and whether installers have to take it from git: an index has releases alone."""

    revision: str = TAG
    in_git: bool = False

    def requirement(self, extra: str) -> str:
        """Return what an installer is asked for."""
        return f"envfence[{extra}] @ git+{REPOSITORY}@{self.revision}" if self.in_git else f"envfence[{extra}]"


def installed() -> Pin:
    """Return what is installed here: a commit that was taken from git, else the release that its version names."""
    try:
        said = distribution("envfence").read_text("direct_url.json")  # an installer leaves it beside a package
    except PackageNotFoundError:  # a checkout that runs as it is
        return Pin()
    source = json.loads(said or "{}").get("vcs_info")
    if source is None:
        return Pin()
    return Pin(TAG if source.get("requested_revision") == TAG else source["commit_id"], in_git=True)
