"""`sojourn schema`: JSON Schemas of the files, so that editors complete and underline while somebody types."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sojourn.cli.command import GOOD, Command
from sojourn.cli.usage import UsageError, did_you_mean

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser

FILES = {
    "workspace": "workspace.yaml",
    "segments": "segments.yaml",
    "simulation": "simulation.yaml",
    "journey": "*/journey.yaml",
    "message": "*/messages/*.yaml",
    "scenario": "*/scenarios/*.yaml",
    "migration": "*/migration.yaml",
}
"""Where the files of each kind stand in a workspace."""


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "kind", metavar="KIND", nargs="?",
        help=f"the kind of file: {', '.join(FILES)}; without it, and without DIR, how to use them is shown",
    )  # fmt: skip
    parser.add_argument(
        "--events",
        action="store_true",
        help="print the schema of the events that the workspace here plans instead",
    )
    parser.add_argument("-o", "--output", metavar="DIR", help="write them there, all unless KIND is given")


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    kind = arguments.kind
    if arguments.events:
        return _write_events(terminal)
    if kind is not None and kind not in FILES:
        near = did_you_mean(kind.lower(), FILES, "did you mean {}?")
        raise UsageError(f'there is no kind of file "{kind}"', near or f"the kinds are: {', '.join(FILES)}")
    if arguments.output is not None:
        _write_all([kind] if kind else list(FILES), arguments.output)
        _tell_how(arguments.output, terminal)
    elif kind is not None:
        terminal.write(_text(kind))
    else:
        for name, files in FILES.items():
            terminal.say(f"{terminal.styled(f'{name:<12}', 'bold')}{files}")
        terminal.say()
        terminal.say("sojourn schema KIND prints one; sojourn schema -o DIR writes all, for your editor")
    return GOOD


def _write_events(terminal: Terminal) -> int:
    from sojourn.cli.event_schema import workspace_schema
    from sojourn.cli.loading import load

    workspace = load(None, terminal).project.workspace
    terminal.write(json.dumps(workspace_schema(workspace), indent=2, ensure_ascii=False) + "\n")
    return GOOD


def _text(kind: str) -> str:
    from sojourn.domain.journey.schema import json_schema

    schema: dict[str, Any] = json_schema(kind)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _write_all(kinds: list[str], folder: str) -> None:
    from sojourn.cli.writing import cannot_write

    for kind in kinds:
        target = Path(folder) / _name(kind)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(_text(kind), encoding="utf-8", newline="")
        except (OSError, ValueError) as error:
            raise cannot_write(str(target), error) from error


def _tell_how(folder: str, terminal: Terminal) -> None:
    beside = Path("journeys", "welcome")
    line = os.path.relpath(Path(folder) / _name("journey"), beside)
    settings = {str(Path(folder) / _name(kind)): f"journeys/{files}" for kind, files in FILES.items()}
    terminal.say(f"wrote {folder}")
    terminal.say()
    terminal.say("An editor with yaml-language-server takes a schema from a file's first line. In")
    terminal.say(f"{beside / 'journey.yaml'} that is")
    terminal.say(f"  # yaml-language-server: $schema={line}")
    terminal.say("or for all files from its settings; in VS Code, with the YAML extension, they are")
    for row in json.dumps({"yaml.schemas": settings}, indent=2).splitlines():
        terminal.say(f"  {row}")


def _name(kind: str) -> str:
    return f"{kind}.schema.json"


COMMAND = Command(
    name="schema",
    summary="JSON Schemas of the files, for editors",
    description=(
        "Print the JSON Schema of a kind of file, or write all of them, so that an editor completes keys and\n"
        "underlines mistakes while you type; or, with --events, of what your applications report."
    ),
    examples=("sojourn schema journey", "sojourn schema -o schemas", "sojourn schema --events"),
    arguments=_arguments,
    run=_run,
)
