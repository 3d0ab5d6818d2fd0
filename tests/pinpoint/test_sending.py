from __future__ import annotations

from typing import Any

import pytest

from sojourn.pinpoint.outcome import Outcome
from tests.support.pinpoint_exports import (
    Json,
    email,
    errors,
    imported,
    journey,
    mail,
    project,
    row,
    said,
    sms,
)

WEEK = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
QUIET = {"QuietTime": {"Start": "21:00", "End": "08:00"}}
BOTH = {"a": mail("b"), "b": {"SMS": {"TemplateName": "hello"}}}


def workspace(*settings: Json, **more: Any) -> Any:
    """Return the workspace of journeys with these settings, of which `check` finds no error."""
    journeys = [journey(BOTH, **{"Name": f"Try {number}", **one}) for number, one in enumerate(settings)]
    came = imported(*journeys, email("hello"), sms("hello"))
    assert errors(came) == []
    return project(came).workspace


def open_hours(start: str, end: str, days: tuple[str, ...] = WEEK) -> Json:
    return {day: [{"StartTime": start, "EndTime": end}] for day in days}


def hours(made: Any) -> dict[str, tuple[str | None, str | None]]:
    return {channel: (quiet.from_, quiet.to) for channel, quiet in made.quiet_hours.items()}


def test_quiet_time_holds_for_all_channels_that_are_used() -> None:
    """A journey's quiet time becomes the quiet hours of what it sends."""
    assert hours(workspace(QUIET)) == {"email": ("21:00", "08:00"), "sms": ("21:00", "08:00")}


@pytest.mark.parametrize(
    ("other", "together"),
    [
        ({"Start": "20:00", "End": "07:00"}, ("20:00", "08:00")),
        ({"Start": "12:00", "End": "13:00"}, ("21:00", "13:00")),
        ({"Start": "21:00", "End": "08:00"}, ("21:00", "08:00")),
    ],
)
def test_journeys_that_differ_are_quiet_together(other: Json, together: tuple[str, str]) -> None:
    """Nothing is sent when one of the journeys would not have sent it, in one stretch of the day."""
    assert hours(workspace(QUIET, {"QuietTime": other}))["email"] == together


def test_open_hours_are_quiet_hours_turned_round() -> None:
    """Hours that are the same on every day become quiet hours of that channel."""
    given = {"SendingSchedule": True, "OpenHours": {"SMS": open_hours("09:00", "18:00")}}

    assert hours(workspace(given)) == {"sms": ("18:00", "09:00")}


def test_open_hours_need_their_switch() -> None:
    """Pinpoint used open hours only with `SendingSchedule`."""
    assert hours(workspace({"OpenHours": {"SMS": open_hours("09:00", "18:00")}})) == {}


def test_open_hours_that_differ_by_day_are_reported() -> None:
    """Quiet hours are one stretch for every day: what that loses is said."""
    days = open_hours("09:00", "18:00", WEEK[:5]) | open_hours("10:00", "14:00", WEEK[5:])
    came = imported(
        journey(BOTH, SendingSchedule=True, OpenHours={"SMS": days}), email("hello"), sms("hello")
    )

    assert row(came, "SMS").outcome is Outcome.LOST
    assert hours(project(came).workspace) == {"sms": ("14:00", "10:00")}


def test_closed_days_are_listed() -> None:
    """Each day of a stretch is closed; one that ends at midnight does not close the next."""
    rules = [
        {"Name": "a", "StartDateTime": "2026-12-24T00:00:00", "EndDateTime": "2026-12-27T00:00:00"},
        {"Name": "b", "StartDateTime": "2026-05-01", "EndDateTime": "2026-05-01T23:59:59"},
    ]
    made = workspace({"SendingSchedule": True, "ClosedDays": {"EMAIL": rules}})

    assert made.quiet_hours["email"].closed == ("2026-05-01", "2026-12-24", "2026-12-25", "2026-12-26")


def test_channels_without_quiet_hours_are_reported() -> None:
    """What is said of calls has no equal."""
    came = imported(journey(BOTH, SendingSchedule=True, OpenHours={"VOICE": open_hours("09:00", "18:00")}))

    assert row(came, "VOICE").outcome is Outcome.LOST


def test_no_hour_left_is_refused() -> None:
    """Journeys that are quiet all day together are to be imported one by one."""
    day, night = (
        {"QuietTime": {"Start": "08:00", "End": "20:00"}},
        {"QuietTime": {"Start": "20:00", "End": "08:00"}},
    )
    came = imported(journey(BOTH, Name="Day", **day), journey(BOTH, Name="Night", **night))

    why = "the quiet hours of all journeys together leave no time to send"
    assert [what for what, _ in said(came)] == [f": {why} {channel}" for channel in ("email", "sms", "push")]


def test_caps_count_what_they_counted() -> None:
    """A journey's own caps count its topic alone; the frame over all journeys counts all."""
    limits = {"DailyCap": 1, "TotalCap": 4, "TimeframeCap": {"Cap": 5, "Days": 7}, "MessagesPerSecond": 20}

    made = workspace(
        {"Limits": limits}, {"Limits": {"TimeframeCap": {"Cap": 3, "Days": 2}, "MessagesPerSecond": 9}}
    )

    assert [(cap.topic, cap.max, cap.per) for cap in made.caps] == [
        (None, 3, "7 days"), ("try-0", 1, "1 day"), ("try-0", 4, "3650 days"),
    ]  # fmt: skip
    assert set(made.topics) == {"try-0", "messages"}
    assert (made.senders.email.rate, made.senders.sms.rate) == (9, 9)


def test_senders_are_those_of_the_export() -> None:
    """Whom messages come from is taken from the channels' settings, where they were exported."""
    channel = {
        "EmailChannelResponse": {
            "Platform": "EMAIL",
            "FromAddress": "a@shop.example",
            "ConfigurationSet": "set-1",
        }
    }
    phone = {"SMSChannelResponse": {"Platform": "SMS", "SenderId": "SHOP"}}

    made = project(imported(journey(BOTH), channel, phone, email("hello"), sms("hello"))).workspace

    assert made.senders is not None
    assert made.senders.email is not None
    assert made.senders.sms is not None
    assert (made.senders.email.configuration_set, made.senders.sms.sender_id) == ("set-1", "SHOP")


@pytest.mark.parametrize(
    ("said_zone", "zone"),
    [("UTC", "UTC"), ("UTC+02", "Etc/GMT-2"), ("UTC-11", "Etc/GMT+11"), ("UTC+05:30", "UTC")],
)
def test_an_offset_is_a_zone(said_zone: str, zone: str) -> None:
    """The zones of whole hours count the other way round; those of half hours are reported."""
    assert workspace({"Schedule": {"Timezone": said_zone}}).timezone == zone
