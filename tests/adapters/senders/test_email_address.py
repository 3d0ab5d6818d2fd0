"""Which texts are addresses that an email can be sent to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.adapters.senders.email_address import BadAddress, address_in, mailbox, named_mailbox


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ana@example.com", "ana@example.com"),
        ("Ana.Li+news@mail.example.com", "Ana.Li+news@mail.example.com"),
        ("o'neil@example.com", "o'neil@example.com"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
        ("ana@xn--bcher-kva.example", "ana@xn--bcher-kva.example"),
        ("ana@例え.example", "ana@xn--r8jz45g.example"),
    ],
)
def test_an_address_is_sent_in_ascii(text: str, expected: str) -> None:
    """A plain address stays what it is, a domain in another script becomes punycode."""
    assert expected == mailbox(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "ana", "@example.com", "ana@", "ana@example", "ana@example.1", "ana@-a.example", "ana@a..example",
        "ana@example.com.", "ana@[192.0.2.1]", "ana @example.com", " ana@example.com", "ana@example.com ",
        "ana@example.com,bo@example.com", "ana@example.com;bo@example.com", "ana,bo@example.com",
        "Ana <ana@example.com>", "<ana@example.com>", '"ana b"@example.com', "ana@example.com\r\nBcc: x@a.example",
        "ana\n@example.com", "ana\0@example.com", ".ana@example.com", "ana.@example.com", "a..b@example.com",
        "añа@example.com", "a@b@example.com", "ana@exa mple.com", "ana@example.com\u200b", "ana@straße.example",
        "ana@\u3002example.com", "a" * 65 + "@example.com", "ana@" + "a." * 130 + "example", "ana(x)@example.com",
    ],
)  # fmt: skip
def test_what_is_no_single_plain_address_is_refused(text: str) -> None:
    """Lists, names, quotes, blanks, control characters and what SES cannot send to are no addresses."""
    with pytest.raises(BadAddress):
        mailbox(text)


@given(st.text(st.sampled_from("ab.@,;<>\"'()\\ \r\n\t\0é"), max_size=20))
def test_no_text_becomes_two_addresses(text: str) -> None:
    """Whatever a customer's address holds, what is sent has one @ and nothing that separates or hides."""
    try:
        address = mailbox(text)
    except BadAddress:
        return

    assert address.count("@") == 1
    assert address.isascii()
    assert address.isprintable()
    assert not set(address) & set(',;<>"() \\')


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hello@acme.example", "hello@acme.example"),
        ("<hello@acme.example>", "hello@acme.example"),
        ("Acme Bikes <hello@acme.example>", "Acme Bikes <hello@acme.example>"),
        ("Acme, Inc. <hello@acme.example>", '"Acme, Inc." <hello@acme.example>'),
        ('"Acme \\"Bikes\\"" <hello@acme.example>', '"Acme \\"Bikes\\"" <hello@acme.example>'),
        ("Größe <hello@größe.example>", None),
        ("Räder <hello@räder.example>", "=?utf-8?b?UsOkZGVy?= <hello@xn--rder-loa.example>"),
    ],
)
def test_a_sender_may_have_a_name(text: str, expected: str | None) -> None:
    """A name is quoted where it has to be, and encoded where it is not ASCII; a bad domain is no address."""
    if expected is None:
        with pytest.raises(BadAddress):
            named_mailbox(text)
        return

    assert expected == named_mailbox(text)
    assert address_in(expected) in expected


@pytest.mark.parametrize(
    "text",
    ["", "Acme", "Acme <hello>", "A\r\nBcc: x@a.example <a@a.example>", "A <a@a.example> <b@b.example>"],
)
def test_a_sender_is_one_address(text: str) -> None:
    """What is no name and address is refused, line breaks in the name as well."""
    with pytest.raises(BadAddress):
        named_mailbox(text)
