"""Who goes where when customers are in an earlier version of a journey, in lines for people. It knows no streams."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sojourn.domain.change.migration import DRAIN, EXIT, MOVE, STAY
from sojourn.domain.time.instants import iso

if TYPE_CHECKING:
    from datetime import datetime

    from sojourn.cli.foreseeing import Coming, Looking
    from sojourn.cli.migrations import Going
    from sojourn.cli.render.spoken import Spoken
    from sojourn.domain.change.inside import Inside
    from sojourn.domain.change.migration import Fate

FATES = {
    STAY: "finish on this version",
    MOVE: "go on at {to}",
    DRAIN: "finish their wait, then leave",
    EXIT: "leave at once",
}


def fate_said(fate: Fate) -> str:
    """Return what becomes of several."""
    return FATES[fate.do].format(to=fate.to)


def runs_of(inside: Inside) -> str:
    """Return how many are in a version."""
    return f"{inside.runs:,} {'run' if inside.runs == 1 else 'runs'}"


def fated_lines(inside: Inside) -> Iterator[str]:
    """Yield what becomes of those at each step, and what speaks against it."""
    yield from (f"{one.step} {one.runs:,}: {fate_said(one.fate)}" for one in inside.fates)
    yield from (f"! {wrong}" for wrong in inside.wrong)


def going_lines(going: Going) -> Iterator[str]:
    """Yield who goes where, and what whoever lets them go should know."""
    if going.inside.runs > 0 and not going.leads_nowhere:
        yield f"  {going.journey}: {runs_of(going.inside)} in {going.fates.before}, by migration.yaml"
        yield from (f"    {line}" for line in fated_lines(going.inside))
    yield from (f"  note: {going.journey}: {note}" for note in going.notes)


def coming_line(coming: Coming, now: datetime, spoken: Spoken) -> str:
    """Return what becomes of one run: `c-42  at clicked: leaves at once`."""
    run, seen = coming.run, coming.foreseen
    key = f" ({run.key})" if run.key else ""
    at = f"at {seen.at}" if seen.at else "on its way"
    until = spoken.at(iso(seen.until)) if seen.until is not None and seen.until > now else ""
    return f"{run.customer}{key}  {at}: {_becomes(coming, until)}"


def _becomes(coming: Coming, until: str) -> str:
    """Return what becomes of a run.

    Args:
        until: when its wait is over; "" where it is in none.
    """
    waits = f", waiting until {until}" if until else ""
    if coming.foreseen.became == "moved":
        return f"goes on at {coming.foreseen.fate.to}{waits or ', at once'}"
    if coming.foreseen.became == "drains":
        return f"leaves when its wait is over{f', {until} at the latest' if until else ''}"
    return {
        "exited": "leaves at once",
        "stays": f"finishes on this version{waits}",
        "paused": "stopped in a pause, and stays as it is",
    }[coming.foreseen.became]


def left_out(look: Looking, going: Going) -> Iterator[str]:
    """Yield what a look at runs did not tell: how many more there are, and who is not concerned."""
    if not look.told and look.whole:
        yield f"nobody is in version {going.fates.before} any more"
    if not look.whole:
        more = going.inside.runs - look.told
        yield f"and {more:,} more, by the counters" if more > 0 else "and perhaps a few more"
    if look.elsewhere:
        one = look.elsewhere == 1
        leaves = "run is in another version, or leaves already, and is" if one else ""
        yield f"{look.elsewhere:,} {leaves or 'runs are in another version, or leave already, and are'} left alone"
