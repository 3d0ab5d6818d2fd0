"""A workspace folder read as a whole: workspace, segments, journeys with their messages and scenarios.

Reading never stops at the first bad file: what could be read is there, what could not is a finding. Files come
in as bytes by their path, so that a folder, an archive and a test read alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from sojourn.domain.findings import Finding
from sojourn.domain.journey.flow import Flow, flow_of
from sojourn.domain.journey.model.journey import Journey
from sojourn.domain.journey.model.message import Message
from sojourn.domain.journey.model.migration import Migration
from sojourn.domain.journey.model.scenario import Scenario
from sojourn.domain.journey.model.simulation import Simulation
from sojourn.domain.journey.model.workspace import Segment, Segments, Trait, Workspace
from sojourn.domain.journey.shape import shaped
from sojourn.domain.journey.yaml_text import read_yaml, undecodable
from sojourn.domain.message.authored import leaves
from sojourn.domain.places import Placed, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sojourn.domain.message.authored import AuthoredTemplate
    from sojourn.domain.message.compiled import CompiledMessage
    from sojourn.domain.message.problems import MessageProblem


@dataclass(frozen=True, slots=True)
class MessageFile:
    """A message, the file it stands in, and what was written (before defaults)."""

    file: str
    message: Message
    written: Placed


@dataclass(frozen=True, slots=True)
class MessageContent:
    """What came of a message: compiled (None where something is wrong), what is wrong, and its templates."""

    compiled: CompiledMessage | None
    problems: tuple[MessageProblem, ...]
    templates: tuple[AuthoredTemplate, ...]


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """A scenario and the file it stands in."""

    file: str
    scenario: Scenario


@dataclass(frozen=True, slots=True)
class MigrationFile:
    """What becomes of customers who are in an earlier version, and the file where it stands."""

    file: str
    migration: Migration


@dataclass(slots=True)
class JourneyFolder:
    """One journey with everything beside it; `flow` is its graph."""

    file: str
    journey: Journey
    flow: Flow
    messages: dict[str, MessageFile] = field(default_factory=dict)
    scenarios: list[ScenarioFile] = field(default_factory=list)
    migration: MigrationFile | None = None

    @property
    def folder(self) -> str:
        """The folder's path."""
        return str(PurePosixPath(self.file).parent)


@dataclass(slots=True)
class Project:
    """Everything read from a workspace folder, and the findings of reading it.

    `files` are the folder's files by path, for templates that stand beside a message; `contents` what
    `sojourn.domain.journey.contents` has worked out so far; `trait_places` where each trait's name stands.
    """

    files: Mapping[str, bytes]
    workspace: Workspace
    workspace_file: str
    segments: dict[str, Segment]
    segments_file: str
    journeys: dict[str, JourneyFolder]
    simulation: Simulation | None
    simulation_file: str
    findings: tuple[Finding, ...]
    contents: dict[str, MessageContent] = field(default_factory=dict)
    traits: dict[str, Trait] = field(default_factory=dict)
    trait_places: dict[str, Span] = field(default_factory=dict)

    @property
    def damaged(self) -> frozenset[str]:
        """The files of which something could not be read: what is not in their models may still be written."""
        return frozenset(finding.file for finding in self.findings)

    def text(self, path: str) -> str | None:
        """Return the text of a file of the folder, None where there is none that is UTF-8."""
        content = self.files.get(path)
        if content is None:
            return None
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return None


def read_project(files: Mapping[str, bytes], root: str = "") -> Project:
    """Read a workspace from its files, by path relative to wherever findings should point from.

    A file with mistakes in its shape is there without what was wrong, so whoever runs a project looks first
    whether `check` found errors.

    Args:
        files: path (with `/`) -> content.
        root: the folder, within those paths, in which `workspace.yaml` stands.
    """
    return _Reading(files, PurePosixPath(root)).project()


class _Reading:
    """One pass over the files, and what it found wrong."""

    def __init__(self, files: Mapping[str, bytes], base: PurePosixPath) -> None:
        self.files = files
        self.base = base
        self.findings: list[Finding] = []
        self.beside: dict[str, list[str]] = {}
        for path in sorted(files):
            self.beside.setdefault(path.rpartition("/")[0], []).append(path)

    def project(self) -> Project:
        """Read everything."""
        workspace_file = str(self.base / "workspace.yaml")
        workspace = self.read(workspace_file, Workspace)[0] if workspace_file in self.files else None
        if workspace_file not in self.files:
            self.findings.append(
                Finding("SJ118", "no-workspace", "there is no workspace.yaml", workspace_file,
                        help="`sojourn new DIR` makes a workspace to begin with")
            )  # fmt: skip
        segments_file = str(self.base / "segments.yaml")
        defined, written = self.read(segments_file, Segments) if segments_file in self.files else (None, None)
        segments = {name: one for name, one in (defined or {}).items() if isinstance(one, Segment)}
        traits = {name: one for name, one in (defined or {}).items() if isinstance(one, Trait)}
        journeys: dict[str, JourneyFolder] = {}
        for path in sorted(self.files):
            at = PurePosixPath(path)
            if at.name == "journey.yaml" and at.parent != self.base and self.base in at.parents:
                self.add_folder(path, journeys)
        simulation_file = str(self.base / "simulation.yaml")
        simulation = None
        if simulation_file in self.files:
            simulation = self.read(simulation_file, Simulation)[0]
        return Project(
            self.files, workspace or Workspace(workspace="unnamed"), workspace_file, segments, segments_file,
            journeys, simulation, simulation_file, tuple(self.findings), traits=traits,
            trait_places={name: written.keys_at[name] for name in traits} if written is not None else {},
        )  # fmt: skip

    def read(self, path: str, type_: Any) -> tuple[Any, Any]:
        """Return a file's model and what was written; None for what could not be read."""
        data, wrong = read_yaml(self.files[path], path)
        self.findings.extend(wrong)
        if data is None:
            if not wrong:
                self.findings.append(Finding("SJ107", "empty-file", "the file is empty", path,
                                             help="write its content, or delete it"))  # fmt: skip
            return None, None
        if not isinstance(data, Placed):
            self.findings.append(
                Finding("SJ120", "not-a-mapping", "the file must be a mapping of keys to values", path,
                        help="begin with a key, such as `journey: …`")
            )  # fmt: skip
            return None, None
        made, wrong = shaped(type_, data, path)
        self.findings.extend(wrong)
        return made, data

    def add_folder(self, path: str, journeys: dict[str, JourneyFolder]) -> None:
        """Read the journey at *path* with its messages and scenarios."""
        parent = str(PurePosixPath(path).parent)
        journey, _ = self.read(path, Journey)
        messages: dict[str, MessageFile] = {}
        scenarios: list[ScenarioFile] = []
        for other in self._yaml_in(f"{parent}/messages"):
            message, written = self.read(other, Message)
            if message is not None:
                messages[PurePosixPath(other).stem] = MessageFile(other, message, written)
                self.findings.extend(self._unreadable(parent, written))
        for other in self._yaml_in(f"{parent}/scenarios"):
            scenario, _ = self.read(other, Scenario)
            if scenario is not None:
                scenarios.append(ScenarioFile(other, scenario))
        migration = None
        if (beside := f"{parent}/migration.yaml") in self.files:
            made, _ = self.read(beside, Migration)
            migration = MigrationFile(beside, made) if made is not None else None
        if journey is None:
            return
        if (first := journeys.get(journey.journey)) is not None:
            self.findings.append(
                Finding("SJ119", "duplicate-journey", f'"{journey.journey}" is the name of two journeys', path,
                        journey.place("journey"), f"the other stands in {first.file}")
            )  # fmt: skip
            return
        journeys[journey.journey] = JourneyFolder(
            path, journey, flow_of(journey), messages, scenarios, migration
        )

    def _unreadable(self, parent: str, message: Placed) -> Iterator[Finding]:
        """Say which of the files that a message names, beside it, are no text."""
        for text, _ in leaves(message):
            content = self.files.get(path := f"{parent}/messages/{text.strip()}")
            if content is not None and (wrong := undecodable(content, path)) is not None:
                yield wrong

    def _yaml_in(self, folder: str) -> list[str]:
        return [path for path in self.beside.get(folder, ()) if path.endswith((".yaml", ".yml"))]
