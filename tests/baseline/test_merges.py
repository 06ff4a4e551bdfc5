"""Two branches change the baseline: git merges both without a word, and nothing that either has added is lost."""

import random
import subprocess

from envfence.baseline.command import ATTRIBUTE
from envfence.baseline.entries import Baseline, Entry, Key, parsed, rendered

MERGES = 200
FILE = "envfence-baseline.txt"
FOLDERS = ("api", "core", "jobs", "web")
RULES = ("hardcoded-host", "hardcoded-port", "hardcoded-credential", "fallback-value")
ANCHORS = ("DB_HOST", "password", "connect:0", "services.db.environment.DB_PASSWORD")


def drawn(chance, count):
    """Return so many keys: of few folders, files and names, so that changes of two branches meet often."""
    keys = set()
    while len(keys) < count:
        path = f"src/{chance.choice(FOLDERS)}/{chance.randint(1, 12)}.py"
        keys.add(Key(path, chance.choice(RULES), chance.choice(ANCHORS)))
    return keys


def branched(chance, base):
    """Return what a branch makes of a baseline: a few are mended, a few are new, of one the number changes."""
    mended = set(chance.sample(sorted(base), chance.randint(0, 4)))
    counts = {key: base.get(key, 1) for key in (base.keys() - mended) | drawn(chance, chance.randint(1, 6))}
    counts[chance.choice(sorted(counts))] += chance.randint(0, 1)
    return counts


def text_of(counts):
    return rendered(Baseline(entries=tuple(Entry(key, counts[key]) for key in sorted(counts))))


def imported(cases):
    """Return a stream for `git fast-import`: a base and two branches of each case."""
    for number, texts in enumerate(cases):
        for name, text in zip(("base", "one", "two"), texts, strict=True):
            data = text.encode()
            yield f"commit refs/heads/{name}{number}\ncommitter T <t@example.com> {number} +0000\ndata 0\n".encode()
            yield f"from refs/heads/base{number}\n".encode() if name != "base" else b""
            yield f"M 100644 inline {FILE}\ndata {len(data)}\n".encode() + data + b"\n"


def test_branches_merge_without_conflict(repo, git, write):
    chance = random.Random(20240607)
    cases = []
    for _ in range(MERGES):
        base = dict.fromkeys(drawn(chance, chance.choice((10, 40, 150))), 1)
        cases.append((base, branched(chance, base), branched(chance, base)))
    write({".gitattributes": f"{FILE} {ATTRIBUTE}\n"})
    stream = b"".join(imported([[text_of(counts) for counts in case] for case in cases]))
    subprocess.run(["git", "fast-import", "--quiet"], cwd=repo, input=stream, check=True)
    conflicts = 0
    for number, (base, one, two) in enumerate(cases):
        command = ["git", "merge-tree", "--write-tree", f"one{number}", f"two{number}"]
        done = subprocess.run(command, cwd=repo, capture_output=True, text=True, check=False)
        conflicts += done.returncode != 0
        if done.returncode == 0:
            merged = parsed(git("show", f"{done.stdout.split()[0]}:{FILE}"), FILE).entries
            covered = {entry.key for entry in merged}
            assert covered >= (one.keys() & two.keys()) | (one.keys() - base.keys()) | (two.keys() - base.keys())
            assert covered <= one.keys() | two.keys()
    assert conflicts == 0
