"""What a command is. A new one is a module in `commands/` with a `COMMAND`, and its name in `main.NAMES`.

A module in `commands/` imports what is heavy (anything of `sojourn.domain` or `sojourn.local`) inside the function
that needs it: `--help` and wrong usage answer at once, and `check` does not wait for what only `simulate` uses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.cli.usage import Parser

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from sojourn.cli.terminal import Terminal

GOOD = 0
FOUND = 1
"""Findings or failures: the files are wrong, the command is not."""
WRONG_USAGE = 2


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    Args:
        summary: one line of the list of commands.
        description: what it does, for `--help`.
        examples: calls that work in a folder with a workspace called `journeys`; tests run every one.
        arguments: adds its arguments to a parser.
        run: does it; returns the exit status.
    """

    name: str
    summary: str
    description: str
    examples: tuple[str, ...]
    arguments: Callable[[Parser], None]
    run: Callable[[argparse.Namespace, Terminal], int]

    def parser(self) -> Parser:
        """Return what reads the command's arguments and answers `--help`."""
        epilog = "examples:\n" + "\n".join(f"  {example}" for example in self.examples)
        parser = Parser(f"sojourn {self.name}", self.description, epilog, self.examples[0])
        self.arguments(parser)
        return parser
