"""What was decided for one customer in one journey: each passage with its decisions, and what of a step is to be told.

It is made of what `export_customer` says, and of the outlines of versions; it knows no table, and puts nothing on a
screen (see `why`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sojourn.cli.render.customer_who import ended, standings
from sojourn.cli.render.reasons import PAUSED, held_because
from sojourn.cli.render.spoken import Spoken, channel, plain
from sojourn.cli.render.why_sentences import MIGRATED, sentence
from sojourn.cli.render.why_teller import Teller
from sojourn.domain.control import USUAL, Control

if TYPE_CHECKING:
    from sojourn.application.publishing import Draft, Publication
    from sojourn.domain.change.outline import Outline

Row = Mapping[str, Any]
_CHOSE = frozenset(("branched", "assigned", "resumed", "timed_out", "sent", "suppressed"))
"""What happens at a step that other steps stand inside of, when it is known which way is gone."""
OTHERWISE = "otherwise"


@dataclass(frozen=True, slots=True)
class Journey:
    """The journey as it is now.

    Args:
        outlines: version -> what it says, of those that are kept.
        publications: version -> when it was published last, and by whom.
        live: the version that customers enter; "" for none.
        drafts: version -> when it became a draft and by whom, of those that were never live.
    """

    name: str
    outlines: Mapping[str, Outline] = field(default_factory=dict)
    publications: Mapping[str, Publication] = field(default_factory=dict)
    live: str = ""
    control: Control = USUAL
    draft: Draft | None = None
    drafts: Mapping[str, Publication] = field(default_factory=dict)

    @property
    def was_live(self) -> bool:
        """Whether customers entered it once, and enter no version of it any more."""
        return not self.live and bool(self.publications)

    @property
    def steps(self) -> tuple[str, ...]:
        """All steps that any kept version has, those of the live one first."""
        versions = sorted(self.outlines, key=lambda version: version != self.live)
        return tuple(dict.fromkeys(step.id for version in versions for step in self.outlines[version].steps))


@dataclass(frozen=True, slots=True)
class Passage:
    """One run of the customer through the journey.

    Args:
        run: its row; of one that is over and whose key has another run since, what the ledger says.
        happened: what the ledger tells of it, oldest first.
    """

    id: str
    run: Row
    happened: tuple[Row, ...]

    @property
    def version(self) -> str:
        """The version it runs on."""
        return str(self.run.get("version") or next((one["version"] for one in self.happened), ""))

    @property
    def entered(self) -> str:
        """When it began, as far as that is known."""
        return str(self.run.get("entered") or next((one["at"] for one in self.happened), ""))

    @property
    def key(self) -> str:
        """What tells it from other passages at the same time."""
        first = next((one for one in self.happened if one["what"] == "entered"), {})
        return str(self.run.get("key") or first.get("details", {}).get("key") or "")

    @property
    def ended(self) -> str:
        """When it ended; "" while it goes on."""
        if self.run:
            return str(self.run.get("ended") or "")
        return next((str(one["at"]) for one in reversed(self.happened) if one["what"] == "exited"), "")

    @property
    def exit_reason(self) -> str:
        """Why it ended."""
        if self.run:
            return str(self.run.get("exit_reason") or "")
        return next((str(one["reason"]) for one in reversed(self.happened) if one["what"] == "exited"), "")

    @property
    def holdout(self) -> bool:
        """Whether they are sent nothing in it."""
        first = next((one for one in self.happened if one["what"] == "entered"), {})
        return bool(self.run.get("holdout") or first.get("details", {}).get("holdout"))

    @property
    def goes_on(self) -> bool:
        """Whether it is not over."""
        return bool(self.run) and self.run.get("status") != "ended"


def passages(whole: Row, journey: str) -> list[Passage]:
    """Return the customer's runs in a journey, those that began last first."""
    rows = {str(run["id"]): run for run in whole["runs"] if run["journey"] == journey}
    told: dict[str, list[Row]] = {run: [] for run in rows}
    for one in happenings(whole, journey):
        if one.get("run"):
            told.setdefault(str(one["run"]), []).append(one)
    found = [Passage(run, rows.get(run, {}), tuple(happened)) for run, happened in told.items()]
    return sorted(found, key=lambda one: one.entered, reverse=True)


def not_entered(whole: Row, journey: str) -> list[Row]:
    """Return when they did not enter a journey, the last time first."""
    return [one for one in reversed(happenings(whole, journey)) if one["what"] == "not_entered"]


def happenings(whole: Row, journey: str = "") -> list[Row]:
    """Return what the ledger tells of a customer, oldest first: all, or of one journey."""
    found = [one for commit in whole["ledger"] for one in commit["happened"]]
    return sorted(
        (one for one in found if not journey or one["journey"] == journey), key=lambda one: str(one["at"])
    )


def teller_of(whole: Row, spoken: Spoken) -> Teller:
    """Return who tells of a customer."""
    entries = {str(run["id"]): dict(run.get("entry", {})) for run in whole["runs"]}
    return Teller(spoken, entries, happenings(whole))


def now_of(passage: Passage, whole: Row, tell: Teller) -> list[str]:
    """Return where a passage is, and what it waits for, in sentences; none once it is over."""
    return list(_now(passage, whole, tell)) if passage.goes_on else []


def _now(passage: Passage, whole: Row, tell: Teller) -> Iterator[str]:
    spoken, journey = tell.spoken, str(passage.run["journey"])
    for one in standings(passage.run, whole):
        words = spoken.steps.get((journey, passage.version, one.step)) or one.waits.replace(
            "waits", "wait", 1
        )
        last = next((each for each in reversed(passage.happened) if each.get("step") == one.step), None)
        if last is not None and last["what"] == "held":
            yield _held(last, passage, spoken)
            continue
        if (still := _stands_still(passage)) is not None:
            yield f"Now the clocks stand still at “{tell.words(still)}”; what is left of it begins after the pause."
            continue
        what = words if words.startswith("wait") else f"are at “{words or plain(one.step)}”"
        if last is not None and last["what"] == "waiting" and last.get("reason") == MIGRATED:
            # How long its author wrote says nothing of what is left of the wait before.
            what = f"are at “{words or plain(one.step)}”, with what was left of their wait"
        since = f", since {spoken.at(one.since)}" if one.since else ""
        ends = (
            spoken.after(one.until, one.since)
            if one.until and one.since
            else one.until and spoken.at(one.until)
        )
        until = f", until {ends}{' at most' if one.wait else ''}" if ends else ""
        leaves = ", and leave then, because the journey was changed" if _drains(passage) else ""
        yield f"Now they {what}{spoken.id(one.step)}{since}{until}{leaves}."


def _stands_still(passage: Passage) -> Row | None:
    """Return the wait whose clock a pause made stand still, if that is the last that is told of a passage."""
    last = passage.happened[-1] if passage.happened else {}
    is_still = last.get("what") == "waiting" and last.get("reason") == PAUSED
    return last if is_still and not last.get("details", {}).get("until") else None


def _drains(passage: Passage) -> bool:
    """Say whether somebody finishes their wait, and leaves then."""
    moved = [one for one in passage.happened if one["what"] == MIGRATED]
    return bool(moved) and not moved[-1].get("details", {}).get("version")


def _held(last: Row, passage: Passage, spoken: Spoken) -> str:
    held = [one for one in passage.happened if one["what"] == "held" and one.get("step") == last.get("step")]
    details = {**{name: value for one in held for name, value in one.get("details", {}).items() if name != "until"},
               **last.get("details", {})}  # fmt: skip
    until = f" until {spoken.at(str(details['until']))}" if details.get("until") else ""
    by = f" by {channel(str(details['channel']))}" if details.get("channel") else ""
    what = f"“{details.get('message') or plain(str(details.get('task') or last['step']))}”"
    why = f", because {held_because(str(last['reason']))}" if last.get("reason") else ""
    return f"Now {what}{by} is put off{until}{why}."


def missed(passage: Passage, step: str, journey: Journey, tell: Teller) -> str:
    """Return why a passage did not come to a step, as far as its version's outline says where that stands."""
    spoken = tell.spoken
    called = spoken.step(journey.name, passage.version, step)
    outline = journey.outlines.get(passage.version)
    places = {one.id: one.place for one in outline.steps} if outline is not None else {}
    if outline is not None and step not in places:
        return f"The version that they were on ({passage.version}) has no step “{step}”."
    around: list[tuple[str, str]] = []
    place = places.get(step, ("", ""))
    while place[0]:
        around.insert(0, place)
        place = places.get(place[0], ("", ""))
    for at, path in around:
        chose = [one for one in passage.happened if one.get("step") == at and one["what"] in _CHOSE]
        if chose and (went := _way(chose[-1])) != path:
            return (
                f"They did not come to “{called}”: it stands on the way “{plain(path)}” of “"
                f"{spoken.step(journey.name, passage.version, at)}”, and {_instead(chose[-1], went, tell)}."
            )
    if passage.goes_on:
        return f"They have not come to “{called}” yet."
    return (
        f"They did not come to “{called}”: it {ended(passage.exit_reason)} before."
        if passage.ended
        else f"Nothing is told of “{called}”."
    )


def _way(one: Row) -> str:
    """Return the way gone from a step at which a choice was made."""
    otherwise = OTHERWISE if one["what"] in ("timed_out", "suppressed") else ""
    return str(one.get("details", {}).get("path", "") or otherwise)


def _instead(one: Row, went: str, tell: Teller) -> str:
    day = tell.spoken.at(str(one["at"]))
    if one["what"] in ("branched", "assigned") or not went:
        return f"on {day} {sentence(tell, one)}"
    return f"on {day} {sentence(tell, one)}" + (
        f" (the way “{plain(went)}”)" if plain(went) not in sentence(tell, one) else ""
    )


def at_step(happened: Sequence[Row], step: str) -> list[Row]:
    """Return what happened at a step; all without one."""
    return [one for one in happened if not step or one.get("step") == step]
