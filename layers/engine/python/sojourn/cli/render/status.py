"""How a deployment stands, or one journey of it, on one screen. What is added up is `status_figures`."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sojourn.cli.next_time import next_said
from sojourn.cli.render.columns import Column, table
from sojourn.cli.render.control_words import (
    control_said,
    draft_said,
    published_said,
    state_of,
    waits_said,
    who,
)
from sojourn.cli.render.movement import MOVEMENTS, doing_besides
from sojourn.cli.render.spoken import Spoken, plain
from sojourn.cli.render.status_figures import Figures, Step
from sojourn.domain.time.instants import iso
from sojourn.local.report import words
from sojourn.local.report.statistics import Rate

if TYPE_CHECKING:
    from sojourn.application.publishing import Operation

NOTHING = "–"
WIDE = 100
"""From so many columns on, shares stand beside numbers."""


@dataclass(frozen=True, slots=True)
class Failing:
    """What failed or waits for somebody, of the deployment as a whole.

    Args:
        dead: dead-letter queue -> how many messages are in it; None where whoever asks may not know.
        quarantined: events that came into quarantine in the last `days`.
        at_least: whether there are more of them.
    """

    dead: Mapping[str, int | None] = field(default_factory=dict)
    quarantined: int = 0
    days: int = 7
    at_least: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "dead_letters": dict(self.dead),
            "quarantine": {"events": self.quarantined, "days": self.days, "at_least": self.at_least},
        }


def overview(
    journeys: Sequence[Figures], failing: Failing, operations: Sequence[Operation], spoken: Spoken
) -> list[str]:
    """Return how all journeys stand; what begins a line without an indent is a title."""
    runs = [one.runs for one in journeys]
    effects = [one.effect() for one in journeys]
    columns = [
        Column("in it", [_number(one["active"]) for one in runs]),
        Column("entered", [_number(one["entered"]) for one in runs]),
        Column("sent", [_number(one.messages["sent"]) for one in journeys]),
        Column("goal", [words.percent(one.with_it.rate) if one and one.with_it.whole else NOTHING for one in effects]),
        Column("failed", [_number(one["failed"]) for one in runs]),
        Column("now", [_state(one) for one in journeys], words=True),
        Column("version", [one.live.version or NOTHING for one in journeys], words=True),
        Column("live since", [spoken.day(iso(one.live.publication.at)) if one.live.publication else NOTHING
                              for one in journeys], words=True),
        Column("by", [who(one.live.publication.by) if one.live.publication else NOTHING for one in journeys],
               words=True),
    ]  # fmt: skip
    lines = table("journey", [one.live.name for one in journeys], columns, spoken.width, indent=0)
    said = [
        f"{one.live.name}: {told}" for one in journeys if (told := control_said(one.live.control, spoken))
    ]
    return [
        *lines,
        *_under("Paused or stopped", said, spoken),
        *_failing(failing, spoken),
        *_operations(operations, spoken),
    ]


def page(one: Figures, failing: Failing, operations: Sequence[Operation], spoken: Spoken) -> list[str]:
    """Return how one journey stands; what begins a line without an indent is a title."""
    title = f"{one.title} ({one.live.name})" if one.title != one.live.name else one.title
    live = (
        f"Version {one.live.version}, live {published_said(one.live.publication, spoken)}".rstrip(" ,")
        if one.live.version
        else "No version of it is live"
    )
    about = [f"{live}.", control_said(one.live.control, spoken), *draft_said(one.live.draft, spoken)]
    about += [next_said(one.enter, one.next_time, spoken)]
    return [
        *textwrap.wrap(title, spoken.width),
        *(row for line in about if line for row in _wrapped(line, spoken)),
        f"  Times are of {spoken.zone}, the workspace's.",
        *_runs(one, spoken),
        *_steps(one, spoken),
        *_channels(one, spoken),
        *_not_sent(one, spoken),
        *_held(one, spoken),
        *_failing(failing, spoken),
        *_operations(operations, spoken),
    ]


def _runs(one: Figures, spoken: Spoken) -> Iterator[str]:
    runs = one.runs
    told = [f"{_number(runs['active'])} in it now", f"{_number(runs['entered'])} entered"]
    told += [f"{_number(runs['not_entered'])} times somebody did not"] if runs["not_entered"] else []
    yield from ("", "Who is in it")
    yield from _wrapped(", ".join(told) + ".", spoken)
    ends = [f"{words.left(name)} {_number(by)}" for name, by in one.ends().items()]
    if ends:
        yield from _wrapped(f"Of the others: {', '.join(ends)}.", spoken)
    effect = one.effect()
    if effect is None:
        return
    late = f" ({_number(runs['goal_late'])} after they had left)" if runs["goal_late"] else ""
    said = f"Goal: {_of(effect.with_it)} reached it{late}"
    if effect.without.whole:
        said += f"; of those who are sent nothing, to compare, {_of(effect.without)}"
    yield from _wrapped(f"{said}.", spoken)
    if effect.lift.difference is not None and effect.lift.low is not None and effect.lift.high is not None:
        low, high = (words.points(end).removesuffix(" points") for end in (effect.lift.low, effect.lift.high))
        brings, verdict = words.points(effect.lift.difference), words.verdict(effect.lift.verdict)
        yield from _wrapped(f"What it brings: {brings} ({low} to {high}). {verdict}", spoken)


def _of(rate: Rate) -> str:
    return f"{_number(rate.part)} of {_number(rate.whole)} ({words.percent(rate.rate)})"


def _steps(one: Figures, spoken: Spoken) -> Iterator[str]:
    for place, version in enumerate(one.versions):
        steps = one.steps(version)
        if version != one.live.version:
            # Who is on another version is to be seen; what that one did is over.
            steps = [step for step in steps if step.counters.get("now")]
        if not steps:
            continue
        others = f"On version {version}, {_number(one.active(version))} in it"
        yield from (
            "",
            "Steps" if version == one.live.version else others if place else f"Steps of version {version}",
        )
        ids = Column("id", [step.id for step in steps], words=True)
        told = [
            "  " * step.depth + (f"{plain(step.path)}: " if step.path else "") + step.words for step in steps
        ]
        yield from table("step", told, [*_columns(steps), ids], spoken.width)


def _columns(steps: Sequence[Step]) -> list[Column]:
    """Return the figures of steps; what is nought everywhere is no column."""
    named = (
        ("now", "now"), ("passed", "passed"), ("sent", "sent"), ("not sent", "suppressed"), ("put off", "held"),
        ("delivered", "delivered"), ("opened", "opened"), ("clicked", "clicked"), ("replied", "replied"),
        ("came back", "bounced"), ("spam", "complained"), ("timed out", "timed_out"),
    )  # fmt: skip
    always = ("now", "passed")
    return [
        Column(head, [_number(step.counters.get(name, 0)) if step.counters.get(name) or name in always else ""
                      for step in steps])
        for head, name in named
        if name in always or any(step.counters.get(name) for step in steps)
    ]  # fmt: skip


def _channels(one: Figures, spoken: Spoken) -> Iterator[str]:
    channels = one.channels()
    if not channels:
        return
    named = (
        ("delivered", "delivered"), ("opened", "opened"), ("clicked", "clicked"), ("came back", "bounced"),
        ("undelivered", "undelivered"), ("spam", "complained"), ("replied", "replied"), ("rejected", "rejected"),
        ("unknown", "unknown"),
    )  # fmt: skip
    told = list(channels.values())
    columns = [Column("sent", [_number(one["sent"]) for one in told])]
    columns += [
        Column(head, [_share(one[name], one["sent"], spoken.width) for one in told])
        for head, name in named
        if any(one[name] for one in told) or name in ("delivered", "bounced", "complained")
    ]
    yield from ("", "Messages")
    yield from table("channel", [words.channel(name) for name in channels], columns, spoken.width)


def _not_sent(one: Figures, spoken: Spoken) -> Iterator[str]:
    reasons = one.not_sent()
    if not reasons:
        return
    yield from ("", f"Not sent: {_number(sum(reasons.values()))}")
    yield from table(
        "why", [words.suppressed(reason) for reason in reasons],
        [Column("messages", [_number(by) for by in reasons.values()])], spoken.width,
    )  # fmt: skip


def _held(one: Figures, spoken: Spoken) -> Iterator[str]:
    if one.held is None or not one.held.at:
        return
    of = (
        ""
        if one.held.whole
        else f", of {_number(one.held.looked)} of {_number(one.runs['active'])} runs, a sample"
    )
    yield from ("", f"Held now{of}")
    for (version, step), at in sorted(one.held.at.items()):
        called = f"“{one.words.get((version, step), step)}”"
        if at.count and at.first is not None and at.last is not None:
            first, last = spoken.at(iso(at.first)), spoken.after(iso(at.last), iso(at.first))
            until = first if at.first == at.last else f"{first} to {last}"
            yield from _wrapped(f"{_number(at.count)} at {called}, until {until}.", spoken)
        if at.paused:
            yield from _wrapped(f"{_number(at.paused)} at {called}, until the journey is resumed.", spoken)


def _failing(failing: Failing, spoken: Spoken) -> Iterator[str]:
    told = []
    dead = {name: by for name, by in failing.dead.items() if by}
    if dead:
        queues = ", ".join(f"{plain(name)} {_number(by or 0)}" for name, by in sorted(dead.items()))
        told.append(f"Dead letters: {queues}. docs/operations.md says how to get them out.")
    if unknown := [plain(name) for name, by in failing.dead.items() if by is None]:
        told.append(f"Dead letters that you may not count: {', '.join(sorted(unknown))}.")
    if failing.quarantined:
        least = "at least " if failing.at_least else ""
        told.append(
            f"In quarantine: {least}{words.counted(failing.quarantined, 'event')} of the last {failing.days} days:"
            " sojourn events quarantine."
        )
    yield from _under("Failed", told, spoken)


def _operations(operations: Sequence[Operation], spoken: Spoken) -> Iterator[str]:
    told = []
    for one in operations:
        about = f" {one.journey}" if one.journey else ""
        state = waits_said(one, spoken) or one.state
        asked = f"asked for by {who(one.by)}, {spoken.at(iso(one.at))}"
        told.append(f"{one.kind}{about}, {state}: {_done(one)}; {asked} ({one.id}).")
    yield from _under("Under way", told, spoken)


def _done(one: Operation) -> str:
    if not (one.done or one.total):
        return "nothing done yet"
    besides, total = doing_besides(one), one.total
    if one.kind in MOVEMENTS and total:
        # How many there are is known as about when it begins, and not at all once all were gone through.
        total = None if besides else max(total, one.done)
    of = f" of {'about ' if one.kind in MOVEMENTS else ''}{_number(total)}" if total is not None else ""
    share = f" ({words.percent(one.done / total, 0)})" if total else ""
    failed = f"{_number(one.failed)} failed" if one.failed else ""
    return ", ".join(filter(None, (f"{_number(one.done)}{of}{share} done", failed, besides)))


def _under(title: str, told: Sequence[str], spoken: Spoken) -> Iterator[str]:
    if told:
        yield from ("", title)
        for line in told:
            yield from _wrapped(line, spoken)


def _wrapped(line: str, spoken: Spoken) -> list[str]:
    return textwrap.wrap(
        line, spoken.width, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False
    )


def _state(one: Figures) -> str:
    told = state_of(one.live.control) or ("live" if one.live.version else "")
    return ", ".join(part for part in (told, "draft" if one.live.draft else "") if part)


def _share(part: int, whole: int, width: int) -> str:
    """Return a part of what was sent: as a share, and where there is room as a number too."""
    share = words.percent(part / whole) if whole else NOTHING
    return f"{_number(part)} ({share})" if width >= WIDE and part else share


def _number(value: int) -> str:
    return words.number(value)
