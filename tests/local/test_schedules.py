"""Schedules in a scenario: everybody at once, or each when it is that time on their own clock, as on AWS."""

from __future__ import annotations

from tests.support.workspaces import deployed, played

PEOPLE = """
- {id: ana, timezone: America/New_York, attributes: {plan: pro}}
- {id: bo, timezone: Europe/Berlin, attributes: {plan: pro}}
- {id: cy, timezone: Asia/Tokyo, attributes: {plan: pro}}
- {id: di, timezone: Asia/Tokyo, attributes: {plan: free}}
"""
STORY = "events: [{at: +1h, customer: ana, event: did_it}]\nuntil: +2 days"


def entered(
    zone: str, start: str = "2026-03-08T12:00:00Z", schedule: str = "weekly mon 09:00"
) -> dict[str, str]:
    """Return when each customer entered, in UTC."""
    said = f", zone: {zone}" if zone else ""
    journey = f"enter: {{schedule: {schedule}, segment: pros{said}}}\nsteps: [{{exit: end}}]"
    trace = played(deployed(journey), STORY, PEOPLE, start).trace
    found = [one for one in trace if one.what == "entered"]
    assert {one.details["by"] for one in found} <= {"schedule"}
    return {one.customer: f"{one.at:%a %H:%M}" for one in found}


def test_a_schedule_is_read_on_the_workspaces_clock() -> None:
    """Unless a zone is named: a city's, or the workspace's."""
    assert entered("") == dict.fromkeys(("ana", "bo", "cy"), "Mon 08:00")
    assert entered("workspace") == entered("")
    assert entered("America/New_York") == dict.fromkeys(("ana", "bo", "cy"), "Mon 13:00")


def test_or_on_each_customers_own() -> None:
    """In the order in which the day comes round."""
    assert entered("customer") == {"cy": "Mon 00:00", "bo": "Mon 08:00", "ana": "Mon 13:00"}


def test_a_time_that_is_under_way_when_all_begins_is_left_out() -> None:
    """For some it would have come already; so it is for nobody, as with a journey that is just published."""
    assert entered("customer", "2026-03-08T20:00:00Z") == {}


def test_an_hour_that_clocks_skip_comes_right_after_the_gap() -> None:
    """No day is left out: on 8 March New York has no 02:30, and on 29 March Berlin has none."""
    new_york = entered("customer", "2026-03-07T06:00:00Z", "daily 02:30")
    berlin = entered("Europe/Berlin", "2026-03-28T12:00:00Z", "daily 02:30")

    assert new_york["ana"] == "Sun 07:00"
    assert berlin["bo"] == "Sun 01:00"
