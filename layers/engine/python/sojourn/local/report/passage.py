"""How many customers came to each step and took each way, for steps that tell of themselves and for those that do not.

Most steps leave records. Some leave none (`goto`, `parallel`, where paths join): what came to them is what went
out of the steps before them. This is the one place that knows both the graph and the counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sojourn.domain.drawing.layout import ENTER
from sojourn.domain.journey.flow import END
from sojourn.domain.journey.model.steps import Branch, Call, Exit, Goto, Parallel, Send, Split, Task, WaitFor
from sojourn.local.report.counters import StepTally

if TYPE_CHECKING:
    from sojourn.domain.journey.flow import Flow
    from sojourn.local.report.counters import JourneyTally


@dataclass(slots=True)
class Passage:
    """Arrivals by step id (also `@enter`, `@end` and joins), and how many took each way, by (step id, path)."""

    arrived: dict[str, int] = field(default_factory=dict)
    ways: dict[tuple[str, str], int] = field(default_factory=dict)


def passage_of(flow: Flow, tally: JourneyTally) -> Passage:
    """Work out arrivals and ways of a journey."""
    found = Passage()
    entered = sum(tally.entered.values())
    found.arrived[ENTER] = found.ways[ENTER, ""] = entered
    # What a silent step passes on may lead to another one before it in the file (a `goto` back), so twice.
    for _ in range(2):
        for node_id in _order(flow):
            _visit(found, flow, tally, node_id)
    found.arrived[END] = sum(
        found.ways[edge.source, edge.path]
        for edge in flow.edges
        if edge.target == END and not _is(flow, edge.source, Exit)
    ) + (entered if flow.start == END else 0)
    return found


def _order(flow: Flow) -> list[str]:
    """All nodes in document order, a join after the last step inside its `parallel`."""
    order: list[str] = []
    waiting: list[str] = []
    for node in flow.nodes.values():
        inside = {outer for outer, _ in node.inside}
        while waiting and waiting[-1] not in inside:
            order.append(f"@join:{waiting.pop()}")
        order.append(node.id)
        if isinstance(node.step, Parallel):
            waiting.append(node.id)
    return [*order, *(f"@join:{node_id}" for node_id in reversed(waiting))]


def _visit(found: Passage, flow: Flow, tally: JourneyTally, node_id: str) -> None:
    step = tally.steps.get(node_id, StepTally())
    coming = [
        found.ways.get((edge.source, edge.path), 0) for edge in flow.edges if edge.target == node_id
    ] + ([found.arrived[ENTER]] if flow.start == node_id else [])
    if node_id.startswith("@join:"):
        # All paths must have come: the slowest says how many are through.
        arrived = min(coming, default=0)
    else:
        arrived = step.arrived or sum(coming)
    found.arrived[node_id] = arrived
    gone = max(0, arrived - step.here - step.left)
    for edge in flow.out(node_id):
        found.ways[node_id, edge.path] = _way(found, flow, tally, (node_id, edge.path), gone)


def _way(found: Passage, flow: Flow, tally: JourneyTally, way: tuple[str, str], gone: int) -> int:
    """How many of the *gone* took one way: as recorded, else what is left over for it."""
    node_id, path = way
    step = tally.steps.get(node_id, StepTally())
    kind = flow.nodes[node_id].step if node_id in flow.nodes else None
    if isinstance(kind, Branch | Split | WaitFor):
        timed_out = step.whats.get("timed_out", 0) if path == "otherwise" else 0
        return step.paths.get(path, timed_out)
    if isinstance(kind, Goto):
        again = _jumped(found, flow, tally, node_id, gone)
        return again if path == "again" else gone - again
    if isinstance(kind, Send | Task | Call) and len(flow.out(node_id)) > 1:
        other = min(gone, _otherwise(kind, step, gone))
        return other if path == "otherwise" else gone - other
    return gone


def _otherwise(kind: Send | Task | Call, step: StepTally, gone: int) -> int:
    if isinstance(kind, Send):
        return max(0, gone - step.whats.get("sent", 0))
    if isinstance(kind, Call):
        return max(0, gone - step.paths.get("", 0))
    return step.paths.get("otherwise", 0)


def _jumped(found: Passage, flow: Flow, tally: JourneyTally, node_id: str, gone: int) -> int:
    """How many went back by a `goto`: those at its target who came no other way."""
    if len(flow.out(node_id)) < 2:
        return gone
    target = flow.target(node_id, "again")
    at_target = tally.steps[target].arrived if target in tally.steps else 0
    others = sum(
        found.ways.get((edge.source, edge.path), 0)
        for edge in flow.edges
        if edge.target == target and edge.source != node_id
    ) + (found.arrived[ENTER] if flow.start == target else 0)
    return min(gone, max(0, at_target - others))


def _is(flow: Flow, node_id: str, *kinds: type) -> bool:
    node = flow.nodes.get(node_id)
    return node is not None and isinstance(node.step, kinds)
