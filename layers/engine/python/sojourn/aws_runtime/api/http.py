"""Reads calls of an HTTP API (payload format 2.0), from anybody at all, and shapes the answers, which are JSON.

Whatever comes is either a call or a `BadCall`, which says in one sentence what is wrong, by its place and never by
what stands there: a body holds what customers said. It knows no path and no use case.
"""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64decode
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

Answer = dict[str, Any]

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}")
"""What fields are called, of ours and those that conditions can read."""
DEEPEST = 20
"""So deep may a body be nested."""
_INTEGERS = range(-(2**63), 2**63)
"""The whole numbers that conditions reckon with, and that other languages read as they were written."""
_GZIP = 16 + zlib.MAX_WBITS
_GZIP_BEGINS = b"\x1f"
_EVERY: Mapping[str, str] = {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
}
_TYPES = ("application/json", "text/plain")
"""What a body may be called. Browsers send a beacon as text without asking first."""


class BadCall(Exception):
    """A call that cannot be answered as it was meant.

    Args:
        code: one word for programs.
        message: a sentence for people; it quotes nothing.
        headers: more of the answer's headers.
    """

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}

    def answer(self) -> Answer:
        """Return what the caller is told."""
        return answered(self.status, {"code": self.code, "message": self.message}, self.headers)


@dataclass(frozen=True, slots=True)
class HttpCall:
    """One call.

    Args:
        path: as it came, without the query.
        headers: by names in small letters.
        body: as it came: perhaps compressed, perhaps in base64 (`encoded`).
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: str = field(repr=False)
    encoded: bool

    def content(self, longest: int) -> bytes:
        """Return the body's bytes, never more than *longest* however small they were packed.

        Raises:
            BadCall: they are more, are called something else than JSON, or cannot be unpacked.
        """
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind and kind not in _TYPES:
            raise BadCall(415, "unsupported_media_type", "content-type: send application/json")
        packing = self.headers.get("content-encoding", "").strip().lower()
        if packing not in ("", "identity", "gzip"):
            raise BadCall(415, "unsupported_encoding", "content-encoding: send gzip, or the body as it is")
        packed = self._packed(longest)
        # A gateway or a proxy may have unpacked it on the way, and left the header.
        if packing != "gzip" or (not self.encoded and packed[:1] != _GZIP_BEGINS):
            return packed
        return _unpacked(packed, longest)

    def _packed(self, longest: int) -> bytes:
        # Base64 takes four characters for three bytes; other text at least a character for each.
        if len(self.body) > (longest * 4 // 3 + 4 if self.encoded else longest):
            raise too_large("the body", longest)
        try:
            packed = b64decode(self.body) if self.encoded else self.body.encode()
        except ValueError:
            raise BadCall(400, "bad_encoding", "the body: it is no base64, or no text") from None
        if len(packed) > longest:
            raise too_large("the body", longest)
        return packed


def call_of(event: Mapping[str, Any]) -> HttpCall:
    """Return the call in an event; what makes no sense is a call for nothing."""
    http = _mapping(_mapping(event.get("requestContext")).get("http"))
    body = event.get("body")
    return HttpCall(
        method=str(http.get("method", "")).upper(),
        path=str(event.get("rawPath", "")),
        headers={str(name).lower(): str(value) for name, value in _mapping(event.get("headers")).items()},
        body=body if isinstance(body, str) else "",
        encoded=event.get("isBase64Encoded") is True,
    )


def answered(status: int, said: Any, headers: Mapping[str, str] | None = None) -> Answer:
    """Return an answer that says *said*, as JSON."""
    body = json.dumps(said, separators=(",", ":"))
    return {
        "statusCode": status,
        "headers": {**_EVERY, **(headers or {})},
        "body": body,
        "isBase64Encoded": False,
    }


def too_large(where: str, longest: int) -> BadCall:
    """Return the error for what is longer than *longest* bytes."""
    return BadCall(413, "too_large", f"{where}: it is larger than {longest:,} bytes")


def parsed(content: bytes) -> dict[str, Any]:
    """Return the JSON object in a body.

    Raises:
        BadCall: it is none, or only Python would read it as one.
    """
    try:
        said = json.loads(content.decode(), parse_constant=_no_number)
    except BadCall:
        raise
    except RecursionError:
        raise _too_deep("the body") from None
    except json.JSONDecodeError as error:
        raise BadCall(400, "bad_json", f"the body: no JSON: {error.msg} at character {error.pos}") from None
    except ValueError:
        raise BadCall(400, "bad_json", "the body: no JSON: no UTF-8, or a number that is too long") from None
    if not isinstance(said, dict):
        raise BadCall(400, "bad_json", "the body: an object is wanted")
    return said


def only(said: Mapping[str, Any], known: Collection[str], where: str = "", hint: str = "") -> None:
    """Refuse a body with a field that nobody reads: it is one misspelled, and meant something.

    Args:
        where: the place of the object, to be named before a field's: "" or `identities.`.
        hint: what else to say, after a semicolon.

    Raises:
        BadCall: it names the first, if it looks like a name.
    """
    unknown = sorted(said.keys() - set(known))
    if unknown:
        name = unknown[0] if NAME.fullmatch(unknown[0]) else "a field of another name"
        there = f"there is no such field; there are {', '.join(known)}"
        raise BadCall(400, "bad_field", f"{where}{name}: {there}{hint and f'; {hint}'}")


def checked(said: Any, where: str) -> int:
    """Check what JSON alone cannot say; return how many bytes it is, written compactly.

    Raises:
        BadCall: it is nested deeper than `DEEPEST`, or has a number or a character that others cannot read.
    """
    level = [said]
    for _ in range(DEEPEST + 1):
        inner: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                inner += one.values()
            elif isinstance(one, list):
                inner += one
            elif type(one) is int and one not in _INTEGERS:
                raise BadCall(400, "bad_number", f"{where}: a whole number in it has more than 64 bits")
        if not inner:
            break
        level = inner
    else:
        raise _too_deep(where)
    try:
        return len(json.dumps(said, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode())
    except UnicodeEncodeError:
        raise BadCall(400, "bad_character", f"{where}: it has half a character (a lone surrogate)") from None
    except ValueError:
        raise BadCall(400, "bad_number", f"{where}: a number in it is out of range") from None


def _unpacked(packed: bytes, longest: int) -> bytes:
    stream = zlib.decompressobj(_GZIP)
    try:
        content = stream.decompress(packed, longest + 1)
    except zlib.error:
        raise BadCall(400, "bad_encoding", "the body: it is no gzip") from None
    if len(content) > longest:
        raise too_large("the body, unpacked,", longest)
    if not stream.eof or stream.unused_data:
        raise BadCall(400, "bad_encoding", "the body: its gzip is cut off, or more follows")
    return content


def _too_deep(where: str) -> BadCall:
    return BadCall(400, "too_deep", f"{where}: it is nested deeper than {DEEPEST} levels")


def _no_number(name: str) -> NoReturn:
    raise BadCall(400, "bad_json", f"the body: no JSON: {name} is no number")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
