"""A word about consent that somebody has mistyped: a no means more, a yes means only what is certain."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.domain.decide.consent_words import Word, says_nothing, understood
from sojourn.domain.message.channels import CHANNELS

OWN = ("news", "special-offers", "Ruhezeit", "ruhezeit")
EMAIL = ("email",)


def no(**said: Any) -> Word:
    return understood(said, OWN, yes=False)


def yes(**said: Any) -> Word:
    return understood(said, OWN, yes=True)


@pytest.mark.parametrize(
    ("said", "topics", "channels"),
    [
        ({"topic": "news", "channel": "email"}, ("news",), EMAIL),
        ({"topic": "News ", "channel": " E-Mail"}, ("news",), EMAIL),
        ({"topic": ["news"], "channels": "email"}, ("news",), EMAIL),
        ({"topics": "Special Offers", "channel": ["EMAIL"]}, ("special-offers",), EMAIL),
        (
            {"topics": ["news", "special_offers"], "channel": "In App"},
            ("news", "special-offers"),
            ("in_app",),
        ),
        ({"topic": "later", "channel": "email"}, ("later",), EMAIL),
        ({"topic": "ruhezeit", "channel": "email"}, ("ruhezeit",), EMAIL),
    ],
)
def test_what_is_written_otherwise_is_understood_either_way(
    said: dict[str, Any], topics: tuple[str, ...], channels: tuple[str, ...]
) -> None:
    """A text is a list of one, and no name is another by its case, spaces and hyphens."""
    assert no(**said) == yes(**said) == Word(topics, channels)


@pytest.mark.parametrize(
    ("said", "nothing", "everything"),
    [
        ({"topic": "news"}, Word(("news",), CHANNELS), Word(("news",), CHANNELS)),
        ({}, Word((), CHANNELS), Word(("*",), CHANNELS)),
        ({"topic": 7, "channel": "email"}, Word((), EMAIL, ("topic",)), Word(("*",), EMAIL, ("topic",))),
        ({"topic": ["news", 7]}, Word(("news",), CHANNELS, ("topic",)), Word(("*",), CHANNELS, ("topic",))),
        ({"topic": "news", "channels": {"email": True}}, Word(("news",), (), ("channels",)),
         Word(("news",), CHANNELS, ("channels",))),
        ({"topic": "news", "channels": ["email", "fax"]}, Word(("news",), EMAIL, ("channels",)),
         Word(("news",), CHANNELS, ("channels",))),
        ({"topic": "news", "channels": []}, Word(("news",), (), ("channels",)), Word(("news",), CHANNELS)),
        ({"topic": "", "channel": "email"}, Word((), EMAIL, ("topic",)), Word(("*",), EMAIL)),
        ({"topic": "news", "channel": "email", "channels": ["sms"]}, Word(("news",), (), ("channel", "channels")),
         Word(("news",), ("email", "sms"))),
        ({"topic": "RUHEZEIT", "channel": "email"}, Word((), EMAIL, ("topic",)),
         Word(("Ruhezeit", "ruhezeit"), EMAIL)),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_more_of_a_no_and_nothing_of_a_yes(
    said: dict[str, Any], nothing: Word, everything: Word
) -> None:
    """And of what contradicts itself a no is of each, a yes of what both say."""
    assert (yes(**said), no(**said)) == (nothing, everything)


def test_a_yes_of_which_nothing_is_understood_says_where() -> None:
    """One that is understood in part says nothing of it: it counts as far as that."""
    assert says_nothing({"topic": "news", "channels": {"email": True}}, OWN) == ("channels",)
    assert says_nothing({"topic": ["news", 7], "channels": ["email", "fax"]}, OWN) == ()
    assert says_nothing({}, OWN) == ()


NAMES = st.sampled_from(
    ["news", "NEWS", " n ews", "special offers", "later", "email", "E-mail", "sms", "fax", "*", ""]
)
ONE: st.SearchStrategy[Any] = st.one_of(NAMES, st.none(), st.booleans(), st.integers(), st.text(max_size=4))
SAID = st.dictionaries(
    st.sampled_from(["topic", "topics", "channel", "channels", "how"]),
    st.one_of(ONE, st.lists(ONE, max_size=3), st.dictionaries(NAMES, ONE, max_size=2)),
)


def named(said: dict[str, Any], *places: str) -> set[str]:
    """Return all texts that stand at some places, bare."""
    values = [said[place] for place in places if place in said]
    each = [one for value in values for one in (value if isinstance(value, list) else [value])]
    return {one.replace(" ", "").replace("-", "").casefold() for one in each if isinstance(one, str)}


@given(SAID)
def test_whatever_is_said_a_no_is_never_less_and_a_yes_never_more(said: dict[str, Any]) -> None:
    """A no reaches all that is named; a yes nothing that is not; and where both are possible the no is of more."""
    taken, given = understood(said, OWN, yes=False), understood(said, OWN, yes=True)

    topics, channels = named(said, "topic", "topics"), named(said, "channel", "channels")
    for topic in ("news", "special-offers"):
        if topic.replace("-", "") in topics or not topics - {""}:
            assert taken.topics == ("*",) or topic in taken.topics
        if topic.replace("-", "") not in topics:
            assert topic not in given.topics
    assert "*" not in given.topics
    for channel in CHANNELS:
        if channel in channels or not channels:
            assert channel in taken.channels
        if channel not in channels and ("channel" in said or "channels" in said):
            assert channel not in given.channels or [said.get("channel"), said.get("channels")] == [
                None,
                None,
            ]
    assert taken.channels
    assert taken.topics
    assert set(given.channels) <= set(taken.channels)
    assert taken.topics == ("*",) or set(given.topics) <= set(taken.topics)


@pytest.mark.parametrize(
    ("said", "topics"),
    [
        ({"topics": "news, special-offers"}, ("news", "special-offers")),
        ({"topic": "news;later"}, ("news", "later")),
        ({"topic": "all"}, ("*",)),
        ({"topic": "newz"}, ("newz", "news")),
        ({"topics": ["specialoffer"]}, ("specialoffer", "special-offers")),
        ({"topic": "something-else-entirely"}, ("something-else-entirely",)),
    ],
)
def test_a_no_with_a_slip_is_of_what_was_meant_too(said: dict[str, Any], topics: tuple[str, ...]) -> None:
    """Several in one text, a word for all of them, a name that is nearly one of ours."""
    assert no(**said).topics == topics


def test_a_yes_with_a_slip_is_of_nothing_of_ours() -> None:
    """A name that is nearly one of the workspace's topics gives no consent to that one."""
    assert yes(topic="newz").topics == ("newz",)
