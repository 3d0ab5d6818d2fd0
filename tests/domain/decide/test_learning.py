from __future__ import annotations

from sojourn.domain.customer.rows import Profile
from sojourn.domain.decide.learning import learned


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
