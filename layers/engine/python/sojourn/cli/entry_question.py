"""Asks, now, why somebody is not in a journey: of most events that a journey does not take, nothing is told.

What let them in or would have is looked for among what they did; the journey's own condition is asked about it anew.
What it reads of the event is what it was; what it reads of the customer is what they are now, and that is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sojourn.application.view import View
from sojourn.cli.render.condition_words import condition_words
from sojourn.cli.render.spoken import Spoken, plain
from sojourn.domain.compile.compiled import API
from sojourn.domain.condition.lazily import compile_condition
from sojourn.domain.control import OPEN, STOPPED, Control
from sojourn.domain.time.instants import iso

if TYPE_CHECKING:
    from sojourn.application.ports import Catalogue, Customers
    from sojourn.application.publishing import Publication
    from sojourn.domain.compile.compiled import CompiledJourney, Trigger
    from sojourn.domain.customer.rows import Event, Profile

Row = Mapping[str, Any]
_ABOUT_THEM = re.compile(r"\b(?!event\b|entry\b|size\b)[a-z_]+(?=\.|\()")
"""In a condition, what is no part of the event: then the answer may have been another when it came."""
_ASKED_NOW = "So it is asked now: what was known of them then may have been other."
LATEST = 3
"""So many events of a name are asked about, the latest."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks.

    Args:
        customers, catalogue: the ports, which are read.
        whole: see `export_customer`.
        published: how the version that customers enter now came to be that; None where nobody noted it.
        since: when they were last in it, as rows have instants; "" where they never were. What they did before has been
            accounted for.
    """

    customers: Customers
    catalogue: Catalogue
    whole: Row
    spoken: Spoken
    now: datetime
    control: Control
    published: Publication | None = None
    since: str = ""

    def sentences(self, journey: CompiledJourney | None, profile: Profile) -> Iterator[str]:
        """Yield why a customer is not in a journey, as far as it can be known now, in sentences.

        Args:
            journey: the version that customers enter; None where there is none.
        """
        if journey is None:
            yield "Nobody enters it: no version of it is live."
            return
        if self.control.entries != OPEN:
            word = "was stopped" if self.control.entries == STOPPED else "is paused"
            yield f"Nobody enters it now: it {word}."
        enter = journey.enter
        if self.since:
            for trigger in enter.triggers:
                if trigger.kind == "event":
                    yield from self._of_event(trigger.name, journey, profile)
            return
        if enter.schedule:
            whom = f" whoever belongs to “{plain(enter.segment)}”" if enter.segment else " everybody"
            yield f"It takes in{whom} at its hours ({enter.schedule}){self._belonging(enter.segment, profile)}."
        if enter.audience:
            yield f"It takes in whoever stands in its audience ({enter.audience})."
        for trigger in enter.triggers:
            yield from self._of_trigger(trigger, journey, profile)

    def _belonging(self, segment: str, profile: Profile) -> str:
        if not segment:
            return ""
        return "; they belong to it now" if segment in profile.segments else "; they do not belong to it now"

    def _of_trigger(self, trigger: Trigger, journey: CompiledJourney, profile: Profile) -> Iterator[str]:
        name = plain(trigger.name)
        if trigger.kind == API:
            yield "Programs enter people into it, by a call; none is told of for them."
        elif trigger.kind == "event":
            yield from self._of_event(trigger.name, journey, profile)
        elif trigger.kind == "entered":
            inside = trigger.name in profile.segments
            yield (
                f"Whoever comes to belong to “{name}” enters it; they belong to it, and nothing is kept of"
                " how they came to."
                if inside
                else f"Whoever comes to belong to “{name}” enters it; they do not belong to it."
            )
        else:
            inside = trigger.name in profile.segments
            yield (
                f"Whoever leaves “{name}” enters it; they {'belong' if inside else 'do not belong'} to it now."
            )

    def _of_event(self, name: str, journey: CompiledJourney, profile: Profile) -> Iterator[str]:
        quarantined = [one for one in self.whole.get("quarantined", ()) if one["name"] == name]
        for one in sorted(quarantined, key=lambda row: str(row["received"]))[-LATEST:]:
            when, why = self.spoken.at(str(one["received"])), "; ".join(one["reasons"])
            yield f"On {when} a “{plain(name)}” of theirs came and was not taken in: {why}."
        events = sorted(self.customers.events(profile.id, name, None, profile.merging), key=_came)
        if not events and not self.since:
            yield f"Whoever does “{plain(name)}” enters it; nothing is kept of them having done that."
            return
        known, since = self._accounted_for(), datetime.fromisoformat(self.since) if self.since else None
        left = [
            one for one in events
            if one.id not in known and iso(_came(one)) not in known and (since is None or _came(one) > since)
        ]  # fmt: skip
        for event in left[-LATEST:]:
            yield self._of_one(event, journey, profile)

    def _accounted_for(self) -> set[str]:
        """Return the ids of the events that let them in, and the instants at which the ledger tells of not entering."""
        runs = {str(run.get("entry_id")) for run in self.whole["runs"]}
        told = [one for commit in self.whole["ledger"] for one in commit["happened"]]
        return runs | {
            iso(datetime.fromisoformat(str(one["at"])))
            for one in told
            if one["what"] in ("entered", "not_entered")
        }

    def _of_one(self, event: Event, journey: CompiledJourney, profile: Profile) -> str:
        did = f"On {self.spoken.at(iso(_came(event)))} they did “{plain(event.name)}”, and did not enter"
        if self.published is not None and _came(event) < self.published.at:
            return (
                f"{did}: the live version was published after that, {self.spoken.at(iso(self.published.at))}."
            )
        if not journey.enter.where:
            return f"{did}; why is not kept."
        view = View(self, profile, self.now, event=event.properties, entry=event.properties, arrived=None)
        verdict = compile_condition(journey.enter.where).evaluate(view)
        because = condition_words(verdict.reason, self.spoken)
        now = "" if _ABOUT_THEM.search(journey.enter.where) is None else f" {_ASKED_NOW}"
        if verdict.value:
            return f"{did}; asked now, the journey takes them, because {because}. Why it did not then is not kept."
        return f"{did}, because {because}.{now}"


def _came(event: Event) -> datetime:
    """Return when an event reached us, by which entries are told."""
    return event.received or event.at


def sentences_of(asker: Asker, journey: CompiledJourney | None, profile: Profile) -> tuple[str, ...]:
    """Return why a customer is not in a journey, as far as it can be known now."""
    return tuple(asker.sentences(journey, profile))
