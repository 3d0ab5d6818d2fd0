"""`sojourn events quarantine`: the events that are not as the tracking plan says: listed, put again, or dropped."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.confirming import confirmed
from sojourn.cli.deployment import deployment_options, in_words
from sojourn.cli.reason import reason_option
from sojourn.cli.terminal import visible
from sojourn.cli.usage import UsageError, whole_number

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from sojourn.adapters.dynamodb.quarantine import DynamoQuarantine, Listed
    from sojourn.cli.controlled import Controlled
    from sojourn.cli.from_quarantine import Came
    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser

MOMENT = timedelta(minutes=1)
"""So long after it happened an event usually came."""
LIMIT, MOST = 100, 100_000
"""So many events are listed, put again or dropped at once, unless somebody says otherwise: a plan that was wrong for an
hour may have put millions aside."""


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "--since", metavar="WHEN", default="30 days", help='"2 days", or 2026-11-20 (default: 30 days)'
    )
    parser.add_argument("--event", metavar="NAME", help="only events of that name")
    parser.add_argument("--customer", metavar="ID", help="only those of that customer")
    parser.add_argument(
        "--replay", metavar="ID", nargs="*", help="put these on the bus again, under their ids; those that are"
        " listed where none is named",
    )  # fmt: skip
    parser.add_argument(
        "--drop", metavar="ID", nargs="*", help="delete these; those that are listed where none is named"
    )
    parser.add_argument(
        "--limit", metavar="N", type=whole_number(1, MOST), default=LIMIT,
        help=f"so many at most, the oldest first (default: {LIMIT}); where ids are named, all of these",
    )  # fmt: skip
    reason_option(parser)
    parser.add_argument("--yes", action="store_true", help="drop without asking")
    parser.add_argument("--json", action="store_true", help="the answer as JSON")
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.adapters.dynamodb.quarantine import DynamoQuarantine
    from sojourn.aws_runtime.clock import SystemClock
    from sojourn.cli.controlled import Controlled
    from sojourn.cli.since import instant_since

    if arguments.replay is not None and arguments.drop is not None:
        raise UsageError("--replay and --drop are two things", "do one after the other")
    now = datetime.now(UTC)
    begins = instant_since(arguments.since, now)
    controlled = Controlled.asked(arguments, terminal)
    with in_words():
        quarantine = DynamoQuarantine(*controlled.table, SystemClock())
        listed, more = _listed(quarantine, begins, arguments)
    if arguments.replay is not None:
        status = _replay(controlled, listed, arguments.reason)
    elif arguments.drop is not None:
        status = _drop(controlled, listed, arguments)
    else:
        status = _list(listed, arguments.json, terminal)
    if more:
        terminal.tell(
            f"there are more than these {len(listed):,}: --limit says how many at once, --since from when on"
        )
    return status


def _listed(
    quarantine: DynamoQuarantine, begins: datetime, arguments: argparse.Namespace
) -> tuple[Sequence[Listed], bool]:
    """Return the events that are meant, the oldest first, and whether there are more than were asked for.

    Raises:
        UsageError: one that is named is not there.
    """
    whose = None if arguments.customer is None else quarantine.whose(arguments.customer)
    ids = {*(arguments.replay or ()), *(arguments.drop or ())}
    found = (
        one for one in quarantine.listed(begins, datetime.now(UTC))
        if arguments.event in (None, one.name) and (whose is None or one.customer in whose)
        and (not ids or one.id in ids)
    )  # fmt: skip
    if not ids:
        listed = list(islice(found, arguments.limit + 1))
        return listed[: arguments.limit], len(listed) > arguments.limit
    named = list(found)
    if missing := sorted(ids - {one.id for one in named}):
        raise UsageError(
            f'there is no event "{missing[0]}" in quarantine',
            "without --replay they are listed; --since",
            code="no_event",
        )
    return named, False


def _list(listed: Sequence[Listed], as_json: bool, terminal: Terminal) -> int:
    if as_json:
        terminal.say(json.dumps([_record(one) for one in listed], indent=2, ensure_ascii=False))
        return GOOD
    for one in listed:
        at = f"{one.received:%Y-%m-%d %H:%M:%S} UTC"
        terminal.say(f"{at}  {terminal.styled(visible(one.name), 'bold')}  {visible(one.customer)}")
        terminal.say(visible(f"  id {one.id}"))
        if happened := _happened(one):
            terminal.say(visible(f"  happened {happened}"))
        for reason in one.reasons:
            terminal.say(visible(f"  {reason}"))
    if listed:
        terminal.tell(
            f"{_count(listed)} in quarantine; --replay puts them on the bus again, --drop deletes them"
        )
    else:
        terminal.tell("nothing is in quarantine")
    return GOOD


def _happened(one: Listed) -> str:
    """Return when an event happened, in UTC, where that is not when it came: one that was put again came later."""
    from sojourn.domain.time.errors import TimeError
    from sojourn.domain.time.instants import parse_date_time

    try:
        at = parse_date_time(one.happened) if one.happened else one.received
    except TimeError:
        return one.happened
    apart = abs(one.received - at) if at.tzinfo else MOMENT
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if apart >= MOMENT else ""


def _replay(controlled: Controlled, chosen: Sequence[Listed], reason: str | None) -> int:
    from sojourn.cli.from_quarantine import each

    came = each(controlled, "replay", chosen, reason)
    for one, why in came.refused:
        controlled.terminal.tell(f"not taken: {visible(one.id)}: {why}")
    done = (
        f"{_count(came.done)} put on the bus again" if chosen else "there is nothing to put on the bus again"
    )
    _tell(came, {"replayed": [_record(one) for one in came.done]}, done, controlled)
    if came.done and not controlled.as_json:
        controlled.terminal.tell("those that are still not as the plan says come back in a moment")
    return FOUND if came.refused or came.left else GOOD


def _drop(controlled: Controlled, chosen: Sequence[Listed], arguments: argparse.Namespace) -> int:
    from sojourn.cli.from_quarantine import each

    question = f"{_count(chosen)} in quarantine are deleted for good."
    if chosen and not arguments.yes and not confirmed(question, str(len(chosen)), controlled.terminal):
        return FOUND
    came = each(controlled, "drop", chosen, arguments.reason)
    told = {"dropped": [_record(one) for one in came.done]}
    _tell(came, told, f"{_count(came.done)} dropped" if chosen else "there is nothing to drop", controlled)
    return FOUND if came.left else GOOD


def _tell(came: Came, told: dict[str, Any], done: str, controlled: Controlled) -> None:
    """Say what was done, and why no more was.

    Args:
        told: what was done, for programs.
        done: the same in words.
    """
    if not controlled.as_json:
        controlled.terminal.say(done)
    elif came.refusal is None:
        controlled.say_json(told)
    if came.refusal is not None:
        controlled.tell_refusal(came.refusal, besides=told)


def _record(one: Listed) -> dict[str, Any]:
    from sojourn.domain.time.instants import iso

    return {
        "id": one.id, "event": one.name, "customer": one.customer, "received": iso(one.received),
        "happened": one.happened, "reasons": list(one.reasons),
    }  # fmt: skip


def _count(events: Sequence[Any]) -> str:
    return f"{len(events):,} event{'' if len(events) == 1 else 's'}"


COMMAND = Command(
    name="events quarantine",
    summary="list, replay or drop the events that are not as planned",
    description=(
        "List the events whose properties, or attributes, are of another type than workspace.yaml says: they changed\n"
        "nothing. Mend the plan or the application, then --replay puts them on the bus again, under their own ids;\n"
        "those that are still not as planned come back. --drop deletes them; by themselves they go after 30 days."
    ),
    examples=(
        "sojourn events quarantine --since 2d --event order_completed",
        "sojourn events quarantine --replay",
        "sojourn events quarantine --drop --yes",
    ),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
