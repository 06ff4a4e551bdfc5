"""Servers start images that stay what they are: a tag that moves is another program tomorrow, and on the next host."""

from envfence.errors import FenceError
from envfence.operate import engine
from envfence.operate.target import Target
from envfence.stack.images import EXACT, movement


def require_pinned(target: Target) -> None:
    """Raise FenceError for an image of a server whose tag moves, as compose fills it in from env file and lock."""
    if target.is_throwaway:
        return
    done = engine.run(engine.compose(target, "config", "--images"), engine.environ_for(target.values))
    moving = sorted({image for image in done.out.split() if movement(image) != EXACT})
    if moving:
        how = f"`nox -s images_lock -- --environment {target.environment}` writes what is there now by digest"
        raise FenceError(f"{', '.join(moving)}: the tag moves, or there is none; name a whole version, and {how}")
