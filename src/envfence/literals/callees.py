"""What well-known calls say of their arguments: which only wrap a value, read a setting, or show a text."""

import re
from functools import lru_cache

from envfence.literals import COMPARED, DEFAULT, VALUE

KEYWORDS = frozenset(
    "if elif while for foreach switch match return and or not in is assert yield await else catch when until"
    " unless del with as from typeof new case".split()
)
_WRAPPERS = frozenset(  # they change a literal's type and not its meaning
    "int str float bool bytes list tuple set dict secretstr secret secretbytes path url anyurl postgresdsn"
    " redisdsn httpurl cast string integer parseint number some ok from of valueof tostring to_string encode strip"
    " b64encode quote quote_plus urlparse ref useref usestate reactive field stringptr string_ byte decode freeze"
    " to_i to_s aslist mapped sprintf joinhostport".split()
)
_ALTERNATIVES = frozenset(  # what they are given is used when the value before them is missing
    "unwrap_or unwrap_or_else orelse orelseget getorelse ifblank ifempty coalesce try firstnonnull".split()
)
_SEPARATORS = re.compile(r"\.|::|->")
_READS_KEY = re.compile(
    r"(?:env|getenv|environ|config|settings?|conf|options?|get|pop|setdefault|value|decouple|property)$", re.IGNORECASE
)
_READS_SETTINGS = re.compile(
    r"getenv|environ|(?:^|[._])env(?:[._]|$)|env(?:_?or|value|var|str|int|bool)|config\(?$|decouple|(?:get|read|load)_?env"
    r"|get_?(?:property|string|str|int|or_?default|value)$",
    re.IGNORECASE,
)
_SHOWS = re.compile(
    r"(?:^|[._])(?:print|println|printf|log|logs|logger|logging|console|echo|warn|warning|info|debug|trace|error|exception"
    r"|fatal|critical|success|puts|pprint|secho|write_text_log|fail|skip|describe|it|panic|alert|toast|message|confirm"
    r"|typer\.echo|stderr|stdout|tqdm\.write|usage|help|err|errorf|fatalf|logf|infof|debugf|warnf|expect"
    r"|\w*(?:Error|Exception|Warning))(?:$|[.(!])"
    r"|[sS]et_?(?:[pP]laceholder|[tT]ool_?[tT]ip|[wW]indow_?[tT]itle|[hH]int)(?:_?[tT]ext)?$",  # of a widget
)
_OPTIONS = re.compile(r"(?:^|\.)(?:option|add_option|add_argument)$|^p?flag\.|\.flags\(\)|SetDefault$")
_GIVEN_FIRST = re.compile(r"(?:^|\.)(?:Option|Argument|Query|Header|Body|Form)$")  # the default is the first argument
_FLAG_VARIABLE = re.compile(r"p?flag\.\w+Var$")
_QUOTED = re.compile(r"\"([\w.-]+)\"")
_DEFAULTS = frozenset("1 default fallback defaultValue default_value".split())
_SETS = frozenset("config set option setenv putenv setProperty put setItem property add setdefault define".split())
_GIVES = re.compile(r"(?:set|put|stub)_?env|set_?(?:environment|property)", re.IGNORECASE)  # a value, and no default
_SETTER = re.compile(  # factory.setHost("…"), builder.host("…"), config.with_url("…")
    r"(?:^|[.>])(?:(?:set|with|add|use)_?)?((?:[a-z]+_?)?(?:host|hostname|hosts|port|url|uri|address|addr|endpoint|endpoints|server|servers|broker|brokers|dsn))$",
    re.IGNORECASE,
)
_ADDS_RECORD = re.compile(
    r"\(\s*([\"'])[^\"']*+\1\s*,\s*([\"'])[^\"']*+\2\s*,\s*f?[\"']"
)  # report.add("X", "warn", "…")
_CURL = re.compile(r"CURLOPT_([A-Z]+)")
_NAMED = re.compile(r"\b(?:env|name|value|long)\s*=\s*\"([\w.-]+)\"")
_OPTION_NAMES = re.compile(r"[\"']--?([\w-]+)[\"']")

SHOWN_ARGUMENTS = frozenset("message msg label title placeholder text metavar reason hint tooltip".split())
DOC_ARGUMENTS = frozenset("help description desc doc doc_md usage epilog summary".split())
EXAMPLES = frozenset(
    "example examples openapi_examples json_schema_extra schema_extra".split()
)  # of an API's description


@lru_cache(maxsize=1024)
def wraps(callee: str, position: int = 0) -> bool:
    """Return whether the call only changes its argument's type: `int(…)`, `SecretStr(…)`, `useState(…)`."""
    *owners, last = _SEPARATORS.split(callee.lower())
    if callee.startswith(("flag.", "pflag.")) or (last == "url" and position):  # flag.String(…), new URL(path, base)
        return False
    return last in _WRAPPERS or (last in ("new", "make") and bool(owners) and owners[-1] in _WRAPPERS)  # Secret::new(…)


def is_alternative(callee: str) -> bool:
    """Return whether the call is given what to use when another value is missing: `.unwrap_or(…)`, `coalesce(…)`."""
    return _SEPARATORS.split(callee)[-1].lower() in _ALTERNATIVES


@lru_cache(maxsize=1024)
def shows(callee: str) -> bool:
    """Return whether a person reads what the call is given: `print(…)`, `logger.info(…)`, `ValueError(…)`."""
    return bool(_SHOWS.search(callee))


def of_call(callee: str, arguments: str, key: str, argument: str, role: str, name: str) -> tuple[str, str]:
    """Return the role and name of an argument of `getenv("X", …)`, `add_argument("--x", default=…)` and their kin.

    ``arguments`` is the beginning of what stands in the brackets, ``key`` the string that it begins with or "".
    """
    last = _SEPARATORS.split(callee)[-1]
    if key and argument == "1" and _GIVES.match(last):
        return role, key
    reads = bool(_READS_SETTINGS.search(callee)) or (bool(_READS_KEY.search(last)) and key.replace("_", "").isupper())
    if argument == "0" and reads and not name:
        return COMPARED, name  # the key itself
    setting = _setting(callee, arguments, key, argument, "" if name in _DEFAULTS else name, reads=reads)
    if setting is not None:
        return (DEFAULT if role == VALUE else role), setting
    if argument == "2" and last == "curl_setopt" and (option := _CURL.search(arguments)):
        return role, option[1]
    if key and argument == "1" and last in _SETS and key[0] not in "/$" and not _ADDS_RECORD.match(arguments):
        return role, key
    if argument == "0" and (setter := _SETTER.search(callee)) and ("." in callee or "->" in callee):
        return role, setter[1][0].lower() + setter[1][1:]
    return role, name


def _setting(callee: str, arguments: str, key: str, argument: str, name: str, *, reads: bool) -> str | None:
    """Return the name of the setting that an argument is the default of; None if it is none."""
    last = _SEPARATORS.split(callee)[-1]
    is_option = bool(_OPTIONS.search(callee)) and (argument != "1" or last != "option")
    if key and argument in _DEFAULTS and (reads or is_option or last == "get"):
        return _option_name(arguments) or (name or key if last == "get" and not reads else key)
    if argument == "0" and _GIVEN_FIRST.search(callee):
        return name
    if argument == "2" and _FLAG_VARIABLE.match(callee) and (given := _QUOTED.search(arguments)):
        return given[1]  # flag.StringVar(&host, "db-host", …)
    if argument == "1" and "_" in key and key.isupper() and last not in _SETS:
        return key  # some helper of one's own: ev("DB_HOST", …)
    if argument in ("default_value", "defaultValue"):  # of an attribute: #[arg(env = "X", default_value = "…")]
        named = _NAMED.search(arguments)
        return named[1] if named else name
    return _option_name(arguments) or name if argument == "default" else None


def _option_name(arguments: str) -> str:
    return max(_OPTION_NAMES.findall(arguments), key=len, default="")
