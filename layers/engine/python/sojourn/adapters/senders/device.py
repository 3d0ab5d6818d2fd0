"""What a push notification is made of, whoever carries it: the device it goes to, its payload, how urgent it is.

A device's token does not say whose it is, so an address may: `apns:<token>` or `fcm:<token>`. A bare token belongs
to the one platform that is set up; where both are, it is nobody's. Nothing here knows AWS.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sojourn.application.ports import Outgoing
from sojourn.errors import Refused

APNS, FCM = "apns", "fcm"
PLATFORMS = (APNS, FCM)

MAX_PAYLOAD = 4_096
"""Bytes of a payload that Apple and Google take."""
ONE_DAY = 86_400
"""How long in seconds a platform keeps trying, unless a setting says otherwise: later, the news is old."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device: its platform, `apns` or `fcm`, and its token there."""

    platform: str
    token: str


def read_device(address: str, configured: Collection[str]) -> Device:
    """Return the device that a customer's `device` names.

    Args:
        configured: the platforms that are set up.

    Raises:
        Refused: `bad_address`, where it cannot be told what it is, or its platform is not set up.
    """
    platform, named, token = address.strip().partition(":")
    platform = platform.lower()
    if not named or platform not in PLATFORMS:
        if len(configured) != 1:
            detail = 'the device\'s token does not say whose it is: write "apns:<token>" or "fcm:<token>"'
            raise Refused("bad_address", detail)
        (platform,), token = configured, address.strip()
    if platform not in configured:
        raise Refused("bad_address", f"no application is set up for {platform}")
    token = token.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise Refused("bad_address", f"that is no token of a device on {platform}", gone=True)
    return Device(platform, token)


def apns_payload(outgoing: Outgoing) -> dict[str, Any]:
    """Return what Apple's push service takes; the app finds `send_id`, `link` and `image` beside `aps`.

    Source: Apple, "Generating a remote notification".
    """
    parts = outgoing.rendered.parts
    aps: dict[str, Any] = {
        "alert": {"title": parts["title"], "body": parts["body"]},
        "sound": "default",
        "thread-id": outgoing.send.journey,
    }
    if parts.get("image"):
        # Lets the app's extension fetch the image before the notification is shown.
        aps["mutable-content"] = 1
    return {"aps": aps, **custom_data(outgoing)}


def fcm_payload(outgoing: Outgoing, time_to_live: int) -> dict[str, Any]:
    """Return the message that Google's HTTP v1 API takes, without its token; the app finds the same as `data`.

    Source: Firebase, "REST resource: projects.messages".
    """
    parts = outgoing.rendered.parts
    notification = {"title": parts["title"], "body": parts["body"]}
    if parts.get("image"):
        notification["image"] = parts["image"]
    return {
        "notification": notification,
        "data": custom_data(outgoing),
        "android": {"priority": "high" if urgent(outgoing) else "normal", "ttl": f"{time_to_live}s"},
    }


def custom_data(outgoing: Outgoing) -> dict[str, str]:
    """Return what the app is told besides what it shows."""
    parts = outgoing.rendered.parts
    optional = {name: parts[name] for name in ("link", "image") if parts.get(name)}
    return {"send_id": outgoing.send.id, **optional}


def urgent(outgoing: Outgoing) -> bool:
    """Whether a sleeping device may be woken for it: not for marketing."""
    return not outgoing.marketing


def encoded(payload: dict[str, Any]) -> str:
    """Return a payload as JSON.

    Raises:
        Refused: `too_long`. Nothing is cut off: half a sentence is worse than the next channel.
    """
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    size = len(text.encode())
    if size > MAX_PAYLOAD:
        detail = f"the notification has {size} bytes as JSON, its title, body, link and image together"
        raise Refused("too_long", f"{detail}; {MAX_PAYLOAD} are allowed")
    return text
