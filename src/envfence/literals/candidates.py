"""What a line must hold for anything on it to be looked at. Wide on purpose: the detectors decide."""

import re

# The value alone says that it may be an address or a connection string.
LIKELY_VALUE = re.compile(
    r"(?i:localhost)|\d\.\d{1,3}\.\d|://|\bhost\s*=|(?i:identified by|passw|secret|token|bearer |basic )|@|:\d{2,5}\b"
    r"|\.(?:internal|local|lan|corp)\b"
)
# The name before it says that it may be a host, a port or a credential.
LIKELY_NAME = re.compile(
    r"(?i)host|server|addr|broker|endpoint|url|uri|dsn|connect|cluster|passw|pass|pwd|\bpw\b|secret|token|key|user|auth|cred|login|salt|jwt|otp"
    r"|port|nonce|uuid|bucket|account|session|cookie|sign|cert"
)
