"""Asks before something is done that others will notice, or that cannot be undone. It knows not what."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sojourn.cli.terminal import visible
from sojourn.cli.usage import UsageError

if TYPE_CHECKING:
    from sojourn.cli.terminal import Terminal


NOBODY_ASKED = "nobody_asked"


def confirmed(question: str, word: str, terminal: Terminal) -> bool:
    """Ask somebody to type *word*, and say whether they did.

    Raises:
        UsageError: nobody is there to be asked.
    """
    if not sys.stdin or not sys.stdin.isatty():
        raise UsageError(
            "this cannot be undone, and nobody can be asked here: the input is no terminal",
            "--yes does it without asking",
            code=NOBODY_ASKED,
        )
    terminal.tell(visible(question))
    terminal.err.write(f"Type {visible(word)} to go on: ")
    terminal.err.flush()
    if sys.stdin.readline().strip() == word:
        return True
    terminal.tell("nothing was done")
    return False


def agreed(question: str, terminal: Terminal) -> bool:
    """Ask a question that yes or no answers, and say whether the answer was yes; no answer is a no.

    Raises:
        UsageError: nobody is there to be asked.
    """
    if not sys.stdin or not sys.stdin.isatty():
        raise UsageError(
            "nobody can be asked here whether to do this: the input is no terminal",
            "--yes does it without asking",
            code=NOBODY_ASKED,
        )
    terminal.err.write(f"{visible(question)} [y/N] ")
    terminal.err.flush()
    if sys.stdin.readline().strip().lower() in ("y", "yes"):
        return True
    terminal.tell("nothing was done")
    return False
