"""What a literal, or the line before it, must hold to be looked at. Wide on purpose: the detectors decide.

The patterns are searched in lower-cased text, which is three times faster than ignoring case.
"""

import re

_VALUE_PARTS = ("://", "localhost", "@", "host=", "passw", "secret", "token", "bearer ", "basic ", "identified by", "-----begin")
_VALUE = re.compile(r"\d\.\d{1,3}\.\d|[\w.]:\d{2,5}\b|\.(?:internal|local|lan|corp)\b|\bhost\s*=|[0-9a-f-]{30}")

# Grouped by first letter: the engine then tries one branch a position, not forty.
_NAME = re.compile(
    r"a(?:ddr|uth|ccount|pi)|b(?:roker|ucket)|c(?:onn|luster|red|ookie|ert|sl|lient)|d(?:sn|b)|endpoint|fernet|host|jwt|key|login|nonce"
    r"|otp|p(?:ass|wd|w\b|ort|roxy|rivate)|s(?:erver|ecret|alt|ession|ign|id\b)|token|u(?:rl|ri|ser|uid|pstream)|target|base|origin|\bip"
)


def is_likely_value(value: str) -> bool:
    """Return whether the lower-cased value may be an address or hold a credential."""
    return any(part in value for part in _VALUE_PARTS) or bool(_VALUE.search(value))


def is_likely_name(before: str) -> bool:
    """Return whether the lower-cased text before a literal names a host, a port or a credential."""
    return bool(_NAME.search(before))


def lowered(text: str) -> str:
    """Return ``text`` in lower case and of the same length, so that offsets stay true."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(char.lower() if char.isascii() else char for char in text)
