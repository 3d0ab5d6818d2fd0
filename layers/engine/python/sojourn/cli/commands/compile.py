"""`sojourn compile`: the state machine that a journey becomes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sojourn.cli.command import FOUND, GOOD, Command

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.loading import Loaded
    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser
    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.project import JourneyFolder


def _arguments(parser: Parser) -> None:
    parser.add_argument("journey", metavar="JOURNEY", help="a journey's name, its folder, or a file in it")
    parser.add_argument("-o", "--output", metavar="FILE", help="where to write it (default: standard output)")


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.cli.loading import load_journey, stopped
    from sojourn.cli.writing import write
    from sojourn.domain.compile.folder import compile_folder

    loaded, folder = load_journey(arguments.journey, terminal)
    if stopped(_concerning(loaded, folder), loaded, terminal, "nothing was compiled") or folder is None:
        return FOUND
    compiled, _ = compile_folder(folder, loaded.project)
    text = json.dumps(compiled.definition, indent=2, ensure_ascii=False) + "\n"
    write(text, arguments.output, terminal)
    states = _states(compiled.definition)
    size = len(text.encode())
    target = f" -> {arguments.output}" if arguments.output else ""
    terminal.tell(f"{compiled.name} version {compiled.version}: {states:,} states, {size:,} bytes{target}")
    return GOOD


def _concerning(loaded: Loaded, folder: JourneyFolder | None) -> tuple[Finding, ...]:
    """The findings that keep this journey from being compiled; another's do not, nor its scenarios'."""
    project = loaded.project
    own = f"{folder.folder}/" if folder is not None else f"{loaded.place.asked}/"
    shared = (project.workspace_file, project.segments_file)
    return tuple(
        finding
        for finding in (loaded.findings if folder is None else loaded.shared_findings)
        if finding.file in shared or finding.file.startswith(own) or finding.file == loaded.place.only
    )


def _states(machine: object) -> int:
    """Count the states of a machine, those inside parallel branches and maps too."""
    if isinstance(machine, dict):
        own = len(machine["States"]) if isinstance(machine.get("States"), dict) else 0
        return own + sum(_states(value) for value in machine.values())
    if isinstance(machine, list):
        return sum(_states(item) for item in machine)
    return 0


COMMAND = Command(
    name="compile",
    summary="print the Step Functions state machine of a journey",
    description=(
        "Print the state machine of a journey in Amazon States Language; its name, version and size go to the\n"
        "standard error. The same files give the same bytes. A journey with errors is refused."
    ),
    examples=(
        "sojourn compile welcome",
        "sojourn compile journeys/welcome",
        "sojourn compile journeys/welcome -o welcome.asl.json",
    ),
    arguments=_arguments,
    run=_run,
)
