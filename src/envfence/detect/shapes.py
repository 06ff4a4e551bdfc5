"""What a value looks like: a credential, or something that only stands where one would."""

import re
from binascii import a2b_base64
from collections import Counter
from math import log2

from envfence.literals import HOLE

_STANDS_FOR = re.compile(  # templates, masks, and words for "put yours here"
    rf"[{HOLE}{{}}]|^<.*>$|^\[.*\]$|^%.*%$|^@.*@$|^\(.*\)$|(?-i:\$[({{]|\$[A-Z_]{{2}})|\$\d|^\$\w+$|^%[sdvrq]$|^%\(\w+\)s$|\*{{3}}|x{{4}}|•|^[x*.#_-]+$|\.\.\.|…"
    r"|^(?:your|enter|insert|put|paste|fill|replace|add|use|the|some|any|an?)[ _-]|_here$|placeholder|^my_[a-z_]+$"
    r"|^(?:todo|tbd|none|null|nil|true|false|undefined|n/?a|unset|empty|optional|required|redacted|hidden|masked|omitted|void|yes|no|on|off|enabled|disabled"
    r"|foo|bar|baz|foobar|qux|abc|xyz|example|lorem|ipsum)$|^\$(?:2[abxy]|argon2\w*|[156y]|pbkdf2[\w-]*|scrypt)\$",
    re.I,
)
_REFERENCE = re.compile(  # where the credential is, not what it is
    r"^(?:unix|sha-?\d+|md5|op|vault|sops|aws-?sm|ssm|gcp-?sm|azure-?kv|awskms|gcpkms|keyring|file|env|ref|secretref|arn|urn|projects|https?|s3|gs|cognito-idp):"
    r"|^ENC[\[(]|^!(?:ref|sub|getatt|join|reference|vault|env|secret|include)\b|^(?:~|\.{1,2})?/[\w./{}-]*$|^[A-Za-z]:\\|\.(?:pem|key|crt|txt|json|ya?ml|env|html?|php|js|py|jks|p12|pfx|vue|tsx?)$"
    r"|^(?:process\.env|os\.environ|secrets?|vars|env|config|settings|this|self|ctx|props|state|data|params|request|req)[.\[]",
    re.I,
)
_CODE = re.compile(  # a call, a dotted name, a type, an escape only
    r"^[\w.]*\w\(.*\)$|^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$|^[A-Za-z_]\w*(?:::|->)\w+|^\\[A-Za-z\d]|^(?-i:[A-Z]+(?:_[A-Z]+)+)$|^\W+$|=>|^--?[A-Za-z][\w-]*$|^(?:str(?:ing)?|text|bytes?|int|bool|any|varchar\S*|char\S*)$"
    r"|^[a-z_]+(?::\w+)?\|"  # a validator's rules
    r"|^(?:utf-?(?:8|16|32)\w*|ascii|latin-?1|iso-8859-\d+|base64|hex|[hre]s(?:256|384|512)|hmac-?sha\d*|sha-?\d{1,3}|md5|s?crypt|bcrypt|argon2\w*|pbkdf2\w*|aes-?\S*|plain|ssha)$",
    re.I,
)
_EVIDENT = re.compile(r"eyJ[\w-]{8,}\.eyJ[\w-]{2,}\.|-----BEGIN (?!ENC)[A-Z ]{0,20}PRIVATE KEY(?: BLOCK)?-----(?:\\[nr]|[\s\"'+,\\|>])*[\w+/=]{16}|(?i:bearer)[ \t]+(?P<bearer>\S+)$|(?i:basic)[ \t]+(?P<basic>[\w+/=-]+)$")
_USERINFO = re.compile(r"[A-Za-z][\w+.-]*://(?P<user>[^\s/:@]*(?:@[^\s/:@]+)?):(?P<password>[^\s/@]*(?:@[^\s/@:]*(?=@))?)@(?P<host>[^\s/:?#]*)")
_ANY_USER = re.compile(r"u|[\[<]?\w*(?:user|usr|name|login|uid|access_key)\w*|[\[<]?", re.I)  # user:password@host says how a URL looks
_ANY_PASSWORD = re.compile(r"p|(?:my|your|db|some)?[_-]?(?:pw|pwd|pass|passwd|password|secret)[\]>]?|\w+_(?:key|token|secret)", re.I)
_ANY_HOST = re.compile(r"^(?:my|your|db|some)?[_-]?(?:h|host|hst|hostname|ip|server|address|\w*\.?example\.\w+)$|^$", re.I)
_PROSE = re.compile(r"[A-Za-z,.:;!?/&'\"()]+(?:\s+[A-Za-z,.:;!?/&'\"()-]+)+[\s\d]*")
_NUMBERED_WORDS = re.compile(r"[A-Za-z]+\d{0,5}(?:[-_. :/][A-Za-z]*\d{0,5})*")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.I)
_TOKEN = re.compile(r"[A-Za-z0-9_+/=.~:%!@#$^&*|-]{8,4000}")


def stands_for_another(value: str) -> bool:
    """Return whether the value is a template, a mask, a placeholder, a reference, code or prose."""
    return not value.isascii() or bool(
        _STANDS_FOR.search(value) or _REFERENCE.search(value) or _CODE.search(value) or _PROSE.fullmatch(value)
    )


def is_evident(value: str) -> bool:
    """Return whether the value is a credential whatever it is called: a private key, a signed token, an Authorization header."""
    match = _EVIDENT.match(value.lstrip())
    if not match or HOLE in match[0]:
        return False
    if match["bearer"]:
        return is_token(match["bearer"])
    return not match["basic"] or _is_user_and_password(match["basic"])


def _is_user_and_password(encoded: str) -> bool:
    try:
        decoded = a2b_base64(encoded + "=" * (-len(encoded) % 4), strict_mode=True)
    except ValueError:
        return False
    return b":" in decoded.strip(b":") and all(31 < byte < 127 for byte in decoded)


def has_userinfo(value: str, *, is_shown: bool) -> bool:
    """Return whether the value holds a URL with a password in it; one that is only shown may have no real ones."""
    match = _USERINFO.search(value) if "://" in value else None
    if not match or not match["password"] or stands_for_another(match["password"]):
        return False
    return not (_ANY_PASSWORD.fullmatch(match["password"]) and _ANY_USER.fullmatch(match["user"]) and (is_shown or _ANY_HOST.search(match["host"])))


def is_password(value: str) -> bool:
    """Return whether a person may have chosen the value: nothing is asked of its length or randomness."""
    return 3 <= len(value) <= 1000 and value.count(" ") <= 3 and "\n" not in value and not stands_for_another(value)


def is_token(value: str) -> bool:
    """Return whether the value may have been drawn at random: digits, and few repetitions."""
    if not _TOKEN.fullmatch(value) or stands_for_another(value):
        return False
    return any(char.isdigit() for char in value) and not _NUMBERED_WORDS.fullmatch(value) and entropy(value) >= 3


def is_uuid(value: str) -> bool:
    """Return whether the value is a UUID that was drawn at random: not zeros, not 11111111-…"""
    return bool(_UUID.fullmatch(value)) and len(set(value)) > 8


def is_random(value: str) -> bool:
    """Return whether the value was surely drawn at random: what counts under a name that promises little."""
    if _UUID.fullmatch(value):
        return True
    parts = re.split(r"[-_.:/]", value)
    return len(max(parts, key=len)) >= 16 and is_token(value) and sum(char.isdigit() for char in value) >= 3


def entropy(value: str) -> float:
    """Return Shannon's entropy in bits per character."""
    size = len(value)
    return -sum(count / size * log2(count / size) for count in Counter(value).values())
