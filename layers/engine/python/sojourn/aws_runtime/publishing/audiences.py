"""The call about audiences: begin one, or go on with one that was interrupted.

    {"journey": …, "source": {"file": <key in the bucket>, "name": …} | {"segment": …}, "format": "csv",
     "occurrence": …, "rate": 50, "message": …}        or        {"resume": <operation>}

The file lies in the bucket of uploads already: whoever calls puts it there under their own credentials. It is looked at
when it is cut. It knows no row.
"""  # fmt: skip

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from sojourn.application.pacing import FASTEST, SLOWEST
from sojourn.application.publishing import NotSo, Operation
from sojourn.aws_runtime.api.http import Answer
from sojourn.aws_runtime.publishing.backing import Backing
from sojourn.aws_runtime.publishing.calls import ControlCall, Refusal, known, wrong
from sojourn.aws_runtime.publishing.publications import NAME, accepted
from sojourn.domain.audience import lines

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.together import Action

KIND = "audience"
DID = "started_audience"
PREFIX = "audiences/"
"""What the keys begin with of files that hold customers: they expire sooner than others."""
FORMATS = lines.FORMATS
LONGEST_NAME = 200
_KEY = re.compile(r"audiences/[A-Za-z0-9._-]{1,80}/[A-Za-z0-9._-]{1,200}")
_SEGMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,99}")


class Audiences:
    """The call."""

    def __init__(self, backing: Backing) -> None:
        self._backing = backing

    def start(self, call: ControlCall) -> Answer:
        """Queue an audience, or go on with one.

        Raises:
            Refusal: a field is wrong; nobody could enter; there is nothing to go on with.
        """
        if "resume" in call.body:
            return self._resume(call)
        known(call, "journey", "source", "format", "occurrence", "rate", "message")
        journey = call.text("journey")
        if not NAME.fullmatch(journey):
            raise wrong("journey", "the name of a journey is wanted")
        asked = {**_source(call), **_pace(call)}
        self._ask_first(journey, asked.get("segment", ""))
        signed = self._backing.signed(call.by, call.text("message"))
        asked["occurrence"] = call.text("occurrence", LONGEST_NAME) or asked.get("occurrence") or signed.id
        operation = Operation(signed.id, KIND, signed.by, signed.at, journey, signed.message, asked=asked)
        told = {name: asked[name] for name in ("name", "segment", "occurrence") if asked.get(name)}
        return accepted(self._backing.begin_told(signed, DID, operation, told))

    def _ask_first(self, journey: str, segment: str) -> None:
        # Imported here: most calls are about no audience.
        from sojourn.adapters.dynamodb.catalogue import DynamoCatalogue
        from sojourn.application.admission import NotAdmitted, ask_first

        try:
            ask_first(DynamoCatalogue(self._backing.dynamodb, self._backing.table), journey, segment)
        except NotAdmitted as none:
            raise Refusal(404 if none.code.startswith("no_") else 409, none.code, str(none)) from None

    def _resume(self, call: ControlCall) -> Answer:
        known(call, "resume", "message")
        id_ = call.text("resume", LONGEST_NAME)
        operation = self._backing.operations.get(id_) if id_ else None
        if operation is None or operation.kind != KIND:
            raise Refusal(404, "no_operation", "there is no such audience")
        try:
            reopened = self._backing.operations.reopen(operation.id, partial(self._tell, call, operation))
        except NotSo as not_so:
            raise Refusal(409, "not_so", str(not_so)) from None
        self._backing.put({"operation": operation.id, "resume": True}, 0.0)
        return accepted(reopened)

    def _tell(self, call: ControlCall, operation: Operation, reopening: Action) -> None:
        self._backing.history.add(
            self._backing.now(), call.by, DID, operation.journey, call.text("message"),
            {"operation": operation.id, "resumed": True}, also=(reopening,),
        )  # fmt: skip


def _source(call: ControlCall) -> dict[str, Any]:
    """Return where the rows are; a file's occurrence is what it holds, unless the caller says another."""
    source = call.body.get("source")
    if not isinstance(source, dict) or ("file" in source) == ("segment" in source):
        raise wrong("source", 'an object is wanted, with "file" or "segment"')
    if "segment" in source:
        segment = source["segment"]
        if not isinstance(segment, str) or not _SEGMENT.fullmatch(segment) or len(source) > 1:
            raise wrong("source.segment", "the name of a segment is wanted")
        return {"segment": segment}
    key, name = source["file"], source.get("name", "")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise wrong("source.file", f"the key of a file in the bucket of uploads is wanted, below {PREFIX}")
    if not isinstance(name, str) or len(name) > LONGEST_NAME:
        raise wrong("source.name", f"a text of up to {LONGEST_NAME} characters is wanted")
    return {
        "key": key,
        "name": name,
        "format": call.word("format", *FORMATS),
        "occurrence": key.split("/")[1],
    }


def _pace(call: ControlCall) -> dict[str, float]:
    """Return how many are to enter a second, where the caller says it."""
    rate = call.number("rate", SLOWEST, FASTEST)
    return {"rate": rate} if rate else {}
