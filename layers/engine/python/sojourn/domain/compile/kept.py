"""Which outcomes of steps anything reads later: only those travel in the run's state (`outcomes`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.domain.condition.references import references, value_references
from sojourn.domain.journey.model.steps import Branch, Call, Emit, Start, Task, Until, Update, Wait, WaitFor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sojourn.domain.journey.flow import Flow
    from sojourn.domain.journey.model.journey import Journey

Path = tuple[str, ...]


def kept_outcomes(journey: Journey, flow: Flow, templates: Iterable[Path]) -> dict[str, tuple[str, ...]]:
    """Return, per step, the fields of its outcome that are read: `{"bought": ("path", "event.total")}`.

    Args:
        templates: the variable paths that the journey's messages use.
    """
    found: dict[str, set[str]] = {}
    for path in [*_in_conditions(journey, flow), *templates]:
        if len(path) >= 2 and path[0] == "steps" and path[1] in flow.nodes:
            field = path[2] if len(path) > 2 else "*"
            if field in ("event", "answer") and len(path) > 3:
                field = f"{field}.{path[3]}"
            found.setdefault(path[1], set()).add(field)
    return {step: tuple(sorted(found[step])) for step in sorted(found)}


def _in_conditions(journey: Journey, flow: Flow) -> Iterator[Path]:
    for text in _texts(journey, flow):
        for reference in references(text):
            yield tuple(str(part) for part in reference.path)
    for raw in _values(flow):
        for reference in value_references(raw):
            yield tuple(str(part) for part in reference.path)


def _texts(journey: Journey, flow: Flow) -> Iterator[str]:
    yield from (text for text in (journey.enter.where, journey.goal.where if journey.goal else None) if text)
    yield from (reaction.where for reaction in journey.while_running if reaction.where)
    for node in flow.nodes.values():
        step = node.step
        if isinstance(step, Branch):
            yield from (case.when for case in step.branch if case.when)
        elif isinstance(step, WaitFor):
            yield from (release.where for release in step.wait_for if release.where)
        elif isinstance(step, Wait) and isinstance(step.wait, Until):
            head = step.wait.until.split(" ")[0]
            if head.startswith("steps."):
                yield head


def _values(flow: Flow) -> Iterator[Any]:
    for node in flow.nodes.values():
        step = node.step
        if isinstance(step, Update):
            yield from step.update.values()
        elif isinstance(step, Task | Call | Emit | Start):
            yield from step.with_.values()
