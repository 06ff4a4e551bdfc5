"""The one kind of error that a user can fix."""


class FenceError(Exception):
    """A problem the user can fix. Its text is shown as it stands, and the exit code is 2."""
