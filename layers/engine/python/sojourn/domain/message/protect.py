"""Hides Liquid behind plain words while other tools work on a text, and brings it back afterwards.

MJML and HTML tools would escape, split or refuse `{{ a | default: "b" }}`; a word like `lq0007z` they leave alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sojourn.domain.message.marks import Mark


@dataclass(frozen=True)
class Protected:
    """A text whose marks are words, and what each word stands for."""

    text: str
    source: str
    marks: tuple[Mark, ...]
    prefix: str

    def restore(self, text: str) -> str:
        """Return *text* with every word replaced by the Liquid it stands for."""
        return self._words.sub(self._original, text)

    def restore_plain(self, text: str) -> str:
        """Restore in plain text: a line that held nothing but tags leaves no empty line behind."""
        alone = re.compile(rf"^[ ]*((?:{self._words.pattern}[ ]*)+)\n+", re.MULTILINE)
        return self.restore(alone.sub(self._joined, text))

    def lost(self, text: str) -> tuple[Mark, ...]:
        """Return the marks whose words *text* does not contain."""
        kept = {int(match.group(1)) for match in self._words.finditer(text)}
        return tuple(mark for index, mark in enumerate(self.marks) if index not in kept)

    def origin(self, position: int) -> int:
        """Return where the character at *position* of the protected text stands in the source."""
        shift = 0
        for index, mark in enumerate(self.marks):
            word = len(self._word(index))
            if position < mark.start + shift:
                break
            if position < mark.start + shift + word:
                return mark.start
            shift += word - (mark.end - mark.start)
        return min(max(position - shift, 0), len(self.source))

    def place(self, offset: int) -> int:
        """Return where the character at *offset* of the source, outside of all marks, stands in the protected text."""
        before = (pair for pair in enumerate(self.marks) if pair[1].end <= offset)
        return offset + sum(len(self._word(index)) - (mark.end - mark.start) for index, mark in before)

    @property
    def _words(self) -> re.Pattern[str]:
        return re.compile(rf"{self.prefix}(\d+)z")

    def _word(self, index: int) -> str:
        return f"{self.prefix}{index}z"

    def _original(self, match: re.Match[str]) -> str:
        mark = self.marks[int(match.group(1))]
        return self.source[mark.start : mark.end]

    def _joined(self, match: re.Match[str]) -> str:
        words = [int(word.group(1)) for word in self._words.finditer(match.group())]
        silent = all(self.marks[index].kind in ("tag", "comment") for index in words)
        return match.group(1) if silent else match.group()


def protect(source: str, marks: tuple[Mark, ...]) -> Protected:
    """Return *source* with each of *marks* replaced by a word that occurs nowhere else in it."""
    prefix = "lq"
    while prefix in source:
        prefix += "q"
    parts, position = [], 0
    for index, mark in enumerate(marks):
        parts += [source[position : mark.start], f"{prefix}{index}z"]
        position = mark.end
    return Protected("".join([*parts, source[position:]]), source, marks, prefix)


MASK = "\ue000"
"""A character of Unicode's private use, which stands for Liquid in a masked text and for nothing else."""


def mask(source: str, marks: tuple[Mark, ...]) -> str:
    """Return *source* with each mark overwritten by as many `MASK`, so that positions stay what they are."""
    parts, position = [], 0
    for mark in marks:
        parts += [source[position : mark.start], MASK * (mark.end - mark.start)]
        position = mark.end
    return "".join([*parts, source[position:]])
