from __future__ import annotations

import gzip
import json
import sys
import tracemalloc
import zlib
from typing import Any

import pytest

from sojourn.aws_runtime.api.http import DEEPEST, BadCall, call_of, checked, parsed
from sojourn.aws_runtime.tracking.api import LONGEST_BATCH
from tests.support.tracking import KEY, Room, called

VIEW = {"userId": "c-1", "event": "Viewed", "messageId": "m1"}


@pytest.fixture
def room() -> Room:
    return Room()


def answer(room: Room, body: bytes, path: str = "/v1/track", **headers: str) -> tuple[int, str, str]:
    """Send bytes; return status, code and message."""
    told = room.track(called("POST", path, body, KEY, **headers))
    said = json.loads(told["body"])
    return told["statusCode"], said.get("code", ""), said.get("message", "")


def refusal(room: Room, body: bytes, path: str = "/v1/track", **headers: str) -> tuple[int, str]:
    """Send bytes that are refused; return status and code."""
    status, code, _ = answer(room, body, path, **headers)
    assert room.told == []
    return status, code


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"nothing", b"[]", b'"x"', b"7", b"null", b"{'a': 1}", b'{"a": NaN}', b'{"a": -Infinity}',
        b'{"a": 01}', b'\xff\xfe{"a": 1}', b"\xef\xbb\xbf{}", b'{"a": "\x00"}',
        b'{"a": ' + b"9" * 5_000 + b"}",
    ],
)  # fmt: skip
def test_what_is_no_json_object_is_refused(room: Room, body: bytes) -> None:
    """Half of one, another kind, and what only Python would read; API Gateway hands text over or base64."""
    assert refusal(room, body) == (400, "bad_json")
    assert refusal(room, body, content_type="") == (400, "bad_json")


def test_what_json_can_say_and_others_cannot_read_is_refused(room: Room) -> None:
    """Half a character, a number beyond a double or beyond 64 bits."""
    said = json.dumps(VIEW)[:-1].encode()

    assert refusal(room, said + rb', "properties": {"a": "\ud800"}}') == (400, "bad_character")
    assert refusal(room, said + rb', "properties": {"\ud800": 1}}') == (400, "bad_character")
    assert refusal(room, said + b', "properties": {"a": 1e999}}') == (400, "bad_number")
    assert refusal(room, said + b', "properties": {"a": 9223372036854775808}}') == (400, "bad_number")
    assert answer(room, said + b', "properties": {"a": -9223372036854775808}}')[0] == 200


def test_what_nul_stands_in_is_json(room: Room) -> None:
    """A text may hold it, written as an escape; an id may not."""
    assert answer(room, json.dumps({**VIEW, "properties": {"a": "\x00"}}).encode())[0] == 200
    assert room.told.pop().detail["properties"] == {"a": "\x00"}
    assert refusal(room, json.dumps({**VIEW, "userId": "a\x00"}).encode()) == (400, "bad_field")


def test_ten_megabytes_are_not_read(room: Room) -> None:
    """However they come."""
    body = b'{"a": "' + b"x" * 10_000_000 + b'"}'

    assert refusal(room, body) == (413, "too_large")
    assert refusal(room, body, "/v1/batch") == (413, "too_large")
    assert refusal(room, body, "/v1/batch", content_type="") == (413, "too_large")


def test_a_call_has_less_room_than_a_batch(room: Room) -> None:
    """32 KB and 500 KB; in bytes, not in characters."""
    body = json.dumps({**VIEW, "x": "\u00e9" * 16_400}, ensure_ascii=False).encode()

    assert refusal(room, body) == (413, "too_large")
    assert refusal(room, body, "/v1/batch") == (400, "bad_field")


@pytest.mark.parametrize("brackets", ["[]", '{"a":}'])
@pytest.mark.parametrize("depth", [DEEPEST, 900, 5_000, 70_000])
def test_what_is_nested_deep_is_refused(room: Room, brackets: str, depth: int) -> None:
    """Counting does not need the depth that it forbids: neither Python's own limit nor its stack is in the way."""
    nested = brackets[:-1] * depth + "1" + brackets[-1] * depth
    body = f'{{"batch": [{{"type": "track", "userId": "c", "event": "x", "properties": {{"a": {nested}}}}}]}}'

    assert answer(room, body.encode(), "/v1/batch")[0] == 400
    assert room.told == []


def test_a_million_deep_is_too_large(room: Room) -> None:
    """It is not even looked into."""
    body = b'{"batch": ' + b"[" * 1_000_000

    assert refusal(room, body, "/v1/batch") == (413, "too_large")
    assert refusal(room, gzip.compress(body), "/v1/batch", content_encoding="gzip") == (413, "too_large")


def test_as_deep_as_may_be(room: Room) -> None:
    """The last level counts, the next does not."""

    def nested(levels: int) -> Any:
        return {} if levels == 1 else {"a": nested(levels - 1)}

    checked(nested(DEEPEST), "here")
    with pytest.raises(BadCall, match="here: it is nested deeper"):
        checked({"a": [[[nested(DEEPEST)]]]}, "here")


@pytest.mark.parametrize("kind", ["", "application/json; charset=utf-8", "text/plain", "APPLICATION/JSON"])
def test_what_a_body_may_be_called(room: Room, kind: str) -> None:
    """JSON, text, or nothing, which API Gateway hands over in base64."""
    assert answer(room, json.dumps(VIEW).encode(), content_type=kind)[0] == 200


@pytest.mark.parametrize(
    "kind",
    ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "image/png", "text/html", "x"],
)
def test_what_it_may_not_be_called(room: Room, kind: str) -> None:
    """A form of another site can send no call."""
    assert refusal(room, json.dumps(VIEW).encode(), content_type=kind) == (415, "unsupported_media_type")


def test_a_body_may_be_packed(room: Room) -> None:
    """By gzip, as Segment's clients do; API Gateway has it in base64."""
    body = gzip.compress(json.dumps({"batch": [{**VIEW, "type": "track"}]}).encode())

    assert answer(room, body, "/v1/batch", content_encoding="gzip", content_type="")[0] == 200
    assert answer(room, body, "/v1/batch", content_encoding="GZIP ", content_type="")[0] == 200
    assert [one.id for one in room.told] == ["web:m1"] * 2


@pytest.mark.parametrize(
    "body",
    [
        b"no gzip", gzip.compress(b"{}")[:-3], gzip.compress(b"{}") + b"more", zlib.compress(b"{}"),
        gzip.compress(b"{}") * 2,
    ],
    ids=["text", "cut off", "followed", "zlib", "twice"],
)  # fmt: skip
def test_what_is_no_gzip_is_refused(room: Room, body: bytes) -> None:
    """Cut off, followed by more, or something else."""
    assert refusal(room, body, content_encoding="gzip", content_type="") == (400, "bad_encoding")


def test_what_was_unpacked_on_the_way_is_taken(room: Room) -> None:
    """The header may have stayed; what was packed and then called a text is lost, and said to be."""
    event = called("POST", "/v1/track", json.dumps(VIEW).encode(), KEY)
    event["headers"]["content-encoding"] = "gzip"

    assert room.track(event)["statusCode"] == 200
    event["body"] = gzip.compress(json.dumps(VIEW).encode()).decode("utf-8", "replace")
    assert room.track(event)["statusCode"] == 400


@pytest.mark.parametrize("packing", ["br", "deflate", "gzip, gzip"])
def test_other_packings_are_refused(room: Room, packing: str) -> None:
    """A client is told what is understood."""
    assert refusal(room, b"{}", content_encoding=packing) == (415, "unsupported_encoding")


def test_a_bomb_is_not_unpacked(room: Room) -> None:
    """Half a gigabyte in half a megabyte: no more of it is held than is allowed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(b" " * 1_000_000) for _ in range(500)) + packer.flush()
    assert len(bomb) < LONGEST_BATCH
    event = called("POST", "/v1/batch", bomb, KEY, content_encoding="gzip", content_type="")

    tracemalloc.start()
    told = room.track(event)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert told["statusCode"] == 413
    assert most < 5_000_000


@pytest.mark.parametrize("body", ["%%%", "e30", "\u00e9"])
def test_what_is_no_base64_is_refused(room: Room, body: str) -> None:
    """Whoever calls the function himself may say anything."""
    event = called("POST", "/v1/track", b"{}", KEY) | {"body": body, "isBase64Encoded": True}

    assert room.track(event)["statusCode"] == 400


def test_half_a_character_in_the_body_itself(room: Room) -> None:
    """Lambda's JSON may hold what no bytes do."""
    event = called("POST", "/v1/track", b"{}", KEY) | {"body": '{"a": "\ud800"}'}

    assert room.track(event)["statusCode"] == 400


def test_a_call_shows_no_body() -> None:
    """Whatever prints one prints nothing that a customer said."""
    assert "ana" not in repr(call_of(called("POST", "/v1/track", b'"ana"')))


def test_a_deep_body_is_refused_whatever_python_allows() -> None:
    """A larger recursion limit changes nothing."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(5_000)
    try:
        with pytest.raises(BadCall):
            checked(parsed(b'{"a":' * 3_000 + b"1" + b"}" * 3_000), "the body")
    finally:
        sys.setrecursionlimit(limit)


def test_what_is_no_utf_8_is_refused(room: Room) -> None:
    """API Gateway mends what it calls a text; what it has in base64 is as it came."""
    assert refusal(room, b'{"a": "\xed\xa0\x80"}', content_type="") == (400, "bad_json")
