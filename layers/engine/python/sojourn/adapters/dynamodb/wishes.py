"""What a publication wishes of the registry: which journeys are to be there, as what, and who may say so. No client."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sojourn.adapters.dynamodb.editions import NOTHING
from sojourn.adapters.dynamodb.registration import SCHEDULED, STACK, Change, Published, Settled, State
from sojourn.application.drafted import TEST_SEGMENT
from sojourn.application.publishing import (
    DRAFT,
    ROLLBACK,
    SETTINGS,
    WITHDRAW,
    Draft,
    Publication,
    Signed,
)
from sojourn.domain.time.instants import iso
from sojourn.errors import AuthorError

if TYPE_CHECKING:
    from sojourn.domain.compile.bundle import Bundle
    from sojourn.domain.compile.compiled import CompiledJourney

Journeys = Mapping[str, Published | None]
"""By name, as registered; None where nothing is."""


class PlannedOnAnother(Exception):
    """Other versions are live than those that the caller planned against.

    Args:
        expected: journey -> the version the caller expected to be live.
    """

    def __init__(self, expected: Mapping[str, str]) -> None:
        super().__init__(*sorted(expected))
        self.expected = expected


def live_version(there: Published | None) -> str:
    """Return the version that customers enter; "" for none."""
    return str(there["version"]) if there is not None else ""


def row_of(journey: CompiledJourney, machine: str, owner: str) -> dict[str, Any]:
    """Return a journey as its row has it."""
    return {"owner": owner, "version": journey.version, "machine": machine, "triggers": triggers_of(journey)}


def rows_of(
    journeys: Iterable[CompiledJourney], machines: Mapping[str, str], owner: str
) -> dict[str, Published]:
    """Return journeys as their rows have them, by name.

    Raises:
        AuthorError: journeys have no state machine.
    """
    found = tuple(journeys)
    if lacking := sorted({journey.name for journey in found} - machines.keys()):
        raise AuthorError(f"these journeys have no state machine: {', '.join(lacking)}")
    return {journey.name: row_of(journey, machines[journey.name], owner) for journey in found}


def chosen(bundle: Bundle, names: Iterable[str] | None) -> tuple[CompiledJourney, ...]:
    """Return the journeys of a bundle that have these names; all for None.

    Raises:
        AuthorError: it has none of a name.
    """
    if names is None:
        return bundle.journeys
    wanted = set(names)
    if unknown := sorted(wanted - {journey.name for journey in bundle.journeys}):
        raise AuthorError(f"the workspace has no such journeys: {', '.join(unknown)}")
    return tuple(journey for journey in bundle.journeys if journey.name in wanted)


def owned(now: Journeys, owner: str) -> list[str]:
    """Return the journeys of an owner."""
    return [name for name, there in now.items() if there is not None and there["owner"] == owner]


def triggers_of(journey: CompiledJourney) -> list[list[str]]:
    """Return what enters a journey, as its row has it: its schedule, too, so that whoever looks for those finds it."""
    found = {*journey.enter.triggers, *([SCHEDULED] if journey.enter.schedule else [])}
    return sorted([trigger.kind, trigger.name] for trigger in found)


def renewed(there: Published | None, row: Published, signed: Signed | None, kind: str) -> Published:
    """Return a journey's row with how it came to its version; a draft of another version stays beside it.

    It may be a colleague's, who tries something else: whoever publishes or rolls back does not mean it.
    """
    how: Any = None
    if there is not None and there["version"] == row["version"]:
        how = there.get("published")
    elif signed is not None:
        how = {
            "id": signed.id, "before": live_version(there), "by": signed.by, "at": iso(signed.at),
            "message": signed.message, "kind": kind,
        }  # fmt: skip
    draft = (there or {}).get("draft")
    stays = {"draft": draft} if draft and draft["version"] != row["version"] else {}
    return {**row, **stays, **({"published": how} if how else {})}


def drafted(there: Published | None, row: Published, signed: Signed) -> Published:
    """Return a journey's row with *row*'s version as its draft, beside what is live.

    What is live already is nothing to be tried: then the row stays, with a draft of somebody else's if it has one.
    """
    if there is not None and there["version"] == row["version"]:
        return there
    triggers = tuple((kind, name) for kind, name in row["triggers"])
    draft = Draft(row["version"], row["machine"], signed.by, signed.at, triggers).to_json()
    base = there or {"owner": row["owner"], "version": "", "machine": "", "triggers": []}
    before = base.get("draft", {})
    if all(before.get(name) == draft[name] for name in ("version", "machine", "triggers")):
        return base
    return {**base, "draft": draft}


def undrafted(there: Published | None) -> Published | None:
    """Return a journey's row without its draft."""
    if there is None or "draft" not in there:
        return there
    row = {name: value for name, value in there.items() if name != "draft"}
    return row if row["version"] else None


def publication_of(name: str, row: Published | None) -> Publication | None:
    """Return how a journey came to the version that it has, if that was noted."""
    how = row.get("published") if row is not None else None
    if row is None or how is None:
        return None
    return Publication.from_json({**how, "journey": name, "version": row["version"]})


def unnoted(journey: str, version: str, signed: Signed) -> Publication:
    """Return what stands for the publication of a version that is live and was never noted."""
    return Publication(signed.id, journey, version, "", signed.by, signed.at, signed.message, ROLLBACK)


def publishable(now: Journeys, new: Mapping[str, str], owner: str) -> list[str]:
    """Return the journeys that a publication may change: not those of somebody else, which have to stay as they are.

    Args:
        new: journey -> the version that is to be published.

    Raises:
        AuthorError: it would change one of theirs.
    """
    others = [name for name in sorted(new) if not _is_open(now, name, owner)]
    refuse_others(now, [name for name in others if live_version(now[name]) != new[name]], owner, new)
    return [name for name in sorted(new) if name not in others]


def refuse_others(now: Journeys, names: Sequence[str], owner: str, beside: Iterable[str] = ()) -> None:
    """Refuse to publish what belongs to somebody else.

    Args:
        beside: the journeys that were to be published with it.

    Raises:
        AuthorError: with what to do instead.
    """
    free = sorted(name for name in beside if _is_open(now, name, owner))
    alone = f"; the others go by themselves: sojourn publish WORKSPACE/{free[0]}" if free else ""
    for name in names:
        there = now.get(name)
        if there is not None and there["owner"] != owner:
            if there["owner"] == STACK:
                raise AuthorError(
                    f'journey "{name}" belongs to the stack that deploys it: change its files and deploy them '
                    f"(npx cdk deploy), or give this one another name{alone}"
                )
            raise AuthorError(
                f'journey "{name}" was published by "{there["owner"]}": withdraw it there, or rename this one{alone}'
            )


def _is_open(now: Journeys, name: str, owner: str) -> bool:
    """Say whether a journey is this owner's, or nobody's."""
    there = now.get(name)
    return there is None or there["owner"] == owner


def refuse_changed(now: Journeys, new: Mapping[str, str], expected: Mapping[str, str]) -> None:
    """Refuse to publish over a version that the caller has not seen; one that is live already changes nothing.

    Args:
        new: journey -> the version that is to be live.
        expected: journey -> the version that the caller saw; "" for none. Others may be any.

    Raises:
        PlannedOnAnother: other versions are live.
    """
    changed = {
        name: expected[name]
        for name, version in new.items()
        if name in expected and live_version(now.get(name)) not in (expected[name], version)
    }
    if changed:
        raise PlannedOnAnother(changed)


def settle(
    held: State, text: str, owner: str, *, draft: bool = False, expected_revision: int | None = None
) -> Settled:
    """Return what the head is to say with a publication.

    Args:
        text: the settings of the workspace that is published.
        expected_revision: the registry's when the caller looked.

    Raises:
        AuthorError: the settings are another's, or there is nobody for a draft.
        PlannedOnAnother: somebody changed the settings since.
    """
    if text != held.head.settings:
        if held.head.owner != owner:
            raise AuthorError(
                "workspace settings belong to the stack: deploy them (npx cdk deploy), or set "
                '"journeys": "published" in cdk.json'
            )
        if draft:
            raise AuthorError(
                "a draft brings no settings along, and workspace.yaml, segments.yaml or traits.yaml differ from what "
                "is published: publish them first"
            )
        if expected_revision is not None and held.settled > expected_revision:
            raise PlannedOnAnother({SETTINGS: ""})
    if draft and TEST_SEGMENT not in json.loads(text)["segments"]:
        raise AuthorError(
            f'only the segment "{TEST_SEGMENT}" enters drafts, and the workspace has none: write one into '
            f'segments.yaml, for example "{TEST_SEGMENT}: {{when: customer.tester}}", and publish it first'
        )
    return Settled(text, held.head.controls, held.head.owner)


def settings_version(text: str) -> str:
    """Return the version of a workspace's settings: twelve digits of their digest; "" where there are none."""
    return hashlib.sha256(text.encode()).hexdigest()[:12] if text else ""


def telling(
    signed: Signed | None, kind: str
) -> Callable[[State, Settled, Sequence[Change]], Sequence[Publication]]:
    """Return what makes publications of changes; none where nobody signed for them."""

    def tell(held: State, settled: Settled, changes: Sequence[Change]) -> Sequence[Publication]:
        if signed is None:
            return ()
        found: list[Publication] = []

        def add(journey: str, version: str, before: str, how: str) -> None:
            told = Publication(signed.id, journey, version, before, signed.by, signed.at, signed.message, how)
            found.append(told)

        for change in changes:
            was: Published = held.journeys.get(change.name, NOTHING).at(held.revision) or {}
            now: Published = change.row.latest or {}
            before, version = was.get("version", ""), now.get("version", "")
            if before != version:
                add(change.name, version, before, kind if version else WITHDRAW)
            draft = now.get("draft")
            if draft and draft != was.get("draft"):
                add(change.name, draft["version"], version, DRAFT)
        if settled.settings != held.head.settings:
            add(SETTINGS, settings_version(settled.settings), settings_version(held.head.settings), kind)
        return found

    return tell
