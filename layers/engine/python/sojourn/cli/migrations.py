"""Who is in which version of a journey, and what its migration.yaml would do with them: for plan, publish and migrate.

It reads a deployment and compares. It moves nobody, and shows nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sojourn.domain.change.inside import Inside, inside
from sojourn.domain.change.migration import MigrationMap
from sojourn.domain.control import USUAL, Control

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.live import Live
    from sojourn.application.counting import Deltas
    from sojourn.application.publishing import LiveJourney
    from sojourn.domain.change.outline import Outline
    from sojourn.domain.journey.project import JourneyFolder


@dataclass(frozen=True, slots=True)
class Going:
    """What a migration.yaml comes to in a deployment.

    Args:
        version: to which those go who are moved.
        inside: who is in the version that it leads from, and what becomes of them.
        control: what publishers told the journey.
    """

    journey: str
    fates: MigrationMap
    version: str
    inside: Inside
    control: Control = USUAL

    @classmethod
    def of(
        cls, journey: str, fates: MigrationMap, version: str, who: tuple[Inside, ...], there: LiveJourney | None
    ) -> Going:  # fmt: skip
        """Make it of who is in the journey.

        Args:
            who: see `who_is_inside`.
        """
        ours = next((one for one in who if one.version == fates.before), Inside(fates.before, 0))
        return cls(journey, fates, version, ours, there.control if there is not None else USUAL)

    @property
    def leads_nowhere(self) -> bool:
        """Whether it leads from the very version that it would lead to."""
        return self.fates.before == self.version

    @property
    def notes(self) -> tuple[str, ...]:
        """What somebody who wrote it should know before it is done, one sentence each."""
        named = f"migration.yaml leads from {self.fates.before}"
        if self.leads_nowhere:
            return (f"{named}, which is this very version: it does nothing",)
        if self.inside.wrong:
            return ()
        if self.inside.runs <= 0:
            return (f"{named}, and nobody is in that any more: it does nothing",)
        later = f"stay as they are: `sojourn migrate {self.journey}` once it is resumed"
        if self.control.is_still:
            return (f"while its clocks stand still, all but those who leave at once {later}",)
        return (f"while it is paused, those who stopped in it {later}",) if self.control.holds_sends else ()

    def to_json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "from": self.fates.before, "to": self.version, "runs": self.inside.runs,
            "steps": steps_json(self.inside), "wrong": list(self.inside.wrong), "notes": list(self.notes),
        }  # fmt: skip


def fates_of(folder: JourneyFolder) -> MigrationMap | None:
    """Return what stands in a journey's migration.yaml; None where there is none."""
    return MigrationMap.of(folder.migration.migration) if folder.migration is not None else None


def who_is_inside(
    live: Live, journey: str, fates: MigrationMap | None, version: str, after: Outline | None = None
) -> tuple[Inside, ...]:
    """Return who is in which version of a journey, by the counters, and what becomes of them.

    Args:
        fates: what was written; None where all finish on the version they are in.
        version: to which it leads.
        after: what that says, where it is not published yet.

    Raises:
        TransientError: the table does not answer.
    """
    # Imported here: whoever compares two checkouts asks no deployment.
    from sojourn.aws_runtime.publishing.fates import misfitting

    counted = live.counts(journey)
    runs, now = _runs(counted), _now(counted)
    wanted = set(runs) | ({fates.before} if fates is not None else set())
    kept = {one: outline for one in wanted if (outline := live.outline(journey, one)) is not None}
    wrong = misfitting(live, journey, fates, version, after) if fates is not None else ()
    return inside(runs, now, kept, fates, wrong)


def steps_json(inside: Inside) -> list[dict[str, Any]]:
    """Return what becomes of those at each step, for programs."""
    return [{"step": one.step, "runs": one.runs, "fate": one.fate.to_json()} for one in inside.fates]


def _runs(counted: Deltas) -> dict[str, int]:
    return {
        place.version: told["active"]
        for place, told in counted.items()
        if not place.step and "active" in told
    }


def _now(counted: Deltas) -> dict[str, dict[str, int]]:
    now: dict[str, dict[str, int]] = {}
    for place, told in counted.items():
        if place.step and told.get("now"):
            now.setdefault(place.version, {})[place.step] = told["now"]
    return now
