from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sojourn.domain.customer.rows import Profile
from sojourn.domain.decide.bounding import MOST_ATTRIBUTES
from sojourn.domain.decide.hearsay import is_hearsay
from sojourn.domain.decide.learning import address_keys, learned, new_addresses, told_by_context


def test_addresses_zone_and_locale_are_no_attributes() -> None:
    """What the engine itself reads of a customer goes where it reads it; everything else is an attribute."""
    told = {"email": "ana@example.com", "phone": "+491701234567", "locale": "de", "plan": "pro"}

    profile = learned(Profile("ana", attributes={"plan": "free", "age": 7}), told)

    expected = Profile(
        "ana", {"plan": "pro", "age": 7}, locale="de", email="ana@example.com", phone="+491701234567"
    )
    assert expected == profile


def test_an_address_can_be_taken_away() -> None:
    """Null says that there is none any more, and what is not said stays."""
    before = Profile("ana", email="ana@example.com", device="fcm:token")

    assert Profile("ana", device="fcm:token") == learned(before, {"email": None})


def test_nothing_said_changes_nothing() -> None:
    """The profile is the same object, so that nothing is written."""
    profile = Profile("ana", attributes={"plan": "pro"})

    assert learned(profile, {}) is profile


def test_a_new_address_puts_a_bounce_right() -> None:
    """Who bounced at the old address is written to at the new one; the same address again changes nothing."""
    before = Profile("ana", email="old@example.com", suppressed={"email": "bounce", "sms": "stop"})

    assert learned(before, {"email": "new@example.com"}).suppressed == {"sms": "stop"}
    assert before.suppressed == learned(before, {"email": "old@example.com"}).suppressed


def test_a_new_address_does_not_make_up_for_what_a_person_said() -> None:
    """Complaints and STOP are about the person, wherever they are reached."""
    before = Profile("ana", email="old@example.com", phone="+491701234567",
                     suppressed={"email": "complaint", "sms": "stop"})  # fmt: skip

    after = learned(before, {"email": "new@example.com", "phone": "+491707654321"})

    assert before.suppressed == after.suppressed


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_what_is_heard_late_does_not_replace_what_is_newer() -> None:
    """Each name by itself, addresses, zone and locale among them; of the same instant, what is heard last."""
    known = learned(Profile("ana"), {"plan": "pro", "email": "new@example.com"}, NOON)

    late = learned(
        known, {"plan": "free", "email": "old@example.com", "size": "m", "locale": "de"}, NOON - HOUR
    )
    same = learned(known, {"plan": "team"}, NOON)

    assert (late.attributes, late.email, late.locale) == (
        {"plan": "pro", "size": "m"},
        "new@example.com",
        "de",
    )
    assert late.as_of == {"plan": NOON, "email": NOON, "size": NOON - HOUR, "locale": NOON - HOUR}
    assert same.attributes == {"plan": "team"}
    assert learned(known, {"plan": "free"}, NOON - HOUR) is known


def test_an_address_that_was_taken_away_stays_so() -> None:
    """Null has its time too."""
    gone = learned(Profile("ana", email="ana@example.com"), {"email": None}, NOON)

    assert learned(gone, {"email": "ana@example.com"}, NOON - HOUR).email is None


def test_a_phone_is_kept_in_one_form() -> None:
    """By the customer's own country, else the workspace's; what is no number is not lost, and is no address."""
    berlin = Profile("ana", timezone="Europe/Berlin")

    assert learned(berlin, {"phone": "0170 1234567"}, zone="America/New_York").phone == "+491701234567"
    assert (
        learned(Profile("ana"), {"phone": "(202) 555-0123"}, zone="America/New_York").phone == "+12025550123"
    )
    assert (
        learned(Profile("ana"), {"phone": "0170 1234567", "timezone": "Europe/Berlin"}).phone
        == "+491701234567"
    )
    none = learned(Profile("ana", phone="+12025550123"), {"phone": "ext. 7"}, NOON, zone="UTC")
    assert (none.phone, none.attributes, none.as_of) == ("+12025550123", {"phone_as_given": "ext. 7"}, {})
    assert learned(none, {"phone": "+491701234567"}).attributes == {}


@pytest.mark.parametrize(
    ("name", "known", "told"),
    [
        ("email", "ana@example.com", "none"),
        ("phone", "+491701234567", "+1111111"),
        ("device", "fcm:t", "undefined"),
        ("timezone", "Europe/Berlin", "Mars/Base"),
        ("timezone", "Europe/Berlin", "../../etc/passwd"),
        ("timezone", "Europe/Berlin", "Factory"),
        ("locale", "de-DE", "<b>"),
        ("locale", "de-DE", "null"),
    ],
)
def test_what_is_none_replaces_nothing(name: str, known: str, told: str) -> None:
    """It is kept under another name, until one is told; who has a mailbox or a zone keeps it."""
    before = learned(Profile("ana"), {name: known}, NOON)

    after = learned(before, {name: told}, NOON + HOUR)
    mended = learned(after, {name: known}, NOON + HOUR)
    new = learned(Profile("bea"), {name: told}, NOON)

    assert (getattr(after, name), after.attributes) == (known, {f"{name}_as_given": told})
    assert after.as_of == before.as_of
    assert mended.attributes == {}
    assert (getattr(new, name), new.attributes) == (None, {f"{name}_as_given": told})


def test_what_is_none_needs_room_too() -> None:
    """Whoever may tell attributes may tell this; what is known is not given up for it."""
    full = {f"a{number}": number for number in range(MOST_ATTRIBUTES)}

    after = learned(Profile("ana", attributes=full), {"email": "none", "locale": "de"})

    assert (after.attributes, after.email, after.locale) == (full, None, "de")


def test_a_zone_is_kept_as_the_database_spells_it() -> None:
    """Whoever writes it in small letters lives there all the same; a locale may have underscores."""
    profile = learned(Profile("ana"), {"timezone": "asia/tokyo", "locale": "de_DE"})

    assert (profile.timezone, profile.locale) == ("Asia/Tokyo", "de_DE")


def test_hearsay_replaces_no_zone_that_is_known_otherwise() -> None:
    """Whose nights are known does not get messages in them because anybody said so; hearsay replaces hearsay."""
    told = learned(Profile("ana"), {"timezone": "Asia/Tokyo"}, NOON)
    heard = learned(Profile("bea"), {"timezone": "Asia/Tokyo"}, NOON, hearsay=True)

    assert learned(told, {"timezone": "Europe/Berlin"}, NOON + HOUR, hearsay=True) is told
    assert learned(told, {"timezone": None}, NOON + HOUR, hearsay=True) is told
    assert (
        learned(heard, {"timezone": "Europe/Berlin"}, NOON + HOUR, hearsay=True).timezone == "Europe/Berlin"
    )
    known = learned(heard, {"timezone": "Europe/Rome"}, NOON - HOUR)
    assert (known.timezone, is_hearsay(known, "timezone")) == ("Europe/Rome", False)


def test_an_email_is_kept_as_it_was_spelled() -> None:
    """Without the blanks around it; the same mailbox in other letters is no other one, and lifts no bounce."""
    first = learned(Profile("ana"), {"email": " Ana@Example.com "})
    bounced = replace(first, suppressed={"email": "bounce"})

    again = learned(bounced, {"email": "ana@example.com"})

    assert (first.email, again.email, again.suppressed) == (
        "Ana@Example.com",
        "Ana@Example.com",
        {"email": "bounce"},
    )


def test_where_it_happened_tells_zone_and_locale() -> None:
    """A zone that is none tells nothing; whatever else there is stays with the event."""
    context = {"timezone": "Europe/Berlin", "locale": "de-DE", "ip": "203.0.113.7", "page": {"path": "/"}}

    assert told_by_context(context) == {"timezone": "Europe/Berlin", "locale": "de-DE"}
    assert told_by_context({"timezone": "Mars/Olympus", "locale": ""}) == {}
    assert told_by_context({"timezone": "Factory", "locale": "<b>"}) == {}
    assert told_by_context({"timezone": 7, "locale": None}) == {}


def test_addresses_are_compared_in_one_form() -> None:
    """What became known is told by kind; the same mailbox in other letters did not."""
    before = Profile("ana", email="Ana@example.com")

    after = replace(before, email="ana@example.com", phone="+491701234567", device="d")

    assert new_addresses(before, after) == {"phone": "+491701234567", "device": "d"}
    assert {kind for kind, _ in address_keys(after)} == {"email", "phone", "device"}
