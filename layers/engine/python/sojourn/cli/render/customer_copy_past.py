"""What somebody was sent, did and passed through, for the copy that is handed to them. It knows no table."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

from sojourn.application.acting import ANSWER
from sojourn.application.desk import TASK_RAISED
from sojourn.cli.render.customer_messages import became, status_words
from sojourn.cli.render.customer_story import ALIASED, happening_words
from sojourn.cli.render.customer_who import ended, joined
from sojourn.cli.render.reasons import held_because, not_sent_because
from sojourn.cli.render.spoken import Spoken, plain
from sojourn.domain.compile.compiled import API
from sojourn.domain.customer.identity import ANONYMOUS, is_unknown, unknown_id
from sojourn.domain.decide.feedback import FEEDBACK

Row = Mapping[str, Any]
Told = dict[str, Any]
_SECRETS = frozenset(("task_id", "url"))
"""Of a task's event: who has them, and a write key, ends the task."""
_OF_MESSAGES = frozenset(("send", "run", "step", "to"))
"""Of an event about a message: what finds the rows that it is about, and a hash of the address."""
PREVIOUS = "previous_id"
"""Of an `aliased`: who is said to be the same. Where they stay two, it is somebody else."""
_OTHERS = frozenset(("merge_refused",))
"""What the ledger tells of somebody else."""
_OF_ROWS = frozenset(("id", "run", "step", "customer", "expires"))
"""Of a message in the app: what finds its row."""


def some(**fields: Any) -> Told:
    """Return the fields that say something."""
    return {name: value for name, value in fields.items() if value not in (None, "", {}, [])}


def journey_name(row: Row, spoken: Spoken) -> Told:
    """Return which journey a row is of; nothing where it is of none."""
    return {"journey": row["journey"], "title": spoken.journey(row["journey"])} if row.get("journey") else {}


def sent(send: Row, events: Sequence[Row], spoken: Spoken) -> Told:
    """Return a message that went out, and what became of it."""
    of_it = [event for event in events if event.get("properties", {}).get("send") == send["id"]]
    return {
        "at": send["at"], "channel": send["channel"], "message": send["message"],
        **some(topic=send.get("topic")), **journey_name(send, spoken),
        "state": status_words(send),
        "what_became_of_it": [
            {"at": event["at"], "what": became(event, spoken)} for event in of_it if event["name"] in FEEDBACK
        ],
    }  # fmt: skip


def stopped(one: Row, spoken: Spoken) -> Told:
    """Return a message that was put off, or not sent, with the reason."""
    details = one.get("details", {})
    what = details.get("message") or details.get("task")
    reason = str(one.get("reason") or "")
    held = one["what"] == "held"
    why = held_because(reason) if held else not_sent_because(reason, str(details.get("detail") or ""), spoken)
    about = some(channel=details.get("channel"), message=what, until=details.get("until"))
    return {"at": one["at"], **about, **journey_name(one, spoken), "why": why}


def inbox(row: Row) -> Told:
    """Return a message that lies, or lay, in the app."""
    kept = {name: value for name, value in row.items() if name not in _OF_ROWS}
    return {**kept, **some(kept_until=row.get("expires"))}


def event_told(event: Row, same: Container[str] = ()) -> Told:
    """Return what somebody did, and where; without what opens a door, and what is of others.

    Args:
        same: the ids of those who became them.
    """
    name = str(event["name"])
    properties, context = _said(name, event.get("properties", {})), dict(event.get("context", {}))
    if name == ALIASED and not _is_theirs(str(properties.get(PREVIOUS, "")), same):
        properties.pop(PREVIOUS, None)
    if name.startswith(f"{API}:"):
        name = f"entry into {name.partition(':')[2]}, by a call"
        came = dict(context.get(ANSWER, {}))
        context = {"source": context.get("source"), "entered": bool(came.get("run"))}
    about = some(received=event.get("received"), kept_until=event.get("expires"))
    return {"at": event["at"], "event": name, **some(properties=properties, context=context), **about}


def _said(name: str, properties: Row) -> Told:
    """Return what an event of this name says, without what opens a door or finds rows."""
    hidden = _SECRETS if name == TASK_RAISED else _OF_MESSAGES if name in FEEDBACK else ()
    return {key: value for key, value in properties.items() if key not in hidden}


def _is_theirs(previous: str, same: Container[str]) -> bool:
    return previous in same or unknown_id(ANONYMOUS, previous) in same


def journey_told(run: Row, happened: Sequence[Row], spoken: Spoken) -> Told:
    """Return one passage through a journey: how it began, what was decided and by what, how it ended."""
    over, by = run.get("status") == "ended", str(run.get("entry_event") or "")
    return {
        **journey_name(run, spoken),
        "entered": run["entered"],
        **some(by=by, with_what=_said(by, run.get("entry") or {}), key=run.get("key")),
        "comparison_group": bool(run.get("holdout")),
        **(
            {"ended": run.get("ended"), "why": ended(str(run.get("exit_reason", "")))}
            if over
            else {"goes_on": True}
        ),
        "what_happened": [_within(one, spoken) for one in happened if one.get("run") == run["id"]],
    }


def _within(one: Row, spoken: Spoken) -> Told:
    """Return what happened within a journey, with what it was decided by."""
    details, reason = one.get("details", {}), str(one.get("reason") or "")
    step = spoken.step(one["journey"], str(one.get("version", "")), one["step"]) if one.get("step") else ""
    about = {
        name: details.get(name) for name in ("path", "until", "message", "channel", "event", "attributes")
    }
    why = ended(reason) if one["what"] == "exited" else reason
    return {"at": one["at"], "what": plain(str(one["what"])), **some(step=step, **about, reason=why)}


def merged(whole: Row, happened: Sequence[Row]) -> Iterator[Told]:
    """Yield who was found to be this person, with when and why."""
    told = {str(one.get("details", {}).get("from", "")): one for one in happened if one["what"] == "merged"}
    for other in sorted(joined(whole)):
        one = told.get(other, {})
        kind = "visitor" if is_unknown(other) else "user id"
        yield {"kind": kind, "value": other, **some(at=one.get("at"), reason=one.get("reason"))}


def others(whole: Row, happened: Sequence[Row], spoken: Spoken) -> Iterator[Told]:
    """Yield what was decided outside of the journeys that are told of: those whose run is not kept any more, too."""
    runs = {run["id"] for run in whole["runs"]}
    for one in happened:
        told_elsewhere = one.get("run") in runs or one["what"] in (
            "held",
            "suppressed",
            "not_entered",
            "merged",
        )
        if not told_elsewhere and one["what"] not in _OTHERS:
            yield {"at": one["at"], "what": happening_words(one, spoken).removeprefix("→ ")}
