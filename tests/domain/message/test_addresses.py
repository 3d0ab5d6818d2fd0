"""Where links in emails lead: nowhere that a customer's or an event's value could make of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from sojourn.domain.message.addresses import SCHEMES, bare, guard, scheme_of
from sojourn.domain.message.compiled import CompiledMessage, render
from sojourn.domain.message.problems import ContentError

LINK = '<p>Hi {{ name }} <a href="{{ url }}">there</a></p>'


def sent(html: str, **variables: str) -> str:
    """Return an email's HTML as a customer would get it."""
    message = CompiledMessage("hello", "0" * 16, {"en": {"email": {"html": html}}}, "en")
    return render(message, "email", "en", variables).parts["html"]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JavaScript:alert(1)", " java\tscript:alert(1)", "\x01javascript:alert(1)",
        "data:text/html,x", "vbscript:x", "file:///etc/passwd", "blob:x", "view-source:x",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "html",
    [
        LINK, '<img src="{{ url }}">', "<a href='{{ url }}'>x</a>", '<a href=" {{ url }}">x</a>',
        '{% assign u = url %}<a HREF="{{ u }}">x</a>', '<a href="{% if url %}{{ url }}{% endif %}">x</a>',
        '<td background="{{ url | append: "" }}"></td>',
    ],
)  # fmt: skip
def test_no_value_makes_an_address_that_runs_something(html: str, url: str) -> None:
    """The message is not sent: a link that leads nowhere would be no better."""
    with pytest.raises(ContentError, match="an address begins with"):
        sent(html, url=url, name="Ana")


@pytest.mark.parametrize("name", ["href=", "Ana", "a=' href=", "src="])
@pytest.mark.parametrize(
    "html",
    [
        '<a title="{{ name }}" href="{{ url }}">x</a>', "<a title='{{ name }}' href='{{ url }}'>x</a>",
        '<p title="a href=">{{ name }}</p><a href="{{ url }}">x</a>',
        '<!--[if mso]><a title="{{ name }}" href="{{ url }}">x</a><![endif]-->',
    ],
)  # fmt: skip
def test_no_other_value_hides_one(html: str, name: str) -> None:
    """What looks like an attribute within another one's quotes is none, and the one after it is."""
    with pytest.raises(ContentError, match='begins with "javascript:"'):
        sent(html, url="javascript:alert(1)", name=name)


def test_nor_does_one_without_quotes() -> None:
    """As an earlier release let it through."""
    with pytest.raises(ContentError, match="an address begins with"):
        sent("<a href={{ url }}>x</a>", url="javascript:alert(1)")


def test_two_values_make_none_together_either() -> None:
    """What counts is what comes out."""
    with pytest.raises(ContentError, match='begins with "javascript:"'):
        sent('<a href="{{ a }}{{ b }}">x</a>', a="java", b="script:alert(1)")


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/?x=javascript:y",
        "http://a",
        "shop.example:8080/x",
        "whatsapp://send?x",
        "mailto:a@b.example",
        "tel:+1",
        "",
        "/x",
        "#x",
    ],
)
def test_what_leads_to_the_web_or_to_somebody_is_sent(url: str) -> None:
    """So is what leads nowhere."""
    assert 'href="' in sent(LINK, url=url, name="Ana")


def test_what_the_author_wrote_out_is_theirs() -> None:
    """An app's own scheme, a picture in the text; the same of a value only where the author wrote it too."""
    html = '<img src="data:image/gif;base64,R0lG"><a href="acme:cart">x</a><a href="{{ url }}">y</a>'

    assert "acme:cart" in sent(html, url="https://a.example")
    assert 'href="acme:other"' in sent(html, url="acme:other")
    with pytest.raises(ContentError):
        sent(html, url="data:text/html,x")


def test_what_a_customer_reads_is_no_address() -> None:
    """Somebody may be called anything."""
    name = "href=javascript:alert(1)"

    assert str(escape(name)) in sent(LINK, url="https://a.example", name=name)
    assert "acme:1" in sent(
        '<a href="{{ url }}" data-href="{{ own }}">x</a>', url="https://a.example", own="acme:1"
    )


def test_a_template_whose_addresses_are_written_out_is_not_looked_at_again() -> None:
    """Most are."""
    assert guard('<a href="https://a.example/{{ id }}">{{ name }}</a>') is None


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_whatever_an_event_says_what_comes_out_is_of_the_web(url: str) -> None:
    """Or nothing does."""
    try:
        html = sent(LINK, url=url, name="Ana")
    except ContentError:
        return
    assert scheme_of(html.partition('href="')[2].partition('"')[0]) in SCHEMES


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<a href={{ url }}>x</a>", ["{{ url }}"]),
        ("<td {{ style }} width='{{ w }}'>{{ x }}</td>", ["{{ style }}"]),
        ('<a href="{{ url }}" title=\'{{ "a" }}\'>x</a>', []),
        ('<td {% if wide %}width="3"{% endif %}>{{ x }}</td>', []),
        ("<!-- <a href={{ url }}> --><style>a{b:{{ c }}}</style>", []),
        ("a < b {{ x }} > c", []),
    ],
)
def test_values_in_tags_stand_in_quotes(html: str, found: list[str]) -> None:
    """In text, comments and styles there are none to stand in."""
    assert [html[mark.start : mark.end] for mark in bare(html, "html")] == found
