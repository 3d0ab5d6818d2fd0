from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sojourn.adapters.links.signed import Keys, Link, SignedLinks, _signature
from sojourn.domain.customer.rows import Send

SECRET, OTHER = b"a secret of enough bytes", b"another one of as many!!"
SEND = Send(
    id="s1", customer="ana", run="run-1", journey="welcome", version="v1", step="hello", message="greeting",
    channel="email", topic="news", marketing=True, at=datetime(2026, 3, 6, tzinfo=UTC),
)  # fmt: skip
URL = "https://shop.example/cart?id=1&x=ü"


def links(keys: Keys | None = None) -> SignedLinks:
    return SignedLinks("https://links.example/", lambda: keys or Keys("k1", {"k1": SECRET}))


def token(link: str) -> str:
    return link.rsplit("/", 1)[1]


def test_a_link_says_what_it_stands_for_to_whoever_has_the_key() -> None:
    """Customer, send, journey, run, step, message, topic, channel and the address come back as they went in."""
    made = links().tracked(SEND, URL)

    assert made.startswith("https://links.example/c/k1.")
    assert links().read(token(made)) == Link(
        "c", "ana", "s1", "welcome", "run-1", "hello", "greeting", "news", "email", URL
    )


def test_each_kind_of_link_has_its_own_path_and_is_signed_as_that() -> None:
    """A link that was made to be followed is none that unsubscribes, wherever somebody puts it."""
    unsubscribe, preferences = links().unsubscribe(SEND), links().preferences(SEND)

    assert unsubscribe.startswith("https://links.example/u/")
    assert preferences.startswith("https://links.example/p/")
    kinds = [
        link.kind for link in map(links().read, map(token, (unsubscribe, preferences))) if link is not None
    ]
    assert kinds == ["u", "p"]


@hypothesis_settings(max_examples=300)
@given(st.data())
def test_a_link_with_any_character_changed_is_none(data: st.DataObject) -> None:
    """Whatever of a token is changed, left out or added, nobody reads it."""
    good = token(links().tracked(SEND, URL))
    place = data.draw(st.integers(0, len(good) - 1))
    with_ = data.draw(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=2))
    bad = good[:place] + with_ + good[place + 1 :]

    assert (links().read(bad) is None) == (bad != good)


@pytest.mark.parametrize("bad", ["", ".", "..", "k1..", "k1.e30.", "nobody.e30.sig", "k1.é.é", "x" * 20_000])
def test_what_never_was_a_link_is_none(bad: str) -> None:
    """Anything may be asked for at that address."""
    assert links().read(bad) is None


def test_nobody_without_the_key_makes_a_link_that_leads_elsewhere() -> None:
    """The address is inside the signature: no open redirect."""
    key_id, payload, signature = token(links().tracked(SEND, URL)).split(".")
    said = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    said[-1] = "https://evil.example"
    forged = urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")

    assert links().read(f"{key_id}.{forged}.{signature}") is None


def test_a_link_outlives_a_change_of_the_key_for_as_long_as_the_old_one_is_kept() -> None:
    """The key's id is in the link; the current one signs, the others still read."""
    before, during, after = (
        Keys("k1", {"k1": SECRET}),
        Keys("k2", {"k2": OTHER, "k1": SECRET}),
        Keys("k2", {"k2": OTHER}),
    )
    old = token(links(before).unsubscribe(SEND))

    assert links(during).read(old) is not None
    assert token(links(during).unsubscribe(SEND)).startswith("k2.")
    assert links(after).read(old) is None


def test_the_id_of_another_key_is_no_way_in() -> None:
    """A token names its key, and that name is signed with it."""
    keys = Keys("k1", {"k1": SECRET, "k2": SECRET})
    good = token(links(keys).unsubscribe(SEND))

    assert links(keys).read("k2" + good[2:]) is None


@pytest.mark.parametrize("url", ["mailto:help@shop.example", "tel:+15550100", "app://cart", "#top"])
def test_what_no_browser_follows_stays_as_it_is(url: str) -> None:
    """A link to an address, a number or an app cannot be led through ours."""
    assert links().tracked(SEND, url) == url


def test_an_address_too_long_for_a_link_of_ours_stays_as_it_is() -> None:
    """A click that nobody counts is better than a link that nobody can read."""
    short, long = "https://shop.example/?q=" + "x" * 5_000, "https://shop.example/?q=" + "x" * 6_500

    link = links().read(token(links().tracked(SEND, short)))

    assert link is not None
    assert link.url == short
    assert links().tracked(SEND, long) == long


def test_what_a_newer_version_has_signed_besides_is_passed_over() -> None:
    """While a deployment goes on, one function may read what a newer one has made."""
    payload = urlsafe_b64encode(json.dumps(["u", *"abcdefgh", "", "new"]).encode()).decode().rstrip("=")
    signature = _signature(SECRET, "k1", payload)

    assert links().read(f"k1.{payload}.{signature}") == Link("u", *"abcdefgh")


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_customers_and_addresses_are_called_they_come_back(customer: str, path: str) -> None:
    """Ids and addresses may hold any character."""
    send = Send(**{name: getattr(SEND, name) for name in Send.__slots__} | {"customer": customer})

    link = links().read(token(links().tracked(send, f"https://shop.example/{path}")))

    assert link is not None
    assert (link.customer, link.url) == (customer, f"https://shop.example/{path}")


@pytest.mark.parametrize(
    ("current", "secrets", "said"),
    [
        ("k9", {"k1": SECRET}, "no key"),
        ("a.b", {"a.b": SECRET}, "no id of a key"),
        ("", {"": SECRET}, "no id of a key"),
        ("k1", {"k1": b"short"}, "shorter than 16"),
    ],
)
def test_keys_that_cannot_sign_are_refused(current: str, secrets: dict[str, bytes], said: str) -> None:
    """A missing key, an id that a token has no room for, a secret that can be guessed: said at the beginning."""
    with pytest.raises(ValueError, match=said):
        Keys(current, secrets)


def test_links_are_made_for_https_only() -> None:
    """What says who somebody is does not travel in the clear."""
    with pytest.raises(ValueError, match="https://"):
        SignedLinks("http://links.example", lambda: Keys("k1", {"k1": SECRET}))
