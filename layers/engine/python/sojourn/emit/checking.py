"""What the engine can read of an event, as far as it can be checked here; the contract is docs/inbound-events.md."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from math import isfinite
from typing import Any

AROUND_ENTRY = 1_000
"""Bytes that an entry counts with besides its detail, at most."""
LARGEST_EVENT, DEEPEST = 100_000, 20
"""Bytes that the engine reads of an event, and how deep properties, attributes and context may be nested."""
IDENTITIES = ("user_id", "anonymous_id", "email", "phone", "device")
_LONGEST = {"device": 2_048}
_SURROGATE = re.compile("[\ud800-\udfff]")
"""Halves of characters that UTF-8 has no bytes for."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}")
_LONGEST_EVENT_ID = 750
"""Bytes."""
_EMAIL = re.compile(r"\s*[^\s@]+@[^\s@.]+([.][^\s@.]+)+\s*")
_NONE = re.compile(
    r"\s*((apns|fcm):\s*)*(none|null|nil|undefined|unknown|n/a|na|nan|false|true|-1|\(null\)|<null>|<nil>|\[\]|\{\}"
    r"|\[object object\]|anonymous|anon|guest|not_authenticated|[0-]*)\s*",
    re.IGNORECASE,
)
"""What stands for no id and no token: everybody would be the same."""
_PHONE = re.compile(r"\s*(?:\+|00)[\s().\-/]*[1-9][0-9\s().\-/]{5,40}")
_ID = re.compile(r"[A-Za-z0-9_-]{1,255}")
_UNKNOWN = re.compile(r"(?:anonymous|email|phone|device)-[0-9a-f]{32}")
_CONTACT = ("email", "phone", "device", "timezone", "locale")


class InvalidEvent(ValueError):
    """An event that the engine could not read; the message says which field is wrong, and what is wanted."""


def check(detail: Mapping[str, Any]) -> None:
    """Check the detail of an event against the contract, as far as it can be checked here.

    Raises:
        InvalidEvent: the engine could not read it; the message names the field, and not what it holds.
    """
    if not (isinstance(detail.get("name"), str) and _NAME.fullmatch(detail["name"])):
        raise InvalidEvent(
            "name: a letter or _, then up to 59 letters, digits and _, such as order_completed"
        )
    for name in ("id", "customer", "merge"):
        if detail.get(name) is not None:
            _check_text(name, detail[name])
    if len((detail.get("id") or "").encode("utf-8", "surrogatepass")) > _LONGEST_EVENT_ID:
        raise InvalidEvent(f"id: a text of at most {_LONGEST_EVENT_ID} bytes of UTF-8 is wanted")
    for name in ("properties", "attributes", "context", "identities"):
        if not isinstance(detail.get(name, {}), Mapping):
            raise InvalidEvent(f"{name}: a mapping is wanted")
    for name in _CONTACT:
        value = detail.get("attributes", {}).get(name)
        if value is not None and not (isinstance(value, str) and len(value) <= 2_048):
            raise InvalidEvent(f"attributes.{name}: a text of at most 2,048 characters is wanted, or None")
    _check_identities(detail.get("identities", {}))
    _check_whose(detail)
    _check_size(detail)


def _check_identities(identities: Mapping[str, Any]) -> None:
    for name, value in identities.items():
        if name not in IDENTITIES:
            raise InvalidEvent(f"identities: there is none called so; there are {', '.join(IDENTITIES)}")
        _check_text(f"identities.{name}", value, _LONGEST.get(name, 256))
        if name != "user_id" and not value.strip():
            raise InvalidEvent(f"identities.{name}: it is empty")
        if name in ("anonymous_id", "device") and _NONE.fullmatch(value.strip()):
            raise InvalidEvent(f'identities.{name}: it stands for none, as "undefined" does; leave it out')
    for name, pattern, wanted in (
        ("email", _EMAIL, "an address is wanted, like ana@shop.example"),
        ("phone", _PHONE, "a number with its country is wanted, like +12025550123"),
    ):
        if name in identities and not pattern.fullmatch(identities[name]):
            raise InvalidEvent(f"identities.{name}: {wanted}")


def _check_whose(detail: Mapping[str, Any]) -> None:
    identities = detail.get("identities", {})
    customer, user_id = detail.get("customer"), identities.get("user_id")
    if not (customer or identities):
        raise InvalidEvent("customer: name the customer, or something they are known by in identities")
    if user_id and _UNKNOWN.fullmatch(user_id):
        raise InvalidEvent("identities.user_id: this is a name that Sojourn gives to those who have none")
    if customer and user_id and customer != user_id:
        raise InvalidEvent("identities.user_id: it is the same thing as customer, and here it is another")
    if detail.get("merge") and not (customer or user_id):
        raise InvalidEvent("merge: name whom the other customer is merged with, as customer")
    for name, value in (
        ("customer", customer),
        ("identities.user_id", user_id),
        ("merge", detail.get("merge")),
    ):
        if value and _NONE.fullmatch(value):
            raise InvalidEvent(f'{name}: it stands for none, as "undefined" and "0" do; leave it out')
        if value and not _is_id(value):
            raise InvalidEvent(f"{name}: 255 ASCII letters, digits, _ and - at most, or 188 bytes of others")


def _is_id(text: str) -> bool:
    """Say whether an id can travel with a message as a tag."""
    plain = _ID.fullmatch(text) and not text.startswith("b64_")
    return bool(plain) or len(text.encode("utf-8", "surrogatepass")) <= 188


def _check_text(name: str, value: Any, longest: int = 256) -> None:
    if not isinstance(value, str) or not 1 <= len(value) <= longest:
        raise InvalidEvent(f"{name}: a text of 1 to {longest:,} characters is wanted")


def _no_json(place: str, value: Any) -> tuple[str, str] | None:
    """Return the first place that JSON has no word for, and what stands there; None where there is none."""
    if isinstance(value, Mapping):
        if odd := [name for name in value if not isinstance(name, str | int | float | None)]:
            return place or "it", f"a name that is a {type(odd[0]).__name__}"
        inner = ((f"{place}.{name}" if place else str(name), one) for name, one in value.items())
        return next((found for where, one in inner if (found := _no_json(where, one))), None)
    if isinstance(value, list | tuple):
        each = ((f"{place}[{number}]", one) for number, one in enumerate(value))
        return next((found for where, one in each if (found := _no_json(where, one))), None)
    if isinstance(value, float) and not isfinite(value):
        return place, "NaN" if value != value else "infinity"  # noqa: PLR0124 - only NaN is not itself
    if isinstance(value, str):
        return (place, "half a character") if _SURROGATE.search(value) else None
    return None if value is None or isinstance(value, int | float) else (place, f"a {type(value).__name__}")


def _check_size(detail: Mapping[str, Any]) -> None:
    level: list[Any] = [detail]
    for _ in range(DEEPEST + 2):
        level = [
            inner
            for one in level
            if isinstance(one, Mapping | list | tuple)
            for inner in (one.values() if isinstance(one, Mapping) else one)
        ]
    if level:
        raise InvalidEvent(f"properties, attributes or context are nested deeper than {DEEPEST} levels")
    try:
        # With the spaces that the bus puts in.
        size = AROUND_ENTRY + len(json.dumps(detail, ensure_ascii=False, allow_nan=False).encode())
    except (TypeError, ValueError) as error:
        place, what = _no_json("", detail) or ("it", type(error).__name__)
        raise InvalidEvent(f"{place}: it holds what JSON has no word for: {what}") from None
    if size > LARGEST_EVENT:
        raise InvalidEvent(f"with what is around it, it comes to {size:,} bytes; {LARGEST_EVENT:,} are read")
