"""What a stranger can call the tracking API with: a clear refusal, or text that is taken as it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.functions.test_bad_input import HOSTILE
from tests.support.tracked import Tracked, tracked
from tests.support.tracking import called


@pytest.fixture(scope="module")
def api() -> Iterator[Tracked]:
    """The tracking API, for what comes by HTTP."""
    with tracked() as made:
        yield made


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"x" * 10_000_000, 413),
        (b"[" * 1_000_000, 413),
        (b'{"batch": ' + b"[" * 30_000 + b"]" * 30_000 + b"}", 400),
    ],
    ids=["no JSON", "10 MB", "a million deep", "deep in a batch"],
)
@pytest.mark.parametrize("path", ["/v1/identify", "/v1/batch"])
def test_what_no_call_may_be_is_a_clear_refusal(api: Tracked, path: str, body: bytes, status: int) -> None:
    """By the function as API Gateway calls it: nothing goes on the bus, and no line of the body into the answer."""
    if path == "/v1/identify" and len(body) > 32_768:
        status = 413

    answer = api.call(called("POST", path, body, api.key))

    assert answer["statusCode"] == status
    assert set(json.loads(answer["body"])) >= {"code", "message"}
    assert "[[" not in answer["body"]
    assert api.events() == []


@pytest.mark.parametrize("key", ["k" * 43, "", "x:y", "é", "k" * 100_000])
def test_a_key_that_is_none_opens_nothing(api: Tracked, key: str) -> None:
    """Whatever it looks like."""
    answer = api.call(called("POST", "/v1/identify", b'{"userId": "c-1"}', key))

    assert answer["statusCode"] in (400, 401)
    assert (api.events(), key in answer["body"] and bool(key)) == ([], False)


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("when", ["2025-11-22T09:00:00Z", "2027-11-22T09:00:00Z"])
def test_traits_go_in_as_they_stand(api: Tracked, hostile: str, when: str) -> None:
    """By HTTP nothing is rewritten or run: what stands there is text, and its clock a matter for `route`."""
    said = {"userId": "c-1", "traits": {"first_name": hostile}, "timestamp": when}

    answer = api.call(called("POST", "/v1/identify", json.dumps(said).encode(), api.key))

    (event,) = api.events()
    assert answer["statusCode"] == 200
    assert event["detail"]["attributes"]["first_name"] == hostile
