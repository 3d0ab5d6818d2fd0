"""What differs between two versions of a journey, as an author would say it."""

from __future__ import annotations

from textwrap import dedent, indent

from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.domain.change.difference import Difference, FieldChange, difference, differences
from sojourn.domain.change.outline import Outline, Step, outline_of
from tests.support.workspaces import project

HEAD = "enter: {on: bought}\n"
MESSAGE = 'email: {subject: "Hello", text: "Welcome {{ unsubscribe_url }}"}\n'


def outline(steps: str, head: str = HEAD, message: str = MESSAGE) -> Outline:
    """Return the outline of a journey with these steps, which sends the message `hello`."""
    found = project({"j": head + "steps:\n" + indent(dedent(steps), "  ")}, message=message)
    return outline_of(found.journeys["j"], found)


BEFORE = """\
- wait: 1 day
- {id: greet, send: hello}
- wait: 2 days
- id: choice
  branch:
    - when: did("bought")
      steps: [{exit: bought}]
    - else: [{id: remind, send: hello}]
"""


def told(found: Difference) -> list[tuple[str, str, bool, tuple[str, ...]]]:
    """Return what became of the steps that differ: kind, id, moved, names of the fields."""
    return [
        (one.kind, one.step.id, one.moved, tuple(field.name for field in one.fields))
        for one in found.steps
        if one.changes
    ]


def test_the_same_journey_written_otherwise_is_the_same() -> None:
    """Order of keys, comments and defaults written out change nothing."""
    other = BEFORE.replace("{id: greet, send: hello}", "{when_quiet: hold, send: hello, id: greet}  # first")

    found = difference(outline(BEFORE), outline(other))

    assert (found.kind, told(found)) == ("same", [])


def test_a_step_between_two_others_changes_neither() -> None:
    """Steps without a name are numbered, and keep who they are though the numbers shift."""
    after = BEFORE.replace("- wait: 2 days", "- wait: 3 hours\n- wait: 2 days")

    found = difference(outline(BEFORE), outline(after))

    assert told(found) == [("added", "wait_2", False, ())]


def test_a_step_that_is_gone_stands_where_it_was() -> None:
    """What is removed is told in its place."""
    found = difference(outline(BEFORE), outline(BEFORE.replace("- wait: 2 days\n", "")))

    assert told(found) == [("removed", "wait_2", False, ())]
    assert [one.step.id for one in found.steps][:3] == ["wait_1", "greet", "wait_2"]


def test_a_step_that_says_something_else_says_what_it_said() -> None:
    """A changed wait is the same wait, with before and after."""
    found = difference(outline(BEFORE), outline(BEFORE.replace("2 days", "4 days")))

    assert told(found) == [("kept", "wait_2", False, ("wait",))]
    (changed,) = [one for one in found.steps if one.changes]
    assert changed.fields == (FieldChange("wait", "2 days", "4 days"),)


def test_a_step_in_another_path_has_moved() -> None:
    """A named step that stands elsewhere has moved, and nothing beside it has."""
    after = """\
    - wait: 1 day
    - {id: greet, send: hello}
    - wait: 2 days
    - id: choice
      branch:
        - when: did("bought")
          steps: [{exit: bought}]
        - else: []
    - {id: remind, send: hello}
    """

    assert told(difference(outline(BEFORE), outline(after))) == [("kept", "remind", True, ())]


def test_two_steps_that_change_places_are_one_move() -> None:
    """Only what need move for the order to fit is told to have moved."""
    after = BEFORE.replace(
        "- wait: 1 day\n- {id: greet, send: hello}\n", "- {id: greet, send: hello}\n- wait: 1 day\n"
    )

    found = told(difference(outline(BEFORE), outline(after)))

    assert [(kind, moved) for kind, _, moved, _ in found] == [("kept", True)]


def test_a_case_before_others_moves_no_step_of_theirs() -> None:
    """Paths without a name are numbered; what is asked there tells which is which."""
    after = BEFORE.replace(
        '    - when: did("bought")\n',
        '    - when: customer.email != null\n      steps: [{wait: 5 minutes}]\n    - when: did("bought")\n',
    )

    found = difference(outline(BEFORE), outline(after))

    assert told(found) == [("kept", "choice", False, ("branch",)), ("added", "wait_3", False, ())]


def test_a_name_for_a_step_is_a_change_of_its_name_alone() -> None:
    """A step that is given an id stays itself."""
    found = difference(
        outline(BEFORE), outline(BEFORE.replace("- wait: 2 days", "- {id: pause, wait: 2 days}"))
    )

    assert told(found) == [("kept", "pause", False, ("id",))]


def test_who_enters_and_what_ends_are_told() -> None:
    """What is said beside the steps is compared field by field."""
    head = "title: Hello\nenter: {on: bought, again: always}\ngoal: {event: bought}\n"

    found = difference(outline(BEFORE), outline(BEFORE, head))

    assert (found.about, found.enter, found.ends) == (
        (FieldChange("title", None, "Hello"),),
        (FieldChange("again", None, "always"),),
        (FieldChange("goal", None, {"event": "bought"}),),
    )


def test_a_text_that_reads_otherwise_is_told_with_its_place() -> None:
    """Texts of messages are compared as their authors wrote them."""
    found = difference(outline(BEFORE), outline(BEFORE, message=MESSAGE.replace('"Hello"', '"Good day"')))

    assert [(one.message, one.part, one.before, one.after) for one in found.texts] == [
        ("hello", "en email subject", "Hello", "Good day")
    ]


def test_journeys_come_and_go() -> None:
    """A journey of one of the two alone was added or removed, and so were its steps."""
    one = outline(BEFORE)

    added, removed = difference(None, one), difference(one, None)

    assert (added.kind, {step.kind for step in added.steps}) == ("added", {"added"})
    assert (removed.kind, {step.kind for step in removed.steps}) == ("removed", {"removed"})
    assert [found.kind for found in differences({"j": one}, {"j": one})] == ["same"]


def test_an_outline_survives_being_kept() -> None:
    """A version keeps its outline as JSON."""
    one = outline(BEFORE)

    assert Outline.from_json(one.to_json()) == one


VERBS = st.sampled_from(["wait", "send", "exit"])
Steps = list[tuple[str, int, bool]]
WRITTEN = st.lists(st.tuples(VERBS, st.integers(0, 2), st.booleans()), max_size=8)


def _outline(written: Steps) -> Outline:
    steps = tuple(
        Step(f"s{n}_{says}" if named else f"{verb}_{n}", verb, named, ("", ""), {verb: says})
        for n, (verb, says, named) in enumerate(written)
    )
    return Outline("j", steps=steps)


@settings(max_examples=200, deadline=None)
@given(WRITTEN, WRITTEN)
def test_every_step_of_both_is_told_once(
    before: list[tuple[str, int, bool]], after: list[tuple[str, int, bool]]
) -> None:
    """A law: nothing is lost and nothing told twice; and what is compared with itself is the same."""
    one, other = _outline(before), _outline(after)

    found = difference(one, other)

    assert sorted(change.before.id for change in found.steps if change.before) == sorted(
        s.id for s in one.steps
    )
    assert [change.after.id for change in found.steps if change.after] == [step.id for step in other.steps]
    assert difference(one, one).kind == "same"
