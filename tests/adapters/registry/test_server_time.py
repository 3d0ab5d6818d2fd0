"""What a function knows of the time at the table."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import formatdate
from math import floor
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sojourn.adapters.dynamodb.server_time import ServerTime

BEGIN = 1_780_000_000.25


@dataclass
class There:
    """The time at the table, and how far off a function's clocks are."""

    now: float = BEGIN
    skew: float = 0.0
    stood: float = 0.0

    def __post_init__(self) -> None:
        self.ours = ServerTime(lambda: self.now + self.skew, lambda: self.now - self.stood)

    def ask(self, takes: float = 0.01) -> None:
        """Ask something, and hear the answer."""
        asked = self.now + self.skew
        self.now += takes / 2
        answer = dated(self.now)
        self.now += takes / 2
        self.ours.heard(answer, asked)


def dated(at: float) -> dict[str, Any]:
    """Return an answer of the server."""
    return {"ResponseMetadata": {"HTTPHeaders": {"date": formatdate(floor(at), usegmt=True)}}}


def test_before_an_answer_nothing_is_known() -> None:
    """A function that has heard nothing must ask first."""
    assert There().ours.bounds() is None


def test_a_clock_that_may_be_right_counts_as_right() -> None:
    """To the microsecond, not to the second that an answer tells."""
    there = There()

    there.ask()

    assert (there.now, there.now) == there.ours.bounds()


@given(
    skew=st.one_of(st.floats(1.2, 1e4), st.floats(-1e4, -1.2)), waits=st.lists(st.floats(0, 3), max_size=6)
)
def test_the_time_there_is_always_within_the_bounds(skew: float, waits: list[float]) -> None:
    """Whatever a clock says, and whenever answers are heard."""
    there = There(skew=skew)

    for wait in [0.0, *waits]:
        there.now += wait
        there.ask()
        bounds = there.ours.bounds()

        assert bounds is not None
        assert bounds[0] - 1e-6 <= there.now <= bounds[1] + 1e-6
        assert bounds[1] - bounds[0] <= 1.06


@given(skew=st.floats(1.2, 1e4))
def test_a_wrong_clock_is_corrected_after_a_few_answers(skew: float) -> None:
    """Each answer at the right moment halves what is unknown, down to what an answer takes."""
    there = There(skew=skew)
    there.ask()
    asked = 1

    while (bounds := there.ours.bounds()) and bounds[1] - bounds[0] > 0.1:
        there.now += there.ours.until_it_tells(bounds)
        there.ask()
        asked += 1

    assert asked <= 7


def test_a_clock_that_jumps_is_not_believed() -> None:
    """Neither when it is set, by whatever, nor when the function stood still: an answer must be heard first."""
    jumped, stood = There(), There()
    for there in (jumped, stood):
        there.ask()

    jumped.skew = 2.0
    stood.now, stood.stood = stood.now + 60, 60

    assert [jumped.ours.bounds(), stood.ours.bounds()] == [None, None]


def test_what_was_heard_before_a_jump_is_forgotten() -> None:
    """A clock that was right and is wrong now is corrected by what is heard now."""
    there = There()
    there.ask()
    there.skew = 300.0
    assert there.ours.bounds() is None

    there.ask()

    bounds = there.ours.bounds()
    assert bounds is not None
    assert bounds[0] <= there.now <= bounds[1]


def test_answers_that_contradict_each_other_are_settled_by_the_last() -> None:
    """Where a clock crept away without a jump, what was heard long ago is given up."""
    there = There()
    there.ask()
    for _ in range(100):
        there.skew += 0.04
        there.now += 1.0
        there.ask()

    bounds = there.ours.bounds()

    assert bounds is not None
    assert bounds[0] <= there.now <= bounds[1]


def test_an_answer_without_a_date_leaves_the_clock_believed() -> None:
    """Where a server does not say the time, the function's own has to do."""
    there = There(skew=300.0)

    there.ours.heard({"ResponseMetadata": {"HTTPHeaders": {}}}, there.now)

    assert (there.now + 300, there.now + 300) == there.ours.bounds()
