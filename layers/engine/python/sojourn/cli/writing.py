"""Writes a command's answer to a file, where the answer is wanted there. It knows no answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.cli.usage import UsageError

if TYPE_CHECKING:
    from sojourn.cli.terminal import Terminal

STANDARD_OUTPUT = "-"


def write(text: str, target: str | None, terminal: Terminal) -> None:
    """Write *text* to the file *target*, or as the answer where there is none or it is `-`.

    Raises:
        UsageError: the file cannot be written.
    """
    if target is None or target == STANDARD_OUTPUT:
        terminal.write(text)
        return
    path = Path(target)
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except (OSError, ValueError) as error:
        raise cannot_write(target, error) from error


def cannot_write(target: str, error: Exception) -> UsageError:
    """Return why a file cannot be written, in words."""
    folder = Path(target).parent
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    hint = f"there is no folder {folder}: mkdir -p {folder}" if isinstance(error, FileNotFoundError) else ""
    return UsageError(f"{target} cannot be written: {reason}", hint)


def ensure_writable(*targets: str | None) -> None:
    """Find out before long work whether its result can be written.

    Raises:
        UsageError: one of the files cannot be written.
    """
    for target in targets:
        if target is None or target == STANDARD_OUTPUT:
            continue
        path = Path(target)
        was_there = path.exists()
        try:
            with path.open("ab"):
                pass
            if not was_there:
                path.unlink()
        except (OSError, ValueError) as error:
            raise cannot_write(target, error) from error
