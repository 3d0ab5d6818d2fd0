"""What of an outline decides who comes where: paths of a step, who may leave at it, which changes matter to that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sojourn.domain.change.difference import StepChange
    from sojourn.domain.change.outline import Outline, Place, Step

UNRECORDED = frozenset({"goto", "parallel", "exit"})
"""Steps of which no counter says how many come to them; of a `parallel`, one says how many leave it."""
WAITING = frozenset({"wait", "wait_for", "task"})
"""Steps at which a run stands, so that it may reach the goal or leave meanwhile."""
LEAVING = frozenset({"exit", "goto"})
_ROUTING: Mapping[str, frozenset[str]] = {
    "branch": frozenset({"branch"}), "split": frozenset({"split"}), "wait_for": frozenset({"wait_for", "up_to"}),
    "send": frozenset({"via", "when_quiet", "delivery", "otherwise"}), "call": frozenset({"call", "otherwise"}),
    "task": frozenset({"up_to", "otherwise", "task"}), "parallel": frozenset({"parallel"}), "wait": frozenset({"wait"}),
}  # fmt: skip
"""The fields of a step that say which way runs go on from it, and when. Texts and titles do not."""


class Shape:
    """An outline's steps by where they stand."""

    def __init__(self, outline: Outline) -> None:
        self.steps: dict[str, Step] = {step.id: step for step in outline.steps}
        self._at: dict[Place, list[Step]] = defaultdict(list)
        for step in outline.steps:
            self._at[step.place].append(step)

    def at(self, place: Place) -> list[Step]:
        """Return the steps of a path, in order."""
        return self._at.get(place, [])

    def paths(self, step: Step) -> list[str]:
        """Return the names of the ways on from a step that may hold steps of their own."""
        held = [path for around, path in self._at if around == step.id]
        says = step.says
        named: list[str] = []
        if step.verb == "branch":
            named = [
                case.get("name") or ("else" if "else" in case else str(number))
                for number, case in enumerate(says.get("branch", ()), 1)
            ]
        elif step.verb == "split":
            named = list(says.get("split", ()))
        elif step.verb == "parallel":
            named = list(says.get("parallel", ()))
        return list(dict.fromkeys([*named, *held]))

    def within(self, step: Step) -> Iterator[Step]:
        """Yield the steps inside a step, at any depth."""
        for path in self.paths(step):
            for inner in self.at((step.id, path)):
                yield inner
                yield from self.within(inner)

    def can_leave_in(self, step: Step) -> bool:
        """Say whether somebody may leave the journey, or jump, at a step or inside it."""
        return step.verb in LEAVING or any(inner.verb in LEAVING for inner in self.within(step))

    def has_rest(self, step: Step) -> bool:
        """Say whether whoever takes none of a step's paths goes on all the same."""
        if step.verb == "branch":
            return all("else" not in case for case in step.says.get("branch", ()))
        return step.verb not in {"split", "parallel"}


def weights(step: Step) -> dict[str, float]:
    """Return which part of the customers each path of a split takes."""
    shares = {name: float(share.get("weight", 0)) for name, share in step.says.get("split", {}).items()}
    total = sum(shares.values())
    return {name: weight / total for name, weight in shares.items()} if total else {}


def rerouted(change: StepChange) -> bool:
    """Say whether a step that stayed sends runs on in another way, or at another time, than it did."""
    fields = _ROUTING.get(change.step.verb, frozenset())
    return any(field.name in fields for field in change.fields)
