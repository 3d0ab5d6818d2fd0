"""Reads an event as it comes off the queue: an EventBridge envelope, of which nobody knows who put it on the bus.

    {"detail-type": "order_completed", "id": …, "time": …, "source": …, "detail": {"customer": "c-42",
     "identities": {"anonymous_id": …, "email": …, "phone": …, "device": …}, "id": …, "name": …, "time": …,
     "properties": {…}, "attributes": {…}, "context": {…}, "merge": "c-41", "hearsay": false,
     "hops": 0}}

`docs/inbound-events.md` says what each means, and `sojourn.cli.event_schema` the same as a JSON Schema; what
this refuses beyond a schema's reach stands there too. It knows no queue and no use case.
"""  # fmt: skip

from __future__ import annotations

import re
from typing import Any

from sojourn.adapters.message_tags import fits
from sojourn.application.route import Incoming
from sojourn.aws_runtime.incoming.fields import (
    DEEPEST,
    LONGEST_BODY,
    LONGEST_DETAIL,
    LONGEST_ID_BYTES,
    Fields,
    Poison,
    is_event_id,
    parsed,
)
from sojourn.domain.customer.identity import (
    ANONYMOUS,
    ANONYMOUS_ID,
    DEVICE,
    EMAIL,
    EMAIL_PATTERN,
    KINDS,
    PHONE,
    is_placeholder,
    is_unknown,
    normalised,
    unknown_id,
)
from sojourn.domain.customer.rows import Event
from sojourn.domain.decide.learning import CONTACT

__all__ = [
    "DEEPEST", "LONGEST_ADDRESS", "LONGEST_BODY", "LONGEST_DETAIL", "LONGEST_ID", "LONGEST_ID_BYTES", "LONGEST_NAME",
    "MOST_HOPS", "Poison", "incoming", "person", "who",
]  # fmt: skip

IDENTITIES = tuple(ANONYMOUS_ID if kind == ANONYMOUS else kind for kind in KINDS)
"""What customers are known by who have no user id, as events call it; the first one given says whose an event is."""
MOST_HOPS = 1_000
LONGEST_ID = 256
LONGEST_NAME = 60
NAME = "[A-Za-z_][A-Za-z0-9_]*"
LONGEST_ADDRESS = 2_048
"""The token of a device is the longest that there is, and nobody promises how long."""
NOT_KEPT = frozenset(("ip", "userAgent", "user_agent"))
"""What a context says that nobody needs, and that tells a person from others."""
ADDRESS = EMAIL_PATTERN
_NAME = re.compile(NAME)
_LOCAL_NUMBER = re.compile(r"[0-9(][0-9\s().\-/]{4,40}")
_LONGEST = {DEVICE: LONGEST_ADDRESS}


def incoming(body: str) -> Incoming:
    """Return the event in a message's body.

    Raises:
        Poison: it is none, and never will be.
    """
    envelope = Fields(parsed(body), "")
    detail = envelope.inner("detail")
    context = detail.mapping("context")
    event = Event(
        _event_id(detail, "") or _event_id(envelope),
        _name(envelope, detail),
        detail.instant("time") or detail.instant("at") or envelope.needed_instant("time"),
        detail.mapping("properties"),
        hops=detail.count("hops", MOST_HOPS),
        context={name: value for name, value in context.items() if name not in NOT_KEPT},
    )
    customer, identities = who(detail, heard=True)
    attributes = _attributes(detail.mapping("attributes"))
    return Incoming(
        customer, event, attributes, identities, _merge(detail, customer), detail.truth("hearsay")
    )


def person(incoming: Incoming) -> str:
    """Return whose an event is, as far as it says so itself: the customer, or else who the first identity is."""
    if incoming.customer:
        return incoming.customer
    name = next(name for name in IDENTITIES if name in incoming.identities)
    return unknown_id(_kind(name), incoming.identities[name])


def _event_id(fields: Fields, default: str | None = None) -> str:
    found = fields.text("id", LONGEST_ID, default)
    if not is_event_id(found):
        raise fields.wrong("id", f"a text of at most {LONGEST_ID_BYTES} bytes is wanted")
    return found


def _name(envelope: Fields, detail: Fields) -> str:
    for fields, place in ((detail, "name"), (envelope, "detail-type")):
        name = fields.text(place, LONGEST_NAME, "" if place == "name" else None)
        if name:
            if not _NAME.fullmatch(name):
                raise fields.wrong(
                    place, "a name has letters, digits and underscores, and begins with no digit"
                )
            return name
    raise AssertionError("the last of them must be there")


def who(detail: Fields, *, heard: bool = False) -> tuple[str, dict[str, str]]:
    """Return whose something is: the customer, "" where only identities say so; and these, as they are compared.

    Args:
        heard: nobody is there to be told. So an identity that is none ("undefined", a number that cannot be dialled) is
            left out where something else says whose it is: who unsubscribes must be heard.

    Raises:
        Poison: nobody's, or something in it is no identity.
    """
    given = detail.inner("identities", needed=False)
    identities = {}
    none: list[Poison] = []
    for name in IDENTITIES:
        if said := given.text(name, _LONGEST.get(name, LONGEST_ID), ""):
            value = normalised(_kind(name), said) or (_local_number(said) if name == PHONE else "")
            if value:
                identities[name] = value
            else:
                none.append(given.wrong(name, _WANTED[name]))
    customer, user_id = (
        _told_id(fields, name, none) for fields, name in ((detail, "customer"), (given, "user_id"))
    )
    if none and not heard:
        raise none[0]
    if is_unknown(user_id):
        raise given.wrong(
            "user_id", "what is a kind of identity, a hyphen and 32 digits is a name of Sojourn's own"
        )
    if customer and user_id and customer != user_id:
        raise given.wrong("user_id", "it is another than the customer beside it, and they are the same thing")
    if not (customer or user_id or identities):
        if none:
            raise none[0]
        raise detail.wrong(
            "customer", f"it is missing, and so is every identity: user_id, {', '.join(IDENTITIES)}"
        )
    return customer or user_id, identities


def _local_number(said: str) -> str:
    """Return a number that has no country: the workspace's is its, which only the router knows."""
    return said.strip() if _LOCAL_NUMBER.fullmatch(said.strip()) else ""


def _kind(name: str) -> str:
    """Return the kind of an identity, given what events call it."""
    return ANONYMOUS if name == ANONYMOUS_ID else name


def _merge(detail: Fields, customer: str) -> str:
    # Everybody of whom that is said would be one; the rest of what the event says is heard.
    other = _told_id(detail, "merge", [])
    if other and not customer:
        raise detail.wrong("merge", "whom it is merged with is wanted too, as detail.customer")
    return "" if other == customer else other


def _told_id(fields: Fields, name: str, none: list[Poison]) -> str:
    """Return a customer's id, "" where there is none; where it stands for none, *none* is told of it."""
    said = _id(fields, name)
    if not said or not is_placeholder(said):
        return said
    none.append(fields.wrong(name, 'an id is wanted, not what stands for none, such as "undefined" or "0"'))
    return ""


def _id(fields: Fields, name: str) -> str:
    customer = fields.text(name, LONGEST_ID, "")
    if customer and not fits(customer):
        # Their bounces and complaints could not be told from anybody else's.
        raise fields.wrong(
            name, "255 ASCII letters, digits, _ and - are wanted at most, or 188 bytes of others"
        )
    return customer


def _attributes(given: dict[str, Any]) -> dict[str, Any]:
    for name in CONTACT:
        value = given.get(name)
        if value is not None and not (isinstance(value, str) and len(value) <= LONGEST_ADDRESS):
            raise Poison(
                f"detail.attributes: {name} is a text of at most {LONGEST_ADDRESS:,} characters, or null"
            )
    return given


_WANTED = {
    ANONYMOUS_ID: 'an id is wanted, not spaces alone, nor what stands for none, such as "undefined"',
    EMAIL: "an address is wanted, like ana@shop.example",
    PHONE: "a number is wanted that can be dialled, best with its country, like +12025550123",
    DEVICE: 'a token is wanted, not spaces alone, nor what stands for none, such as "undefined"',
}
"""What an identity must be, beyond a text, to be told from another."""
