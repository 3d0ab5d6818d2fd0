"""Turns each of Segment's calls into an event as `sojourn.aws_runtime.incoming.inbound` reads it.

Source: Segment's specification ("Spec: Identify", "… Track", "… Page", "… Screen", "… Group", "… Alias", "… Common
Fields"). Fields that nobody here knows are passed over. It knows no HTTP, no bus and no key.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sojourn.application.sources import CONSENTS, CONTACTS, MERGE, Source
from sojourn.aws_runtime.api.answering import lacks
from sojourn.aws_runtime.api.http import BadCall, checked, too_large
from sojourn.aws_runtime.incoming.fields import LONGEST_ID_BYTES, is_event_id
from sojourn.aws_runtime.incoming.intake import Inbound
from sojourn.aws_runtime.tracking.fields import LONGEST_ADDRESS, LONGEST_ID, Said
from sojourn.aws_runtime.tracking.times import happened
from sojourn.domain.customer.identity import ANONYMOUS, DEVICE, normalised
from sojourn.domain.customer.naming import Unnamed, event_name
from sojourn.domain.journey.builtin_events import BUILTIN

LONGEST_MESSAGE = 32 * 1024
"""Bytes of one call, and of each message of a batch; Segment's own limit."""
SAME = 60
"""Seconds within which a second call that says the same, and neither when nor by which id, is the first once more."""
CONTACT = ("email", "phone", "device", "timezone", "locale")
"""Traits that are the engine's own: a text each, or null."""
NOT_KEPT = frozenset(("ip", "userAgent", "userAgentData", "traits", "device", "source"))
"""Parts of a context that do not stay with the event as they came."""
OF_CALLS: Mapping[str, str] = {
    "identify": "identified",
    "page": "page_viewed",
    "screen": "screen_viewed",
    "group": "group_joined",
    "alias": "aliased",
}
"""Call -> the event that it becomes; `track` names its own."""
FIELDS = frozenset(
    (
        "userId", "anonymousId", "previousId", "groupId", "messageId", "event", "name", "category", "properties",
        "traits", "context", "timestamp", "originalTimestamp", "sentAt",
    )
)  # fmt: skip
OF_CONSENT = frozenset(("subscribed", "unsubscribed"))
TASK_RAISED = "task_raised"
"""As `sojourn.application.desk` says it, which is more to import than all that tracks."""
OURS = frozenset(BUILTIN) - frozenset(OF_CALLS.values()) - OF_CONSENT | {TASK_RAISED}
"""Events that only the engine tells of: a bounce suppresses, a click releases a wait, people do what tasks ask."""


@dataclass(frozen=True, slots=True)
class Received:
    """What is known of a call besides what its message says.

    Args:
        at: when it came, by our clock.
        sent: when it was sent, by the device's clock, where the call as a whole says so.
        context: what the call says of the context of every message.
    """

    at: datetime
    source: Source
    sent: datetime | None = None
    context: Mapping[str, Any] | None = None


def event_of(kind: str, message: Any, received: Received, where: str = "") -> Inbound:
    """Return the event that a message becomes.

    Args:
        kind: of the call, as in its path.
        where: the message's place, to be named before a field's: "" or `batch[3].`.

    Raises:
        BadCall: it cannot be used, and never will be.
    """
    said = Said(_known(Said(message, where).value, received.context), where)
    if checked(said.value, where.rstrip(".") or "the body") > LONGEST_MESSAGE:
        raise too_large(where.rstrip(".") or "the body", LONGEST_MESSAGE)
    name, detail = _READ[kind](said, received.source)
    context = said.inner("context")
    learned, seen = _context(context)
    detail["identities"] = _identities(said, context) | detail.get("identities", {})
    if not detail["identities"].keys() & {"user_id", "anonymous_id"}:
        raise BadCall(400, "nobody", f"{where}userId: it is missing or stands for none, as does anonymousId")
    detail["attributes"] = {**learned, **detail.get("attributes", {})}
    detail["context"] = {**seen, "source": received.source.name}
    detail["hearsay"] = not received.source.may(CONTACTS)
    original, at, sent = map(said.instant, ("originalTimestamp", "timestamp", "sentAt"))
    at = happened(original or at, sent or received.sent, received.at)
    return Inbound(
        _id(kind, said, received), name, at, {key: value for key, value in detail.items() if value}
    )


def _known(message: Mapping[str, Any], context: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the fields that somebody here knows: the others are neither looked at nor part of what is said."""
    known = {name: value for name, value in message.items() if name in FIELDS}
    own = known.get("context")
    if context and (own is None or isinstance(own, dict)):
        known["context"] = {**context, **(own or {})}
    return known


Read = Callable[[Said, Source], tuple[str, dict[str, Any]]]


def _track(said: Said, source: Source) -> tuple[str, dict[str, Any]]:
    text = said.text("event")
    try:
        name = event_name(text)
    except Unnamed as wrong:
        raise said.wrong("event", str(wrong) if text else "it is missing") from None
    if name in OURS:
        raise BadCall(403, "reserved", f"{said.where}event: only the engine itself tells of this one")
    if name in OF_CONSENT and not source.may(CONSENTS):
        raise lacks(CONSENTS, f"{said.where}event: ")
    return name, {"properties": dict(said.inner("properties").value)}


def _identify(said: Said, source: Source) -> tuple[str, dict[str, Any]]:
    return OF_CALLS["identify"], {"attributes": _traits(said.inner("traits"))}


def _viewed(kind: str) -> Read:
    def read(said: Said, source: Source) -> tuple[str, dict[str, Any]]:
        named = {name: said.text(name, LONGEST_ADDRESS) for name in ("name", "category")}
        properties = {
            **said.inner("properties").value,
            **{name: text for name, text in named.items() if text},
        }
        return OF_CALLS[kind], {"properties": properties}

    return read


def _group(said: Said, source: Source) -> tuple[str, dict[str, Any]]:
    group = said.id("groupId")
    if not group:
        raise said.wrong("groupId", "it is missing")
    # The traits of a group are not those of its members.
    return OF_CALLS["group"], {"properties": {**said.inner("traits").value, "group_id": group}}


def _alias(said: Said, source: Source) -> tuple[str, dict[str, Any]]:
    previous = normalised(ANONYMOUS, said.id("previousId"))
    for name, given in (("previousId", previous), ("userId", said.user("userId"))):
        if not given:
            raise said.wrong(name, "it is missing, or stands for none")
    detail: dict[str, Any] = {
        "properties": {"previous_id": previous},
        "identities": {"anonymous_id": previous},
    }
    if source.may(MERGE):
        detail["merge"] = said.user("previousId")
    return OF_CALLS["alias"], detail


_READ: Mapping[str, Read] = {
    "track": _track, "identify": _identify, "page": _viewed("page"), "screen": _viewed("screen"), "group": _group,
    "alias": _alias,
}  # fmt: skip
KINDS = tuple(_READ)
"""The calls that say one thing each."""


def _identities(said: Said, context: Said) -> dict[str, str]:
    device = context.value.get("device")
    token = Said(device, "").value.get("token") if isinstance(device, dict) else None
    if token is not None and not (isinstance(token, str) and len(token) <= LONGEST_ADDRESS):
        raise context.wrong("device.token", f"a text of at most {LONGEST_ADDRESS:,} characters is wanted")
    # Of what stands for none ("undefined", blanks) nobody is told: it would be everybody's.
    found = {
        "user_id": said.user("userId"), "anonymous_id": normalised(ANONYMOUS, said.id("anonymousId")),
        "device": normalised(DEVICE, token or ""),
    }  # fmt: skip
    return {kind: value for kind, value in found.items() if value}


def _context(context: Said) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a context tells of the customer, and what of the event."""
    seen = {
        name: value
        for name, value in context.value.items()
        # Collected by libraries, not by people: what makes no sense of it is no reason to refuse an event.
        if name not in NOT_KEPT and not (name in ("timezone", "locale") and not _is_short(value))
    }
    return _traits(context.inner("traits")), seen


def _traits(traits: Said) -> dict[str, Any]:
    for name in CONTACT:
        value = traits.value.get(name)
        if value is not None and not (isinstance(value, str) and len(value) <= LONGEST_ADDRESS):
            raise traits.wrong(name, f"a text of at most {LONGEST_ADDRESS:,} characters is wanted, or null")
    return dict(traits.value)


def _is_short(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_ID


def _id(kind: str, said: Said, received: Received) -> str:
    """Return the event's id: the message's own, or one that its content gives; both within the source."""
    own = said.id("messageId")
    if not own:
        content = {name: value for name, value in said.value.items() if name != "sentAt"}
        dated = content.get("timestamp") or content.get("originalTimestamp")
        minute = 0 if dated else int(received.at.timestamp()) // SAME
        text = json.dumps([kind, minute, content], sort_keys=True, separators=(",", ":"))
        own = sha256(text.encode()).hexdigest()[:32]
    found = f"{received.source.name}:{own}"
    if not is_event_id(found):
        raise said.wrong(
            "messageId", f"with the source's name it comes to more than {LONGEST_ID_BYTES} bytes"
        )
    return found
