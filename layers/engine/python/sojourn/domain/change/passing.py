"""How many customers pass each step of a new outline, and are sent what, for each who enters.

Between two steps that both outlines have, as many go on as went on before, unless something between them was added or
taken away at which people wait and may leave, or at which they leave. A new step gets those who come past its place.
Paths whose conditions changed get anything from none to all; those of a split what their weights say. Pure sums.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sojourn.domain.change.amounts import (
    NOTHING,
    ONE,
    Amount,
    between,
    either,
    either_of,
    exactly,
    summed,
    times,
)
from sojourn.domain.change.difference import StepChange, difference
from sojourn.domain.change.messages import Messages, Rates
from sojourn.domain.change.outline import TOP
from sojourn.domain.change.routes import LEAVING, UNRECORDED, WAITING, Shape, rerouted, weights

if TYPE_CHECKING:
    from sojourn.domain.change.figures import Figures, StepFigures
    from sojourn.domain.change.outline import Outline, Place, Step


class Passing:
    """Follows customers through the new outline.

    Args:
        live: the outline that was measured, by *figures*. new: perhaps the same.
        guessed: what a simulation of *new* came to, for the likely number where only bounds are known.
    """

    def __init__(
        self, live: Outline, new: Outline, figures: Figures, rates: Rates,
        guessed: Mapping[str, StepFigures] | None = None,
    ) -> None:  # fmt: skip
        self._was, self._is = Shape(live), Shape(new)
        self._reasons: dict[str, None] = {}
        self._figures, self._guessed = figures, guessed or {}
        self._messages = Messages(live, new, figures, rates, self._guessed, self._why)
        changes = difference(live, new)
        self._change = {one.after.id: one for one in changes.steps if one.after is not None}
        self._gone = [one.before for one in changes.steps if one.after is None and one.before is not None]
        self._may_leave = bool(new.ends) or bool(live.ends)
        self._ends_changed = bool(changes.ends)
        self.unknown = False
        if self._ends_changed:
            self._why("what ends runs changes (goal, while_running): how many come further is not known")
        jumps = [one.step for one in self._change.values() if one.step.verb == "goto" and one.changes]
        for step in (*jumps, *(one for one in self._gone if one.verb == "goto")):
            self.unknown = True
            self._why(f'the jump "{step.id}" changes: how often customers go round is not known')

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why something is not known, after `per_customer`."""
        return tuple(self._reasons)

    @property
    def unpriced(self) -> tuple[str, ...]:
        """Channels that are sent on without a price, after `per_customer`."""
        return tuple(sorted(self._messages.unpriced))

    def per_customer(self) -> dict[str, Amount]:
        """Return messages by channel, all messages, steps and dollars for each customer who enters."""
        tally, _ = self._place(TOP, 1.0, TOP)
        return tally

    def _place(self, place: Place, base: float | None, was: Place | None) -> tuple[dict[str, Amount], Amount]:
        """Follow one customer from the beginning of a path.

        Args:
            base: how many came there, as measured; None where nobody could.
            was: where these steps stood; None where they are new.

        Returns:
            What it comes to, and how much of a customer comes to the path's end.
        """
        tallies, flow, out = [], ONE, ONE
        ref, at = base, None
        loose = self._ends_changed or self._opened(was)
        steps = self._is.at(place)
        for index, step in enumerate(steps):
            change = self._change[step.id]
            stayed = change.before is not None and not change.moved
            measured = self._measured(change)
            if stayed and measured is not None and ref is not None:
                flow = arrive = flow * self._onward(measured, ref, at, step, loose)
                ref, at, loose = measured, step, self._ends_changed
            elif stayed and step.verb in UNRECORDED:
                arrive = flow
            else:
                arrive = flow * self._coming(steps[index + 1 :], ref, at, step, loose)
                loose = loose or (step.verb in WAITING and self._may_leave)
                if change.moved:
                    self._why(f'"{step.id}" stands elsewhere: how many come to it there was never counted')
            inside, out = self._inside(step, change, ref)
            tallies.append(times(summed([self._messages.of(step, change, ref), inside]), arrive))
            if not stayed:
                flow = flow * out
            if step.verb == "exit":
                flow = NOTHING
            loose = loose or self._loosens(change)
        end = flow * out
        if loose or (self._may_leave and any(step.verb in WAITING for step in steps)):
            end = between(0.0, end.high, end.likely)
        return summed(tallies), end

    def _onward(self, measured: float, ref: float, at: Step | None, step: Step, loose: bool) -> Amount:
        """Return how many of those who passed *at* come to *step*, both of which were measured."""
        if not ref:
            return between(0.0, 1.0, self._guess(step, at))
        ratio = measured / ref
        if not loose:
            return exactly(ratio)
        self._why(f'what stands before "{step.id}" changes: how many come to it is not known exactly')
        return between(0.0, max(1.0, ratio), ratio)

    def _coming(
        self, rest: list[Step], ref: float | None, at: Step | None, step: Step, loose: bool
    ) -> Amount:
        """Return how many of those who passed *at*, or who began the path, come past the place of a new step."""
        if not loose and (
            at is None or not ((at.verb in WAITING and self._may_leave) or self._is.can_leave_in(at))
        ):
            return ONE
        following = (self._measured(self._change[one.id]) for one in rest if not self._change[one.id].moved)
        after = next((one for one in following if one is not None), None)
        self._why(
            f'"{step.id}" comes where customers may have left: how many come to it is not known exactly'
        )
        if after is None or not ref or loose:
            return between(0.0, 1.0, self._guess(step, at))
        low = min(1.0, after / ref)
        return between(low, 1.0, low)

    def _inside(self, step: Step, change: StepChange, ref: float | None) -> tuple[dict[str, Amount], Amount]:
        """Return what the paths of a step come to for each who passes it, and how many go on behind it."""
        paths = self._is.paths(step)
        if not paths:
            return {}, ONE
        before = change.before
        passed = ref if step.verb == "parallel" else self._measured(change)
        kept = before is not None and passed is not None and not rerouted(change)
        bases = {path: self._came(before, path, passed) if before is not None else None for path in paths}
        units = {
            path: self._place((step.id, path), bases[path], (before.id, path) if before is not None else None)
            for path in paths
        }
        tallies, outs = [unit[0] for unit in units.values()], [unit[1] for unit in units.values()]
        if step.verb == "parallel":
            return summed(tallies), ONE if all(out.is_exact and out.low for out in outs) else between(
                0.0, 1.0
            )
        shares: dict[str, float] = {}
        if kept and passed:
            shares = {path: base / passed for path, base in bases.items() if base is not None}
        elif step.verb == "split":
            shares = weights(step)
            if before is not None and not kept and not all(bases.values()):
                self._why(
                    f'nobody took a way of "{step.id}" that some will take: what comes of it is not known'
                )
        if shares.keys() >= set(paths):
            rest = max(0.0, 1.0 - sum(shares.values())) if self._is.has_rest(step) else 0.0
            out = exactly(rest)
            for path, share in shares.items():
                out = out + units[path][1] * exactly(share)
            return summed(times(units[path][0], exactly(share)) for path, share in shares.items()), out
        if not kept and (any(tallies) or not all(out.is_exact for out in outs)):
            what = "changes" if before is not None else "is new"
            self._why(f'"{step.id}" {what}: how many take which of its ways is not known')
        if self._is.has_rest(step):
            tallies, outs = [*tallies, {}], [*outs, ONE]
        return self._guessed_paths(step, units, either_of(tallies)), either(outs)

    def _guessed_paths(
        self, step: Step, units: Mapping[str, tuple[dict[str, Amount], Amount]], bounds: dict[str, Amount]
    ) -> dict[str, Amount]:
        """Add to bounds what is likely, by the ways that made-up customers took."""
        guess = self._guessed.get(step.id)
        if guess is None or not guess.passed or not guess.paths:
            return bounds
        taken = {path: guess.paths.get(path, 0.0) / guess.passed for path in units}
        likely = summed(times(units[path][0], exactly(share)) for path, share in taken.items())
        told = {name: likely[name].likely if name in likely else 0.0 for name in bounds}
        return {
            name: between(
                one.low, one.high, None if (at := told[name]) is None else min(max(at, one.low), one.high)
            )
            for name, one in bounds.items()
        }

    def _measured(self, change: StepChange) -> float | None:
        """Return how often a step was passed; None for one that is new, or tells nothing of itself."""
        if change.before is None or change.before.verb in UNRECORDED:
            return None
        return self._figures.step(change.before.id).passed

    def _came(self, before: Step, path: str, passed: float | None) -> float | None:
        """Return how many took a path, as it was counted, or as its first step tells."""
        if before.verb == "parallel":
            return passed
        if taken := self._figures.step(before.id).paths.get(path):
            return taken
        steps = self._was.at((before.id, path))
        if not steps or steps[0].verb in UNRECORDED:
            return passed if steps else 0.0
        return self._figures.step(steps[0].id).passed

    def _opened(self, was: Place | None) -> bool:
        """Say whether something was taken out of a path at which people left, or waited and may have left."""
        verbs = LEAVING | (WAITING if self._may_leave else frozenset())
        return any(
            one.place == was and (one.verb in verbs or self._was.can_leave_in(one)) for one in self._gone
        )

    def _loosens(self, change: StepChange) -> bool:
        """Say whether, behind a step that stayed, other customers go on than did, or fewer, or more."""
        step, before = change.step, change.before
        if before is None:
            return False
        if step.verb in WAITING and self._may_leave and rerouted(change):
            return True
        verbs = LEAVING | (WAITING if self._may_leave else frozenset())
        inner = [self._change[one.id] for one in self._is.within(step)]
        changed = any(
            one.step.verb in verbs and (one.kind == "added" or one.moved or rerouted(one)) for one in inner
        )
        held = {one.id for one in self._was.within(before)}
        removed = any(one.id in held and one.verb in verbs for one in self._gone)
        routed = any(rerouted(one) and self._is.can_leave_in(one.step) for one in (change, *inner))
        return changed or removed or routed

    def _guess(self, step: Step, at: Step | None) -> float | None:
        """Return how many of those who pass *at* come to *step* by the simulation."""
        guess = self._guessed.get(step.id)
        if guess is None:
            return None
        base = self._guessed[at.id].passed if at is not None and at.id in self._guessed else 1.0
        return min(1.0, guess.passed / base) if base else None

    def _why(self, reason: str) -> None:
        self._reasons[reason] = None
