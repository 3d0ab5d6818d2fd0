"""What rules look at: the project, and what follows from it for each journey, worked out once.

It reads nothing and judges nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING

from sojourn.domain.journey.builtin_events import BUILTIN
from sojourn.domain.journey.flow import END, Flow, Loc, Node
from sojourn.domain.journey.model.journey import Journey
from sojourn.domain.journey.model.steps import Send, Start, StepBase
from sojourn.domain.journey.rules.contents import Contents
from sojourn.domain.journey.rules.leads import Leads, leads_of
from sojourn.domain.journey.rules.loops import components
from sojourn.domain.journey.rules.scope import OPEN, ProjectNames, event_of_trigger, properties_of
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
        return back

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {node.id: number for number, node in enumerate(self.nodes)}

    @cached_property
    def _before(self) -> dict[int, int]:
        """For each loop, or node on none, the nodes through which a run may have come: one bit each."""
        loops = self._loops
        own: dict[int, int] = {}
        for node_id, number in self._numbers.items():
            if (loop := loops[node_id]) > 0:
                own[loop] = own.get(loop, 0) | 1 << number
        before = dict(own)
        # Tarjan numbers targets before sources, so walking the numbers down sees every way into a node first.
        for source in sorted(loops, key=lambda node: -abs(loops[node])):
            bit = 1 << self._numbers[source] if source in self._numbers else 0
            brought = before.get(loops[source], 0) | bit
            for edge in self.flow.out(source):
                target = loops[edge.target]
                if target != loops[source]:
                    before[target] = before.get(target, 0) | brought
        return before

    @cached_property
    def _loops(self) -> dict[str, int]:
        nodes = dict.fromkeys([*self.flow.nodes, *(edge.source for edge in self.flow.edges), END])
        return components(nodes, lambda node: [edge.target for edge in self.flow.out(node)])

    def may_precede(self, earlier: str, node_id: str) -> bool:
        """Say whether a run at *node_id* may have walked *earlier*, parallel paths beside it included."""
        if self._before.get(self._loops[node_id], 0) >> self._numbers[earlier] & 1:
            return True
        one, other = dict(self.flow.nodes[earlier].inside), dict(self.flow.nodes[node_id].inside)
        return any(other.get(step, path) != path for step, path in one.items())

    @cached_property
    def can_end(self) -> frozenset[str]:
        """The nodes from which a run can come to the end."""
        seen: set[str] = set()
        pending = [END]
        while pending:
            node = pending.pop()
            if node not in seen:
                seen.add(node)
                pending.extend(self.ways_back.get(node, ()))
        return frozenset(seen)

    @cached_property
    def _by_place(self) -> tuple[list[tuple[int, int]], dict[Loc, Node]]:
        """Where each step begins, in order, and the steps by location."""
        return [(n.step.span.line, n.step.span.column) for n in self.nodes], {n.loc: n for n in self.nodes}

    def node_at(self, span: Span) -> Node | None:
        """Return the innermost step that *span* begins in."""
        starts, by_loc = self._by_place
        index = bisect_right(starts, (span.line, span.column)) - 1
        loc = self.nodes[index].loc if index >= 0 else ()
        while loc:
            node = by_loc.get(loc)
            if node and (span.line, span.column) < (node.step.span.end_line, node.step.span.end_column):
                return node
            loc = loc[:-1]
        return None

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
        return {**BUILTIN, **{name: properties_of(one) for name, one in self.workspace.events.items()}}

    @cached_property
    def entry_types(self) -> Mapping[str, Mapping[str, ValueType]]:
        """For each journey what `entry` may hold: what its triggers, and journeys that lead to it, bring along."""
        found: dict[str, dict[str, ValueType]] = {}
        for name, view in self.journeys.items():
            entry = found.setdefault(name, {})
            enter = view.journey.enter
            if enter.audience is not None or enter.on == "api" or enter.triggers in ((), ("api",)):
                entry |= OPEN
            for event in self.entered_by[name]:
                self._add(entry, event)
        for view in self.journeys.values():
            for node in view.steps_of(Start):
                if isinstance(node.step, Start) and (entry_ := found.get(node.step.start)) is not None:
                    self._merge(entry_, dict.fromkeys(node.step.with_, OPEN["*"]))
        return found

    @cached_property
    def entered_by(self) -> Mapping[str, tuple[str, ...]]:
        """For each journey the events that a run may begin with: by its triggers, a redirect or a restart."""
        found = {
            name: [event_of_trigger(trigger) for trigger in view.journey.enter.triggers]
            for name, view in self.journeys.items()
        }
        for name, view in self.journeys.items():
            for reaction in view.journey.while_running:
                to = {"restart": name, "redirect": reaction.to}.get(reaction.do)
                if to in found:
                    found[to].append(event_of_trigger(reaction.on))
        return {name: tuple(dict.fromkeys(events)) for name, events in found.items()}

    @cached_property
    def leads(self) -> Leads:
        """For each journey where it leads to, and where that is said."""
        return leads_of(self.journeys)

    @cached_property
    def names(self) -> ProjectNames:
        """The names that conditions may use, place by place."""
        return ProjectNames(self)

    @cached_property
    def texts(self) -> Texts:
        """Every condition and value expression, checked."""
        return Texts(self)

    @cached_property
    def contents(self) -> Contents:
        """Every message, compiled, with what is wrong with it."""
        return Contents(self)

    def _add(self, entry: dict[str, ValueType], event: str) -> None:
        """Let *entry* also be an *event*; one that nobody declared may hold anything."""
        self._merge(entry, self.event_types.get(event, OPEN))

    @staticmethod
    def _merge(entry: dict[str, ValueType], more: Mapping[str, ValueType]) -> None:
        for key, type_ in more.items():
            entry[key] = type_ if entry.get(key, type_) == type_ else OPEN["*"]
