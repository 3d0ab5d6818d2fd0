"""What is published, as items of the table and back: the head, and versions of journeys with what they were made of.

It knows no client, no messages (see `contents`: whoever only routes imports none of that), and not which version is
entered when (see `editions`).
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sojourn.adapters.dynamodb import engine_keys, keys, rows
from sojourn.adapters.dynamodb.rows import Item
from sojourn.adapters.dynamodb.sizes import ITEM_LIMIT, item_size
from sojourn.domain.compile.compiled import CompiledJourney, canonical
from sojourn.domain.control import EVERY, Control
from sojourn.domain.decide.policy import Policy
from sojourn.domain.decide.segments import SegmentRule, in_order, segment_rule
from sojourn.domain.decide.traits import TraitRule, traits_from, traits_json
from sojourn.errors import AuthorError

HEAD_KEY: Item = {"pk": {"S": engine_keys.CATALOGUE}, "sk": {"S": engine_keys.HEAD}}
MACHINE, AT_MACHINE = "machine", "at_machine"
"""The attributes of a version's row that say where it runs: from its first step on, and beginning at any."""
_ROOM = 200
"""Bytes kept free in the head for what is written beside the policy."""
_EMERGENCY = 4_000
"""Bytes kept free for telling all journeys at once to pause: that must never fail for want of room."""
_PACKED = 350_000
"""Bytes of compressed text that one row takes; the rest goes into further ones."""


@dataclass(frozen=True, slots=True)
class Head:
    """What all functions read first.

    Args:
        segments: in an order in which each comes after those it is built on.
        controls: what publishers told journeys, and `EVERY` journey.
    """

    revision: int
    policy: Policy
    segments: tuple[SegmentRule, ...]
    traits: Mapping[str, TraitRule] = field(default_factory=dict)
    controls: Mapping[str, Control] = field(default_factory=dict)


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
    if (size := len(text.encode())) > ITEM_LIMIT - _ROOM - _EMERGENCY:
        raise too_large("workspace.yaml and segments.yaml together", size, "have fewer or shorter segments")
    return text


def whole_text(settings: str, controls: Mapping[str, Control]) -> str:
    """Return what the head's row says: the workspace's settings as `head_text` gave them, and what journeys were told.

    Raises:
        AuthorError: it is more than a row takes; what `EVERY` journey is told always has room.
    """
    told = {name: said for name, control in controls.items() if (said := control.to_json())}
    if not told:
        return settings
    others = {name: said for name, said in told.items() if name != EVERY}
    whole = json.loads(settings)
    size = len(canonical({**whole, "controls": others}).encode())
    if others and size > ITEM_LIMIT - _ROOM - _EMERGENCY:
        raise too_large(
            "workspace.yaml, segments.yaml and what journeys were told together", size,
            "pause or stop all journeys at once (sojourn pause --all), not one by one",
        )  # fmt: skip
    return canonical({**whole, "controls": told})


def settings_and_controls(text: str) -> tuple[str, dict[str, Control]]:
    """Return the two parts of what the head's row says; both empty where there is none."""
    if not text:
        return "", {}
    told = json.loads(text)
    controls = {name: Control.from_json(said) for name, said in told.pop("controls", {}).items()}
    return canonical(told), controls


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
        {name: Control.from_json(said) for name, said in told.get("controls", {}).items()},
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
        engine_keys.journey(journey.name),
        engine_keys.version(journey.version),
        canonical(told),
        machine=machine,
    )
    if (size := item_size(item)) > ITEM_LIMIT:
        raise too_large(f'journey "{journey.name}"', size, "have fewer triggers, or divide the journey")
    return item


def made_of(journey: CompiledJourney, outline: Mapping[str, Any] | None) -> list[Item]:
    """Return the items that keep what a version was made of: its definition, and its outline where there is one.

    Nothing that runs reads them: they are for whoever compares versions, and to make a state machine anew.
    """
    partition = engine_keys.journey(journey.name)

    def definition(part: int) -> str:
        return engine_keys.definition(journey.version, part)

    def outlined(part: int) -> str:
        return engine_keys.outline(journey.version, part)

    items = _packed(partition, definition, journey.definition)
    return items + (_packed(partition, outlined, outline) if outline else [])


def _packed(partition: str, sort_key: Callable[[int], str], data: Any) -> list[Item]:
    """Return the items of compressed JSON; the first says how many there are, where there are several."""
    text = gzip.compress(canonical(data).encode(), mtime=0)
    pieces = [text[start : start + _PACKED] for start in range(0, len(text), _PACKED)]
    items: list[Item] = [
        {"pk": {"S": partition}, "sk": {"S": sort_key(part)}, "content": {"B": piece}}
        for part, piece in enumerate(pieces)
    ]
    if items[1:]:
        items[0]["pieces"] = {"N": str(len(items))}
    return items


def unpacked(items: Sequence[Mapping[str, Any]]) -> Any:
    """Return the data that such items hold together, in their order."""
    return json.loads(gzip.decompress(b"".join(bytes(item["content"]["B"]) for item in items)))


def pieces(item: Mapping[str, Any]) -> int:
    """Return how many items there are of which this is the first."""
    return int(item["pieces"]["N"]) if "pieces" in item else 1


def journey(item: Mapping[str, Any]) -> CompiledJourney:
    """Return the version that an item says, without its definition."""
    _, version_id = keys.parts(item["sk"]["S"])
    return CompiledJourney.from_json(json.loads(item["data"]["S"]), version_id)


def version_key(journey_name: str, version_id: str) -> Item:
    """Return the key of a version."""
    return {"pk": {"S": engine_keys.journey(journey_name)}, "sk": {"S": engine_keys.version(version_id)}}


def too_large(what: str, size: int, instead: str) -> AuthorError:
    """Return the error for what a row does not hold, with what to do instead."""
    return AuthorError(f"{what} is {size:,} bytes, and one row of the table takes {ITEM_LIMIT:,}: {instead}")
