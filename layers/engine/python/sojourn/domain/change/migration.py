"""Who goes where when a journey that customers are in is published anew.

A migration map says for each step of the earlier version what becomes of those who are at it: `stay` and finish on that
version, `move` to a step of the new one, `drain` (finish the current wait, then exit) or `exit`. Where a run is in a
`parallel`, its paths go together: the step that counts is the parallel itself. Pure data; it moves nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sojourn.domain.journey.model.migration import Move

if TYPE_CHECKING:
    from sojourn.domain.change.outline import Outline
    from sojourn.domain.journey.model import migration as written

STAY, MOVE, DRAIN, EXIT = "stay", "move", "drain", "exit"


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of whoever is at a step; `to` is the step of the new version, for `move`."""

    do: str = STAY
    to: str = ""

    def to_json(self) -> Any:
        """Return it as it is written in the file."""
        return {MOVE: self.to} if self.do == MOVE else self.do


@dataclass(frozen=True, slots=True)
class MigrationMap:
    """The fates of all who are in one earlier version of a journey.

    Args:
        before: that version.
        steps: step of it -> the fate of those who are there.
        otherwise: the fate of those who are anywhere else.
    """

    before: str
    steps: Mapping[str, Fate] = field(default_factory=dict)
    otherwise: Fate = Fate()

    def fate(self, at: Mapping[str, str]) -> Fate:
        """Return the fate of a run.

        Args:
            at: where it is, by path (`Run.at`): under "" the step of the journey itself, a `parallel` if it is in one.
        """
        return self.steps.get(at.get("", ""), self.otherwise)

    def to_json(self) -> dict[str, Any]:
        """Return it as it is written in the file."""
        steps = {step: fate.to_json() for step, fate in self.steps.items()}
        return {"from": self.before, "steps": steps, "otherwise": self.otherwise.to_json()}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> MigrationMap:
        """Return the map that `to_json` wrote."""
        steps = {step: _fate(told) for step, told in value["steps"].items()}
        return cls(value["from"], steps, _fate(value["otherwise"]))

    @classmethod
    def of(cls, migration: written.Migration) -> MigrationMap:
        """Return the map that a person wrote."""
        steps = {step: _of(fate) for step, fate in migration.steps.items()}
        return cls(migration.from_, steps, _of(migration.otherwise))


@dataclass(frozen=True, slots=True)
class Misfit:
    """A step of a map that the earlier version does not have, or that no run stands at by itself.

    Args:
        around: the parallel step that it lies in; empty where there is no such step at all.
    """

    step: str
    around: str = ""


def misfits(fates: MigrationMap, before: Outline) -> tuple[Misfit, ...]:
    """Return what of a map does not fit the version that it leads from; in the order of the map."""
    found = []
    for step in fates.steps:
        around = _parallel_around(step, before)
        if around is None:
            found.append(Misfit(step))
        elif around:
            found.append(Misfit(step, around))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Fated:
    """What becomes of those who are at a step of the earlier version; `runs` of them are there."""

    step: str
    runs: int
    fate: Fate


def fated(fates: MigrationMap, before: Outline, now: Mapping[str, int]) -> tuple[Fated, ...]:
    """Return what becomes of whom, in the order of the earlier version's steps; those at which nobody is are left out.

    Args:
        now: how many are at each step; who is in a `parallel` counts there, and not in its paths.
    """
    known = [step.id for step in before.steps if not _parallel_around(step.id, before)]
    unknown = sorted(set(now) - {step.id for step in before.steps})
    return tuple(
        Fated(step, now[step], fates.fate({"": step})) for step in (*known, *unknown) if now.get(step)
    )


def unfit(fates: MigrationMap, before: Outline, after: Outline | None) -> tuple[str, ...]:
    """Return everything that speaks against a map, in sentences.

    Args:
        after: the version that it leads to; None where it was not kept: then its steps are not looked up.
    """
    said = [
        f"it names {one.step}, which lies in the parallel {one.around}: name that one"
        if one.around
        else f"it names {one.step}, and version {fates.before} has no such step"
        for one in misfits(fates, before)
    ]
    for to in sorted({fate.to for fate in (*fates.steps.values(), fates.otherwise) if fate.do == MOVE}):
        around = _parallel_around(to, after) if after is not None else ""
        if around is None:
            said.append(f"it moves runs to {to}, and there is no such step")
        elif around:
            said.append(f"it moves runs to {to}, which lies in the parallel {around}")
    return tuple(said)


def _parallel_around(step: str, outline: Outline) -> str | None:
    """Return the outermost parallel step that a step lies in, "" where in none; None where there is no such step."""
    steps = {one.id: one for one in outline.steps}
    if step not in steps:
        return None
    outermost, around = "", steps[step].place[0]
    while around:
        if steps[around].verb == "parallel":
            outermost = around
        around = steps[around].place[0]
    return outermost


def _fate(told: Any) -> Fate:
    return Fate(MOVE, told[MOVE]) if isinstance(told, Mapping) else Fate(told)


def _of(fate: written.Fate) -> Fate:
    return Fate(MOVE, fate.move) if isinstance(fate, Move) else Fate(fate)
