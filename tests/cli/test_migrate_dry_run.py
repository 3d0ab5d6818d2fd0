"""`sojourn migrate --dry-run`: who would go where, run by run, without anybody moving."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sojourn.adapters.dynamodb.runs import ActiveRuns
from sojourn.aws_runtime.publishing.fates import migration_of
from sojourn.aws_runtime.wiring import looking
from sojourn.cli.foreseeing import Looking
from sojourn.cli.migrations import Going
from sojourn.cli.render.going import left_out
from sojourn.domain.change.inside import Inside
from sojourn.domain.change.migration import MigrationMap
from tests.cli.conftest import Sojourn, change
from tests.cli.publishers import Published
from tests.cli.travellers import earlier, migration, mover, people, run_of
from tests.support.aws_table import items

ON = "steps: {clicked: {move: clicked}, hello: {move: reminder}, reminder: exit}"
PLACES = ("clicked", "hello", "reminder")


@pytest.fixture
def before(desk: Published, files: Path) -> str:
    """The version that was published first, and the file that leads from it."""
    migration(files, earlier(desk), ON)
    return earlier(desk)


def told(sojourn: Sojourn, *more: str) -> list[dict[str, Any]]:
    """Return what a program reads of each run."""
    answer = sojourn("migrate", "welcome", "--dry-run", "--json", *more)
    assert answer.status == 0, answer.err
    return [json.loads(line) for line in answer.out.splitlines()]


def test_each_run_is_told_with_where_it_goes(sojourn: Sojourn, desk: Published, before: str) -> None:
    """Where it is, what becomes of it, until when it waits; nothing is written, and nobody is called."""
    for step in PLACES:
        people(desk, before, f"at-{step}", step=step)
    people(desk, before, "at-rest", step="reminder", paused=True)
    people(desk, desk.room.live()["welcome"], "new")
    rows = items(desk.deployed.dynamodb, desk.deployed.table)

    answer = sojourn("migrate", "welcome", "--dry-run")

    assert answer.status == 0, answer.err
    lines = sorted(answer.out.splitlines())
    assert lines[0].startswith("at-clicked  at clicked: goes on at clicked, waiting until ")
    assert lines[1:] == [
        "at-hello  at hello: goes on at reminder, at once",
        "at-reminder  at reminder: leaves at once",
        "at-rest  at reminder: stopped in a pause, and stays as it is",
    ]
    assert answer.err.splitlines()[-1] == (
        "1 run is in another version, or leaves already, and is left alone"
    )
    assert (items(desk.deployed.dynamodb, desk.deployed.table), desk.gateway.calls) == (rows, [])


def test_whoever_leaves_already_is_no_more_told_of(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """The counters still have them in the version; that they were looked at is what counts."""
    migration(files, earlier(desk), "otherwise: drain")
    people(desk, earlier(desk), "cleo", "ana", "ben")
    mover(desk)

    before = sojourn("migrate", "welcome", "--dry-run")
    sojourn("migrate", "welcome", "--yes", "--wait")
    after = sojourn("migrate", "welcome", "--dry-run")

    assert [line.split()[0] for line in before.out.splitlines()] == ["ana", "ben", "cleo"]
    assert "    clicked 3: finish their wait, then leave" in before.err.splitlines()
    assert (after.status, after.out) == (0, "")
    assert after.err.splitlines() == [
        f"nobody is in version {earlier(desk)} any more",
        "3 runs are in another version, or leave already, and are left alone",
    ]


def test_what_is_told_is_what_is_done(sojourn: Sojourn, desk: Published, before: str) -> None:
    """The operation counts what the dry run told, and each run is where it was said."""
    for step in PLACES:
        people(desk, before, f"at-{step}", step=step)
    mover(desk)

    coming = told(sojourn)
    done = sojourn("migrate", "welcome", "--yes", "--wait", "--json")

    assert json.loads(done.out)["operation"]["result"]["runs"] == {"moved": 2, "exited": 1}
    assert {one["customer"]: one["becomes"] for one in coming} == {
        "at-clicked": "moved", "at-hello": "moved", "at-reminder": "exited"
    }  # fmt: skip
    for one in coming:
        run = run_of(desk, one["customer"])
        assert run.active == (one["becomes"] == "moved")
        if run.active and one["until"]:
            assert run.at == {"": one["fate"]["move"]}


def test_so_many_are_told_and_how_many_more_there_are(sojourn: Sojourn, desk: Published, before: str) -> None:
    """Fifty, unless something else is said; the counters know the rest."""
    people(desk, before, *(f"c-{number}" for number in range(7)), counted=800)

    answer = sojourn("migrate", "welcome", "--dry-run", "--limit", "3")

    assert (answer.status, len(answer.out.splitlines())) == (0, 3)
    assert answer.err.splitlines()[-1] == "and 797 more, by the counters"
    assert len(told(sojourn)) == 7


def test_among_many_others_it_is_looked_for_so_long(desk: Published, before: str) -> None:
    """Runs of another version cost a look each: at some point that is enough, and it is said that there may be more."""
    table, version = (desk.deployed.dynamodb, desk.deployed.table), desk.room.live()["welcome"]
    people(desk, version, *(f"n-{number}" for number in range(120)))
    engine, fates = looking(*table), MigrationMap(before)
    how = migration_of(desk.room.backing.live, engine.catalogue, "welcome", fates, version)
    look = Looking(engine, ActiveRuns(*table), how, most=50, most_looked=100)

    coming = list(look.coming("welcome"))

    assert (coming, look.whole, look.elsewhere) == ([], False, 100)
    going = Going("welcome", fates, version, Inside(before, 1))
    assert next(left_out(look, going)) == "and 1 more, by the counters"


def test_a_program_reads_a_line_a_run(sojourn: Sojourn, desk: Published, before: str) -> None:
    """JSON lines, and nothing else on them; nobody in the version is no line."""
    assert told(sojourn) == []
    people(desk, before, "c-1", step="hello")

    (one,) = told(sojourn)

    assert one == {
        "customer": "c-1", "journey": "welcome", "key": "", "run": "run-c-1", "version": before, "at": "hello",
        "fate": {"move": "reminder"}, "becomes": "moved", "until": None,
    }  # fmt: skip


def test_counters_that_are_behind_are_no_harm(sojourn: Sojourn, desk: Published, before: str) -> None:
    """They follow by seconds: whoever left meanwhile is not told."""
    people(desk, before, counted=2)

    answer = sojourn("migrate", "welcome", "--dry-run")

    assert (answer.status, answer.out) == (0, "")
    assert answer.err.splitlines()[-1] == f"nobody is in version {before} any more"


def test_it_is_told_before_anything_is_published(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """Where the file leads from what is live, the files at hand are what customers would go on in."""
    live = desk.room.live()["welcome"]
    people(desk, live, "c-1")
    change(files, "id: reminder, send: reminder", "id: nudge, send: reminder")
    migration(files, live, "steps: {clicked: {move: nudge}}")

    answer = sojourn("migrate", "welcome", "--dry-run")

    assert (answer.status, answer.out) == (0, "c-1  at clicked: goes on at nudge, at once\n")
    assert answer.err.splitlines()[0] == "note: so it will be once the files of welcome are published"
    refused = sojourn("migrate", "welcome", "--yes")
    assert refused.status == 1
    assert "that is the version that is live: publish first what they are to go on in" in refused.err
