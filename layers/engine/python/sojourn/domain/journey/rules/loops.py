"""Loops in a journey: which steps lie on one, which jumps close one, what takes time in one. All in linear time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sojourn.domain.journey.model.steps import StepBase, Task, Wait, WaitFor
from sojourn.domain.time.durations import DurationError, parse_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sojourn.domain.journey.flow import Node
    from sojourn.domain.journey.rules.context import JourneyView


def components(nodes: Iterable[str], out: Callable[[str], list[str]]) -> dict[str, int]:
    """Number the strongly connected components (Tarjan's algorithm, without recursion).

    Returns:
        node -> number of its component, or a number of its own, negative, where it lies on no loop. A component
        has a higher number the sooner it is left, so targets come before sources.
    """
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: dict[str, int] = {}
    for root in nodes:
        if root in index:
            continue
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        work = [(root, iter(out(root)))]
        while work:
            node, targets = work[-1]
            for target in targets:
                if target not in index:
                    index[target] = low[target] = len(index)
                    stack.append(target)
                    on_stack.add(target)
                    work.append((target, iter(out(target))))
                    break
                if target in on_stack:
                    low[node] = min(low[node], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    members: list[str] = []
                    while not members or members[-1] != node:
                        members.append(stack.pop())
                        on_stack.discard(members[-1])
                    loops = len(members) > 1 or node in out(node)
                    number = len(found) + 1
                    found |= dict.fromkeys(members, number if loops else -number)
    return found


def in_loops(view: JourneyView, keep: Callable[[Node], bool]) -> Mapping[str, int]:
    """Number the loops that are left when only the nodes that *keep* accepts are walked."""
    kept = {
        node_id for node_id in view.reachable if (node := view.flow.nodes.get(node_id)) is None or keep(node)
    }
    return components(kept, lambda node: [edge.target for edge in view.flow.out(node) if edge.target in kept])


def closes(loops: Mapping[str, int], jump: str, target: str) -> bool:
    """Say whether *jump* and its *target* lie on the same loop."""
    number = loops.get(jump, -1)
    return number > 0 and loops.get(target) == number


def is_endless(view: JourneyView, node: Node) -> bool:
    """Say whether a run that is at *node* can never come to the end."""
    return node.id in view.reachable and node.id not in view.can_end


def takes_time(step: StepBase) -> bool:
    """Say whether walking through *step* takes any time."""
    if isinstance(step, Wait) and isinstance(step.wait, str):
        try:
            return parse_duration(step.wait) > timedelta(0)
        except DurationError:
            return True
    return isinstance(step, Wait | WaitFor | Task)
