from __future__ import annotations

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from sojourn.adapters.links.keys import Keys
from sojourn.adapters.links.signed import SignedLinks
from sojourn.application.ports import Page
from sojourn.aws_runtime.incoming.inbound import incoming
from sojourn.aws_runtime.incoming.intake import NotTaken
from sojourn.aws_runtime.links.api import Links
from sojourn.aws_runtime.links.events import LinkEvent, LinkEvents
from sojourn.domain.customer.rows import Send, changed
from sojourn.domain.decide.feedback import engagement
from sojourn.errors import TransientError
from tests.support.engine_room import SetClock
from tests.support.link_requests import FORM, MULTIPART, ONE_CLICK, ONE_CLICK_PARTS, asked, headers_of

NOON = datetime(2026, 3, 6, 12, tzinfo=UTC)
SEND = Send(
    id="s1", customer="ana", run="run-1", journey="welcome", version="v1", step="hello", message="greeting",
    channel="email", topic="getting-started", marketing=True, at=NOON,
)  # fmt: skip
URL = "https://shop.example/cart?id=1&x=%20y#top"
SIGNED = SignedLinks("https://links.example", lambda: Keys("k", {"k": b"a secret of enough bytes"}))
ABOUT = {"send": "s1", "journey": "welcome", "run": "run-1", "step": "hello"}


class Bus:
    """An event bus, and the queue behind it: each takes what it is given, or raises what it was told to."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []
        self.messages: list[dict[str, Any]] = []
        self.refuses: Exception | str | None = None
        self.queue_refuses: Exception | None = None

    def put_events(self, **asked: Any) -> dict[str, Any]:
        if isinstance(self.refuses, Exception):
            raise self.refuses
        if self.refuses:
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": self.refuses}]}
        self.entries += asked["Entries"]
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}

    def send_message_batch(self, **asked: Any) -> dict[str, Any]:
        if self.queue_refuses:
            raise self.queue_refuses
        self.messages += [{"QueueUrl": asked["QueueUrl"], **entry} for entry in asked["Entries"]]
        return {}


class Room:
    """A function that answers links, the events it told, and a clock that stands."""

    def __init__(self) -> None:
        self.told: list[LinkEvent] = []
        self.clock = SetClock(NOON)
        self.fault: Exception | None = None
        self.links = Links(SIGNED.read, self, self.clock)

    def put(self, told: LinkEvent) -> None:
        if self.fault:
            raise self.fault
        self.told.append(told)

    def ask(self, method: str, url: str, body: str | None = None, **more: Any) -> dict[str, Any]:
        return self.links(asked(method, url, body, **more))


@pytest.fixture
def room() -> Room:
    return Room()


def test_a_click_leads_on_and_is_told(room: Room) -> None:
    """The event says whose it is, of which send, run and step, and where it led; nobody keeps the answer."""
    answer = room.ask("GET", SIGNED.tracked(SEND, URL))

    (told,) = room.told
    assert (answer["statusCode"], answer["body"]) == (302, "")
    assert headers_of(answer)["location"] == URL
    assert headers_of(answer)["cache-control"] == "no-store"
    assert headers_of(answer)["referrer-policy"] == "no-referrer"
    assert (told.name, told.customer, told.at) == ("message_clicked", "ana", NOON)
    assert told.properties == {
        **ABOUT, "message": "greeting", "topic": "getting-started", "channel": "email", "url": URL,
    }  # fmt: skip


def test_an_email_that_is_opened_fetches_its_picture_and_tells(room: Room) -> None:
    """One transparent pixel that nobody keeps; the event says whose it is, of which send, run and step."""
    answer = room.ask("GET", SIGNED.opened(SEND))

    (told,) = room.told
    picture = b64decode(answer["body"])
    assert (answer["statusCode"], answer["isBase64Encoded"]) == (200, True)
    assert (picture[:6], picture[6:10], picture[-1:]) == (b"GIF89a", b"\x01\x00\x01\x00", b";")
    assert headers_of(answer)["content-type"] == "image/gif"
    assert "no-store" in headers_of(answer)["cache-control"]
    assert headers_of(answer)["x-content-type-options"] == "nosniff"
    assert (told.name, told.customer, told.at) == ("message_opened", "ana", NOON)
    assert told.properties == {
        **ABOUT, "message": "greeting", "topic": "getting-started", "channel": "email",
    }  # fmt: skip


def test_a_picture_that_is_fetched_for_nobody_opens_nothing(room: Room) -> None:
    """Apple Mail's privacy protection fetches all there are: told as a machine's, without run and step."""
    room.ask("GET", SIGNED.opened(SEND), user_agent="Mozilla/5.0")
    room.ask("HEAD", SIGNED.opened(SEND))

    (told,) = room.told
    assert (told.properties["machine"], "run" in told.properties, "step" in told.properties) == (
        True,
        False,
        False,
    )


def test_a_picture_is_shown_though_nobody_takes_the_event(room: Room) -> None:
    """Neither bus nor queue: a reader does not see a broken picture for that."""
    room.fault = RuntimeError("nothing goes")

    assert room.ask("GET", SIGNED.opened(SEND))["statusCode"] == 200


def test_openings_of_a_minute_are_one_event(room: Room) -> None:
    """Whoever looks again, or has a message, cannot fill its customer's rows."""
    for number in range(9):
        room.ask("GET", SIGNED.opened(SEND), number=number)
    room.clock.pass_by(minutes=1)
    room.ask("GET", SIGNED.opened(SEND))

    assert len({told.id for told in room.told}) == 2


@pytest.mark.parametrize(
    ("own", "browser", "expected"),
    [
        ("de-AT", "en", "de"),
        ("pt_BR", "en", "pt"),
        ("ja", "fr", "fr"),
        ("", "nl", "nl"),
        ("../x", "ja", "en"),
    ],
)
def test_a_page_speaks_the_customers_language(room: Room, own: str, browser: str, expected: str) -> None:
    """Their own, where it is known and we have it; else what their browser asks for; else English."""
    asks = room.ask("GET", SIGNED.unsubscribe(SEND, Page(own)), accept_language=browser)
    done = room.ask("POST", SIGNED.unsubscribe(SEND, Page(own)), accept_language=browser)

    assert f'<html lang="{expected}">' in asks["body"]
    assert f'<html lang="{expected}">' in done["body"]


def test_a_page_names_the_topic_and_who_sends_as_the_customer_knows_them(room: Room) -> None:
    """A page at an address nobody knows should say whose it is; without a title, the topic's name has to do."""
    page = Page("", "Follow-up letters", "Acme & Sons")
    told = room.ask("GET", SIGNED.unsubscribe(SEND, page))["body"]
    done = room.ask("POST", SIGNED.preferences(SEND, page), "stop=topic")["body"]

    assert "stop receiving “Follow-up letters” by email?" in told
    assert "<title>Unsubscribe – Acme &amp; Sons</title>" in told
    assert '<p class="soft brand">Acme &amp; Sons</p>' in told
    assert "no longer receive “Follow-up letters” by email" in done
    assert 'class="soft brand"' not in room.ask("GET", SIGNED.unsubscribe(SEND))["body"]


def test_the_clicks_of_a_minute_are_one_event(room: Room) -> None:
    """Whoever has a message cannot fill its customer's rows by asking for a link again and again; later is later."""
    link = SIGNED.tracked(SEND, URL)
    for number in range(50):
        assert room.ask("GET", link, number=number)["statusCode"] == 302
    room.clock.pass_by(minutes=1)
    room.ask("GET", link, number=50)

    assert [told.id for told in room.told] == [room.told[0].id] * 50 + [room.told[-1].id]
    assert len({told.id for told in room.told}) == 2


def test_a_scanner_does_not_pass_for_the_readers_click(room: Room) -> None:
    """A machine that was there in the same minute is another event: the reader's own still releases a wait."""
    link = SIGNED.tracked(SEND, URL)
    room.ask("GET", link, user_agent="Mozilla/5.0 (compatible; Scanbot/2.1)")
    room.ask("GET", link)

    machine, reader = room.told
    assert machine.id != reader.id
    assert ("machine" in machine.properties, "machine" in reader.properties) == (True, False)


def test_to_look_at_a_link_is_no_click(room: Room) -> None:
    """HEAD is answered alike, and counts for nobody."""
    answer = room.ask("HEAD", SIGNED.tracked(SEND, URL))

    assert (answer["statusCode"], headers_of(answer)["location"]) == (302, URL)
    assert room.told == []


def test_a_machines_click_leads_on_and_engages_nobody(room: Room) -> None:
    """A scanner's request is told as one, without the run and step by which a click would release a wait."""
    answer = room.ask("GET", SIGNED.tracked(SEND, URL), user_agent="Mozilla/5.0 (compatible; Scanbot/2.1)")

    (told,) = room.told
    event = incoming(
        '{"detail-type": "message_clicked", "id": "1", "time": "2026-03-06T12:00:00Z", "detail": {"customer": "ana"}}'
    ).event
    assert answer["statusCode"] == 302
    assert told.properties["machine"] is True
    assert (told.properties["send"], told.properties["journey"]) == ("s1", "welcome")
    assert engagement(changed(event, properties=told.properties)) == ("", "", "clicked")


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("https://shop.example/grün?q=a b", "https://shop.example/gr%C3%BCn?q=a%20b"),
        ("https://shop.example/\r\nset-cookie: a=b", "https://shop.example/%0D%0Aset-cookie:%20a=b"),
        ("HTTP://shop.example/[x]?a=%2F&b=1#c", "HTTP://shop.example/[x]?a=%2F&b=1#c"),
    ],
)
def test_an_address_fits_into_a_header(room: Room, url: str, location: str) -> None:
    """What a header has no room for is percent-encoded; what an address means stays."""
    assert headers_of(room.ask("GET", SIGNED.tracked(SEND, url)))["location"] == location


@pytest.mark.parametrize("url", ["javascript:alert(1)", "", "data:text/html,x", "//evil.example"])
def test_a_click_leads_to_the_web_only(room: Room, url: str) -> None:
    """Whatever was signed by mistake: a browser is sent to http and https and nowhere else."""
    answer = room.ask("GET", SIGNED._made("c", SEND, url))

    assert (answer["statusCode"], room.told) == (404, [])
    assert "location" not in answer["headers"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("link", [SIGNED.unsubscribe(SEND), SIGNED.preferences(SEND)])
def test_opening_a_link_unsubscribes_nobody(room: Room, method: str, link: str) -> None:
    """Mail systems open every link of an email: it takes a POST."""
    answer = room.ask(method, link)

    assert (answer["statusCode"], room.told) == (200, [])
    assert ("<button>" in answer["body"]) == (method == "GET")


@pytest.mark.parametrize(
    ("body", "kind", "encoded"),
    [(ONE_CLICK, FORM, True), (ONE_CLICK, "text/plain", False), (ONE_CLICK_PARTS, MULTIPART, True)],
)
def test_a_mail_programs_button_unsubscribes(room: Room, body: str, kind: str, encoded: bool) -> None:
    """RFC 8058: one POST, whatever its content type, without cookies; the answer has nothing to read."""
    answer = room.ask("POST", SIGNED.unsubscribe(SEND), body, encoded=encoded, content_type=kind)

    (told,) = room.told
    assert (answer["statusCode"], answer["body"]) == (200, "")
    assert (told.name, told.customer) == ("unsubscribed", "ana")
    assert told.properties == {**ABOUT, "how": "one_click", "topic": "getting-started", "channel": "email"}


@pytest.mark.parametrize("body", [None, "", "x=y", "\0" * 9, "%%%", "stop=all"])
def test_the_pages_button_unsubscribes_whatever_the_body_says(room: Room, body: str | None) -> None:
    """Whoever posts to the link wants out of this kind of message, and reads that it was done."""
    answer = room.ask("POST", SIGNED.unsubscribe(SEND), body)

    (told,) = room.told
    assert answer["statusCode"] == 200
    assert "You will no longer receive “getting started” by email." in answer["body"]
    assert told.properties == {**ABOUT, "how": "page", "topic": "getting-started", "channel": "email"}


def test_each_unsubscription_is_told(room: Room) -> None:
    """Who subscribed again a second ago, and goes by the old message, is heard; who did not, `route` tells apart."""
    link = SIGNED.unsubscribe(SEND)
    room.ask("POST", link, ONE_CLICK, number=1)
    room.clock.at = NOON + timedelta(seconds=1)
    room.ask("POST", link, ONE_CLICK, number=2)

    first, second = room.told
    assert first.id != second.id
    assert first.properties == second.properties


@pytest.mark.parametrize(
    ("stop", "said", "read"),
    [
        (
            "topic",
            {"topic": "getting-started", "channel": "email"},
            "no longer receive “getting started” by email",
        ),
        ("channel", {"channel": "email"}, "no longer receive messages by email"),
        ("all", {}, "no longer receive messages from us"),
    ],
)
def test_preferences_stop_what_was_chosen(room: Room, stop: str, said: dict[str, str], read: str) -> None:
    """This kind by this channel, everything by it, or everything: the event says no more than was chosen."""
    answer = room.ask("POST", SIGNED.preferences(SEND), f"stop={stop}", encoded=True)

    (told,) = room.told
    assert told.properties == {**ABOUT, "how": "preferences", **said}
    assert read in answer["body"]


@pytest.mark.parametrize("body", [None, "stop=", "stop=TOPIC", "other=all", ONE_CLICK])
def test_preferences_without_a_choice_ask_again(room: Room, body: str | None) -> None:
    """Nobody is unsubscribed from something they did not name."""
    answer = room.ask("POST", SIGNED.preferences(SEND), body)

    assert (answer["statusCode"], room.told) == (400, [])
    assert answer["body"].count('type="radio"') == 3


def test_without_a_topic_it_is_the_channel_that_is_left(room: Room) -> None:
    """A message of no topic offers what there is, and the event names no topic."""
    send = changed(SEND, topic="")

    page = room.ask("GET", SIGNED.unsubscribe(send))["body"]
    room.ask("POST", SIGNED.unsubscribe(send), ONE_CLICK)
    offered = room.ask("GET", SIGNED.preferences(send))["body"]

    assert "stop receiving messages by email?" in page
    assert room.told[0].properties == {**ABOUT, "how": "one_click", "channel": "email"}
    assert (offered.count('type="radio"'), 'value="topic"' in offered) == (2, False)


NO_LINKS = (
    "/", "", "/favicon.ico", "/c", "/c/", "/c/x", "/u/..", "/p/k.e30.x", "/x/y", "/u/ä.ö.ü", "/c/" + "z" * 10_000_000,
    SIGNED.tracked(SEND, URL).replace("/c/", "/u/"), SIGNED.unsubscribe(SEND).replace("/u/", "/p/"),
    SIGNED.unsubscribe(SEND)[:-1], SIGNED.unsubscribe(SEND) + "=", SIGNED.opened(SEND).replace("/o/", "/c/"),
    SIGNED.unsubscribe(SEND).replace("/u/", "/o/") + ".gif", SIGNED.tracked(SEND, URL).replace("/c/", "/o/"),
)  # fmt: skip


@pytest.mark.parametrize("path", NO_LINKS, ids=map(str, range(len(NO_LINKS))))
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_no_link_of_ours_is_a_plain_404(
    room: Room, capsys: pytest.CaptureFixture[str], method: str, path: str
) -> None:
    """Wrong, cut off, forged or another kind's: one page for all, that says nothing of why, and a count."""
    answer = room.ask(method, path, ONE_CLICK)

    assert (answer["statusCode"], room.told) == (404, [])
    assert answer["body"] == room.ask("GET", "/c/x")["body"]
    assert '"LinksRefused":1' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("method", "link", "allowed"),
    [
        ("POST", SIGNED.tracked(SEND, URL), "GET, HEAD"),
        ("DELETE", SIGNED.unsubscribe(SEND), "GET, HEAD, POST"),
        ("OPTIONS", SIGNED.preferences(SEND), "GET, HEAD, POST"),
        ("POST", SIGNED.opened(SEND), "GET, HEAD"),
    ],
)
def test_other_methods_are_told_which_there_are(room: Room, method: str, link: str, allowed: str) -> None:
    """A click is no POST, and nothing is deleted here."""
    answer = room.ask(method, link)

    assert (answer["statusCode"], headers_of(answer)["allow"], room.told) == (405, allowed, [])


def test_an_address_of_the_operators_may_have_a_path(room: Room) -> None:
    """`links_url` may lead here from below a path of a web site."""
    answer = room.ask("GET", SIGNED.tracked(SEND, URL).replace("example/", "example/letters/"))

    assert answer["statusCode"] == 302


def test_pages_run_and_fetch_nothing_and_are_kept_by_nobody(room: Room) -> None:
    """The headers of a page forbid scripts, frames, foreign forms, caches, search engines and referrers."""
    headers = headers_of(room.ask("GET", SIGNED.unsubscribe(SEND)))

    policy = headers["content-security-policy"]
    for rule in (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ):
        assert rule in policy
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert (headers["x-content-type-options"], headers["x-robots-tag"]) == ("nosniff", "noindex")
    assert "set-cookie" not in headers


@pytest.mark.parametrize("fault", [TransientError("busy"), RuntimeError("a mistake of ours")])
def test_a_reader_gets_there_though_nobody_takes_the_event(
    room: Room, capsys: pytest.CaptureFixture[str], fault: Exception
) -> None:
    """Neither bus nor queue: the click is lost and counted as that, and leads on."""
    room.fault = fault

    answer = room.ask("GET", SIGNED.tracked(SEND, URL))

    assert (answer["statusCode"], headers_of(answer)["location"]) == (302, URL)
    assert '"LinkEventsLost":1' in capsys.readouterr().out


def test_nobody_is_told_they_are_unsubscribed_who_is_not(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither bus nor queue: the page asks to try again, in the reader's language, and a mail program may too."""
    room.fault = RuntimeError("nothing goes")

    page = room.ask("POST", SIGNED.unsubscribe(SEND), ONE_CLICK, accept_language="de")

    assert (page["statusCode"], headers_of(page)["retry-after"]) == (503, "60")
    assert "Das hat nicht geklappt" in page["body"]
    assert '"LinksFailed":1' in capsys.readouterr().out


def test_without_keys_nothing_is_said_of_a_link() -> None:
    """While the secret cannot be read, nobody knows which links are ours: not that they are none."""

    def read(token: str) -> None:
        raise TransientError("GetSecretValue: ThrottlingException")

    room = Room()
    room.links = Links(read, room, room.clock)

    assert room.ask("GET", SIGNED.unsubscribe(SEND))["statusCode"] == 503


@pytest.mark.parametrize(
    "event", [{}, {"headers": None, "requestContext": [], "rawPath": 3, "body": {}}, {"body": 1}]
)
def test_an_event_of_another_kind_is_answered_too(room: Room, event: dict[str, Any]) -> None:
    """Whoever calls the function otherwise than by its URL learns nothing either."""
    assert room.links(event)["statusCode"] == 404


REFUSALS: list[Exception | str] = [
    "ThrottlingException", "InternalFailure", EndpointConnectionError(endpoint_url="https://events"), OSError("gone"),
]  # fmt: skip


@pytest.mark.parametrize("refusal", REFUSALS)
def test_what_the_bus_does_not_take_goes_on_the_queue_behind_it(refusal: Exception | str) -> None:
    """The queue holds what the bus would have put there: `route` reads one as the other."""
    bus = Bus()
    events = LinkEvents(bus, "bus", bus, "https://queue")
    told = LinkEvent("e1", "unsubscribed", "ana", NOON, {"topic": "news", "channel": "email"})
    events.put(told)
    bus.refuses = refusal
    events.put(told)

    (entry,), (message,) = bus.entries, bus.messages
    taken = incoming(message["MessageBody"])
    assert (entry["Source"], entry["DetailType"]) == ("sojourn.links", "unsubscribed")
    assert message["QueueUrl"] == "https://queue"
    assert entry["Detail"] in message["MessageBody"]
    assert (taken.customer, taken.event.id, taken.event.at) == ("ana", "e1", NOON)
    assert taken.event.properties == told.properties


def test_an_event_that_neither_takes_is_an_error() -> None:
    """Nobody may believe that it is in."""
    bus = Bus()
    bus.refuses, bus.queue_refuses = "ThrottlingException", OSError("gone")

    with pytest.raises(NotTaken, match="OSError"):
        LinkEvents(bus, "bus", bus, "https://queue").put(LinkEvent("e1", "unsubscribed", "ana", NOON, {}))
