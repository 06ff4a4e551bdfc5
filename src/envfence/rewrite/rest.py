"""What a fix leaves: env files are closed to other users, and what people have to do is counted."""

import sys


def tell(root: str) -> None:
    """Close the env files in ``root``, and say on standard error what `envfence env check` asks of people."""
    from envfence import people  # a fix that is refused needs none of it
    from envfence.contract.command import checked
    from envfence.contract.exposure import mend

    lines = mend.close(root)
    to_do = people.to_do(checked(root, None, "port"))
    lines += ["left to people, as `envfence env check` tells:", *(f"  {line}" for line in to_do)] if to_do else []
    print(*(f"{line}\n" for line in lines), sep="", end="", file=sys.stderr)
