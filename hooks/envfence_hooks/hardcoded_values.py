"""Refuse hosts, ports and credentials that are written into a file."""

from collections.abc import Sequence

from envfence import guard, hook

RULES = (
    "fallback-value",
    "hardcoded-credential",
    "hardcoded-host",
    "hardcoded-identifier",
    "hardcoded-port",
    "hardcoded-url",
    "hardcoded-username",
    "suppression-without-reason",
    "unused-suppression",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the hook; return 0, 1 for findings, 2 if it could not run."""
    return hook.run(argv, __doc__, guard.files, *RULES)


if __name__ == "__main__":
    raise SystemExit(main())
