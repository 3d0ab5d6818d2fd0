from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from sojourn.application.changes import Committed, ProfileChanged, RunChanged, SendChanged
from sojourn.application.outbound import COLUMNS, KINDS, USUAL, announcements, chosen, lines
from sojourn.domain.customer.rows import Profile, Run, Send
from sojourn.domain.ledger import Happening

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
RUN = Run("r1", "ana", "welcome", "v1", "", AT, AT, "r1", at={"": "pause"})
SEND = Send("s1", "ana", "r1", "welcome", "v1", "hello", "greeting", "email", "news", True, AT)
ANA = Profile(
    "ana", attributes={"plan": "pro", "score": 3}, email="ana@example.com", phone="+12025550123",
    consents={("news", "email"): True}, segments=frozenset({"pros"}),
)  # fmt: skip
SENT = Happening(
    AT, "ana", "welcome", "v1", "r1", "sent", "hello", "",
    {"message": "greeting", "channel": "email", "send": "s1", "instead_of": "sms: no_address"},
)  # fmt: skip
UPDATED = Happening(
    AT, "ana", "welcome", "v1", "r1", "updated", "note", "", {"attributes": {"plan": "pro", "age": 5}}
)
WAITING = Happening(AT, "ana", "welcome", "v1", "r1", "waiting", "pause", "", {"until": AT})
COMMITTED = Committed("c1", AT, "ana", [SENT, UPDATED, WAITING])


def events(change: Any, kinds: Any = frozenset(KINDS)) -> list[tuple[str, Any]]:
    return [(one.name, one.detail) for one in announcements(change, kinds)]


def shown(change: Any) -> list[dict[str, str]]:
    """Return lines without their empty columns."""
    return [{name: text for name, text in line.items() if text} for line in lines(change)]


def test_a_happening_is_an_event_and_a_line_with_one_id() -> None:
    """What others hear at once and what they look up later can be put together."""
    (name, detail), *_ = events(COMMITTED)
    line, *_ = shown(COMMITTED)

    assert name == "sojourn.sent"
    assert detail == {
        "id": "c1-0", "at": "2026-03-02T12:00:00Z", "customer": "ana", "journey": "welcome", "version": "v1",
        "run": "r1", "step": "hello", "reason": "", "details": dict(SENT.details),
    }  # fmt: skip
    assert line == {
        "id": "c1-0", "kind": "happening", "what": "sent", "at": "2026-03-02T12:00:00Z", "customer": "ana",
        "journey": "welcome", "version": "v1", "run": "r1", "step": "hello", "channel": "email",
        "message": "greeting", "send": "s1", "details": '{"instead_of":"sms: no_address"}',
    }  # fmt: skip


REFUSAL = (
    "bad_address: BadRequestException: Illegal address ana@example.com or +12025550123 (12025550123), token "
)


@pytest.mark.parametrize(
    ("reason", "details"),
    [
        ("unreachable", {"detail": REFUSAL + "x" * 80}),
        ("", {"instead_of": f"sms: unreachable ({REFUSAL})", "channel": "push"}),
        ('provider: busy: "ana@example.com" and +1 202 555 0123', {}),
        ("failed", {"cause": f'{{"errorMessage": "{REFUSAL}"}}'}),
    ],
)
def test_no_address_goes_out_with_what_a_provider_said(reason: str, details: dict[str, Any]) -> None:
    """A provider quotes whom it refuses: who erases a customer cannot reach what others were told."""
    committed = Committed("c1", AT, "ana", [replace(SENT, what="suppressed", reason=reason, details=details)])

    told = f"{events(committed)} {shown(committed)}"

    assert "…" in told
    assert not any(part in told for part in ("@example", "2025550123", "555 0123", "xxxx"))


def test_what_is_no_address_goes_out_as_it_is() -> None:
    """Dates, ids and amounts in a reason stay readable."""
    reason = "quiet hours until 2026-03-07T08:00:00+01:00; entry.cart == 4711; 20260307 > 5.0"
    committed = Committed("c1", AT, "ana", [replace(SENT, what="held", reason=reason)])

    assert events(committed)[0][1]["reason"] == reason


def test_every_line_has_every_column_and_no_other() -> None:
    """A table over the files finds each column in each line, as a text."""
    told = [
        *lines(COMMITTED),
        *lines(RunChanged("e", AT, None, RUN)),
        *lines(SendChanged("e", AT, None, SEND)),
    ]
    told += lines(ProfileChanged("e", AT, None, ANA))

    assert {tuple(line) for line in told} == {tuple(name for name, _ in COLUMNS)}
    assert all(isinstance(text, str) for line in told for text in line.values())


def test_only_the_kinds_that_were_chosen_are_events_and_all_are_lines() -> None:
    """A deployment pays for the bus by the event; the files tell everything."""
    assert [name for name, _ in events(COMMITTED, {"waiting"})] == ["sojourn.waiting"]
    assert events(COMMITTED, frozenset()) == []
    assert len(shown(COMMITTED)) == 3


def test_what_somebody_wrote_about_a_customer_stays_in_the_ledger() -> None:
    """Nobody knows what stands in a person's notes on a task; who ended it goes out."""
    told = {"path": "completed", "by": "crm", "notes": "She is in hospital."}
    resumed = Committed("c1", AT, "ana", [replace(SENT, what="resumed", details=told)])

    ((_, detail),) = events(resumed)

    assert detail["details"] == {"path": "completed", "by": "crm"}
    assert "hospital" not in str(shown(resumed))


def test_an_instant_in_details_is_a_text() -> None:
    """Events and lines are JSON, whatever the ledger's details hold."""
    assert events(COMMITTED, {"waiting"})[0][1]["details"] == {"until": "2026-03-02T12:00:00Z"}


def test_of_attributes_only_names_go_out() -> None:
    """Neither a journey's own change of attributes nor a profile's tells a value."""
    (_, updated), *_ = events(COMMITTED, {"updated"})
    (_, changed), *_ = events(ProfileChanged("e1", AT, Profile("ana"), ANA))

    assert updated["details"] == {"attributes": ["age", "plan"]}
    assert changed == {
        "id": "e1", "at": "2026-03-02T12:00:00Z", "customer": "ana",
        "changed": ["email", "phone", "consents", "segments", "attributes.plan", "attributes.score"],
        "consents": {"news/email": True}, "suppressed": {}, "segments": {"entered": ["pros"], "left": []},
    }  # fmt: skip
    everything = json.dumps(shown(ProfileChanged("e1", AT, Profile("ana"), ANA)))
    assert not any(secret in everything for secret in ("ana@example.com", "+12025550123", 'pro\\"'))


def test_a_profile_that_says_the_same_is_no_change() -> None:
    """Every commit writes the profile's row, for its revision."""
    same = ProfileChanged("e1", AT, ANA, replace(ANA))

    assert (events(same), shown(same)) == ([], [])


def test_what_a_customer_lost_is_told_too() -> None:
    """An attribute, a consent and a segment that go are changes."""
    less = replace(ANA, attributes={"plan": "pro"}, consents={("news", "email"): False}, segments=frozenset())

    (_, detail), *_ = events(ProfileChanged("e1", AT, ANA, less))

    assert detail["changed"] == ["consents", "segments", "attributes.score"]
    assert detail["consents"] == {"news/email": False}
    assert detail["segments"] == {"entered": [], "left": ["pros"]}


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (ProfileChanged("e1", AT, None, Profile("ana")), "known"),
        (ProfileChanged("e1", AT, Profile("ana"), ANA), "changed"),
        (ProfileChanged("e1", AT, ANA, None), "erased"),
    ],
    ids=["known", "changed", "erased"],
)
def test_a_customer_is_known_changed_or_erased(change: ProfileChanged, what: str) -> None:
    """The three things that can be told of a profile."""
    assert [line["what"] for line in shown(change)] == [what]


def test_erasing_is_told_so_that_others_erase_too() -> None:
    """An event of its own, with nothing but who."""
    assert events(ProfileChanged("e1", AT, ANA, None), USUAL) == [
        ("sojourn.erased", {"id": "e1", "at": "2026-03-02T12:00:00Z", "customer": "ana"})
    ]


def test_a_run_is_a_line_where_something_shows() -> None:
    """Where it is, its end or what its reader did; what the engine keeps to itself is no news."""
    moved = replace(RUN, at={"": "later"})
    ended = replace(RUN, status="ended", exit_reason="goal", ended=AT, at={})
    other = replace(RUN, last={"": ("pause", "x", {})}, released=(("", "e"),))

    assert [line["what"] for line in shown(RunChanged("e", AT, None, RUN))] == ["running"]
    assert json.loads(shown(RunChanged("e", AT, RUN, moved))[0]["details"])["steps"] == ["later"]
    assert shown(RunChanged("e", AT, RUN, ended))[0]["reason"] == "goal"
    assert shown(RunChanged("e", AT, RUN, other)) == []
    assert [line["what"] for line in shown(RunChanged("e", AT, RUN, None))] == ["erased"]
    assert [line["run"] for line in shown(RunChanged("e", AT, RUN, replace(RUN, id="r2")))] == ["r2"]


def test_a_send_is_a_line_whenever_more_is_known_of_it() -> None:
    """Claimed, then sent: two lines; written once more as it was: none."""
    sent = replace(SEND, status="sent", provider_id="p1")

    assert [line["what"] for line in shown(SendChanged("e", AT, None, SEND))] == ["claimed"]
    assert [line["what"] for line in shown(SendChanged("e", AT, SEND, sent))] == ["sent"]
    assert shown(SendChanged("e", AT, sent, sent)) == []
    assert events(SendChanged("e", AT, None, SEND)) == []


@pytest.mark.parametrize(
    ("names", "kinds"),
    [
        ("usual", USUAL),
        ("", USUAL),
        ("all", frozenset(KINDS)),
        ("none", frozenset()),
        ("sent, sojourn.goal", frozenset({"sent", "goal"})),
    ],
)
def test_a_deployment_chooses_what_goes_out(names: str, kinds: frozenset[str]) -> None:
    """A word for the frequent choices, or the names themselves."""
    assert chosen(names) == kinds


def test_a_name_that_is_none_is_said() -> None:
    """A deployment that misspells an event hears of it when the function begins."""
    with pytest.raises(ValueError, match="no such events: send"):
        chosen("send,goal")
