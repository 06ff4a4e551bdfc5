"""What can be wrong with an env file, its contract, and how git and docker treat them."""

from envfence import people
from envfence.finding import WARNING, Finding, Rule, finding

MISSING_KEY = Rule(
    "missing-key", "contract",
    "the contract requires a value and this file gives none",
    "add it with `envfence env fill`, then set the value", asks=people.VALUES,
)  # fmt: skip
EXTRA_KEY = Rule(
    "extra-key", "contract",
    "this file sets a key that the contract does not name for this environment",
    "add it to .env.example, or remove it here", asks=people.KEYS,
)  # fmt: skip
DUPLICATE_KEY = Rule(
    "duplicate-key", "env",
    "the key is set twice and the later line wins",
    "keep one of the two lines", asks=people.MEANING,
)  # fmt: skip
UNPARSABLE_LINE = Rule(
    "unparsable-line", "env",
    "this line sets no key: python-dotenv skips it and docker compose may refuse the file",
    "write KEY=value, quote the whole value and close the quote, or make it a comment", asks=people.MEANING,
)  # fmt: skip
PLACEHOLDER_LEFT = Rule(
    "placeholder-left", "env",
    "a placeholder stands where the value belongs",
    "set the value; `envfence env new` generates secrets", asks=people.VALUES,
)  # fmt: skip
WRONG_KIND = Rule(
    "wrong-kind", "contract",
    "the value is not of the kind that the contract asks for",
    "write a value of that kind, or change the contract", asks=people.MEANING,
)  # fmt: skip
ENVIRONMENT_MISMATCH = Rule(
    "environment-mismatch", "env",
    "the file says that it is of another environment than its name does",
    "make the value equal to the end of the file's name", asks=people.MEANING,
)  # fmt: skip
WEAK_SECRET = Rule(
    "weak-secret", "env",
    "the secret is short or easy to guess",
    "generate one: remove the line, then run `envfence env fill`", asks=people.SECRETS,
)  # fmt: skip
SHARED_SECRET = Rule(
    "shared-secret", "env",
    "another environment has the same secret: a leak there is a leak here",
    "generate one for this environment alone and change it where it is used", asks=people.SECRETS,
)  # fmt: skip
SHARED_DATABASE = Rule(
    "shared-database", "env",
    "another environment uses the same database",
    "give each environment a database of its own", asks=people.SERVERS,
)  # fmt: skip
POINTS_AT_DEVELOPMENT = Rule(
    "points-at-development", "env",
    "the host is a developer's machine or belongs to another environment",
    "set the host of this environment", asks=people.SERVERS,
)  # fmt: skip
DEBUG_IN_PRODUCTION = Rule(
    "debug-in-production", "env",
    "production runs with debugging switched on",
    "switch it off here", asks=people.BEHAVIOUR,
)  # fmt: skip
LOOSE_PERMISSIONS = Rule(
    "loose-permissions", "env",
    "other users of this machine can read the file",
    "chmod 600, or `envfence env check --fix`", fixable=True,
)  # fmt: skip
PORT_CLASH = Rule(
    "port-clash", "env",
    "two services have the same host and port",
    "give each service a port of its own", asks=people.SERVERS,
)  # fmt: skip
CORS_NOT_LISTED = Rule(
    "cors-not-listed", "env",
    "the origins that may call the API are open to all, or lack the frontend's",
    "list the exact origins (scheme, host, port) of this environment", asks=people.OPEN,
)  # fmt: skip
CLEAR_TEXT = Rule(
    "clear-text-connection", "env",
    "credentials and data reach another machine unencrypted",
    "write https://, rediss://, sslmode=verify-full; or join the machines by a network that encrypts, and say so here",
    WARNING, asks=people.OPEN,
)  # fmt: skip
READERS_DISAGREE = Rule(
    "readers-disagree", "env",
    "python-dotenv and docker compose read this differently",
    "write it as both read it alike", asks=people.MEANING,
)  # fmt: skip
WRONG_ENCODING = Rule(
    "wrong-encoding", "env",
    "the file is not plain UTF-8",
    "save it as UTF-8 without a byte order mark and with LF line ends", asks=people.MEANING,
)  # fmt: skip
LOOKALIKE_CHARACTER = Rule(
    "lookalike-character", "env",
    "a full-width or typographic character stands where ASCII is meant",
    "type it again in ASCII", asks=people.MEANING,
)  # fmt: skip
ENV_FILE_IN_HISTORY = Rule(
    "env-file-in-history", "env",
    "a commit holds this file's values, and so does every clone",
    "change every secret it held; deleting the file does not take it out of history", asks=people.SECRETS,
)  # fmt: skip
CONTRACT_IGNORED = Rule(
    "contract-ignored", "env",
    "git ignores the contract, so nobody else gets it",
    "add !.env.example to .gitignore: `envfence env check --fix`", fixable=True,
)  # fmt: skip
CONTRACT_MISSING = Rule(
    "contract-missing", "contract",
    "there are env files and no contract that says what they must hold",
    "write .env.example with every key and no value of an environment", asks=people.KEYS,
)  # fmt: skip
IGNORED_ONLY_HERE = Rule(
    "ignored-only-here", "env",
    "only a file of this machine makes git ignore it: elsewhere it will be committed",
    "add .env* and !.env.example to .gitignore: `envfence env check --fix`", fixable=True,
)  # fmt: skip
ENV_FILE_IN_IMAGE = Rule(
    "env-file-in-image", "env",
    "docker sends this file to the build, so `COPY .` puts its values into the image",
    "add .env* and **/.env* to .dockerignore: `envfence env check --fix`", fixable=True,
)  # fmt: skip

HIDDEN = "a key whose name is not shown"

RULES = (
    MISSING_KEY,
    EXTRA_KEY,
    DUPLICATE_KEY,
    UNPARSABLE_LINE,
    PLACEHOLDER_LEFT,
    WRONG_KIND,
    ENVIRONMENT_MISMATCH,
    WEAK_SECRET,
    SHARED_SECRET,
    SHARED_DATABASE,
    POINTS_AT_DEVELOPMENT,
    DEBUG_IN_PRODUCTION,
    LOOSE_PERMISSIONS,
    PORT_CLASH,
    CORS_NOT_LISTED,
    CLEAR_TEXT,
    READERS_DISAGREE,
    WRONG_ENCODING,
    LOOKALIKE_CHARACTER,
    ENV_FILE_IN_HISTORY,
    CONTRACT_IGNORED,
    CONTRACT_MISSING,
    IGNORED_ONLY_HERE,
    ENV_FILE_IN_IMAGE,
)


def found(rule: Rule, path: str, line: int, key: str = "", detail: str = "", severity: str = "") -> Finding:
    """Return a finding of ``rule``; its message names ``key`` and adds ``detail``, neither of which may be a value.

    A key that the contract does not name goes through ``shown`` first.
    """
    message = f"{key}: {rule.message}" if key else rule.message
    plain = finding(rule, path, line, anchor=key, severity=severity)
    return plain._replace(message=f"{message} ({detail})" if detail else message)


def warned(rule: Rule, path: str, line: int, key: str = "", detail: str = "") -> Finding:
    """Return a finding of ``rule`` that does not fail the check."""
    return found(rule, path, line, key, detail, WARNING)


def shown(key: str) -> str:
    """Return ``key`` if it is plainly a name, else fixed words: a broken quote makes names of a secret's own lines."""
    words = key.strip("_").split("_")
    plain = key.isascii() and key.isidentifier() and all(len(word) <= 20 for word in words)
    digits = sum(map(str.isdigit, key))
    if plain and key.isupper() and (len(words) > 1 or (len(key) <= 12 and not digits)) and digits <= 4:
        return key
    return key if plain and key.islower() and len(words) > 1 and not digits else HIDDEN
