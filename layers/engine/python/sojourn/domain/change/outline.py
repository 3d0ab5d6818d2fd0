"""A journey as its author wrote it, in one form: what two versions are compared by, and what a version keeps of itself.

Order of keys, comments and defaults written out make no difference here, as they make none to customers. It is plain
JSON data, so that a version published last year can be compared with the files of today. It knows no state machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sojourn.domain.journey.contents import content_of
from sojourn.domain.journey.flow import Loc, paths_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.flow import Flow
    from sojourn.domain.journey.model.authored import Authored
    from sojourn.domain.journey.model.steps import StepBase
    from sojourn.domain.journey.project import JourneyFolder, Project

Place = tuple[str, str]
"""Where steps stand: the id of the step around them and the name of its path; ("", "") for the journey's own."""
TOP: Place = ("", "")
_INNER = frozenset({"steps", "else", "otherwise"})
"""Where a step's fields hold steps of their own, which stand for themselves."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Args:
        named: whether the author gave the id; others are the verb and a number, and shift with their neighbours.
        place: the path it stands in.
        says: its fields as written, without its id and the steps inside it.
    """

    id: str
    verb: str
    named: bool
    place: Place
    says: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outline:
    """One journey.

    Args:
        about: title, topic, kind and the like: what is said of the journey as a whole.
        enter: who enters, and how often.
        ends: `goal` and `while_running`, as far as they are written.
        steps: in the order in which they are written.
        messages: name -> where a text stands ("en email subject") -> the text.
        findings: what `check` said of its files: code, file within the journey's folder, and what is wrong.
    """

    journey: str
    about: Mapping[str, Any] = field(default_factory=dict)
    enter: Mapping[str, Any] = field(default_factory=dict)
    ends: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    messages: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    findings: tuple[tuple[str, str, str], ...] = ()

    @property
    def title(self) -> str:
        """What people call it."""
        return str(self.about.get("title") or self.journey)

    def to_json(self) -> dict[str, Any]:
        """Return the outline as plain JSON values."""
        return {
            "journey": self.journey, "about": dict(self.about), "enter": dict(self.enter), "ends": dict(self.ends),
            "steps": [
                {"id": step.id, "verb": step.verb, "named": step.named, "place": list(step.place), "says": step.says}
                for step in self.steps
            ],
            "messages": {name: dict(texts) for name, texts in self.messages.items()},
            **({"findings": [list(one) for one in self.findings]} if self.findings else {}),
        }  # fmt: skip

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Outline:
        """Return the outline that `to_json` wrote."""
        steps = tuple(
            Step(step["id"], step["verb"], step["named"], (step["place"][0], step["place"][1]), step["says"])
            for step in value["steps"]
        )
        findings = tuple((code, file, message) for code, file, message in value.get("findings", ()))
        return cls(
            value["journey"],
            value["about"],
            value["enter"],
            value["ends"],
            steps,
            value["messages"],
            findings,
        )


def outline_of(folder: JourneyFolder, project: Project, findings: Iterable[Finding] = ()) -> Outline:
    """Return the outline of a journey and of the messages beside it that it sends.

    Args:
        findings: of the workspace; those of the journey's own files are kept with it.
    """
    journey = folder.journey
    whole = _written(journey)
    steps = _steps(folder.flow, journey.steps)
    sent = {str(step.says["send"]) for step in steps if step.verb == "send"}
    return Outline(
        journey.journey,
        {name: value for name, value in whole.items() if name in ("title", "description", "topic", "kind", "tracking")},
        whole.get("enter", {}),
        {name: whole[name] for name in ("goal", "while_running") if whole.get(name)},
        steps,
        {name: _texts(project, folder, name) for name in sorted(folder.messages) if name in sent},
        tuple(sorted({(one.code, _inside(one, folder), one.message) for one in findings if _inside(one, folder)})),
    )  # fmt: skip


def shared_of(project: Project) -> dict[str, Any]:
    """Return what all journeys of a workspace share, one entry for each topic, segment, event and so on.

    Returns:
        `{"locale": "de", "topics.news": {…}, "segments.lapsed": {"when": …}}`, as it is written.
    """
    shared: dict[str, Any] = {}
    for name, value in _written(project.workspace).items():
        if isinstance(value, dict):
            shared |= {f"{name}.{one}": said for one, said in value.items()}
        else:
            shared[name] = value
    shared |= {f"segments.{name}": _written(one) for name, one in sorted(project.segments.items())}
    shared |= {f"traits.{name}": _written(one) for name, one in sorted(project.traits.items())}
    return shared


def _inside(finding: Finding, folder: JourneyFolder) -> str:
    """Return the file of a finding within a journey's folder; "" where it lies elsewhere."""
    return (
        finding.file.removeprefix(f"{folder.folder}/") if finding.file.startswith(f"{folder.folder}/") else ""
    )


def _written(authored: Authored) -> dict[str, Any]:
    return authored.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _steps(flow: Flow, steps: tuple[StepBase, ...]) -> tuple[Step, ...]:
    ids: dict[Loc, str] = {node.loc: node.id for node in flow.nodes.values()}
    found: list[Step] = []

    def add(steps: tuple[StepBase, ...], loc: Loc, place: Place) -> None:
        for index, step in enumerate(steps):
            at = (*loc, index)
            paths = paths_of(step)
            says = _shallow(_written(step), tuple(path.name for path in paths))
            found.append(Step(ids[at], step.verb, step.id is not None, place, says))
            for path in paths:
                add(path.steps, (*at, *path.loc), (ids[at], path.name))

    add(steps, ("steps",), TOP)
    return tuple(found)


def _shallow(says: dict[str, Any], paths: tuple[str, ...]) -> dict[str, Any]:
    """Return a step's fields without the steps inside it."""
    says.pop("id", None)
    if "parallel" in says:
        return {"parallel": list(paths)}
    shallow = {name: _without_steps(value) for name, value in says.items() if name not in _INNER}
    return shallow | ({"otherwise": True} if "otherwise" in paths and "otherwise" in says else {})


def _without_steps(value: Any) -> Any:
    """Return the cases of a branch, the shares of a split, the releases of a wait, without what follows them."""
    if isinstance(value, dict):
        return {
            name: True if name == "else" else _without_steps(one)
            for name, one in value.items()
            if name not in _INNER or name == "else"
        }
    return [_without_steps(one) for one in value] if isinstance(value, list) else value


def _texts(project: Project, folder: JourneyFolder, name: str) -> dict[str, str]:
    templates = content_of(project, folder.messages[name]).templates
    texts: dict[str, str] = {}
    for one in templates:
        inner = one.path[one.path.index(one.part) + 1 :] if one.part in one.path else ()
        texts[" ".join((one.locale, one.channel, one.part, *inner))] = one.text
    return texts
