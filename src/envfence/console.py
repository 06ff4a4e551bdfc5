"""What people and programs see of a run: findings on standard output, everything else on standard error."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from envfence.check import Report
from envfence.errors import FenceError
from envfence.finding import ERROR, Finding

if TYPE_CHECKING:
    import argparse


def guarded(run: Callable[[], int]) -> int:
    """Return the exit code of ``run``; say what the user can mend on standard error, and return 2.

    130 is what a shell expects of a command that was interrupted.
    """
    try:
        return run()
    except KeyboardInterrupt:
        print("envfence: interrupted", file=sys.stderr)
        return 130
    except FenceError as error:
        print(f"envfence: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough; python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        # A shell may stand in a folder that is deleted, and then nothing has a name.
        gone = isinstance(error, FileNotFoundError) and error.filename is None
        where = "the working directory" if gone else error.filename or "could not run"
        print(f"envfence: {where}: {error.strerror or error}", file=sys.stderr)
        return 2


def run_below_root(args: "argparse.Namespace") -> int:
    """Return the exit code of ``args.run``, the command that was chosen, guarded; its ``root`` has to be a folder."""

    def run() -> int:
        if not os.path.isdir(args.root):
            raise FenceError(f"{args.root}: no such folder")
        code: int = args.run(args)
        return code

    return guarded(run)


def say(text: str) -> None:
    """Tell a person how far a command is: on standard error, at once."""
    print(text, file=sys.stderr, flush=True)


def told(report: Report, output_format: str = "text") -> None:
    """Print the findings, and what was not read."""
    if report.findings or output_format != "text":
        from envfence.report import rendered

        # File names may hold bytes that are no text, and a Windows pipe is not UTF-8 by itself.
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
        sys.stdout.write(rendered(report.findings, output_format, report.lines))
        sys.stdout.flush()
    for sentence in (_skipped(report.skipped.values()), _counted(report.findings)):
        if sentence:
            print(sentence, file=sys.stderr)


def exit_code(findings: Sequence[Finding], *, strict: bool = False) -> int:
    """Return 1 if a finding fails the run: an error does, a warning only when ``strict``."""
    return int(any(strict or found.severity == ERROR for found in findings))


def _counted(findings: Sequence[Finding]) -> str:
    errors = sum(found.severity == ERROR for found in findings)
    counts = [_plural(errors, "error"), _plural(len(findings) - errors, "warning")]
    return f"found {', '.join(filter(None, counts))}" if findings else ""


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count > 1 else ''}" if count else ""


def _skipped(skipped: Iterable[tuple[str, int]]) -> str:
    """Return `skipped 3 files, 120 kB: 2 minified, 1 lock`."""
    kinds: dict[str, int] = {}
    files = total = 0
    for kind, size in skipped:
        kinds[kind] = kinds.get(kind, 0) + 1
        files, total = files + 1, total + size
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items(), key=lambda item: -item[1]))
    return f"skipped {_plural(files, 'file')}, {_size(total)}: {told}" if files else ""


def _size(size: int) -> str:
    if size < 1000:
        return f"{size} bytes"
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"
