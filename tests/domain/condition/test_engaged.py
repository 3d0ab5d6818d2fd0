"""`engaged(channel, within)`: whether a customer opened, clicked or replied there."""

from __future__ import annotations

import pytest

from sojourn.domain.condition.checking import check_condition
from sojourn.domain.condition.evaluation import compile_condition
from sojourn.domain.condition.types import Names, ProblemKind
from tests.domain.condition.made_up_scope import the_scope

NAMES = Names(channels=frozenset({"email", "sms"}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('engaged("email", "7 days")', True),
        ('engaged("email", "3 days")', False),
        ('engaged("email")', True),
        ('!engaged("sms", "90 days")', True),
    ],
)
def test_it_looks_back_from_now(text: str, expected: bool) -> None:
    """Exactly so long ago is out of the window; somebody who never did is not engaged."""
    verdict = compile_condition(text).evaluate(the_scope())

    assert (verdict.value, verdict.missing) == (expected, ())


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ('engaged("emial", "7 days")', ProblemKind.UNKNOWN_NAME, 'there is no channel "emial"'),
        ('engaged("7 days")', ProblemKind.UNKNOWN_NAME, 'there is no channel "7 days"'),
        ("engaged()", ProblemKind.TYPE, '"engaged" takes 1 to 2 arguments, not 0'),
        ('engaged("email", "soon")', ProblemKind.TYPE, "duration"),
        ('engaged("email", 7)', ProblemKind.TYPE, "how far to look back is written out"),
        ('engaged("email") > 1', ProblemKind.TYPE, "true or false"),
    ],
)
def test_it_is_checked_before_anything_runs(text: str, kind: str, message: str) -> None:
    """The channel, and how far to look back."""
    (problem, *_) = check_condition(text, NAMES)

    assert problem.kind == kind
    assert message in problem.message + problem.help


def test_where_the_event_is_all_there_is_it_is_not_available() -> None:
    """A trait's `where` asks about the event."""
    (problem,) = check_condition('engaged("email")', Names(event={}, only_event=True))

    assert (problem.kind, problem.message) == (ProblemKind.NOT_AVAILABLE, '"engaged" is not available here')
