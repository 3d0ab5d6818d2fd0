"""One line that says how far long work has come, how fast it goes and how long it will take.

It is drawn only on a terminal, over itself, and leaves nothing behind. It knows no work.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from sojourn.cli.terminal import Terminal

_WIDTH = 24
_SECONDS_BETWEEN = 0.1
_CLEAR = "\r\x1b[2K"


class Progress:
    """A progress bar on the stream of remarks, none where that is no terminal.

    Args:
        total: how many units the work has.
        unit: what they are, in the plural.
        clock: seconds that never go back.
        about: whether nobody knows the total better than about.
    """

    def __init__(
        self, terminal: Terminal, total: int, unit: str, clock: Callable[[], float] = time.monotonic, *,
        about: bool = False,
    ) -> None:  # fmt: skip
        self._stream = terminal.err if terminal.err.isatty() else None
        self._shared = self._stream is not None and terminal.out.isatty()
        self._total = max(total, 1)
        self._unit = unit
        self._about = about
        self._clock = clock
        self._began = clock()
        self._drawn = self._began - _SECONDS_BETWEEN
        self._done = 0

    def __enter__(self) -> Self:
        self.reach(0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.clear()

    def reach(self, done: int) -> None:
        """Say that *done* units of the total are done."""
        self._done = done
        now = self._clock()
        if self._stream is not None and now - self._drawn >= _SECONDS_BETWEEN:
            self._drawn = now
            self._stream.write(_CLEAR + self.line())
            self._stream.flush()

    def advance(self) -> None:
        """Say that one more unit is done."""
        self.reach(self._done + 1)

    def make_room(self) -> None:
        """Take the bar away for a line of the answer, where both share a terminal."""
        if self._shared:
            self.clear()

    def clear(self) -> None:
        """Take the bar away."""
        if self._stream is not None:
            self._stream.write(_CLEAR)
            self._stream.flush()
            self._drawn = self._clock() - _SECONDS_BETWEEN

    def line(self) -> str:
        """Return the bar as it stands, at most 79 characters."""
        share = min(self._done / self._total, 1.0)
        seconds = max(self._clock() - self._began, 1e-9)
        rate = self._done / seconds
        full = round(share * _WIDTH)
        bar = "━" * full + "─" * (_WIDTH - full)
        left = (
            f", {_time((self._total - self._done) / rate)} left" if rate and self._done < self._total else ""
        )
        pace = f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"
        total = f"about {max(self._total, self._done):,}" if self._about else f"{self._total:,}"
        return f"{bar} {share:4.0%} {self._done:,} of {total} {self._unit}, {pace}/s{left}"[:79]


def _time(seconds: float) -> str:
    minutes, rest = divmod(int(seconds + 0.5), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"
