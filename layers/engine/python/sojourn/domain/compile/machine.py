"""Lays out a journey's states: which task decides what, where a Choice is needed, how paths meet again.

One transition per executed step where AWS allows it: decisions and the ends of computed waits are worked out by
the task before them (`then`), and only where time passed since the last task (after a Wait, a timeout, a join)
does a decision need a task of its own. The same journey gives the same states in the same order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sojourn.domain.compile import names, states
from sojourn.domain.compile.configuration import configuration, is_waiting
from sojourn.domain.compile.then import JOIN, Then, is_computed
from sojourn.domain.journey.flow import END
from sojourn.domain.journey.model.steps import Branch, Exit, Goto, Parallel, Send, Split, Task, Wait
from sojourn.domain.time.durations import parse_duration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.domain.compile.compiled import Sendable
    from sojourn.domain.compile.then import Hoister
    from sojourn.domain.journey.flow import Flow
    from sojourn.domain.journey.model.journey import Journey


@dataclass(slots=True)
class Region:
    """The states of the machine, or of one path of a `parallel` (then `lane` names the parallel and the path)."""

    lane: str = ""
    states: dict[str, states.State] = field(default_factory=dict)
    pending: list[str] = field(default_factory=list)


class Layout:
    """Builds the state machine of one journey."""

    def __init__(
        self,
        journey: Journey,
        flow: Flow,
        hoister: Hoister,
        kept: Mapping[str, tuple[str, ...]],
        messages: Mapping[str, Sendable],
    ) -> None:
        self.journey = journey
        self.flow = flow
        self.hoister = hoister
        self.kept = kept
        self.messages = messages
        self.long = hoister.long or bool(hoister.jumps_here)

    def machine(self) -> tuple[dict[str, Any], Then]:
        """Return the definition, and what entering must decide."""
        begin = self.hoister.follow({"": self.flow.start})
        region = Region()
        start = None
        if self.long:
            for state, target in begin.leaves.items():
                self._end_or_state(state, target, region)
        else:
            start = self._go(begin, region, names.START)
        self._fill(region)
        if self.long:
            start = which = names.which_way(names.START)
            region.states = {
                which: states.choice(self._resumable(region, begin), "where a run begins, or goes on")
            } | region.states
        elif start is None:
            start = names.COMPLETED
            region.states.setdefault(start, states.succeed())
        if any(names.OVER in str(state.get("Catch", "")) for state in region.states.values()):
            region.states[names.OVER] = states.succeed(
                "the run ended meanwhile, or goes on in another execution"
            )
        definition = {
            "Comment": states.comment_of(self.journey.title or self.journey.journey),
            "StartAt": start,
            "States": self._in_order(region.states),
        }
        return definition, begin

    def _in_order(self, made: dict[str, states.State]) -> dict[str, states.State]:
        """Return the states in the order of the journey's file, so that a reader finds them there."""
        order = {names.START: -1} | {node: n for n, node in enumerate(self.flow.nodes)}
        return dict(
            sorted(
                made.items(),
                key=lambda item: (order.get(item[0].split(":")[0], len(order)), len(item[0].split(":"))),
            )
        )

    def _resumable(self, region: Region, begin: Then) -> list[str]:
        """All leaves at which an execution may begin: the first ones, and every one a parked run goes on at."""
        going_on = [
            name
            for name in region.states
            if name in self.flow.nodes or name.endswith(": decide") or name == names.END_TASK
        ]
        return list(dict.fromkeys([*(leaf for leaf in begin.leaves if leaf in region.states), *going_on]))

    def _fill(self, region: Region) -> None:
        while region.pending:
            target = region.pending.pop(0)
            if target not in region.states:
                self._emit(target, region)

    def _want(self, region: Region, target: str) -> str:
        region.pending.append(target)
        return target

    def _emit(self, target: str, region: Region) -> None:
        node = self.flow.nodes[target]
        step = node.step
        if isinstance(step, Wait):
            onward = self._arrive(self.flow.target(target), region)
            seconds = parse_duration(step.wait).total_seconds() if isinstance(step.wait, str) else 0.0
            computed = is_computed(step, long=self.hoister.long)
            region.states[target] = states.wait_until(onward) if computed else states.wait(seconds, onward)
        elif isinstance(step, Parallel):
            self._emit_parallel(target, step, region)
        elif is_waiting(step):
            self._emit_waiting(target, region)
        else:
            self._emit_task(target, region)

    def _emit_task(self, target: str, region: Region) -> None:
        step = self.flow.nodes[target].step
        out = {edge.path: edge.target for edge in self.flow.out(target)}
        then = self.hoister.follow(out)
        next_ = self._go(then, region, target)
        function = names.SEND_FUNCTION if isinstance(step, Send) else names.STEP_FUNCTION
        payload = self._payload(target, then, region)
        state = states.task(function, payload, next_, lane=bool(region.lane), comment=self._comment(target))
        region.states |= states.holding(target, state) if isinstance(step, Send) else {target: state}

    def _emit_waiting(self, target: str, region: Region) -> None:
        step = self.flow.nodes[target].step
        out = {edge.path: edge.target for edge in self.flow.out(target)}
        # The waits that a timeout leads to are told with it, by the run's next task.
        late = self._arrive(out["otherwise"] if "otherwise" in out else out[""], region, told=True)
        # Nobody gets a task of a customer in a holdout: that is answered, and goes the way of the timeout.
        answered = (
            out if isinstance(step, Task) else {path: to for path, to in out.items() if path != "otherwise"}
        )
        releases = self.hoister.follow(answered)
        next_ = self._go(releases, region, target)
        then = self.hoister.follow({**out, "otherwise": out.get("otherwise", out.get("", END))})
        up_to = getattr(step, "up_to", None)
        seconds = parse_duration(up_to).total_seconds() if up_to else None
        payload = (
            self._payload(target, then, region)
            | ({"late": late} if self.long and not region.lane else {})
            | ({"up_to": seconds} if seconds is not None else {})
        )
        region.states[target] = states.waiting_task(
            payload, seconds, late, next_, lane=bool(region.lane), kept=target if target in self.kept else "",
            comment=self._comment(target),
        )  # fmt: skip

    def _emit_parallel(self, target: str, step: Parallel, region: Region) -> None:
        branches: list[dict[str, Any]] = []
        owners: dict[str, int] = {}
        for index, edge in enumerate(self.flow.out(target)):
            lane = Region(lane=f"{region.lane}/{target}/{edge.path}".lstrip("/"))
            start = self._arrive(edge.target, lane, told=True)
            self._fill(lane)
            # State names are unique over all paths, so the end of each path has its own.
            done = {names.done(target): names.done(target, edge.path)}
            made = {done.get(name, name): states.renamed(state, done) for name, state in lane.states.items()}
            branches.append({"StartAt": done.get(start, start), "States": self._in_order(made)})
            for node in self.flow.nodes.values():
                if (target, edge.path) in node.inside:
                    owners[node.id] = index
        remembered = [*self.kept, *(n.id for n in self.flow.nodes.values() if isinstance(n.step, Goto))]
        # `$[0].run` would say it shorter, but moto answers that with a list.
        merged: dict[str, Any] = {
            f"{name}.$": f"States.ArrayGetItem($[*].{name}, 0)" for name in ("run", "customer")
        }
        merged["steps"] = {
            f"{name}.$": f"$[{owners.get(name, 0)}].steps.{name}" for name in dict.fromkeys(remembered)
        }
        onward = self._arrive(self.flow.target(f"{JOIN}:{target}"), region)
        region.states[target] = states.parallel(branches, merged, onward, comment=self._comment(target))
        if region.lane:
            del region.states[target]["Catch"]

    def _arrive(self, target: str, region: Region, *, told: bool = False) -> str:
        """Return the state to go to where no task has just run: a decision then needs a task of its own.

        Args:
            told: somebody tells of a wait that begins here; else a task must, or nobody would know of it.
        """
        if target == END:
            return self._decider(names.END_TASK, target, region)
        if target.startswith(JOIN):
            region.states.setdefault(name := names.done(target.removeprefix(f"{JOIN}:")), states.succeed())
            return name
        step = self.flow.nodes[target].step
        fresh = isinstance(step, Parallel) and self.hoister.long and not region.lane
        if (
            fresh
            or (not told and self.hoister.begins_waiting(target))
            or isinstance(step, Branch | Split | Goto | Exit)
            or is_computed(step, long=self.hoister.long)
        ):
            return self._decider(names.decide(target), target, region)
        return self._want(region, target)

    def _decider(self, name: str, target: str, region: Region) -> str:
        if name not in region.states:
            region.states[name] = {}
            then = self.hoister.follow({"": target})
            payload = {
                "step": "" if target == END else target,
                "do": {"decide": True},
                "then": then.to_json(),
            }
            next_ = self._go(then, region, target if target in self.flow.nodes else name)
            comment = "" if target == END else self._comment(target)
            region.states[name] = states.task(
                names.STEP_FUNCTION,
                self._laned(payload, region),
                next_,
                lane=bool(region.lane),
                comment=comment,
            )
        return name

    def _go(self, then: Then, region: Region, source: str) -> str | None:
        """Return the state after a task: its one leaf, the Choice between several, or None for an end."""
        if len(then.leaves) == 1:
            state, target = next(iter(then.leaves.items()))
            return self._end_or_state(state, target, region)
        entry = next(iter(then.paths.values()))
        name = names.which_way(entry if len(then.paths) == 1 and entry in self.flow.nodes else source)
        if name not in region.states:
            region.states[name] = {}
            for state, target in then.leaves.items():
                if self._end_or_state(state, target, region) is None:
                    region.states.setdefault(state, states.succeed())
            region.states[name] = states.choice(then.leaves)
        return name

    def _end_or_state(self, state: str, target: str, region: Region) -> str | None:
        if target == END or target.startswith(JOIN):
            return None
        if isinstance(self.flow.nodes[target].step, Exit):
            if not region.lane:
                return None
            region.states.setdefault(state, states.ended_in_lane())
            return state
        return self._want(region, target)

    def _payload(self, target: str, then: Then, region: Region) -> dict[str, Any]:
        node = self.flow.nodes[target]
        payload: dict[str, Any] = {
            "step": target,
            "do": configuration(node.step, self.journey, self.messages),
        }
        if target in self.kept:
            payload["keep"] = list(self.kept[target])
        payload["then"] = then.to_json()
        return self._laned(payload, region)

    def _laned(self, payload: dict[str, Any], region: Region) -> dict[str, Any]:
        decided = [n for n in payload["then"]["nodes"] if n in self.kept]
        if decided:
            payload["keep_paths"] = decided
        return payload | ({"lane": region.lane} if region.lane else {})

    def _comment(self, target: str) -> str:
        return str(getattr(self.flow.nodes[target].step, "title", None) or "")
