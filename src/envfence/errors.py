"""The one kind of error that a user can fix."""


def repeated(word: str) -> str:
    """Return a mistyped name as an error may repeat it: one that might be a value is masked."""
    letters = word.replace("-", "").replace("_", "")
    return repr(word) if letters.isascii() and letters.isalpha() and word.islower() and len(word) <= 40 else "'***'"


class FenceError(Exception):
    """A problem the user can fix. Its text is shown as it stands, and the exit code is 2."""
