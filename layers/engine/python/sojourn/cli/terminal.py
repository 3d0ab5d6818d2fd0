"""Where a command's answer goes: what a person or program asked for to one stream, everything about it to the other.

It knows streams and colours. It knows no journey and no finding.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Mapping

STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Terminal:
    """The two streams of a command.

    Args:
        out: takes the answer, and nothing but the answer.
        err: takes remarks, progress and what went wrong.
        environment: `NO_COLOR` (https://no-color.org) and `TERM=dumb` turn colours off.
    """

    def __init__(self, out: TextIO, err: TextIO, environment: Mapping[str, str]) -> None:
        self.out = out
        self.err = err
        self._plain = bool(environment.get("NO_COLOR")) or environment.get("TERM") == "dumb"

    @property
    def colour(self) -> bool:
        """Whether the answer may be coloured."""
        return self.out.isatty() and not self._plain

    @property
    def remarks_in_colour(self) -> bool:
        """Whether remarks may be coloured."""
        return self.err.isatty() and not self._plain

    def say(self, line: str = "") -> None:
        """Write one line of the answer."""
        self.out.write(line + "\n")

    def write(self, text: str) -> None:
        """Write text of the answer as it is."""
        self.out.write(text)

    def tell(self, line: str) -> None:
        """Write one line about the answer, past whatever reads the answer itself."""
        self.err.write(line + "\n")

    def styled(self, text: str, style: str) -> str:
        """Return *text* for the answer, in a style of `STYLES` where it may have one."""
        return paint(text, style) if self.colour else text

    def remark(self, text: str, style: str) -> str:
        """Return *text* for a remark, in a style of `STYLES` where it may have one."""
        return paint(text, style) if self.remarks_in_colour else text


def paint(text: str, style: str) -> str:
    """Return *text* in a style of `STYLES`, whatever reads it."""
    return f"\x1b[{STYLES[style]}m{text}\x1b[0m"


def visible(text: str) -> str:
    """Return *text* with control characters written out, so that no file can steer a terminal."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
