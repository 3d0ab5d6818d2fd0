"""Who a customer is: the row that all else about them hangs on. It knows no other row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

EVERY_TOPIC = "*"
"""Stands for all topics in a customer's consents; what was said of one topic since then counts more."""

MERGING, MERGED, APART = "merging", "merged", "apart"
"""What becomes of others who are, or may be, the same person: see `Profile.others`."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Who a customer is.

    Args:
        consents: (topic, channel) -> opted in; what is absent has the topic's default.
        suppressed: channel -> why it must not be used (`bounce`, `soft_bounces`, `complaint`, `stop`).
        segments: the segments the customer is in now.
        holdout: puts the customer in every holdout, or in none; None leaves it to chance.
        since: when they were first heard of: who is erased and comes again is somebody else, of whom nothing is known,
            and what was begun for the one is not continued for the other. None where they were not heard of but added.
        as_of: when that happened by which something is known: an attribute or a way to reach them by its name, a
            consent as `consent:<topic>:<channel>`. What is heard later of something earlier does not replace it.
        engagement: channel -> what (`sent`, `delivered`, `opened`, `clicked`, `replied`) -> when last.
        last_sent: channel -> the id of the message that went out there last: what a reply is about.
        others: the ids of customers who are, or may be, the same person -> `merging`, `merged`, or `apart`.
        merged_into: the customer who has everything that was known of this one; "" while there is none.
    """

    id: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    timezone: str | None = None
    locale: str | None = None
    email: str | None = None
    phone: str | None = None
    device: str | None = None
    consents: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    suppressed: Mapping[str, str] = field(default_factory=dict)
    segments: frozenset[str] = frozenset()
    holdout: bool | None = None
    since: datetime | None = None
    as_of: Mapping[str, datetime] = field(default_factory=dict)
    engagement: Mapping[str, Mapping[str, datetime]] = field(default_factory=dict)
    last_sent: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    merged_into: str = ""

    @property
    def merging(self) -> tuple[str, ...]:
        """The customers who became this one, and of whom not everything has been brought over yet."""
        return tuple(one for one, state in self.others.items() if state == MERGING) if self.others else ()
