"""What is published now, as commands ask for it: with their caller's own permissions, straight from the table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any

from sojourn.adapters.dynamodb import engine_keys, published
from sojourn.adapters.dynamodb.counters import counts
from sojourn.adapters.dynamodb.failures import reading
from sojourn.adapters.dynamodb.registration import Published, State, state
from sojourn.adapters.dynamodb.switch import query
from sojourn.adapters.dynamodb.wishes import publication_of
from sojourn.application.publishing import DRAFT, SETTINGS, Draft, LiveJourney, Publication
from sojourn.domain.control import Control, control_of

if TYPE_CHECKING:
    from sojourn.application.counting import Deltas
    from sojourn.domain.change.outline import Outline

_LATEST = 50


class Live:
    """Reads the registry of one table.

    Args:
        client: `boto3.client("dynamodb")`.

    Every method raises TransientError where the table does not answer.
    """

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def journeys(self) -> tuple[LiveJourney, ...]:
        """Return every journey that is published or drafted, by name, in one query."""
        now = self.state()
        return tuple(_live(name, row, now.head.controls) for name, row in now.now().items())

    def journey(self, name: str) -> LiveJourney | None:
        """Return one journey; None where nobody published it, or it was withdrawn."""
        return next((one for one in self.journeys() if one.name == name), None)

    def state(self) -> State:
        """Return all that is registered: revision, settings, controls and journeys."""
        return state(list(query(self._client, self._table, engine_keys.CATALOGUE)))

    def settings(self) -> str:
        """Return policy, segments and traits as `published.head_text` gave them; "" before a first registration."""
        return self.state().head.settings

    def has(self, journey: str, version: str) -> bool:
        """Say whether a journey ever had a version."""
        return self._item(journey, engine_keys.version(version)) is not None

    def outline(self, journey: str, version: str) -> Outline | None:
        """Return a version as its author wrote it; None where it was not kept: an earlier release did not."""
        # Imported here: it brings the model of journeys along, and most callers want none.
        from sojourn.domain.change.outline import Outline

        found = self._unpacked(journey, lambda piece: engine_keys.outline(version, piece))
        return Outline.from_json(found) if found is not None else None

    def definition(self, journey: str, version: str) -> Mapping[str, Any] | None:
        """Return a version's state machine, ARNs as `${Placeholders}`; None where it was not kept."""
        found: Mapping[str, Any] | None = self._unpacked(
            journey, lambda piece: engine_keys.definition(version, piece)
        )
        return found

    def publications(self, journey: str, limit: int = _LATEST) -> tuple[Publication, ...]:
        """Return a journey's publications, the newest first; those of the workspace's settings for `SETTINGS`."""
        return tuple(islice(publications_of(self._client, self._table, journey, limit), limit))

    def counts(self, journey: str, version: str | None = None) -> Deltas:
        """Return a journey's counters by place, of one version alone if it is given."""
        found = counts(self._client, self._table, journey)
        return {place: told for place, told in found.items() if version in (None, place.version)}

    def _unpacked(self, journey: str, sort_key: Any) -> Any:
        first = self._item(journey, sort_key(0))
        if first is None:
            return None
        rest = [self._item(journey, sort_key(piece)) for piece in range(1, published.pieces(first))]
        return published.unpacked([first, *(item for item in rest if item is not None)])

    def _item(self, journey: str, sort_key: str) -> Mapping[str, Any] | None:
        key = {"pk": {"S": engine_keys.journey(journey)}, "sk": {"S": sort_key}}
        with reading():
            item: Mapping[str, Any] | None = self._client.get_item(
                TableName=self._table, Key=key, ConsistentRead=True
            ).get("Item")
        return item


def publications_of(client: Any, table: str, journey: str, limit: int = _LATEST) -> Iterator[Publication]:
    """Yield a journey's publications, the newest first."""
    found = query(
        client, table, engine_keys.journey(journey), engine_keys.PUBLICATIONS, newest_first=True, limit=limit
    )
    for item in found:
        yield Publication.from_json(json.loads(item["data"]["S"]))


def only_drafted(client: Any, table: str, journey: str, version: str) -> bool:
    """Say whether a version was published as a draft, and never for all; what nobody noted was no draft."""
    kinds = {one.kind for one in publications_of(client, table, journey) if one.version == version}
    return kinds == {DRAFT}


def publications_since(client: Any, table: str, expected: Mapping[str, str]) -> tuple[Publication, ...]:
    """Return what was published since these versions were live, the newest first; drafts are not, and not told.

    Args:
        expected: journey -> the version that somebody saw, "" for none; of the settings, the last publication is told.
    """
    found: list[Publication] = []
    for journey, version in expected.items():
        of_it = publications_of(client, table, journey)
        live = (one for one in of_it if one.kind != DRAFT)
        most = 1 if journey == SETTINGS else _LATEST
        found += takewhile(lambda one, seen=version: one.version != seen, islice(live, most))  # type: ignore[misc]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def _live(name: str, row: Published, controls: Mapping[str, Control]) -> LiveJourney:
    draft = row.get("draft")
    return LiveJourney(
        name, row["owner"], row["version"], row["machine"],
        Draft.from_json(draft) if draft else None,
        control_of(controls, name),
        publication_of(name, row),
        tuple((kind, one) for kind, one in row["triggers"]),
    )  # fmt: skip
