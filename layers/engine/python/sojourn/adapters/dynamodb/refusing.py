"""Says beforehand why a publication would be refused: before state machines are made that nobody would start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.adapters.dynamodb import published, wishes
from sojourn.adapters.dynamodb.live import publications_since
from sojourn.application.publishing import ChangedMeanwhile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.adapters.dynamodb.registration import State
    from sojourn.domain.compile.bundle import Bundle


def refuse(
    client: Any, table: str, now: State, bundle: Bundle, versions: Mapping[str, str], expected: Mapping[str, str],
    owner: str, *, draft: bool, expected_revision: int | None,
) -> str:  # fmt: skip
    """Raise what `Registry.publish` would raise now; return the settings as they would be published.

    Args:
        now: what is registered.
        versions: journey -> the version that is to be published; for the others see `Registry.publish`.

    Raises:
        ChangedMeanwhile, AuthorError: see there.
    """
    text = published.head_text(bundle.policy, bundle.segments, bundle.traits)
    registered = now.now()
    wishes.publishable(registered, versions, owner)
    try:
        wishes.refuse_changed(registered, versions, expected)
        wishes.settle(now, text, owner, draft=draft, expected_revision=expected_revision)
    except wishes.PlannedOnAnother as error:
        raise ChangedMeanwhile(publications_since(client, table, error.expected)) from error
    return text
