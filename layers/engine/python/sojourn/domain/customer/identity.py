"""Who is who: the kinds of things a person is known by, how each is written, and what stands for it in keys.

A known customer's id is their user id. Whoever is known by something else only has an id made of that, so that the
same browser, address or device is the same customer each time. It knows no customers.

Whoever has no address and no id is often said to have one called "none" or "undefined", all of them alike: such words,
and numbers that nobody can dial, are nothing that anybody is known by. A user id least of all, as all that is known of
somebody is known under it.

Outside rules: an email address is compared without regard to case, as no provider of weight tells two apart by it;
a telephone number is written by ITU-T E.164, as `phonenumbers` reads it, and has a length that its country uses. Which
words are no id: most are of the list that Mixpanel refuses ("Server-side events with no logged-in user"), 0 among them,
as it is what a missing number becomes, and the id that WordPress (`get_current_user_id`) and Drupal give whoever is not
logged in.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import sha256

ANONYMOUS, EMAIL, PHONE, DEVICE = "anonymous", "email", "phone", "device"
KINDS = (ANONYMOUS, EMAIL, PHONE, DEVICE)
"""What customers are known by who have no user id; the first that an event tells says whose it is."""
ADDRESSES = (EMAIL, PHONE, DEVICE)
"""The kinds that are ways to reach somebody too: fields of a profile, under the same names."""
ANONYMOUS_ID = "anonymous_id"
"""What an event calls the first kind; the others have their own name there."""

EMAIL_PATTERN = r"[^\s@]+@[^\s@.]+([.][^\s@.]+)+"
"""What an email address is, at least: somebody, at a host that has a domain. As a JSON Schema has it, too."""
PLACEHOLDERS = frozenset(
    (
        "none", "null", "nil", "undefined", "unknown", "n/a", "na", "nan", "false", "true", "-1", "(null)", "<null>",
        "<nil>", "[object object]", "[]", "{}", "anonymous", "anon", "guest", "not_authenticated",
    )
)  # fmt: skip
"""What programs write where they have no token and no id; in any case, behind whatever names a push service.

No longer than such lists are elsewhere: somebody's real id may be any word.
"""
SERVICES = ("apns:", "fcm:")
"""What a token may say before it: whose push service it is of."""
_ZEROS = frozenset("0-")
_INVISIBLE = frozenset(("Cc", "Cf", "Zs", "Zl", "Zp"))
"""Unicode's categories of what nobody sees: controls, formats, separators."""
_EMAIL = re.compile(EMAIL_PATTERN)
_DIGITS = 32
_UNKNOWN = re.compile(rf"(?:{'|'.join(KINDS)})-[0-9a-f]{{{_DIGITS}}}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def normalised(kind: str, value: str, country: str = "") -> str:
    """Return a value as it is compared, "" where it is none of its kind: nobody is known, or joined, by that.

    Args:
        country: whose telephone numbers are written without `+`; ISO 3166, two letters. "" for nobody's.
    """
    text = value.strip()
    if kind == EMAIL:
        return text.lower() if _EMAIL.fullmatch(text) and text.isprintable() else ""
    if kind == PHONE:
        return phone_number(text, country) or ""
    return "" if is_placeholder(text) else text


def as_known(kind: str, value: str) -> str:
    """Return what an address that a customer has is found by: as it is compared; one that is none, as it was stored.

    Rows from before a rule became stricter have such addresses. Nobody is joined by them, as many may have the same;
    but who has one is found by it, and two that differ are two.
    """
    return normalised(kind, value) or (value.strip().lower() if kind == EMAIL else value.strip())


def is_same(kind: str, one: str | None, other: str | None) -> bool:
    """Say whether two addresses that somebody has are one; None and "" are none, and the same."""
    return (one or "") == (other or "") or as_known(kind, one or "") == as_known(kind, other or "")


def is_in_e164(text: str) -> bool:
    """Say whether a text has the form of a telephone number in E.164, though its country may have none like it."""
    return _E164.fullmatch(text) is not None


def is_placeholder(text: str) -> bool:
    """Say whether a token, or an id of a user or of a browser, stands for none: blanks, zeros, "undefined".

    >>> (
    ...     is_placeholder("fcm:NULL"),
    ...     is_placeholder("00000000-0000-0000-0000-000000000000"),
    ...     is_placeholder("d-7"),
    ... )
    (True, True, False)
    """
    bare = text.strip().lower()
    for service in SERVICES:
        bare = bare.removeprefix(service).strip()
    # Before all else that asks of each character: tokens have hundreds, and begin with one that is seen.
    if bare[:1].isalnum() and bare[0] != "0":
        return bare in PLACEHOLDERS
    return bare in PLACEHOLDERS or all(
        one in _ZEROS or unicodedata.category(one) in _INVISIBLE for one in bare
    )


def phone_number(text: str, country: str = "") -> str | None:
    """Return a telephone number in E.164, None where it is none.

    Args:
        country: see `normalised`; without one, `+` or `00` must stand before the number.
    """
    written = text.strip()
    if written.startswith("00"):
        written = "+" + written[2:]
    if not country and not written.startswith("+"):
        return None
    return _possible_number(written, "" if _E164.fullmatch(written) else country)


@lru_cache(maxsize=16_384)
def _possible_number(written: str, country: str) -> str | None:
    # Imported on first need: it takes 80 ms, and few events tell a number that is new.
    from phonenumbers import (
        NumberParseException,
        PhoneNumberFormat,
        ValidationResult,
        format_number,
        is_possible_number_with_reason,
        is_valid_number,
        parse,
    )

    try:
        number = parse(written, country or None)
    except NumberParseException:
        return None
    # As it was written where that is E.164 already: what was stored is found again.
    found = written if _E164.fullmatch(written) else format_number(number, PhoneNumberFormat.E164)
    # The number of an office, as colleagues dial it, is possible, and reaches nobody from outside.
    # One that is too long may have been right once: Mexico's had a 1 in front, and some services tell them so still.
    possible = (ValidationResult.IS_POSSIBLE, ValidationResult.TOO_LONG)
    if is_possible_number_with_reason(number) not in possible or not _E164.fullmatch(found):
        return None
    # Forms are filled in with one digit again and again; some such numbers are somebody's, and dear to them.
    if len(set(str(number.national_number))) == 1 and not is_valid_number(number):
        return None
    return found


def address_key(address: str | None) -> str:
    """Return what an address is known by where it need not be known itself; "" for none.

    A send remembers where it went, so that a bounce says nothing of the address that the customer has by then.
    """
    if not address:
        return ""
    # A device's token may say before it whose it is, and nobody's address begins so.
    plain = address.strip().lower()
    for service in SERVICES:
        plain = plain.removeprefix(service)
    return sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:16]


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
