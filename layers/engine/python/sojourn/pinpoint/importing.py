"""An export as a workspace: the files to write, and the report of what became of each part.

Everything is read and checked first; with one thing wrong nothing is made. It writes no file and asks no cloud.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sojourn.pinpoint import entry, sending
from sojourn.pinpoint.entry import Entry
from sojourn.pinpoint.graph import Graph, graph_of
from sojourn.pinpoint.messages import CHANNEL, Messages, Templates
from sojourn.pinpoint.naming import Names, slug
from sojourn.pinpoint.outcome import Problem, Row, Rows
from sojourn.pinpoint.reading import JOURNEY, OTHER, SEGMENT, Document, read
from sojourn.pinpoint.segments import Segments, newest
from sojourn.pinpoint.sending import Quiet
from sojourn.pinpoint.steps import Pieces
from sojourn.pinpoint.structure import nested
from sojourn.pinpoint.times import instant, stamp
from sojourn.pinpoint.vocabulary import Vocabulary
from sojourn.pinpoint.workspace import TOPIC, Shared
from sojourn.pinpoint.yaml_text import write

if TYPE_CHECKING:
    from sojourn.domain.condition.types import ValueType

Json = dict[str, Any]
COMMENT: Final = "Imported from Amazon Pinpoint; IMPORT.md says what became of each part."


@dataclass(frozen=True, slots=True)
class Asked:
    """What whoever imports says besides the files.

    Args:
        workspace: what it is to be called.
        sender: who emails come from where the export does not say.
        pool: the origination pool of SMS where the export does not say.
    """

    workspace: str
    sender: str = ""
    pool: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an export.

    Args:
        files: path in the workspace -> text; none where something is wrong.
        rows: what became of each part.
        problems: why nothing was imported.
    """

    files: dict[str, str] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = ()


def import_exports(files: Mapping[str, bytes], asked: Asked) -> Imported:
    """Turn exported JSON into a workspace.

    Args:
        files: what each file is called -> its content.
    """
    documents, problems = read(files)
    documents = _once(documents)
    journeys = [document for document in documents if document.kind == JOURNEY]
    graphs: dict[int, Graph] = {}
    for document in journeys:
        graph, wrong = graph_of(document)
        problems += wrong
        problems += [
            Problem(document.file, document.where, what, repair)
            for what, repair in (*sending.faults(document.value), *entry.faults(document.value))
        ]
        if graph is not None:
            graphs[id(document)] = graph
    problems += _two_of_one(journeys, Templates(documents))
    problems += _circles([document for document in documents if document.kind == SEGMENT])
    if not journeys and not problems:
        held = ", ".join(files) or "no file"
        problems.append(
            Problem(
                held, "", "there is no journey in it", "give the answer of `aws pinpoint get-journey` too"
            )
        )
    if not problems:
        quiet = Quiet(Rows())
        for document in journeys:
            quiet.add("", document.value)
        problems += quiet.problems(journeys)
    if problems:
        return Imported(problems=tuple(problems))
    # What an attribute is used as is known when all has been read, so all is made twice.
    first = _Import(documents, graphs, asked, {})
    first.make()
    second = _Import(documents, graphs, asked, first.words.types)
    return Imported(second.make(), tuple(second.rows.all))


class _Import:
    """One pass over an export."""

    def __init__(
        self, documents: list[Document], graphs: dict[int, Graph], asked: Asked, settled: dict[str, ValueType]
    ) -> None:
        self.documents = documents
        self.graphs = graphs
        self.asked = asked
        self.rows = Rows()
        self.words = Vocabulary(settled)
        self.templates = Templates(documents)
        self.files: dict[str, str] = {}
        self.used: set[str] = set()
        self.sent: set[tuple[str, str]] = set()

    def make(self) -> dict[str, str]:
        """Return the files of the workspace, and fill the rows."""
        channels = [document for document in self.documents if document.kind.endswith("channel")]
        segments = Segments([one for one in self.documents if one.kind == SEGMENT], self.words, self.rows)
        shared = Shared(self.rows, channels, self.asked.sender, self.asked.pool)
        quiet = Quiet(self.rows)
        journeys = [document for document in self.documents if document.kind == JOURNEY]
        names = Names("-", (TOPIC,))
        for document in journeys:
            name = names.give(id(document), slug(document.name, "journey"))
            self._journey(name, document, segments, shared, quiet)
        segments.make()
        self._left_out()
        workspace = shared.make(self.asked.workspace, self.used, quiet.settle(self.used), self.words)
        head = {"workspace.yaml": write(workspace, COMMENT)}
        if segments.made:
            head["segments.yaml"] = write(segments.made, COMMENT)
        starts = [
            one.value["Schedule"]["StartTime"]
            for one in journeys
            if "StartTime" in one.value.get("Schedule", {})
        ]
        if starts:
            head["simulation.yaml"] = write(
                {"start": max(stamp(instant(start)[0]) for start in starts)[:10]},
                "The day on which the last of the journeys began.",
            )
        self.rows.begin("workspace.yaml", "OptOut", "consent", "workspace.yaml: topics").note(
            "whoever had opted out (`OptOut: ALL`) is not in an export: tell it as `unsubscribed` before you publish"
        )
        self.rows.begin("workspace.yaml", "endpoints", "customers").note(
            "Pinpoint's participants were addresses; here they are customers, each with all of their addresses"
        )
        for known in sorted(self.words.renamed):
            self.rows.begin("workspace.yaml", known, "name", self.words.renamed[known]).note(
                "names here are letters, digits and _: tell it by this name"
            )
        return head | self.files

    def _journey(
        self, name: str, document: Document, segments: Segments, shared: Shared, quiet: Quiet
    ) -> None:
        """Make one journey and its messages."""
        value, graph, part = document.value, self.graphs[id(document)], f"{name}/journey.yaml"
        topic = shared.add(part, name, value)
        windows = quiet.add(part, value)
        messages = Messages(part, self.templates, self.words, self.rows)
        enter = Entry(part, value, self.words, self.rows, segments, shared.zone).make()
        pieces = Pieces(
            name, part, graph, self.words, self.rows, segments, messages, shared, _quiet(value), windows
        )
        made = {"journey": name, "title": document.name, "topic": topic, "enter": enter,
                "steps": nested(graph, pieces.of)}  # fmt: skip
        for unreached in graph.unreached:
            self.rows.begin(part, unreached, "activity").note("no way leads to it, so it is left out")
        self.files[part] = write(made, COMMENT)
        for file, content in messages.files.items():
            self.files[f"{name}/messages/{file}"] = content if isinstance(content, str) else write(content)
        self.used |= pieces.channels
        self.sent |= messages.asked_for

    def _left_out(self) -> None:
        for document in self.documents:
            if document.kind == OTHER:
                self.rows.begin("templates", document.name, document.kind).lose(
                    "no activity of a journey sends such a message"
                )
            elif document.kind in CHANNEL and (document.kind, document.name) not in self.sent:
                self.rows.begin("templates", document.name, document.kind).note(
                    "no imported journey sends it: it is left out"
                )


def _quiet(value: Json) -> str:
    """Return what a journey does with a message that falls into quiet hours."""
    if not value.get("QuietTime") and not value.get("SendingSchedule"):
        return ""
    return "hold" if value.get("WaitForQuietTime") else "drop"


def _once(documents: list[Document]) -> list[Document]:
    """Return the objects without those that are exported twice in the same words."""
    found: list[Document] = []
    for document in documents:
        if not any(one.kind == document.kind and one.value == document.value for one in found):
            found.append(document)
    return found


def _two_of_one(journeys: list[Document], templates: Templates) -> list[Problem]:
    """Return which objects are in the files twice, and differ, so that it cannot be told which is meant."""
    first: dict[str, Document] = {}
    pairs = templates.ambiguous()
    for document in journeys:
        id_ = document.value.get("Id")
        if id_ is not None and first.setdefault(id_, document) is not document:
            pairs.append((first[id_], document))
    return [
        Problem(later.file, later.where, f"it is in {one.file} too, and differs there", "give one of them")
        for one, later in pairs
    ]


def _circles(documents: list[Document]) -> list[Problem]:
    """Return which segments are built on themselves."""
    by_id = newest(documents)
    built_on = {
        id_: [
            source["Id"]
            for group in document.value.get("SegmentGroups", {}).get("Groups", [])
            for source in group.get("SourceSegments", [])
        ]
        for id_, document in by_id.items()
    }
    # What is built on nothing that is left, is in no circle: taken away again and again, only circles stay.
    # So does what is built on a circle, and nothing on it.
    while free := [
        id_
        for id_, sources in built_on.items()
        if not any(source in built_on for source in sources)
        or not any(id_ in one for one in built_on.values())
    ]:
        for id_ in free:
            del built_on[id_]
    return [
        Problem(by_id[id_].file, by_id[id_].where, "it is built on itself, by way of other segments",
                f"take one of its `SourceSegments` out: {', '.join(sources)}")
        for id_, sources in built_on.items()
        if any(source in built_on for source in sources)
    ]  # fmt: skip
