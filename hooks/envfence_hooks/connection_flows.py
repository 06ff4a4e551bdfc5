"""Refuse literals that reach a connection: semgrep looks at the changed files that could hold one."""

from collections.abc import Sequence

from envfence import guard, hook
from envfence.check import Options, Report


def main(argv: Sequence[str] | None = None) -> int:
    """Run the hook; return 0, 1 for findings, 2 if it could not run."""
    return hook.run(argv, __doc__, _flows)


def _flows(names: Sequence[str], options: Options) -> Report:
    return guard.files(names, options._replace(flows=True, values=False))


if __name__ == "__main__":
    raise SystemExit(main())
