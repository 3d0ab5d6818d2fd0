"""Which version of a journey a customer enters: the live one, or the draft, for those who try drafts out.

Whoever is in the segment `test` enters a draft *instead of* the live version, so that they see what everybody will see
once it is published; nobody else ever does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sojourn.application.catalogue import Catalogue
    from sojourn.domain.compile.compiled import CompiledJourney, Trigger
    from sojourn.domain.customer.rows import Profile

TEST_SEGMENT = "test"


def version_for(catalogue: Catalogue, profile: Profile, journey: str) -> CompiledJourney | None:
    """Return the version of a journey that a customer enters; None where nobody, or not they, may."""
    if TEST_SEGMENT in profile.segments and (draft := catalogue.draft(journey)) is not None:
        return draft
    return catalogue.current(journey)


def entered_by(catalogue: Catalogue, profile: Profile, trigger: Trigger) -> Sequence[CompiledJourney]:
    """Return the versions that a trigger enters this customer into, by name."""
    live = catalogue.entered_by(trigger)
    if TEST_SEGMENT in profile.segments:
        drafts = catalogue.drafts_by(trigger)
        # A draft that this trigger does not enter stands for its journey all the same.
        live = [*(one for one in live if catalogue.draft(one.name) is None), *drafts]
    return sorted(live, key=lambda one: one.name)
