from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sojourn.adapters.memory.customers import MemoryCustomers
from sojourn.aws_runtime.incoming.batches import Outcome
from sojourn.aws_runtime.telling import CountedCustomers, count_message, counting
from sojourn.domain.customer.rows import Change, Profile
from sojourn.domain.decide.bounding import MOST_KNOWN_BY
from sojourn.domain.ledger import Happening
from sojourn.errors import Conflict, TransientError

NOW = datetime(2026, 3, 6, tzinfo=UTC)


def happening(what: Any, reason: str = "", **details: Any) -> Happening:
    return Happening(NOW, "ana", "welcome", "v1", "run-1", what, "hello", reason, details)


class Counter:
    def __init__(self) -> None:
        self.counted: list[tuple[str, dict[str, str]]] = []

    def __call__(self, name: str, value: float = 1, **dimensions: str) -> None:
        assert value == 1
        self.counted.append((name, {key: text for key, text in dimensions.items() if text}))


@pytest.mark.parametrize(
    ("one", "counted"),
    [
        (happening("sent", channel="email"), [("MessagesSent", {"channel": "email", "outcome": "taken"})]),
        (
            happening("sent", "unknown", channel="sms"),
            [("MessagesSent", {"channel": "sms", "outcome": "unknown"})],
        ),
        (
            happening("suppressed", "consent", channel="sms"),
            [("MessagesSuppressed", {"channel": "sms", "reason": "consent"})],
        ),
        (happening("suppressed", "holdout"), [("MessagesSuppressed", {"reason": "holdout"})]),
        (
            happening("held", "quiet hours 22:00-07:00", channel="push"),
            [("MessagesHeld", {"channel": "push", "reason": "policy"})],
        ),
        (
            happening("held", "provider: busy", channel="email"),
            [("MessagesHeld", {"channel": "email", "reason": "provider"})],
        ),
        (
            happening("held", "provider: paused", channel="email", until=NOW + timedelta(minutes=15)),
            [("MessagesHeld", {"channel": "email", "reason": "provider"}), ("MessagesHeldLong", {})],
        ),
        (
            happening("held", "quiet hours", channel="email", until=NOW + timedelta(hours=9)),
            [("MessagesHeld", {"channel": "email", "reason": "policy"})],
        ),
        (happening("entered", by="began"), [("RunsEntered", {"journey": "welcome"})]),
        (happening("exited", "completed"), [("RunsEnded", {"journey": "welcome"})]),
        (happening("goal"), [("GoalsReached", {"journey": "welcome"})]),
        (happening("failed", "KeyError"), [("RunsFailed", {"journey": "welcome"}), ("RunsFailed", {})]),
        (
            happening("left_out", "no_room", names=["secret"], count=1),
            [("LeftOut", {}), ("LeftOut", {"why": "no_room"})],
        ),
        (happening("waiting"), []),
        (happening("branched", "score > 5"), []),
    ],
)
def test_a_happening_is_counted_by_few_words(
    one: Happening, counted: list[tuple[str, dict[str, str]]]
) -> None:
    """Channel, journey, and a reason where it is one of a handful: every combination is a metric that costs."""
    counter = Counter()

    counting(counter)(one)

    assert counter.counted == counted


def test_what_was_not_written_is_not_counted() -> None:
    """A change that lost a race is decided again; only what holds counts."""
    counter = Counter()
    customers = CountedCustomers(MemoryCustomers(lambda _: None), counting(counter))
    stale = customers.load("ana")
    customers.commit(stale, Change(profile=Profile("ana"), happened=[happening("entered")]))

    with pytest.raises(Conflict):
        customers.commit(stale, Change(profile=Profile("ana"), happened=[happening("entered")]))

    assert len(counter.counted) == 1
    assert customers.load("ana").profile == Profile("ana")
    assert list(customers.events("ana", "began")) == []
    assert customers.send("ana", "s") is None


@pytest.mark.parametrize(
    ("outcome", "metric", "said"),
    [
        (Outcome("m1", "routed"), "EventsRouted", ""),
        (Outcome("m1", "known"), "EventsKnown", ""),
        (Outcome("m1", "quarantined"), "EventsQuarantined", ""),
        (Outcome("m1", "poison", ValueError("no JSON")), "EventsPoisoned", "no JSON"),
        (Outcome("m1", "failed", TransientError("busy")), "EventsFailed", "TransientError"),
        (Outcome("m1", "failed", KeyError("ana@example.com")), "EventsFailed", "KeyError"),
        (Outcome("m1", "after_failed"), "EventsFailed", ""),
        (Outcome("m1", "not_begun"), "EventsFailed", ""),
    ],
)
def test_a_message_is_counted_by_what_became_of_it(
    printed: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
    outcome: Outcome,
    metric: str,
    said: str,
) -> None:
    """Of poison the reason is logged, of a fault its class: never what stood in the event."""
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Sojourn")

    count_message(outcome)

    text = printed()
    assert f'"Name":"{metric}"' in text
    assert said in text
    assert "ana@example.com" not in text
    assert len(text.splitlines()) == (2 if said else 1)


def test_an_address_of_very_many_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    """Of more customers than are read some are not asked, nor told: somebody should look."""
    customers = MemoryCustomers(lambda _: None)
    counted = CountedCustomers(customers, lambda _: None)
    for number in range(MOST_KNOWN_BY):
        assert len(counted.known_by("email", "ana@example.com")) == number
        assert capsys.readouterr().out == ""
        profile = Profile(f"c-{number}", email="ana@example.com")
        customers.commit(customers.load(profile.id), Change(profile=profile))

    assert len(counted.known_by("email", "ana@example.com")) == MOST_KNOWN_BY
    assert '"AddressesCrowded":1}' in capsys.readouterr().out.replace(" ", "")
