"""`sojourn events put`: tells a deployment what a customer did, as an application would."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.deployment import Deployment, deployment_options, in_words
from sojourn.cli.terminal import visible
from sojourn.cli.usage import UsageError

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser
    from sojourn.emit import Event

SOURCE = "sojourn-cli"
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
            help=f'{what}; a value that is JSON (99.5, true, ["x"]) is that, anything else is text',
        )  # fmt: skip
    parser.add_argument(
        "--id", metavar="ID", help="makes a second delivery known (default: one that is made up)"
    )
    parser.add_argument("--time", metavar="WHEN", help="when it happened, with a zone (default: now)")
    parser.add_argument(
        "--from", metavar="FILE", dest="file",
        help="events as JSON, one a line or one in all; - for the standard input; NAME and options fill what they lack",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="the answer as JSON")
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.emit import Emitter, InvalidEvent, NotTaken

    given = _given(arguments)
    written = _read(arguments.file) if arguments.file else [{}]
    events = [
        _event({**given, **one}, number if len(written) > 1 else 0) for number, one in enumerate(written, 1)
    ]
    deployment = Deployment.asked(arguments)
    bus = deployment.output("BusName")
    try:
        with in_words():
            Emitter(bus, SOURCE, deployment.client("events")).put(*events)
    except InvalidEvent as wrong:
        raise UsageError(
            f"nothing was put: {wrong}", "docs/inbound-events.md says what an event looks like"
        ) from wrong
    except NotTaken as refused:
        for event, why in zip(refused.events, refused.reasons, strict=True):
            terminal.tell(f"not taken: {visible(event.name)} {visible(event.id)}: {why}")
        return FOUND
    if arguments.json:
        told = [{"id": one.id, "name": one.name, "customer": one.customer} for one in events]
        terminal.say(json.dumps(told, indent=2, ensure_ascii=False))
    for event in () if arguments.json else events:
        terminal.say(
            visible(f"put {event.name} of {event.customer or _first(event)} on {bus}: id {event.id}")
        )
    return GOOD


def _given(arguments: argparse.Namespace) -> dict[str, Any]:
    identities = {
        "email": arguments.email, "phone": arguments.phone, "anonymous_id": arguments.anonymous,
    }  # fmt: skip
    said = {
        "name": arguments.name, "customer": arguments.customer, "id": arguments.id, "time": arguments.time,
        "identities": {name: value for name, value in identities.items() if value is not None},
        "properties": dict(map(_pair, arguments.property)), "attributes": dict(map(_pair, arguments.attribute)),
    }  # fmt: skip
    return {name: value for name, value in said.items() if value}


def _pair(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f'"{text}" is no NAME=VALUE', "for example: --property total=99.5")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _read(file: str) -> list[dict[str, Any]]:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise UsageError(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    try:
        whole = json.loads(text)
        found = whole if isinstance(whole, list) else [whole]
    except ValueError:
        found = [
            _line(line, number, file) for number, line in enumerate(text.splitlines(), 1) if line.strip()
        ]
    if not found or not all(isinstance(one, dict) for one in found):
        raise UsageError(f"{file} holds no events", "write one JSON object, a list of them, or one a line")
    return found


def _line(line: str, number: int, file: str) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise UsageError(f"{file}:{number}: it is no JSON: {error}") from error


def _event(said: dict[str, Any], number: int) -> Event:
    from sojourn.domain.time.errors import TimeError
    from sojourn.domain.time.instants import parse_date_time
    from sojourn.emit import Event

    which = f"event {number}: " if number else ""
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
    return Event(**fields)


def _first(event: Event) -> str:
    return next(iter(event.identities.values()), "nobody")


COMMAND = Command(
    name="events put",
    summary="put events on a deployment's bus",
    description=(
        "Put an event on a deployment's bus, as an application would, or many from a file. It is checked before it\n"
        "goes out; whether it is as the tracking plan says, the deployment finds out (`sojourn events quarantine`)."
    ),
    examples=(
        "sojourn events put signed_up --customer c-42 --property source=shop --id signup-42",
        "sojourn events put cart_updated --anonymous 5f2b --email ana@example.com --property total=99.5",
    ),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
