"""What the stack tells of its permission to send, and what of a workspace it does not cover."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.adapters.senders.permission import Lacking, lacking, permission

VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
SAID = st.dictionaries(st.sampled_from(("from", "rate", "pool", "apns", "tenant", "provider")), VALUES)
SENDERS = st.dictionaries(st.sampled_from(("email", "sms", "push", "whatsapp", "webhook")), SAID)
ADDRESSES = st.lists(
    st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.example", fullmatch=True), unique=True, max_size=5
)
SHOP: dict[str, dict[str, Any]] = {
    "email": {"from": "hello@shop.example", "tenant": "shop"}, "sms": {"pool": "pool-1", "rate": 3},
}  # fmt: skip
PERMITTED = permission(SHOP, ["hello@shop.example", "news@shop.example"])


@given(SENDERS, ADDRESSES, st.data())
def test_it_covers_what_it_is_made_of_and_less(
    senders: dict[str, Any], addresses: list[str], data: st.DataObject
) -> None:
    """A workspace that lost a sender or an address needs no other permission."""
    fewer = {name: said for name, said in senders.items() if data.draw(st.booleans())}
    some = [address for address in addresses if data.draw(st.booleans())]

    assert not lacking(permission(senders, addresses), fewer, some)


@pytest.mark.parametrize(
    ("senders", "addresses", "expected"),
    [
        (SHOP | {"sms": {"pool": "pool-2"}}, [], (("sms",), ())),
        (SHOP | {"sms": {"pool": "pool-1", "rate": 9, "max_price": 0.1}}, [], ((), ())),
        (SHOP | {"email": {"from": "x@shop.example"}}, ["x@shop.example"], (("email",), ("x@shop.example",))),
        (SHOP | {"push": {"fcm": "arn"}, "webhook": {}}, ["news@shop.example"], (("push",), ())),
        (SHOP, ["hello@shop.example", "b@x.example", "a@x.example"], ((), ("a@x.example", "b@x.example"))),
    ],
)
def test_what_it_does_not_cover_is_named(
    senders: dict[str, Any], addresses: list[str], expected: tuple[tuple[str, ...], tuple[str, ...]]
) -> None:
    """The senders by their channels, and the addresses; what permissions do not name may be anything."""
    found = lacking(PERMITTED, senders, addresses)

    assert found == Lacking(*expected)
    assert bool(found) is (expected != ((), ()))
    assert str(found) == ", ".join((*(f"senders.{channel}" for channel in expected[0]), *expected[1]))


def test_no_permission_covers_nothing() -> None:
    """A function that was told of none lets nobody send anything by AWS; webhooks call nothing of it."""
    assert lacking("", {"sms": {}, "webhook": {}}, ["a@x.example"]) == Lacking(("sms",), ("a@x.example",))
    assert permission({"webhook": {"rate": 1}}, []) == ""


def test_it_is_short() -> None:
    """A function's whole environment has 4 KB, and a role's policies hold about 250 addresses."""
    told = permission(SHOP, [f"journey-{number}@shop.example" for number in range(250)])

    assert len(told) < 2_000
