from __future__ import annotations

from typing import Any

import pytest

from sojourn.aws_runtime.publishing.backing import SETTLED
from sojourn.domain.control import EVERY, OPEN, PAUSED, STOPPED
from tests.support.control_room import BEN, ControlRoom, workspace


@pytest.fixture
def published(room: ControlRoom) -> ControlRoom:
    """Give a room with a journey that is live."""
    room.publish(workspace())
    return room


def control(room: ControlRoom) -> Any:
    """Return what holds for the journey."""
    (journey,) = room.backing.live.journeys()
    return journey.control


def test_a_journey_is_paused_at_once_and_says_by_whom_and_why(published: ControlRoom) -> None:
    """Nothing is queued: what is said holds as soon as functions look."""
    status, said = published.call("pause", {"reason": "wrong price"}, by=BEN, journey="welcome")

    now = control(published)
    assert (status, said["control"]["entries"], said["control"]["sends"]) == (200, PAUSED, PAUSED)
    assert (now.entries, now.sends, now.by, now.reason) == (PAUSED, PAUSED, BEN, "wrong price")
    assert published.queue == []
    assert published.told()[-1] == ("ben", "paused")


def test_only_entries_may_be_paused_and_clocks_may_stand_still(published: ControlRoom) -> None:
    """As the caller says."""
    published.call("pause", {"sends": False, "clocks": "still"}, journey="welcome")

    now = control(published)
    assert (now.entries, now.sends, now.is_still, len(now.pauses)) == (PAUSED, OPEN, True, 1)


def test_everything_is_paused_with_one_call(published: ControlRoom) -> None:
    """In an emergency nobody lists journeys."""
    status, _ = published.call("pause_all", {"reason": "breach"})

    assert (status, control(published).entries) == (200, PAUSED)
    (entry,) = [one for one in published.backing.history.read() if one.did == "paused"]
    assert (entry.journey, entry.details["all"]) == ("", True)


def test_a_pause_of_one_journey_cannot_be_made_one_of_all(published: ControlRoom) -> None:
    """The sign that stands for all journeys is the name of none."""
    status, said = published.call("pause", journey=EVERY)

    assert (status, said["error"]) == (404, "no_journey")
    assert control(published).is_usual


def test_what_is_resumed_goes_on_once_every_function_has_heard(published: ControlRoom) -> None:
    """Until then one might park a run again; so the operation begins later, and knows what held until then."""
    published.call("pause", {"clocks": "still"}, journey="welcome")
    paused = control(published).since

    status, said = published.call("resume", {"due": "spread", "over": "2 hours"}, journey="welcome")

    operation = said["operation"]
    assert (status, operation["kind"], operation["journey"], operation["state"]) == (
        202, "resume", "welcome", "queued",
    )  # fmt: skip
    assert operation["asked"] == {
        "journey": "welcome", "due": "spread", "over": 7200.0, "still": True,
        "from": paused.isoformat(), "to": published.operation(operation["id"]).at.isoformat(),
    }  # fmt: skip
    assert [after for _, after in published.queue] == [SETTLED]
    assert (control(published).entries, control(published).sends) == (OPEN, OPEN)
    assert published.told()[-1] == ("ana", "resumed")


def test_all_is_resumed_with_one_call(published: ControlRoom) -> None:
    """The operation is about every journey."""
    published.call("pause_all")

    _, said = published.call("resume_all", {"due": "drop"})

    assert (said["operation"]["asked"]["journey"], said["operation"]["journey"]) == (EVERY, "")
    assert control(published).entries == OPEN


def test_a_journey_is_stopped_and_its_runs_drain_or_end(published: ControlRoom) -> None:
    """Which of both is in the operation."""
    _, drained = published.call("stop", {"reason": "over"}, journey="welcome")
    _, ended = published.call("stop", {"runs": "end", "reason": "over"}, journey="welcome")

    assert (drained["operation"]["asked"]["runs"], ended["operation"]["asked"]["runs"]) == ("drain", "end")
    assert (control(published).entries, control(published).runs) == (STOPPED, "end")
    assert [did for _, did in published.told()][1:] == ["stopped", "stopped"]


def test_whoever_cannot_come_to_an_end_is_told_of(published: ControlRoom) -> None:
    """A pause of messages is not lifted by stopping: they may have been paused as they are wrong."""
    _, drains = published.call("stop", {"reason": "over"}, journey="welcome")
    published.call("pause_all")
    _, every = published.call("stop", {"reason": "over"}, journey="welcome")
    published.call("pause", journey="welcome")
    _, alone = published.call("stop", {"reason": "over"}, journey="welcome")
    published.call("stop", {"runs": "end", "reason": "a mistake"}, journey="welcome")
    _, ended = published.call("stop", {"reason": "over"}, journey="welcome")

    assert "note" not in drains
    assert "until all journeys are resumed" in every["note"]
    assert "resume these alone (entries: false)" in alone["note"]
    assert "stopped so before" in ended["note"]
    assert (alone["control"]["entries"], alone["control"]["sends"]) == (STOPPED, PAUSED)
    assert ("sends" in every["control"], every["holds"]["sends"]) == (False, PAUSED)


def test_messages_alone_are_resumed(published: ControlRoom) -> None:
    """A journey that was stopped drains then: nobody enters it by that."""
    published.call("pause", journey="welcome")
    published.call("stop", {"reason": "over"}, by=BEN, journey="welcome")

    status, said = published.call("resume", {"entries": False}, journey="welcome")

    now = control(published)
    assert (status, said["operation"]["kind"]) == (202, "resume")
    assert (now.entries, now.sends, now.reason, now.by) == (STOPPED, OPEN, "over", BEN)
    assert next(iter(published.backing.history.read())).details == {
        "due": "send", "entries": False, "sends": True,
    }  # fmt: skip


def test_entries_alone_are_resumed(published: ControlRoom) -> None:
    """Messages stay paused."""
    published.call("pause", journey="welcome")

    published.call("resume", {"sends": False}, journey="welcome")

    assert (control(published).entries, control(published).sends) == (OPEN, PAUSED)


@pytest.mark.parametrize(
    ("before", "body"),
    [
        ([("pause", {"sends": False})], {"entries": False}),
        ([("pause", {"entries": False})], {"sends": False}),
        ([("stop", {})], {"entries": False}),
        ([("pause", {}), ("resume", {"entries": False})], {"entries": False, "due": "drop"}),
    ],
)
def test_what_was_open_already_is_resumed_all_the_same(
    published: ControlRoom, before: list[tuple[str, Any]], body: Any
) -> None:
    """Nothing else holds by that; but whoever an earlier operation left where they stopped goes on."""
    for name, said in before:
        published.call(name, said, journey="welcome")
    held = control(published)

    status, said = published.call("resume", {**body, "reason": "look again"}, journey="welcome")

    assert (status, said["operation"]["kind"], said["operation"]["state"]) == (202, "resume", "queued")
    assert control(published) == held
    entry = next(iter(published.backing.history.read()))
    assert (entry.did, entry.message, entry.journey) == ("resumed", "look again", "welcome")
    assert published.backing.history.verify() is None


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("pause", {"entries": False, "sends": False}),
        ("pause", {"entries": "no"}),
        ("pause", {"clocks": "stopped"}),
        ("pause", {"clock": "still"}),
        ("resume", {"due": "spread"}),
        ("resume", {"over": "2 hours"}),
        ("resume", {"due": "spread", "over": "soon"}),
        ("resume", {"due": "spread", "over": "31 days"}),
        ("resume", {"due": "later"}),
        ("resume", {"entries": False, "sends": False}),
        ("resume", {"entries": None}),
        ("stop", {"runs": "kill"}),
        ("stop", {"reason": 5}),
    ],
)
def test_what_makes_no_sense_changes_nothing(published: ControlRoom, name: str, body: Any) -> None:
    """The field is named, and the journey goes on as it was."""
    status, _ = published.call(name, body, journey="welcome")

    assert (status, control(published).is_usual, published.queue) == (400, True, [])


@pytest.mark.parametrize("name", ["pause", "resume", "stop"])
def test_a_journey_that_never_was_is_not_found(published: ControlRoom, name: str) -> None:
    """Who misspells a name in an emergency must hear so."""
    status, said = published.call(name, {}, journey="welcom")

    assert (status, said["error"]) == (404, "no_journey")
    assert published.queue == []


def test_runs_may_go_on_slower_than_they_could(published: ControlRoom) -> None:
    """So many a second at most; where they are spread over a time, that says how fast."""
    published.call("pause", journey="welcome")

    refused = published.call("resume", {"due": "spread", "over": "1 hour", "rate": 5}, journey="welcome")
    wrong = published.call("resume", {"rate": 1_001}, journey="welcome")
    status, said = published.call("resume", {"rate": 5}, journey="welcome")

    assert [(one[0], one[1]["error"]) for one in (refused, wrong)] == [(400, "bad_field")] * 2
    assert "rate: a number from 1 to 1,000 is wanted" in wrong[1]["message"]
    assert (status, published.operation(said["operation"]["id"]).asked["rate"]) == (202, 5.0)


def test_nothing_is_dropped_of_one_journey_while_all_are_paused(published: ControlRoom) -> None:
    """It would go on with all others, and be sent: whoever resumes those says what becomes of it."""
    published.call("pause", journey="welcome")
    published.call("pause_all")

    refused = [
        published.call("resume", body, journey="welcome")
        for body in ({"due": "drop"}, {"due": "spread", "over": "1 hour", "entries": False})
    ]
    all_, entries = (
        published.call("resume_all", {"due": "drop"}),
        published.call("pause_all", {"sends": False}),
    )
    again = published.call("resume", {"due": "drop"}, journey="welcome")

    assert [(status, said["error"]) for status, said in refused] == [(409, "all_paused")] * 2
    assert (all_[0], entries[0], again[0]) == (202, 200, 202)
