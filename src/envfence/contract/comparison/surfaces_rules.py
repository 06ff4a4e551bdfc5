"""What can be wrong between the contract and the surfaces that name keys."""

from envfence import people
from envfence.finding import Rule

UNDECLARED_KEY = Rule(
    "undeclared-key", "contract",
    "this is read and the contract does not name it, so no environment has to give it",
    "add it to .env.example with its kind, or read the key that is meant", asks=people.KEYS,
)  # fmt: skip
UNUSED_KEY = Rule(
    "unused-key", "contract",
    "nothing in this repository reads this key of the contract",
    "remove it from .env.example and from the env files", asks=people.KEYS,
)  # fmt: skip
SETTINGS_DRIFT = Rule(
    "settings-drift", "contract",
    "the settings class and the contract disagree",
    "make them say the same: name, kind, choices, and whether a value is needed", asks=people.KEYS,
)  # fmt: skip
FORBIDDEN_EXTRA = Rule(
    "forbidden-extra", "contract",
    "the env file holds a key that the settings class forbids: the program will not start",
    'declare the field, or set extra="ignore" in model_config', asks=people.BEHAVIOUR,
)  # fmt: skip
SECRET_WITH_DEFAULT = Rule(
    "secret-with-default", "contract",
    "a secret has a default: without its key the program runs with a value that everybody can read here",
    "take the default out, so that it stops without the key: ${KEY:?}, os.environ[...], a field without default",
    asks=people.SECRETS,
)  # fmt: skip
UNSET_IN_IMAGE = Rule(
    "unset-in-image", "contract",
    "nothing in this stage of the build gives it: the image has an empty text",
    "declare it in this stage, above the line: ARG KEY; or write what stands in for it: ${KEY:-text}",
    asks=people.VALUES,
)  # fmt: skip
TEXT_AS_SWITCH = Rule(
    "text-as-switch", "contract",
    "every text but the empty one is true, so `false` and `0` switch it on",
    'compare the text: os.environ[KEY].lower() in {"1", "true"}; or declare a bool in a settings class',
    asks=people.BEHAVIOUR,
)  # fmt: skip
RULES = (
    UNDECLARED_KEY,
    UNUSED_KEY,
    SETTINGS_DRIFT,
    FORBIDDEN_EXTRA,
    SECRET_WITH_DEFAULT,
    UNSET_IN_IMAGE,
    TEXT_AS_SWITCH,
)
