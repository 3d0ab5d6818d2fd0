from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.adapters.message_tags import tag_text, tags_of
from sojourn.application.route import Incoming
from sojourn.aws_runtime.incoming.inbound import DEEPEST, LONGEST_BODY, Poison, incoming, person
from sojourn.domain.customer.identity import unknown_id
from sojourn.domain.customer.rows import Event, Send, changed
from tests.support.inbound_details import details, wrong_details

SEND = Send(
    "s1", "ana", "run-1", "welcome", "v1", "hello", "greeting", "email", "news", True,
    datetime(2026, 3, 6, 9, tzinfo=UTC),
)  # fmt: skip
EVENTS = Path(__file__).parents[1] / "events"


def envelope(**changes: Any) -> dict[str, Any]:
    """Return an envelope with changes to its detail, or to itself where the name has a leading underscore."""
    detail = {"customer": "ana", **{k: v for k, v in changes.items() if not k.startswith("_")}}
    whole = {"detail-type": "viewed", "id": "bus-1", "time": "2026-03-06T09:00:00Z", "detail": detail}
    return whole | {k[1:].replace("_", "-"): v for k, v in changes.items() if k.startswith("_")}


def body(**changes: Any) -> str:
    return json.dumps(envelope(**changes))


def nested(depth: int) -> Any:
    value: Any = 1
    for number in range(depth):
        value = {"a": value} if number % 2 else [value]
    return value


def test_an_event_of_an_application_is_read() -> None:
    """Name, customer, id, time, properties and attributes come from where they stand."""
    text = (EVENTS / "order-completed.json").read_text()

    assert incoming(text) == Incoming(
        "ana",
        Event(
            "order-1001", "order_completed", datetime(2026, 3, 6, 7, 59, 58, 250_000, tzinfo=UTC),
            {"order_id": "1001", "cart_id": "c1", "total": 20.5},
        ),
        {"plan": "pro"},
    )  # fmt: skip


def test_an_event_that_a_journey_emitted_comes_back_in() -> None:
    """Its own id and instant, so that a second putting of it is known; and how many journeys led to it."""
    read = incoming((EVENTS / "emitted-by-a-journey.json").read_text())

    assert read.event == Event(
        "3f2a9c1d7e",
        "cart_lost",
        datetime(2026, 3, 6, 9, 0, 0, 125_000, tzinfo=UTC),
        {"cart_id": "c1"},
        hops=1,
    )


@pytest.mark.parametrize("customer", ["c" * 255, "é" * 94, "\U0001f600" * 47, "c" + "-" * 254, "a b" * 62])
def test_every_customer_can_be_found_again_from_a_receipt(customer: str) -> None:
    """Whoever is let in travels with their messages as a tag, so that a bounce or a complaint is known to be theirs."""
    read = incoming(body(customer=customer)).customer

    assert customer == read
    assert tag_text(tags_of(changed(SEND, customer=read))["customer"]) == customer


def test_what_an_event_does_not_say_the_bus_says() -> None:
    """An application need only say whose event it is."""
    assert incoming(body()) == Incoming("ana", Event("bus-1", "viewed", datetime(2026, 3, 6, 9, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON"),
        ("not json", "no JSON: Expecting value at character 0"),
        ("[]", "the message: "),
        ("7", "the message: "),
        ("{}", "detail: it is missing"),
        (json.dumps({"detail-type": "viewed", "id": "1", "time": "2026-03-06T09:00:00Z"}), "detail: it is missing"),
        (body(_detail=None), "detail: "),
        (body(_detail="text"), "detail: "),
        (body(attributes={"email": 7}), "detail.attributes: email is a text of at most 2,048"),
        (body(customer=None), "detail.customer: it is missing, and so is every identity: user_id, anonymous_id, email"),
        (body(customer=None, identities={}), "detail.customer: it is missing"),
        (body(customer=None, identities={"email": None}), "detail.customer: it is missing"),
        (body(customer=None, identities={"anonymousId": "5f2b"}), "detail.customer: it is missing"),
        (body(identities=["ana"]), "detail.identities: "),
        (body(customer=None, identities={"email": "none"}), "detail.identities.email: an address is wanted"),
        (body(customer=None, identities={"email": "a@b c"}), "detail.identities.email: an address is wanted"),
        (body(identities={"email": 7}), "detail.identities.email: a text of 1 to 256"),
        (body(customer=None, identities={"phone": "call me"}), "detail.identities.phone: a number is wanted"),
        (body(customer=None, identities={"phone": "+49"}), "detail.identities.phone: a number is wanted"),
        (body(customer=None, identities={"anonymous_id": " "}), "detail.identities.anonymous_id: an id is wanted"),
        (body(identities={"device": "x" * 2_049}), "detail.identities.device: a text of 1 to 2,048"),
        (body(identities={"user_id": "ben"}), "detail.identities.user_id: it is another than the customer"),
        (body(identities={"user_id": unknown_id("email", "a@b")}), "detail.identities.user_id: .* a name of Sojourn's"),
        (body(identities={"user_id": "é" * 95}), "detail.identities.user_id: .* or 188 bytes"),
        (body(merge=7), "detail.merge: "),
        (body(merge="é" * 95), "detail.merge: .* or 188 bytes"),
        (body(customer=None, identities={"email": "a@b.example"}, merge="ben"), "detail.merge: whom it is merged with"),
        (body(context="berlin"), "detail.context: an object"),
        (body(name="order completed"), "detail.name: a name has letters"),
        (body(name=7), "detail.name: a text"),
        (body(name="sojourn.exited"), "detail.name: "),
        (body(customer=42), "detail.customer: "),
        (body(customer=""), "detail.customer: "),
        (body(customer="c" * 257), "detail.customer: "),
        (body(customer="c" * 256), "detail.customer: 255 ASCII letters"),
        (body(customer="é" * 95), "detail.customer: .* or 188 bytes of others"),
        (body(customer="\U0001f600" * 48), "detail.customer: .* or 188 bytes of others"),
        (body(id=""), "detail.id: "),
        (body(id="i" * 257), "detail.id: "),
        (body(id=7), "detail.id: "),
        (body(time="yesterday"), "detail.time: "),
        (body(time="2026-03-06T09:00:00"), "detail.time: .*zone"),
        (body(time=1_772_787_600), "detail.time: "),
        (body(time="2026-02-30T09:00:00Z"), "detail.time: "),
        (body(properties=[1]), "detail.properties: "),
        (body(attributes="pro"), "detail.attributes: "),
        (body(hops=-1), "detail.hops: "),
        (body(hops="2"), "detail.hops: "),
        (body(hops=10**9), "detail.hops: "),
        (body(_detail_type="order completed"), "detail-type: "),
        (body(_detail_type="sojourn.exited"), "detail-type: "),
        (body(_detail_type=""), "detail-type: "),
        (body(_detail_type="n" * 61), "detail-type: "),
        ('{"a": NaN}', "NaN is no number"),
        ('{"a": -Infinity}', "-Infinity is no number"),
        (body()[:-2] + ', "properties": {"a": 1e999}}}', "out of range"),
        (body()[:-2] + ', "properties": {"a": ' + "9" * 5_000 + "}}}", "out of range"),
        (body()[:-2] + ', "properties": {"a": "\\ud800"}}}', "out of range"),
        (body(properties={"a": nested(DEEPEST)}), "nested deeper"),
        ("[" * 100_000, "nested too deep"),
        ("[" * 100_000 + "]" * 100_000, "nested too deep"),
        ('{"a":' * 50_000 + "1" + "}" * 50_000, "nested too deep"),
        (body(properties={"a": "x" * 100_000}), "more than 100,000 bytes"),
        (body(properties={"a": "é" * 60_000}), "more than 100,000 bytes"),
        ("x" * 10_000_000, f"longer than {LONGEST_BODY:,}"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_by_its_place(text: str, said: str) -> None:
    """One sentence names what is wrong and where."""
    with pytest.raises(Poison, match=said) as raised:
        incoming(text)

    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "none", [{"email": "none"}, {"phone": "+49"}, {"anonymous_id": "undefined"}, {"device": "null"}]
)
def test_an_identity_that_is_none_keeps_no_word_from_being_heard(none: dict[str, str]) -> None:
    """Where somebody is named it is left out: an app that says "undefined" of each device says no of somebody too."""
    named = incoming(body(customer="c-42", identities=none, name="unsubscribed"))
    known = incoming(body(customer=None, identities={"user_id": "c-42", **none}, name="unsubscribed"))

    assert [(one.customer, one.identities) for one in (named, known)] == [("c-42", {}), ("c-42", {})]


@pytest.mark.parametrize(
    "none", ["null", "Undefined", " None ", "NaN", "0", "-1", "guest", "00000000-0000", "[]"]
)
def test_a_user_id_that_stands_for_none_makes_nobody(none: str) -> None:
    """All strangers of a broken client would be one person; who is named besides is heard, and nobody is merged."""
    visitor = incoming(body(customer=none, identities={"user_id": none, "anonymous_id": "a1"}))
    known = incoming(body(customer="c-42", identities={"user_id": none}, merge=none))

    assert (visitor.customer, visitor.identities) == ("", {"anonymous_id": "a1"})
    assert (known.customer, known.merge) == ("c-42", "")
    with pytest.raises(
        Poison, match='detail.customer: an id is wanted, not what stands for none, such as "und'
    ):
        incoming(body(customer=none))


@pytest.mark.parametrize("word", ["0a", "10", "-2", "nullable", "none-7", "guest-1", "Anna", "1", "N/A/1"])
def test_an_id_that_only_looks_like_none_is_one(word: str) -> None:
    """The list is short, and of whole ids."""
    assert incoming(body(customer=word)).customer == word


@pytest.mark.parametrize(
    "field",
    [
        "customer", "id", "name", "time", "properties", "attributes", "hops", "identities", "context", "merge",
    ],
)  # fmt: skip
def test_a_reason_quotes_nothing_of_the_event(field: str) -> None:
    """Reasons are logged and kept; what a customer said is not for whoever reads them."""
    with pytest.raises(Poison) as raised:
        incoming(body(**{field: ["ana@example.com"]}))

    assert "ana@example.com" not in str(raised.value)


@pytest.mark.parametrize("depth", [0, 1, DEEPEST - 1])
def test_properties_may_be_nested_for_a_while(depth: int) -> None:
    """Twenty levels are more than an order needs."""
    assert incoming(body(properties={"a": nested(depth)})).event.properties == {"a": nested(depth)}


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_the_ends_of_time_are_instants_too(text: str) -> None:
    """A date that a program made up instead of none is an instant at the end of the calendar, and no fault."""
    at = incoming(body(time=text)).event.at

    assert abs(at - datetime(2026, 1, 1, tzinfo=UTC)) > timedelta(days=300_000)


def outcome(text: str) -> str:
    """Return whose an event is, or why there is none."""
    try:
        return person(incoming(text))
    except Poison as poison:
        return str(poison)


@given(
    st.recursive(st.none() | st.booleans() | st.floats() | st.text() | st.integers(), st.lists, max_leaves=8)
)
def test_no_value_of_any_field_is_anything_but_read_or_poison(value: Any) -> None:
    """Whatever stands in a field, the answer is an event or a reason."""
    for field in (
        "customer",
        "id",
        "time",
        "at",
        "properties",
        "attributes",
        "hops",
        "_detail_type",
        "_id",
        "_time",
    ):
        assert outcome(json.dumps(envelope(**{field: value})))


def test_whoever_is_not_known_is_known_by_something() -> None:
    """Identities come as they are compared: without spaces, an address in small letters, a number in E.164."""
    read = incoming(body(
        customer=None,
        identities={
            "anonymous_id": " 5f2b ", "email": " Ana@Example.COM", "phone": "00 49 30 123456", "device": "t-1",
            "cookie": "x",
        },
    ))  # fmt: skip

    assert (read.customer, read.identities) == (
        "",
        {"anonymous_id": "5f2b", "email": "ana@example.com", "phone": "+4930123456", "device": "t-1"},
    )


def test_a_number_without_its_country_is_left_to_the_router() -> None:
    """It knows the workspace's country, and what has none there is left out."""
    assert incoming(body(identities={"phone": " 030 123456 "})).identities == {"phone": "030 123456"}


def test_a_user_id_is_the_customer() -> None:
    """The two are one thing, however many say it."""
    assert incoming(body(customer=None, identities={"user_id": "ana"})).customer == "ana"
    assert incoming(body(identities={"user_id": "ana"})).customer == "ana"


def test_our_own_events_name_whoever_has_no_user_id() -> None:
    """What a journey emits about a visitor comes back in under the id that the visitor has."""
    visitor = unknown_id("anonymous", "5f2b")

    assert incoming(body(customer=visitor)).customer == visitor


@pytest.mark.parametrize(
    ("identities", "whose"),
    [
        ({"anonymous_id": "5f2b", "email": "ana@example.com"}, unknown_id("anonymous", "5f2b")),
        ({"phone": "+4930123456", "email": "Ana@example.com"}, unknown_id("email", "ana@example.com")),
        ({"device": "t-1", "phone": "+4930123456"}, unknown_id("phone", "+4930123456")),
        ({"device": "t-1", "user_id": "ana"}, "ana"),
    ],
)
def test_the_first_identity_says_whose_an_event_is(identities: dict[str, str], whose: str) -> None:
    """A batch keeps one person's events in their order by it."""
    assert person(incoming(body(customer=None, identities=identities))) == whose


def test_a_name_of_its_own_wins_over_the_detail_type() -> None:
    """Then the entry may be called as the application likes."""
    assert (
        incoming(body(name="order_completed", _detail_type="Order Completed")).event.name == "order_completed"
    )
    assert incoming(body(name="order_completed", _detail_type=None)).event.name == "order_completed"


def test_a_context_stays_with_the_event_but_for_what_nobody_needs() -> None:
    """What it says of the customer, the router learns; addresses of machines are not kept."""
    context = {
        "ip": "203.0.113.7", "userAgent": "Mozilla", "page": {"path": "/"}, "timezone": "Europe/Berlin", "locale": "de",
    }  # fmt: skip

    read = incoming(body(context=context))

    assert read.event.context == {"page": {"path": "/"}, "timezone": "Europe/Berlin", "locale": "de"}
    assert read.attributes == {}


def test_two_known_customers_are_said_to_be_one() -> None:
    """Who is merged with themselves is nobody else."""
    assert incoming(body(merge="ben")).merge == "ben"
    assert incoming(body(merge="ana")).merge == ""


@given(
    details() | wrong_details(), st.sampled_from(["detail", "identities", "context", "attributes"]), st.data()
)
def test_nothing_that_is_almost_an_event_is_anything_but_read_or_poison(
    detail: dict[str, Any], place: str, data: st.DataObject
) -> None:
    """Whatever stands wherever in an event, the answer is an event or a reason, and either says whose it is."""
    odd = (
        st.none()
        | st.booleans()
        | st.integers()
        | st.text(max_size=5)
        | st.lists(st.text(max_size=3), max_size=2)
    )
    known = [
        "user_id",
        "email",
        "phone",
        "anonymous_id",
        "device",
        "timezone",
        "locale",
        "name",
        "merge",
        "at",
    ]
    inner = detail if place == "detail" else detail.get(place) or {}
    if isinstance(inner, dict):
        inner = {**inner, data.draw(st.sampled_from(known)): data.draw(odd)}
    changed_detail = inner if place == "detail" else {**detail, place: inner}

    assert outcome(json.dumps(envelope() | {"detail": changed_detail}))


@given(st.text(max_size=40))
def test_no_text_is_anything_but_read_or_poison(text: str) -> None:
    """Whatever was put on the queue, the answer is a reason, in one sentence."""
    with pytest.raises(Poison):
        incoming(text)
