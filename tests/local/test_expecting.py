"""Comparing an expectation with a happening: every field that is written must fit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sojourn.domain.journey.model.scenario import Expectation
from sojourn.domain.ledger import Happening, What
from sojourn.local.expecting import matches, said, subjects

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DETAILS = {"message": "hello", "channel": "email", "send": "s1", "until": NOON + timedelta(hours=2), "n": 1}


def happening(what: What = "sent", step: str = "s", reason: str = "", **details: Any) -> Happening:
    return Happening(NOON, "ana", "j", "v1", "j-1", what, step, reason, details or DETAILS)


def fits(one: Happening, at: datetime | None = None, **expected: Any) -> bool:
    expectation = Expectation.model_validate({"customer": "ana", **expected})
    return matches(expectation, one, at, lambda text: NOON + timedelta(hours=int(text.strip("+h"))))


@pytest.mark.parametrize(
    ("expected", "fit"),
    [
        ({"sent": "s"}, True),
        ({"sent": "hello"}, True),
        ({"sent": None}, True),
        ({"sent": True}, True),
        ({"sent": "t"}, False),
        ({"held": "s"}, False),
        ({"what": "sent", "step": "s"}, True),
        ({"what": "held"}, False),
        ({"sent": "s", "channel": "email", "journey": "j", "run": "j-1", "version": "v1"}, True),
        ({"sent": "s", "channel": "sms"}, False),
        ({"sent": "s", "journey": "k"}, False),
        ({"sent": "s", "chanel": "email"}, False),
        ({"sent": "s", "customer": "ben"}, False),
        ({"sent": "s", "until": "+2h"}, True),
        ({"sent": "s", "until": "+3h"}, False),
        ({"sent": "s", "until": 7}, False),
        ({"sent": "s", "n": 1}, True),
        ({"sent": "s", "n": 2}, False),
    ],
)
def test_an_expectation_fits_where_all_it_says_is_so(expected: dict[str, Any], fit: bool) -> None:
    """A field that the happening does not have is no match, so a slip of the keyboard never passes."""
    assert fits(happening(), **expected) is fit


def test_the_time_must_be_exact_where_it_is_given() -> None:
    """A second off is not it; no time at all is any time."""
    found = [fits(happening(), at, sent="s") for at in (None, NOON, NOON + timedelta(seconds=1))]

    assert found == [True, True, False]


@pytest.mark.parametrize(
    ("one", "names"),
    [
        (happening("entered", ""), ("j",)),
        (happening("not_entered", "", "already_running"), ("j",)),
        (happening("restarted", "", "began"), ("j",)),
        (happening("exited", "", "exit:bought"), ("exit:bought", "bought")),
        (happening("exited", "", "completed"), ("completed", "completed")),
        (happening("goal", "", "did_it", event="did_it"), ("did_it",)),
        (happening("redirected", "", "did_it", to="k"), ("k",)),
        (happening("tasked", "t", "", task="desk", title="Call"), ("t", "desk")),
        (happening("waiting", "w", "", until=NOON), ("w",)),
    ],
)
def test_each_kind_of_happening_has_its_names(one: Happening, names: tuple[str, ...]) -> None:
    """A journey enters, a reason exits, a step or its message is sent, an event is a goal."""
    assert subjects(one) == names


def test_a_reason_can_be_written_without_its_prefix() -> None:
    """`reason: bought` and `reason: "exit:bought"` are the same exit."""
    one = happening("exited", "", "exit:bought")

    reasons = ("bought", "exit:bought", "exit:b", "b")
    assert [fits(one, exited=reason) for reason in reasons] == [True, True, False, False]
    assert [fits(one, what="exited", reason=reason) for reason in reasons] == [True, True, False, False]


def test_a_failure_quotes_what_was_written() -> None:
    """In the words of the file."""
    written = Expectation.model_validate({"at": "+1h", "customer": "ana", "sent": "s", "channel": "sms"})

    assert said(written) == "{at: +1h, customer: ana, sent: s, channel: sms}"
