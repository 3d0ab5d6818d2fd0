from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.application.desk import TASK_RAISED
from sojourn.aws_runtime.api.http import BadCall
from sojourn.aws_runtime.incoming import inbound
from sojourn.aws_runtime.incoming.intake import EventIntake, Inbound
from sojourn.aws_runtime.tracking.calls import CONTACT, KINDS, NOT_KEPT, OF_CALLS, OURS, Received, event_of
from sojourn.aws_runtime.tracking.fields import LONGEST_ADDRESS, LONGEST_ID
from sojourn.domain.decide.learning import CONTACT as LEARNED
from tests.support.tracking import KEY, MERGING_KEY, NOON, SOURCES

WEB, CRM = SOURCES[KEY], SOURCES[MERGING_KEY]
RECEIVED = Received(NOON, WEB)


def event(kind: str, received: Received = RECEIVED, **said: Any) -> Inbound:
    return event_of(kind, {"messageId": "m1", **said}, received)


def refusal(kind: str, received: Received = RECEIVED, **said: Any) -> str:
    with pytest.raises(BadCall) as raised:
        event(kind, received, **said)
    return raised.value.message


def test_a_track_is_the_event_it_names() -> None:
    """Its name becomes an identifier, its properties are the event's, and its user the customer."""
    told = event(
        "track", userId="c-1", anonymousId="a-1", event="Order Completed", properties={"total": 20.5}
    )

    assert (told.name, told.id, told.at) == ("order_completed", "web:m1", NOON)
    assert told.detail == {
        "identities": {"user_id": "c-1", "anonymous_id": "a-1"},
        "properties": {"total": 20.5},
        "context": {"source": "web"},
        "hearsay": True,
    }


def test_an_identify_tells_attributes() -> None:
    """Traits are the customer's attributes, addresses among them; the context's count less."""
    told = event(
        "identify", userId="c-1", traits={"email": "ana@shop.example", "plan": "pro"},
        context={"traits": {"plan": "free", "phone": "+12025550123"}},
    )  # fmt: skip

    assert told.name == "identified"
    assert told.detail["attributes"] == {
        "email": "ana@shop.example", "plan": "pro", "phone": "+12025550123",
    }  # fmt: skip
    assert "properties" not in told.detail


@pytest.mark.parametrize("kind", ["page", "screen"])
def test_a_view_has_a_name(kind: str) -> None:
    """Name and category stand among the properties, and count more than these."""
    told = event(kind, anonymousId="a", name="Home", category="Docs", properties={"name": "x", "url": "/"})

    assert told.name == f"{kind}_viewed"
    assert told.detail["properties"] == {"name": "Home", "category": "Docs", "url": "/"}


def test_a_group_tells_of_the_group() -> None:
    """Its traits are not those of its member."""
    told = event("group", userId="c-1", groupId=42, traits={"employees": 7, "email": "office@acme.example"})

    assert told.name == "group_joined"
    assert told.detail["properties"] == {"group_id": "42", "employees": 7, "email": "office@acme.example"}
    assert "attributes" not in told.detail


def test_an_alias_links_what_was_known_before() -> None:
    """Who was anonymous is the customer; whether another customer is, only who has the right may say."""
    told = event("alias", userId="c-1", previousId="a-1")
    merging = event("alias", Received(NOON, CRM), userId="c-1", previousId="c-2")

    assert told.detail["identities"] == {"user_id": "c-1", "anonymous_id": "a-1"}
    assert "merge" not in told.detail
    assert (merging.detail["merge"], merging.name) == ("c-2", "aliased")
    assert merging.detail["properties"] == {"previous_id": "c-2"}


def test_a_context_says_where_it_happened() -> None:
    """Page, campaign, zone and locale stay; address, browser and device do not, but for the token."""
    context = {
        "ip": "192.0.2.7", "userAgent": "Mozilla", "userAgentData": {"mobile": True}, "locale": "de-AT",
        "timezone": "Europe/Vienna", "page": {"path": "/"}, "campaign": {"name": "spring"}, "source": "forged",
        "device": {"id": "IDFV", "advertisingId": "IDFA", "name": "Ana's phone", "token": "t-1"},
    }  # fmt: skip

    told = event("track", userId="c-1", event="x", context=context)

    assert told.detail["context"] == {
        "locale": "de-AT", "timezone": "Europe/Vienna", "page": {"path": "/"}, "campaign": {"name": "spring"},
        "source": "web",
    }  # fmt: skip
    assert told.detail["identities"] == {"user_id": "c-1", "device": "t-1"}


@pytest.mark.parametrize("odd", [7, [], {}, "", "x" * 500])
def test_what_a_library_collected_wrong_is_passed_over(odd: Any) -> None:
    """A browser's odd zone is no reason to lose an order."""
    told = event("track", userId="c-1", event="x", context={"timezone": odd, "locale": odd, "device": odd})

    assert told.detail["context"] == {"source": "web"}


def test_what_is_null_is_absent() -> None:
    """Libraries send fields that they have nothing for."""
    told = event(
        "track", userId=None, anonymousId="a", event="x", properties=None, context=None, timestamp=None,
        integrations=None, sentAt="",
    )  # fmt: skip

    assert told.detail == {
        "identities": {"anonymous_id": "a"}, "context": {"source": "web"}, "hearsay": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "said", "place"),
    [
        ("track", {"event": "x"}, "userId"),
        ("track", {"event": "x", "userId": "", "anonymousId": " "}, "userId"),
        ("track", {"userId": "c"}, "event"),
        ("track", {"userId": "c", "event": ""}, "event"),
        ("track", {"userId": "c", "event": "\u6ce8\u6587"}, "event"),
        ("track", {"userId": "c", "event": "x" * 61}, "event"),
        ("track", {"userId": "c", "event": 7}, "event"),
        ("track", {"userId": "c", "event": "x", "properties": []}, "properties"),
        ("track", {"userId": True, "event": "x"}, "userId"),
        ("track", {"userId": 1.5, "event": "x"}, "userId"),
        ("track", {"userId": "\x00", "event": "x"}, "userId"),
        ("track", {"userId": "\u00e9" * 100, "event": "x"}, "userId"),
        ("track", {"userId": "email-" + "0" * 32, "event": "x"}, "userId"),
        ("track", {"anonymousId": "a" * 300, "event": "x"}, "anonymousId"),
        ("track", {"userId": "c", "event": "x", "timestamp": "yesterday"}, "timestamp"),
        ("track", {"userId": "c", "event": "x", "timestamp": 1_700_000_000}, "timestamp"),
        ("track", {"userId": "c", "event": "x", "sentAt": {}}, "sentAt"),
        ("track", {"userId": "c", "event": "x", "context": []}, "context"),
        ("track", {"userId": "c", "event": "x", "context": {"device": {"token": 7}}}, "context.device.token"),
        ("track", {"userId": "c", "event": "x", "context": {"traits": {"phone": 7}}}, "context.traits.phone"),
        ("identify", {"userId": "c", "traits": "x"}, "traits"),
        ("identify", {"userId": "c", "traits": {"email": ["a@b.example"]}}, "traits.email"),
        ("page", {"userId": "c", "name": {}}, "name"),
        ("group", {"userId": "c"}, "groupId"),
        ("alias", {"userId": "c"}, "previousId"),
        ("alias", {"previousId": "a"}, "userId"),
        ("alias", {"previousId": "a", "anonymousId": "b"}, "userId"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_by_its_place(kind: str, said: Mapping[str, Any], place: str) -> None:
    """One sentence, which names the field."""
    assert refusal(kind, **said).split(":")[0] == place


def test_the_engines_own_events_are_nobody_elses() -> None:
    """Who could tell of a bounce could keep others' messages back."""
    assert {
        "message_bounced",
        "message_complained",
        "message_clicked",
        "segment_entered",
        TASK_RAISED,
    } <= OURS
    assert not OURS & set(OF_CALLS.values())
    for name in ("message_bounced", "Message Bounced", "messageBounced", "task_raised", "Task Raised"):
        assert refusal("track", userId="c", event=name).startswith("event: only the engine")


def test_consents_need_a_right() -> None:
    """A key in a browser is everybody's, and everybody could take everybody's consent back, or give it."""
    assert "consents" in refusal("track", userId="c", event="Subscribed")
    told = event("track", Received(NOON, CRM), userId="c", event="Unsubscribed", properties={"topic": "news"})

    assert (told.name, told.detail["properties"]) == ("unsubscribed", {"topic": "news"})


def test_addresses_are_hearsay_without_a_right() -> None:
    """Whoever knows somebody's address and the key of a browser must not become them."""
    told = [
        event("identify", Received(NOON, one), userId="c", traits={"email": "a@b.c"}) for one in (WEB, CRM)
    ]

    assert [one.detail.get("hearsay") for one in told] == [True, None]


def test_a_message_has_a_limit() -> None:
    """32 KB each, as Segment has it; in bytes, not in characters."""
    event("track", userId="c", event="x", properties={"text": "\u00e9" * 16_000})

    assert "larger than" in refusal("track", userId="c", event="x", properties={"text": "\u00e9" * 16_400})


@pytest.mark.parametrize(
    ("said", "sent", "at"),
    [
        (None, None, timedelta()),
        ("2026-03-06T11:00:00Z", None, timedelta(hours=-1)),
        ("2026-03-06T12:00:05Z", None, timedelta()),
        ("2027-03-06T11:59:50Z", "2027-03-06T12:00:00Z", timedelta(seconds=-10)),
        ("2025-03-06T11:59:50+00:00", "2025-03-06T12:00:00.000Z", timedelta(seconds=-10)),
        ("1970-01-01T00:00:05", "1970-01-01T00:00:25", timedelta(seconds=-20)),
        ("1970-01-01T00:00:05Z", None, timedelta()),
        ("2027-03-06T12:00:00Z", "2026-03-06T12:00:00Z", timedelta()),
        ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", timedelta()),
        ("2020-01-01T00:00:00Z", "2026-03-06T12:00:00Z", datetime(2020, 1, 1, tzinfo=UTC) - NOON),
    ],
)
def test_the_clock_of_a_device_is_corrected(said: str | None, sent: str | None, at: timedelta) -> None:
    """What is taken from it is how long before it was sent something happened; the future is now, and so is 1970."""
    told = event("track", userId="c", event="x", timestamp=said, sentAt=sent)
    in_batch = event(
        "track", Received(NOON, WEB, datetime.fromisoformat(sent).replace(tzinfo=UTC) if sent else None),
        userId="c", event="x", originalTimestamp=said, timestamp="2026-03-01T00:00:00Z" if said else None,
    )  # fmt: skip

    assert told.at == in_batch.at == NOON + at


def test_the_same_is_the_same_event() -> None:
    """By its id; without one, by what it says, and where that says no time, by the minute."""
    said = {"userId": "c", "event": "x", "properties": {"a": 1, "b": 2}}
    later = Received(NOON + timedelta(hours=1), WEB)
    dated = {**said, "timestamp": "2026-03-06T11:00:00Z"}

    def id_of(received: Received = RECEIVED, kind: str = "track", **more: Any) -> str:
        return event_of(kind, {**said, **more}, received).id

    assert id_of() == id_of(properties={"b": 2, "a": 1}) == id_of(sentAt="2026-03-06T11:59:00Z")
    assert id_of() != id_of(later)
    assert id_of(**dated) == id_of(later, **dated)
    assert id_of(messageId="m") == id_of(later, messageId="m", userId="d") == "web:m"
    assert len({id_of(), id_of(event="y"), id_of(**dated), id_of(kind="identify"), id_of(userId="d")}) == 5
    assert id_of(Received(NOON, CRM)) != id_of()


def test_limits_are_those_of_what_reads_it() -> None:
    """What is accepted here is not refused there."""
    assert set(CONTACT) == set(LEARNED)
    assert inbound.NOT_KEPT - {"user_agent"} <= NOT_KEPT
    assert LONGEST_ID + 33 <= inbound.LONGEST_ID
    assert LONGEST_ADDRESS == inbound.LONGEST_ADDRESS


class Queue:
    """A bus that is shut, and the queue behind it."""

    def __init__(self) -> None:
        self.bodies: list[str] = []

    def put_events(self, **asked: Any) -> Any:
        raise OSError("shut")

    def send_message_batch(self, **asked: Any) -> Any:
        self.bodies += [entry["MessageBody"] for entry in asked["Entries"]]
        return {}


NAMES = st.sampled_from(["email", "phone", "device", "timezone", "locale", "plan", "", "\u00e9", "a b"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**64), 2**64) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2),
    max_leaves=6,
)
IDS = st.one_of(
    # Of what nobody sees, and of what stands for none, every kind.
    st.sampled_from(
        [
            " ",
            "\t",
            "\u00a0",
            "\u200b",
            "\ufeff",
            "\u2028",
            "0",
            0,
            -1,
            "undefined",
            "NULL",
            "{}",
            "fcm:none",
            "--",
        ]
    ),
    st.sampled_from(["\U0001f600" * 200, "#" * 200, "\u20ac" * 200, "\U0001f600" * 180]),
    st.sampled_from(["c-1", 7, " c-2 ", "anonymous-" + "0" * 32, "x" * 255, "\u20ac" * 62]),
    st.text(max_size=4),
)
GOOD = st.fixed_dictionaries(
    {
        "userId": st.just("c-1"),
        "event": st.just("Order Completed"),
        "groupId": st.just("g"),
        "previousId": st.just("a"),
    }
)
ODD = {
    "userId": IDS, "anonymousId": IDS, "previousId": IDS, "groupId": IDS, "messageId": IDS,
    "event": st.sampled_from(["x", "2nd", "\u6ce8"]) | st.text(max_size=4),
    "name": VALUES, "category": st.text(max_size=3), "type": VALUES,
    "traits": st.dictionaries(NAMES, VALUES, max_size=3), "properties": st.dictionaries(NAMES, VALUES, max_size=3),
    "timestamp": st.datetimes().map(datetime.isoformat), "sentAt": st.datetimes().map(datetime.isoformat),
    "context": st.fixed_dictionaries({}, optional={
        "traits": st.dictionaries(NAMES, VALUES, max_size=2), "timezone": VALUES, "locale": VALUES, "page": VALUES,
        "device": st.fixed_dictionaries({}, optional={"token": IDS}) | VALUES,
    }) | VALUES,
}  # fmt: skip
MESSAGES = st.builds(
    lambda good, *odd: {**good, **dict(odd)},
    GOOD,
    *[st.sampled_from(sorted(ODD)).flatmap(lambda name: st.tuples(st.just(name), ODD[name]))] * 3,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(KINDS), MESSAGES, st.sampled_from([WEB, CRM]))
def test_what_is_taken_in_can_be_read(kind: str, message: dict[str, Any], source: Any) -> None:
    """Whatever is said, it is refused at once, or `route` can read it: nobody is told that it is in for nothing."""
    try:
        told = event_of(kind, message, Received(NOON, source))
    except BadCall:
        return

    queue = Queue()
    EventIntake(queue, "bus", queue, "https://queue", source="sojourn.track", queued="Queued").put([told])

    (body,) = queue.bodies
    read = inbound.incoming(body)
    assert (read.event.id, read.event.name, read.event.at) == (told.id, told.name, told.at)
    assert json.loads(body)["detail-type"] == told.name


def test_what_nobody_knows_is_passed_over() -> None:
    """Whatever a library adds: neither its size nor its numbers are a reason to refuse an event, nor part of its id."""
    odd = {"integrations": {"All": 10**40}, "extra": "\ud800", "x" * 100: ["y" * 40_000]}

    told = event_of("track", {"userId": "c", "event": "x"} | odd, RECEIVED)

    assert told == event_of("track", {"userId": "c", "event": "x"}, RECEIVED)
