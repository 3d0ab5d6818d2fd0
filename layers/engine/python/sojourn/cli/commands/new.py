"""`sojourn new`: a small workspace to begin with, which passes `check` and `test` as it is."""

from __future__ import annotations

import json
import re
import shlex
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.cli.command import GOOD, Command
from sojourn.cli.usage import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser

_NAME_LINE = "workspace: starter"
_LONGEST_NAME = 60


def _arguments(parser: Parser) -> None:
    parser.add_argument("folder", metavar="DIR", help="the folder to make; it must not hold anything yet")
    parser.add_argument("--json", action="store_true", help="the answer as JSON")


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from importlib.resources import files

    folder = Path(arguments.folder)
    made: list[str] = []
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(
                f"{folder} is there already, and nothing is written over",
                "name a folder that does not exist yet",
            )
        name = workspace_name(folder.absolute().name)
        for path, content in _starter(files("sojourn.cli") / "starter"):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("x", encoding="utf-8", newline="") as file:
                file.write(content.replace(_NAME_LINE, f"workspace: {name}", 1))
            made.append(path)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UsageError(f"{arguments.folder} cannot be made: {reason}") from error
    if arguments.json:
        terminal.say(json.dumps({"folder": str(folder), "workspace": name, "files": made}, indent=2))
    else:
        _say_what_next(folder, made, terminal)
    return GOOD


def workspace_name(text: str) -> str:
    """Return a folder's name as a workspace may be called: `Müller & Söhne 2` becomes `muller-sohne-2`."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
    name = words if words[:1].isalpha() else f"shop-{words}".strip("-")
    return name[:_LONGEST_NAME].rstrip("-")


def _starter(folder: Traversable, at: str = "") -> Iterator[tuple[str, str]]:
    """Yield path and text of every file of the workspace that is shipped with the command."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _starter(entry, f"{at}{entry.name}/")
        else:
            yield f"{at}{entry.name}", entry.read_text(encoding="utf-8")


def _say_what_next(folder: Path, made: list[str], terminal: Terminal) -> None:
    shown = shlex.quote(str(folder))
    where = "" if str(folder) == "journeys" else f" {shown}"
    terminal.say(f"made a workspace in {folder}:")
    for path in made:
        terminal.say(f"  {folder / path}")
    terminal.say()
    terminal.say("next:")
    for call, why in (
        (f"sojourn check{where}", "says what is wrong; nothing yet"),
        (f"sojourn test{where}", "plays the scenarios"),
        (f"sojourn simulate{where}", "lets 1,000 customers live with it"),
    ):
        terminal.say(f"  {terminal.styled(f'{call:<34}', 'bold')} {why}")
    terminal.say(f"then change {folder / 'welcome' / 'journey.yaml'}")
    terminal.say("(`sojourn schema -o schemas` lets your editor complete and underline while you type)")


COMMAND = Command(
    name="new",
    summary="make a small workspace to begin with",
    description="Make a small workspace to begin with: one journey, its message and two scenarios. It passes\n"
    "`sojourn check` and `sojourn test` as it is. Nothing is ever written over.",
    examples=("sojourn new shop", "sojourn new marketing/journeys", "sojourn new other-shop --json"),
    arguments=_arguments,
    run=_run,
)
