"""Which lines of a file are worth reading: the others cost next to nothing.

The patterns are wide on purpose, for the detectors decide. Two engines run them: `re` over lower-cased text, and for
large trees hyperscan over bytes. They hold only what both read alike, in lower case.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cache

_CHOSEN = (
    r"(?:passw|passphrase|pass\b|_pass|pwd|\bpw\b|secret|salt|access[_-]?key"
    r"|(?:user|username|user_name|login|account|auth)\d{0,2}\b)"
)
_DRAWN = (  # at random, so the value has a digit
    r"(?:token|credential|[\w-]key|auth(?:_|token|key|oriz|entic)|nonce|\botp|jwt|uuid|bucket|bearer|signing|signature|pepper)"
)
_SECRET = r"(?:passw|passphrase|pass\b|pwd|pw\b|secret|token|credential|key|auth|salt|nonce|verifier|jwt)[\w.-]{0,20}"
_BINDS = (  # what stands between a name and its value: quotes, a type, an operator, a call, a prefix
    r"[\"'\])?!\\]{0,4}\s{0,30}(?::\s{0,3}[\w.\[\]|]{1,30}(?:\s\|\s[\w.\[\]]{1,30})?\s{0,3})?(?:=>|:=|\|\|=?|\?\?=?|[=:(]|\bor\b)\s{0,30}"
    r"(?:(?:typer\.)?\w{0,20}[(\[])?[brfu@$\\]{0,2}"
)
_FIRST = r"[(\[{]\s{0,30}[brfu@]{0,2}[\"'`][\w./:-]{0,60}"  # the name is the first argument, the value the second:
_THEN = r"[\"'`]\s{0,3},\s{0,30}(?:\w{0,20}[=(])?[brfu@]{0,2}"
_WORD, _ENDS = r"[^\s\"'`<>,;&|(){}\[\]\\]", r"(?:[\s\"'`;&|<\\]|$)"

_SPELLED = r"[\w-]{0,30}(?:secret|token|key|passw)"  # a default that says what it stands for: dev-token

_PLATFORM = (  # the endings of detect/addresses.py, without what stands before them
    r"[\w-]\.(?:(?:ondigitalocean|vercel|netlify|railway|run|web|koyeb|replit|northflank|aivencloud|ngrok-free)\.app|ondigitalocean\.com"
    r"|(?:herokuapp|onrender|amazonaws|appspot|firebaseio|firebaseapp|azure|elephantsql|upstash|aivencloud|redislabs|aliyuncs"
    r"|myqcloud|trycloudflare)\.com|(?:fly|pages|workers|github|gitpod|deno|upstash)\.(?:dev|io)|(?:azurewebsites|windows|cloudapp|mongodb"
    r"|cloudfunctions)\.net|ngrok\.io|supabase\.co|neon\.tech|planetscale\.com|duckdns\.org|glitch\.me|repl\.co)\b"
)
_PRIVATE = r"[\w-]\.(?:internal|local|lan|corp|intranet|localdomain)(?:[\s\"'`:/,;]|$)"
_HOSTS = (  # the value alone says what it is
    r"localhost|127\.0\.0\.1|host\.docker\.internal",
    r"\d\.\d{1,3}\.\d{1,3}\.\d",
    r"://(?:[\w.-]{1,100}:\d{2,5}|\[)",
    r"(?:postgres|mysql|maria|redis|amqp|mongo|mssql|oracle|kafka|nats|mqtt|ldap|smtp|ftp|jdbc)[\w+:]{0,20}://",
    _PRIVATE,
    _PLATFORM,
)
_EVIDENT = (  # a credential, whatever it is called
    r"://[^\s/]{0,200}@",
    r"-----begin [a-z ]{0,20}private key|identified by|\beyj[a-z0-9]{8}",
    r"\bbearer\s{1,3}[\w+/=.-]{0,200}\d|\bbasic\s{1,3}[\w+/=-]{8,200}(?:[^\s\w+/=-]|\s{0,9}\n|$)",
    r"-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    r"password\s{1,3}'[^'\s]{3}",
    r"my-super-secret-auth-token",  # of a documentation: detect/shapes.py
)
_LOGIN_OPTION = r"\s-(?:[ua]|-user|-proxy-user|-auth)[ =]?[\"']?[\w.@+-]{1,64}:[^\s\"'$/:{]{3}"  # curl -u user:password
_PASSWORD_OPTION = (  # mysql -psecret
    r"\b(?:mysql\w{0,8}|mariadb[\w-]{0,8}|mongo\w{0,8}|redis-cli|sshpass|login)\b[^\n]{0,100}[\s\"']-[pa]"
    r"(?:[\"', ]{1,4})?[^\s\"',$-]{3}"
)
IN_CODE = (
    *(host for host in _HOSTS if host != _PRIVATE),
    r"[\"'`/@=}][\w.-]{0,100}" + _PRIVATE,  # no attribute: self.local
    *_EVIDENT,
    # a name and, on the same line, a string or a number
    _CHOSEN + r"[\w.-]{0,40}" + _BINDS + r"(?:\"\"\"|\'\'\'|[\"'`]) {0,3}[^\s\"'`{}<>]{2}",
    _DRAWN + r"[\w.-]{0,40}" + _BINDS + r"[\"'`][^\s\"'`{}<>]{0,60}\d",
    _FIRST + _CHOSEN + r"[\w.-]{0,40}" + _THEN + r"[\"'`][^\s\"'`{}<>]{2}",
    _FIRST + _DRAWN + r"[\w.-]{0,40}" + _THEN + r"[\"'`][^\s\"'`{}<>]{0,60}\d",
    r"(?:token|key)\w{0,20}[\"'`\])]{0,3}\s{0,3}(?:,|\|\||\?\?|\bor\b)\s{0,3}[\"'`]" + _SPELLED,
    r"connect\w{0,12}\([\"'`]",
    r"\w\([\"'`][\w.-]{1,60}[\"'`],\s{0,30}\d{4,5}\s{0,30}[,)]",  # a name and a port
    r"[\"'`][a-z][a-z0-9_-]{0,40}:[1-9]\d{3,4}[\"'`,]",  # a service's name and its port
    r"(?:client|api|bot|sdk)\([\"'][^\s\"']{16}",
    # in a query, a command, a connection string
    rf"(?:passw|passphrase|pass\b|pwd|pw\b|secret)[\w.-]{{0,20}}={_WORD}{{4,200}}{_ENDS}",
    rf"(?:token|credential|key|auth|salt|nonce|verifier|jwt)[\w.-]{{0,20}}={_WORD}{{0,100}}\d{_WORD}{{0,100}}{_ENDS}",
    r"-[\w-]{0,20}" + _SECRET + r"[ =][\"']?[\w@!#%+/=.]{4}",  # an option
    r"(?:#|//|\*|--)\s{0,20}[\"']?[\w.-]{0,40}" + _SECRET + r"[\"']?[ \t]{0,8}[:=][ \t]{0,8}[^\s,;]{2}",  # in a comment
    r"ports?_?\d{0,2}[\"'\])]{0,3}\s{0,20}(?:[=:,|?(]|or\b)[^\n]{0,60}\d{4}",
)
_DEFAULTED = r"\{\{[^}\n]{0,200}[\"']"
_GIVEN = (  # a value, or a reference with a default: not ${NAME}, ${NAME:?}, {{ name }} or $(command)
    r"[\"']?(?:[^\s\"'$?{}]|\?[^}\s]|\{[^{]|\$(?:[^{(\s]|\{[\w.]{1,60}(?::[^?}]|[-=]))|\$?" + _DEFAULTED + ")"
)
IN_CONFIGURATION = (
    *_HOSTS,
    *_EVIDENT,
    # a value below its name, alone, before what stands beside a name
    _CHOSEN
    + r"[\w.-]{0,40}[\"']?:[ \t]{0,3}(?:[>|][-+\d]{0,2})?[ \t\r]{0,4}\n"
    + r"[ \t]{1,60}[^\s:#{-][^\s:]{2,200}[ \t\r]{0,9}(?:\n|$)",
    # values need no quotes
    _CHOSEN + r"[\w.-]{0,40}[\"'\]]{0,2}[ \t]{0,4}[=: ][ \t]{0,4}" + _GIVEN,
    _DRAWN + r"[\w.-]{0,40}[\"'\]]{0,2}[ \t]{0,4}[=: ][ \t]{0,4}\S{0,60}\d",
    r"\{[\w.-]{1,60}:-?" + _SPELLED,
    r"\$\{\w{0,40}" + _CHOSEN + r"\w{0,40}-[^\s\"'$}]{2}",
    _CHOSEN + r"[\w-]{0,40}[\"'],\s{0,3}[\"'][^\s\"'$]{3}",  # an option and its value: ["--password", "…"]
    r"port[\w.-]{0,20}[\"'\]]{0,2}\s{0,3}[=:][^\n]{0,60}\d{2}",
    _LOGIN_OPTION,
    _PASSWORD_OPTION,
    # `name: DB_PASSWORD` and on the next line `value: …`
    rf"\bname:\s{{0,3}}[\"']?[\w.-]{{0,40}}(?:{_SECRET}|port)[\w.-]{{0,40}}[\"']?\s{{0,3}}\n\s{{1,60}}value",
)
IN_PROSE = (  # where an address is no finding
    *_EVIDENT,
    _SECRET + r"[\"'`\])\\]{0,3}\s{0,20}(?:=>|:=|[=:])\s{0,20}[bru]?[\"'`\\]{0,2}[^\s\"'`]{2}",
    r"password\s{1,3}[\"']",
    _SECRET
    + r"(?:\s[^<>\n]{0,80})?>\s{0,3}[^\s<>]{2}|\w=[\"'][\w.:-]{0,40}"
    + _SECRET
    + r"[\"']\s{1,4}value=",  # in markup
    r"-[\w-]{0,20}" + _SECRET + r"[ =][\"'`]?[^\s\"'`]{3}",
    _LOGIN_OPTION,
    _PASSWORD_OPTION,
)
IN_SQL = (
    r"password\s{0,3}[=(]?\s{0,3}n?'[^'\n]{3}|identified\s[^\n]{0,60}\bby\s|options\s{0,3}\([^\n]{0,80}'",
    r"insert\s{1,3}into\s[^\n]{0,200}(?:passw|pwd|secret|token)",
)
IN_XML = (
    *_HOSTS,
    *IN_PROSE,
    r"(?:" + _SECRET + r"|user(?:-?name)?)(?:\s{0,3}=\s{0,3}[\"']|[\"']\s{1,4}value=[\"'])[^\"'\s]{2}",
    r"(?:" + _SECRET + r"|user-?name)[\"']?>[^<\s]{2}",
    r"port[\"']?(?:\s{1,3}value)?(?:=[\"']|>)\d{4}",
)
IN_HTML = (*IN_PROSE, *_HOSTS)
PATTERNS = {
    "code": IN_CODE,
    "notebook": IN_CODE,
    "html": IN_HTML,
    "sql": (*IN_CODE, *IN_SQL),
    "prose": IN_PROSE,
    "xml": IN_XML,
    **dict.fromkeys(("yaml", "shell", "lines", "http", "clojure"), IN_CONFIGURATION),
}

# What only one language says.
_NAME = rf"(?:{_CHOSEN}|{_DRAWN})[\w.-]{{0,40}}[\"'\])]{{0,4}}"
_THEN_LAST = r"\([^()\n]{1,160},\s{0,3}[\"'][^\"'\n]{3}"  # behind other arguments: (host, user, password)
_JVM = (
    r"\$\{[\w.-]{1,80}:[^}\s]{2}",  # @Value("${name:default}")
    _NAME + r"(?:\s\?:\s|\([\w.:()]{1,40}\()[\"'][^\s\"']{2}",
    r"(?:connection|credentials)" + _THEN_LAST,
)
_ENTRY = (  # {"name": "DB_PASSWORD", "value": "…"}
    r"(?:name|key)[\"']?\s{0,3}:\s{0,3}[\"'`]\w{0,40}"
    + _SECRET
    + r"\w{0,20}[\"'`]\s{0,3},\s{1,60}[\"']?value[\"']?\s{0,3}:",
)
BY_SUFFIX = {
    ".py": (
        r"\bdefault\s{0,3}=\s{0,3}[brfu]{0,2}[\"'][^\s\"'{}<>]{3}",  # of the field that the line above names
        r"(?:credentials|basicauth)" + _THEN_LAST,
    ),
    ".go": (
        r"default:\"[^\"\n]{2}",  # in a tag
        r"@(?:tcp|unix)\(",  # of the driver's own form
        r"credentials\.\w{3,40}" + _THEN_LAST,
    ),
    **dict.fromkeys((".java", ".kt", ".kts", ".scala", ".groovy", ".gradle"), _JVM),
    ".cs": (_NAME + r"\s\{ get; [^}\n]{0,20}\} = \"[^\s\"]{2}", r"credential" + _THEN_LAST),
    **dict.fromkeys((".json", ".jsonc", ".json5", ".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"), _ENTRY),
    **dict.fromkeys((".jsx", ".tsx"), (_CHOSEN + r"\w{0,40}=\{[\"'`][^\s\"'`{}<>]{2}",)),
    ".php": (
        r"(?:mysqli\w{0,20}|pdo|connect\w{0,6}|_login|_bind)" + _THEN_LAST,
        _NAME + r"\s{0,3}(?:=|=>|\?:)\s{0,3}(?:[\w:]{1,30}\()?[\"'][^\s\"'`]{2}",
        r"curlopt_\w{1,20},\s{0,3}[\"'][^\"'\n]{3}",
    ),
    ".rs": (
        _NAME + r"(?::\s&(?:'static\s)?\w{3,6}\s=\s|:\s[\w:<>]{1,30}\(|\.unwrap_or\w{0,8}\()[^\"\n]{0,30}\"[^\s\"]{2}",
        r"arguments::new" + _THEN_LAST,
    ),
    **dict.fromkeys(
        (".clj", ".cljs", ".cljc", ".edn"),
        (_NAME + r"\s{1,30}\"[^\s\"]{2}", r"port[\w.-]{0,20}[\")]{0,3}\s{1,30}\"?\d{4}"),
    ),
    ".bicep": (
        *_ENTRY,
        rf"\bname:\s{{0,3}}'[\w-]{{0,60}}(?:{_SECRET}|port)'\s{{1,60}}value:",
        _NAME + r"\s[a-z]{3,12}\s{0,3}=\s{0,3}'[^\s']{2}",
    ),
    **dict.fromkeys(
        (".tf", ".tfvars", ".hcl"),
        (
            rf"variable\s{{1,3}}\"[\w-]{{0,60}}{_SECRET}\"\s{{0,3}}\{{[^}}]{{0,400}}\bdefault\s{{0,20}}=\s{{0,3}}\"",
            rf"\bname\"?\s{{0,20}}[=:]\s{{0,3}}\"[\w-]{{0,60}}{_SECRET}\"\s{{0,3}},?\s{{1,40}}\"?value\"?\s{{0,20}}[=:]\s{{0,3}}\"",
            _NAME + r"\s{0,20}=\s{0,3}(?:try|coalesce|lookup)\([^\"\n]{1,80}\"",
        ),
    ),
}

Spans = list[tuple[int, int]]  # offsets of lines, in order
AROUND = 400  # of a longer line only so many characters around the candidate


@cache
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


def patterns_of(kind: str, path: str) -> tuple[str, ...]:
    """Return the patterns for a file, given which reader takes it: one of PATTERNS."""
    suffix = path[path.rfind(".") :].lower()
    return (*PATTERNS[kind], *BY_SUFFIX[suffix]) if suffix in BY_SUFFIX else PATTERNS[kind]


def own(domains: tuple[str, ...], keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return patterns for the user's own domains, and for own keys in any spelling: TWS_GATE, tws-gate, twsGate."""
    if not domains and not keys:
        return ()
    parts = (re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", key) for key in keys)
    return (*(re.escape(domain.lower()) for domain in domains), *("[_.-]?".join(part).lower() for part in parts))


def lowered(text: str) -> str:
    """Return ``text`` in lower case and of the same length, so that offsets stay true."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(char.lower() if char.isascii() else char for char in text)


def likely_lines(text: str, patterns: tuple[str, ...]) -> Spans:
    """Return the offsets of the lines that hold a candidate, in order; a candidate over two lines counts as one."""
    low = lowered(text)
    search = _any_of(patterns).search
    lines: Spans = []
    at = 0
    while match := search(low, at):
        start = max(at, low.rfind("\n", at, match.start()) + 1, match.start() - AROUND)
        at = low.find("\n", match.end(), match.end() + AROUND)
        at = min(len(low), match.end() + AROUND) if at < 0 else at
        lines.append((start, at))
    return lines


def is_likely(lines: Spans, start: int, end: int) -> bool:
    """Return whether a candidate line overlaps the offsets."""
    at = bisect_right(lines, start, key=lambda line: line[1])
    return at < len(lines) and lines[at][0] < end


def inside(lines: Spans, start: int, end: int) -> Spans:
    """Return the candidate lines that overlap the offsets, counted from the first of these."""
    first = bisect_right(lines, start, key=lambda line: line[1])
    last = bisect_left(lines, end, key=lambda line: line[0])
    return [(begin - start, stop - start) for begin, stop in lines[first:last]]


def among(lines: Spans, text: str, changed: Sequence[range]) -> Spans:
    """Return those of the lines that lie in ``changed``, ranges of line numbers in order."""
    kept: Spans = []
    stops = [one.stop for one in changed]
    number, at = 1, 0
    for start, end in lines:
        number, at = number + text.count("\n", at, start), start
        last = number + text.count("\n", start, end)
        nearest = bisect_right(stops, number)
        if nearest < len(stops) and changed[nearest].start <= last:
            kept.append((start, end))
    return kept
