"""What a change does to messages and money a week, as far as the weeks before tell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sojourn.domain.change.figures import Figures, StepFigures
from sojourn.domain.change.forecast import Forecast, forecast
from sojourn.domain.change.messages import Rates
from tests.domain.change.test_difference import HEAD, outline

RATES = Rates({"email": 0.001, "sms": 0.05}, 0.0001)
LIVE = """\
- wait: 1 day
- {id: greet, send: hello}
- id: choice
  branch:
    - {when: did("bought"), name: buyers, steps: [{id: thank, send: hello}]}
    - else: [{id: remind, send: hello}, {wait: 1 day}, {exit: cold}]
- {id: last, send: hello}
"""
MEASURED = Figures(
    28, 4000, 0,
    {
        "wait_1": StepFigures(1.0), "greet": StepFigures(1.0, {"email": 0.9}),
        "choice": StepFigures(1.0, paths={"buyers": 0.3, "else": 0.7}),
        "thank": StepFigures(0.3, {"email": 0.2}), "remind": StepFigures(0.7, {"email": 0.7}),
        "wait_2": StepFigures(0.7), "last": StepFigures(0.3, {"email": 0.3}),
    },
)  # fmt: skip
GOAL = HEAD + "goal: {event: bought}\n"


def told(after: str, head: str = HEAD, live_head: str = HEAD) -> Forecast:
    """Return the forecast of a change from LIVE."""
    return forecast(outline(LIVE, live_head), outline(after, head), MEASURED, RATES)


def emails(made: Forecast) -> tuple[float, float, float | None]:
    """Return the emails a week after the change: bounds, and what is likely."""
    assert made.after is not None
    found = made.after.messages["email"]
    return (
        round(found.low, 6),
        round(found.high, 6),
        None if found.likely is None else round(found.likely, 6),
    )


def test_a_week_is_what_was_counted() -> None:
    """Before the change: a thousand enter a week, 2.1 emails each, 4 steps; money is messages and steps."""
    made = told(LIVE)

    assert (made.days, made.entered, made.is_short) == (28, 1000, False)
    assert made.before is not None
    assert made.before.messages["email"].likely == pytest.approx(2100)
    assert made.before.steps.likely == pytest.approx(5000)
    assert made.before.dollars is not None
    assert made.before.dollars.likely == pytest.approx(2.1 + 0.5)
    assert made.thousand_before is not None
    assert made.thousand_before.total.likely == pytest.approx(2100)
    assert (made.differs, made.reasons) == (False, ())


def test_a_text_changes_no_number() -> None:
    """What a message says decides not how many of it there are."""
    changed = outline(LIVE, message='email: {subject: "Hi", text: "Hi {{ unsubscribe_url }}"}\n')

    made = forecast(outline(LIVE), changed, MEASURED, RATES)

    assert (made.differs, made.reasons) == (False, ())


def test_a_send_that_is_gone_takes_its_messages_along() -> None:
    """Who comes further comes all the same."""
    made = told(LIVE.replace("- {id: greet, send: hello}\n", ""))

    assert emails(made) == (1200, 1200, 1200)
    assert made.reasons == ()


def test_a_new_send_is_sent_to_some_of_those_who_come_to_it() -> None:
    """All who pass the step before come to it; how many get it is between none and all, and that is said."""
    made = told(LIVE.replace("- id: choice", "- {id: more, send: hello}\n- id: choice"))

    assert emails(made) == (2100, 3100, None)
    assert made.reasons == (
        '"more" is new: how many of those who come to it get its message is not known exactly',
    )


def test_a_simulation_says_what_is_likely() -> None:
    """Its figures of the new version give the number within the bounds."""
    after = LIVE.replace("- id: choice", "- {id: more, send: hello}\n- id: choice")
    guessed = {"more": StepFigures(1.0, {"email": 0.5})}

    made = forecast(outline(LIVE), outline(after), MEASURED, RATES, guessed)

    assert emails(made) == (2100, 3100, 2600)


def test_what_is_new_behind_an_exit_gets_nobody() -> None:
    """An exit in the way of all: nothing behind it is sent, and that is certain."""
    made = told(LIVE.replace("- id: choice", "- exit: enough\n- id: choice"))

    assert emails(made) == (900, 900, 900)
    assert made.reasons == ()


def test_a_split_by_weights_is_known() -> None:
    """A quarter skips the last message: the weights say so."""
    after = LIVE.replace(
        "- {id: last",
        "- split: {some: {weight: 25, steps: [exit: held]}, most: {weight: 75, steps: []}}\n- {id: last",
    )

    made = told(after)

    assert emails(made) == (2025, 2025, 2025)


def test_a_new_branch_gets_anything_from_none_to_all() -> None:
    """How many a new condition is true of, no figure says; of two messages in its ways, each customer gets one."""
    after = LIVE.replace(
        "- {id: last",
        '- id: new\n  branch:\n    - {when: did("bought"), steps: [{id: one, send: hello}]}\n'
        "    - else: [{id: two, send: hello}]\n- {id: last",
    )

    made = told(after, HEAD)

    assert emails(made) == (2100, 3100, None)
    assert any('"new" is new: how many take which of its ways' in reason for reason in made.reasons)


def test_a_changed_condition_is_not_guessed() -> None:
    """The shares that were measured say nothing of another condition: either way for all, or anything between."""
    made = told(LIVE.replace('did("bought")', 'in_segment("pros")'))

    bounds = emails(made)
    assert bounds[0] < 2100 < bounds[1]
    assert bounds[2] is None
    assert any('"choice" changes' in reason for reason in made.reasons)


def test_who_waits_anew_may_leave_meanwhile() -> None:
    """With a goal, fewer may come behind a new wait; without anything that ends runs, as many do."""
    after = LIVE.replace("- id: choice", "- wait: 5 days\n- id: choice")

    free, goal = told(after), told(after, GOAL, GOAL)

    assert (emails(free), free.reasons) == ((2100, 2100, 2100), ())
    assert emails(goal)[0] == 900
    assert emails(goal)[2] == 2100
    assert any("stands before" in reason for reason in goal.reasons)


def test_who_enters_otherwise_is_not_known_and_what_each_gets_is() -> None:
    """Another entry: nothing is said of a week, but of a thousand customers."""
    made = told(LIVE, "enter: {on: bought, again: always}\n")

    assert made.after is None
    assert made.differs is None
    assert made.thousand_after is not None
    assert made.thousand_after.total.likely == pytest.approx(2100)
    assert made.reasons == ("who enters changes (enter.again): how many will is not known",)


def test_a_holdout_of_half_halves_the_messages() -> None:
    """As many enter; who is held out passes all steps and gets nothing."""
    made = told(LIVE, "enter: {on: bought, holdout: 50%}\n")

    assert emails(made) == (1050, 1050, 1050)
    assert made.after is not None
    assert made.before is not None
    assert made.after.steps.same(made.before.steps)


def test_a_jump_is_not_forecast() -> None:
    """How often customers go round follows from nothing that was counted."""
    made = told(
        LIVE.replace(
            "- {id: last, send: hello}",
            "- {id: last, send: hello}\n- wait: 1 day\n- {goto: greet, at_most: 2}",
        )
    )

    assert (made.after, made.thousand_after, made.differs) == (None, None, None)
    assert any("jump" in reason for reason in made.reasons)


def test_a_new_journey_and_one_taken_out() -> None:
    """Of a new one nothing is known; of one that is taken out nothing is left."""
    new, gone = (
        forecast(None, outline(LIVE), Figures(), RATES),
        forecast(outline(LIVE), None, MEASURED, RATES),
    )

    assert (new.after, new.reasons) == (None, ("nobody has entered j yet",))
    assert gone.after is not None
    assert (gone.after.total.high, gone.differs) == (0, True)


def test_nobody_entered_so_nothing_is_known() -> None:
    """Neither before nor after, and that is said with the days."""
    some = forecast(outline(LIVE), outline(LIVE), Figures(3), RATES)
    none = forecast(outline(LIVE), outline(LIVE), Figures(), RATES)

    assert (some.after, none.before, none.after) == (None, None, None)
    assert some.reasons == (
        "nobody entered j in the 3 days before today: what comes to its steps is not known",
    )


def test_few_days_are_said() -> None:
    """Fewer than four weeks make a forecast all the same."""
    made = forecast(outline(LIVE), outline(LIVE), replace(MEASURED, days=7), RATES)

    assert (made.entered, made.is_short) == (4000, True)
    assert made.reasons == ("made from 7 days, not four weeks: nothing was counted earlier",)


def test_a_channel_without_a_price_is_named() -> None:
    """Its messages are counted, and the dollars are without them; without any price there are no dollars."""
    measured = replace(MEASURED, steps={"wait_1": StepFigures(1.0), "greet": StepFigures(1.0, {"push": 1.0})})

    made = forecast(outline(LIVE), outline(LIVE), measured, RATES)
    free = forecast(outline(LIVE), outline(LIVE), measured)

    assert made.unpriced == ("push",)
    assert made.before is not None
    assert made.before.dollars is not None
    assert made.before.dollars.likely == pytest.approx(0.2)
    assert free.before is not None
    assert free.before.dollars is None
    assert made.to_json()["before"]["messages"]["push"] == {"low": 1000, "high": 1000, "likely": 1000}
