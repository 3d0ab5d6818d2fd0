"""What a command is. A new one is a module in `commands/` with a `COMMAND`, and its name in `main.NAMES`.

A module in `commands/` imports what is heavy (anything of `sojourn.domain` or `sojourn.local`) inside the function
that needs it: `--help` and wrong usage answer at once, and `check` does not wait for what only `simulate` uses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.cli.usage import Parser, UsageError, did_you_mean

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

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
        examples: calls that work in a folder with a workspace called `journeys`, where `deployed` also beside the
            deployment `dev` with a customer c-42, and a journey `spring-trip` for audiences; tests run every one.
        arguments: adds its arguments to a parser.
        run: does it; returns the exit status.
        deployed: it asks a deployment on AWS.
    """

    name: str
    summary: str
    description: str
    examples: tuple[str, ...]
    arguments: Callable[[Parser], None]
    run: Callable[[argparse.Namespace, Terminal], int]
    deployed: bool = False

    def parser(self) -> Parser:
        """Return what reads the command's arguments and answers `--help`."""
        epilog = "examples:\n" + "\n".join(f"  {example}" for example in self.examples)
        parser = Parser(f"sojourn {self.name}", self.description, epilog, self.examples[0])
        self.arguments(parser)
        return parser


@dataclass(frozen=True, slots=True)
class Group:
    """Commands under one word: `sojourn events put`, `sojourn events quarantine`.

    Args:
        commands: each is named by both words.
    """

    name: str
    summary: str
    commands: tuple[Command, ...]

    @property
    def examples(self) -> tuple[str, ...]:
        """All commands' examples."""
        return tuple(example for command in self.commands for example in command.examples)

    @property
    def deployed(self) -> bool:
        """Whether its commands ask a deployment on AWS."""
        return any(command.deployed for command in self.commands)

    def choose(self, arguments: Sequence[str]) -> tuple[Command, list[str]]:
        """Return the command that is asked for, and what is left of the arguments.

        Raises:
            UsageError: there is none of that name.
        """
        by_word = {command.name.partition(" ")[2]: command for command in self.commands}
        if not arguments:
            raise UsageError(
                f"sojourn {self.name} needs a word more: {', '.join(by_word)}",
                f"for example: {self.examples[0]}",
            )
        word, *rest = arguments
        if word not in by_word:
            near = did_you_mean(word.lower(), by_word, f"did you mean `sojourn {self.name} {{}}`?")
            raise UsageError(
                f'there is no command "{self.name} {word}"', near or f"there are: {', '.join(by_word)}"
            )
        return by_word[word], rest

    def overview(self) -> str:
        """Return what `--help` says."""
        lines = "\n".join(f"  {command.name:<22}{command.summary}" for command in self.commands)
        examples = "\n".join(f"  {example}" for example in self.examples)
        return (
            f"usage: sojourn {self.name} COMMAND ...\n\n{self.summary}\n\ncommands:\n{lines}\n\n"
            f"  sojourn {self.name} COMMAND --help shows what a command takes\n\nexamples:\n{examples}\n"
        )
