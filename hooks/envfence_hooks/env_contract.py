"""Refuse env files whose keys differ from those of .env.example."""

from collections.abc import Sequence

from envfence import guard, hook


def main(argv: Sequence[str] | None = None) -> int:
    """Run the hook; return 0, 1 for findings, 2 if it could not run."""
    return hook.run(argv, __doc__, guard.env_contract)


if __name__ == "__main__":
    raise SystemExit(main())
