"""Finds `{{ … }}` and `{% … %}` in a text, in one linear pass, and says where they are not well formed.

python-liquid's own lexer searches to the end of the text again for every delimiter that is never closed, so a
text must pass here before it may go there. Expressions inside the marks are not looked at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from sojourn.domain.message.limits import (
    MAX_BLANKS,
    MAX_LIQUID,
    MAX_MARK,
    MAX_MARKS,
    MAX_NESTING,
    MAX_TEMPLATE,
)
from sojourn.domain.message.problems import TemplateProblem

_OPENING = re.compile(r"\{[{%]")
_TAG_NAME = re.compile(r"-?\s*(#|\w+)")
_END_RAW = re.compile(r"\{%-?\s*endraw\s*-?%\}")
_BLANKS = re.compile(rf"\s{{{MAX_BLANKS},}}")

_BLOCKS = {"if": "endif", "unless": "endunless", "case": "endcase", "for": "endfor", "capture": "endcapture"}
_BRANCHES = {"else": ("if", "unless", "case", "for"), "elsif": ("if", "unless"), "when": ("case",)}
_INLINE = ("assign", "break", "continue", "#")
TAGS = (*_BLOCKS, *_INLINE, "comment", "raw")
"""The tags an author may write; the others of Liquid reach for files, keep state or print markup."""

_KNOWN = frozenset((*_BLOCKS, *_BLOCKS.values(), *_BRANCHES, *_INLINE))


@dataclass(frozen=True, slots=True)
class Mark:
    """One stretch of Liquid in a text: an output, a tag, or a whole raw or comment block.

    Args:
        name: a tag's name; empty for the others.
        inner: what stands between the delimiters, for outputs and tags.
    """

    kind: Literal["output", "tag", "raw", "comment"]
    start: int
    end: int
    name: str = ""
    inner: str = ""


def scan(text: str) -> tuple[tuple[Mark, ...], tuple[TemplateProblem, ...]]:
    """Return the marks of *text* in order, and everything that is wrong with their delimiters, names and nesting.

    Where a problem is returned the marks may be incomplete and the text must not reach python-liquid.
    """
    if len(text) > MAX_TEMPLATE:
        message = f"the text has {len(text):,} characters; {MAX_TEMPLATE:,} are the most"
        return (), (TemplateProblem("too-large", message, "shorten it, or move images out of it", 0, 1),)
    scanner = _Scanner(text)
    scanner.run()
    return tuple(scanner.marks), tuple(scanner.problems or _nesting(scanner.marks))


class _Scanner:
    """Walks a text from mark to mark; `position` is where the next may begin, at the end where scanning stops."""

    def __init__(self, text: str) -> None:
        self.marks: list[Mark] = []
        self.problems: list[TemplateProblem] = []
        self._text = text
        self._position = self._liquid = 0
        self._comments: list[int] = []

    def run(self) -> None:
        count = 0
        while opening := _OPENING.search(self._text, self._position):
            start, count = opening.start(), count + 1
            if count > MAX_MARKS or self._liquid > MAX_LIQUID:
                message = f"there are more than {MAX_MARKS:,} marks, or {MAX_LIQUID:,} characters in them"
                self._stop("too-large", message, "use a {% for %} loop", start)
            else:
                self._mark(start, output=opening.group() == "{{")
        if self._comments and not self.problems:
            self._stop("syntax", '"{% comment %}" is never closed', "add {% endcomment %}", self._comments[0])

    def _mark(self, start: int, *, output: bool) -> None:
        close = self._text.find("}}" if output else "%}", start + 2)
        if close < 0:
            opening, shape = ("{{", "{{ … }}") if output else ("{%", "{% … %}")
            self._stop("syntax", f'"{opening}" is never closed', f"write {shape}", start)
            return
        end = self._position = close + 2
        inner = self._text[start + 2 : close]
        self._liquid += len(inner)
        if len(inner) > MAX_MARK or _BLANKS.search(inner):
            message = f"this mark is longer than {MAX_MARK:,} characters or has {MAX_BLANKS} blanks in a row"
            self._problem("too-large", message, "split it with {% assign %}", start, end)
        elif output:
            self._add(Mark("output", start, end, inner=inner))
        else:
            named = _TAG_NAME.match(inner)
            self._tag(Mark("tag", start, end, named.group(1) if named else "", inner))

    def _tag(self, mark: Mark) -> None:
        if mark.name == "raw":
            if closing := _END_RAW.search(self._text, mark.end):
                self._position = closing.end()
                self._add(Mark("raw", mark.start, self._position))
            else:
                self._stop("syntax", '"{% raw %}" is never closed', "add {% endraw %}", mark.start)
        elif mark.name == "comment":
            self._comments.append(mark.start)
        elif mark.name == "endcomment" and self._comments:
            self._add(Mark("comment", self._comments.pop(), mark.end))
        elif mark.name in _KNOWN or (self._comments and mark.name != "doc"):
            self._add(mark)
        elif mark.name:
            from sojourn.domain.findings import did_you_mean  # imported here: what is sent has none wrong

            hint = did_you_mean(mark.name, TAGS)
            self._problem("unknown-tag", f'there is no tag "{mark.name}"', hint, mark.start, mark.end)
        else:
            self._problem(
                "syntax", "this tag has no name", "write {% if … %}, {% for … %}", mark.start, mark.end
            )

    def _add(self, mark: Mark) -> None:
        if not self._comments:
            self.marks.append(mark)

    def _problem(self, kind: str, message: str, hint: str, start: int, end: int) -> None:
        self.problems.append(TemplateProblem(kind, message, hint, start, end - start))

    def _stop(self, kind: str, message: str, hint: str, start: int) -> None:
        self._problem(kind, message, hint, start, start + 2)
        self._position = len(self._text)


def _nesting(marks: list[Mark]) -> list[TemplateProblem]:
    problems: list[TemplateProblem] = []
    open_blocks: list[Mark] = []
    for mark in marks:
        if mark.name in _BLOCKS:
            open_blocks.append(mark)
            if len(open_blocks) > MAX_NESTING:
                message = f"blocks are nested more than {MAX_NESTING} deep"
                return [TemplateProblem("too-large", message, "", mark.start, mark.end - mark.start)]
        elif mark.name in _BRANCHES:
            if not open_blocks or open_blocks[-1].name not in _BRANCHES[mark.name]:
                owners = " or ".join(f"{{% {name} %}}" for name in _BRANCHES[mark.name])
                problems.append(_misplaced(mark, f"it belongs inside {owners}"))
        elif mark.name.startswith("end"):
            if open_blocks and _BLOCKS[open_blocks[-1].name] == mark.name:
                open_blocks.pop()
            else:
                inside = (
                    f"close {{% {open_blocks[-1].name} %}} first" if open_blocks else "nothing is open here"
                )
                problems.append(_misplaced(mark, inside))
        elif mark.name in ("break", "continue") and all(block.name != "for" for block in open_blocks):
            problems.append(_misplaced(mark, "it belongs inside {% for %}"))
    for block in open_blocks if not problems else ():
        message = f'"{{% {block.name} %}}" is never closed'
        problems.append(
            _syntax(message, f"add {{% {_BLOCKS[block.name]} %}}", block.start, block.end - block.start)
        )
    return problems


def _misplaced(mark: Mark, hint: str) -> TemplateProblem:
    return _syntax(f'"{{% {mark.name} %}}" is out of place', hint, mark.start, mark.end - mark.start)


def _syntax(message: str, hint: str, start: int, length: int) -> TemplateProblem:
    return TemplateProblem("syntax", message, hint, start, length)
