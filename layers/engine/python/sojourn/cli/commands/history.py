"""`sojourn history`: who did what to the journeys of a deployment, when and why."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.deployment import deployment_options, in_words
from sojourn.cli.usage import UsageError, whole_number

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from sojourn.application.publishing import Entry
    from sojourn.cli.controlled import Controlled
    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser

LIMIT = 20


def _arguments(parser: Parser) -> None:
    parser.add_argument("journey", metavar="JOURNEY", nargs="?", help="only what was done to this one")
    parser.add_argument(
        "--limit", metavar="N", type=whole_number(1, 1_000_000), default=LIMIT,
        help=f"so many entries, the newest (default: {LIMIT})",
    )  # fmt: skip
    parser.add_argument(
        "--customer", metavar="ID",
        help="instead: when the customer of this id was erased, and by whom; the history keeps a mark of the id alone",
    )  # fmt: skip
    parser.add_argument(
        "--verify", action="store_true",
        help="say instead whether every entry is as it was written, and none is missing",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="the answer as JSON")
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.cli.controlled import Controlled

    if arguments.verify and (arguments.journey or arguments.customer is not None):
        raise UsageError("--verify is about all entries", "for example: sojourn history --verify")
    if arguments.journey and arguments.customer is not None:
        raise UsageError("JOURNEY and --customer are two questions", "ask one after the other")
    controlled = Controlled.asked(arguments, terminal)
    if arguments.verify:
        return _verify(controlled)
    with in_words():
        found = list(_found(controlled, arguments))
    if controlled.as_json:
        controlled.say_json([entry.to_json() for entry in found])
        return GOOD
    from sojourn.cli.render.history import entry_lines

    for entry in found:
        controlled.say(*entry_lines(entry, controlled.spoken))
    if not found and arguments.customer is not None:
        controlled.say(f"nobody erased {arguments.customer} in {controlled.stage} so far")
    elif not found:
        about = f" to {arguments.journey}" if arguments.journey else ""
        controlled.say(f"nothing was done{about} in {controlled.stage} so far")
    return GOOD


def _found(controlled: Controlled, arguments: argparse.Namespace) -> Iterable[Entry]:
    """Return the entries that are asked for, the newest first."""
    if arguments.customer is None:
        return controlled.history.read(arguments.journey, arguments.limit)
    from sojourn.adapters.dynamodb.customer_marks import CustomerMarks

    mark = CustomerMarks(*controlled.table).known(arguments.customer)
    every = controlled.history.read(limit=None) if mark is not None else ()
    return islice((one for one in every if mark in one.details.get("customers", ())), arguments.limit)


def _verify(controlled: Controlled) -> int:
    from sojourn.cli.render.history import BROKEN

    with in_words():
        broken = controlled.history.verify()
        last = next(controlled.history.read(limit=1), None)
    if controlled.as_json:
        controlled.say_json(
            {
                "holds": broken is None,
                "broken": broken and {"sequence": broken.sequence, "why": broken.why},
                "last": last and {"sequence": last.sequence, "hash": last.hash},
            }
        )
    elif broken is not None:
        why = BROKEN.get(broken.why, broken.why)
        controlled.say(
            f"the history does not hold: entry {broken.sequence:,} {why}",
            "Somebody changed the table past Sojourn: look at that entry, those around it, and at CloudTrail.",
        )
    elif last is None:
        controlled.say("the history is empty")
    else:
        many = "1 entry is as it was" if last.sequence == 1 else f"{last.sequence:,} entries are as they were"
        controlled.say(f"{many} written, and none is missing", f"The last one's seal: {last.hash}")
    return FOUND if broken is not None else GOOD


COMMAND = Command(
    name="history",
    summary="who did what to the journeys of a deployment, when and why",
    description=(
        "Show who published, took back, paused, resumed, stopped or approved what, when and why, newest first; and\n"
        "who erased a customer, let a source in, replayed what was in quarantine, or renewed the signing key.\n"
        "Entries cannot be changed by anybody's command; --verify finds one that was changed or taken out past them."
    ),
    examples=(
        "sojourn history",
        "sojourn history welcome --limit 5",
        "sojourn history --customer c-42",
        "sojourn history --verify --json",
    ),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
