"""Reads what WhatsApp tells through AWS End User Messaging Social: Meta's own webhook, as a text within a message.

One message may hold several statuses and several messages of people. Source: End User Messaging Social, "Message and
event format"; Meta, "Webhooks notification payload reference".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
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
    words,
)
from sojourn.domain.decide.feedback import BOUNCED, DELIVERED, FAILED, OPENED, REJECTED, REPLIED, SENT

WHATSAPP = "whatsapp"
ENTRY = "whatsAppWebhookEntry"
STATUSES = {"sent": SENT, "delivered": DELIVERED, "read": OPENED, "failed": FAILED, "deleted": ""}
"""What Meta says of a message; that its reader deleted it says nothing."""
NOBODY = frozenset((131026, 131021))
"""Error codes (Meta, "Cloud API error codes") of a number that has no WhatsApp."""
NOT_PASSED_ON = frozenset(
    (131047, 131049, 131050, 131051, 130472, 132000, 132001, 132005, 132007, 132012, 132016)
)
"""Those of a message that Meta keeps back: outside the window, too much marketing, a template that is wrong."""


def is_whatsapp(message: Mapping[str, Any]) -> bool:
    """Say whether it looks like an event of End User Messaging Social."""
    return ENTRY in message


def read(message: Mapping[str, Any]) -> list[Told]:
    """Return what a message of the event destination tells.

    Raises:
        PassedOver: none of it is about ours: messages without our data, templates that were approved.
        NotRead: it is no such message.
    """
    entry = message[ENTRY]
    if isinstance(entry, str):
        try:
            entry = json.loads(entry)
        except (ValueError, RecursionError):
            raise NotRead(f"{ENTRY}: it is no JSON") from None
    told: list[Told] = []
    passed_over = PassedOver("unknown_type")
    for change in items(mapping(entry, ENTRY).get("changes"), f"{ENTRY}.changes"):
        value = mapping(change.get("value") or {}, f"{ENTRY}.changes.value")
        for status in items(value.get("statuses"), f"{ENTRY}.changes.value.statuses"):
            try:
                told += _status(status)
            except PassedOver as why:
                passed_over = why
        for written in items(value.get("messages"), f"{ENTRY}.changes.value.messages"):
            told += _written(written)
    if not told:
        raise passed_over
    return told


def _status(status: Mapping[str, Any]) -> Iterator[Told]:
    word = text(status.get("status"))
    name = STATUSES.get(word, "")
    if not name:
        raise PassedOver("unknown_type")
    customer, tags = about(_tags(status.get("biz_opaque_callback_data")))
    provider_id = text(status.get("id"))
    if not provider_id:
        raise NotRead("statuses.id: it is missing")
    tags.pop("version", None)
    at = instant(status.get("timestamp"), "statuses.timestamp")
    said: dict[str, Any] = {}
    if name == FAILED:
        codes = [
            code
            for one in items(status.get("errors"), "statuses.errors")
            if isinstance(code := one.get("code"), int)
        ]
        said = words(reason=" ".join(map(str, codes)))
        if NOBODY.intersection(codes):
            name, said = BOUNCED, {**said, "hard": True}
        elif NOT_PASSED_ON.intersection(codes):
            name = REJECTED
    properties = {"channel": WHATSAPP, **tags, **said, "provider_id": provider_id}
    yield Told(event_id(name, provider_id, word), name, at, customer, properties=properties)


def _tags(data: Any) -> Mapping[str, Any]:
    """Return the tags that our sender gave along; what anybody else did is no concern of ours."""
    try:
        found = json.loads(data) if isinstance(data, str) else None
    except (ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) else {}


def _written(message: Mapping[str, Any]) -> Iterator[Told]:
    """What a person wrote, pressed or sent; of a picture, a place or a sticker there is no text."""
    number, message_id = text(message.get("from")), text(message.get("id"))
    if not number or not message_id:
        raise NotRead("messages: from and id are wanted")
    kind = text(message.get("type"))
    if kind in ("reaction", "system", "unsupported"):
        return
    at = instant(message.get("timestamp"), "messages.timestamp")
    context = message.get("context")
    answered = text(context.get("id")) if isinstance(context, dict) else ""
    said = words(text=_text(message, kind), kind="" if kind == "text" else kind, provider_id=answered)
    phone = number if number.startswith("+") else f"+{number}"
    yield Told(
        event_id(REPLIED, message_id), REPLIED, at, phone=phone, properties={"channel": WHATSAPP, **said}
    )  # fmt: skip


def _text(message: Mapping[str, Any], kind: str) -> str:
    inner = message.get(kind)
    if not isinstance(inner, dict):
        return ""
    if kind == "interactive":
        chosen = inner.get(text(inner.get("type")))
        return text(chosen.get("title")) if isinstance(chosen, dict) else ""
    return text(inner.get("body")) or text(inner.get("text")) or text(inner.get("caption"))
