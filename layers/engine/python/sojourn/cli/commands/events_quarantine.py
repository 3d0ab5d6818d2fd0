"""`sojourn events quarantine`: the events that are not as the tracking plan says: listed, put again, or dropped."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.confirming import confirmed
from sojourn.cli.deployment import Deployment, deployment_options, in_words
from sojourn.cli.terminal import visible
from sojourn.cli.usage import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from sojourn.adapters.dynamodb.quarantine import DynamoQuarantine, Listed
    from sojourn.application.quarantine import Quarantined
    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser

SOURCE = "sojourn-quarantine"


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "--since", metavar="WHEN", default="30 days", help='"2 days", or 2026-11-20 (default: 30 days)'
    )
    parser.add_argument("--event", metavar="NAME", help="only events of that name")
    parser.add_argument("--customer", metavar="ID", help="only those of that customer")
    parser.add_argument(
        "--replay", metavar="ID", nargs="*", help="put these on the bus again, under their ids; all that are listed"
        " where none is named",
    )  # fmt: skip
    parser.add_argument(
        "--drop", metavar="ID", nargs="*", help="delete these; all that are listed where none is named"
    )
    parser.add_argument("--yes", action="store_true", help="drop without asking")
    parser.add_argument("--json", action="store_true", help="the answer as JSON")
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.adapters.dynamodb.quarantine import DynamoQuarantine
    from sojourn.aws_runtime.clock import SystemClock
    from sojourn.cli.since import instant_since

    if arguments.replay is not None and arguments.drop is not None:
        raise UsageError("--replay and --drop are two things", "do one after the other")
    now = datetime.now(UTC)
    begins = instant_since(arguments.since, now)
    deployment = Deployment.asked(arguments)
    with in_words():
        quarantine = DynamoQuarantine(
            deployment.client("dynamodb"), deployment.output("TableName"), SystemClock()
        )
        listed = [
            one
            for one in quarantine.listed(begins, datetime.now(UTC))
            if arguments.event in (None, one.name) and arguments.customer in (None, one.customer)
        ]
        if arguments.replay is not None:
            return _replay(
                deployment, quarantine, _chosen(listed, arguments.replay), arguments.json, terminal
            )
        if arguments.drop is not None:
            return _drop(quarantine, _chosen(listed, arguments.drop), arguments, terminal)
    _list(listed, arguments.json, terminal)
    return GOOD


def _list(listed: Sequence[Listed], as_json: bool, terminal: Terminal) -> None:
    if as_json:
        terminal.say(json.dumps([_record(one) for one in listed], indent=2, ensure_ascii=False))
        return
    for one in listed:
        at = f"{one.received:%Y-%m-%d %H:%M:%S}"
        terminal.say(f"{at}  {terminal.styled(visible(one.name), 'bold')}  {visible(one.customer)}")
        terminal.say(visible(f"  id {one.id}"))
        for reason in one.reasons:
            terminal.say(visible(f"  {reason}"))
    if listed:
        terminal.tell(
            f"{_count(listed)} in quarantine; --replay puts them on the bus again, --drop deletes them"
        )
    else:
        terminal.tell("nothing is in quarantine")


def _replay(
    deployment: Deployment, quarantine: DynamoQuarantine, chosen: Sequence[Listed], as_json: bool, terminal: Terminal
) -> int:  # fmt: skip
    bus, events = deployment.output("BusName"), deployment.client("events")
    put: list[Listed] = []
    refused = 0
    for one in chosen:
        mark = secrets.token_hex(8)
        if (event := quarantine.mark(one, mark)) is None:
            continue
        answer = events.put_events(Entries=[_entry(bus, event)])
        if answer["FailedEntryCount"]:
            refused += 1
            terminal.tell(f"not taken: {visible(one.id)}: {answer['Entries'][0].get('ErrorCode')}")
        else:
            quarantine.remove(one, mark)
            put.append(one)
    if as_json:
        terminal.say(json.dumps({"replayed": [_record(one) for one in put]}, indent=2, ensure_ascii=False))
    else:
        terminal.say(f"{_count(put)} put on the bus again")
        terminal.tell("those that are still not as the plan says come back in a moment")
    return FOUND if refused else GOOD


def _drop(
    quarantine: DynamoQuarantine, chosen: Sequence[Listed], arguments: argparse.Namespace, terminal: Terminal
) -> int:  # fmt: skip
    question = f"{_count(chosen)} in quarantine are deleted for good."
    if chosen and not arguments.yes and not confirmed(question, str(len(chosen)), terminal):
        return FOUND
    for one in chosen:
        quarantine.remove(one)
    if arguments.json:
        terminal.say(json.dumps({"dropped": [_record(one) for one in chosen]}, indent=2, ensure_ascii=False))
    else:
        terminal.say(f"{_count(chosen)} dropped")
    return GOOD


def _chosen(listed: Sequence[Listed], ids: Sequence[str]) -> Sequence[Listed]:
    """Return those that are named, or all where none is."""
    if missing := sorted(set(ids) - {one.id for one in listed}):
        raise UsageError(
            f'there is no event "{missing[0]}" in quarantine', "without --replay they are listed; --since"
        )
    return [one for one in listed if not ids or one.id in ids]


def _entry(bus: str, event: Quarantined) -> dict[str, Any]:
    return {
        "EventBusName": bus, "Source": SOURCE, "DetailType": event.name,
        "Detail": json.dumps(event.detail, ensure_ascii=False, separators=(",", ":")),
    }  # fmt: skip


def _record(one: Listed) -> dict[str, Any]:
    from sojourn.domain.time.instants import iso

    return {
        "id": one.id, "event": one.name, "customer": one.customer, "received": iso(one.received),
        "reasons": list(one.reasons),
    }  # fmt: skip


def _count(events: Sequence[Any]) -> str:
    return f"{len(events):,} event{'' if len(events) == 1 else 's'}"


COMMAND = Command(
    name="events quarantine",
    summary="list, replay or drop the events that are not as planned",
    description=(
        "List the events whose properties are of another type than workspace.yaml's tracking plan says: they changed\n"
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
