"""What whoever publishes may not know, and is told: that it was taken back, is held up, or has to be approved."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Sojourn, change
from tests.cli.publishers import Published, starter
from tests.cli.test_publish import BETTER, live, publish


def test_what_somebody_took_back_is_not_published_unawares(
    sojourn: Sojourn, desk: Published, files: Path
) -> None:
    """The files still say what was wrong: by whom it was taken back, when and why stands before the question."""
    bad = live(desk)
    sojourn("rollback", "welcome", "-m", "wrong price")

    _, out, err = publish(sojourn)
    told = f"  ! {bad} of welcome was taken back by ana, Fri 6 Mar 2026, 10:00: “wrong price”\n"
    change(files, *BETTER)
    _, _, mended = publish(sojourn)

    assert told in err
    assert "welcome is live in dev" in out
    assert "was taken back" not in mended


def test_that_nobody_enters_is_said_before_as_well(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """As `plan` says it, and for programs; of a draft, too: those who test do not enter either."""
    sojourn("pause", "welcome", "--entries", "--reason", "fair")
    change(files, *BETTER)

    _, out, draft = publish(sojourn, "--draft")
    _, said, _ = publish(sojourn, "--json")

    assert "  ! welcome: nobody enters for now: publishing changes nothing of that\n" in draft
    assert "welcome is a draft in dev" in out
    assert json.loads(said)["plan"]["controls"]["welcome"]["entries"] == "paused"


def test_what_waits_for_approval_is_not_said_to_be_carried_out(
    sojourn: Sojourn, desk: Published, files: Path
) -> None:
    """Nor where nobody waits for it; a draft needs nobody's approval."""
    with (files.parents[1] / "workspace.yaml").open("a", encoding="utf-8") as workspace:
        workspace.write("approval: publish\n")
    desk.gateway.at_once = False

    _, out, _ = publish(sojourn, "--no-wait")

    (operation,) = desk.room.backing.operations.list(1)
    assert out.splitlines() == [
        "It is checked now, and then waits for somebody else to approve it, as this workspace wants. They run",
        f"  sojourn approve {operation.id} --stage dev",
    ]


def test_a_journey_whose_files_are_gone_is_named_where_nothing_changes(
    sojourn: Sojourn, desk: Published, files: Path
) -> None:
    """It is live all the same, and `sojourn stop` is what ends it."""
    again = {name: text for name, text in starter().items() if "welcome/" not in name} | {
        name.replace("welcome/", "again/"): text.replace("journey: welcome", "journey: again")
        for name, text in starter().items()
        if "welcome/" in name and "scenarios" not in name
    }
    del again["simulation.yaml"]
    desk.room.publish(again)

    status, out, _ = publish(sojourn)

    assert (status, sorted(desk.room.live())) == (0, ["again", "welcome"])
    assert out.splitlines()[-2:] == [
        "nothing to publish: welcome is in dev as the files say already",
        "not in this workspace, and left alone: again",
    ]


def test_only_what_could_be_published_is_suggested(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """Any folder may be called nearly so; a journey is published by its folder, wherever its name is live."""
    Path("journals").mkdir()

    by_name, near, typo = (
        sojourn("publish", one, "-m", "x", "--yes") for one in ("welcome", "journal", "jurneys")
    )

    assert [one.status for one in (by_name, near, typo)] == [2, 2, 2]
    assert "the folder of a workspace is meant, or of a journey in one: WORKSPACE/welcome" in by_name.err
    assert "did you mean journeys?" in typo.err
    assert "journals" not in near.err
