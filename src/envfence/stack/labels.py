"""Folders of a server that its containers cannot read where SELinux is on, for want of a label.

Parts of the system itself are left alone: to label them anew would break the host, so programs that read those run
with `label:disable`.
"""

from collections.abc import Iterator

from envfence.contract.rules import found
from envfence.finding import Finding
from envfence.stack.entries import LABELS, Mount, mount
from envfence.stack.render import Stack
from envfence.stack.rules import UNLABELLED_MOUNT
from envfence.stack.tree import Node

_SYSTEM = tuple("/bin /boot /dev /etc /lib /lib64 /proc /root /run /sbin /sys /usr /var/lib/docker /var/run".split())
_OF_THE_SYSTEM = tuple(f"{folder}/" for folder in _SYSTEM)


def findings(stack: Stack) -> Iterator[Finding]:
    """Yield the mounts of a server's stack that tell SELinux nothing."""
    for name, service in stack.started.items() if not stack.is_throwaway else ():
        if _is_unconfined(service):
            continue
        for item in service.at("volumes").items:
            one = mount(item)
            if one.is_bind and one.label not in LABELS and not _is_of_the_system(one):
                yield found(UNLABELLED_MOUNT, item.path, item.line, name, one.target)


def _is_of_the_system(one: Mount) -> bool:
    return one.source in {"/", *_SYSTEM} or one.source.startswith(_OF_THE_SYSTEM)


def _is_unconfined(service: Node) -> bool:
    options = {item.text.replace("=", ":").replace(" ", "") for item in service.at("security_opt").items}
    return service.at("privileged").text == "true" or "label:disable" in options
