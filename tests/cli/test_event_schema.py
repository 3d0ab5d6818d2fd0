from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.application.quarantine import detail_of
from sojourn.aws_runtime.incoming.fields import Poison
from sojourn.aws_runtime.incoming.inbound import incoming
from sojourn.cli.event_schema import event_schema
from sojourn.emit import InvalidEvent, check
from tests.cli.conftest import Sojourn
from tests.support.inbound_details import details, wrong_details

EVENTS = Path(__file__).parents[1] / "events"


@cache
def validator() -> Any:
    schema = event_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def envelope(detail: Any) -> dict[str, Any]:
    return {
        "id": "bus-1",
        "time": "2026-03-06T09:00:00Z",
        "detail-type": "viewed",
        "source": "shop",
        "detail": detail,
    }


def accepted(detail: Any) -> bool:
    try:
        incoming(json.dumps(envelope(detail)))
    except Poison:
        return False
    return True


def left_out(detail: Any) -> bool:
    """Say whether the router takes an event without one of its identities."""
    said = {name for name, value in (detail.get("identities") or {}).items() if value} - {"user_id"}
    return incoming(json.dumps(envelope(detail))).identities.keys() < said


def emitted(detail: Any) -> bool:
    try:
        check(detail)
    except InvalidEvent:
        return False
    return True


@given(details())
@settings(max_examples=150)
def test_what_the_schema_takes_is_read(detail: dict[str, Any]) -> None:
    """A valid event is valid for the schema, for the router and for the emitter."""
    assert (validator().is_valid(envelope(detail)), accepted(detail), emitted(detail)) == (True, True, True)


@given(wrong_details())
@settings(max_examples=150)
def test_what_the_schema_refuses_is_poison(detail: dict[str, Any]) -> None:
    """With one thing wrong, neither takes it; but for an identity that is none, without which the router hears it."""
    assert (validator().is_valid(envelope(detail)), accepted(detail) and not left_out(detail)) == (
        False,
        False,
    )


@given(details() | wrong_details() | st.dictionaries(st.text(max_size=5), st.integers(), max_size=2))
@settings(max_examples=100)
def test_what_the_emitter_lets_out_is_read(detail: dict[str, Any]) -> None:
    """Nothing that was checked ends as a dead letter, but for what the emitter does not write."""
    ours = {
        name: value
        for name, value in detail.items()
        if value is not None and name not in ("hearsay", "hops", "time", "at")
    }

    if emitted(ours):
        assert accepted(ours)


@given(details())
@settings(max_examples=100)
def test_an_event_that_was_kept_aside_is_the_same_when_it_comes_back(detail: dict[str, Any]) -> None:
    """What quarantine keeps, put on the bus again, is read as what it was."""
    read = incoming(json.dumps(envelope(detail)))

    assert incoming(json.dumps(envelope(json.loads(json.dumps(detail_of(read)))))) == read


@pytest.mark.parametrize("name", ["order-completed.json", "emitted-by-a-journey.json"])
def test_events_of_the_samples_are_valid(name: str) -> None:
    """Those of applications, and our own, too."""
    assert validator().is_valid(json.loads((EVENTS / name).read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "change",
    [
        {"detail-type": "two words", "detail": {"customer": "ana"}},
        {"id": ""},
        {"time": "yesterday"},
        {"source": "sojourn.ledger"},
        {"detail": None},
    ],
)
def test_the_envelope_is_part_of_it(change: dict[str, Any]) -> None:
    """What stands around the detail is checked as well."""
    assert not validator().is_valid({**envelope({"customer": "ana", "name": "viewed"}), **change})


def test_a_name_in_the_detail_frees_the_detail_type() -> None:
    """Then an application may call its entries as it likes."""
    assert validator().is_valid(
        {**envelope({"customer": "ana", "name": "viewed"}), "detail-type": "Product Viewed"}
    )


def test_the_events_of_a_workspace_have_a_schema(shop: Path, sojourn: Sojourn) -> None:
    """`sojourn schema --events` prints it, with each event's properties and their types."""
    answer = sojourn("schema", "--events")

    schema = json.loads(answer.out)
    jsonschema.Draft202012Validator.check_schema(schema)
    own = jsonschema.Draft202012Validator(schema)
    name, properties = next(
        (name, one["properties"]) for name, one in schema["$defs"].items() if one["properties"]
    )
    good = {"name": name, "customer": "ana", "properties": {}}
    bad = {**good, "properties": {next(iter(properties)): {"no": ["type"]}}}
    assert answer.status == 0
    assert (own.is_valid(good), own.is_valid({**good, "name": "anything_else"})) == (True, True)
    assert not own.is_valid(bad)
