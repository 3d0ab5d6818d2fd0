"""What `sojourn audience start` looks at before anybody is asked, and before a file leaves the house."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Sojourn
from tests.cli.publishers import Published, for_audiences

START = ("audience", "start")


@pytest.fixture
def trip(desk: Published, here: Path) -> Published:
    """A deployment with a journey for audiences and one that is not, and nobody at the keyboard."""
    for_audiences(desk)
    (here / "customers.csv").write_text("user_id,booking\nc-1,1\n")
    return desk


@pytest.mark.parametrize(
    ("arguments", "said", "hint"),
    [
        (("spring-tripp", "customers.csv"), 'there is no journey "spring-tripp" here', "did you mean spring-trip?"),
        (("nosuch", "customers.csv"), 'there is no journey "nosuch" here', "there are: spring-trip, welcome"),
        (("spring-trip", "--segment", "nosuch"), 'there is no segment "nosuch" here', "there are: buyers, test"),
        (("welcome", "customers.csv"), "its `enter` names neither `audience` nor `on: api`", ""),
    ],
)  # fmt: skip
def test_where_nobody_could_enter_nobody_is_asked(
    sojourn: Sojourn, trip: Published, arguments: tuple[str, ...], said: str, hint: str
) -> None:
    """The names that there are stand below; nothing is sent, and nothing stands in the history."""
    before = trip.room.told()

    answer = sojourn(*START, *arguments)

    assert answer.status == 1
    assert said in answer.err
    assert hint in answer.err
    assert trip.gateway.calls == []
    assert trip.room.told() == before


def test_a_journey_that_was_stopped_lets_nobody_in(sojourn: Sojourn, trip: Published) -> None:
    """What would let them in is said."""
    sojourn("stop", "spring-trip", "--reason", "It is full")

    answer = sojourn(*START, "spring-trip", "customers.csv", "--yes")

    assert (answer.status, [name for name, _ in trip.gateway.calls]) == (1, ["stop"])
    assert "it was stopped" in answer.err
    assert "sojourn resume spring-trip" in answer.err


def test_a_file_of_which_no_row_can_be_read_is_not_sent(
    sojourn: Sojourn, trip: Published, here: Path
) -> None:
    """Rows that say nobody are among them: the deployment would not take one of them either."""
    (here / "bad.csv").write_text("user_id,email,n:number\nc-1,,x\n,,2\n")

    answer = sojourn(*START, "spring-trip", "bad.csv", "--yes")

    assert (answer.status, trip.gateway.calls) == (1, [])
    assert 'line 2: column "n": a number, such as 12.5, is wanted' in answer.err
    assert "line 3: " in answer.err
    assert answer.err.endswith("no row of bad.csv can be read: mend it, and send it then\n")


def test_columns_that_mean_something_else_than_their_author_thinks_are_named(
    sojourn: Sojourn, trip: Published, here: Path
) -> None:
    """An attribute that nobody declared, and what is read as the entry's and was meant as an address."""
    (here / "odd.csv").write_text(
        "user_id,emial,attributes.first_name,attributes.nothere,booking\nc-1,ana@example.com,Ana,1,7\n"
    )

    answer = sojourn(*START, "spring-trip", "odd.csv", "--yes", "--no-wait")

    assert answer.err.splitlines() == [
        "note: attributes that workspace.yaml does not declare: nothere",
        "note: of the entry, and not of the customer: booking, emial (email?)",
    ]


def test_what_was_said_before_is_not_said_again(sojourn: Sojourn, trip: Published) -> None:
    """Rows that cannot be taken stand once, in the order of the file, whatever order they were found in."""
    from sojourn.cli.render.audience import failed

    found = [{"line": line, "why": "no"} for line in (7, 13, 6, 8, 2)]

    assert list(failed(found, 25, "again")) == [
        *(f"  line {line}: no" for line in (2, 6, 7, 8, 13)),
        "  and 20 more: again --failures FILE writes them all",
    ]
    assert list(failed(found, 5, "again", {2, 6, 7})) == ["  line 8: no", "  line 13: no"]


def test_of_a_segment_those_outside_are_not_counted_one_by_one() -> None:
    """Everybody is asked, and most are not in it: how many are is what counts."""
    from sojourn.cli.render.audience import _far, counted
    from tests.cli.render.test_operation_page import operation

    counts = {"entered": 1, "already_running": 1, "not_in_segment": 446}
    segment = operation("audience", asked={"segment": "test"}, state="done")
    progress = {"taken": 448, "rows": 448, "counts": counts, "reading": False}

    assert list(_far(segment, progress)) == ["2 of 448 customers are in test"]
    assert list(counted(counts, of_segment=True)) == [
        "  1  entered", "  1  did not enter: they are in the journey",
    ]  # fmt: skip


@pytest.mark.parametrize(("asked", "named"), [({"segment": "test"}, True), ({"key": "a"}, False)])
def test_who_of_a_segment_could_not_be_taken_is_said_to_be_in_the_file(
    asked: dict[str, str], named: bool
) -> None:
    """Their ids are in no operation, and a line of a segment is nothing that anybody could look up."""
    from sojourn.cli.render.audience import audience_lines
    from sojourn.cli.render.spoken import Spoken
    from tests.cli.render.test_operation_page import operation

    progress = {
        "taken": 1, "rows": 1, "counts": {"failed": 1}, "failed": 1, "reading": False,
        "failures": [{"line": 7, "why": "it broke"}],
    }  # fmt: skip
    one = operation("audience", asked=asked, state="done")

    *_, why, last = ["", *audience_lines(one, {"progress": progress}, Spoken(), " --stage dev")]

    said = f"  who they are: sojourn audience status {one.id} --stage dev --failures FILE"
    assert (why, last) == ("  line 7: it broke", said) if named else last == "  line 7: it broke"


def test_how_far_a_file_is_says_that_rows_are_counted_by_the_batch() -> None:
    """Nobody wonders why nothing is done after a quarter of a minute."""
    from sojourn.cli.render.audience import _far
    from tests.cli.render.test_operation_page import operation

    progress = {"taken": 0, "rows": 400, "counts": {}, "reading": True}

    assert list(_far(operation("audience", state="running"), progress)) == [
        "0 of 400 rows are through", "they are counted by the batch, of up to 100", "the file is still being read",
    ]  # fmt: skip
