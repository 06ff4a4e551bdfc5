"""What can be wrong with a workflow that deploys."""

from envfence.finding import WARNING, Rule

UNREACHABLE_HOST = Rule(
    "workflow-unreachable-host", "workflow",
    "a machine of GitHub cannot reach a private address: this never gets there",
    "run the job on a runner inside that network, or bring the runner into it with a VPN or a bastion",
)  # fmt: skip
LITERAL_HOST = Rule(
    "workflow-literal-host", "workflow",
    "the workflow names its server: a new address, or another environment, needs another workflow",
    "keep user and address in variables of the environment, or the fleet in [tool.envfence.environments]", WARNING,
)  # fmt: skip
UNPINNED_HOST_KEYS = Rule(
    "workflow-unpinned-host-keys", "workflow",
    "whoever answers at that address is trusted: the host's key is not known beforehand",
    "keep the keys in a file or a secret, write them to known_hosts, and leave StrictHostKeyChecking at yes",
)  # fmt: skip
NO_CONCURRENCY = Rule(
    "workflow-no-concurrency", "workflow",
    "two runs may deploy at once, and the older one last",
    "give the job a `concurrency` group of its environment, with cancel-in-progress: false",
)  # fmt: skip
CANCELLED_DEPLOYMENT = Rule(
    "workflow-cancelled-deployment", "workflow",
    "the next run stops a deployment in the middle",
    "set cancel-in-progress: false, so that it waits",
)  # fmt: skip
NO_ENVIRONMENT = Rule(
    "workflow-no-environment", "workflow",
    "a deployment without an environment: any workflow can read its secrets, and nobody has to approve it",
    "name the `environment:` of the job, and keep its secrets and its approvals there",
)  # fmt: skip
NO_MANUAL_RUN = Rule(
    "workflow-no-manual-run", "workflow",
    "only a push deploys: no version can be deployed again, or another one",
    "add `workflow_dispatch:` with an input for the version", WARNING,
)  # fmt: skip
ANY_PUSH_DEPLOYS = Rule(
    "workflow-any-push-deploys", "workflow",
    "a push that changes documentation only deploys too",
    "filter by `paths:` or `paths-ignore:`, or plan first and stop where nothing changes", WARNING,
)  # fmt: skip
NO_TIMEOUT = Rule(
    "workflow-no-timeout", "workflow",
    "a deployment that hangs holds its place for six hours",
    "set timeout-minutes", WARNING,
)  # fmt: skip
UNCHECKED_SCRIPT = Rule(
    "workflow-unchecked-script", "workflow",
    "a command that fails on the server is passed over, and the step succeeds",
    "begin the script with `set -euo pipefail`, or run it with `bash -euo pipefail -s`",
)  # fmt: skip
GIT_ON_SERVER = Rule(
    "workflow-git-on-server", "workflow",
    "the server takes what the branch holds now, not what was tested, and needs access to the repository",
    "build once, and ship the image by its digest",
)  # fmt: skip
COPY_ONTO_ITSELF = Rule(
    "workflow-copy-onto-itself", "workflow",
    "source and target are the same files: cp fails",
    "put the files into the image, or into a folder of the release that a symlink names",
)  # fmt: skip
CHOWN_CHECKOUT = Rule(
    "workflow-chown-checkout", "workflow",
    "files that git tracks get another owner: the next pull fails with permission denied",
    "leave the checkout alone; give the container a volume of its own",
)  # fmt: skip
RESTART_AS_DEPLOYMENT = Rule(
    "workflow-restart-as-deployment", "workflow",
    "a restart keeps the old image and the old environment",
    "recreate the container: `docker compose up --detach --wait SERVICE`",
)  # fmt: skip
NO_ROLLBACK = Rule(
    "workflow-no-rollback", "workflow",
    "hosts are changed one after the other: when one fails, the others stay at the new version",
    "check all hosts first, and put every changed one back when a step fails", WARNING,
)  # fmt: skip
EXPOSED_PRIVATE_KEY = Rule(
    "workflow-exposed-private-key", "workflow",
    "a private key is made on a server or shown in a log",
    "make the key off the server, register it as a secret of the environment, and send only the public half",
)  # fmt: skip
WEAK_HEALTH_CHECK = Rule(
    "workflow-weak-health-check", "workflow",
    "the check does not show that the new version serves",
    "ask until a deadline: curl --fail --max-time 5 --retry 20 --retry-all-errors --retry-max-time 120 URL",
)  # fmt: skip
SUCCESS_ALWAYS = Rule(
    "workflow-success-always", "workflow",
    "the message tells of success whatever happened",
    "make the text from the result: ${{ job.status }}, or needs.*.result in a job that needs all",
)  # fmt: skip
FAILING_NOTIFICATION = Rule(
    "workflow-failing-notification", "workflow",
    "a message that cannot be sent makes the deployment fail",
    "send it in a job of its own, or set continue-on-error: true", WARNING,
)  # fmt: skip
MISSING_FOLDER = Rule(
    "workflow-missing-folder", "workflow",
    "the repository has no such folder: the step fails at `cd`",
    "go to the folder as the repository has it; its root is the checkout itself, here and on servers",
)  # fmt: skip
SHARED_ENV_FILE = Rule(
    "workflow-shared-env-file", "workflow",
    "the same env file goes to several servers: whoever has one of them has the secrets of all",
    "send each server the keys that its services declare: `envfence env push ENVIRONMENT`", WARNING,
)  # fmt: skip
UNPINNED_ACTION = Rule(
    "workflow-unpinned-action", "workflow",
    "whoever can move this tag runs code in the workflow that deploys",
    "name the commit, and the version in a comment: `uses: OWNER/NAME@SHA # v1.2.3`; a bot can update both", WARNING,
)  # fmt: skip
BROAD_TOKEN = Rule(
    "workflow-broad-token", "workflow",
    "the token of a workflow that deploys may do more than it has to",
    "set `permissions: {}` at the top, and in each job what it needs: `contents: read` to check out", WARNING,
)  # fmt: skip
PERSISTED_CREDENTIALS = Rule(
    "workflow-persisted-credentials", "workflow",
    "the checkout leaves the token on disk, where every later step can read it",
    "set `persist-credentials: false`", WARNING,
)  # fmt: skip
SHELL_ONLY_STEP = Rule(
    "shell-only-step", "workflow",
    "only a POSIX shell runs this: a developer on Windows cannot",
    "write the step in Python, as a nox session with `env=`; in package.json put `cross-env` before it", WARNING,
)  # fmt: skip
SCRIPT_WITH_CRLF = Rule(
    "script-with-crlf", "workflow",
    "the script has the line ends of Windows: Linux looks for a program whose name ends with CR, and finds none",
    "write `*.sh text eol=lf` into .gitattributes, then run `git add --renormalize .`",
)  # fmt: skip
MERGED_BY_HAND = Rule(
    "workflow-merged-by-hand", "workflow",
    "a hotfix goes to the main branch unchecked, and the branch that the next release comes from never gets it",
    "open a pull request into the main branch, whose checks are required, then one from there into develop", WARNING,
)  # fmt: skip
ENV_FILE_BY_HAND = Rule(
    "workflow-env-file-by-hand", "workflow",
    "an env file is copied to a server by hand: nobody holds it to the contract, and everybody there can read it",
    "send it with `envfence env push ENVIRONMENT`: checked, whole, mode 0600, its digest kept", WARNING,
)  # fmt: skip
UNSERVED_BRANCH = Rule(
    "workflow-unserved-branch", "workflow",
    "no workflow runs for a branch that people push to",
    "test its pushes and its pull requests; `envfence init --workflows` deploys develop to staging", WARNING,
)  # fmt: skip
TESTS_WITHOUT_SETTINGS = Rule(
    "workflow-tests-without-settings", "workflow",
    "the tests import settings that need values, and the job gives none: they fail before the first one runs",
    "give the job `services:` and `env:`, as `envfence init --workflows` writes them from the contract", WARNING,
)  # fmt: skip
RULES = (
    UNREACHABLE_HOST,
    LITERAL_HOST,
    UNPINNED_HOST_KEYS,
    NO_CONCURRENCY,
    CANCELLED_DEPLOYMENT,
    NO_ENVIRONMENT,
    NO_MANUAL_RUN,
    ANY_PUSH_DEPLOYS,
    NO_TIMEOUT,
    UNCHECKED_SCRIPT,
    GIT_ON_SERVER,
    COPY_ONTO_ITSELF,
    CHOWN_CHECKOUT,
    RESTART_AS_DEPLOYMENT,
    NO_ROLLBACK,
    EXPOSED_PRIVATE_KEY,
    WEAK_HEALTH_CHECK,
    SUCCESS_ALWAYS,
    FAILING_NOTIFICATION,
    MISSING_FOLDER,
    SHARED_ENV_FILE,
    UNPINNED_ACTION,
    BROAD_TOKEN,
    PERSISTED_CREDENTIALS,
    SHELL_ONLY_STEP,
    SCRIPT_WITH_CRLF,
    MERGED_BY_HAND,
    ENV_FILE_BY_HAND,
    UNSERVED_BRANCH,
    TESTS_WITHOUT_SETTINGS,
)
