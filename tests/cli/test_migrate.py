"""`sojourn migrate`: customers who are in an earlier version go where migration.yaml says, and it is said who does."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Sojourn, change
from tests.cli.publishers import Published
from tests.cli.test_events import Keyboard
from tests.cli.travellers import earlier, migration, mover, people, run_of
from tests.support.aws_table import items

ON = "steps: {clicked: {move: reminder}, hello: drain}\notherwise: stay"


def live(desk: Published) -> str:
    return desk.room.live()["welcome"]


def test_customers_go_where_the_file_says(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """It is shown before, done, waited for, and told how many became what; the account has who asked for it."""
    before = earlier(desk)
    people(desk, before, "c-1", "c-2")
    executions = mover(desk)
    migration(files, before, ON)

    answer = sojourn("migrate", "welcome", "-m", "The new reminder", "--yes", "--wait")

    assert (answer.status, answer.err.splitlines()) == (
        0,
        [f"  welcome: 2 runs in {before}, by migration.yaml", "    clicked 2: go on at reminder"],
    )
    assert answer.out.splitlines() == [
        f"Customers of welcome who are in {before} go where migration.yaml says.",
        "2 customers go on in the other version",
    ]
    assert [run_of(desk, name).version for name in ("c-1", "c-2")] == [live(desk)] * 2
    assert len(executions.started) == 2
    assert desk.gateway.calls[-1][1] == {
        "map": {"from": before, "steps": {"clicked": {"move": "reminder"}, "hello": "drain"}, "otherwise": "stay"},
        "expected": live(desk), "message": "The new reminder",
    }  # fmt: skip
    assert desk.room.told()[-1] == ("ana", "migrated")


def test_somebody_may_want_it_slower(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """So many customers a second are moved at most; what is no such number is no wish."""
    before = earlier(desk)
    people(desk, before, "c-1", "c-2")
    mover(desk)
    migration(files, before, ON)

    wrong = sojourn("migrate", "welcome", "--rate", "0.5", "--yes")
    answer = sojourn("migrate", "welcome", "--rate", "20", "--yes", "--wait")

    assert wrong.status == 2
    assert '"0.5": write customers a second, from 1 to 1000' in wrong.err
    assert answer.out.splitlines()[0].endswith("go where migration.yaml says, 20 a second at most.")
    (operation,) = [one for one in desk.room.backing.operations.list(9) if one.kind == "migrate"]
    assert (operation.asked["rate"], operation.state, operation.done) == (20.0, "done", 2)


def test_a_second_time_nobody_is_left(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """Nothing is asked for, and that is good."""
    migration(files, earlier(desk), ON)

    text, told = sojourn("migrate", "welcome"), sojourn("migrate", "welcome", "--json")

    assert (text.status, text.out) == (
        0, f"nobody is in version {earlier(desk)} of welcome: there is nobody to move\n"
    )  # fmt: skip
    assert (told.status, json.loads(told.out)["operation"]) == (0, None)
    assert desk.gateway.calls == []


def test_a_program_reads_who_goes_and_the_operation(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """With --json, and how to look after it where nobody waits."""
    before = earlier(desk)
    people(desk, before, "c-1")
    mover(desk)
    desk.gateway.at_once = False
    migration(files, before, ON)

    told = json.loads(sojourn("migrate", "welcome", "--yes", "--json").out)
    second = sojourn("migrate", "welcome", "--yes")

    assert told["migration"] == {
        "from": before, "to": live(desk), "runs": 1, "wrong": [], "notes": [],
        "steps": [{"step": "clicked", "runs": 1, "fate": {"move": "reminder"}}],
    }  # fmt: skip
    assert (told["operation"]["kind"], told["operation"]["state"]) == ("migrate", "queued")
    first = told["operation"]["id"]
    assert f"note: customers of welcome are on their way already: `sojourn operations {first}`" in second.err
    (latest, _) = desk.room.backing.operations.list(2, "welcome")
    assert second.out.splitlines()[1:] == ["How far it is:", f"  sojourn operations {latest.id} --stage dev"]


def test_it_is_asked_before(
    sojourn: Sojourn, desk: Published, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal; a script says --yes."""
    people(desk, earlier(desk), "c-1")
    migration(files, earlier(desk), ON)

    nobody = sojourn("migrate", "welcome")
    monkeypatch.setattr(sys, "stdin", Keyboard("n\n"))
    no = sojourn("migrate", "welcome")

    assert "--yes does it without asking" in nobody.err
    assert "Let customers of welcome in dev go there? [y/N]" in no.err
    assert (nobody.status, no.status, desk.gateway.calls) == (2, 1, [])


def test_whoever_stopped_in_a_pause_is_told_of(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """They stay, and what to do later is said before and after."""
    people(desk, earlier(desk), "c-1", step="reminder", paused=True)
    desk.room.call("pause", {"sends": True, "reason": "a wrong price"}, journey="welcome")
    mover(desk)
    migration(files, earlier(desk), "otherwise: exit")

    answer = sojourn("migrate", "welcome", "--yes", "--wait")

    assert answer.status == 0
    assert (
        "  note: welcome: while it is paused, those who stopped in it stay as they are: `sojourn migrate welcome` once"
        " it is resumed"
    ) in answer.err.splitlines()
    assert answer.out.splitlines()[-1] == (
        "1 customer stopped in a pause, and can be moved once the journey is resumed"
    )


@pytest.mark.parametrize("way", ["name", "folder", "none"])
def test_a_journey_is_named_or_found(sojourn: Sojourn, desk: Published, files: Path, way: str) -> None:
    """By its name, its folder, or as the one that has such a file."""
    migration(files, earlier(desk), ON)
    named = {"name": ["welcome"], "folder": ["journeys/welcome"], "none": []}[way]

    answer = sojourn("migrate", *named)

    assert (answer.status, "there is nobody to move" in answer.out) == (0, True)


def test_without_a_file_it_is_said_who_is_in_which_version(
    sojourn: Sojourn, desk: Published, files: Path
) -> None:
    """So that whoever writes one knows what it leads from."""
    people(desk, earlier(desk), "c-1", "c-2")

    named, unnamed = sojourn("migrate", "welcome"), sojourn("migrate")

    assert (named.status, unnamed.status) == (2, 2)
    assert "there is no journeys/welcome/migration.yaml" in named.err
    assert f"(2 runs in {earlier(desk)})" in named.err
    assert "no journey in journeys has a migration.yaml" in unnamed.err


def test_several_files_want_a_name(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """Nobody is moved by a guess."""
    other = files.parents[1] / "again" / "journey.yaml"
    other.parent.mkdir()
    other.write_text(
        "journey: again\ntopic: getting-started\nenter: {on: signed_up}\nsteps: [{wait: 1 day}]\n"
    )
    for journey in (files, other):
        migration(journey, earlier(desk), "otherwise: stay")

    answer = sojourn("migrate")

    assert answer.status == 2
    assert "2 journeys have a migration.yaml: again, welcome" in answer.err
    assert "name one: sojourn migrate again" in answer.err


def test_a_journey_that_nobody_published_has_no_customers_to_move(
    sojourn: Sojourn, desk: Published, files: Path
) -> None:
    """What to do first is said."""
    change(files, "journey: welcome", "journey: hello")
    files.parent.rename(files.parents[1] / "hello")
    migration(files.parents[1] / "hello" / "journey.yaml", earlier(desk), ON)

    answer = sojourn("migrate", "hello", "--json")

    assert (answer.status, json.loads(answer.out)["error"]) == (1, "not_live")
    assert "no version of hello is live in dev that customers could go on in: publish it first" in answer.err


@pytest.mark.parametrize(
    ("before", "rest", "said"),
    [
        ("000000000000", ON, "it leads from 000000000000, and there is no such version of the journey"),
        ("{earlier}", "steps: {gone: exit}", "it names gone, and version {earlier} has no such step"),
        ("{live}", ON, "leads from {live}, and that is the version that is live"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is(
    sojourn: Sojourn, desk: Published, files: Path, before: str, rest: str, said: str
) -> None:
    """A version that is not there, a step that it does not have, the version that is live already."""
    names = {"earlier": earlier(desk), "live": live(desk)}
    migration(files, before.format(**names), rest)

    answer = sojourn("migrate", "welcome", "--yes")

    assert (answer.status, desk.gateway.calls) == (1, [])
    assert said.format(**names) in " ".join(answer.err.split())


def test_a_version_that_was_not_kept_is_said_to_be_one(
    sojourn: Sojourn, desk: Published, files: Path
) -> None:
    """An earlier release of Sojourn kept no outlines: nobody can be moved from there."""
    client, table = desk.deployed.dynamodb, desk.deployed.table
    for row in items(client, table):
        if row["sk"]["S"] == f"o#{earlier(desk)}":
            client.delete_item(TableName=table, Key={"pk": row["pk"], "sk": row["sk"]})
    migration(files, earlier(desk), ON)

    answer = sojourn("migrate", "welcome", "--yes")

    assert answer.status == 1
    assert f"version {earlier(desk)} was deployed by an earlier release" in answer.err


def test_files_that_are_not_what_is_live_are_noted(sojourn: Sojourn, desk: Published, files: Path) -> None:
    """Customers go on in what is live, whatever the files say by now."""
    people(desk, earlier(desk), "c-1")
    mover(desk)
    change(files, "up_to: 3 days", "up_to: 4 days")
    migration(files, earlier(desk), ON)

    answer = sojourn("migrate", "welcome", "--yes", "--wait")

    assert answer.status == 0
    assert f"note: the files of welcome are not what is live ({live(desk)})" in answer.err
    assert run_of(desk, "c-1").version == live(desk)


def test_somebody_who_published_meanwhile_is_not_overtaken(
    sojourn: Sojourn, desk: Published, files: Path
) -> None:
    """Nobody is moved to a version that was not looked at."""
    people(desk, earlier(desk), "c-1")
    migration(files, earlier(desk), ON)
    desk.gateway.before = lambda: desk.room.call(
        "rollback", {"to": earlier(desk), "message": "no", "expected": {}}, journey="welcome"
    )

    answer = sojourn("migrate", "welcome", "--yes")

    assert answer.status == 1
    assert "is live by now, and you expected" in answer.err
    assert run_of(desk, "c-1").version == earlier(desk)
