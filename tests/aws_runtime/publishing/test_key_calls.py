"""The signing key is renewed by a call: told first, done then, and never one over another."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest

from sojourn.aws_runtime.secrets import keys_in
from tests.support.control_room import ANA, ControlRoom, Died, control_room


def keys(room: ControlRoom) -> set[str]:
    return set(keys_in(room.reached.text).secrets)


def test_a_new_key_is_current_and_the_old_one_goes_on_reading(room: ControlRoom) -> None:
    """The answer names keys by their numbers; no key is in it, nor in the history."""
    status, said = room.call("renew_key", {"reason": "once a year"})

    (entry,) = room.backing.history.read()
    assert (status, said) == (200, {"current": "1", "kept": ["0"], "dropped": [], "done": True})
    assert keys_in(room.reached.text).current == "1"
    assert (entry.by, entry.did, entry.message) == (ANA, "renewed_key", "once a year")
    assert entry.details == {"current": "1", "kept": ["0"], "dropped": []}
    made = json.loads(room.reached.text)["keys"]["1"]
    assert made not in str(entry) + str(said)


def test_what_would_be_taken_away_is_said_first_and_nothing_is_done(room: ControlRoom) -> None:
    """Whoever asks is told the keys; links made with them would be dead."""
    room.call("renew_key")
    before = room.reached.text

    status, said = room.call("renew_key", {"drop_older_than": 0, "dry_run": True})

    assert (status, said) == (200, {"current": "2", "kept": [], "dropped": ["0", "1"], "done": False})
    assert (room.reached.text, len(room.told())) == (before, 1)


def test_only_keys_are_taken_away_that_the_caller_named(room: ControlRoom) -> None:
    """Somebody may have renewed it since: then it is said which these are now, and nothing is done."""
    room.call("renew_key")
    before = room.reached.text

    refused = room.call("renew_key", {"drop_older_than": 0, "dropping": ["0"]})
    done = room.call("renew_key", {"drop_older_than": 0, "dropping": ["1", "0"]})

    assert (refused[0], refused[1]["error"], refused[1]["dropped"]) == (409, "other_keys", ["0", "1"])
    assert before != room.reached.text
    assert (done[1]["dropped"], keys(room)) == (["0", "1"], {"2"})
    assert [did for _, did in room.told()] == ["renewed_key"] * 2


def test_of_two_at_once_one_is_refused(room: ControlRoom) -> None:
    """The one that was first made links already; its key is not lost."""
    read = room.reached.get_secret_value("secret")
    room.call("renew_key")
    first = room.reached.text
    room.reached.get_secret_value = Stale(room, read)  # type: ignore[method-assign]

    status, said = room.call("renew_key")

    assert (status, said["error"]) == (409, "changed_meanwhile")
    assert room.reached.text == first


class Stale:
    """Answers once with what the secret held before."""

    def __init__(self, room: ControlRoom, before: dict[str, str]) -> None:
        self.room, self.answers = room, [before]

    def __call__(self, SecretId: str) -> dict[str, str]:  # noqa: N803 - AWS's word
        if self.answers:
            return self.answers.pop()
        return {"SecretString": self.room.reached.text, "VersionId": self.room.reached.version}


def test_a_version_that_was_put_back_by_hand_does_not_stand_in_the_way(room: ControlRoom) -> None:
    """What came after it once was made already; the next one is made all the same."""
    before = (room.reached.text, room.reached.version)
    room.call("renew_key")
    room.reached.text, room.reached.version = before

    status, said = room.call("renew_key")

    assert (status, said["current"]) == (200, "1")
    assert keys(room) == {"0", "1"}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_wherever_it_dies_no_key_is_there_that_is_not_told(*, after: bool) -> None:
    """After a crash there may be an entry too many; whoever calls again makes a newer key."""
    number, died = 0, True
    while died:
        number += 1
        with control_room() as room:
            room.calls, room.dies_at, room.after = 0, number, after

            with suppress(Died):
                room.call("renew_key")
            died, room.dies_at = room.calls >= number, 0

            renewed = room.reached.text != "s" * 64
            assert not renewed or room.told(), number
            assert room.call("renew_key")[1]["done"]
            assert "0" in keys(room)
            assert len(room.told()) in (1, 2)
    assert number > 2


def test_a_secret_that_somebody_broke_is_left_as_it_is(room: ControlRoom) -> None:
    """Nothing of it is said."""
    room.reached.text = '{"keys": {"0": "hush"}}'

    status, said = room.call("renew_key")

    assert (status, said["error"], "hush" in str(said)) == (409, "bad_secret", False)
    assert (room.reached.text, room.told()) == ('{"keys": {"0": "hush"}}', [])


@pytest.mark.parametrize(
    "body",
    [
        {"drop_older_than": -1}, {"drop_older_than": "ten"}, {"drop_older_than": 1.5}, {"drop_older_than": True},
        {"drop_older_than": 100_000}, {"dropping": "0"}, {"dropping": [0]}, {"dry_run": "yes"}, {"keys": []},
    ],
)  # fmt: skip
def test_what_makes_no_sense_changes_nothing(room: ControlRoom, body: Any) -> None:
    """The field is named."""
    status, said = room.call("renew_key", body)

    assert (status, said["error"]) == (400, "bad_field")
    assert (room.reached.text, room.told()) == ("s" * 64, [])
