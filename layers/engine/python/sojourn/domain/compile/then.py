"""What a task can decide after its own work without time passing ("hoisting"), as data for the task.

From wherever a task's outcomes lead, the decisions that follow at once (branches, splits, jumps, ends) and the
wait they lead to are gathered into one small graph: `paths` says where each outcome leads, `nodes` what to decide
there. The task walks it and answers with the leaf it came to; a single Choice goes there. Nested decisions
therefore cost one transition together. The walk itself is `sojourn.domain.decide.follow`.

Node forms, all JSON:
    {"branch": [[path, condition or "else", target], ...]}    {"split": [[path, weight, target], ...]}
    {"goto": target, "done": target, "at_most": n, "here": n}
    {"wait": seconds}    {"until": text, "zone": ...}    {"between": [from, to], "zone": ..., "days": [...]}
    {"exit": reason}     {"end": true}                   {"lanes": [[step, seconds, path], ...]}
    {"fresh": true}
A target without a node is a state to go to. Every node that is a leaf carries the `state` to go to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sojourn.domain.compile import names
from sojourn.domain.journey.flow import END
from sojourn.domain.journey.model.steps import Branch, Exit, Goto, Parallel, Split, Wait
from sojourn.domain.time.durations import parse_duration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.domain.journey.flow import Flow
    from sojourn.domain.journey.model.steps import StepBase

JOIN = "@join"


@dataclass(slots=True)
class Then:
    """What follows a task: the data for the task, and the leaves it can come to, by state name in order."""

    paths: dict[str, str] = field(default_factory=dict)
    nodes: dict[str, dict[str, Any]] = field(default_factory=dict)
    leaves: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the part that is compiled into the task."""
        return {"paths": self.paths, "nodes": self.nodes}


class Hoister:
    """Gathers what follows, for one journey.

    Args:
        long: waits must be checked when they begin, because together they may outlast an execution.
        jumps_here: how often one execution may jump back at each `goto` before the run is continued in a new
            execution; absent where the history cannot fill up.
    """

    def __init__(self, flow: Flow, *, long: bool, jumps_here: Mapping[str, int]) -> None:
        self.flow = flow
        self.long = long
        self.jumps_here = jumps_here

    def follow(self, targets: Mapping[str, str]) -> Then:
        """Gather what follows outcomes that lead to *targets* (outcome -> node id of the flow)."""
        then = Then()
        for path, target in targets.items():
            then.paths[path] = self._visit(target, then)
        return then

    def _visit(self, target: str, then: Then) -> str:
        if target in then.nodes:
            return target
        if target == END:
            return self._leaf(names.COMPLETED, {"end": True}, names.COMPLETED, target, then)
        if target.startswith(JOIN):
            done = names.done(target.removeprefix(f"{JOIN}:"))
            return self._leaf(JOIN, {"join": True}, done, target, then)
        step = self.flow.nodes[target].step
        if isinstance(step, Branch | Split | Goto):
            then.nodes[target] = {}
            then.nodes[target].update(self._decision(target, step, then))
            return target
        if isinstance(step, Exit):
            return self._leaf(target, {"exit": step.exit}, target, target, then)
        if isinstance(step, Wait):
            return self._leaf(target, wait_node(step, checked=self.long), target, target, then)
        if isinstance(step, Parallel) and self.long:
            return self._leaf(target, {"fresh": True}, target, target, then)
        if isinstance(step, Parallel) and (lanes := self._first_waits(target)):
            return self._leaf(target, {"lanes": lanes}, target, target, then)
        then.leaves[target] = target
        return target

    def _leaf(self, key: str, node: dict[str, Any], state: str, target: str, then: Then) -> str:
        then.nodes[key] = node if state == key else {**node, "state": state}
        then.leaves[state] = target
        return key

    def _decision(self, node_id: str, step: StepBase, then: Then) -> dict[str, Any]:
        out = {edge.path: edge.target for edge in self.flow.out(node_id)}
        if isinstance(step, Branch):
            cases: list[list[Any]] = []
            for n, case in enumerate(step.branch, 1):
                path = case.name or ("else" if case.else_ is not None else str(n))
                cases.append([path, case.when or names.ELSE, self._visit(out[path], then)])
            if not any(case.else_ is not None for case in step.branch):
                cases.append(["else", names.ELSE, self._visit(out["else"], then)])
            return {"branch": cases}
        if isinstance(step, Split):
            return {
                "split": [
                    [name, share.weight, self._visit(out[name], then)] for name, share in step.split.items()
                ]
            }
        assert isinstance(step, Goto)
        node: dict[str, Any] = {"goto": self._visit(out["again"], then)}
        if step.at_most is not None:
            node |= {"at_most": step.at_most, "done": self._visit(out["done"], then)}
        if node_id in self.jumps_here:
            node["here"] = self.jumps_here[node_id]
        return node

    def begins_waiting(self, target: str) -> bool:
        """Say whether a wait of a known length begins at a node, or in a path of a `parallel` there."""
        step = self.flow.nodes[target].step
        return isinstance(step, Wait) or (isinstance(step, Parallel) and bool(self._first_waits(target)))

    def _first_waits(self, parallel: str) -> list[list[Any]]:
        """The static waits with which paths of a `parallel` begin: they begin with it."""
        lanes: list[list[Any]] = []
        for edge in self.flow.out(parallel):
            node = self.flow.nodes.get(edge.target)
            if node is not None and isinstance(node.step, Wait) and isinstance(node.step.wait, str):
                lanes.append([edge.target, parse_duration(node.step.wait).total_seconds(), edge.path])
        return lanes


def wait_node(step: Wait, *, checked: bool) -> dict[str, Any]:
    """Return the leaf for a wait: `wait` where its end needs no working out, else what to work out."""
    wait = step.wait
    if isinstance(wait, str):
        seconds = parse_duration(wait).total_seconds()
        return {"for": seconds} if checked else {"wait": seconds}
    if hasattr(wait, "until"):
        return {"until": wait.until, "zone": wait.zone}
    return {
        "between": list(wait.between),
        "zone": wait.zone,
        **({"days": list(wait.days)} if wait.days else {}),
    }


def is_computed(step: StepBase, *, long: bool) -> bool:
    """Say whether a wait's end must be worked out by a task before it."""
    return isinstance(step, Wait) and (long or not isinstance(step.wait, str))
