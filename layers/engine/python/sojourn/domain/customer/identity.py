"""Who is who: the kinds of things a person is known by, how each is written, and what stands for it in keys.

A known customer's id is their user id. Whoever is known by something else only has an id made of that, so that the
same browser, address or device is the same customer each time. It knows no customers.

Outside rules: an email address is compared without regard to case, as no provider of weight tells two apart by it;
a telephone number is written by ITU-T E.164, as `phonenumbers` reads it.
"""

from __future__ import annotations

import re
from hashlib import sha256

ANONYMOUS, EMAIL, PHONE, DEVICE = "anonymous", "email", "phone", "device"
KINDS = (ANONYMOUS, EMAIL, PHONE, DEVICE)
"""What customers are known by who have no user id; the first that an event tells says whose it is."""
ADDRESSES = (EMAIL, PHONE, DEVICE)
"""The kinds that are ways to reach somebody too: fields of a profile, under the same names."""
ANONYMOUS_ID = "anonymous_id"
"""What an event calls the first kind; the others have their own name there."""

_DIGITS = 32
_UNKNOWN = re.compile(rf"(?:{'|'.join(KINDS)})-[0-9a-f]{{{_DIGITS}}}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def normalised(kind: str, value: str, country: str = "") -> str:
    """Return a value as it is compared, "" where it is none of its kind.

    Args:
        country: whose telephone numbers are written without `+`; ISO 3166, two letters. "" for nobody's.
    """
    text = value.strip()
    if kind == EMAIL:
        return text.lower()
    if kind == PHONE:
        return phone_number(text, country) or ""
    return text


def phone_number(text: str, country: str = "") -> str | None:
    """Return a telephone number in E.164, None where it is none.

    Args:
        country: see `normalised`; without one, `+` or `00` must stand before the number.
    """
    written = text.strip()
    if written.startswith("00"):
        written = "+" + written[2:]
    if _E164.fullmatch(written):
        return written
    if not country and not written.startswith("+"):
        return None
    # Imported on first need: it takes 80 ms, and most numbers come as they should.
    from phonenumbers import (
        NumberParseException,
        PhoneNumberFormat,
        format_number,
        is_possible_number,
        parse,
    )

    try:
        number = parse(written, country or None)
    except NumberParseException:
        return None
    found = format_number(number, PhoneNumberFormat.E164)
    # The number of an office, as colleagues dial it, is possible, and reaches nobody from outside.
    return found if is_possible_number(number) and _E164.fullmatch(found) else None


def key_hash(kind: str, value: str) -> str:
    """Return what stands for a normalised value in keys and ids: nobody reads the value off it."""
    return sha256(f"{kind}:{value}".encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def unknown_id(kind: str, value: str) -> str:
    """Return the id of the customer of whom nothing is known but this normalised value.

    >>> unknown_id("email", "ana@example.com")[:10]
    'email-f8c3'
    """
    return f"{kind}-{key_hash(kind, value)}"


def is_unknown(customer: str) -> bool:
    """Say whether a customer's id was made so: no user id is known of them."""
    return _UNKNOWN.fullmatch(customer) is not None
