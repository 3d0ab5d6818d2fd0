"""The control API and its OpenAPI document: whatever is sent is answered as the document says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from scripts.write_openapi import written
from sojourn.aws_runtime.publishing.openapi import document
from sojourn.aws_runtime.publishing.routes import ROUTES
from tests.house.tree import ROOT
from tests.support.control_room import ANA, ControlRoom, control_room, workspace
from tests.support.tracking import serving

STATUSES = [400, 401, 403, 404, 409, 413, 415, 422]
CONFIG = schemathesis.Config.from_dict({
    "checks": {
        "negative_data_rejection": {"expected-statuses": STATUSES},
        # No schema says what is in an archive, which journeys there are, or how long a time is.
        "positive_data_acceptance": {"expected-statuses": [200, 202, *STATUSES]},
        # There is no other way to call than the route's: API Gateway answers that.
        "unsupported_method": {"enabled": False},
    }
})  # fmt: skip
SCHEMA = schemathesis.openapi.from_dict(document(), config=CONFIG)
DICE = settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def room() -> Iterator[ControlRoom]:
    """Give a deployment with a journey that is live."""
    with control_room() as made:
        made.publish(workspace())
        yield made


@pytest.fixture(scope="module")
def statuses() -> Counter[int]:
    """Give what counts the answers."""
    return Counter()


@pytest.fixture(scope="module")
def url(room: ControlRoom, statuses: Counter[int]) -> Iterator[str]:
    """Give the address of a server that answers as API Gateway and the function do."""

    def answer(event: dict[str, Any]) -> Any:
        method, path = event["requestContext"]["http"]["method"], event["rawPath"]
        for key in ROUTES:
            if (parameters := matched(key, method, path)) is not None:
                iam = {"authorizer": {"iam": {"userArn": ANA}}}
                context = event["requestContext"] | iam
                said = room.api(
                    event | {"routeKey": key, "pathParameters": parameters, "requestContext": context}
                )
                statuses[said["statusCode"]] += 1
                return said
        return {
            "statusCode": 404,
            "headers": {"content-type": "application/json"},
            "body": '{"message": "Not Found"}',
        }

    with serving(answer) as address:
        yield address


def matched(key: str, method: str, path: str) -> dict[str, str] | None:
    """Return the parameters of a path that a route takes; None where it does not."""
    wanted, pattern = key.split(" ")
    parts, given = pattern.split("/"), path.split("/")
    if wanted != method or len(parts) != len(given):
        return None
    named = {part[1:-1]: one for part, one in zip(parts, given, strict=True) if part.startswith("{")}
    plain = all(part == one for part, one in zip(parts, given, strict=True) if not part.startswith("{"))
    return named if plain and all(named.values()) else None


@SCHEMA.parametrize()
@DICE
def test_the_function_keeps_to_its_document(case: schemathesis.Case, url: str) -> None:
    """Whatever is sent, it is answered as the document says, and never by 5xx."""
    if "journey" in (case.path_parameters or {}) and len(str(case.path_parameters)) % 2:
        case.path_parameters = {"journey": "welcome"}

    answer = case.call(base_url=url)

    assert answer.status_code < 500, answer.text
    said = document()["paths"][case.operation.path]["post"]["responses"]
    if case.method == "POST" and "message" in answer.json() and "error" not in answer.json():
        return
    if case.method == "POST":
        assert str(answer.status_code) in said
        assert ("error" in answer.json()) == (answer.status_code >= 400)


def test_what_was_sent_was_done_too(statuses: Counter[int], room: ControlRoom) -> None:
    """It was no server that refuses everything."""
    assert {200, 202, 400, 404} <= statuses.keys()
    assert {did for _, did in room.told()} >= {"paused", "resumed"}


def test_the_committed_document_is_current() -> None:
    """`make docs` writes it."""
    committed = (ROOT / "docs" / "control.openapi.json").read_text(encoding="utf-8")

    assert committed == written("control.openapi.json")
    assert set(json.loads(committed)["paths"]) == {key.split(" ")[1] for key in ROUTES}
