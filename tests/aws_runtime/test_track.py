from __future__ import annotations

import json
from typing import Any

import pytest

from sojourn.aws_runtime.incoming.intake import NotTaken
from sojourn.aws_runtime.tracking.api import LONGEST_BATCH, MOST_MESSAGES, Track
from sojourn.errors import TransientError
from tests.support.tracking import KEY, MERGING_KEY, SOURCES, Room, called

VIEW = {"userId": "c-1", "event": "Viewed", "messageId": "m1"}


@pytest.fixture
def room() -> Room:
    return Room()


def of(index: int, **more: Any) -> dict[str, Any]:
    return {"type": "track", "userId": "c-1", "event": "Viewed", "messageId": f"m{index}", **more}


def test_what_is_said_is_put_in_and_answered(room: Room) -> None:
    """A call that can be used is one event, and the answer is Segment's."""
    answer = room.track(called("POST", "/v1/track", json.dumps(VIEW).encode(), KEY))

    assert (answer["statusCode"], answer["body"]) == (200, '{"success":true}')
    assert answer["headers"]["content-type"] == "application/json; charset=utf-8"
    assert [(one.name, one.id) for one in room.told] == [("viewed", "web:m1")]


@pytest.mark.parametrize("path", ["/v1/track", "/v1/t", "/prod/v1/track", "/_aws/api/$default/v1/track"])
def test_a_call_is_known_by_the_end_of_its_path(room: Room, path: str) -> None:
    """A stage or a domain's base path may stand before it, and the library for browsers abbreviates."""
    assert room.call(path, VIEW)[0] == 200


@pytest.mark.parametrize(
    "path", ["/", "", "/v1", "/v1/unheard", "/v2/track", "/track", "/v1/track/", "/v1/openapi"]
)
def test_another_path_is_none(room: Room, path: str) -> None:
    """It is said in JSON as well."""
    status, said = room.call(path, VIEW)

    assert (status, said["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("GET", "/v1/track", "POST"), ("DELETE", "/v1/batch", "POST"), ("POST", "/v1/openapi.json", "GET")],
)
def test_another_method_is_refused_and_told_the_right_one(
    room: Room, method: str, path: str, allowed: str
) -> None:
    """As RFC 9110 wants it."""
    answer = room.track(called(method, path, b"{}", KEY))

    assert (answer["statusCode"], answer["headers"]["allow"]) == (405, allowed)


def test_the_document_is_published_to_everybody(room: Room) -> None:
    """Whoever writes a client needs no key to read what there is."""
    answer = room.track(called("GET", "/v1/openapi.json"))

    assert (answer["statusCode"], json.loads(answer["body"])["openapi"]) == (200, "3.1.0")


@pytest.mark.parametrize("key", [None, "", "x" * 43, KEY[:-1], KEY + "k", "\u00e9", KEY.upper()])
def test_whose_key_is_nobodys_is_told_so(room: Room, key: str | None) -> None:
    """No event, and no challenge: a browser would ask the visitors of a web site for a password."""
    answer = room.track(called("POST", "/v1/track", json.dumps(VIEW).encode(), key))

    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (401, "unknown_key")
    assert "www-authenticate" not in answer["headers"]
    assert room.told == []


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !!!", "Basic /////w==", f"Bearer {KEY}", f"Basic {KEY}", "Digest username=k"]
)
def test_other_credentials_are_none(room: Room, header: str) -> None:
    """A key counts as a user name only."""
    body = json.dumps(VIEW).encode()

    assert room.track(called("POST", "/v1/track", body, authorization=header))["statusCode"] == 401


def test_a_beacon_has_its_key_in_the_body(room: Room) -> None:
    """A browser that leaves a page can send no header, and calls what it sends a text."""
    said = {**VIEW, "writeKey": KEY}

    assert room.call("/v1/t", said, None, content_type="text/plain;charset=UTF-8")[0] == 200
    assert room.call("/v1/t", {**said, "writeKey": ["k"]}, None)[0] == 401


def test_a_key_in_the_header_counts_more(room: Room) -> None:
    """A wrong one is not made right by the body."""
    assert room.call("/v1/t", {**VIEW, "writeKey": KEY}, "x" * 43)[0] == 401


def test_a_batch_is_put_in_as_a_whole(room: Room) -> None:
    """The messages are of any kind, and are handed over at once, in their order."""
    messages = [of(1), {"type": "identify", "userId": "c-1", "traits": {"plan": "pro"}}, of(2)]

    assert room.call("/v1/batch", {"batch": messages}) == (
        200,
        {"success": True, "accepted": 3, "refused": []},
    )
    assert [one.name for one in room.told] == ["viewed", "identified", "viewed"]
    assert room.calls == 1


def test_what_cannot_be_used_of_a_batch_keeps_nothing_else_out(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    """The good is in; the bad is named by its index and its place, and counted."""
    messages = [of(1), {"type": "track", "userId": "c-1"}, 7, of(2), {"type": "shout", "userId": "c-1"}]

    status, said = room.call("/v1/import", {"batch": messages})

    assert (status, said["success"], said["accepted"]) == (200, False, 2)
    assert [(one["index"], one["message"].split(":")[0]) for one in said["refused"]] == [
        (1, "batch[1].event"), (2, "batch[2]"), (4, "batch[4].type"),
    ]  # fmt: skip
    assert [one.id for one in room.told] == ["web:m1", "web:m2"]
    out = capsys.readouterr().out
    assert '"TrackAccepted":2' in out
    assert '"code":"bad_field","TrackRefused":3' in out


def test_a_batch_of_which_nothing_can_be_used_is_refused(room: Room) -> None:
    """A client hears of it: 200 would pass for taken in."""
    status, said = room.call("/v1/batch", {"batch": [{}, {}]})

    assert (status, said["code"], said["accepted"], len(said["refused"])) == (400, "nothing_accepted", 0, 2)
    assert room.calls == 0


def test_an_empty_batch_is_good(room: Room) -> None:
    """There is nothing wrong with it, and nothing to do."""
    assert room.call("/v1/batch", {"batch": []})[0] == 200
    assert room.calls == 0


@pytest.mark.parametrize("batch", [None, {}, "x", 1])
def test_a_batch_is_a_list(room: Room, batch: Any) -> None:
    """Anything else is named by its place."""
    assert room.call("/v1/batch", {"batch": batch})[1]["message"] == "batch: a list is wanted"


def test_a_batch_has_a_limit_of_messages_and_bytes(room: Room) -> None:
    """Thousands of small messages, and few large ones."""
    many: list[Any] = [{}] * (MOST_MESSAGES + 1)
    large = [of(index, properties={"x": "y" * 30_000}) for index in range(18)]

    assert room.call("/v1/batch", {"batch": many})[0] == 413
    assert room.call("/v1/batch", {"batch": large})[0] == 413
    assert room.call("/v1/batch", {"batch": large[:16]})[0] == 200
    assert len(room.told) == 16


def test_as_many_messages_as_a_batch_may_have(room: Room) -> None:
    """They are all taken in."""
    messages = [
        {"type": "track", "userId": "c-1", "event": "v", "messageId": f"{i}"} for i in range(MOST_MESSAGES)
    ]

    assert room.call("/v1/batch", {"batch": messages})[1]["accepted"] == MOST_MESSAGES


def test_the_context_of_a_batch_is_every_messages(room: Room) -> None:
    """A message's own counts more."""
    messages = [of(1), of(2, context={"locale": "de-AT"})]

    room.call("/v1/batch", {"batch": messages, "context": {"locale": "en", "app": {"name": "shop"}}})

    first, second = (one.detail["context"] for one in room.told)
    assert (first["locale"], second["locale"]) == ("en", "de-AT")
    assert second["app"] == {"name": "shop"}


def test_the_context_of_a_batch_may_not_make_much_of_little(room: Room) -> None:
    """Handed to every message, it counts as often."""
    context = {"app": "x" * 30_000}
    few = LONGEST_BATCH // 30_000

    assert room.call("/v1/batch", {"batch": [of(i) for i in range(few - 1)], "context": context})[0] == 200
    assert room.call("/v1/batch", {"batch": [of(i) for i in range(few + 1)], "context": context})[0] == 413


@pytest.mark.parametrize("path", ["/v1/track", "/v1/batch"])
def test_what_could_not_be_taken_in_is_not_claimed(
    room: Room, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The client is asked to come again; the ids make that harmless."""
    room.fault = NotTaken("neither the bus nor its queue")

    answer = room.track(called("POST", path, json.dumps({**VIEW, "batch": [of(1)]}).encode(), KEY))

    assert (answer["statusCode"], answer["headers"]["retry-after"]) == (503, "5")
    assert "TrackAccepted" not in (out := capsys.readouterr().out)
    assert '"TrackFailed":1' in out


def test_while_nobody_can_tell_whose_a_key_is_nothing_is_refused(room: Room) -> None:
    """A client does not throw away what it is told to send again."""

    def unread(key: str) -> None:
        raise TransientError("GetItem: ThrottlingException")

    room.track = Track(unread, room, room.clock)

    assert room.call("/v1/track", VIEW)[0] == 503


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"headers": None, "requestContext": [], "rawPath": 3, "body": {}},
        {"rawPath": "/v1/track", "body": 1},
    ],
)
def test_an_event_of_another_kind_is_answered_too(room: Room, event: dict[str, Any]) -> None:
    """Whoever calls the function otherwise than by its API learns nothing either."""
    assert room.track(event)["statusCode"] in (404, 405)


def test_no_answer_quotes_what_was_said(room: Room) -> None:
    """Whatever is wrong, what stands there is not in the answer: it may be logged on the way."""
    secret = "ana@shop.example\r\nSet-Cookie: a=b"
    wrong: list[Any] = [
        {"userId": secret, "event": "x"}, {"userId": [secret], "event": "x"}, {"userId": "c", "event": [secret]},
        {"userId": "c", "event": "x", "timestamp": secret}, {"userId": "c", "event": "x", "context": secret},
        {"userId": "c", "event": "x", "properties": secret}, {"userId": "c", "event": "x", "messageId": secret},
        {"userId": "c", "event": "x", "context": {"traits": {"email": [secret]}}}, {secret: 10**30},
        {"type": secret}, secret,
    ]  # fmt: skip

    for path in ("/v1/track", "/v1/batch"):
        for one in wrong:
            said = one if path == "/v1/track" else {"batch": [one]}
            answer = room.track(called("POST", path, json.dumps(said).encode(), KEY))
            assert answer["statusCode"] == 400, one
            assert "ana" not in json.dumps(answer)
            assert "\n" not in "".join(answer["headers"].values())
    assert room.told == []


def test_every_right_is_asked_of_the_source_of_the_call(room: Room) -> None:
    """What one key may, another may not."""
    said = {"userId": "c-1", "previousId": "c-2", "messageId": "m"}

    assert "merge" not in room.one("/v1/alias", said, KEY).detail
    assert room.one("/v1/alias", said, MERGING_KEY).detail["merge"] == "c-2"
    assert set(SOURCES) == {KEY, MERGING_KEY}
