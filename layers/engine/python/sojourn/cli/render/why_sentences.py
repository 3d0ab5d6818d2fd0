"""One sentence for each thing that the ledger tells: what was decided for a customer, and because of what.

They are read out to the customer's face: "they were not sent “reminder”, because they replied STOP". The reasons
themselves are `reasons`, conditions `condition_words`. It knows no table, and not in which order things are told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sojourn.cli.render.condition_words import NOTHING_ASKED, condition_words
from sojourn.cli.render.customer_story import happening_words
from sojourn.cli.render.customer_tasks import ended_task, is_ended
from sojourn.cli.render.customer_who import MIGRATED as MIGRATED_AWAY
from sojourn.cli.render.customer_who import ended
from sojourn.cli.render.reasons import PAUSED, held_because, not_entered_because
from sojourn.cli.render.spoken import SOURCES, Spoken, plain
from sojourn.cli.render.why_messages import held, of_message, sent, suppressed
from sojourn.cli.render.why_teller import Row, Teller, details_of
from sojourn.domain.control import STOPPED

MIGRATED = "migrated"
"""The reason of a wait that went on in another version."""
_AT_ONCE = "continued at once: "
_CLOCK = re.compile(r".* in (?P<zone>[\w/+-]+)(?: \((?P<source>\w+)\))?", re.DOTALL)
_NTH = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def sentence(tell: Teller, one: Row) -> str:
    """Return what happened, as a clause without its time and without a stop at its end."""
    say = SENTENCES.get(str(one["what"]))
    return say(tell, one) if say is not None else happening_words(one, tell.spoken)


def _entered(tell: Teller, one: Row) -> str:
    details = details_of(one)
    held_out = "; they are sent nothing there, to compare" if details.get("holdout") else ""
    by, entry = str(details.get("by", "")), tell.entries.get(str(one.get("run")), {})
    return f"they entered, because {_entry(tell, by, details, entry)}{held_out}"


def _entry(tell: Teller, by: str, details: Row, entry: Row) -> str:
    kind, _, rest = by.partition(":")
    if kind == "api":
        source = f" (“{details['source']}”)" if details.get("source") else ""
        return f"a program{source} entered them"
    if kind == "start":
        return f"“{tell.spoken.journey(rest)}” started it for them"
    if kind in ("schedule", "audience"):
        return "its hour had come" if kind == "schedule" else "they were in its audience"
    return tell.did(by, entry) if by else "something let them in"


def _not_entered(tell: Teller, one: Row) -> str:
    detail = details_of(one).get("detail")
    reason = str(one.get("reason") or "")
    why = not_entered_because(reason, tell.spoken)
    # What a publisher said is theirs; all else is a value.
    said = f"“{detail}”" if reason in (PAUSED, STOPPED) else tell.spoken.value(detail)
    return f"they did not enter, because {why}{f' ({said})' if detail else ''}"


def _waiting(tell: Teller, one: Row) -> str:
    until = details_of(one).get("until")
    words, reason = tell.words(one), str(one.get("reason") or "")
    if reason == PAUSED and until:
        ends = tell.spoken.after(str(until), str(one["at"]))
        return f"“{words}” {'goes on' if words.startswith('wait') else 'was put off'} until {ends}, as it was paused"
    if reason == PAUSED:
        return f"the clocks stood still at “{words}”, because {held_because(reason)}"
    if reason == MIGRATED:
        ends = f" until {tell.spoken.after(str(until), str(one['at']))}" if until else ""
        return f"what was left of their wait went on at “{words}”{ends}"
    if reason.startswith(_AT_ONCE):
        return f"there was nothing to wait for at “{words}”: {reason.removeprefix(_AT_ONCE)}"
    what = words if words.startswith("wait ") else f"wait at “{words}”"
    most = " at most" if words.startswith("wait for ") and not reason else ""
    ends = f", until {tell.spoken.after(str(until), str(one['at']))}{most}" if until else ""
    return f"they were to {what}{ends}{_by_the_clock(reason, tell.spoken)}"


def _by_the_clock(reason: str, spoken: Spoken) -> str:
    """Return by whose clock a wait was worked out, where it is not the one in which all else is told."""
    found = _CLOCK.fullmatch(reason)
    if found is None or found["zone"] == spoken.zone:
        return ""
    whose = f" ({SOURCES.get(found['source'], found['source'])})" if found["source"] else ""
    return f", by the clock of {found['zone']}{whose}"


def _resumed(tell: Teller, one: Row) -> str:
    details = details_of(one)
    if not one.get("step"):
        step = tell.spoken.step(one["journey"], str(one.get("version", "")), str(details.get("at_step", "")))
        return f"it had failed, and went on again at “{step}”"
    if is_ended(one):
        return ended_task(one, tell.happened, tell.spoken)
    path = str(details.get("path", ""))
    over = f"“{tell.words(one)}” was over"
    if not details.get("event"):
        return f"{over} at once" if path == "otherwise" else f"{over}, {_the_way(path)}"
    did = tell.did(str(details["event"]))
    way = f", and they went {_the_way(path)}" if path and plain(path) not in did else ""
    return f"{did}, so {over}{way}"


def _the_way(path: str) -> str:
    """Return what a path is called; those that have no name have a number."""
    if path.isdigit() and 0 < int(path) <= len(_NTH):
        return f"the {_NTH[int(path) - 1]} way"
    return f"the way “{plain(path)}”"


def _timed_out(tell: Teller, one: Row) -> str:
    place = (one.get("run"), one.get("step"))
    if any(
        other["what"] == "tasked" and (other.get("run"), other.get("step")) == place
        for other in tell.happened
    ):
        return "nobody had done the task in time"
    return f"the time for “{tell.words(one)}” was over, and nothing of it had come"


def _branched(tell: Teller, one: Row) -> str:
    path, reason = str(details_of(one).get("path", "")), str(one.get("reason") or "")
    if reason in ("", NOTHING_ASKED):
        return f"they went {_the_way(path)}, as there was no other"
    return f"they went {_the_way(path)}, because {condition_words(reason, tell.spoken)}"


def _assigned(tell: Teller, one: Row) -> str:
    path = plain(str(details_of(one).get("path", "")))
    return f"they were drawn for “{path}”, by a draw that always gives them the same"


def _updated(tell: Teller, one: Row) -> str:
    values = details_of(one).get("attributes") or {}
    told = " and ".join(
        f"their {plain(name)} to {tell.spoken.value(value)}" for name, value in values.items()
    )
    lacks = f"not all could be worked out: {one['reason']}" if one.get("reason") else ""
    said = f"the journey set {told}" if told else "the journey set nothing of theirs"
    return f"{said}; {lacks}" if lacks else said


def _tasked(tell: Teller, one: Row) -> str:
    details = details_of(one)
    title = f": {details['title']}" if details.get("title") else ""
    return f"a task was raised for {plain(str(details.get('task', 'somebody')))}{title}"


def _called(tell: Teller, one: Row) -> str:
    status, words = (
        details_of(one).get("status"),
        tell.words(one).removeprefix("call ").removesuffix(" (webhook)"),
    )
    answered = str(one["reason"]) if one.get("reason") else f"it answered {status}"
    return f"the program at “{words}” was called: {answered}"


def _emitted(tell: Teller, one: Row) -> str:
    return f"“{plain(str(details_of(one).get('event', '')))}” was reported to other systems"


def _started(tell: Teller, one: Row) -> str:
    return f"“{tell.spoken.journey(str(details_of(one).get('to', '')))}” was started for them"


def _goal(tell: Teller, one: Row) -> str:
    details = details_of(one)
    late = " after it had ended" if details.get("after_end") else ""
    return f"they reached its goal{late}: {tell.did(str(details.get('event', '')))}"


def _restarted(tell: Teller, one: Row) -> str:
    return f"it began anew, because {tell.did(str(one.get('reason') or ''))}"


def _redirected(tell: Teller, one: Row) -> str:
    to = tell.spoken.journey(str(details_of(one).get("to", "")))
    return f"they went on in “{to}”, because {tell.did(str(one.get('reason') or ''))}"


def _exited(tell: Teller, one: Row) -> str:
    if one.get("reason") == MIGRATED_AWAY:
        return "they left, because the journey was changed"
    detail = details_of(one).get("detail")
    return f"it {ended(str(one.get('reason') or ''))}{f' ({tell.spoken.value(detail)})' if detail else ''}"


def _failed(tell: Teller, one: Row) -> str:
    cause = str(details_of(one).get("cause") or "")
    return f"it failed, by a mistake of ours: {one.get('reason')}{f' ({tell.spoken.value(cause)})' if cause else ''}"


def _migrated(tell: Teller, one: Row) -> str:
    details, changed = details_of(one), "the journey was changed while they were in it"
    if not details.get("version"):
        return f"{changed}: they finish what they wait for, and leave it then"
    before = tell.spoken.step(one["journey"], str(details["version"]), str(details.get("from", "")))
    where = f", from “{before}”" if before else ""
    return f"{changed}: they went on in version {one['version']}{where}, at “{tell.words(one)}”"


def _of_somebody(tell: Teller, one: Row) -> str:
    return happening_words(one, tell.spoken)


SENTENCES: Mapping[str, Callable[[Teller, Row], str]] = {
    "entered": _entered, "not_entered": _not_entered, "waiting": _waiting, "resumed": _resumed,
    "timed_out": _timed_out, "branched": _branched, "assigned": _assigned, "sent": sent, "held": held,
    "suppressed": suppressed, "updated": _updated, "tasked": _tasked, "called": _called, "emitted": _emitted,
    "started": _started, "goal": _goal, "restarted": _restarted, "redirected": _redirected, "exited": _exited,
    "failed": _failed,
    "delivered": of_message("{} was delivered"),
    "bounced": of_message("{} came back: the address is nobody's"),
    "complained": of_message("they reported {} as spam"),
    "rejected": of_message("{} was taken by its provider, and not passed on"),
    "undelivered": of_message("{} came back, though the address is right"),
    "opened": of_message("they opened {}", "a program opened {}, which says nothing of them"),
    "clicked": of_message("they followed a link in {}", "a program followed a link in {}, which says nothing of them"),
    "replied": of_message("they answered {}"),
    "merged": _of_somebody, "merge_refused": _of_somebody, "left_out": _of_somebody,
    "migrated": _migrated,
}  # fmt: skip
"""By the kind of thing that happened: every one has its sentence."""
