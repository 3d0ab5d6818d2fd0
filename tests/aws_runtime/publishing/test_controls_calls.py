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
