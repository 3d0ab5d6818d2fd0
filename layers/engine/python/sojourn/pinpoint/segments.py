"""Segments: dimensions, groups of them, and lists of customers that were imported once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.pinpoint.conditions import Conditions, quoted
from sojourn.pinpoint.expression import All, Ask, Node, Not, Some, cel
from sojourn.pinpoint.naming import Names, slug

if TYPE_CHECKING:
    from sojourn.pinpoint.outcome import Rows
    from sojourn.pinpoint.reading import Document
    from sojourn.pinpoint.vocabulary import Vocabulary

PART = "segments"


class Segments:
    """The segments of an export, and those that something asks about although no file has them."""

    def __init__(self, documents: list[Document], words: Vocabulary, rows: Rows) -> None:
        self.words = words
        self.rows = rows
        self.by_id = newest(documents)
        self.made: dict[str, dict[str, Any]] = {}
        self._names = Names("-")
        for id_, document in self.by_id.items():
            self._names.give(id_, slug(document.name, "segment"))

    def name(self, id_: str) -> str:
        """Return what a segment is called here; one that no file has is made, and nobody is in it."""
        name = self._names.give(id_, slug(f"segment-{id_}", "segment"))
        if id_ not in self.by_id and name not in self.made:
            row = self.rows.begin(PART, id_, "segment", f"segments.yaml: {name}")
            known = self.words.stand_in(
                f"in segment {id_}", f"whether somebody was in Pinpoint's segment {id_}"
            )
            row.lose(
                f"no file has this segment: whoever has `customer.{known}` is in it, which nobody has until you set it"
            )
            self.made[name] = {"title": f"Segment {id_}, which was not exported", "when": f"customer.{known}"}
        return name

    def make(self) -> None:
        """Make all segments that were exported."""
        for id_, document in self.by_id.items():
            name = self._names.give(id_, "")
            row = self.rows.begin(PART, document.name, "segment", f"segments.yaml: {name}")
            asked = Conditions(self.words, row)
            self.made[name] = {"title": document.name, "when": cel(self._segment(document.value, asked))}

    def _segment(self, value: dict[str, Any], asked: Conditions) -> Node:
        if value.get("SegmentType") == "IMPORT" or "ImportDefinition" in value:
            place = value.get("ImportDefinition", {}).get("S3Url", "a file")
            known = self.words.stand_in(
                f"in {value.get('Name') or value['Id']}", f"whether somebody is in the list {place}"
            )
            asked.row.note(f"it is a list, {place}: set `customer.{known}` to true for whoever is in it")
            return Ask(f"customer.{known}")
        parts: list[Node] = []
        if "Dimensions" in value:
            parts.append(asked.dimensions(value["Dimensions"]))
        if "SegmentGroups" in value:
            groups = value["SegmentGroups"]
            parts.append(
                joined(
                    groups.get("Include", "ALL"),
                    [self._group(one, asked) for one in groups.get("Groups", [])],
                )
            )
        return All(tuple(parts))

    def _group(self, value: dict[str, Any], asked: Conditions) -> Node:
        sources: list[Node] = [
            Ask(f"in_segment({quoted(self.name(source['Id']))})")
            for source in value.get("SourceSegments", [])
        ]
        dimensions = [asked.dimensions(one) for one in value.get("Dimensions", [])]
        return All((
            joined(value.get("SourceType", "ALL"), sources), joined(value.get("Type", "ALL"), dimensions)
        ))  # fmt: skip


def joined(how: str, nodes: list[Node]) -> Node:
    """Return the questions joined by ALL, ANY or NONE; nothing to ask holds for everybody."""
    if not nodes or how == "ALL":
        return All(tuple(nodes))
    return Some(tuple(nodes)) if how == "ANY" else Not(Some(tuple(nodes)))


def newest(documents: list[Document]) -> dict[str, Document]:
    """Return each segment by its id, of several versions the last; one without an id by its name."""
    found: dict[str, Document] = {}
    for document in documents:
        id_ = str(document.value.get("Id", document.name))
        if id_ not in found or document.value.get("Version", 0) >= found[id_].value.get("Version", 0):
            found[id_] = document
    return found
