from __future__ import annotations

import pytest

from sojourn.domain.decide.machines import (
    AHEAD_OF_READERS,
    FOR_READERS,
    PROGRAMS,
    What,
    is_machine,
    is_too_soon,
)

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/18.6 Mobile/15E148"
)
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
YAHOO = "YahooMailProxy; https://help.yahoo.example"
OUTLOOK = "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0; Pro)"
APPLE = "Mozilla/5.0"
AHEAD = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/42.0 Safari/537.36 Edge/12.246 Mozilla/5.0"


@pytest.mark.parametrize(
    ("agent", "opened", "clicked"),
    [
        (PHONE, False, False),
        (GMAIL, False, True),
        (YAHOO, False, True),
        (OUTLOOK, False, True),
        (APPLE, True, False),
        (AHEAD, True, False),
        ("Mimecast/1.0", True, True),
        ("curl/8.5.0", True, True),
        ("  ", True, True),
    ],
)
def test_what_fetches_a_picture_for_its_reader_may_still_be_no_reader_who_clicks(
    agent: str, opened: bool, clicked: bool
) -> None:
    """Web mail fetches pictures as they are looked at; Apple's fetches them all; neither follows links for anybody."""
    assert (is_machine("opened", agent), is_machine("clicked", agent)) == (opened, clicked)


def test_patterns_are_written_in_lower_case() -> None:
    """User agents are compared in it: another pattern would never be found."""
    patterns = [
        *PROGRAMS,
        *(one for known in (AHEAD_OF_READERS, FOR_READERS) for some in known.values() for one in some),
    ]

    assert [one for one in patterns if one != one.lower()] == []


@pytest.mark.parametrize("what", ["opened", "clicked"])
def test_whoever_does_not_say_who_it_is_is_no_reader(what: What) -> None:
    """Every browser says."""
    assert is_machine(what, "")


@pytest.mark.parametrize(
    ("what", "address", "machine"),
    [
        ("opened", "17.58.1.2", True), ("opened", "198.51.100.7", False), ("opened", "no address", False),
        ("opened", "2620:149::1", False), ("clicked", "17.58.1.2", False),
    ],
)  # fmt: skip
def test_apples_network_opens_for_nobody(what: What, address: str, machine: bool) -> None:
    """Whatever it calls itself; a click from there is somebody's."""
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"

    assert is_machine(what, phone, address) is machine


@pytest.mark.parametrize(
    ("what", "seconds", "soon"),
    [
        ("opened", 1.0, True), ("opened", 2.0, False), ("clicked", 3.0, True), ("clicked", 4.0, False),
        ("clicked", -1.0, True), ("clicked", -90.0, False),
    ],
)  # fmt: skip
def test_nobody_reads_as_fast_as_that(what: What, seconds: float, soon: bool) -> None:
    """Between a provider that took a message and a reader are a delivery and a person; clocks differ a little."""
    assert is_too_soon(what, "email", seconds) is soon


def test_what_appears_in_somebodys_hand_may_be_read_at_once() -> None:
    """A push, or what an app shows by itself."""
    assert not any(is_too_soon("clicked", channel, 0.5) for channel in ("push", "in_app", "webhook"))
