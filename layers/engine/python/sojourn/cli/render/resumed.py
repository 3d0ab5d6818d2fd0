"""What holds once something was resumed, and what still does not, in words. It knows no table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from sojourn.cli.render.control_words import control_words
from sojourn.cli.which_journey import called
from sojourn.domain.control import EVERY, OPEN, PAUSED, STOPPED, USUAL, Control


def resumed_lines(
    journey: str, before: Control, controls: Mapping[str, Control], names: Collection[str], stated: str
) -> Callable[..., Iterator[str]]:  # fmt: skip
    """Return what says it, given whether entries and sends were resumed.

    Args:
        journey: which was resumed; "" for all.
        before: what it had been told until then, or all had.
        controls: what holds now: journey, or `EVERY`, -> what it was told.
        names: of all journeys.
        stated: how a command names the deployment.
    """
    own, every = controls.get(journey or EVERY, USUAL), controls.get(EVERY, USUAL)

    def lines(*, entries: bool, sends: bool) -> Iterator[str]:
        was = "" if not before.is_usual else " was not paused by itself" if journey else " were not paused"
        if journey and not every.is_usual:
            done = was or " is resumed"
            holds = "; ".join(control_words(every))
            yield f"{journey}{done}, and goes on once all journeys are: they are paused as well ({holds})"
            yield f"  sojourn resume --all{stated}"
            return
        if was:
            yield f"{called(journey)}{was}: who stopped in a pause before and is there still goes on now"
        else:
            yield _open_now(journey, own, entries=entries, sends=sends)
        alone = [name for name in sorted(names) if not controls.get(name, USUAL).is_usual]
        if not journey and alone:
            yield f"paused or stopped by themselves, and so still: {', '.join(alone)}"

    return lines


def _open_now(journey: str, own: Control, *, entries: bool, sends: bool) -> str:
    """Return what goes on, and what does not: `messages of welcome go out again …; nobody enters it any more`."""
    name = called(journey)
    if entries and sends:
        return (
            f"{name} {'goes' if journey else 'go'} on: customers enter, and messages go out, within seconds"
        )
    if sends:
        still = {
            OPEN: "",
            PAUSED: "; nobody enters for now",
            STOPPED: "; nobody enters any more, and whoever is in it comes to their end",
        }[own.entries]
        return f"messages of {name} go out again, within seconds{still}"
    return f"customers enter {name} again, within seconds{'; no message goes out for now' if own.holds_sends else ''}"
