"""Reads exported JSON: which of Pinpoint's objects a file holds, with or without the outer key that a call answers.

It compares each with Pinpoint's contract; what refers to what is for `exports` to say.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from sojourn.pinpoint.contract import Fault, faults
from sojourn.pinpoint.outcome import Problem

Json = dict[str, Any]

JOURNEY, SEGMENT, EMAIL, SMS, PUSH = "journey", "segment", "email template", "SMS template", "push template"
OTHER = "other template"
EMAIL_CHANNEL, SMS_CHANNEL = "email channel", "SMS channel"

OUTER: Mapping[str, tuple[str, str]] = {
    "JourneyResponse": (JOURNEY, "JourneyResponse"),
    "JourneysResponse": (JOURNEY, "JourneysResponse"),
    "WriteJourneyRequest": (JOURNEY, "WriteJourneyRequest"),
    "SegmentResponse": (SEGMENT, "SegmentResponse"),
    "SegmentsResponse": (SEGMENT, "SegmentsResponse"),
    "WriteSegmentRequest": (SEGMENT, "WriteSegmentRequest"),
    "EmailTemplateResponse": (EMAIL, "EmailTemplateResponse"),
    "EmailTemplateRequest": (EMAIL, "EmailTemplateRequest"),
    "SMSTemplateResponse": (SMS, "SMSTemplateResponse"),
    "SMSTemplateRequest": (SMS, "SMSTemplateRequest"),
    "PushNotificationTemplateResponse": (PUSH, "PushNotificationTemplateResponse"),
    "PushNotificationTemplateRequest": (PUSH, "PushNotificationTemplateRequest"),
    "InAppTemplateResponse": (OTHER, "InAppTemplateResponse"),
    "VoiceTemplateResponse": (OTHER, "VoiceTemplateResponse"),
    "EmailChannelResponse": (EMAIL_CHANNEL, "EmailChannelResponse"),
    "SMSChannelResponse": (SMS_CHANNEL, "SMSChannelResponse"),
}
"""The outer key of an answer or a request -> what it holds, and its shape."""
_ONE_OF = {"JourneysResponse": "JourneyResponse", "SegmentsResponse": "SegmentResponse"}
"""An answer that is a list -> the shape of what it lists."""
_BESIDE = frozenset(
    (
        "ApplicationId",
        "JourneyId",
        "SegmentId",
        "TemplateName",
        "Version",
        "ResponseMetadata",
        "CreateNewVersion",
    )
)
"""What may stand beside an outer key: the rest of a request, and what an SDK adds to an answer."""
_BY_TYPE = {"EMAIL": "EmailTemplateResponse", "SMS": "SMSTemplateResponse", "PUSH": "PushNotificationTemplateResponse",
            "INAPP": "InAppTemplateResponse", "VOICE": "VoiceTemplateResponse"}  # fmt: skip
DEEPEST = 100
"""Objects within objects; what Pinpoint writes has about ten."""
_TOO_DEEP = "it is nested too deep"
_EXPECTED = (
    "an answer of `aws pinpoint get-journey`, `list-journeys`, `get-segments` or `get-email-template` as JSON"
)
_NAMED = {JOURNEY: "Name", SEGMENT: "Name", EMAIL: "TemplateName", SMS: "TemplateName", PUSH: "TemplateName"}


@dataclass(frozen=True, slots=True)
class Document:
    """One object of an export.

    Args:
        file: the file it stands in, as it was named.
        kind: `JOURNEY`, `SEGMENT` and so on.
        value: what was exported; what is null there is left out.
        name: what it is called.
    """

    file: str
    kind: str
    value: Json
    name: str

    @property
    def where(self) -> str:
        """How a problem names it."""
        return f'{self.kind} "{self.name}"'


class _DuplicateKeyError(ValueError):
    """A key stands twice in one object."""


def read(files: Mapping[str, bytes]) -> tuple[list[Document], list[Problem]]:
    """Return the objects in *files* that are as Pinpoint's model says, and what is wrong with the others.

    Args:
        files: a file's name -> its content: one JSON value, or several one after another.
    """
    documents: list[Document] = []
    problems: list[Problem] = []
    for file, content in files.items():
        try:
            values = [_present(value) for value in _values(content)]
        except (ValueError, RecursionError) as error:
            problems.append(Problem(file, "", f"this is not JSON: {_words(error)}", f"give {_EXPECTED}"))
            continue
        for value in values:
            _take(file, value, documents, problems)
    return documents, problems


def _values(content: bytes) -> Iterator[Any]:
    """Yield the JSON values in a file; several stand one after another where calls were appended to one file."""
    text = content.decode("utf-8-sig")
    decoder = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)
    if not text.strip():
        raise ValueError("the file is empty")
    at = _after_space(text, 0)
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        yield from value if isinstance(value, list) else (value,)
        at = _after_space(text, at)


def _after_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n,":
        at += 1
    return at


def _once(pairs: list[tuple[str, Any]]) -> Json:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _DuplicateKeyError(f'the key "{twice}" stands twice in one object')
    return made


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def _words(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg[0].lower()}{error.msg[1:]} at line {error.lineno}, column {error.colno}"
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    return _TOO_DEEP if isinstance(error, RecursionError) else str(error)


def _present(value: Any, depth: int = 0) -> Any:
    """Return *value* without what is null: an SDK writes so what is not there.

    Raises:
        ValueError: it is nested deeper than any export is, whatever the interpreter would bear.
    """
    if depth > DEEPEST:
        raise ValueError(_TOO_DEEP)
    if isinstance(value, dict):
        return {key: _present(one, depth + 1) for key, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_present(one, depth + 1) for one in value if one is not None]
    return value


def _take(file: str, value: Any, documents: list[Document], problems: list[Problem]) -> None:
    """Add what *value* holds to the documents, or to the problems why it cannot be."""
    if not isinstance(value, dict):
        problems.append(Problem(file, "", "an object is expected", f"give {_EXPECTED}"))
        return
    outer = next((key for key in value if key in OUTER), None)
    beside: Json = {}
    if outer is not None:
        beside = {key: one for key, one in value.items() if key != outer}
        if unknown := sorted(beside.keys() - _BESIDE):
            problems.append(Problem(file, "", f"`{unknown[0]}` stands beside `{outer}`",
                                    "give one answer of Pinpoint after another, not within one object"))  # fmt: skip
            return
        inner = value[outer]
    else:
        inner = {key: one for key, one in value.items() if key != "ResponseMetadata"}
        outer = _guess(inner)
    if outer is None:
        problems.append(_unknown(file, value))
        return
    if not isinstance(inner, dict):
        problems.append(Problem(file, "", f"`{outer}` is no object", f"give {_EXPECTED}"))
        return
    kind, wanted = OUTER[outer]
    if wanted in _ONE_OF:
        _take_list(file, inner, kind, wanted, documents, problems)
        return
    if "TemplateName" in beside and kind in (EMAIL, SMS, PUSH):
        inner = {"TemplateName": beside["TemplateName"], **inner}
    if "SegmentId" in beside and kind == SEGMENT:
        inner = {"Id": beside["SegmentId"], **inner}
    _add(Document(file, kind, inner, _name(inner, kind, file)), wanted, documents, problems)


def _take_list(
    file: str, inner: Json, kind: str, wanted: str, documents: list[Document], problems: list[Problem]
) -> None:
    items = inner.get("Item")
    if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
        problems.append(Problem(file, "", f"`{wanted}` has no list `Item`", f"give {_EXPECTED}"))
        return
    if unknown := sorted(inner.keys() - {"Item", "NextToken"}):
        problems.append(
            Problem(file, "", f"there is no `{unknown[0]}` in `{wanted}`", f"take `{unknown[0]}` out")
        )
    for one in items:
        _add(Document(file, kind, one, _name(one, kind, file)), _ONE_OF[wanted], documents, problems)


def _add(document: Document, wanted: str, documents: list[Document], problems: list[Problem]) -> None:
    value = document.value
    if wanted.endswith("TemplateRequest"):
        value = {key: one for key, one in value.items() if key != "TemplateName"}
    if wanted == "WriteSegmentRequest":
        value = {key: one for key, one in value.items() if key != "Id"}
    found = list(faults(wanted, value))
    problems.extend(
        Problem(document.file, _where(document, fault), _what(fault), fault.repair) for fault in found
    )
    if not found:
        documents.append(document)


def _where(document: Document, fault: Fault) -> str:
    if document.kind == JOURNEY and len(fault.path) > 1 and fault.path[0] == "Activities":
        return f'{document.where}, activity "{fault.path[1]}"'
    return document.where


def _what(fault: Fault) -> str:
    """Say where within an activity or object something is wrong, and what."""
    path = fault.path[2:] if fault.path[:1] == ("Activities",) else fault.path
    at = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in path).lstrip(".")
    return f"{at}: {fault.what}" if at else fault.what


def _guess(value: Json) -> str | None:
    """Return the outer key that was left away, told by what is inside."""
    if "TemplateType" in value:
        return _BY_TYPE.get(str(value["TemplateType"]))
    if isinstance(value.get("Item"), list):
        first = value["Item"][0] if value["Item"] else {}
        return (
            "SegmentsResponse" if isinstance(first, dict) and "SegmentType" in first else "JourneysResponse"
        )
    if "SegmentType" in value:
        return "SegmentResponse"
    if value.keys() & {"Activities", "StartActivity", "StartCondition", "Schedule"}:
        return "JourneyResponse" if "Id" in value or "ApplicationId" in value else "WriteJourneyRequest"
    if value.keys() & {"Dimensions", "SegmentGroups"}:
        return "WriteSegmentRequest"
    if value.get("Platform") == "EMAIL":
        return "EmailChannelResponse"
    return "SMSChannelResponse" if value.get("Platform") == "SMS" else None


def _unknown(file: str, value: Json) -> Problem:
    if "TemplatesResponse" in value:
        return Problem(file, "", "a list of templates holds no texts",
                       "export each with `aws pinpoint get-email-template --template-name NAME`")  # fmt: skip
    keys = ", ".join(f"`{key}`" for key in list(value)[:4]) or "nothing"
    return Problem(file, "", f"this is no journey, segment or template: it holds {keys}", f"give {_EXPECTED}")


def _name(value: Json, kind: str, file: str) -> str:
    name = value.get(_NAMED.get(kind, "TemplateName")) or value.get("Id")
    return name if isinstance(name, str) and name else PurePosixPath(file).stem
