"""The calls about versions of journeys: publish, draft, approve, cancel, roll back, withdraw a draft.

A workspace is only looked at from outside here, kept, and queued: reading, checking and compiling take longer than
anybody should wait for a call.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from sojourn.adapters.dynamodb.versions import StoredVersions
from sojourn.adapters.dynamodb.wishes import live_version, publication_of
from sojourn.application.publishing import DRAFT as DRAFTED
from sojourn.application.publishing import (
    OVER,
    ROLLBACK,
    RUNNING,
    WAITING,
    ChangedMeanwhile,
    NotSo,
    Operation,
)
from sojourn.aws_runtime.api.http import Answer, answered
from sojourn.aws_runtime.publishing.archive import BEGINS, LARGEST
from sojourn.aws_runtime.publishing.backing import OWNER, Backing
from sojourn.aws_runtime.publishing.calls import ControlCall, Refusal, known, wrong
from sojourn.aws_runtime.publishing.routes import DRAFT
from sojourn.aws_runtime.publishing.taken_back import draft_of, rolled_back
from sojourn.errors import AuthorError

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.live import Live
    from sojourn.adapters.dynamodb.registration import Published
    from sojourn.adapters.dynamodb.switch import Moved
    from sojourn.adapters.dynamodb.together import Action

MOST_NAMES = 1_000
NAME = re.compile(r"[a-z][a-z0-9_-]{0,59}")
"""What journeys can be called; `*`, which stands for all of them, is none."""
VERSION = re.compile(r"[0-9a-f]{6,64}")
_ID = re.compile(r"[0-9A-Za-z-]{1,64}")


class Publications:
    """The calls.

    Args:
        is_there: whether the version of a state machine (its ARN) can be started, and is that of a journey's version.
        permitted: as whom the stack lets messages be sent, see `sojourn.adapters.senders.permission`.
    """

    def __init__(self, backing: Backing, is_there: Callable[[str, str], bool], permitted: str) -> None:
        self._backing = backing
        self._is_there = is_there
        self._permitted = permitted

    def publish(self, call: ControlCall) -> Answer:
        """Keep a workspace and queue its publication; who may only draft gets a draft, whatever the body says.

        Raises:
            Refusal: what was sent cannot be a workspace, or a field is wrong.
        """
        known(call, "workspace", "journeys", "message", "expected", "expected_revision", "draft")
        draft = call.flag("draft", call.name == DRAFT)
        if call.name == DRAFT and not draft:
            raise wrong("draft", "this call publishes drafts only")
        names, revision = _names(call), call.body.get("expected_revision")
        if revision is not None and (not isinstance(revision, int) or isinstance(revision, bool)):
            raise wrong("expected_revision", "a whole number is wanted")
        content = _archive(call)
        signed = self._backing.signed(call.by, call.text("message"))
        key = f"operations/{signed.id}/workspace.zip"
        asked = {
            "workspace": key, "bytes": len(content), "journeys": names, "expected": call.versions("expected"),
            "expected_revision": revision, "draft": draft,
        }  # fmt: skip
        self._backing.store(key, content)
        journey = names[0] if names is not None and len(names) == 1 else ""
        return accepted(self._backing.begin("publish", signed, asked, journey))

    def approve(self, call: ControlCall) -> Answer:
        """Let a publication begin that waits for somebody else's approval; the same again does no harm.

        Raises:
            Refusal: there is none, it does not wait, or who asked for it is who calls.
        """
        known(call)
        operation = self._operation(call)
        if operation.by == call.by and operation.state == WAITING:
            raise Refusal(403, "own_operation", "who asked for it cannot approve it: somebody else must")
        try:
            approved = self._backing.operations.approve(
                operation.id, call.by, partial(self._tell, call, operation, "approved")
            )
        except NotSo as not_so:
            raise _not_so(not_so) from None
        self._backing.put({"operation": operation.id}, 0.0)
        return answered(200, {"operation": approved.to_json()})

    def cancel(self, call: ControlCall) -> Answer:
        """Let nobody go on with an operation; a publication that waits is refused by whoever cancels it.

        Raises:
            Refusal: there is none, it is over, or it is a publication that is being carried out.
        """
        known(call, "reason")
        operation = self._operation(call)
        if operation.kind == "publish" and operation.state == RUNNING:
            raise Refusal(409, "running", "it is being published: wait for it, then roll back what it did")
        if operation.state in OVER:
            raise Refusal(409, "not_so", f"operation {operation.id} is {operation.state}")
        did = "refused" if operation.state == WAITING and operation.by != call.by else "cancelled"
        try:
            cancelled = self._backing.operations.cancel(
                operation.id, self._backing.now(), partial(self._tell, call, operation, did), call.by,
                running=operation.kind != "publish",
            )  # fmt: skip
        except NotSo as not_so:
            raise _not_so(not_so) from None
        self._backing.put({"operation": operation.id, "cancelled": True}, 0.0)
        return answered(200, {"operation": cancelled.to_json()})

    def rollback(self, call: ControlCall) -> Answer:
        """Let customers enter an earlier version again: at once, or queued where its state machine is gone.

        Raises:
            Refusal: there is no such version, the journey is another owner's, somebody published meanwhile or took it
                back already, or the stack does not let that version's messages be sent.
        """
        # Imported here: it reads messages, and no other call does.
        from sojourn.aws_runtime.publishing.permitted import Given, refuse_kept

        known(call, "to", "message", "expected")
        journey, version = journey_of(call), call.body.get("to")
        if version is not None and (not isinstance(version, str) or not VERSION.fullmatch(version)):
            raise wrong("to", "the id of a version is wanted")
        expected = call.versions("expected").get(journey)
        signed = self._backing.signed(call.by, call.text("message"))
        try:
            now = self._backing.live.state()
            there = now.now().get(journey)
            wanted = version or _before(journey, there, self._backing.live)
            stored, machine = StoredVersions(self._backing.dynamodb, self._backing.table).read(
                journey, wanted
            )
            if there is not None and there["owner"] == OWNER and there["version"] != wanted:
                refuse_kept(self._permitted, self._backing, now.head.settings, stored)
            if not self._is_there(machine, wanted):
                asked = {"to": wanted, "expected": expected}
                return accepted(self._backing.begin("rollback", signed, asked, journey))
            publication = self._backing.registry.roll_back(
                journey, wanted, expected, signed, also=rolled_back(self._backing, signed)
            )
        except LookupError as none:
            raise Refusal(404, "no_version", str(none.args[0])) from None
        except ChangedMeanwhile as changed:
            raise changed_meanwhile(changed) from None
        except Given as given:
            raise Refusal(409, given.error, str(given), given.said) from None
        except AuthorError as error:
            raise Refusal(409, "refused", str(error)) from None
        return answered(200, {"publication": publication.to_json()})

    def withdraw_draft(self, call: ControlCall) -> Answer:
        """Take a journey's draft away.

        Raises:
            Refusal: there is none, or the journey is another owner's.
        """
        known(call, "reason")
        journey = journey_of(call)
        signed = self._backing.signed(call.by, call.text("reason"))

        def also(moved: Moved) -> list[Action]:
            return self._backing.entry(signed, "withdrew", journey, {"draft": draft_of(moved, journey)})

        try:
            draft = self._backing.registry.drop_draft(journey, signed, also)
        except AuthorError as error:
            raise Refusal(409, "refused", str(error)) from None
        if draft is None:
            raise Refusal(404, "no_draft", f'journey "{journey}" has no draft')
        return answered(200, {"draft": draft.to_json()})

    def _operation(self, call: ControlCall) -> Operation:
        found = self._backing.operations.get(call.about) if _ID.fullmatch(call.about) else None
        if found is None:
            raise Refusal(404, "no_operation", "there is no such operation")
        return found

    def _tell(self, call: ControlCall, operation: Operation, did: str, change: Action) -> None:
        """Tell what somebody does to an operation, and do it."""
        told = {"operation": operation.id, "kind": operation.kind, "asked_by": operation.by}
        self._backing.history.add(
            self._backing.now(), call.by, did, operation.journey, call.text("reason"), told, also=(change,)
        )


def _before(journey: str, there: Published | None, live: Live) -> str:
    """Return the version that was live before the one that is; after a roll back, that would be the bad one.

    Raises:
        LookupError: there is none.
        Refusal: the journey was taken back already.
    """
    if there is None or not live_version(there):
        raise LookupError(f'no journey "{journey}" is published')
    last = publication_of(journey, there)
    if last is None or not last.before:
        told = live.publications(journey)
        others = any(one.version not in ("", there["version"]) and one.kind != DRAFTED for one in told)
        instead = "name the version" if others else f"to let nobody enter it, sojourn stop {journey}"
        raise LookupError(f'journey "{journey}" has no version before this one: {instead}')
    if last.kind == ROLLBACK:
        raise Refusal(
            409, "rolled_back_already",
            f'journey "{journey}" was taken back already, from {last.before} to {last.version}, by {last.by}: name the'
            " version if you want another one",
            {"changes": [last.to_json()]},
        )  # fmt: skip
    return last.before


def changed_meanwhile(changed: ChangedMeanwhile) -> Refusal:
    """Return the refusal of a call that was planned against another version than the one that is live."""
    changes = [one.to_json() for one in changed.changes]
    return Refusal(409, "changed_meanwhile", str(changed), {"changes": changes})


def accepted(operation: Operation) -> Answer:
    """Return the answer to a call that is carried out from now on."""
    return answered(202, {"operation": operation.to_json()})


def journey_of(call: ControlCall) -> str:
    """Return the journey that a call is about.

    Raises:
        Refusal: nothing can be called so.
    """
    if not NAME.fullmatch(call.about):
        raise Refusal(404, "no_journey", "there is no journey of this name")
    return call.about


def _names(call: ControlCall) -> list[str] | None:
    names = call.body.get("journeys")
    if names is None:
        return None
    if (
        not isinstance(names, list)
        or not 0 < len(names) <= MOST_NAMES
        or not all(isinstance(one, str) and NAME.fullmatch(one) for one in names)
    ):
        raise wrong(
            "journeys", f"a list of up to {MOST_NAMES:,} names of journeys is wanted, or null for all"
        )
    return sorted(set(names))


def _archive(call: ControlCall) -> bytes:
    text = call.body.get("workspace")
    if not isinstance(text, str):
        raise wrong("workspace", "a zip archive in base64 is wanted")
    try:
        content = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise wrong("workspace", "it is no base64") from None
    if len(content) > LARGEST:
        raise Refusal(413, "too_large", f"workspace: the archive is larger than {LARGEST:,} bytes")
    if not content.startswith(BEGINS):
        raise wrong("workspace", "it is no zip archive")
    return content


def _not_so(not_so: NotSo) -> Refusal:
    return Refusal(409, "not_so", str(not_so))
