"""Measure envfence beside other tools, side by side; write results.json and chart.svg next to this file."""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cache
import chart
import commit
import contract
import flows
import history
import hook
import large
import rewriting
import scale
from tools import HERE

PARTS = ("hook", "commit", "flows", "contract", "large", "scale", "cache", "history", "rewriting")
CACHE = Path(tempfile.gettempdir()) / "envfence-bench"
RESULTS = HERE / "results.json"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the parts that are asked for; results of the others stay as they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=PARTS, help="measure this part; may be given several times")
    parser.add_argument("--rounds", type=int, default=24, help="rounds for one file; larger things get fewer")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where the large tree is kept")
    parser.add_argument("--no-slow", action="store_true", help="leave out detect-secrets on the large tree: minutes")
    args = parser.parse_args(argv)
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    results["machine"] = machine()
    with tempfile.TemporaryDirectory(prefix="envfence-bench-") as scratch:
        for part in args.only or PARTS:
            print(f"measuring: {part}", file=sys.stderr)
            results[part] = measured(part, Path(scratch), args)
            RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8", newline="\n")
    (HERE / "chart.svg").write_text(chart.of(results), encoding="utf-8", newline="\n")
    print(json.dumps(results, indent=2))
    return 0


def measured(part: str, scratch: Path, args: argparse.Namespace) -> dict[str, Any]:
    """Return the results of one part."""
    if part == "hook":
        return hook.results(scratch, args.rounds)
    if part == "commit":
        return commit.results(scratch, max(1, args.rounds // 2))
    if part == "flows":
        return flows.results(scratch, max(1, args.rounds // 2))
    if part == "contract":
        return contract.results(scratch, args.rounds)
    if part == "rewriting":
        return rewriting.results(scratch, max(1, args.rounds // 2))
    few = max(1, args.rounds // 5)
    if part == "large":
        return large.results(args.cache, few, slow=not args.no_slow)
    if part == "scale":
        return scale.results(scratch, few)
    return cache.results(scratch, few) if part == "cache" else history.results(scratch, few)


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    tools = ("envfence", "detect-secrets", "kingfisher-bin", "semgrep", "prek", "pre-commit")
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in tools},
    }


if __name__ == "__main__":
    raise SystemExit(main())
