"""What a step says in a drawing: a title a marketer reads, a line below it, and the whole text as a tooltip.

Only words: no shapes, no colours, no coordinates. Whoever draws (SVG, Mermaid, a report's table) asks here, so
that a step is called the same everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.domain.journey.flow import release_names
from sojourn.domain.journey.model.journey import EnteredSegment, LeftSegment
from sojourn.domain.journey.model.steps import (
    Between,
    Branch,
    Call,
    Emit,
    Exit,
    Goto,
    Parallel,
    Send,
    Split,
    Start,
    Task,
    Until,
    Update,
    Wait,
    WaitFor,
)

if TYPE_CHECKING:
    from sojourn.domain.journey.flow import Edge
    from sojourn.domain.journey.model.journey import Goal, Journey, Reaction, Trigger
    from sojourn.domain.journey.model.steps import Release, StepBase


@dataclass(frozen=True, slots=True)
class Words:
    """A step in words: what it does, and what else there is to know."""

    title: str
    detail: str = ""

    @property
    def full(self) -> str:
        """Both as one line, for tooltips."""
        return f"{self.title} ({self.detail})" if self.detail else self.title


def words_of(step: StepBase) -> Words:
    """Say what *step* does: "wait 2 hours", "send reminder" with "via push, email"."""
    if isinstance(step, Branch | Split | Goto | Parallel | Exit):
        return _steering(step)
    return _acting(step)


def _steering(step: Branch | Split | Goto | Parallel | Exit) -> Words:
    """A step that only says where to go on."""
    match step:
        case Branch():
            conditions = [case.when for case in step.branch if case.when]
            if len(conditions) == 1:
                return Words(f"{conditions[0]} ?")
            return Words("which path?", f"the first of {len(conditions)} that holds")
        case Split():
            return Words(
                f"split {' / '.join(f'{share.weight:g}' for share in step.split.values())}", "at random"
            )
        case Goto():
            return Words(f"go to {step.goto}", f"at most {step.at_most} times" if step.at_most else "")
        case Parallel():
            return Words("all of these at once", f"{len(step.parallel)} paths")
        case Exit():
            return Words(f"exit: {step.exit}")


def _acting(step: StepBase) -> Words:
    """A step that waits, speaks or changes something."""
    match step:
        case Wait():
            return _wait(step)
        case WaitFor():
            things = [
                _release(release, name)
                for release, name in zip(step.wait_for, release_names(step), strict=True)
            ]
            return Words(f"wait for {_either(things)}", f"up to {step.up_to}" if step.up_to else "")
        case Send():
            quiet = {"hold": "", "drop": "dropped in quiet hours", "send": "also in quiet hours"}[
                step.when_quiet
            ]
            via = f"via {', '.join(step.via)}" if step.via else ""
            return Words(f"send {step.send}", ", ".join(part for part in (via, quiet) if part))
        case Update():
            return Words(f"set {', '.join(f'{key} = {_value(value)}' for key, value in step.update.items())}")
        case Task():
            return Words(step.title, f"for {step.task}" + (f", up to {step.up_to}" if step.up_to else ""))
        case Call():
            return Words(f"call {step.call.removeprefix('https://')}", "webhook")
        case Emit():
            return Words(f"emit {step.emit}")
        case Start():
            return Words(f"start {step.start}", "another journey")
        case _:
            return Words(step.verb)


def edge_words(step: StepBase, edge: Edge) -> str:
    """Say when a run takes *edge* out of *step*; empty where there is nothing to choose."""
    if isinstance(step, Goto):
        return {"again": "again", "done": "no more"}.get(edge.path, "")
    if isinstance(step, Branch) and edge.path:
        named = next((case.name for case in step.branch if case.name == edge.path), None)
        if named or edge.path == "else":
            return named or "else"
        return "yes" if sum(case.when is not None for case in step.branch) == 1 else f"when {edge.label}"
    if isinstance(step, WaitFor):
        releases = dict(zip(release_names(step), step.wait_for, strict=True))
        if edge.path in releases:
            return _release(releases[edge.path], edge.path)
        return f"nothing after {step.up_to}" if step.up_to else "otherwise"
    return edge.label


def enter_words(journey: Journey) -> Words:
    """Say who enters *journey*."""
    enter = journey.enter
    if enter.schedule is not None:
        when = f"{enter.schedule} on their own clocks" if enter.zone == "customer" else enter.schedule
        title = f"{when}: everyone in {enter.segment}" if enter.segment else when
    elif enter.audience is not None:
        title = f"everyone in {enter.audience}"
    else:
        triggers = _either([_trigger(trigger) for trigger in enter.triggers])
        title = f"on {triggers}" if triggers else "nobody enters"
    parts = [
        f"{enter.holdout:g} % holdout" if enter.holdout else "",
        f"where {enter.where}" if enter.where else "",
    ]
    return Words(title, ", ".join(part for part in parts if part))


def always_words(journey: Journey) -> tuple[Words, ...]:
    """Say what can end a run from outside its steps: the goal, and each line of `while_running`."""
    said = [_goal(journey.goal)] if journey.goal else []
    return (*said, *(_reaction(reaction) for reaction in journey.while_running))


def _goal(goal: Goal) -> Words:
    within = f" within {goal.within}" if goal.within else ""
    return Words(f"goal: {goal.event}{within}", f"where {goal.where}" if goal.where else "")


def _reaction(reaction: Reaction) -> Words:
    does = {
        "restart": "start again",
        "exit": f"exit: {reaction.reason or 'exit'}",
        "redirect": f"on to {reaction.to}",
    }[reaction.do]
    return Words(f"{_trigger(reaction.on)} → {does}", f"where {reaction.where}" if reaction.where else "")


def _trigger(trigger: Trigger) -> str:
    if isinstance(trigger, EnteredSegment):
        return f"entering {trigger.entered_segment}"
    if isinstance(trigger, LeftSegment):
        return f"leaving {trigger.left_segment}"
    return "a call of the API" if trigger == "api" else trigger


def _wait(step: Wait) -> Words:
    if isinstance(step.wait, Until):
        zone = "" if step.wait.zone == "customer" else f"{step.wait.zone} time"
        return Words(f"wait until {step.wait.until}", zone)
    if isinstance(step.wait, Between):
        days = f" on {', '.join(step.wait.days)}" if step.wait.days else ""
        zone = "" if step.wait.zone == "customer" else f"{step.wait.zone} time"
        return Words(f"wait for {step.wait.between[0]} – {step.wait.between[1]}{days}", zone)
    return Words(f"wait {step.wait}")


def _release(release: Release, name: str) -> str:
    if release.event:
        return release.event
    kind = next(iter(release.kinds), "")
    what = str(getattr(release, kind)) if kind else name
    return {
        "opened": f"{what} opened",
        "clicked": f"{what} clicked",
        "replied": f"a reply to {what}",
        "entered_segment": f"entering {what}",
        "left_segment": f"leaving {what}",
    }.get(kind, name)


def _either(things: list[str]) -> str:
    return " or ".join([", ".join(things[:-1]), things[-1]]) if len(things) > 1 else "".join(things)


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
