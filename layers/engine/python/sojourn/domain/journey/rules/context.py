"""What rules look at: the project, and what follows from it for each journey, worked out once.

It reads nothing and judges nothing.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from sojourn.domain.journey.builtin_events import BUILTIN
from sojourn.domain.journey.flow import END, Flow, Node
from sojourn.domain.journey.model.journey import EnteredSegment, Journey, LeftSegment
from sojourn.domain.journey.model.steps import Send, Start, StepBase
from sojourn.domain.journey.rules.scope import OPEN, ProjectNames, properties_of
from sojourn.domain.journey.rules.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sojourn.domain.condition.types import ValueType
    from sojourn.domain.journey.project import JourneyFolder, Project
    from sojourn.domain.places import Span


class JourneyView:
    """One journey, seen from where rules stand."""

    def __init__(self, folder: JourneyFolder) -> None:
        self.folder = folder
        self.file: str = folder.file
        self.journey: Journey = folder.journey
        self.flow: Flow = folder.flow
        self._before: dict[str, frozenset[str]] = {}

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every step with its place in the flow, in the order written."""
        return tuple(self.flow.nodes.values())

    def steps_of(self, *kinds: type[StepBase]) -> Iterator[Node]:
        """Yield the nodes whose step is of one of *kinds*."""
        return (node for node in self.nodes if isinstance(node.step, kinds))

    @cached_property
    def named(self) -> Mapping[str, StepBase]:
        """The steps to which the author gave an id; conditions and jumps know only these."""
        return {node.id: node.step for node in self.nodes if node.named and node.step.id == node.id}

    @cached_property
    def sends(self) -> frozenset[str]:
        """The ids of the steps that send."""
        return frozenset(name for name, step in self.named.items() if isinstance(step, Send))

    @cached_property
    def reachable(self) -> frozenset[str]:
        """The nodes a run can come to, joins and the end among them."""
        return self.flow.reachable()

    @cached_property
    def ways_back(self) -> Mapping[str, list[str]]:
        """For each node, the nodes from which a run can come to it directly."""
        back: dict[str, list[str]] = {}
        for edge in self.flow.edges:
            back.setdefault(edge.target, []).append(edge.source)
            if edge.target.startswith("@join:"):
                back.setdefault(edge.target, []).append(edge.target.removeprefix("@join:"))
        return back

    def before(self, node_id: str) -> frozenset[str]:
        """The nodes through which a run may have come when it is at *node_id*."""
        if node_id not in self._before:
            seen: set[str] = set()
            todo = list(self.ways_back.get(node_id, ()))
            while todo:
                node = todo.pop()
                if node not in seen:
                    seen.add(node)
                    todo.extend(self.ways_back.get(node, ()))
            self._before[node_id] = frozenset(seen)
        return self._before[node_id]

    @cached_property
    def can_end(self) -> frozenset[str]:
        """The nodes from which a run can come to the end."""
        return self.before(END)

    def step_place(self, node: Node) -> Span:
        """Where a step's verb stands."""
        return node.step.key_place(node.step.verb)


class Context:
    """Everything that was read, and what follows from it."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.workspace = project.workspace
        self.journeys = {name: JourneyView(folder) for name, folder in project.journeys.items()}

    @cached_property
    def journey_names(self) -> frozenset[str]:
        """The journeys there are, those included whose file could not be read."""
        unread = {
            path.split("/")[-2]
            for path in self.project.files
            if path.endswith("/journey.yaml") and path in self.project.damaged
        }
        return frozenset(self.journeys) | unread

    @cached_property
    def event_types(self) -> Mapping[str, Mapping[str, ValueType]]:
        """Every event there is, with its properties."""
        return BUILTIN | {name: properties_of(event) for name, event in self.workspace.events.items()}

    @cached_property
    def entry_types(self) -> Mapping[str, Mapping[str, ValueType]]:
        """For each journey what `entry` may hold: what its triggers, and journeys that lead to it, bring along."""
        found: dict[str, dict[str, ValueType]] = {}
        for name, view in self.journeys.items():
            entry = found.setdefault(name, {})
            enter = view.journey.enter
            if enter.audience is not None or enter.on == "api" or enter.triggers in ((), ("api",)):
                entry |= OPEN
            for trigger in enter.triggers:
                self._add(entry, _event_of(trigger))
        for view in self.journeys.values():
            for node in view.steps_of(Start):
                if isinstance(node.step, Start) and (entry_ := found.get(node.step.start)) is not None:
                    self._merge(entry_, {key: OPEN["*"] for key in node.step.with_})
            for reaction in view.journey.while_running:
                target = found.get(reaction.to or "") if reaction.do == "redirect" else None
                target = found[view.journey.journey] if reaction.do == "restart" else target
                if target is not None:
                    self._add(target, _event_of(reaction.on))
        return found

    @cached_property
    def names(self) -> ProjectNames:
        """The names that conditions may use, place by place."""
        return ProjectNames(self)

    @cached_property
    def texts(self) -> Texts:
        """Every condition and value expression, checked."""
        return Texts(self)

    def event_fields(self, trigger: object) -> Mapping[str, ValueType]:
        """The properties of the event that a trigger names; anything where nobody declared it."""
        return self.event_types.get(_event_of(trigger), OPEN)

    def _add(self, entry: dict[str, ValueType], event: str) -> None:
        """Let *entry* also be an *event*; one that nobody declared may hold anything."""
        self._merge(entry, self.event_types.get(event, OPEN))

    @staticmethod
    def _merge(entry: dict[str, ValueType], more: Mapping[str, ValueType]) -> None:
        for key, type_ in more.items():
            entry[key] = type_ if entry.get(key, type_) == type_ else OPEN["*"]


def _event_of(trigger: object) -> str:
    if isinstance(trigger, EnteredSegment):
        return "segment_entered"
    if isinstance(trigger, LeftSegment):
        return "segment_left"
    return str(trigger)
