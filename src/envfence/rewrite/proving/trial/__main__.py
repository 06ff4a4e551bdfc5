"""Take modules from standard input, one a line, run each as it was and as it is to be, and answer what differs.

Only the process that started this reads the answers, and they hold no value. Libraries that a module has imported stay
imported for those that follow: each of them runs in a process of its own, which begins as a copy of this one.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
from typing import Any

from .comparing import difference
from .imports import prepare
from .running import FORK, Handed, run_apart
from .stand_ins import SEEN, block
from .texts import OTHERS


def _answer(
    asked: dict[str, str], roots: list[str], attributes: set[str], name: str
) -> tuple[dict[str, Any], list[str]]:
    """Return what differs in a module, and the libraries that it has imported."""

    def ran(root: str, names: Handed) -> Handed:
        return run_apart(root, asked["path"], asked["base"], name=name, asked=list(names))

    before = ran(roots[0], {})
    before["names"] = {one: text for one, text in before["names"].items() if _is_read(one, attributes)}
    after = ran(roots[1], before["names"])
    differs = difference(before, after, before, {"seen": []})
    if differs:
        again = ran(roots[0], {})
        imported = run_apart(roots[1], "", asked["base"], name=asked["settings"], asked=[])
        differs = difference(before, after, again, imported)
    return {
        "differs": differs, "ends": before["ends"], "line": before["line"], "missing": before["missing"],
        "handed": sum(len(call) - 1 for call in before["seen"]) + len(before["names"]),
    }, before["loaded"]  # fmt: skip


def _is_read(name: str, attributes: set[str]) -> bool:
    """Tell whether a name counts: one of a class or an object does if anything reads it."""
    return "." not in name or name.partition(".")[2] in attributes


def _load(names: list[str], taken: set[str]) -> None:
    """Import libraries, but none that the project has a folder or a module of the same name for."""
    for name in names:
        if name.partition(".")[0] not in taken:
            try:
                importlib.import_module(name)
            except BaseException:  # noqa: BLE001, S112 then each module imports it for itself
                continue
    SEEN.clear()


def _names_below(root: str) -> tuple[set[str], dict[str, str]]:
    """Return what modules of a project may be called, and the packages that lie in one folder alone, with that."""
    names: set[str] = set()
    packages: dict[str, set[str]] = {}
    for folder, folders, files in os.walk(root):
        names.update(folders, (file.partition(".")[0] for file in files))
        above = os.path.dirname(folder)
        if "__init__.py" in files and not os.path.exists(os.path.join(above, "__init__.py")):
            packages.setdefault(os.path.basename(folder), set()).add(os.path.relpath(above, root))
    return names, {name: min(found) for name, found in packages.items() if len(found) == 1}


def main() -> None:
    """Answer until nothing more is asked."""
    requests = os.fdopen(os.dup(0), encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = open(os.devnull, "r+", encoding="utf-8")  # noqa: SIM115 as long as the process
    sys.stdin = sys.stdout = sys.stderr = nothing
    for number in range(3):
        os.dup2(nothing.fileno(), number)
    sys.argv = ["verified"]
    sys.path[:] = [path for path in sys.path[1:] if path]  # the first is where this package lies
    setting = json.loads(requests.readline())
    missing = [name for name in setting["needed"] if importlib.util.find_spec(name) is None]
    taken, packages = _names_below(setting["roots"][1])
    attributes = set(setting["attributes"])
    OTHERS.update(setting["others"])
    block()
    prepare(packages)
    for name in [name for name in sys.modules if name.partition(".")[0] == "trial"]:
        del sys.modules[name]  # the project may have a module of this name
    print(json.dumps({"missing": missing}), file=answers, flush=True)
    for line in requests:
        answer, loaded = _answer(json.loads(line), setting["roots"], attributes, setting["name"])
        answer["missing"] = sorted({*answer["missing"]} - taken)
        print(json.dumps(answer), file=answers, flush=True)
        if FORK is not None:
            _load(loaded, taken | {"trial"})
    os._exit(0)  # threads that a library has started are no reason to wait


if __name__ == "__main__":
    main()
