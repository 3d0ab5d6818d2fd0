"""`sojourn trace`: everything that happens in a scenario, with the reasons."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.terminal import visible
from sojourn.cli.usage import UsageError

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.loading import Loaded
    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser


def _arguments(parser: Parser) -> None:
    parser.add_argument("scenario", metavar="SCENARIO", help="a scenario's file")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.cli.failures import places
    from sojourn.cli.loading import load, stopped
    from sojourn.local.deployment import deploy
    from sojourn.local.scenario import play
    from sojourn.local.trace import to_json, to_line

    loaded = load(arguments.scenario, terminal)
    own = loaded.broken_scenarios.get(loaded.place.only, ())
    if stopped((*loaded.shared_findings, *own), loaded, terminal, "the scenario was not played"):
        return FOUND
    file = next((file for _, file in loaded.scenarios if file.file == loaded.place.only), None)
    if file is None:
        raise UsageError(f"{arguments.scenario} is no scenario's file", _some(loaded))
    played = play(file.scenario, deploy(loaded.project))
    for one in played.trace:
        if arguments.json:
            terminal.say(json.dumps(to_json(one), ensure_ascii=False))
        else:
            terminal.say(visible(to_line(one, played.start)))
    if not arguments.json and not played.trace:
        terminal.tell("nothing happened")
    for failure, line in zip(played.failures, places(file.scenario, played.failures), strict=True):
        terminal.tell(f"{file.file}:{line}: {visible(failure)}")
    return FOUND if played.failures else GOOD


def _some(loaded: Loaded) -> str:
    files = [file.file for _, file in loaded.scenarios]
    if not files:
        return "they stand in <journey>/scenarios/*.yaml"
    return f"for example: sojourn trace {files[0]}"


COMMAND = Command(
    name="trace",
    summary="show everything that happens in a scenario",
    description=(
        "Play one scenario and show everything that happened, in order, with the reasons. What was expected and\n"
        "did not come goes to the standard error, with exit status 1."
    ),
    examples=(
        "sojourn trace journeys/welcome/scenarios/signs-up-twice.yaml",
        "sojourn trace journeys/welcome/scenarios/signs-up-twice.yaml --json",
    ),
    arguments=_arguments,
    run=_run,
)
