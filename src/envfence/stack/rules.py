"""What can be wrong with a stack: a base compose file and the override of one environment."""

from envfence import people
from envfence.finding import WARNING, Rule

UNREADABLE_STACK = Rule(
    "stack-unreadable", "stack",
    "the file is no YAML that docker compose can read",
    "mend the line; `docker compose config -q` says the same", asks=people.MEANING,
)  # fmt: skip
REFUSED_STACK = Rule(
    "stack-refused", "stack",
    "docker compose refuses this stack",
    "define what is named, or take the name out", asks=people.MEANING,
)  # fmt: skip
UNSET_IN_STACK = Rule(
    "unset-in-stack", "stack",
    "no value is given for this stack",
    "add the key to the contract and to the environment's file, and write ${KEY:?} to stop without it",
    asks=people.VALUES,
)  # fmt: skip
IGNORES_ENV_FILE = Rule(
    "interpolation-ignores-env-file", "stack",
    "env_file reaches containers only: without --env-file this takes its default and the containers the real value",
    "write ${KEY:?} and start with `docker compose --env-file .env.<environment>`", asks=people.ENV_FILES,
)  # fmt: skip
WRONG_ENV_FILE = Rule(
    "wrong-env-file", "stack",
    "the service gets the env file of another environment",
    "name the environment's own file in its override, with no default for ENVIRONMENT", asks=people.ENV_FILES,
)  # fmt: skip
LEAKED_OVERRIDE = Rule(
    "leaked-override", "stack",
    "what development needs survives the merge into another environment",
    "move it from the base file to the development override, or mark it !reset in this one", asks=people.OPEN,
)  # fmt: skip
MERGED_PORTS = Rule(
    "stack-merged-ports", "stack",
    "base and override both publish this port: compose joins the lists, so both are open",
    "publish in overrides only, or write `ports: !override` (compose 2.24.4 and later)", asks=people.OPEN,
)  # fmt: skip
EMPTY_LIST = Rule(
    "stack-empty-list", "stack",
    "an empty list takes nothing away: compose joins lists, so the base file's entries stay",
    "write `!reset []` (compose 2.24.4 and later), or keep the entries out of the base file", asks=people.OPEN,
)  # fmt: skip
OPEN_PORT = Rule(
    "stack-open-port", "stack",
    "the port is open on every interface, past the host's firewall",
    'bind it to 127.0.0.1 or to a private address: "127.0.0.1:8000:8000"', asks=people.OPEN,
)  # fmt: skip
CLASHING_PORT = Rule(
    "stack-port-clash", "stack",
    "another service of the stack publishes the same port of the host",
    "give each service a port of its own", asks=people.SERVERS,
)  # fmt: skip
DIALLED_PORT = Rule(
    "stack-dialled-port", "stack",
    "one key is both the port that the program dials and the port published on the host: it is wrong inside containers",
    "publish with a key of its own, such as DB_PUBLISH_PORT", asks=people.SERVERS,
)  # fmt: skip
CONTAINER_NAME = Rule(
    "stack-container-name", "stack",
    "a fixed container name allows no second copy and no second environment on a host",
    "remove it; the project's name and labels tell containers apart", asks=people.IMAGES,
)  # fmt: skip
FLOATING_IMAGE = Rule(
    "stack-floating-image", "stack",
    "the image's tag moves: the same file gives another image tomorrow",
    "pin a version and its digest: image:1.2.3@sha256:...", asks=people.IMAGES,
)  # fmt: skip
BUILD_ONLY = Rule(
    "stack-build-only", "stack",
    "the image is built in place and has no name: nothing to ship, nothing to roll back to",
    "name it with `image: ${BACKEND_IMAGE:?}`; build once, tag with the commit, deploy by digest", asks=people.IMAGES,
)  # fmt: skip
SHORT_DEPENDS_ON = Rule(
    "stack-short-depends-on", "stack",
    "this waits for the container only, not until its service answers",
    "write `condition: service_healthy`, and a healthcheck in the base file", asks=people.RUNNING,
)  # fmt: skip
WEAK_HEALTHCHECK = Rule(
    "stack-weak-healthcheck", "stack",
    "the health check can pass before the service takes connections, or only for one user",
    'put it into the base file: pg_isready -h 127.0.0.1 -U "$$POSTGRES_USER" -d "$$POSTGRES_DB"', asks=people.RUNNING,
)  # fmt: skip
QUOTED_VALUE = Rule(
    "stack-quoted-value", "stack",
    "the quotes are a part of the value: in a list YAML takes only those around the whole entry away",
    "write - KEY=value, or KEY: value without the hyphen", asks=people.MEANING,
)  # fmt: skip
VERSION_KEY = Rule(
    "stack-version-key", "stack",
    "`version` is obsolete: compose ignores it and warns",
    "remove it, and call `docker compose`, not `docker-compose`", fixable=True,
)  # fmt: skip
UNLIMITED_LOGS = Rule(
    "stack-unlimited-logs", "stack",
    "the container's log grows until the disk is full",
    "set logging options max-size and max-file, or `driver: local`", WARNING, asks=people.RUNNING,
)  # fmt: skip
NO_LIMITS = Rule(
    "stack-no-limits", "stack",
    "one service may take all memory of the host",
    "set deploy.resources.limits.memory", WARNING, asks=people.RUNNING,
)  # fmt: skip
NEW_PRIVILEGES = Rule(
    "stack-new-privileges", "stack",
    "a program in the container may gain privileges",
    "set `security_opt: [no-new-privileges:true]`", WARNING, asks=people.RUNNING,
)  # fmt: skip
NO_INIT = Rule(
    "stack-no-init", "stack",
    "the program is process 1: it reaps no children and may ignore the signal to stop",
    "set `init: true`", WARNING, asks=people.RUNNING,
)  # fmt: skip
ROOT = Rule(
    "stack-root", "stack",
    "the container runs as root, or with the host's privileges",
    "set a USER in the Dockerfile or `user:` in the stack, and take no rights over the host", WARNING,
    asks=people.RUNNING,
)  # fmt: skip
UNLABELLED_MOUNT = Rule(
    "stack-unlabelled-mount", "stack",
    "where SELinux is on, as on Rocky Linux and RHEL, the container may not read what is mounted",
    "end the mount with `:z` (`:ro,z`), or with `:Z` if no other container reads it; elsewhere it means nothing",
    WARNING, asks=people.RUNNING,
)  # fmt: skip
RESTART = Rule(
    "stack-restart", "stack",
    "the service does not come back by itself, or comes back after it was stopped on purpose",
    'set `restart: unless-stopped`; for a one-shot service `restart: "no"`', WARNING, asks=people.RUNNING,
)  # fmt: skip
SPLIT_NETWORK = Rule(
    "stack-split-network", "stack",
    "the service is on no network with those that it works with: they cannot reach each other",
    "declare one network and join every service to it", asks=people.RUNNING,
)  # fmt: skip
DEFAULT_LOGIN = Rule(
    "stack-default-login", "stack",
    "the service starts with the login that its image ships, or with none",
    "require its password: ${GRAFANA_ADMIN_PASSWORD:?}", asks=people.SECRETS,
)  # fmt: skip
SECOND_STORE = Rule(
    "stack-second-store", "stack",
    "a program's machine starts a data store of its own beside the one that the environment's values name",
    "give the store a profile of its own, and the wait for it `required: false`", asks=people.SERVERS,
)  # fmt: skip
UNKNOWN_SERVICE = Rule(
    "stack-unknown-service", "stack",
    "the command names a service that no compose file of it defines",
    "define the service, or name one that is there; `docker compose config --services` lists them", asks=people.MEANING,
)  # fmt: skip
MISSING_STACK = Rule(
    "environment-without-stack", "stack",
    "the contract names an environment that has neither an env file nor a stack of its own",
    "add its override and its file, or take it out of the choices", WARNING, asks=people.RUNNING,
)  # fmt: skip
RULES = (
    UNREADABLE_STACK,
    REFUSED_STACK,
    UNSET_IN_STACK,
    IGNORES_ENV_FILE,
    WRONG_ENV_FILE,
    LEAKED_OVERRIDE,
    MERGED_PORTS,
    EMPTY_LIST,
    OPEN_PORT,
    CLASHING_PORT,
    DIALLED_PORT,
    CONTAINER_NAME,
    FLOATING_IMAGE,
    BUILD_ONLY,
    SHORT_DEPENDS_ON,
    WEAK_HEALTHCHECK,
    QUOTED_VALUE,
    VERSION_KEY,
    UNLIMITED_LOGS,
    NO_LIMITS,
    NEW_PRIVILEGES,
    NO_INIT,
    ROOT,
    UNLABELLED_MOUNT,
    RESTART,
    SPLIT_NETWORK,
    DEFAULT_LOGIN,
    SECOND_STORE,
    UNKNOWN_SERVICE,
    MISSING_STACK,
)
