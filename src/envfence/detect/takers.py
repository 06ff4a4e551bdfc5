"""Calls that take a credential: by what they are called and by position, where no name stands beside the value."""

import re
from functools import lru_cache

from envfence.detect import names

# setPassword("x"), with_token("x"); and a builder's .password("x"), in Go and C# .Password("x")
_SETTER = re.compile(
    r"(?:^|[.>:])(?:[sS]et|[wW]ith|[uU]se)_?(?P<set>[A-Za-z]\w*)$|(?:^|[.>])(?P<builder>[a-z]\w*|(?<=\.)Password)$"
)
_BUILDS = frozenset("client access secret api auth oauth refresh user db admin master consumer private token".split())
_HASHES = re.compile(
    r"(?i)(?:^|[._>:])(?:generate_password_hash|(?:hash|make|encrypt|encode|create)_?password(?:_?hash)?"
    r"|bcrypt\.(?:hash|hashpw|hashSync)|hash::make|bcrypt)$"
)
# log in, or make an object that will: user first, then the password
_LOGIN = re.compile(
    r"(?i)(?:^|[._>:])(?:login|log_?in|sign_?in|logon|authenticate|connect_?with_?credentials"
    r"|(?:new|make|create|set|http|static|user|username_?password|network|plain|password)?_?"
    r"(?:creds?|credentials?|basic_?auth|digest_?auth|proxy_?auth)"
    r"|new_?static_?(?:v[24]|credentials)|(?:new_?)?static_?credentials_?provider|(?:basic|static)_?aws_?credentials"
    r"|username_?password_?(?:authentication_?token|credentials)|(?:new)?login_?auth)$"
)
# a connection: where, who, the password; and those with a port, or a message, before
_THIRD = re.compile(
    r"(?:^|[._>:])(?:getConnection|PDO|mysqli(?:_connect)?|real_connect|mysql_p?connect|odbc_connect|ftp_login|ldap_bind"
    r"|imap_open)$"
)
_FOURTH = re.compile(r"(?:^|[._>:])(?:AMQP\w*Connection|OpenConnectionArguments::new)$")
_PLAIN_AUTH = re.compile(r"(?:^|\.)PlainAuth$")  # smtp.PlainAuth(identity, user, password, host)
# a client of somebody else's service, whose first argument is the key
_CLIENT = re.compile(
    r"(?:^|[._>:])(?:[A-Z]\w*(?:Client|Api|API|Bot|SDK)"
    r"|Dropbox|Github|GitHub|Gitlab|Octokit|Stripe|Telegram|TeleBot|Slack|OpenAI|pro_api)$"
)
# both in one text: curl -u user:password, auth = "user:password"
_BOTH_NAMES = frozenset(("auth", "http_auth", "basic_auth", "httpauth", "basicauth"))
_BOTH_OPTIONS = {"curl": ("-u", "--user", "-U", "--proxy-user"), **dict.fromkeys(("http", "https"), ("-a", "--auth"))}
_PASSWORD_OPTIONS = {
    "sshpass": "-p",
    "redis-cli": "-a",
    **dict.fromkeys("mysql mysqldump mysqladmin mysqlimport mariadb mariadb-dump mariadb-admin".split(), "-p"),
    **dict.fromkeys("mongo mongosh mongodump mongorestore mongoexport mongoimport".split(), "-p"),
    "login": "-p",  # docker login, helm registry login
}


def takes_login(call: str, argument: str, name: str) -> bool:
    """Return whether a user and a password are expected, in one text or as a pair."""
    return name.lower() in _BOTH_NAMES or argument in _BOTH_OPTIONS.get(call, ())


@lru_cache(maxsize=1024)
def kind_of_argument(call: str, argument: str) -> str:
    """Return what kind of credential the call takes at the position: one of `names.secret_kind`."""
    if argument == "0":
        return _kind_of_first(call)
    if argument == _PASSWORD_OPTIONS.get(call):
        return names.PASSWORD
    taker = {"1": (_LOGIN,), "2": (_PLAIN_AUTH, _THIRD), "3": (_FOURTH,)}.get(argument, ())
    if any(pattern.search(call) for pattern in taker):
        return names.PASSWORD
    return names.NOTHING


def _kind_of_first(call: str) -> str:
    setter = _SETTER.search(call)
    if setter and (kind := names.secret_kind(setter["set"] or setter["builder"])):
        is_set = bool(setter["set"]) or _BUILDS.issuperset(names.words(setter["builder"])[:-1])
        return kind if is_set else names.NOTHING
    if _HASHES.search(call):
        return names.PASSWORD
    return names.KEY if _CLIENT.search(call) else names.NOTHING
