"""The contract (`.env.example`) and what is held to it. Nothing is loaded before it is needed: a commit cannot wait."""

from collections.abc import Sequence

from envfence.finding import Finding


def hook_findings(root: str, filenames: Sequence[str]) -> list[Finding]:
    """Return keys that are missing, extra or set twice, for the env files among ``filenames`` (relative to ``root``).

    A contract among them brings in every env file beside it. Raises OSError for a file that cannot be read.
    """
    from envfence.contract import hook

    return hook.hook_findings(root, filenames)
