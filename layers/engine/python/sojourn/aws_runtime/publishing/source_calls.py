"""The calls about sources: add one, which answers its write key this one time, and revoke one.

Each is written together with its entry in the history, where the key is not, nor is it logged.
"""

from __future__ import annotations

from sojourn.adapters.dynamodb.sources import DynamoSources, taken
from sojourn.adapters.dynamodb.together import Refused
from sojourn.application.sources import (
    KEY_BYTES,
    NAME,
    RIGHTS,
    SourceError,
    key_digest,
    new_source,
    write_key,
)
from sojourn.aws_runtime.api.http import Answer, answered
from sojourn.aws_runtime.publishing.backing import Backing
from sojourn.aws_runtime.publishing.calls import ControlCall, Refusal, known, wrong
from sojourn.aws_runtime.publishing.reach import Reach
from sojourn.domain.time.instants import iso

LONGEST_NAME = 100
"""Characters that are looked at; what is longer is no name anyhow."""


class SourceCalls:
    """The calls."""

    def __init__(self, backing: Backing, reach: Reach) -> None:
        self._backing = backing
        self._random = reach.random
        self._sources = DynamoSources(backing.dynamodb, backing.table)

    def add(self, call: ControlCall) -> Answer:
        """Add a source and answer its write key.

        Raises:
            Refusal: its name is none, or taken; there is no such right.
        """
        known(call, "name", "rights", "reason")
        name, rights = call.id("name", LONGEST_NAME), _rights(call)
        signed = self._backing.signed(call.by, call.text("reason"))
        try:
            source = new_source(name, rights, signed.at.replace(microsecond=0))
        except SourceError as error:
            raise Refusal(400, "bad_source", str(error)) from None
        key = write_key(self._random(KEY_BYTES))
        digest = key_digest(key)
        assert digest is not None
        told = {"name": source.name, "rights": sorted(source.rights)}
        try:
            self._backing.history.add(
                signed.at, signed.by, "added_source", message=signed.message, details=told,
                also=self._sources.adding(source, digest),
            )  # fmt: skip
        except Refused:
            raise Refusal(409, "source_taken", str(taken(source.name))) from None
        return answered(200, {"source": {**told, "since": iso(source.since)}, "write_key": key})

    def revoke(self, call: ControlCall) -> Answer:
        """Take a source's write key away, and the source with it.

        Raises:
            Refusal: there is none of that name.
        """
        known(call, "reason")
        signed = self._backing.signed(call.by, call.text("reason"))
        if not NAME.fullmatch(call.about):
            raise Refusal(404, "no_source", "there is no source of this name")
        try:
            self._backing.history.add(
                signed.at, signed.by, "revoked_source", message=signed.message, details={"name": call.about},
                also=self._sources.revoking(call.about),
            )  # fmt: skip
        except SourceError as error:
            raise Refusal(404, "no_source", str(error)) from None
        except Refused:
            said = f'the source "{call.about}" is just being changed by somebody else: look at it again'
            raise Refusal(409, "changed_meanwhile", said) from None
        return answered(200, {"name": call.about, "revoked": True})


def _rights(call: ControlCall) -> frozenset[str]:
    rights = call.body.get("rights") or []
    if (
        not isinstance(rights, list)
        or not all(isinstance(one, str) for one in rights)
        or len(rights) > len(RIGHTS)
    ):
        raise wrong("rights", f"a list is wanted, of {', '.join(RIGHTS)}")
    return frozenset(rights)
