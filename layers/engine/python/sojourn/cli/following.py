"""Waits for an operation, with a line on a terminal that says how far it is. It knows no single kind of them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

from sojourn.application.publishing import QUEUED, WAITING, Operation
from sojourn.cli.progress import Progress
from sojourn.cli.render.movement import MOVEMENTS, doing_besides, noted

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.cli.terminal import Terminal

SOON, LATER = 0.5, 2.0
"""Seconds between two looks: at first, and once it takes longer."""
AT_FIRST = 10
"""Looks."""
LONG = 60.0
"""Seconds after which it is said that nobody has taken an operation up."""
UNITS = {
    "publish": "state machines",
    "rollback": "state machines",
    "resume": "customers",
    "stop": "customers",
    "migrate": "customers",
    "audience": "rows",
}
_CLEAR = "\r\x1b[2K"


def followed(
    look: Callable[[str], Operation | None], operation: Operation, terminal: Terminal, stated: str,
    sleep: Callable[[float], None] = time.sleep,
) -> Operation:  # fmt: skip
    """Return an operation once it is over, or waits for somebody: to approve it, or to resume the journey.

    Args:
        look: returns an operation as it is now.
        stated: how a command names the deployment, with a space before it.
        sleep: waits so many seconds.

    Raises:
        KeyboardInterrupt: whoever waited has enough; it is said that the operation goes on.
    """
    with _Shown(terminal) as shown:
        said = _Said(terminal, shown)
        waited, looks, told = 0.0, 0, False
        try:
            while not _rests(operation):
                operation = look(operation.id) or operation
                if _rests(operation):
                    break
                said.tell(operation)
                shown.show(operation)
                if operation.state == QUEUED and waited > LONG and not told:
                    told = True
                    shown.clear()
                    terminal.tell(
                        f"note: nobody has taken it up for {waited:.0f} seconds; operators find out why in"
                        " docs/operations.md"
                    )
                pause = SOON if looks < AT_FIRST else LATER
                sleep(pause)
                waited, looks = waited + pause, looks + 1
        except KeyboardInterrupt:
            shown.clear()
            terminal.tell(
                f"it goes on without you: `sojourn operations {operation.id}{stated}` shows how far it is"
            )
            raise
    return operation


def _rests(operation: Operation) -> bool:
    return operation.is_over or operation.state == WAITING or bool(operation.waits_for)


class _Said:
    """What whoever waits is told on the way, each once."""

    def __init__(self, terminal: Terminal, shown: _Shown) -> None:
        self._terminal = terminal
        self._shown = shown
        self._told = {""}

    def tell(self, operation: Operation) -> None:
        if (line := noted(operation)) not in self._told:
            self._told.add(line)
            self._shown.clear()
            self._terminal.tell(line)


class _Shown:
    """The line; nothing where remarks go to no terminal."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._bar: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def show(self, operation: Operation) -> None:
        if doing := doing_besides(operation):
            self._write(f"{doing} …")
        elif operation.total:
            if self._bar is None:
                self.clear()
                unit = UNITS.get(operation.kind, "done")
                about = operation.kind in MOVEMENTS
                self._bar = Progress(self._terminal, operation.total, unit, about=about)
            self._bar.reach(operation.done)
        else:
            doing = "waiting for its turn …" if operation.state == QUEUED else "working …"
            self._write(doing + (f" {operation.done:,} done" if operation.done else ""))

    def _write(self, line: str) -> None:
        if self._terminal.err.isatty():
            self._terminal.err.write(f"{_CLEAR}{line}")
            self._terminal.err.flush()

    def clear(self) -> None:
        if self._terminal.err.isatty():
            self._terminal.err.write(_CLEAR)
            self._terminal.err.flush()
