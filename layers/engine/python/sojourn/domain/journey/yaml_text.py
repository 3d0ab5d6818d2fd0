"""Reads YAML 1.2 into placed data, so that `on`, `no` and `21:00` mean what they look like.

libyaml's event stream (PyYAML) does the parsing; resolving scalars is done here by the YAML 1.2 core schema
(https://yaml.org/spec/1.2.2/#103-core-schema), because PyYAML's own resolution is YAML 1.1's. Size, depth and
aliases are bounded while the stream is read, so that no file can exhaust memory or the stack. This module knows
no journey: what it returns is data that remembers where it stood.
"""

from __future__ import annotations

import codecs
import math
import re
from dataclasses import dataclass
from typing import Any, NoReturn

import yaml

from sojourn.domain.findings import Finding
from sojourn.domain.places import Placed, PlacedList, Span, TextSpan

MAX_BYTES = 1_000_000
MAX_DEPTH = 60
MAX_NODES = 50_000
MOST_DUPLICATES = 200

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL = {"", "~", "null", "Null", "NULL"}
_BOOLEAN = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]{1,300}|[0-9]{1,300}(\.[0-9]{0,300})?)([eE][-+]?[0-9]{1,5})?")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PLAIN_TAGS = {None, "!", "tag:yaml.org,2002:str"}


class _StopReadingError(Exception):
    """Raised inside this module to stop at the first thing after which reading makes no sense."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


@dataclass(slots=True)
class _Node:
    """A value under construction: how much it weighs with aliases expanded, and where it stood."""

    value: Any
    weight: int
    at: TextSpan


def read_yaml(content: bytes | str, file: str) -> tuple[Any, tuple[Finding, ...]]:
    """Return the data of one YAML document and what is wrong with it; None where nothing could be read.

    Mappings are `Placed`, sequences `PlacedList`, scalars plain Python values (str, int, float, bool, None).
    """
    findings: list[Finding] = []
    text = ""
    try:
        text = _decoded(content, file)
        data = _Reader(text, file, findings).document()
    except _StopReadingError as stop:
        return None, (*findings, stop.finding)
    except yaml.reader.ReaderError:
        return None, (*findings, _unprintable(text, file))
    except yaml.YAMLError as error:
        return None, (*findings, _syntax(error, text, file))
    return data, tuple(findings)


def undecodable(content: bytes, file: str) -> Finding | None:
    """Return why *content*, which need not be YAML, is no text; None where it is."""
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            _decoded(content, file)
        except _StopReadingError as stop:
            return stop.finding
    return None


def _decoded(content: bytes | str, file: str) -> str:
    if len(content) > MAX_BYTES:
        raise _StopReadingError(
            Finding("SJ103", "too-large", f"the file has more than {MAX_BYTES:,} bytes",
                    file, help="split the journey, or move long content into a file of its own")
        )  # fmt: skip
    if isinstance(content, str):
        return content
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = error.start + (3 if content.startswith(codecs.BOM_UTF8) else 0)  # it counts behind the mark
        before = content[:start]
        line = before.count(b"\n") + 1
        column = start - (before.rfind(b"\n") + 1) + 1
        raise _StopReadingError(
            Finding("SJ101", "not-utf-8", f"byte {content[start]:#04x} is not UTF-8", file,
                    Span(line, column, line, column + 1), "save the file as UTF-8")
        ) from None  # fmt: skip


def _syntax(error: yaml.YAMLError, text: str, file: str) -> Finding:
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
    mark, begun = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    if mark is None or (begun is not None and mark.index >= len(text.rstrip())):
        mark = begun  # what was never closed is mended where it was opened
    span = Span(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2) if mark else Span()
    context = getattr(error, "context", None)
    said = f"this is not YAML: {problem}" + (f" {context}" if context else "")
    return Finding("SJ102", "not-yaml", said, file, span, "check quotes, indentation and colons near here")


def _unprintable(text: str, file: str) -> Finding:
    """Point at the first character that YAML 1.2 (5.1) does not allow in a file."""
    found = _UNPRINTABLE.search(text)
    before = text[: found.start()] if found else ""
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    shown = f"U+{ord(found[0]):04X}" if found else "one"
    return Finding("SJ102", "not-yaml", f"the character {shown} cannot stand in a YAML file", file,
                   Span(line, column, line, column + 1), "delete it; perhaps the file is no text at all")  # fmt: skip


@dataclass(slots=True)
class _Open:
    """A mapping or list that is not closed yet; `key` is the key whose value comes next."""

    made: Placed | PlacedList
    node: _Node
    anchor: str | None
    key: tuple[str, Span] | None = None


class _Reader:
    """Builds data from one stream of events, without recursion."""

    def __init__(self, text: str, file: str, findings: list[Finding]) -> None:
        self.text = text
        self.file = file
        self.findings = findings
        self.anchors: dict[str, _Node] = {}
        self.nodes = 0
        self.stack: list[_Open] = []
        self.root: _Node | None = None

    def document(self) -> Any:
        """Return the data of the one document."""
        for event in yaml.parse(self.text, Loader=_LOADER):
            if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                self._begin(event)
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                self._attach(self._end(event))
            elif isinstance(event, yaml.ScalarEvent):
                self._attach(self._scalar(event))
            elif isinstance(event, yaml.AliasEvent):
                self._attach(self._alias(event))
            elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
                self._stop("SJ109", "several-documents", "the file holds more than one YAML document", _span(event),
                           "keep one document a file: remove the `---`")  # fmt: skip
        return self.root.value if self.root else None

    def _begin(self, event: Any) -> None:
        self._no_tag(event)
        if len(self.stack) >= MAX_DEPTH:
            self._stop("SJ104", "too-deep", f"nested more than {MAX_DEPTH} levels deep", _span(event),
                       "flatten the journey: move a part into a journey of its own and `start` it")  # fmt: skip
        span = _span(event)
        made = Placed(span) if isinstance(event, yaml.MappingStartEvent) else PlacedList(span)
        self._count(1, event)
        self.stack.append(_Open(made, _Node(made, 1, TextSpan(span)), event.anchor))

    def _end(self, event: Any) -> _Node:
        closed = self.stack.pop()
        begin, end = closed.made.span, event.end_mark
        closed.made.span = Span(begin.line, begin.column, end.line + 1, end.column + 1)
        closed.node.at = TextSpan(closed.made.span)
        if closed.anchor:
            self.anchors[closed.anchor] = closed.node
        return closed.node

    def _alias(self, event: Any) -> _Node:
        found = self.anchors.get(event.anchor)
        if found is None:
            self._stop("SJ102", "not-yaml", f'"*{event.anchor}" refers to no anchor before it', _span(event),
                       "write the text in quotes if no alias is meant")  # fmt: skip
        self._count(found.weight, event)
        return found

    def _attach(self, node: _Node) -> None:
        """Put a value where it belongs: into the list or mapping that is open, or as the whole document."""
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        parent.node.weight += node.weight
        if isinstance(parent.made, PlacedList):
            parent.made.append(node.value)
            parent.made.items_at.append(node.at)
        elif parent.key is None:
            if not isinstance(node.value, str):
                self._stop(
                    "SJ102", "not-yaml", "a key must be plain text", node.at.span, "write `key: value`"
                )
            parent.key = (node.value, node.at.span)
        else:
            key, at = parent.key
            parent.key = None
            if key in parent.made:
                self._twice(key, parent.made.keys_at[key], at)
                return
            parent.made[key] = node.value
            parent.made.keys_at[key] = at
            parent.made.values_at[key] = node.at

    def _twice(self, key: str, first: Span, at: Span) -> None:
        if len(self.findings) < MOST_DUPLICATES:
            self.findings.append(
                Finding("SJ106", "duplicate-key", f'"{key}" is written twice in one mapping', self.file, at,
                        f"the first stands in line {first.line}; keep one of them")
            )  # fmt: skip

    def _scalar(self, event: Any) -> _Node:
        self._no_tag(event)
        self._count(1, event)
        style = event.style or ""
        raw = self.text[event.start_mark.index : event.end_mark.index]
        simple = style not in ("|", ">") and len(raw) == len(event.value) + 2 * len(style) and "\n" not in raw
        at = TextSpan(_span(event), style, "" if simple else raw)
        plain = not style and event.tag is None
        key = bool(self.stack) and isinstance(self.stack[-1].made, Placed) and self.stack[-1].key is None
        node = _Node(event.value if key or not plain else _resolved(event.value), 1, at)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def _no_tag(self, event: Any) -> None:
        if event.tag not in _PLAIN_TAGS:
            self._stop(
                "SJ108", "yaml-tag", f'the tag "{event.tag}" is not read', _span(event), "remove the tag"
            )

    def _count(self, weight: int, event: Any) -> None:
        self.nodes += weight
        if self.nodes > MAX_NODES:
            self._stop("SJ105", "too-many-values", f"more than {MAX_NODES:,} values, aliases written out", _span(event),
                       "write fewer aliases (`*name`), or split the file")  # fmt: skip

    def _stop(self, code: str, name: str, message: str, at: Span, help_: str) -> NoReturn:
        raise _StopReadingError(Finding(code, name, message, self.file, at, help_))


def _span(event: Any) -> Span:
    start, end = event.start_mark, event.end_mark
    return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def _resolved(text: str) -> Any:
    if text in _NULL:
        return None
    if text in _BOOLEAN:
        return _BOOLEAN[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text
