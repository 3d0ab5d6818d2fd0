"""`sojourn publish` where a journey has a migration.yaml: who goes where is shown before, and followed afterwards."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Sojourn, change
from tests.cli.publishers import Published
from tests.cli.test_events import Keyboard
from tests.cli.travellers import earlier, migration, mover, people, run_of

ON = "steps: {clicked: {move: reminder}}"


def publish(sojourn: Sojourn, *more: str) -> tuple[int, list[str], list[str]]:
    answer = sojourn("publish", "-m", "Four days", *more)
    return answer.status, answer.out.splitlines(), answer.err.splitlines()


@pytest.fixture
def live(desk: Published, files: Path) -> str:
    """The version that is live; the files say another one, two customers are in the live one, and nobody tries any."""
    desk.room.call("withdraw_draft", journey="welcome")
    version = desk.room.live()["welcome"]
    people(desk, version, "c-1", "c-2")
    change(files, "up_to: 3 days", "up_to: 4 days")
    mover(desk)
    return version


def test_who_goes_where_is_shown_before_and_followed_afterwards(
    sojourn: Sojourn, desk: Published, files: Path, live: str
) -> None:
    """Beside what changes; then the operation that moves them, with the command that waits for it."""
    migration(files, live, ON)

    status, out, err = publish(sojourn, "--yes")

    after = desk.room.live()["welcome"]
    (moving, _) = desk.room.backing.operations.list(2, "welcome")
    assert (status, err) == (
        0,
        [
            f"  welcome  {live} → {after}",
            f"  welcome: 2 runs in {live}, by migration.yaml",
            "    clicked 2: go on at reminder",
        ],
    )
    assert out[1:4] == [
        "Whoever is in a journey goes on in the version they began with, but for what migration.yaml says:",
        "customers of welcome go now where it says; to wait until all are there:",
        f"  sojourn operations {moving.id} --wait --stage dev",
    ]
    assert run_of(desk, "c-1").version == after
    followed = sojourn("operations", moving.id, "--wait")
    assert "2 customers go on in the other version" in followed.out


def test_it_is_shown_to_whoever_is_asked(
    sojourn: Sojourn, desk: Published, files: Path, live: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who says no has moved nobody."""
    migration(files, live, "otherwise: exit")
    monkeypatch.setattr(sys, "stdin", Keyboard("n\n"))

    status, _, err = publish(sojourn)

    assert (status, desk.gateway.calls) == (1, [])
    assert err.index("    clicked 2: leave at once") < len(err) - 1
    assert run_of(desk, "c-1").active


def test_a_program_reads_it(sojourn: Sojourn, desk: Published, files: Path, live: str) -> None:
    """In the plan who goes where, and in the operation's result what moves them."""
    migration(files, live, ON)

    told = json.loads("\n".join(publish(sojourn, "--yes", "--json")[1]))

    assert told["plan"]["migrations"]["welcome"] == {
        "from": live, "to": desk.room.live()["welcome"], "runs": 2, "wrong": [], "notes": [],
        "steps": [{"step": "clicked", "runs": 2, "fate": {"move": "reminder"}}],
    }  # fmt: skip
    assert list(told["operation"]["result"]["migrations"]) == ["welcome"]


@pytest.mark.usefixtures("live")
def test_a_file_that_leads_from_where_nobody_is_is_noted(
    sojourn: Sojourn, desk: Published, files: Path
) -> None:
    """It was forgotten, and does no harm."""
    migration(files, earlier(desk), ON)

    status, _, err = publish(sojourn, "--yes")

    assert status == 0
    assert err[1] == (
        f"  note: welcome: migration.yaml leads from {earlier(desk)}, and nobody is in that any more: it does nothing"
    )


def test_a_file_that_leads_from_what_is_published_is_noted(
    sojourn: Sojourn, desk: Published, files: Path, live: str
) -> None:
    """Whoever goes back to an earlier version may leave it where it was."""
    publish(sojourn, "--yes")
    change(files, "up_to: 4 days", "up_to: 3 days")
    migration(files, live, "otherwise: exit")

    status, out, err = publish(sojourn, "--yes")

    assert (status, desk.room.live()["welcome"]) == (0, live)
    assert (
        err[1]
        == f"  note: welcome: migration.yaml leads from {live}, which is this very version: it does nothing"
    )
    assert "Whoever is in a journey goes on in the version they began with." in out
    assert run_of(desk, "c-1").active


@pytest.mark.usefixtures("live")
def test_what_cannot_be_done_is_not_sent(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """As the deployment would refuse it, with the file named."""
    migration(files, earlier(desk), "steps: {gone: exit}")

    status, _, err = publish(sojourn, "--yes")

    assert (status, desk.gateway.calls) == (1, [])
    assert (
        f"journeys/welcome/migration.yaml: it names gone, and version {earlier(desk)} has no such step"
        in err[-1]
    )


def test_a_file_alone_is_no_publication(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """Where nothing else changes, the command that does what it says is named."""
    publish(sojourn, "--yes")
    migration(files, earlier(desk), ON)
    calls = len(desk.gateway.calls)

    status, out, _ = publish(sojourn, "--yes")

    assert (status, len(desk.gateway.calls)) == (0, calls)
    assert out[1:] == [
        "welcome has a migration.yaml; what becomes of those who are in the version it names:",
        "  sojourn migrate welcome --dry-run --stage dev",
    ]


def test_a_draft_moves_nobody(sojourn: Sojourn, desk: Published, files: Path, live: str) -> None:
    """It is for those who test, and says nothing of who is in the journey."""
    migration(files, live, "otherwise: exit")

    status, _, err = publish(sojourn, "--draft", "--yes")

    assert (status, len(err)) == (0, 1)
    assert run_of(desk, "c-1").active


def test_whoever_approves_is_told_that_customers_move(
    sojourn: Sojourn, desk: Published, files: Path, live: str
) -> None:
    """They decide about that, too."""
    settings = files.parents[1] / "workspace.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + "approval: publish\n", encoding="utf-8")
    migration(files, live, ON)

    status, out, _ = publish(sojourn, "--yes")

    shown = sojourn("operations", out[-1].split()[2])
    assert status == 0
    assert f"welcome: who is in {live} goes where migration.yaml says" in shown.out
