from __future__ import annotations

import pytest

from sojourn.domain.customer.identity import (
    KINDS,
    is_placeholder,
    is_unknown,
    normalised,
    phone_number,
    unknown_id,
)


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("+491701234567", "", "+491701234567"),
        (" +49 (0)170 123 45-67 ", "", "+491701234567"),
        ("0049 170 1234567", "", "+491701234567"),
        ("0170 1234567", "DE", "+491701234567"),
        ("(202) 555-0123", "US", "+12025550123"),
        ("+12025550123", "DE", "+12025550123"),
        ("0170 1234567", "", None),
        ("12", "DE", None),
        ("110", "DE", None),
        ("+49", "", None),
        ("call me", "DE", None),
        ("", "DE", None),
        ("+999999999999999999", "", None),
        ("+1111111", "", None),
        ("+8811234567", "", None),
        ("+11111111111", "", None),
        ("000 000 0000", "US", None),
        ("+919999999999", "", "+919999999999"),
    ],
)
def test_a_telephone_number_has_one_form(text: str, country: str, number: str | None) -> None:
    """E.164, whatever people write; what is no number that the world can dial is none."""
    assert phone_number(text, country) == number


def test_values_are_compared_in_one_form() -> None:
    """Case and blanks make no other mailbox; a device and a browser are what they are."""
    assert normalised("email", " Ana@Example.COM ") == "ana@example.com"
    assert normalised("phone", "0170 1234567", "DE") == "+491701234567"
    assert normalised("phone", "0170 1234567") == ""
    assert normalised("device", " fcm:Token ") == "fcm:Token"
    assert normalised("anonymous", "A1") == "A1"


@pytest.mark.parametrize(
    "text",
    ["none", "N/A", "null", "ana@shop", "@shop.example", "ana@shop..example", "ana@@shop.example", "ana shop@a.example",
     "ana@shop.example\r\nBcc: bob@shop.example", "ana@shop.example\x00", "ana\u200b@shop.example"],
)  # fmt: skip
def test_what_does_not_look_like_an_address_is_nobodys(text: str) -> None:
    """Strangers who have none would be one person."""
    assert normalised("email", text) == ""


@pytest.mark.parametrize(
    "text",
    ["", " ", "\u00a0\u3000", "\u200b", "\ufeff", "\u2028", "undefined", " NULL ", "None", "fcm:null",
     "APNS: undefined", "(null)", "<null>", "[object Object]", "0", "-", "fcm:",
     "00000000-0000-0000-0000-000000000000", "-1", "<nil>", "Guest",
     "anonymous", "{}", "true"],
)  # fmt: skip
def test_what_stands_for_no_token_is_nobodys(text: str) -> None:
    """Nor for no id that a browser made up."""
    assert is_placeholder(text)
    assert (normalised("device", text), normalised("anonymous", text)) == ("", "")


@pytest.mark.parametrize(
    "text", ["nobody", "0a", "--x", "none-7", "fcm:0f", "nullable", "7", "-11", "guests", "{0}"]
)
def test_a_token_that_only_looks_like_it_is_one(text: str) -> None:
    """The list is short."""
    assert normalised("device", text) == text


def test_an_unknown_customer_has_an_id_that_tells_nothing() -> None:
    """It says of which kind they are known, and is the same each time; the value cannot be read off it."""
    made = {kind: unknown_id(kind, "ana@example.com") for kind in KINDS}

    assert made["email"] == "email-f8c3c203b618ed9eaf039e298b665216"
    assert len(set(made.values())) == len(KINDS)
    assert all(is_unknown(one) for one in made.values())
    assert not any("ana" in one for one in made.values())


@pytest.mark.parametrize(
    "customer", ["", "c-42", "email-42", "Email-" + "0" * 32, "email-" + "0" * 33, "x" * 32]
)
def test_a_user_id_is_no_unknown_customers(customer: str) -> None:
    """Only ids of our own making are of people without a user id."""
    assert not is_unknown(customer)
