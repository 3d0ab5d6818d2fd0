"""Wrong usage: what was typed, and what to type instead. It knows arguments, not what the commands do with them."""

from __future__ import annotations

import argparse
import difflib
import re
from typing import TYPE_CHECKING, NoReturn

from sojourn.errors import SojournError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_PACE = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,3})?")


class UsageError(Exception):
    """Nothing can be done with what was typed; `hints` say what to type instead. The command exits with 2.

    Args:
        code: one word for programs.
    """

    def __init__(self, message: str, *hints: str, code: str = "wrong_usage") -> None:
        super().__init__(message)
        self.hints = tuple(hint for hint in hints if hint)
        self.code = code


class NotThere(SojournError):
    """What is asked for is not there; `hints` say what there is. The command exits with 1.

    Args:
        code: one word for programs, such as `no_journey`.
    """

    def __init__(self, code: str, message: str, *hints: str) -> None:
        super().__init__(message)
        self.hints = tuple(hint for hint in hints if hint)
        self.code = code


class Parser(argparse.ArgumentParser):
    """Reads the arguments of one command; what is wrong is raised, so that `main` can say it in one form.

    Args:
        example: one call that works, shown where required arguments are missing.
    """

    def __init__(self, prog: str, description: str, epilog: str, example: str) -> None:
        super().__init__(
            prog=prog, description=description, epilog=epilog, allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )  # fmt: skip
        self.example = example

    def parse(self, arguments: Sequence[str]) -> argparse.Namespace:
        """Read *arguments*.

        Raises:
            UsageError: they are not what the command takes.
            SystemExit: `--help` was among them and has been answered.
        """
        found, extra = self.parse_known_args(arguments)
        if not extra:
            return found
        first = extra[0]
        if not first.startswith("-"):
            raise UsageError(
                f'"{first}" is one argument too many', self._help(), f"for example: {self.example}"
            )
        known = [option for option in self._option_string_actions if option.startswith("--")]
        option = first.partition("=")[0]
        raise UsageError(
            f"{self.prog} has no option {option}",
            did_you_mean(option, known, "did you mean {}?"),
            self._help(),
        )

    def error(self, message: str) -> NoReturn:
        """Raise what argparse found wrong."""
        missing = message.removeprefix("the following arguments are required: ")
        said = f"{self.prog} needs {missing}" if missing != message else message.removeprefix("argument ")
        raise UsageError(said, f"for example: {self.example}", self._help())

    def _help(self) -> str:
        return f"`{self.prog} --help` shows what it takes"


def did_you_mean(word: str, known: Iterable[str], form: str) -> str:
    """Return *form* with the known word nearest to *word* put in; nothing where none is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return form.format(near[0]) if near else ""


def near_or_all(word: str, known: Iterable[str]) -> str:
    """Return what may have been meant by *word*: the nearest of what there is, else all of it, the first dozen."""
    names = list(known)
    few = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    return did_you_mean(word, names, "did you mean {}?") or (f"there are: {few}" if names else "")


def one_of(*words: str) -> Callable[[str], str]:
    """Return a reader of arguments that takes only *words*."""

    def read(text: str) -> str:
        if text in words:
            return text
        raise argparse.ArgumentTypeError(f'"{text}" is none of {", ".join(words)}')

    return read


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of arguments that takes whole numbers from *least* to *most*: `10000`, `10,000`, `10_000`."""

    def read(text: str) -> int:
        digits = text.replace(",", "").replace("_", "")
        if (
            not digits.removeprefix("-").isascii()
            or not digits.removeprefix("-").isdigit()
            or len(digits) > 20
        ):
            raise argparse.ArgumentTypeError(f'"{text}" is no whole number')
        number = int(digits)
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"{number:,} is not between {least:,} and {most:,}")
        return number

    return read


def dollars(text: str) -> float:
    """Read a price in dollars, as an argument's type."""
    try:
        price = float(text)
    except ValueError:
        price = -1.0
    if not 0 <= price < 1_000:
        raise argparse.ArgumentTypeError(f'"{text}" is no price: write 0.0075')
    return price


def a_second(text: str) -> float:
    """Read how many customers a second are to come, as an argument's type."""
    # Imported here: few commands ask for it.
    from sojourn.application.pacing import FASTEST, SLOWEST

    if not _PACE.fullmatch(text) or not SLOWEST <= float(text) <= FASTEST:
        raise argparse.ArgumentTypeError(
            f'"{text}": write customers a second, from {SLOWEST:g} to {FASTEST:g}'
        )
    return float(text)


def some_text(text: str) -> str:
    """Read an argument that must say something."""
    if not text.strip():
        raise argparse.ArgumentTypeError("say something: others will read it")
    return text.strip()
