"""Which versions of a journey's state machines runs may still be started on; all others may go where there is no room.

Those that customers enter, are in, or may be taken back to at once. One that went is made anew, of what was kept of it,
where somebody goes back to it after all (`rolling_back`) or publishes it once more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.adapters.dynamodb.live import Live
from sojourn.adapters.dynamodb.versions import StoredVersions

if TYPE_CHECKING:
    from collections.abc import Collection

RECENT = 50
"""So many publications back one is taken at once."""


class KeptVersions:
    """Knows it of one deployment; see `sojourn.adapters.stepfunctions.full_machines.OldVersions`.

    Args:
        dynamodb: `boto3.client("dynamodb")`.
        recent: so many publications, the last ones, lead to versions that stay.
    """

    def __init__(self, dynamodb: Any, table: str, recent: int = RECENT) -> None:
        self._live = Live(dynamodb, table)
        self._recent = recent
        self._versions = StoredVersions(dynamodb, table)

    def stays(self, journey: str) -> frozenset[str]:
        """Return the ARNs of versions that runs of a journey may still be started on.

        Raises:
            TransientError: the table does not answer.
        """
        versions = peopled(self._live, journey)
        for one in self._live.publications(journey, self._recent):
            versions |= {one.version, one.before}
        row = self._live.state().journeys.get(journey)
        # Functions that have not heard of the last change yet still start runs on what was live before it.
        rows = [one for one in row.all() if one] if row is not None else []
        registered = [*rows, *(one["draft"] for one in rows if one.get("draft"))]
        found = {str(one["machine"]) for one in registered}
        for version, known in self._versions.machines_of(journey).items():
            if version in versions:
                found |= known
        return frozenset(found)

    def forget(self, journey: str, machines: Collection[str]) -> None:
        """Forget that runs of some version go on in the middle in one of these; its row keeps where they began.

        Whoever makes that version live again asks first whether it is there.

        Raises:
            TransientError: the table does not answer.
        """
        for version, known in self._versions.machines_of(journey).items():
            for machine in known.intersection(machines):
                self._versions.forget_at(journey, version, machine)


def peopled(live: Live, journey: str) -> set[str]:
    """Return the versions of a journey that customers are in, and those they enter: for all, and as a draft.

    Raises:
        TransientError: the table does not answer.
    """
    now = live.journey(journey)
    found = {now.version, now.draft.version if now.draft else ""} if now is not None else set()
    for place, told in live.counts(journey).items():
        if not place.step and told.get("active", 0) > 0:
            found.add(place.version)
    return found - {""}
