from __future__ import annotations

import json
from dataclasses import replace

import pytest

from sojourn.adapters.dynamodb.live import Live
from tests.cli.conftest import Sojourn
from tests.cli.publishers import Published, titled
from tests.support.control_room import BEN, PREFIX


def versions(desk: Published) -> list[str]:
    """Return the versions that were live, the newest first."""
    return [one.version for one in desk.room.backing.live.publications("welcome") if one.kind != "draft"]


def test_the_version_before_is_live_again(sojourn: Sojourn, desk: Published) -> None:
    """At once, with the reason in the history."""
    now, before = versions(desk)

    answer = sojourn("rollback", "welcome", "-m", "a wrong price")

    assert (answer.status, answer.err) == (0, "")
    assert answer.out.startswith(f"welcome is at version {before} again, in place of {now}\n")
    assert desk.room.live() == {"welcome": before}
    assert desk.room.told()[-1] == ("ana", "rolled_back")


def test_a_version_is_named(sojourn: Sojourn, desk: Published) -> None:
    """The one that is live is no change, and one that never was is refused."""
    now, _ = versions(desk)

    same = sojourn("rollback", "welcome", "-m", "x", "--to", now)
    none = sojourn("rollback", "welcome", "-m", "x", "--to", "abcdef012345")

    assert (same.status, same.out) == (0, f"welcome is at version {now} already: nothing changed\n")
    assert (none.status, none.err) == (1, 'sojourn: journey "welcome" never had a version "abcdef012345"\n')


def test_a_version_goes_by_its_beginning(sojourn: Sojourn, desk: Published) -> None:
    """As one reads it off the history; what is no version, begins none or is a draft's, is no usage."""
    _, before = versions(desk)
    (journey,) = desk.room.backing.live.journeys()
    assert journey.draft is not None
    tried, odd = journey.draft.version[:5], "nonsense"

    refused = [sojourn("rollback", "welcome", "-m", "x", "--to", one) for one in (tried, odd, "e88f")]
    answer = sojourn("rollback", "welcome", "-m", "x", "--to", before[:5])

    assert [one.status for one in refused] == [2, 2, 2]
    assert f'no version of welcome that was live begins with "{tried}"' in refused[0].err
    assert f'"{odd}" is no version: they are twelve digits and letters' in refused[1].err
    assert "`sojourn history welcome` names them" in refused[2].err
    assert (answer.status, desk.room.live()) == (0, {"welcome": before})


def test_a_beginning_of_several_versions_names_them(
    sojourn: Sojourn, desk: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever meant one of them sees which there are."""
    told = [replace(desk.room.backing.live.publications("welcome")[-1], version=f"abcd{n}") for n in "12"]
    monkeypatch.setattr(Live, "publications", lambda *_: tuple(told))

    answer = sojourn("rollback", "welcome", "-m", "x", "--to", "abcd")

    assert (answer.status, desk.gateway.calls) == (2, [])
    assert 'several versions of welcome begin with "abcd": abcd1, abcd2' in answer.err


def test_a_machine_that_is_gone_is_made_anew(sojourn: Sojourn, desk: Published) -> None:
    """That takes longer, and is waited for."""
    _, before = versions(desk)
    desk.room.states.gone.add(f"{PREFIX}welcome:1")

    answer = sojourn("rollback", "welcome", "-m", "a wrong price")

    assert answer.status == 0
    assert answer.out.startswith(f"welcome is at version {before} again, in place of ")
    assert desk.room.live() == {"welcome": before}


def test_somebody_else_was_first(sojourn: Sojourn, desk: Published) -> None:
    """What they did is said, and stays."""
    desk.gateway.before = lambda: desk.room.publish(titled("Ben's"), BEN, message="Mine is better")

    answer = sojourn("rollback", "welcome", "-m", "a wrong price")

    assert (answer.status, answer.out) == (1, "")
    assert "sojourn: somebody else published meanwhile, so nothing was changed" in answer.err
    assert "by ben, Fri 6 Mar 2026, 10:00: “Mine is better”" in answer.err
    assert desk.room.live() == {"welcome": versions(desk)[0]}


def test_the_second_of_two_who_do_it_hears_who_was_first(sojourn: Sojourn, desk: Published) -> None:
    """It would lead back to the version that both want to be rid of."""
    now, before = versions(desk)
    sojourn("rollback", "welcome", "-m", "a wrong price")

    answer = sojourn("rollback", "welcome", "-m", "a wrong price")

    assert (answer.status, answer.out, desk.room.live()) == (1, "", {"welcome": before})
    assert answer.err.splitlines()[:2] == [
        "sojourn: somebody took it back already, so nothing was changed",
        f"  welcome ({now} → {before}) by ana, Fri 6 Mar 2026, 10:00: “a wrong price”",
    ]
    assert "name it with --to" in answer.err


def test_a_draft_beside_it_and_that_nobody_enters_is_said(sojourn: Sojourn, desk: Published) -> None:
    """Both are as before, and whoever takes a journey back may not know of them."""
    sojourn("stop", "welcome", "--reason", "over")
    sojourn("pause", "--all")

    lines = sojourn("rollback", "welcome", "-m", "a wrong price").out.splitlines()

    (journey,) = desk.room.backing.live.journeys()
    assert journey.draft is not None
    told = " ".join(" ".join(lines).split())
    assert f"the draft {journey.draft.version} of welcome, by ana, stays: the segment test enters it" in told
    assert "It holds as before that welcome is stopped: nobody enters any more;" in told
    commands = [line for line in lines if line.startswith("  sojourn")]
    assert commands == [
        "  sojourn withdraw welcome --draft --stage dev",
        "  sojourn resume welcome --stage dev",
        "  sojourn resume --all --stage dev",
    ]


def test_a_journey_that_is_not_there(sojourn: Sojourn, desk: Published) -> None:
    """Which may have been meant is said."""
    answer = sojourn("rollback", "welcom", "-m", "x")

    assert (answer.status, answer.err) == (
        1, 'sojourn: no journey "welcom" is published\n  did you mean welcome?\n',
    )  # fmt: skip


def test_a_program_reads_the_publication(sojourn: Sojourn, desk: Published) -> None:
    """Which version it is, and which it was."""
    now, before = versions(desk)

    said = json.loads(sojourn("rollback", "welcome", "-m", "x", "--json").out)["publication"]

    assert (said["version"], said["before"], said["kind"]) == (before, now, "rollback")


def test_a_draft_is_withdrawn(sojourn: Sojourn, desk: Published) -> None:
    """What is live stays; a second time there is none."""
    live = desk.room.live()

    answer = sojourn("withdraw", "welcome", "--draft", "--reason", "not yet")
    again = sojourn("withdraw", "welcome", "--draft", "--json")

    (journey,) = desk.room.backing.live.journeys()
    assert (answer.status, journey.draft, desk.room.live()) == (0, None, live)
    assert "of welcome, by ana, is withdrawn: customers in the segment test enter what is live" in " ".join(
        answer.out.split()
    )
    assert (again.status, json.loads(again.out)["error"]) == (1, "no_draft")


def test_only_drafts_are_withdrawn(sojourn: Sojourn, desk: Published) -> None:
    """For all else there is another word."""
    answer = sojourn("withdraw", "welcome")

    assert (answer.status, desk.gateway.calls) == (2, [])
    assert "sojourn stop welcome" in answer.err
