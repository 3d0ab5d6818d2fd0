from __future__ import annotations

import pytest
import whenever
from hypothesis import given
from hypothesis import strategies as st

from sojourn.domain.time.zones import Zone, ZoneSource, choose_zone, is_zone, zone_names

WORKSPACE = "Europe/Paris"


def test_a_customers_own_zone_comes_first() -> None:
    """A customer who says a zone is taken at their word, whatever their phone says."""
    actual = choose_zone("America/New_York", "+819012345678", WORKSPACE)

    assert Zone("America/New_York", ZoneSource.CUSTOMER) == actual


@pytest.mark.parametrize("own", ["america/new_york", "AMERICA/NEW_YORK"])
def test_a_zone_is_known_in_any_case(own: str) -> None:
    """Apps send zones in odd spellings; the database's spelling is what goes on."""
    actual = choose_zone(own, None, WORKSPACE)

    assert Zone("America/New_York", ZoneSource.CUSTOMER) == actual


@pytest.mark.parametrize("own", [None, "", "Mars/Olympus", "../etc/passwd", "CET+1", "x" * 10_000, "İ", "\0"])
def test_an_unknown_zone_falls_through(own: str | None) -> None:
    """A zone that does not exist is as good as none."""
    assert choose_zone(own, "+819012345678", WORKSPACE) == Zone("Asia/Tokyo", ZoneSource.PHONE)
    assert choose_zone(own, None, WORKSPACE) == Zone(WORKSPACE, ZoneSource.WORKSPACE)


@pytest.mark.parametrize(
    ("phone", "zone"),
    [
        ("+819012345678", "Asia/Tokyo"),
        ("+33612345678", "Europe/Paris"),
        ("+353851234567", "Europe/Dublin"),
        ("+18095551234", "America/Santo_Domingo"),
        ("+18765551234", "America/Jamaica"),
        ("+447400123456", "Europe/London"),
        ("+390669812345", "Europe/Vatican"),
    ],
)
def test_a_country_with_one_zone_decides(phone: str, zone: str) -> None:
    """The country is read from the number, also where many share a calling code."""
    actual = choose_zone(None, phone, WORKSPACE)

    assert Zone(zone, ZoneSource.PHONE) == actual


@pytest.mark.parametrize(
    ("phone", "zone"),
    [
        ("+493012345678", "Europe/Berlin"),
        ("+5491123456789", "America/Argentina/Buenos_Aires"),
        ("+77011234567", "Asia/Almaty"),
        ("+60312345678", "Asia/Kuala_Lumpur"),
    ],
)
def test_zones_of_a_country_that_agree_count_as_one(phone: str, zone: str) -> None:
    """Büsingen keeps the time of Berlin, so Germany has one zone for anyone who is written to today."""
    actual = choose_zone(None, phone, WORKSPACE)

    assert Zone(zone, ZoneSource.PHONE) == actual


@pytest.mark.parametrize(
    "phone",
    [
        "+12025550123",
        "+16045550123",
        "+61412345678",
        "+79161234567",
        "+34612345678",
        "+8613912345678",
        "+80012345678",
        "+88216123456",
        "+3834512345",
        "+999123456789",
        "+81",
        "819012345678",
        "+81 90 1234 5678",
        "+٨١٩٠١٢٣٤٥٦٧٨",
        "+" + "8" * 10_000,
        "call me",
        "",
    ],
)
def test_a_number_that_does_not_tell_the_zone_leaves_it_to_the_workspace(phone: str) -> None:
    """Countries of several zones, numbers of no country and what is no number decide nothing."""
    actual = choose_zone(None, phone, WORKSPACE)

    assert Zone(WORKSPACE, ZoneSource.WORKSPACE) == actual


def test_every_zone_of_the_database_is_known_by_its_name() -> None:
    """Names and links of the database are zones; other spellings and paths into it are not."""
    names = zone_names()

    assert len(names) > 500
    assert list(names) == sorted(set(names))
    assert [name for name in names if not is_zone(name)] == []
    assert [n for n in ("europe/berlin", "Europe", "zone.tab", "", "Europe/Berlin ") if is_zone(n)] == []


def test_zone_data_is_the_packages_and_not_the_machines() -> None:
    """No folder of the machine is searched, so that a laptop and a function agree."""
    assert whenever.get_tzpath() == ()
    assert set(zone_names()) == set(whenever.available_timezones())


@given(st.none() | st.text(max_size=20), st.none() | st.text("+0123456789", max_size=18))
def test_any_customer_has_a_zone(own: str | None, phone: str | None) -> None:
    """Whatever stands in a profile, a zone comes out and it is a real one."""
    actual = choose_zone(own, phone, WORKSPACE)

    assert is_zone(actual.name)
