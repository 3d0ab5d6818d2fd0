from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.domain.message.pixel import with_pixel
from sojourn.domain.message.utm import with_utm

UTM = {"source": "acme", "medium": "email"}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://shop.example", "https://shop.example?utm_source=acme&utm_medium=email"),
        ("https://shop.example/a?b=%2F#c", "https://shop.example/a?b=%2F&utm_source=acme&utm_medium=email#c"),
        ("https://shop.example/?#top", "https://shop.example/?utm_source=acme&utm_medium=email#top"),
        ("https://shop.example/?utm_source=me", "https://shop.example/?utm_source=me&utm_medium=email"),
        ("https://shop.example/?UTM_Source=me", "https://shop.example/?UTM_Source=me&utm_medium=email"),
        (
            "https://shop.example/?utm%5Fmedium=x&utm_source",
            "https://shop.example/?utm%5Fmedium=x&utm_source",
        ),
        ("HTTP://shop.example/#a?b", "HTTP://shop.example/?utm_source=acme&utm_medium=email#a?b"),
        ("mailto:help@shop.example", "mailto:help@shop.example"),
        ("tel:+15550100", "tel:+15550100"),
        ("app://cart", "app://cart"),
        ("#top", "#top"),
    ],
)
def test_an_address_says_where_a_visitor_came_from(url: str, expected: str) -> None:
    """What it said before stays, and counts more; what no browser opens stays as it is."""
    assert with_utm(url, UTM) == expected


def test_without_parameters_an_address_stays_as_it_is() -> None:
    """Nothing is put on a link unless somebody asks for it."""
    assert with_utm("https://shop.example/?", {}) == "https://shop.example/?"


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["source", "medium", "campaign", "content"]), st.text(min_size=1, max_size=9)
    )
)
def test_whatever_a_parameter_says_it_comes_out_as_it_went_in(utm: dict[str, str]) -> None:
    """Spaces, umlauts, ampersands: an address has them encoded, and nothing else of it changes."""
    utm = {name: value for name, value in utm.items() if value.isprintable()}

    parts = urlsplit(with_utm("https://shop.example/a?b=1#c", utm))

    assert parse_qsl(parts.query, keep_blank_values=True) == [
        ("b", "1"), *((f"utm_{name}", value) for name, value in utm.items()),
    ]  # fmt: skip
    assert (parts.path, parts.fragment) == ("/a", "c")


@pytest.mark.parametrize(
    ("body", "before", "after"),
    [
        ("<html><body><p>hi</p></body></html>", "<html><body><p>hi</p>", "</body></html>"),
        ("<p>hi</p>", "<p>hi</p>", ""),
        ("<BODY>hi</BODY\n>", "<BODY>hi", "</BODY\n>"),
        ("<p>&lt;/body></p></body>", "<p>&lt;/body></p>", "</body>"),
    ],
)
def test_the_picture_stands_at_the_end_of_the_body(body: str, before: str, after: str) -> None:
    """Behind everything a reader sees, whether or not there is a body element; nobody is read a text for it."""
    made = with_pixel(body, "https://links.example/o/k.t.gif")

    assert made.startswith(before + '<img src="https://links.example/o/k.t.gif" width="1" height="1" alt="" ')
    assert made.endswith(">" + after)
