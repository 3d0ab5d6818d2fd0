from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CHECKS

from scripts.write_openapi import written
from sojourn.aws_runtime.tracking.calls import OF_CALLS
from sojourn.aws_runtime.tracking.openapi import document
from tests.house.tree import ROOT
from tests.support.tracking import KEY, Room, basic, serving

CONFIG = schemathesis.Config.from_dict(
    {
        "checks": {
            "negative_data_rejection": {"expected-statuses": [400, 401, 403, 405, 413, 415]},
            # No schema says how many bytes it all is.
            "positive_data_acceptance": {"expected-statuses": [200, 401, 403, 413]},
        }
    }
)
SCHEMA = schemathesis.openapi.from_dict(document(), config=CONFIG)
BATCH = "/v1/batch"
REJECTING, ACCEPTING = CHECKS.get_by_names(["negative_data_rejection", "positive_data_acceptance"])
DICE = settings(
    max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)  # fmt: skip


@pytest.fixture(scope="module")
def room() -> Room:
    """Give a function of which the world may ask anything."""
    return Room()


@pytest.fixture(scope="module")
def url(room: Room) -> Iterator[str]:
    """Give the address of a server that answers as the function does."""
    with serving(room.track) as address:
        yield address


@SCHEMA.exclude(path=[BATCH, "/v1/import"]).parametrize()
@DICE
def test_the_function_keeps_to_its_document(case: schemathesis.Case, url: str) -> None:
    """Whatever is sent, allowed or not, it is answered as the document says, never by 5xx, and never without a key."""
    # No schema says how long a name is as an identifier, nor which are the engine's own; nor, of what may hold
    # anything, that its numbers have 64 bits.
    unsure = case.operation.path == "/v1/track" or has_huge_number(case.body)

    answer = case.call_and_validate(
        base_url=url, headers={"Authorization": basic(KEY)}, excluded_checks=[ACCEPTING] if unsure else []
    )
    assert answer.status_code < 500


@SCHEMA.include(path=BATCH).parametrize()
@settings(DICE, phases=[Phase.generate])
def test_the_function_keeps_to_its_document_in_batches(case: schemathesis.Case, url: str) -> None:
    """The same; a message that cannot be used is no reason to refuse the others."""
    answer = case.call_and_validate(
        base_url=url, headers={"Authorization": basic(KEY)}, excluded_checks=[ACCEPTING, REJECTING]
    )
    assert answer.status_code < 500


def has_huge_number(value: Any) -> bool:
    """Say whether a number in it has more than 64 bits."""
    if isinstance(value, dict | list):
        return any(map(has_huge_number, value.values() if isinstance(value, dict) else value))
    return isinstance(value, int) and not -(2**63) <= value < 2**63


def test_what_was_sent_was_taken_in_too(room: Room) -> None:
    """It was no server that refuses everything."""
    assert {one.name for one in room.told} > {*OF_CALLS.values()}


def test_the_document_is_what_docs_has() -> None:
    """docs/tracking.openapi.json is current; `make docs` writes it anew."""
    committed = (ROOT / "docs" / "tracking.openapi.json").read_text(encoding="utf-8")

    assert committed == written("tracking.openapi.json")
