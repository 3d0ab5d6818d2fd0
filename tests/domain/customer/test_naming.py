from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.domain.customer.naming import LONGEST_NAME, Unnamed, event_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Order Completed", "order_completed"), ("orderCompleted", "order_completed"),
        ("order_completed", "order_completed"), ("ORDER COMPLETED", "order_completed"),
        ("Order-Completed!", "order_completed"), ("  order   completed ", "order_completed"),
        ("order.completed", "order_completed"), ("OrderID", "order_id"), ("HTTPError", "http_error"),
        ("Step2", "step2"), ("Step 2 Done", "step_2_done"), ("HTTPSRequest2Done", "https_request2_done"),
        ("2nd Visit", "_2nd_visit"), ("2024", "_2024"), ("Don't Stop", "dont_stop"), ("Don\u2019t Stop", "dont_stop"),
        ("Bestellung gepr\u00fcft", "bestellung_gepruft"), ("Commande cre\u0301e\u0301e", "commande_creee"),
        ("Stra\u00dfe", "strasse"), ("\u00d8resund", "oresund"), ("Zahlung \u5b8c\u4e86", "zahlung"),
        ("\uff36iew", "view"), ("a__b", "a__b"), ("_private", "_private"), ("x", "x"),
    ],
)  # fmt: skip
def test_a_name_is_an_identifier(text: str, name: str) -> None:
    """Words by spaces, signs and capitals, in small letters."""
    assert event_name(text) == name


@pytest.mark.parametrize(
    "text", ["", " ", "_", "!!!", "\u6ce8\u6587\u5b8c\u4e86", "\U0001f6d2", "\u0417\u0430\u043a\u0430\u0437"]
)
def test_what_makes_no_name(text: str) -> None:
    """There is no Latin letter or digit in it."""
    with pytest.raises(Unnamed, match="needs a Latin letter"):
        event_name(text)


def test_a_name_has_a_limit() -> None:
    """That of the names in journeys; the message does not quote it."""
    assert event_name("x" * LONGEST_NAME)
    with pytest.raises(Unnamed, match="longer than 60") as raised:
        event_name("secret" * 20)
    assert "secret" not in str(raised.value)


@given(st.text(max_size=80))
def test_a_names_name_is_itself(text: str) -> None:
    """Whatever is written, what comes of it is an identifier, and stays what it is."""
    try:
        name = event_name(text)
    except Unnamed:
        return

    assert re.fullmatch(r"[a-z_][a-z0-9_]*", name)
    assert event_name(name) == name
