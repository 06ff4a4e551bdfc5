"""The merged compose files of an environment as a release has them: keys in place of values, and what each host takes.

Pure. A model is what `docker compose config --format json` prints; `rendering` asks for it.
"""

import json
import posixpath
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple, cast

from envfence.contract.readers.template import TemplateError, references, variables
from envfence.delivery.servers.fleet import Fleet, Host
from envfence.errors import FenceError
from envfence.stack.render import ENDED

Model = dict[str, Any]
SWAPPED = "current"  # a folder that is mounted under this name is swapped for another without a restart
_NO_NAME = re.compile(r"[^A-Za-z0-9_]+")


class Mount(NamedTuple):
    """A folder or file of the repository that containers see. ``name`` is what it is called on a host."""

    name: str
    source: str
    is_swapped: bool

    def folder(self, digest: str) -> str:
        """Return the folder on a host that holds it, relative to the root, named for what it holds."""
        return f"files/{self.name}/{digest}" if self.is_swapped else f"files/{self.name}-{digest}"


def released(model: Model, project: str) -> Model:
    """Return a model that a server can run: no builds, images by key alone, and nothing pulled unasked.

    Raise FenceError for what would take a file along unseen.
    """
    made_up = f"{model.get('name', '')}_"
    services = {name: _service(name, one) for name, one in model["services"].items()}
    found: Model = {"name": project, "services": services}
    for kind in ("networks", "volumes"):
        every = {name: _unnamed(one or {}, made_up + name) for name, one in model.get(kind, {}).items()}
        found |= {kind: every} if every else {}
    for kind in ("secrets", "configs"):
        if any("file" in one for one in model.get(kind, {}).values()):
            raise FenceError(f"{kind}: a file of this machine is not on a server; take it from a key: environment")
        found |= {kind: model[kind]} if model.get(kind) else {}
    return found


def image_key(name: str, service: Mapping[str, Any]) -> str:
    """Return the key that names the image of a service: its own, or one that is made for it."""
    text = str(service.get("image", ""))
    try:
        names = list(variables(text)) if text.startswith("${") and text.endswith("}") else []
    except TemplateError:
        names = []
    return names[0] if names else f"{name.upper().replace('-', '_')}_IMAGE"


def default_image(service: Mapping[str, Any]) -> str:
    """Return the image that the files themselves give a service, "" if they only name a key."""
    text = str(service.get("image", ""))
    if not text.startswith("${"):
        return text
    return next((one.argument for one in references(text) if one.operator.endswith("-")), "")


def mounts(model: Model) -> Iterator[tuple[Mount, dict[str, Any]]]:
    """Yield the mounts of the repository's own files, each with its entry in the model."""
    for service in model["services"].values():
        for volume in service.get("volumes", ()):
            source = str(volume.get("source", ""))
            if volume.get("type") == "bind" and source.startswith("."):
                path = posixpath.normpath(source)
                is_swapped = posixpath.basename(volume["target"]) == SWAPPED
                yield Mount(_NO_NAME.sub("-", path.strip("./")) or "files", path, is_swapped), volume


def pinned(model: Model, digests: Mapping[str, str], single: Collection[str] = ()) -> Model:
    """Return a model whose mounts are folders of the host, named for what they hold; changes ``model``.

    ``digests`` is source to digest, ``single`` the sources that are files. A swapped folder is mounted with the link
    that leads to it, so that another release of it is seen at once.
    """
    for mount, volume in mounts(model):
        if mount.is_swapped:
            volume |= {"source": f"./files/{mount.name}", "target": posixpath.dirname(volume["target"])}
            continue
        file = f"/{posixpath.basename(mount.source)}" if mount.source in single else ""
        volume["source"] = f"./{mount.folder(digests[mount.source])}{file}"
    return model


def after(model: Model) -> dict[str, dict[str, str]]:
    """Return service to what it starts after, and in which state."""
    return {
        name: {other: how.get("condition", "") for other, how in service.get("depends_on", {}).items()}
        for name, service in model["services"].items()
        if service.get("depends_on")
    }


def services_on(model: Model, fleet: Fleet, host: Host) -> tuple[str, ...]:
    """Return what a host runs: the services of its roles, what has to end before they start, and migrations.

    Raise FenceError for a service that the compose files do not have.
    """
    found = list(host.services)
    for name in found:  # grows
        _known(model, name)
        waits = model["services"][name].get("depends_on", {})
        found += [one for one, how in waits.items() if _is_needed(how) and one not in found]
    if host == migrating(model, fleet):
        found += [_known(model, name) for name in (fleet.migrate, *fleet.after_migrate) if name not in found]
    return tuple(found)


def migrating(model: Model, fleet: Fleet) -> Host | None:
    """Return the host that migrates, None if there is nothing to migrate."""
    if not fleet.migrate:
        return None
    _known(model, fleet.migrate)
    return migrates(images_of(model), fleet)


def migrates(keys: Mapping[str, str], fleet: Fleet) -> Host:
    """Return the first host that runs the image of the migrations anyway. Raise FenceError if none does.

    ``keys`` is service to the key of its image.
    """
    key = keys.get(fleet.migrate, "")
    for host in fleet.hosts:
        if any(keys.get(name) == key for name in host.services):
            return host
    raise FenceError(f"no role has a service with the image of {fleet.migrate}, which migrates from it")


def sliced(model: Model, fleet: Fleet, host: Host) -> Model:
    """Return what a host gets of a model: its own services, without what they wait for, and what they use."""
    own = services_on(model, fleet, host)
    once = {fleet.migrate, *fleet.after_migrate} - set(host.services)
    services = {name: _alone(model["services"][name], once=name in once) for name in own}
    found: Model = {"name": model["name"], "services": services}
    for kind in ("networks", "volumes", "secrets", "configs"):
        used = {name for service in services.values() for name in _used(service, kind)}
        every = {name: one for name, one in model.get(kind, {}).items() if name in used}
        found |= {kind: every} if every else {}
    return found


def keys_in(model: object) -> set[str]:
    """Return the keys of which a model takes the values, those that an environment passes on unchanged too."""
    if isinstance(model, str):
        return set(variables(model)) if "$" in model else set()
    if isinstance(model, list):
        return set[str]().union(*map(keys_in, cast("list[object]", model)))
    if not isinstance(model, dict):
        return set()
    table = cast("dict[str, object]", model)
    found = set[str]().union(*map(keys_in, table.values()))
    passed = table.get("environment")
    if isinstance(passed, dict):
        found |= {key for key, value in cast("dict[str, object]", passed).items() if value is None}
    return found


def images_of(model: Model) -> dict[str, str]:
    """Return service to the key of its image."""
    return {name: image_key(name, service) for name, service in model["services"].items()}


def text(model: Model) -> bytes:
    """Return a model as a file: JSON, which compose reads as the YAML that it also is."""
    return (json.dumps(model, indent=1, sort_keys=True) + "\n").encode()


def _service(name: str, service: Mapping[str, Any]) -> dict[str, Any]:
    left = {key: value for key, value in service.items() if key not in {"build", "container_name"}}
    return {**left, "image": f"${{{image_key(name, service)}:?}}", "pull_policy": "never"}


def _unnamed(entry: Mapping[str, Any], made_up: str) -> dict[str, Any]:
    """Leave out the name that compose made up from a project that has no name yet."""
    return {key: value for key, value in entry.items() if (key, value) != ("name", made_up)}


def _known(model: Model, name: str) -> str:
    if name not in model["services"]:
        raise FenceError(f"the compose files have no service {name}, which [tool.envfence] gives to a role")
    return name


def _is_needed(how: Mapping[str, Any]) -> bool:
    return how.get("condition") == ENDED and how.get("required", True)


def _alone(service: Mapping[str, Any], *, once: bool) -> dict[str, Any]:
    # What waits for what is for the rollout to see to: compose would restart all that waits for a service that changes.
    left = {key: value for key, value in service.items() if key not in {"depends_on", "profiles"}}
    # What is asked for by name alone keeps a profile that nobody starts.
    return left | ({"profiles": ["once"]} if once else {})


def _used(service: Mapping[str, Any], kind: str) -> Iterator[str]:
    given = service.get(kind) or ()
    if isinstance(given, dict):
        yield from given
        return
    for one in given:
        yield one if isinstance(one, str) else str(one.get("source", ""))
