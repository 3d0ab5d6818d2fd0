"""How long each SMS is, as a table of plain text: its encoding, characters and parts, per message and locale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.cli.terminal import visible
from sojourn.domain.journey.contents import content_of
from sojourn.domain.message.sms_length import sms_length

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.cli.loading import Loaded

_HEAD = ("SMS", "locale", "encoding", "characters", "parts")


def sms_table(loaded: Loaded) -> str:
    """Return the table of the SMS in the part of a workspace that was asked about, or a line that there is none."""
    rows = list(_rows(loaded))
    if not rows:
        return "no SMS\n"
    widths = [max(len(row[column]) for row in (_HEAD, *rows)) for column in range(len(_HEAD))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in (_HEAD, *rows)
    ]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _rows(loaded: Loaded) -> Iterator[tuple[str, ...]]:
    for folder in loaded.project.journeys.values():
        for name, message in folder.messages.items():
            if not loaded.place.covers(message.file):
                continue
            for template in content_of(loaded.project, message).templates:
                if template.channel == "sms":
                    length = sms_length(template.text)
                    least = "" if length.certain else "at least "
                    numbers = (f"{least}{length.characters:,}", f"{least}{length.segments:,}")
                    yield (
                        visible(f"{folder.journey.journey}/{name}"),
                        template.locale,
                        length.encoding,
                        *numbers,
                    )
