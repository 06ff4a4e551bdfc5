"""Merely read every file below a folder: what no scanner can go below."""

import os
import sys


def main(root: str) -> int:
    """Read the files and return how many bytes they hold."""
    size = 0
    for folder, _, names in os.walk(root):
        for name in names:
            path = f"{folder}{os.sep}{name}"
            if not os.path.islink(path):  # noqa: PTH114 - pathlib would make reading look slower than it is
                with open(path, "rb") as stream:  # noqa: PTH123
                    size += len(stream.read())
    return size


if __name__ == "__main__":
    print(main(sys.argv[1]))
