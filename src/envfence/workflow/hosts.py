"""How jobs reach other hosts: whether they can, and whether they know whom they talk to."""

import re
from collections.abc import Iterator

from envfence.contract.rules import found
from envfence.detect import addresses
from envfence.finding import Finding
from envfence.workflow.jobs import Job, Step
from envfence.workflow.reader import FOLDED, LITERAL
from envfence.workflow.rules import EXPOSED_PRIVATE_KEY, LITERAL_HOST, UNPINNED_HOST_KEYS, UNREACHABLE_HOST

_PRIVATE = re.compile(
    r"(?:[^@/]*@)?(?:10(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2})$"
)
_SOMEBODYS = frozenset({addresses.LOCAL, addresses.OWN, addresses.PUBLIC})
_IPV4 = re.compile(r"[\d.]+$")
_URL_HOST = re.compile(r"https?://([^/:\s]+)")
_BRIDGED = re.compile(
    r"(?i:tailscale|wireguard|wg-quick|openvpn|zerotier|netbird|cloudflared|twingate|\bvpn\b|warp-cli|ProxyJump"
    r"|ProxyCommand|bastion)|ssh\s(?:[^\n]*\s)?-[JLD]\b",
)
_SWITCHED_OFF = re.compile(
    r"StrictHostKeyChecking[= \t\"']+(?:no|off|false|accept-new)\b|UserKnownHostsFile[= \t\"']+/dev/null"
    r"|ANSIBLE_HOST_KEY_CHECKING[=: \t\"']+(?:false|no|0)\b",
    re.IGNORECASE,
)
_OWN = re.compile(r"localhost|127\.0\.0\.1|\[?::1\b|0\.0\.0\.0")
_MACHINES = ("qemu", "vagrant", "multipass", "cross-platform-actions", "vmactions", "libvirt")
_KNOWS = ("known_hosts", "knownhosts", "hostkey", "ssh-key-action", "ssh-keyscan", "ssh -f")
_TAKES_FINGERPRINT = ("appleboy/ssh-action", "appleboy/scp-action")
_KEY_FILE = re.compile(
    r"(?:\.ssh/(?!known_hosts|config|authorized_keys)[\w-]+(?:\.pem|\.key)?|\bid_(?:rsa|ed25519|ecdsa|dsa))$"
)


def findings(job: Job) -> Iterator[Finding]:
    """Yield what is wrong with how a job reaches hosts."""
    if job.is_hosted and not _BRIDGED.search(job.text):
        for line in sorted({line for step in job.steps for line in _private(job, step)}):
            yield found(UNREACHABLE_HOST, job.node.path, line, job.name)
    for line in dict.fromkeys(_literal(job)) if job.deploys else ():
        yield found(LITERAL_HOST, job.node.path, line, job.name)
    for line in sorted(set(_unpinned(job))):
        yield found(UNPINNED_HOST_KEYS, job.node.path, line, job.name)
    for line in sorted(set(_exposed(job))):
        yield found(EXPOSED_PRIVATE_KEY, job.node.path, line, job.name)


def _private(job: Job, step: Step) -> Iterator[int]:
    """Yield the lines that connect to a private address."""
    for remote in step.remotes:
        if _PRIVATE.match(job.resolved(remote.host, step)):
            yield remote.line
    if job.deploys:
        for call in step.calls:
            if call.name in {"curl", "wget"}:
                hosts = (_URL_HOST.match(job.resolved(word, step)) for word in call.words[1:])
                if any(host and _PRIVATE.match(host[1]) for host in hosts):
                    yield call.line


def _literal(job: Job) -> Iterator[int]:
    """Yield the lines of commands that spell out a server; an option of an action is found as any other value is."""
    for step in job.steps:
        for remote in step.remotes if step.calls else ():
            user, _, host = remote.host.rpartition("@")
            if addresses.owner_of(host) in _SOMEBODYS and (user or not _IPV4.match(host)):
                yield remote.line


def _unpinned(job: Job) -> Iterator[int]:
    text = job.text.lower()
    is_test = any(word in text for word in _MACHINES)
    for step in job.steps if not is_test else ():
        for call in step.calls:
            if call.name == "ssh-keyscan" and not _OWN.search(" ".join(call.words)) and "ssh-keygen -l" not in job.text:
                yield call.line
        yield from _switched_off(step)
        if step.uses.startswith(_TAKES_FINGERPRINT) and not step.node.at("with", "fingerprint").text:
            yield step.line
    if (
        job.is_hosted
        and not is_test
        and not any(word in text for word in _KNOWS)
        and not job.node.at("container").mapping
    ):
        is_known = any(step.uses.startswith("./") or "ssh-deploy" in step.uses for step in job.steps)
        lines = [remote.line for step in job.steps if step.calls for remote in step.remotes]
        if lines and not is_known:
            yield lines[0]


def _switched_off(step: Step) -> Iterator[int]:
    run = step.node.at("run")
    start = run.line + (run.tag in {LITERAL, FOLDED})
    for number, line in enumerate(run.text.split("\n"), start):
        if _SWITCHED_OFF.search(line) and not line.lstrip().startswith("#") and not _OWN.search(line):
            yield number
    for name, value in step.node.at("env").mapping.items():
        if _SWITCHED_OFF.search(f"{name}={value.text}"):
            yield value.line


def _exposed(job: Job) -> Iterator[int]:
    every = [call for step in job.steps for call in step.calls]
    for _, calls in job.remote_calls():
        every += calls
        yield from (call.line for call in calls if call.name == "ssh-keygen" and call.has("-t"))
    for call in every:
        is_shown = call.after != "|" and not any(word.startswith((">", "<")) for word in call.words)
        if call.name == "cat" and is_shown and any(_KEY_FILE.search(word) for word in call.words[1:]):
            yield call.line
