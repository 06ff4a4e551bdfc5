"""Programs that run in another Python, that of the program whose database it is: read as text, never imported here."""

import os


def source(name: str) -> str:
    """Return the text of a child."""
    with open(os.path.join(os.path.dirname(__file__), f"child_{name}.txt"), encoding="utf-8") as stream:
        return stream.read()
