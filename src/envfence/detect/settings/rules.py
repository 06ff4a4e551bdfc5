"""What can be wrong with settings code: rules `settings-...`."""

from envfence import people
from envfence.finding import WARNING, Rule

CLASS_CONFIG = Rule(
    "settings-class-config", "contract",
    "`class Config` is deprecated and gone in Pydantic 3",
    "write model_config = SettingsConfigDict(...)", WARNING, asks=people.BEHAVIOUR,
)  # fmt: skip
RELATIVE_ENV_FILE = Rule(
    "settings-relative-env-file", "contract",
    "the env file is looked for in the folder that the program is started from, and its absence is no error",
    "start from the project's root: Path(__file__).parents[1] / f\".env.{environment}\", and check that it exists",
    asks=people.BEHAVIOUR,
)  # fmt: skip
OPEN_ENVIRONMENT = Rule(
    "settings-open-environment", "contract",
    "an environment that is forgotten or mistyped counts as another one",
    'declare Literal["development", "staging", "production"] without a default', asks=people.BEHAVIOUR,
)  # fmt: skip
OPEN_CORS = Rule(
    "settings-open-cors", "contract",
    "every origin may call the API",
    "list the exact origins of each environment in its file", asks=people.OPEN,
)  # fmt: skip
PLAIN_SECRET = Rule(
    "settings-plain-secret", "contract",
    "a secret kept as plain text is shown by repr, logs and tracebacks",
    "declare SecretStr and call get_secret_value() where it is used", fixable=True, asks=people.BEHAVIOUR,
)  # fmt: skip
SHOWN_INPUT = Rule(
    "settings-shown-input", "contract",
    "a validation error prints every value, secrets too",
    "set hide_input_in_errors=True in model_config", WARNING, asks=people.BEHAVIOUR,
)  # fmt: skip
UNQUOTED_DSN = Rule(
    "settings-unquoted-dsn", "contract",
    "a password with @ or / in it breaks this URL, and a part of it is asked of DNS",
    "build it with URL.create(...), or quote each part with urllib.parse.quote(part, safe='')",
    fixable=True, asks=people.BEHAVIOUR,
)  # fmt: skip
EXTRA_UNDECIDED = Rule(
    "settings-extra-undecided", "contract",
    "by default one key more in the env file stops the program",
    'say what is meant: extra="ignore" (and let `envfence env check` report unknown keys), or extra="forbid"', WARNING,
    asks=people.BEHAVIOUR,
)  # fmt: skip
SHARED_REDIS = Rule(
    "settings-shared-redis", "contract",
    "broker and results share one Redis database: flushing one loses the other",
    "give each a database number or key of its own", asks=people.SERVERS,
)  # fmt: skip
OPEN_REDIS = Rule(
    "settings-open-redis", "contract",
    "the Redis URL has no credentials",
    "add user and password, and use rediss:// across machines", WARNING, asks=people.SECRETS,
)  # fmt: skip
AT_IMPORT = Rule(
    "settings-at-import", "contract",
    "importing the module needs every key, in tests and tools too",
    "make them in a function: @lru_cache def get_settings() -> Settings", WARNING, asks=people.BEHAVIOUR,
)  # fmt: skip
UNCHECKED_ENVIRONMENT = Rule(
    "settings-unchecked-environment", "contract",
    "the name that chooses the file and the one inside it may differ, and nothing compares them",
    "compare them in a model_validator, and stop where they differ", WARNING, asks=people.BEHAVIOUR,
)  # fmt: skip
TEMPLATE_LEFT = Rule(
    "settings-template-in-text", "contract",
    "`${...}` in a Python text is no placeholder: the program gets the characters themselves",
    "take the whole value from settings: settings.database_url", asks=people.MEANING,
)  # fmt: skip
BLIND_REWRITE = Rule(
    "settings-blind-rewrite", "contract",
    "a search and replace over code leaves the login where it stands, and settings' names as plain text",
    "`envfence fix` rewrites whole expressions, adds the import and the keys, and shows the difference first",
    asks=people.BEHAVIOUR,
)  # fmt: skip
NO_ROTATION = Rule(
    "settings-no-rotation", "contract",
    "there is one signing key, so changing it signs everybody out",
    "accept a previous key beside it: JWT_PREVIOUS_SECRET_KEY", WARNING, asks=people.BEHAVIOUR,
)  # fmt: skip
LONG_TOKEN = Rule(
    "settings-long-token", "contract",
    "a stolen token is good for a day or more",
    "make it minutes, and renew with a refresh token", WARNING, asks=people.BEHAVIOUR,
)  # fmt: skip
RULES = (
    CLASS_CONFIG,
    RELATIVE_ENV_FILE,
    OPEN_ENVIRONMENT,
    OPEN_CORS,
    PLAIN_SECRET,
    SHOWN_INPUT,
    UNQUOTED_DSN,
    EXTRA_UNDECIDED,
    SHARED_REDIS,
    OPEN_REDIS,
    AT_IMPORT,
    UNCHECKED_ENVIRONMENT,
    TEMPLATE_LEFT,
    BLIND_REWRITE,
    NO_ROTATION,
    LONG_TOKEN,
)
