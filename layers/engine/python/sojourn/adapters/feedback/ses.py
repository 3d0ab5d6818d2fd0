"""Reads what Amazon SES tells of emails: events that a configuration set publishes to EventBridge.

Source: Amazon SES, "Monitoring SES events using Amazon EventBridge" and the fields of "event publishing"; the names of
the events' types are those of EventBridge's reference. Every email goes to one address, so every event is of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from sojourn.adapters.feedback.told import (
    NotRead,
    PassedOver,
    Told,
    about,
    event_id,
    instant,
    items,
    mapping,
    text,
    within_minute,
    words,
)
from sojourn.domain.decide.feedback import (
    BOUNCED,
    CLICKED,
    COMPLAINED,
    DELAYED,
    DELIVERED,
    FAILED,
    OPENED,
    REJECTED,
    SENT,
    SUBSCRIBED,
    UNSUBSCRIBED,
)
from sojourn.domain.decide.machines import PROGRAM, What, is_machine

EMAIL = "email"
NO_COMPLAINTS = frozenset(("not-spam", "auth-failure"))
"""Kinds of a complaint that are none: a reader who takes mail out of the spam folder, a server's note on a signature
(IANA, "Complaint Feedback Type Values")."""
OPTED_IN, OPTED_OUT = "OptIn", "OptOut"
_OF_RECIPIENTS = {BOUNCED: ("bounce", "bouncedRecipients"), COMPLAINED: ("complaint", "complainedRecipients")}
_Said = tuple[str, datetime, tuple[str, ...], dict[str, Any]]


def read(detail: Mapping[str, Any], is_ours: Callable[[str], bool] = lambda url: False) -> list[Told]:
    """Return what an event of SES tells: mostly one thing; a change of subscriptions may be several.

    Args:
        detail: the envelope's.
        is_ours: says of a link that it leads over our own: whoever follows it, our own function tells.

    Raises:
        PassedOver: the email bears no tags of ours, or it says nothing.
        NotRead: it is no such event.
    """
    kind = text(detail.get("eventType"))
    mail = mapping(detail.get("mail"), "detail.mail")
    customer, tags = about(mapping(mail.get("tags") or {}, "detail.mail.tags"))
    message = text(mail.get("messageId"))
    if not message:
        raise NotRead("detail.mail.messageId: it is missing")
    reader = _READERS.get(kind)
    if reader is None:
        raise PassedOver("unknown_type")
    tags.pop("version", None)
    told = []
    for name, at, same, said in reader(detail, mail):
        if name == CLICKED and is_ours(said["url"]):
            raise PassedOver("own_link")
        own = tags
        if said.get("machine"):
            own = {tag: value for tag, value in tags.items() if tag not in ("run", "step")}
        properties = {"channel": EMAIL, **own, **said}
        if name not in (SUBSCRIBED, UNSUBSCRIBED):
            properties["provider_id"] = message
        email = _recipient(detail, name) if name == COMPLAINED or said.get("hard") else ""
        told.append(Told(event_id(name, message, *same), name, at, customer, email, properties=properties))
    return told


def _recipient(detail: Mapping[str, Any], name: str) -> str:
    """Return the address that came back or complained, where it is said: others may have it too."""
    inner, listed = _OF_RECIPIENTS[name]
    found = [
        text(one.get("emailAddress")) for one in items(_inner(detail, inner).get(listed), f"detail.{inner}")
    ]
    return parseaddr(found[0])[1] if len(found) == 1 else ""


def _sent(detail: Mapping[str, Any], mail: Mapping[str, Any]) -> Iterator[_Said]:
    yield SENT, _at(mail), (), {}


def _delivered(detail: Mapping[str, Any], mail: Mapping[str, Any]) -> Iterator[_Said]:
    yield DELIVERED, _at(_inner(detail, "delivery")), (), {}


def _delayed(detail: Mapping[str, Any], mail: Mapping[str, Any]) -> Iterator[_Said]:
    inner = _inner(detail, "deliveryDelay")
    at = _at(inner)
    yield DELAYED, at, (at.isoformat(),), words(reason=text(inner.get("delayType")))


def _bounced(detail: Mapping[str, Any], mail: Mapping[str, Any]) -> Iterator[_Said]:
    """A bounce that is `Undetermined` says nothing of the address, and one of a list's contact is no bounce of it."""
    inner = _inner(detail, "bounce")
    kind, below = text(inner.get("bounceType")), text(inner.get("bounceSubType"))
    hard = kind == "Permanent" and below != "UnsubscribedRecipient"
    at = _at(inner)
    same = text(inner.get("feedbackId")) or at.isoformat()
    yield BOUNCED, at, (same,), {"hard": hard, "reason": "/".join(filter(None, (kind, below)))}


def _complained(detail: Mapping[str, Any], mail: Mapping[str, Any]) -> Iterator[_Said]:
    inner = _inner(detail, "complaint")
    kind = text(inner.get("complaintFeedbackType"))
    if kind in NO_COMPLAINTS:
        raise PassedOver("no_complaint")
    at = _at(inner)
    same = text(inner.get("feedbackId")) or at.isoformat()
    yield COMPLAINED, at, (same,), words(reason=kind or text(inner.get("complaintSubType")))


def _rejected(detail: Mapping[str, Any], mail: Mapping[str, Any]) -> Iterator[_Said]:
    # SES says one thing here, that there is a virus in it, and gives no instant of its own.
    yield REJECTED, _at(mail), (), words(reason=text(_inner(detail, "reject").get("reason")))


def _failed(detail: Mapping[str, Any], mail: Mapping[str, Any]) -> Iterator[_Said]:
    # What SES says of it may quote the message.
    yield FAILED, _at(mail), (), {"reason": "rendering"}


def _opened(detail: Mapping[str, Any], mail: Mapping[str, Any]) -> Iterator[_Said]:
    inner = _inner(detail, "open")
    yield OPENED, _at(inner), *_by("opened", inner, "")


def _clicked(detail: Mapping[str, Any], mail: Mapping[str, Any]) -> Iterator[_Said]:
    inner = _inner(detail, "click")
    url = text(inner.get("link"))
    same, said = _by("clicked", inner, url)
    yield CLICKED, _at(inner), same, {**said, "url": url}


def _by(what: What, inner: Mapping[str, Any], url: str) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Return what tells one reading from another, and that a program says it is one, if it does.

    Whether it came too soon to be a reader's is seen where the message's own row is at hand.
    """
    machine = is_machine(what, text(inner.get("userAgent")), text(inner.get("ipAddress")))
    # Told apart, so that a program that comes first does not pass for the reader.
    same = (url, "machine" if machine else "reader", within_minute(_at(inner)))
    return same, {"machine": True, "reason": PROGRAM} if machine else {}


def _subscription(detail: Mapping[str, Any], mail: Mapping[str, Any]) -> Iterator[_Said]:
    """What a contact chose on SES's own page: only what is different from before is the customer's word."""
    inner = _inner(detail, "subscription")
    at = _at(inner)
    new = mapping(inner.get("newTopicPreferences") or {}, "detail.subscription.newTopicPreferences")
    old = mapping(inner.get("oldTopicPreferences") or {}, "detail.subscription.oldTopicPreferences")
    if new.get("unsubscribeAll") and not old.get("unsubscribeAll"):
        yield UNSUBSCRIBED, at, ("", at.isoformat()), {"how": "ses"}
        return
    before, after = _topics(old), _topics(new)
    for topic, status in sorted(after.items()):
        if status != before.get(topic) and status in (OPTED_IN, OPTED_OUT):
            name = SUBSCRIBED if status == OPTED_IN else UNSUBSCRIBED
            yield name, at, (topic, at.isoformat()), {"topic": topic, "how": "ses"}


def _topics(preferences: Mapping[str, Any]) -> dict[str, str]:
    listed = preferences.get("topicSubscriptionStatus", preferences.get("topicDefaultSubscriptionStatus"))
    return {
        text(one.get("topicName")): text(one.get("subscriptionStatus"))
        for one in items(listed, "detail.subscription.topicSubscriptionStatus")
        if text(one.get("topicName"))
    }


def _inner(detail: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return mapping(detail.get(name), f"detail.{name}")


def _at(said: Mapping[str, Any]) -> datetime:
    return instant(said.get("timestamp"), "detail.timestamp")


_READERS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Iterator[_Said]]] = {
    "Send": _sent,
    "Delivery": _delivered,
    "DeliveryDelay": _delayed,
    "Bounce": _bounced,
    "Complaint": _complained,
    "Reject": _rejected,
    "Rendering Failure": _failed,
    "Open": _opened,
    "Click": _clicked,
    "Subscription": _subscription,
}
"""By `eventType`."""
