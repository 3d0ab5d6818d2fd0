"""Which journey a command is about: one by its name, or all of them, and never all by mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.cli.usage import UsageError

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.usage import Parser


def which_options(parser: Parser) -> None:
    """Add the arguments that say which."""
    parser.add_argument("journey", metavar="JOURNEY", nargs="?", help="the journey's name")
    parser.add_argument("--all", action="store_true", help="all journeys, instead of JOURNEY")


def which(arguments: argparse.Namespace, example: str) -> str:
    """Return the journey that is named, "" for all.

    Args:
        example: a call that says which.

    Raises:
        UsageError: neither is said, or both.
    """
    if bool(arguments.journey) == arguments.all:
        said = "say JOURNEY or --all, not both" if arguments.all else "say which journey, or --all"
        raise UsageError(said, f"for example: {example}")
    return arguments.journey or ""


def called(journey: str) -> str:
    """Return a journey's name as a sentence begins with it; `all journeys` for ""."""
    return journey or "all journeys"


def is_are(journey: str) -> str:
    """Return the verb that goes with it."""
    return "is" if journey else "are"
