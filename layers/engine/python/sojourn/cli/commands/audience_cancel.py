"""`sojourn audience cancel`: let nobody more of an audience enter. It is `sojourn cancel`, where one looks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.cli.command import Command
from sojourn.cli.commands.cancel import arguments_of, run

if TYPE_CHECKING:
    from sojourn.cli.usage import Parser


def _arguments(parser: Parser) -> None:
    arguments_of(parser, "of the audience; `sojourn audience status` lists them")


COMMAND = Command(
    name="audience cancel",
    summary="let nobody more of an audience enter",
    description=(
        "Cancel an audience: nobody more enters, within seconds. Whoever entered stays in the journey (`sojourn stop`\n"
        "is for those). It can be gone on with later. `sojourn cancel` does the same."
    ),
    examples=('sojourn audience cancel 20260301T084500000Z-d4e5f6 --reason "The wrong file"',),
    arguments=_arguments,
    run=run,
    deployed=True,
)
