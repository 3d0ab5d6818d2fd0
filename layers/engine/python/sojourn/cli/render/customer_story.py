"""What a customer did and what it set off, each thing once.

An event and what the ledger says of it are one thing: who opened a message has not done two. What is told of messages
is `customer_messages`; what happens inside of journeys (waits, branches, draws) only on request. It knows no table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sojourn.application.acting import ANSWER
from sojourn.application.calling import AUDIENCE
from sojourn.application.desk import TASK_RAISED
from sojourn.cli.render.customer_messages import Told, became
from sojourn.cli.render.customer_tasks import (
    AROUND,
    ended_words,
    is_ended,
    raised,
    raised_words,
    task_words,
)
from sojourn.cli.render.customer_who import ended, joined
from sojourn.cli.render.reasons import not_entered_because
from sojourn.cli.render.spoken import Spoken, channel, plain
from sojourn.domain.compile.compiled import API, SCHEDULE
from sojourn.domain.customer.identity import ANONYMOUS, is_unknown, unknown_id
from sojourn.domain.customer.profile import EVERY_TOPIC
from sojourn.domain.decide.feedback import (
    ENTERED_SEGMENT,
    FEEDBACK,
    LEFT_SEGMENT,
    SUBSCRIBED,
    UNSUBSCRIBED,
)
from sojourn.domain.ledger import OF_MESSAGES

Row = Mapping[str, Any]
_OF_MESSAGES = frozenset((*OF_MESSAGES, "sent", "suppressed", "held"))
_INNER = frozenset(
    ("waiting", "resumed", "timed_out", "branched", "assigned", "called", "started", "updated")
)
"""What happens inside of journeys: an operator wants to know, a customer on the telephone does not."""
_WITH_MESSAGE = FEEDBACK - {SUBSCRIBED, UNSUBSCRIBED}
"""What is told with its message, where that is known."""
ALIASED = "aliased"
_TELLS = frozenset(("identified", "customer_updated"))
"""Events that tell of somebody, and nothing else: what they told is seen from when it is known."""
_SEGMENTS = {ENTERED_SEGMENT: "belongs to {} now", LEFT_SEGMENT: "belongs to {} no more"}


def timeline(whole: Row) -> list[Row]:
    """Return what a customer did and what was decided, oldest first, as rows: events, and the ledger's happenings.

    An event has `event`, a happening `what`; both have `at`.
    """
    entries: list[tuple[str, int, Row]] = [
        (one["at"], 0, {"at": one["at"], "event": one["name"], **_without(one, "at", "name", "expires")})
        for one in whole["events"]
    ]
    for commit in whole["ledger"]:
        entries += [(one["at"], 1, one) for one in commit["happened"]]
    return [one for _, _, one in sorted(entries, key=lambda entry: entry[:2])]


_LET_IN = {AUDIENCE: "an audience", SCHEDULE: "a schedule"}
"""What lets several in at once, by what their entries' names begin with."""
_NOT_KEPT = {
    "no_room": "not kept, as there is no room for more",
    "no_room_for_topic": "not kept, a word about a topic that the workspace does not have",
    "wrong_type": "not kept, as it is not of the type declared",
    "not_understood": "not wholly understood",
    "too_many": "others have the same address, and not all were asked",
}


def story(whole: Row, spoken: Spoken, *, inner: bool = False) -> tuple[list[Told], int]:
    """Return what somebody did and what came of it, oldest first, and how much of it is left out as inner.

    Args:
        inner: whether what happens inside of journeys is told too.
    """
    happened = [one for commit in whole["ledger"] for one in commit["happened"]]
    sends = {str(send["id"]): str(send["message"]) for send in whole["sends"]}
    told: list[tuple[str, int, str]] = []
    tasks = raised(happened, whole["events"])
    left_out = 0
    emitted, came_back = _emitted(happened, whole["events"])
    for event in whole["events"]:
        if event["name"] in _WITH_MESSAGE and str(event.get("properties", {}).get("send", "")) in sends:
            continue
        if event["name"] in _SEGMENTS and not inner:
            left_out += 1
            continue
        if event["id"] in tasks:
            continue
        by = came_back.get(event["id"])
        words = f"{spoken.journey(by['journey'])} reported: " if by else ""
        told.append((str(event["at"]), 0, words + _event(event, whole, spoken, sends)))
    twins = set(told_already(happened))
    for place, one in enumerate(happened):
        if one["what"] in _OF_MESSAGES or place in emitted or place in twins:
            continue
        if is_ended(one):
            told.append((str(one["at"]), 1, ended_words(one, happened, spoken)))
            continue
        if one["what"] in _INNER and not inner:
            left_out += 1
            continue
        told.append((str(one["at"]), 1, happening_words(one, spoken)))
    return [(at, text) for at, _, text in sorted(told, key=lambda entry: entry[:2])], left_out


def _event(event: Row, whole: Row, spoken: Spoken, sends: Mapping[str, str]) -> str:
    """Return what somebody did, with what is known of it from elsewhere: what it told of them, whom it did not join."""
    words, profile = event_words(event, spoken, sends), whole["profile"] or {}
    if event["name"] == ALIASED:
        previous = str(event.get("properties", {}).get("previous_id", ""))
        if previous and not ({previous, unknown_id(ANONYMOUS, previous)} & joined(whole)):
            words += "; they stay two, as whoever told it may not join customers (the right “merge”)"
    if event["name"] in _TELLS:
        at = datetime.fromisoformat(event["at"])
        known = [
            name for name, when in profile.get("as_of", {}).items()
            if ":" not in name and datetime.fromisoformat(when) == at
        ]  # fmt: skip
        words += f": told {', '.join(map(plain, sorted(known)))}" if known else ""
    return words


def event_words(event: Row, spoken: Spoken, sends: Mapping[str, str]) -> str:
    """Return what somebody did, in words.

    Args:
        sends: id -> message, of what they were sent.
    """
    name, said = str(event["name"]), dict(event.get("properties", {}))
    if name in _SEGMENTS:
        return _SEGMENTS[name].format(plain(str(said.get("segment", "a segment"))))
    if name in (SUBSCRIBED, UNSUBSCRIBED):
        topics = _listed(said, "topic", "topics")
        about = ", ".join(map(spoken.topic, topics)) or "everything"
        channels = _listed(said, "channel", "channels")
        where = f" by {', '.join(map(channel, channels))}" if channels else ""
        message = sends.get(str(said.get("send", "")))
        by = [
            *([plain(str(said["how"]))] if said.get("how") else []),
            *([f"in “{message}”"] if message else []),
        ]
        how = f" ({', '.join(by)})" if by else ""
        return f"{'subscribed to' if name == SUBSCRIBED else 'unsubscribed from'} {about}{where}{how}"
    if name in FEEDBACK:
        what = f"“{said['message']}”" if said.get("message") else "a message"
        on = f" ({channel(str(said['channel']))})" if said.get("channel") else ""
        nothing = "; on which channel is not known, so nothing came of it" if said.get("ignored") else ""
        return f"{what}{on}: {became(event, spoken)}{nothing}"
    if name == TASK_RAISED:
        return raised_words(event, spoken)
    ids = spoken.id(event.get("id"))
    if name.startswith(f"{API}:"):
        context = event.get("context", {})
        source = f" of “{context['source']}”" if context.get("source") else ""
        entered = "entered by a call" if context.get(ANSWER, {}).get("run") else "did not enter, by a call"
        return f"{entered}{source}{ids}{f': {spoken.values(said)}' if said else ''}"
    kind, _, rest = name.partition(":")
    if rest and kind in _LET_IN:
        went = "entered" if event.get("context", {}).get(ANSWER, {}).get("run") else "did not enter"
        return f"{went}, by {_LET_IN[kind]}{ids}{f': {spoken.values(said)}' if said else ''}"
    return f"{plain(name)}{ids}{f': {spoken.values(said)}' if said else ''}"


def _listed(said: Row, *names: str) -> list[str]:
    """Return what a word about consent names, as it was told: a text, or a list."""
    values = [said[name] for name in names if said.get(name)]
    return [str(one) for value in values for one in (value if isinstance(value, list | tuple) else (value,))]


def _taken_as(details: Row, spoken: Spoken) -> str:
    """Return what a word about consent was taken to mean, where it was not wholly understood; "" for all else."""
    if "channels" not in details:
        return ""
    topics = [
        "everything" if one == EVERY_TOPIC else spoken.topic(str(one)) for one in details.get("topics", ())
    ]
    channels = [channel(str(one)) for one in details["channels"]]
    return f"; taken as {', '.join(topics) or 'nothing'} by {', '.join(channels) or 'nothing'}"


def happening_words(one: Row, spoken: Spoken) -> str:
    """Return what happened in a journey, or to somebody as a whole, in words."""
    what, details, reason = str(one["what"]), one.get("details", {}), str(one.get("reason") or "")
    journey = spoken.journey(one["journey"]) if one.get("journey") else ""
    run = spoken.id(" ".join(str(one[name]) for name in ("version", "run") if one.get(name)))
    if what in ("merged", "merge_refused"):
        other = str(details.get("from", ""))
        who = f"a visitor{spoken.id(other)}" if not other or is_unknown(other) else f"“{other}”"
        word = "was found to be them" if what == "merged" else "is perhaps them, and stays apart"
        why = f"; {details['detail']}" if what == "merge_refused" and details.get("detail") else ""
        return f"{who} {word}: {reason}{why}"
    if what == "left_out":
        names, more = [str(name) for name in details.get("names", ())], int(details.get("count", 0))
        rest = f" and {more - len(names):,} more" if more > len(names) else ""
        where = f"→ {journey}{run}: " if journey else ""
        taken = _taken_as(details, spoken)
        return f"{where}{_NOT_KEPT.get(reason, plain(reason))}: {', '.join(names)}{rest}{taken}"
    late = " after it had ended" if details.get("after_end") else ""
    said = {
        "entered": "they entered", "not_entered": f"they did not enter: {not_entered_because(reason, spoken)}",
        "exited": ended(reason), "goal": f"reached its goal{late}",
        "restarted": f"began anew, for {plain(reason)}",
        "redirected": f"they went on in {spoken.journey(str(details.get('to', '')))}, for {plain(reason)}",
        "failed": f"failed: {reason}",
        "tasked": task_words(details, details),
    }.get(what)  # fmt: skip
    if said is not None:
        holdout = (
            " (is sent nothing there, to compare)" if what == "entered" and details.get("holdout") else ""
        )
        return f"→ {journey}{run}: {said}{holdout}"
    step = (
        f", {spoken.step(one['journey'], str(one.get('version', '')), one['step'])}"
        if one.get("step")
        else ""
    )
    with_them = spoken.values({name: value for name, value in details.items() if value not in ("", None)})
    about = f" ({with_them})" if with_them else ""
    return f"→ {journey}{run}{step}: {plain(what)}{about}{f': {reason}' if reason else ''}"


def _emitted(happened: list[Row], events: Iterable[Row]) -> tuple[set[int], dict[str, Row]]:
    """Return which happenings are an event that a journey emitted and that came back, and event id -> happening."""
    left = [(place, one) for place, one in enumerate(happened) if one["what"] == "emitted"]
    places: set[int] = set()
    found: dict[str, Row] = {}
    for event in sorted(events, key=lambda one: str(one["at"])):
        for pair in left:
            place, one = pair
            apart = datetime.fromisoformat(event["at"]) - datetime.fromisoformat(one["at"])
            if one.get("details", {}).get("event") == event["name"] and timedelta(0) <= apart <= AROUND:
                places.add(place)
                found[event["id"]] = one
                left.remove(pair)
                break
    return places, found


def told_already(happened: Sequence[Row]) -> Iterator[int]:
    """Yield the ends of runs that another happening tells already: a goal, a beginning anew, another journey."""
    told = {
        (one.get("run"), one["what"])
        for one in happened
        if one["what"] in ("goal", "restarted", "redirected")
    }
    for place, one in enumerate(happened):
        if one["what"] == "exited" and (one.get("run"), one.get("reason")) in told:
            yield place


def _without(row: Row, *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}
