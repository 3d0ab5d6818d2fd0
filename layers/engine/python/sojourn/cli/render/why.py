"""Why a customer was sent something or not, entered or not: as text to be read out, and as JSON. It knows no table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sojourn.cli.render.condition_words import asked
from sojourn.cli.render.control_words import control_said, draft_said, published_said
from sojourn.cli.render.customer_story import told_already
from sojourn.cli.render.customer_who import called, ended
from sojourn.cli.render.spoken import Spoken, wrapped
from sojourn.cli.render.why_sentences import sentence
from sojourn.cli.render.why_story import (
    Journey,
    Passage,
    at_step,
    missed,
    not_entered,
    now_of,
    passages,
    teller_of,
)
from sojourn.cli.render.why_teller import Teller

Row = Mapping[str, Any]
_CLOCK = "    {:<7}{}"


@dataclass(frozen=True, slots=True)
class Why:
    """What somebody asked, and all that there is to answer it.

    Args:
        whole: see `export_customer`.
        step: only what is told of this one; "" for all.
        limit: so many passages, the newest.
        asked_now: sentences that say why the customer is not in the journey, worked out now.
    """

    whole: Row
    journey: Journey
    spoken: Spoken
    step: str = ""
    limit: int = 5
    asked_now: Sequence[str] = ()


def why_text(why: Why) -> str:
    """Return the page; what begins a line without an indent is a title."""
    spoken, tell = why.spoken, teller_of(why.whole, why.spoken)
    found = passages(why.whole, why.journey.name)
    lines = [
        f"{called(why.whole, spoken)} in “{spoken.journey(why.journey.name)}”",
        f"  {spoken.zone_said}",
        *(f"  {line}" for line in _about(why)),
    ]
    refusals = [] if why.step else _dated(not_entered(why.whole, why.journey.name)[: why.limit], tell)
    if why.asked_now or refusals or not found:
        lines += ["", "Not entered" if refusals or why.asked_now else "Nothing is told"]
        nothing = f"  Nothing of {spoken.journey(why.journey.name)} is kept about them."
        lines += [f"  {line}" for line in why.asked_now] or ([] if refusals else [nothing])
        lines += refusals
    for one in found[: why.limit]:
        lines += ["", *_passage(one, why, tell)]
    if len(found) > why.limit:
        more = len(found) - why.limit
        lines += [
            "",
            f"{more} earlier {'passage' if more == 1 else 'passages'} left out: --limit shows more.",
        ]
    return "\n".join(row for line in lines for row in (wrapped(line, spoken.width) or [""])) + "\n"


def why_json(why: Why) -> dict[str, Any]:
    """Return the same for programs: what each decision read, and its sentence."""
    spoken, tell, journey = why.spoken, teller_of(why.whole, why.spoken), why.journey
    published = journey.publications.get(journey.live)
    found = passages(why.whole, journey.name)
    return {
        "customer": why.whole["customer"],
        "journey": journey.name,
        "title": spoken.journey(journey.name),
        "step": why.step or None,
        "timezone": {"name": spoken.zone, "source": spoken.source},
        "live": journey.live or None,
        "published": published.to_json() if published else None,
        "control": journey.control.to_json(),
        "asked_now": list(why.asked_now),
        "not_entered": [_told(one, tell) for one in not_entered(why.whole, journey.name)[: why.limit]],
        "passages": [_passage_json(one, why, tell) for one in found[: why.limit]],
        "passages_in_all": len(found),
    }


def _about(why: Why) -> Iterator[str]:
    """Yield how the journey stands, as far as it bears on the customer."""
    if why.journey.was_live:
        yield "This journey is not live any more: nobody enters it, and whoever is in it goes no further."
    if said := control_said(why.journey.control, why.spoken):
        yield said
    if "test" in (why.whole["profile"] or {}).get("segments", ()):
        yield from draft_said(why.journey.draft, why.spoken)


def _passage(one: Passage, why: Why, tell: Teller) -> Iterator[str]:
    spoken = why.spoken
    key = f", for “{one.key}”" if one.key else ""
    if one.ended:
        when = f"{spoken.at(one.entered)} to {spoken.after(one.ended, one.entered)}"
        yield f"{when}{key}: {ended(one.exit_reason)}{spoken.id(one.id)}"
    else:
        yield f"Since {spoken.at(one.entered)}{key}{spoken.id(one.id)}"
    yield f"  On {_version(one.version, why)}."
    if one.holdout:
        yield "  They are sent nothing in it: they are among those with whom the journey's effect is compared."
    if why.step and not (shown := at_step(one.happened, why.step)):
        yield f"  {missed(one, why.step, why.journey, tell)}"
    else:
        shown = at_step(one.happened, why.step)
        yield from _dated(shown, tell)
    if not why.step or any(each.get("step") == why.step for each in shown):
        for line in now_of(one, why.whole, tell):
            yield f"  {line}"


def _version(version: str, why: Why) -> str:
    """Return on which version somebody is: since when it is live or a draft, by whom, and whether it is still."""
    journey = why.journey
    if (drafted := journey.drafts.get(version)) is not None:
        since = f"the draft {version}, tried {published_said(drafted, why.spoken)}"
        if journey.draft is None:
            return f"{since}; withdrawn meanwhile"
        return since if journey.draft.version == version else f"{since}; another draft took its place"
    published = published_said(journey.publications.get(version), why.spoken)
    live = f", live {published}" if published else ""
    newer = "; another is live now" if journey.live not in ("", version) else ""
    return f"version {version}{live}{newer}"


def _dated(happened: Sequence[Row], tell: Teller) -> list[str]:
    """Return what happened, a sentence each, below the day on which it did."""
    lines: list[str] = []
    before = ""
    for one, times in _together(happened):
        day = tell.spoken.date(str(one["at"]))
        lines += [f"  {day}"] if day != before else []
        again = f" That was the last of {times} times." if times > 1 else ""
        said = f"{_capital(sentence(tell, one))}.{again}{tell.spoken.id(one.get('step'))}"
        lines.append(_CLOCK.format(tell.spoken.clock(str(one["at"])), said))
        before = day
    return lines


def _together(happened: Sequence[Row]) -> Iterator[tuple[Row, int]]:
    """Yield what is told, and how often it was so: a message that is put off again and again is told once."""
    twice = set(told_already(happened))
    shown = [one for place, one in enumerate(happened) if place not in twice]
    for _, alike in groupby(enumerate(shown), lambda pair: _what(pair[1]) or pair[0]):
        several = list(alike)
        yield several[-1][1], len(several)


def _what(one: Row) -> tuple[str, ...]:
    """Return what makes two puttings off the same; nothing of all else, which is told each by itself."""
    if one["what"] != "held":
        return ()
    # What a pause put off, and what is spread when it is over, are two things.
    about = str(one.get("details", {}).get("message", ""))
    return (*(str(one.get(name, "")) for name in ("run", "step", "reason")), about)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _passage_json(one: Passage, why: Why, tell: Teller) -> dict[str, Any]:
    published = why.journey.publications.get(one.version)
    shown = at_step(one.happened, why.step)
    return {
        "run": one.id, "version": one.version, "key": one.key or None, "entered": one.entered or None,
        "ended": one.ended or None, "exit_reason": one.exit_reason or None, "holdout": one.holdout,
        "published": published.to_json() if published else None,
        "now": now_of(one, why.whole, tell),
        "missed": missed(one, why.step, why.journey, tell) if why.step and not shown else None,
        "decisions": [_told(each, tell) for each in shown],
    }  # fmt: skip


def _told(one: Row, tell: Teller) -> dict[str, Any]:
    """Return one decision: its reason, what its conditions read, and the sentence that says it."""
    reason = str(one.get("reason") or "")
    conditions = [
        {"condition": each.text, "held": each.held, "because": each.because}
        for each in asked(reason, tell.spoken)
    ]
    said = (
        f"On {tell.spoken.date(str(one['at']))} at {tell.spoken.clock(str(one['at']))} {sentence(tell, one)}."
    )
    return {
        "at": one["at"], "version": one.get("version") or None, "step": one.get("step") or None, "what": one["what"],
        "reason": reason or None, "details": dict(one.get("details", {})), "conditions": conditions, "sentence": said,
    }  # fmt: skip
