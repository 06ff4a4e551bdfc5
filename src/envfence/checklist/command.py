"""Find out how far a repository and its servers are: the four checklists of the reference guide."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

from envfence import console
from envfence.arguments import Parser, below_root
from envfence.checklist import signatures
from envfence.checklist.answers import Answer
from envfence.checklist.items import CHECKLISTS, Item
from envfence.checklist.report import FORMATS, rendered
from envfence.checklist.repository import Repository
from envfence.checklist.result import DONE, NEEDS_A_PERSON, Result, not_done
from envfence.errors import FenceError

EPILOG = "exit codes: 0 all items are done, 1 some are not, 2 could not run"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return 0 if all items are done, 1 if one is not, 2 if it could not run."""
    parser = command_parser()
    parser.set_defaults(run=_run)
    return console.run_below_root(parser.parse_args(argv))


def command_parser() -> Parser:
    """Return the parser of the command."""
    parser = Parser(prog="envfence checklist", description=__doc__, epilog=EPILOG, parents=[below_root()])
    parser.add_argument("--output-format", default="text", choices=FORMATS)
    parser.add_argument("--sign", metavar="ITEM", help="say that an item is done that only a person can know")
    return parser


def answers(repository: Repository, today: date) -> Iterator[Answer]:
    """Yield each item with its result, in the order of the lists."""
    known = signatures.read(repository.root)
    for checklist in CHECKLISTS:
        for item in checklist.items:
            yield Answer(checklist, item, signatures.signed(result_of(item, repository), item.id, known, today))


def result_of(item: Item, repository: Repository) -> Result:
    """Return what is found out; what cannot be looked up is not done."""
    try:
        return item.check(repository)
    except FenceError as error:
        return not_done(str(error))


def _run(args: argparse.Namespace) -> int:
    return _sign(args.root, args.sign) if args.sign else _show(args.root, args.output_format)


def _show(root: str, output_format: str) -> int:
    found = list(answers(Repository(root), datetime.now(UTC).date()))
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a Windows pipe has no Korean by itself
    sys.stdout.write(rendered(found, output_format, root))
    return int(any(one.result.state != DONE for one in found))


def _sign(root: str, name: str) -> int:
    """Sign for an item that only a person can know. Raise FenceError for any other."""
    every = {item.id: item for checklist in CHECKLISTS for item in checklist.items}
    if name not in every:
        raise FenceError(f"there is no such item; there are {', '.join(every)}")
    if result_of(every[name], Repository(root)).state != NEEDS_A_PERSON:
        raise FenceError(f"{name} is looked up, so nobody has to sign for it")
    one = signatures.sign(root, name, datetime.now(UTC).date())
    print(f"{one.person} signed for {name}; commit {signatures.NAME}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
