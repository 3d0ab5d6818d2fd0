from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sojourn.adapters.links.keys import Keys
from sojourn.adapters.links.sealed import seal
from sojourn.adapters.links.signed import Link, SignedLinks, _signature
from sojourn.application.ports import Page
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


def signed(*told: str, secret: bytes = SECRET) -> str:
    """Return a token as the first links had: what it stands for in the open, and a signature."""
    payload = urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")
    return f"k1.{payload}.{_signature(secret, 'k1', payload)}"


def test_nobody_without_the_key_reads_who_a_link_is_about() -> None:
    """A customer's id may be an email address: it stands in no link, and neither does where it leads."""
    send = Send(**{name: getattr(SEND, name) for name in Send.__slots__} | {"customer": "ana@mail.example"})

    for link in (links().tracked(send, URL), links().unsubscribe(send), links().opened(send)):
        raw = urlsafe_b64decode(token(link).removesuffix(".gif").split(".")[1] + "===")
        with pytest.raises(zlib.error):
            zlib.decompress(raw, -15)
        assert b"ana" not in raw


def test_the_first_links_were_signed_only_and_work_on() -> None:
    """They lie in people's mailboxes."""
    about = ("ana", "s1", "welcome", "run-1", "hello", "greeting", "news", "email")

    assert links().read(signed("c", *about, URL)) == Link("c", *about, URL)
    assert links().read(signed("u", *about, "")) == Link("u", *about)


def test_nobody_without_the_key_makes_one_of_the_first_links_lead_elsewhere() -> None:
    """The address is inside the signature: no open redirect."""
    key_id, _, signature = signed("c", *"abcdefgh", URL).split(".")
    _, forged, _ = signed("c", *"abcdefgh", "https://evil.example").split(".")

    assert links().read(f"{key_id}.{forged}.{signature}") is None
    assert links().read(signed("c", *"abcdefgh", URL, secret=OTHER)) is None


def test_the_same_link_is_the_same() -> None:
    """A message that is rendered once more after a crash is the message that it was."""
    assert links().tracked(SEND, URL) == links().tracked(SEND, URL)


def test_what_was_sealed_for_something_else_is_no_link() -> None:
    """A task's id is made with the same keys."""
    told = ["u", *"abcdefgh"]
    keys = Keys("k1", {"k1": SECRET})

    assert links().read(seal(told, keys, b"sojourn/links/2")) is not None
    assert links().read(seal(told, keys, b"sojourn/tasks/1")) is None


def test_a_link_is_read_in_one_way_of_writing_only() -> None:
    """Base64 can say the same in several ways: none of the others is ours."""
    good = token(links().unsubscribe(SEND))

    assert links().read(good + "=") is None
    assert links().read(good + "\n") is None
    assert links().read(good[:-4] + "." + good[-4:]) is None


def test_a_link_with_a_page_behind_it_tells_what_the_page_should_say() -> None:
    """The customer's language, the topic's title and who sends; what is far too long is cut off."""
    known = links().read(token(links().unsubscribe(SEND, Page("de-AT", "Neues", "Acme"))))
    odd = links().read(token(links().preferences(SEND, Page("x" * 500, "", "y" * 500))))

    assert known is not None
    assert odd is not None
    assert (known.locale, known.title, known.brand) == ("de-AT", "Neues", "Acme")
    assert (len(odd.locale), odd.title, len(odd.brand)) == (100, "", 100)


def test_the_picture_of_an_email_says_whose_it_is() -> None:
    """Its address ends as a picture's does."""
    made = links().opened(SEND)

    link = links().read(token(made).removesuffix(".gif"))

    assert made.startswith("https://links.example/o/k1.")
    assert made.endswith(".gif")
    assert link == Link("o", "ana", "s1", "welcome", "run-1", "hello", "greeting", "news", "email")


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
    short, long = (
        f"https://shop.example/?q={urlsafe_b64encode(Random(1).randbytes(size)).decode()}"
        for size in (3_000, 6_060)
    )

    link = links().read(token(links().tracked(SEND, short)))

    assert link is not None
    assert link.url == short
    assert links().tracked(SEND, long) == long
    assert links().tracked(SEND, short + "x" * 100_000) == short + "x" * 100_000


def test_what_a_newer_version_has_put_in_besides_is_passed_over() -> None:
    """While a deployment goes on, one function may read what a newer one has made."""
    made = seal(
        ["u", *"abcdefgh", "", "de", "News", "Acme", "new"], Keys("k1", {"k1": SECRET}), b"sojourn/links/2"
    )

    assert links().read(made) == Link("u", *"abcdefgh", "", "de", "News", "Acme")
    assert links().read(signed("u", *"abcdefgh", "", "de", "", "", "new")) == Link("u", *"abcdefgh", "", "de")


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
