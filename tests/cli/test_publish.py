from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Sojourn, change
from tests.cli.publishers import Published
from tests.cli.test_events import Keyboard
from tests.support.control_room import ANA

BETTER = ("up_to: 3 days", "up_to: 4 days")


def publish(sojourn: Sojourn, *more: str) -> tuple[int, str, str]:
    answer = sojourn("publish", "-m", "Four days", "--yes", *more)
    return answer.status, answer.out, answer.err


def live(desk: Published) -> str:
    return desk.room.live()["welcome"]


def test_a_change_is_published(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """It is said what changes, sent as it was planned, waited for, and told with how it is taken back."""
    desk.room.call("withdraw_draft", journey="welcome")
    before = live(desk)
    change(files, *BETTER)

    status, out, err = publish(sojourn)

    after = live(desk)
    (name, sent), *_ = desk.gateway.calls
    assert (status, err) == (0, f"  welcome  {before} → {after}\n")
    assert out.splitlines() == [
        f"welcome is live in dev: version {after}, before it {before}",
        "Whoever is in a journey goes on in the version they began with.",
        "To take it back:",
        '  sojourn rollback welcome -m "…" --stage dev',
    ]
    assert (name, sent["message"], sent["expected"], sent.get("journeys")) == (
        "publish", "Four days", {"welcome": before}, None,
    )  # fmt: skip
    assert isinstance(sent["expected_revision"], int)
    assert desk.room.told()[-1] == ("ana", "published")


def test_whose_draft_there_is_is_said_before_and_afterwards(
    sojourn: Sojourn, desk: Published, files: Path
) -> None:
    """It stays beside another version, and another draft takes its place; the draft itself, published, is none."""
    (journey,) = desk.room.backing.live.journeys()
    assert journey.draft is not None
    drafted = f"the draft {journey.draft.version} of welcome, by ana"
    change(files, *BETTER)

    status, out, err = publish(sojourn)
    (beside,) = desk.room.backing.live.journeys()
    change(files, "up_to: 4 days", "up_to: 5 days")
    _, afterwards, instead = publish(sojourn, "--draft")
    _, said, _ = publish(sojourn, "--json")

    stays = f"{drafted}, stays: the segment test enters it, and not what is live"
    assert (status, beside.draft) == (0, journey.draft)
    assert f"  {stays}\n" in err
    assert f"{stays}\n  sojourn withdraw welcome --draft --stage dev\n" in out
    assert f"  it takes the place of {drafted}: they get it back by publishing" in instead
    assert f"it takes the place of {drafted}: they get it back" in afterwards
    assert json.loads(said)["plan"]["drafts"] == {}


def test_a_plan_says_whose_draft_there_is(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """And what publishing would do to it: nothing, or make it live."""
    (journey,) = desk.room.backing.live.journeys()
    assert journey.draft is not None
    change(files, *BETTER)

    other = " ".join(sojourn("plan").out.split())
    change(files, "up_to: 4 days", "up_to: 3 days")
    change(files, "title: Welcome new customers", "title: A draft")
    same = " ".join(sojourn("plan").out.split())

    said = f"the segment test tries the draft {journey.draft.version}, by ana: publishing"
    assert f"{said} leaves it as it is" in other
    assert f"{said} makes it live" in same


def test_that_nobody_enters_what_is_published_is_said(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """Publishing opens no journey that somebody stopped."""
    sojourn("stop", "welcome", "--reason", "over")
    change(files, *BETTER)

    _, out, _ = publish(sojourn)

    assert "It holds as before that welcome is stopped:\nnobody enters any more. That ends with:\n" in out
    assert out.splitlines()[-1] == "  sojourn resume welcome --stage dev"


def test_what_is_there_already_is_not_sent(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """Nobody is asked, nothing is called, and that is good."""
    publish(sojourn)
    calls = len(desk.gateway.calls)

    status, out, err = publish(sojourn)

    assert (status, err) == (0, "")
    assert out == "nothing to publish: welcome is in dev as the files say already\n"
    assert len(desk.gateway.calls) == calls


def test_it_is_asked_before(
    sojourn: Sojourn, desk: Published, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal; whoever says no, or nothing, publishes nothing."""
    change(files, *BETTER)
    before = live(desk)
    found = []
    for said in ("n\n", "\n", "y\n"):
        monkeypatch.setattr(sys, "stdin", Keyboard(said))
        answer = sojourn("publish", "-m", "Four days")
        assert "Publish 1 journey to dev? [y/N] " in answer.err
        found.append((answer.status, live(desk) == before))

    assert found == [(1, True), (1, True), (0, False)]


def test_without_a_terminal_nobody_is_asked(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """A script must say --yes."""
    change(files, *BETTER)

    answer = sojourn("publish", "-m", "Four days")

    assert answer.status == 2
    assert "--yes does it without asking" in answer.err
    assert desk.gateway.calls == []


def test_why_must_be_said(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """The history is for people."""
    missing, empty = sojourn("publish", "--yes"), sojourn("publish", "--yes", "-m", " ")

    assert (missing.status, empty.status) == (2, 2)
    assert "needs -m/--message" in missing.err
    assert "say something: others will read it" in empty.err


def test_a_draft_is_for_those_who_test(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """It goes by the call that editors have; what is live stays."""
    change(files, *BETTER)
    before = live(desk)

    status, out, _ = publish(sojourn, "--draft")

    (journey,) = desk.room.backing.live.journeys()
    assert journey.draft is not None
    assert status == 0
    assert desk.gateway.calls[-1][0] == "draft"
    assert (live(desk), f"welcome is a draft in dev: version {journey.draft.version}" in out) == (
        before,
        True,
    )
    assert out.splitlines()[-1] == "  sojourn withdraw welcome --draft --stage dev"


def test_one_journey_is_published_alone(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """The folder of a journey names it; the others stay, whatever their files say."""
    change(files, *BETTER)
    other = files.parents[1] / "again" / "journey.yaml"
    other.parent.mkdir()
    other.write_text(
        "journey: again\ntopic: getting-started\nenter: {on: signed_up}\nsteps: [{wait: 1 day}]\n"
    )

    answer = sojourn("publish", "journeys/welcome", "-m", "Four days", "--yes")

    assert answer.status == 0
    assert (desk.gateway.calls[-1][1]["journeys"], [*desk.room.live()]) == (["welcome"], ["welcome"])


def test_a_program_reads_plan_and_operation(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """With --json; what is published as well as that nothing was to be done."""
    change(files, *BETTER)

    first = json.loads(publish(sojourn, "--json")[1])
    second = json.loads(publish(sojourn, "--json")[1])

    assert first["plan"]["journeys"]["welcome"]["version"] == live(desk)
    assert (first["operation"]["state"], first["operation"]["by"]) == ("done", ANA)
    assert (second["operation"], second["plan"]["unchanged"]) == (None, ["welcome"])


def test_nobody_has_to_wait(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """With --no-wait the call is all; how to look after it is said."""
    change(files, *BETTER)
    desk.gateway.at_once = False

    status, out, _ = publish(sojourn, "--no-wait")

    (operation,) = desk.room.backing.operations.list(1)
    assert (status, operation.state) == (0, "queued")
    assert out.splitlines()[1] == f"  sojourn operations {operation.id} --stage dev"


def test_what_is_left_alone_is_said(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """A journey that the folder has no more is not withdrawn by that; which stay as they are is counted."""
    journey = files.read_text(encoding="utf-8").replace("journey: welcome", "journey: hello")
    files.write_text(journey, encoding="utf-8")
    files.parent.rename(files.parents[1] / "hello")

    status, _, err = publish(sojourn)

    assert status == 0
    assert err.splitlines()[0].startswith("  hello  new → ")
    assert "  not in this workspace, and left alone: welcome" in err.splitlines()
    assert sorted(desk.room.live()) == ["hello", "welcome"]


def test_another_address_may_be_said(
    sojourn: Sojourn, desk: Published, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a private endpoint, say."""
    change(files, *BETTER)
    monkeypatch.setenv("SOJOURN_CONTROL_URL", "http://127.0.0.1:9/")

    status, _, err = publish(sojourn)

    assert (status, desk.gateway.calls) == (2, [])
    assert "AWS cannot be reached" in err
    assert "127.0.0.1:9/v1/publications" in err
