"""How long an SMS will be, as far as its template tells: what a customer's values add is not known yet.

Also finds the characters that cost money for nothing: a typographic quote makes the whole text UCS-2, of which
fewer than half as many characters fit in an SMS.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from sojourn.domain.message.marks import Mark, scan
from sojourn.domain.message.sms import Segments, in_gsm_7, sms_segments

VALUE = 20
"""Characters that a value is taken to have where two ways to write a text are compared."""
_INSTEAD = {
    **dict.fromkeys("‘’‚‛′´`", "'"), **dict.fromkeys("“”„‟″«»", '"'), "‹": "<", "›": ">",
    **dict.fromkeys("‐‑‒–—―−", "-"), "…": "...", **dict.fromkeys("•·●▪", "*"), "×": "x", "™": "TM",
    **dict.fromkeys("\t\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f", " "),
    **dict.fromkeys("\u00ad\u200b\u2060\ufeff", ""),
}  # fmt: skip
"""What reads the same in GSM-7; of letters and emoji nothing does."""
_RAW = re.compile(r"\{%-?\s*raw\s*-?%\}(.*)\{%-?\s*endraw\s*-?%\}", re.DOTALL)
_BLOCKS = ("if", "unless", "case", "for", "capture")
_BRANCHES = ("else", "elsif", "when")


class SmsLength(NamedTuple):
    """How a text is sent: at least so; exactly so where it is `certain`.

    Args:
        characters: in units of the encoding; `written` counts what is written, whatever it takes on the air.
    """

    encoding: str
    characters: int
    segments: int
    written: int
    certain: bool


class Costly(NamedTuple):
    """The first character that makes a text dear, and what reads the same without.

    Args:
        others: the further characters of that kind, each once.
        dear, cheap: how the text is sent with and without them; values of customers are guessed at.
    """

    offset: int
    character: str
    instead: str
    others: str
    dear: Segments
    cheap: Segments


def sms_length(template: str) -> SmsLength:
    """Return how the SMS *template* is sent at least: of branches the shortest counts, of values nothing."""
    marks, problems = scan(template)
    if problems:
        marks = ()
    least = _least(template, marks)
    certain = all(mark.kind in ("raw", "comment") for mark in marks)
    return SmsLength(*sms_segments(least), written=len(least), certain=certain)


def costly_character(template: str) -> Costly | None:
    """Return what makes *template* take more SMS than it would if it were written in GSM-7, which it could be."""
    marks, problems = scan(template)
    if problems:
        return None
    found = [
        (offset, character)
        for start, text in _texts(template, marks)
        for offset, character in enumerate(text, start)
        if not in_gsm_7(character)
    ]
    if not found or any(character not in _INSTEAD for _, character in found):
        return None
    text = "".join(part for _, part in _texts(template, marks))
    text += "x" * VALUE * sum(mark.kind == "output" for mark in marks)
    dear, cheap = sms_segments(text), sms_segments("".join(_INSTEAD.get(one, one) for one in text))
    if dear.segments <= cheap.segments:
        return None
    offset, character = found[0]
    others = "".join(dict.fromkeys(one for _, one in found if one != character))
    return Costly(offset, character, _INSTEAD[character], others, dear, cheap)


def instead_of(characters: str) -> str:
    """Return what to write for some costly characters, in words: `“ as ", … as ...`."""
    return ", ".join(f"{_named(one)} as {_INSTEAD[one] or 'nothing'}" for one in characters)


def _named(character: str) -> str:
    return character if character.isprintable() else f"U+{ord(character):04X}"


def _texts(template: str, marks: tuple[Mark, ...]) -> list[tuple[int, str]]:
    """Return what is written outside of Liquid, each part with where it begins."""
    parts, position = [], 0
    for mark in marks:
        parts.append((position, template[position : mark.start]))
        if mark.kind == "raw" and (inner := _RAW.match(template, mark.start, mark.end)):
            parts.append((inner.start(1), inner[1]))
        position = mark.end
    return [*parts, (position, template[position:])]


class _Block:
    """A block that is read: its finished branches, and the text of the one that is read now."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.branches: list[str] = []
        self.text = ""
        self._complete = False
        self._begun = name != "case"  # what stands before the first `when` is never shown

    def next(self, branch: str) -> None:
        """Finish a branch, at the tag that begins another or ends the block."""
        if self._begun:
            self.branches.append(self.text)
        self.text, self._begun = "", True
        self._complete = self._complete or branch == "else"

    @property
    def least(self) -> int:
        """How many characters come out of it in any case."""
        return min(map(len, self.branches)) if self._complete and self.name != "capture" else 0


def _least(template: str, marks: tuple[Mark, ...]) -> str:
    """Return the text that comes out in any case; `x` stands for a character of which only its being there is sure."""
    blocks, position, trim = [_Block()], 0, False
    for mark in marks:
        _write(blocks[-1], template[position : mark.start], trim, template.startswith("-", mark.start + 2))
        position, trim = mark.end, template.startswith("-", mark.end - 3)
        if mark.kind == "raw":
            inner = _RAW.match(template, mark.start, mark.end)
            blocks[-1].text += inner[1] if inner else ""
        elif mark.name in _BLOCKS:
            blocks.append(_Block(mark.name))
        elif mark.name in _BRANCHES:
            blocks[-1].next(mark.name)
        elif mark.name.startswith("end"):
            done = blocks.pop()
            done.next(mark.name)
            blocks[-1].text += "x" * done.least
    _write(blocks[-1], template[position:], trim, False)
    return blocks[0].text


def _write(block: _Block, text: str, trim_before: bool, trim_after: bool) -> None:
    text = text.lstrip() if trim_before else text
    block.text = (block.text + text).rstrip() if trim_after else block.text + text
