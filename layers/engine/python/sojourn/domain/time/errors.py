"""What can be wrong with a time somebody wrote, in that person's words.

    ValueError
    └── TimeError            a text is no time, window, schedule or date
        └── DurationError    a text is no duration
    LookupError
    └── MissingTime          a wait is for a value the customer or entry does not have

The rules turn the first two into findings, the use cases turn the last into a reason; so they carry parts,
not one finished sentence. This module knows neither.
"""

from __future__ import annotations

LONGEST_TEXT = 200
"""No time anyone means is longer; a longer text is refused before any pattern sees it."""

_LONGEST_QUOTE = 40


class TimeError(ValueError):
    """A text does not say a time; `message` quotes it and says what is wrong, `help` what to write."""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(f"{message}: {advice}" if advice else message)
        self.message = message
        self.help = advice


class DurationError(TimeError):
    """A text does not say a length of time."""


class MissingTime(LookupError):
    """A wait is for the time at `path`, and there is nothing at `path`."""

    def __init__(self, path: tuple[str, ...]) -> None:
        super().__init__(f'there is no time at "{".".join(path)}"')
        self.path = path


def quoted(text: str) -> str:
    """Return *text* as a message may show it: in quotes, on one line, cut when long."""
    shown = text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1] + "…"
    return '"' + "".join(c if c.isprintable() else "?" for c in shown) + '"'


def checked(text: str, error: type[TimeError], advice: str) -> str:
    """Return *text* trimmed, or raise *error* where it cannot be a time at all.

    Digits of other scripts are refused here, because Python's own number parsing would take them.
    """
    if len(text) > LONGEST_TEXT:
        raise error(f"{quoted(text)} is too long to be a time", advice)
    trimmed = text.strip()
    if not trimmed:
        raise error("the text is empty", advice)
    if not trimmed.isascii():
        odd = next(c for c in trimmed if not c.isascii())
        raise error(f"{quoted(text)} contains {quoted(odd)}, which is no plain letter, digit or sign", advice)
    return trimmed
