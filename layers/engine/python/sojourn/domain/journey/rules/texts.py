"""Every condition and value expression of a project, each with its place and the names it may use.

All are checked once, whichever rule asks first; each rule then takes the problems of its kind. This module knows
where texts stand, not what they mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sojourn.domain.condition.checking import check_condition, check_value
from sojourn.domain.condition.types import ValueType
from sojourn.domain.condition.values import expression_in
from sojourn.domain.journey.model.steps import Branch, Call, Emit, Start, Task, Until, Update, Wait, WaitFor
from sojourn.domain.journey.rules.scope import OPEN, event_of, event_of_trigger
from sojourn.domain.time.errors import TimeError
from sojourn.domain.time.wall_clock import Relative, parse_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.condition.types import Names, Problem
    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.flow import Node
    from sojourn.domain.journey.model.journey import Goal, Reaction
    from sojourn.domain.journey.model.steps import Release
    from sojourn.domain.journey.rules.context import Context, JourneyView
    from sojourn.domain.journey.rules.rule import Rule
    from sojourn.domain.places import Span, TextSpan

MOST_PROBLEMS = 500
"""Problems of expressions that are reported; the time that finding more would take is better spent mending these."""


@dataclass(frozen=True, slots=True)
class PlacedText:
    """One expression where it stands.

    Args:
        text: the whole scalar; `begins` says how far into it the expression begins, `source` is the expression.
        condition: whether it must be true or false.
        view, node: the journey and step it belongs to, None outside of them.
        under: for a value of `update`, `with` and the like: the key that receives it; `direct` says that it
            receives just this, not a list or mapping with this inside.
        events: the names of the events that `event` may be.
    """

    file: str
    at: TextSpan
    text: str
    names: Names
    condition: bool = True
    begins: int = 0
    source: str = ""
    view: JourneyView | None = None
    node: Node | None = None
    under: str = ""
    direct: bool = True
    events: tuple[str, ...] = ()

    @property
    def expression(self) -> str:
        """The expression alone."""
        return self.source or self.text

    def span(self, offset: int, length: int) -> Span:
        """Where a part of the expression stands in the file."""
        return self.at.inside(self.text, self.begins + offset, length)


@dataclass(frozen=True, slots=True)
class Checked:
    """A text, what is wrong with it, and the type of its value."""

    place: PlacedText
    problems: tuple[Problem, ...]
    type: ValueType


class Texts:
    """The expressions of a project, checked once."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._known: dict[tuple[str, int, bool], tuple[tuple[Problem, ...], ValueType]] = {}

    @cached_property
    def checked(self) -> tuple[Checked, ...]:
        """Every expression with its problems, up to where there are too many to read."""
        found: list[Checked] = []
        problems = 0
        for place in self._places():
            found.append(self._check(place))
            problems += len(found[-1].problems)
            if problems > MOST_PROBLEMS:
                break
        return tuple(found)

    @cached_property
    def by_journey(self) -> dict[str, list[Checked]]:
        """The expressions of each journey, by its file."""
        found: dict[str, list[Checked]] = {}
        for checked in self.checked:
            if checked.place.view is not None:
                found.setdefault(checked.place.file, []).append(checked)
        return found

    @cached_property
    def _by_kind(self) -> dict[str, list[tuple[PlacedText, Problem]]]:
        found: dict[str, list[tuple[PlacedText, Problem]]] = {}
        for checked in self.checked:
            for problem in checked.problems:
                found.setdefault(str(problem.kind), []).append((checked.place, problem))
        return found

    def findings(self, rule: Rule, kind: str) -> Iterator[Finding]:
        """Yield the problems of one kind as findings of *rule*."""
        for place, problem in self._by_kind.get(kind, ()):
            yield rule.finding(
                problem.message, place.file, place.span(problem.offset, problem.length), problem.help
            )

    def _check(self, place: PlacedText) -> Checked:
        key = (place.expression, id(place.names), place.condition)
        if key not in self._known:
            if place.condition:
                self._known[key] = (check_condition(place.expression, place.names), ValueType.BOOLEAN)
            else:
                self._known[key] = check_value(place.expression, place.names)
        return Checked(place, *self._known[key])

    def _places(self) -> Iterator[PlacedText]:
        names = self.context.names
        for segment in self.context.project.segments.values():
            file = self.context.project.segments_file
            yield PlacedText(file, segment.text_place("when"), segment.when, names.segment())
        for trait in self.context.project.traits.values():
            if trait.where is not None:
                file, at = self.context.project.segments_file, trait.text_place("where")
                yield PlacedText(file, at, trait.where, names.trait(trait.event), events=(trait.event,))
        for view in self.context.journeys.values():
            yield from self._around(view)
            for node in view.nodes:
                yield from self._in_step(view, node)

    def _around(self, view: JourneyView) -> Iterator[PlacedText]:
        names, file, enter, goal = self.context.names, view.file, view.journey.enter, view.journey.goal
        brought = self.context.entered_by[view.journey.journey]
        if enter.where is not None:
            at = enter.text_place("where")
            yield PlacedText(file, at, enter.where, names.entering(view), view=view, events=brought)
        if enter.key is not None:
            at = enter.text_place("key")
            yield PlacedText(file, at, enter.key, names.entering(view), False, view=view, events=brought)
        if goal is not None and goal.where is not None:
            yield self._of_event(view, goal, goal.event)
        for reaction in view.journey.while_running:
            if reaction.where is not None:
                yield self._of_event(view, reaction, event_of_trigger(reaction.on))

    def _of_event(
        self, view: JourneyView, about: Goal | Reaction | Release, event: str, node: Node | None = None
    ) -> PlacedText:
        """The `where` of something that waits for *event* while a run is under way."""
        names = self.context.names.running(view, self.context.event_types.get(event, OPEN))
        at, text = about.text_place("where"), about.where or ""
        return PlacedText(view.file, at, text, names, view=view, node=node, events=(event,))

    def _in_step(self, view: JourneyView, node: Node) -> Iterator[PlacedText]:
        step, names, file = node.step, self.context.names, view.file
        if isinstance(step, Branch):
            for case in step.branch:
                if case.when is not None:
                    yield PlacedText(
                        file, case.text_place("when"), case.when, names.running(view), view=view, node=node
                    )
        elif isinstance(step, WaitFor):
            for release in step.wait_for:
                if release.where is not None:
                    yield self._of_event(view, release, event_of(release), node)
        elif isinstance(step, Wait) and isinstance(step.wait, Until):
            yield from self._until(view, node, step.wait)
        elif isinstance(step, Update):
            yield from self._values(view, node, "update", step.update)
        elif isinstance(step, Task | Call | Emit | Start):
            yield from self._values(view, node, "with", step.with_)

    def _until(self, view: JourneyView, node: Node, wait: Until) -> Iterator[PlacedText]:
        try:
            until = parse_until(wait.until)
        except TimeError:
            return
        if isinstance(until, Relative):
            path, at = ".".join(until.path), wait.text_place("until")
            begins = wait.until.find(path)
            yield PlacedText(
                view.file,
                at,
                wait.until,
                self.context.names.running(view),
                False,
                max(begins, 0),
                path,
                view,
                node,
                "until",
            )

    def _values(self, view: JourneyView, node: Node, key: str, value: dict[str, Any]) -> Iterator[PlacedText]:
        names = self.context.names.running(view)
        for path, text in _expressions(value, ()):
            source, begins = expression_in(text) or (text, 0)
            at = node.step.text_place(key, *path)
            yield PlacedText(
                view.file, at, text, names, False, begins, source, view, node, str(path[0]), len(path) == 1
            )


def _expressions(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the expressions in a value with the keys that lead to them."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _expressions(inner, (*path, key))
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _expressions(inner, (*path, index))
    elif isinstance(value, str) and expression_in(value) is not None:
        yield path, value
