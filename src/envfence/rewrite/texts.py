"""Bytes of a file to text and back, so that what no edit touches stays the same to the byte."""

import re
from typing import NamedTuple

from envfence import files

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")  # PEP 263


class Text(NamedTuple):
    """The text of a file without its byte order mark, as `envfence check` counts columns, and how it is stored."""

    text: str
    encoding: str
    mark: bytes = b""

    def stored(self, text: str) -> bytes:
        """Return another text as this file stores it. Raise UnicodeEncodeError for what its encoding lacks."""
        return self.mark + text.encode(self.encoding)

    @property
    def newline(self) -> str:
        """The file's line end."""
        return "\r\n" if "\r\n" in self.text else "\n"


def text_of(data: bytes) -> Text | None:
    """Return the text of a file, None if it cannot be written back as it was."""
    mark, encoding = next((pair for pair in _BOMS if data.startswith(pair[0])), (b"", ""))
    encoding = encoding or _declared(data) or "utf-8"
    try:
        text = Text(data[len(mark) :].decode(encoding), encoding, mark)
    except (UnicodeDecodeError, LookupError):
        return None
    # The findings' columns count in what `files.decoded` makes of it.
    return text if text.text == files.decoded(data) and text.stored(text.text) == data else None


def _declared(data: bytes) -> str:
    """Return the encoding that a comment on the first two lines declares, "" if none does."""
    for line in data.split(b"\n", 2)[:2]:
        if match := _CODING.match(line):
            return match[1].decode()
    return ""
