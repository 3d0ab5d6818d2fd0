"""`sojourn events put`: tells a deployment what a customer did, as an application would."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.deployment import Deployment, deployment_options, in_words
from sojourn.cli.event_file import read_events
from sojourn.cli.planned import Planned, planned_here, understood
from sojourn.cli.terminal import visible
from sojourn.cli.usage import UsageError

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.planned import Understood
    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser
    from sojourn.emit import Event

SOURCE = "sojourn-cli"
MOST_WRONG = 20
"""So many wrong lines of a file are told."""
_FIELDS = ("name", "customer", "identities", "properties", "attributes", "context", "id", "merge")


def _arguments(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME", nargs="?", help="the event's name, such as order_completed")
    parser.add_argument("--customer", metavar="ID", help="whose it is")
    parser.add_argument(
        "--email", metavar="ADDRESS", help="an identity of theirs; instead of --customer, or with it"
    )
    parser.add_argument("--phone", metavar="NUMBER", help="another, with + and its country")
    parser.add_argument("--anonymous", metavar="ID", help="another: what a browser made up")
    for option, what in (("property", "of the event"), ("attribute", "of the customer")):
        parser.add_argument(
            f"--{option}", metavar="NAME=VALUE", action="append", default=[],
            help=f"{what}, of the type that workspace.yaml plans; of none, JSON (99.5, true) is that and the rest is"
            " text. NAME:=VALUE is JSON",
        )  # fmt: skip
    parser.add_argument("--merge", metavar="ID", help="another customer, who is the same as --customer")
    parser.add_argument(
        "--id", metavar="ID", help="makes a second delivery known (default: one that is made up)"
    )
    parser.add_argument("--time", metavar="WHEN", help="when it happened, with a zone (default: now)")
    parser.add_argument(
        "--from", metavar="FILE", dest="file",
        help="events as JSON, one a line or one in all; - for the standard input; NAME and options fill what they lack",
    )  # fmt: skip
    parser.add_argument(
        "--workspace", metavar="DIR",
        help="the workspace that is deployed, by whose plan values are read (default: the one here)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="the answer as JSON")
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.emit import Emitter, NotTaken, UnknownBus

    planned = planned_here(arguments.workspace)
    typed = _typed(arguments, planned)
    given = _given(arguments, typed)
    written, events = _all_of(arguments.file, given)
    deployment = Deployment.asked(arguments)
    bus = deployment.output("BusName")
    try:
        with in_words():
            Emitter(bus, SOURCE, deployment.client("events")).put(*events)
    except UnknownBus as unknown:
        raise UsageError(
            f"nothing was put: {unknown}", "the deployment is not whole: deploy it again"
        ) from unknown
    except NotTaken as refused:
        left = [*zip(refused.events, refused.reasons, strict=True)]
        for event, why in left:
            terminal.tell(f"not taken: {visible(event.name)} {visible(event.id)}: {why}")
        if arguments.json:
            not_taken = [{"id": event.id, "name": event.name, "why": why} for event, why in left]
            said = f"{len(left):,} of {len(events):,} events were not taken"
            answer = {"error": "not_taken", "message": said, "events": not_taken}
            terminal.say(json.dumps(answer, indent=2, ensure_ascii=False))
        return FOUND
    if arguments.json:
        told = [
            {"id": one.id, "name": one.name, "customer": one.customer, "properties": one.properties,
             "attributes": one.attributes}
            for one in events
        ]  # fmt: skip
        terminal.say(json.dumps(told, indent=2, ensure_ascii=False))
    for event in () if arguments.json else events:
        terminal.say(
            visible(f"put {event.name} of {event.customer or _first(event)} on {bus}: id {event.id}")
        )
    for what, pairs in () if arguments.json or arguments.file else typed.items():
        for one in pairs:
            terminal.say(visible(f"  {what} {one}"))
    _compare(events, written, planned, terminal)
    return GOOD


def _compare(events: list[Event], places: list[str], planned: Planned, terminal: Terminal) -> None:
    """Say by which workspace that is, what it does not know, and which of these events it puts into quarantine."""
    from sojourn.domain.customer import rows

    if not planned.where:
        terminal.tell("note: no workspace.yaml is at hand, so no plan was read; --workspace names one")
        return
    terminal.tell(f"note: the plan is that of {visible(planned.where)}; --workspace names another")
    for event, place in zip(events, places, strict=True):
        row = rows.Event(event.id, event.name, event.time, event.properties)
        which = visible(f"{place}: " if place else "")
        for unknown in planned.unknown(row):
            terminal.tell(f"note: {which}{visible(unknown)}")
        for wrong in planned.wrong(row, event.attributes):
            terminal.tell(
                f"note: {which}a deployment of {visible(planned.where)} puts"
                f" {visible(event.name)} into quarantine: {visible(wrong)}"
            )


def _all_of(file: str | None, given: dict[str, Any]) -> tuple[list[str], list[Event]]:
    """Return where the events stand, and the events: those of a file, else the one that is typed.

    Raises:
        UsageError: some are none: all that are wrong are named at once, with their lines.
    """
    wrong: list[UsageError] = []
    written = read_events(file, wrong) if file else [("", {})]
    places, events = [], []
    for where, one in written:
        try:
            events.append(_event({**given, **one}, where))
            places.append(where)
        except UsageError as error:
            wrong.append(error)
    if not wrong:
        return places, events
    if not file:
        raise wrong[0]
    wrong.sort(key=lambda error: _line(str(error), file))
    first, *more = wrong
    told = [str(one) for one in more[: MOST_WRONG - 1]]
    rest = [f"and {len(wrong) - MOST_WRONG:,} more"] if len(wrong) > MOST_WRONG else []
    raise UsageError(f"nothing was put: {first}", *told, *rest, *first.hints)


def _line(said: str, file: str) -> int:
    """Return the line that a message begins with, as `FILE:LINE`."""
    line = re.match(r"\d+", said.removeprefix(f"{file}:"))
    return int(line[0]) if line else 0


def _typed(arguments: argparse.Namespace, planned: Planned) -> dict[str, list[Understood]]:
    properties = planned.events.get(arguments.name or "", {})
    return {
        "property": [understood(one, properties) for one in arguments.property],
        "attribute": [understood(one, planned.attributes) for one in arguments.attribute],
    }


def _given(arguments: argparse.Namespace, typed: dict[str, list[Understood]]) -> dict[str, Any]:
    identities = {
        "email": arguments.email, "phone": arguments.phone, "anonymous_id": arguments.anonymous,
    }  # fmt: skip
    said = {
        "name": arguments.name, "customer": arguments.customer, "id": arguments.id, "time": arguments.time,
        "identities": {name: value for name, value in identities.items() if value is not None},
        "properties": {one.name: one.value for one in typed["property"]},
        "attributes": {one.name: one.value for one in typed["attribute"]}, "merge": arguments.merge,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value}


def _event(said: dict[str, Any], where: str) -> Event:
    from sojourn.domain.time.errors import TimeError
    from sojourn.domain.time.instants import parse_date_time
    from sojourn.emit import Event, InvalidEvent

    which = f"{where}: " if where else ""
    if not said.get("name"):
        raise UsageError(
            f"{which}it has no name", "for example: sojourn events put signed_up --customer c-42"
        )
    if unknown := sorted(said.keys() - {*_FIELDS, "time"}):
        raise UsageError(
            f"{which}there is no {unknown[0]} in an event", f"there are {', '.join(_FIELDS)}, time"
        )
    fields = {name: said[name] for name in _FIELDS if said.get(name) is not None}
    if said.get("time") is not None:
        try:
            fields["time"] = parse_date_time(str(said["time"]))
        except TimeError as error:
            raise UsageError(f"{which}time: {error}") from error
    try:
        event = Event(**fields)
        event.detail()
    except InvalidEvent as wrong:
        raise UsageError(
            f"{which or 'nothing was put: '}{wrong}", "docs/inbound-events.md says what an event looks like"
        ) from wrong
    return event


def _first(event: Event) -> str:
    return next(iter(event.identities.values()), "nobody")


COMMAND = Command(
    name="events put",
    summary="put events on a deployment's bus",
    description=(
        "Put an event on a deployment's bus, as an application would, or many from a file. It is checked before it\n"
        "goes out. What --property and --attribute say is read as the workspace here plans it, and shown; whether\n"
        "it is as the plan that is deployed says, the deployment finds out (`sojourn events quarantine`)."
    ),
    examples=(
        "sojourn events put signed_up --customer c-42 --property source=shop --id signup-42",
        "sojourn events put cart_updated --anonymous 5f2b --email ana@example.com --property total=99.5",
        "sojourn events put cart_updated --customer c-42 --property cart_id=1001 --property items:='[\"x\"]'",
    ),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
