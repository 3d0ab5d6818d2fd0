from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from sojourn.application.publishing import Operation, operation_id
from tests.cli.conftest import Sojourn
from tests.cli.publishers import ENTERS, WAITS, Published, starter
from tests.cli.test_events import Keyboard
from tests.support.control_room import BEN

APPROVED = {
    name: text.replace("locale: en\n", "locale: en\napproval: publish\n", 1)
    for name, text in starter().items()
}


def write(files: dict[str, str], here: Path) -> None:
    for name, text in files.items():
        file = here / "journeys" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def test_two_people_publish(sojourn: Sojourn, desk: Published, here: Path) -> None:
    """Where the workspace asks for it: one asks, is told what the other runs; the other sees what it is, and agrees."""
    write(APPROVED, here)
    before = desk.room.backing.live.settings()

    asked = sojourn("publish", "-m", "Four eyes", "--yes")
    operation = asked.out.split()[-3]
    own = sojourn("approve", operation, "--yes")
    waiting = desk.room.backing.live.settings()
    desk.gateway.by = BEN
    agreed = sojourn("approve", operation, "--yes")

    assert (asked.status, waiting == before) == (0, True)
    assert asked.out.splitlines()[-1] == f"  sojourn approve {operation} --stage dev"
    assert (own.status, "sojourn: who asked for it cannot approve it" in own.err) == (1, True)
    assert (agreed.status, agreed.out.splitlines()[0]) == (0, "the workspace's settings are live in dev")
    assert "  asked for by      ana, " in agreed.err
    assert "“Four eyes”" in agreed.err
    assert desk.room.told()[-2:] == [("ben", "approved"), ("ana", "published")]


def test_who_approves_sees_what_changes(sojourn: Sojourn, desk: Published, here: Path) -> None:
    """Step by step, as the upload has it: versions alone say nothing, and their files may be others."""
    files = dict(APPROVED)
    files["welcome/journey.yaml"] = files["welcome/journey.yaml"].replace("up_to: 3 days", "up_to: 9 days")
    write(files, here)
    operation = sojourn("publish", "-m", "Nine days", "--yes").out.split()[-3]
    write(APPROVED, here)
    desk.gateway.by = BEN

    seen = sojourn("approve", operation, "--yes").err

    assert "up_to: 3 days → 9 days" in seen
    assert "approval: " in seen


def test_it_is_asked_before(sojourn: Sojourn, desk: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever approves sees what changes; who says no approves nothing."""
    monkeypatch.setattr(sys, "stdin", Keyboard("no\n"))

    answer = sojourn("approve", WAITS)

    assert answer.status == 1
    assert "publish welcome: waits for somebody else to approve it" in answer.err
    assert "  welcome: " in answer.err
    assert answer.err.endswith("Let it go live in dev? [y/N] nothing was done\n")
    assert desk.room.operation(WAITS).state == "waiting"


def test_what_waits_is_refused(sojourn: Sojourn, desk: Published) -> None:
    """By whoever cancels it, with a reason; then nobody can approve it any more."""
    answer = sojourn("cancel", WAITS, "--reason", "not before Monday")
    late = sojourn("approve", WAITS, "--yes")

    assert (answer.status, answer.out) == (0, "cancelled: publish welcome\n")
    assert (late.status, f"operation {WAITS} is cancelled" in late.err) == (1, True)
    assert desk.room.told()[-1] == ("ana", "refused")


@pytest.mark.parametrize("call", [("approve", "--yes"), ("cancel",), ("operations",)])
@pytest.mark.parametrize("operation", ["20260301T083000000Z-000000", "../x"])
def test_an_operation_that_is_not_there(
    sojourn: Sojourn, desk: Published, call: tuple[str, ...], operation: str
) -> None:
    """How to find those there are is said."""
    answer = sojourn(call[0], operation, *call[1:])

    assert (answer.status, answer.out) == (1, "")
    assert "`sojourn operations` lists those there are" in answer.err


def test_operations_are_listed(sojourn: Sojourn, desk: Published) -> None:
    """The newest first, each with who asked for it and why; a program reads them all."""
    lines = sojourn("operations", "--limit", "2").out.splitlines()
    read = json.loads(sojourn("operations", "--journey", "welcome", "--json").out)

    assert lines[0] == "publish a draft of welcome: done"
    assert lines[1].endswith("  by ana, Fri 6 Mar 2026, 10:00: “Warmer still”")
    assert len(lines) == 4
    assert [one["id"] for one in read] == [ENTERS, WAITS]


def test_one_operation_is_shown(sojourn: Sojourn, desk: Published) -> None:
    """With what it is to change, and how it is approved."""
    lines = sojourn("operations", WAITS).out.splitlines()

    assert lines[0] == "publish welcome: waits for somebody else to approve it"
    assert any(line.startswith("  welcome: ") for line in lines)
    assert lines[-1] == f"  sojourn approve {WAITS} --stage dev"


def test_waiting_is_for_one(sojourn: Sojourn, desk: Published) -> None:
    """And says how it ended by its exit status."""
    desk.room.backing.operations.cancel(WAITS, desk.room.at)

    assert sojourn("operations", WAITS).status == 0
    assert sojourn("operations", WAITS, "--wait").status == 1
    assert sojourn("operations", "--wait").status == 2


def test_what_is_not_over_is_listed_behind_many_others(sojourn: Sojourn, desk: Published) -> None:
    """What waits for somebody must not be lost among what was asked for since."""
    operations = desk.room.backing.operations
    for number in range(25):
        later = operation_id(desk.room.at, f"{number:06x}")
        operations.create(Operation(later, "stop", BEN, desk.room.at, "welcome", state="done"))

    listed = json.loads(sojourn("operations", "--open", "--json").out)
    of_it = json.loads(sojourn("operations", "--open", "--journey", "welcome", "--limit", "1", "--json").out)
    none = sojourn("operations", "--open", "--journey", "again")

    assert [(one["id"], one["state"]) for one in listed] == [(ENTERS, "queued"), (WAITS, "waiting")]
    assert [one["id"] for one in of_it] == [ENTERS]
    assert none.out == "there are no open operations about again in dev\n"


def test_no_operations(sojourn: Sojourn, desk: Published) -> None:
    """That is said."""
    answer = sojourn("operations", "--journey", "again")

    assert (answer.status, answer.out) == (0, "there are no operations about again in dev\n")
