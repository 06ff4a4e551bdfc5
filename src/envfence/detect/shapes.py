"""What a value looks like: a credential, or something that only stands where one would."""

import re
from binascii import a2b_base64
from collections import Counter
from math import log2

from envfence.literals import HOLE

_WORDS_FOR_NONE = frozenset(  # nothing, a metasyntactic name, a type, an encoding, an algorithm
    "todo tbd none null nil true false undefined n/a na unset empty optional required redacted hidden masked omitted"
    " void yes no on off enabled disabled foo bar baz foobar qux abc xyz example lorem ipsum"
    " str string text int bool any byte bytes char varchar utf8 utf-8 utf-16 ascii latin1 latin-1 base64 hex"
    " hs256 hs384 hs512 rs256 rs384 rs512 es256 md5 sha1 sha-1 sha256 sha-256 sha512 sha-512"
    " encrypted hashed crypt scrypt bcrypt argon2 argon2i argon2id pbkdf2 plain ssha".split()
)
_TEMPLATE = re.compile(
    rf"[{HOLE}{{}}]|\$[(\d]|\$[A-Z_]{{2}}|^\$\w+$|^<.*>$|^\[.*\]$|^%.*%$|^@.*@$|^\(.*\)$|^%[sdvrq]$|^%\(\w+\)s$"
    r"|\*{3}|[xX]{4}|^[yY]{4,}$|^[zZ]{4,}$|•|^[xX*.#_-]+$|\.\.\.|…|\w\.\.\w"  # masks
)
_PUT_YOURS = re.compile(
    r"^(?:your|enter|insert|put|paste|fill|replace|add|use|the|some|any|an?)[ _-]"
    r"|^(?:set|put|insert|enter|add|paste)your|^your(?:own)?(?:pass|secret|token|key|api|value|data|user)"
    r"|_here$|placeholder|^my_[a-z_]+$"
)
_REFERENCE = re.compile(  # where the credential is, not what it is
    r"^(?:@microsoft\.keyvault\(|(?:op|vault|sops|msg|aws-?sm|ssm|gcp-?sm|azure-?kv|awskms|gcpkms|keyring|file|env|ref|secretref|arn|urn|projects|https?|s3|gs|unix):)"
    r"|^(?:enc|ej)[\[(]|^id=\w|^!(?:ref|sub|getatt|join|reference|vault|env|secret|include)\b|^(?:~|\.{1,2})?/[\w./-]*$|^[a-z]:\\"
    r"|\.(?:pem|key|crt|txt|json|ya?ml|env|html?|php|js|py|jks|p12|pfx|vue|tsx?)$"
    r"|^projects/[\w-]+/secrets/"
    r"|^(?:process\.env|os\.environ|secrets?|vars|env|config|settings|this|self|ctx|props|state|data|params|request|req)[.\[]"
)
_CODE = re.compile(  # a call, a dotted or scoped name, a constant, a flag, an escape, an action, a validator's rules
    r"^[\w.]*\w\(.*\)$|^[A-Za-z_]\w{0,40}(?:\.[A-Za-z_]\w{0,40})+$|^[A-Za-z_]\w*(?:::|->)\w+|^[A-Z]+(?:_[A-Z]+)+$|^[A-Z]*(?:PASSWORD|SECRET|TOKEN)$|^--?[A-Za-z][\w-]*$"
    r"|^[A-Za-z_][\w.]*\[(?:\w+\];?)?$"  # a subscript, or its part up to a key: args[1]; token["secret"]
    r"|^\\[A-Za-z\d]|^\W+$|=>|^[a-z_]+(?::\w+)?\|"
)
_DIGEST = re.compile(r"^(?:sha-?\d+|md5)[:-]|^\$(?:2[abxy]|argon2\w*|[156y]|pbkdf2[\w-]*|scrypt)\$")
_PROSE = re.compile(r"[A-Za-z,.:;!?/&'\"()]+(?:\s+[A-Za-z,.:;!?/&'\"()-]+)+[\s\d]*")
_NUMBERED_WORDS = re.compile(r"[A-Za-z]+\d{0,5}(?:[-_. :/][A-Za-z]*\d{0,5})*")
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_TOKEN = re.compile(r"[A-Za-z0-9_+/=.~:%!@#$^&*|-]{8,4000}")
_ON_A_CHAIN = re.compile(r"0x[0-9a-fA-F]{40}")  # an account or a contract of Ethereum; a key of one is longer
_SEPARATORS = re.compile(r"[-_.:/]")
_OF_AN_APP = re.compile(r"[a-z]{4}(?: [a-z]{4}){3}")  # what Google gives a program for a mailbox
_DOCUMENTED = frozenset(("my-super-secret-auth-token",))  # InfluxDB's image: who copies it has the token of everybody

_EVIDENT = re.compile(
    r"eyJ[\w-]{8,}\.eyJ[\w-]{2,}\."  # a JSON Web Token
    r"|-----BEGIN (?!ENC)[A-Z ]{0,20}PRIVATE KEY(?: BLOCK)?-----(?:\\[nr]|[\s\"'+,\\|>])*[\w+/=]{16}"
    r"|[Bb]earer[ \t]+(?P<bearer>\S+)$|[Bb]asic[ \t]+(?P<basic>[\w+/=-]+)$"
)
_USERINFO = re.compile(
    rf"(?<![\w+.-])(?!(?:driver|dialect)://)(?:[A-Za-z][\w+.-]*|{HOLE})://(?P<user>[^\s/:@]*(?:@[^\s/:@]+)?):(?P<password>[^\s/@]*(?:@[^\s/@:]*(?=@))?)@(?P<host>[^\s/:?#]*)"
)
_DRIVERS_OWN = re.compile(  # user:password@tcp(host:3306)/name
    r"(?:^|[\"'`\s])(?P<user>[^\s:@/\"']{1,100}):(?P<password>[^\s@\"']{1,200})@tcp\((?P<host>[^\s:()]*)"
)
_ADDRESS = re.compile(r"(?:localhost|\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}")
# user:password@host says how a URL looks.
_ANY_USER = re.compile(r"u|[\[<]?\w*(?:user|usr|name|login|uid|access_key)\w*|[\[<]?")
_ANY_PASSWORD = re.compile(
    r"p|(?:my|your|db|some)?[_-]?(?:pw|pwd|pass|passwd|password|secret)[\]>]?|[\w-]+[_-](?:key|token)|\w+_secret"
)
_ANY_HOST = re.compile(
    r"(?:(?:my|your|db|some)?[_-]?(?:h|host|hst|hostname|ip|server|address)|(?:\w+\.)?example\.\w+)?"
)


def stands_for_another(value: str) -> bool:
    """Return whether the value is a template, a mask, a placeholder, a reference, code, a digest or prose."""
    low = value.lower()
    if not value.isascii() or low in _WORDS_FOR_NONE:
        return True
    if _PUT_YOURS.search(low) or _REFERENCE.search(low):
        return True
    if _TEMPLATE.search(value) or _CODE.search(value) or _DIGEST.search(value):
        return True
    return bool(_PROSE.fullmatch(value) and not _OF_AN_APP.fullmatch(value))


def is_evident(value: str) -> bool:
    """Return whether the value says itself what it is: a private key, a signed token, an Authorization header."""
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
    """Return whether the value holds a URL with a password in it; one that is only shown may have no real one."""
    match = _USERINFO.search(value) if "://" in value else _DRIVERS_OWN.search(value) if "@" in value else None
    if not match or not match["password"] or stands_for_another(match["password"]):
        return False
    user, password, host = (match[part].lower() for part in ("user", "password", "host"))
    if "[" in user or _ADDRESS.fullmatch(f"{user}:{password}"):
        return False  # parts that may be left out, [user[:password]@]; a host and its port, where a parser is tested
    is_format = _ANY_PASSWORD.fullmatch(password) and _ANY_USER.fullmatch(user)
    return not is_format or not (is_shown or _ANY_HOST.fullmatch(host))


def is_password(value: str) -> bool:
    """Return whether a person may have chosen the value: nothing is asked of its randomness."""
    value = value.removeprefix("{noop}")  # Spring: it is not encoded
    return 3 <= len(value) <= 1000 and value.count(" ") <= 3 and "\n" not in value and not stands_for_another(value)


def is_token(value: str) -> bool:
    """Return whether the value may have been drawn at random: digits, and few repetitions."""
    if not _TOKEN.fullmatch(value) or stands_for_another(value) or _ON_A_CHAIN.fullmatch(value):
        return False
    if value in _DOCUMENTED:
        return True
    return any(char.isdigit() for char in value) and not _NUMBERED_WORDS.fullmatch(value) and entropy(value) >= 3


def is_uuid(value: str) -> bool:
    """Return whether the value is a UUID that was drawn at random: no zeros, no ones."""
    return bool(_UUID.fullmatch(value)) and len(set(value)) > 8


def is_random(value: str) -> bool:
    """Return whether the value was surely drawn at random: what counts under a name that promises little."""
    if is_uuid(value):
        return True
    longest = max(map(len, _SEPARATORS.split(value)))
    return longest >= 16 and is_token(value) and sum(char.isdigit() for char in value) >= 3


def entropy(value: str) -> float:
    """Return Shannon's entropy in bits per character."""
    size = len(value)
    return -sum(count / size * log2(count / size) for count in Counter(value).values())
