"""Refuse env files in git, and a .gitignore that would let one in."""

from collections.abc import Sequence

from envfence import guard, hook


def main(argv: Sequence[str] | None = None) -> int:
    """Run the hook; return 0, 1 for findings, 2 if it could not run."""
    return hook.run(argv, __doc__, guard.env_files_ignored)


if __name__ == "__main__":
    raise SystemExit(main())
