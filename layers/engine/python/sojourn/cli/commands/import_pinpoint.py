"""`sojourn import pinpoint`: a workspace from journeys, segments and templates that Amazon Pinpoint exported."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.terminal import visible
from sojourn.cli.usage import UsageError

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser

REPORT = "IMPORT.md"
_STANDARD_INPUT = "-"


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "files", metavar="FILE", nargs="*",
        help="what `aws pinpoint get-journey`, `list-journeys`, `get-segments`, `get-email-template` and its siblings "
        "answered, as JSON; - for the standard input",
    )  # fmt: skip
    parser.add_argument("--out", metavar="DIR", help="the folder of the workspace (default: journeys)")
    parser.add_argument("--force", action="store_true", help="write over files that are there already")
    parser.add_argument(
        "--from", metavar="ADDRESS", dest="sender", default="",
        help='who emails come from where the export does not say: "Acme <hello@acme.example>"',
    )  # fmt: skip
    parser.add_argument(
        "--pool", metavar="POOL", default="", help="the pool that SMS come from where the export does not say"
    )
    parser.add_argument("--json", action="store_true", help="the report as JSON")
    parser.add_argument(
        "--example", metavar="FILE", help="write an export to try this with, and do nothing else"
    )


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    if arguments.example is not None:
        return _write_example(arguments, terminal)
    if not arguments.files:
        raise UsageError(
            "sojourn import pinpoint needs FILE", f"for example: {COMMAND.examples[1]}",
            "`sojourn import pinpoint --example FILE` writes an export to try it with",
        )  # fmt: skip
    from sojourn.cli.commands.new import workspace_name
    from sojourn.cli.loading import errors_in
    from sojourn.cli.workspace import DEFAULT
    from sojourn.domain.journey.checking import check
    from sojourn.domain.journey.project import read_project
    from sojourn.pinpoint.contract import ContractMissingError
    from sojourn.pinpoint.importing import Asked, import_exports
    from sojourn.pinpoint.outcome import Outcome
    from sojourn.pinpoint.report import as_json, in_words, markdown, refused

    folder = Path(arguments.out or DEFAULT)
    content = {file: _read(file) for file in dict.fromkeys(arguments.files)}
    name = workspace_name(folder.absolute().name)
    try:
        imported = import_exports(content, Asked(name, arguments.sender, arguments.pool))
    except ContractMissingError as missing:
        raise UsageError(
            f"{missing}: its description of Pinpoint says what an export may hold",
            'install one that has it: pip install "sojourn[cli]"',
        ) from missing
    if imported.problems:
        if arguments.json:
            terminal.say(_json(refused(imported.problems)))
        else:
            terminal.err.write(visible(in_words(imported.problems)))
        terminal.tell("nothing was imported")
        return FOUND
    findings = check(read_project({path: text.encode() for path, text in imported.files.items()}))
    report = markdown(imported.rows, findings)
    _write(folder, imported.files | {REPORT: report}, force=arguments.force)
    if arguments.json:
        terminal.say(_json(as_json(imported.rows, findings, [*imported.files, REPORT])))
    else:
        terminal.write(visible(report))
    terminal.tell(f"wrote {len(imported.files) + 1} files to {folder}; this report is {folder / REPORT}")
    lost = any(row.outcome is Outcome.LOST for row in imported.rows)
    return FOUND if lost or errors_in(findings) else GOOD


def _read(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == _STANDARD_INPUT else Path(file).read_bytes()
    except IsADirectoryError:
        raise UsageError(f"{file} is a folder", f"name the files in it: {Path(file) / '*.json'}") from None
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UsageError(f"{file} cannot be read: {reason}") from error


def _write(folder: Path, files: dict[str, str], *, force: bool) -> None:
    """Write the files of a workspace; none of them where one is there already.

    Raises:
        UsageError: one is there, or cannot be written.
    """
    there = [str(folder / path) for path in files if (folder / path).is_symlink() or (folder / path).exists()]
    if there and not force:
        more = f", and {len(there) - 1} more files" if len(there) > 1 else ""
        raise UsageError(
            f"{there[0]} is there already{more}, and nothing is written over",
            "name another folder: --out DIR", "or write over them: --force",
        )  # fmt: skip
    try:
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            with (folder / path).open("w" if force else "x", encoding="utf-8", newline="") as file:
                file.write(text)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UsageError(f"{folder} cannot be written: {reason}") from error


def _write_example(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from importlib.resources import files

    if arguments.files:
        raise UsageError("--example writes an export, and imports none", "leave the other files out")
    text = (files("sojourn.pinpoint") / "example.json").read_text(encoding="utf-8")
    target = Path(arguments.example)
    _write(target.parent, {target.name: text}, force=arguments.force)
    terminal.say(f"wrote {target}: a journey, a segment and three templates")
    terminal.say(f"next: sojourn import pinpoint {target} --out imported")
    return GOOD


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


COMMAND = Command(
    name="import pinpoint",
    summary="journeys, segments and templates of Amazon Pinpoint",
    description=(
        "Make a workspace from journeys, segments and templates that Amazon Pinpoint exported as JSON, and report for\n"
        "each part what became of it: same, same with a note, or not expressible. The report is kept as IMPORT.md in\n"
        "the workspace. An export in which something is wrong is refused, and nothing is written. Exit status 1 where\n"
        "it was refused, where something is not expressible, or where `sojourn check` finds errors."
    ),
    examples=(
        "sojourn import pinpoint --example welcome.json",
        "sojourn import pinpoint welcome.json --out imported",
        "sojourn import pinpoint welcome.json --out imported --force --json",
    ),
    arguments=_arguments,
    run=_run,
)
