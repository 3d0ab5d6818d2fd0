"""What is published, as items of the table and back: the head, and versions of journeys.

It knows no client, no messages (see `contents`: whoever only routes imports none of that), and not which version is
entered when (see `editions`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sojourn.adapters.dynamodb import keys, rows
from sojourn.adapters.dynamodb.rows import Item
from sojourn.adapters.dynamodb.sizes import ITEM_LIMIT, item_size
from sojourn.domain.compile.compiled import CompiledJourney, canonical
from sojourn.domain.decide.policy import Policy
from sojourn.domain.decide.segments import SegmentRule, in_order, segment_rule
from sojourn.domain.decide.traits import TraitRule, traits_from, traits_json
from sojourn.errors import AuthorError

HEAD_KEY: Item = {"pk": {"S": keys.CATALOGUE}, "sk": {"S": keys.HEAD}}
_ROOM = 200
"""Bytes kept free in the head for what is written beside the policy."""


@dataclass(frozen=True, slots=True)
class Head:
    """What all functions read first.

    Args:
        segments: in an order in which each comes after those it is built on.
    """

    revision: int
    policy: Policy
    segments: tuple[SegmentRule, ...]
    traits: Mapping[str, TraitRule] = field(default_factory=dict)


def head_text(
    policy: Policy, segments: Iterable[SegmentRule], traits: Mapping[str, TraitRule] | None = None
) -> str:
    """Return policy, segments and traits as the head's row has them.

    Raises:
        AuthorError: they are more than a row takes.
    """
    told = {"policy": policy.to_json(), "segments": {rule.name: rule.when for rule in segments}}
    if traits:
        told["traits"] = traits_json(traits)
    text = canonical(told)
    if (size := len(text.encode())) > ITEM_LIMIT - _ROOM:
        raise too_large("workspace.yaml and segments.yaml together", size, "have fewer or shorter segments")
    return text


def head(item: Mapping[str, Any]) -> Head | None:
    """Return the head that an item says; None where its first registration is not done yet."""
    if "data" not in item or "revision" not in item:
        return None
    told = json.loads(item["data"]["S"])
    traits = traits_from(told.get("traits", {}))
    return Head(
        int(item["revision"]["N"]),
        Policy.from_json(told["policy"]),
        in_order([segment_rule(name, when, traits) for name, when in sorted(told["segments"].items())]),
        traits,
    )


def version_item(journey: CompiledJourney, machine: str) -> Item:
    """Return the item of a version: what the functions must know of it, which is not its definition.

    Args:
        machine: ARN of the state machine's version.

    Raises:
        AuthorError: it is more than a row takes.
    """
    told = journey.to_json()
    del told["definition"]
    item = rows.item(
        keys.journey(journey.name), keys.version(journey.version), canonical(told), machine=machine
    )
    if (size := item_size(item)) > ITEM_LIMIT:
        raise too_large(f'journey "{journey.name}"', size, "have fewer triggers, or divide the journey")
    return item


def journey(item: Mapping[str, Any]) -> CompiledJourney:
    """Return the version that an item says, without its definition."""
    _, version_id = keys.parts(item["sk"]["S"])
    return CompiledJourney.from_json(json.loads(item["data"]["S"]), version_id)


def version_key(journey_name: str, version_id: str) -> Item:
    """Return the key of a version."""
    return {"pk": {"S": keys.journey(journey_name)}, "sk": {"S": keys.version(version_id)}}


def too_large(what: str, size: int, instead: str) -> AuthorError:
    """Return the error for what a row does not hold, with what to do instead."""
    return AuthorError(f"{what} is {size:,} bytes, and one row of the table takes {ITEM_LIMIT:,}: {instead}")
