from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from sojourn.application.send import do_send
from sojourn.domain.customer.rows import changed
from tests.support.engine_room import ANA, Room

SENDS = "enter: {on: began}\nsteps: [{id: s, send: hello, via: [email]}]\n"
MESSAGE = """
email:
  subject: Hello
  html: >-
    <p><a href="{{ 'https://shop.example/cart?a=1#top' | track }}">cart</a>
    <a href="{{ unsubscribe_url }}">no more</a> <a href="{{ unsubscribe_url | track }}">none</a>
    <a href="{{ preferences_url | track }}">which</a> <a href="{{ 'mailto:help@shop.example' | track }}">ask</a></p>
"""


def sent(
    workspace: str = "", journey: str = SENDS, message: str = MESSAGE, locale: str = ""
) -> Mapping[str, str]:
    """Send the journey's message to ana; return its parts."""
    room = Room(journey, workspace=workspace, message=message, person=changed(ANA, locale=locale or None))
    room.happen("began")
    do_send(room.engine, room.payload("s"))
    (outgoing,) = room.email.taken
    return outgoing.rendered.parts


def hrefs(parts: Mapping[str, str]) -> list[str]:
    return [href.replace("&amp;", "&") for href in re.findall(r'href="([^"]+)"', parts["html"])]


@pytest.mark.parametrize("kind", ["marketing", "transactional"])
def test_an_email_holds_a_picture_that_tells_it_was_opened(kind: str) -> None:
    """Once, at its end, whatever kind of message it is; not in the text beside it."""
    parts = sent(journey=f"kind: {kind}\n{SENDS}")

    assert parts["html"].count("https://links.example/opened/") == 1
    assert "opened" not in parts["text"]


@pytest.mark.parametrize(
    ("workspace", "journey", "pictures"),
    [
        ("tracking: {opens: false}", SENDS, 0),
        ("tracking: {opens: false}", "tracking: {opens: true}\n" + SENDS, 1),
        ("", "tracking: {opens: false}\n" + SENDS, 0),
        ("tracking: {clicks: false}", SENDS, 1),
    ],
)
def test_who_does_not_want_to_know_who_opens_puts_no_picture_in(
    workspace: str, journey: str, pictures: int
) -> None:
    """The workspace's word, or the journey's, which counts more."""
    assert sent(workspace, journey)["html"].count("<img") == pictures


def test_a_link_says_where_a_visitor_came_from_if_asked_to() -> None:
    """Workspace, channel, journey and step, on links with `track` alone: none out of the messages, and no address."""
    plain, told = sent(), sent("tracking: {utm: true}")

    utm = "utm_source=shop&utm_medium=email&utm_campaign=j&utm_content=s"
    assert hrefs(plain)[0].startswith("https://shop.example/cart?a=1#top")
    assert hrefs(told)[0].startswith(f"https://shop.example/cart?a=1&{utm}#top")
    assert all("utm_" not in href for href in hrefs(told)[1:])


def test_a_journey_names_its_own_campaign() -> None:
    """What it does not say, the workspace does."""
    parts = sent("tracking: {utm: {source: letters}}", "tracking: {utm: {campaign: spring sale}}\n" + SENDS)

    assert "utm_source=letters&utm_medium=email&utm_campaign=spring%20sale&utm_content=s" in hrefs(parts)[0]


def test_the_way_out_is_no_click() -> None:
    """Whoever puts `track` on it gets the link that unsubscribes, and no other around it; an address stays one."""
    _, plain, unsubscribe, preferences, mail = hrefs(sent())

    assert plain == unsubscribe
    assert unsubscribe.startswith("https://links.example/unsubscribe/")
    assert preferences.startswith("https://links.example/preferences/")
    assert "sj=" not in unsubscribe + preferences
    assert mail.startswith("mailto:help@shop.example")


def test_without_clicks_a_link_leads_where_it_says() -> None:
    """Not through ours; still saying where a visitor came from, if asked to."""
    assert hrefs(sent("tracking: {clicks: false}"))[0] == "https://shop.example/cart?a=1#top"
    assert hrefs(sent("tracking: {clicks: false, utm: {medium: letter}}"))[0] == (
        "https://shop.example/cart?a=1&utm_source=shop&utm_medium=letter&utm_campaign=j&utm_content=s#top"
    )


FROM_AN_EVENT = """
email:
  subject: Hello
  html: '<p><a href="{{ entry.ref | track }}">cart</a> <a href="{{ unsubscribe_url | track }}">no more</a></p>'
"""


@pytest.mark.parametrize(
    ("ref", "told"),
    [
        ("https://shop.example/cart", "sent"),
        ("https://a.acme.example/", "sent"),
        ("https://evil.example/", "suppressed"),
        ("javascript:alert(1)", "suppressed"),
    ],
)
def test_our_links_lead_nowhere_but_to_the_hosts_that_are_named(ref: str, told: str) -> None:
    """Whatever an event says: the message is not sent then. The ways out are ours, and need no naming."""
    hosts = 'tracking: {hosts: [shop.example, "*.acme.example"]}'
    room = Room(SENDS, workspace=hosts, message=FROM_AN_EVENT)
    room.happen("began", ref=ref)

    do_send(room.engine, room.payload("s"))

    assert [one.split()[0] for one in room.told("sent", "suppressed")] == [told]
    assert [one.reason for one in room.happened if one.what == "suppressed"] == ["content"] * (told != "sent")
