"""The option that says why something is done to customers' data or keys. It knows no command."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sojourn.cli.usage import Parser


def reason_option(parser: Parser) -> None:
    """Add the option."""
    parser.add_argument(
        "--reason", metavar="TEXT", help="why, for whoever reads the history: it stays there for good, so name nobody"
    )  # fmt: skip
