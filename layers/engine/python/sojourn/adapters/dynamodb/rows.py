"""Turns rows into items of the table and back, exactly: `data` is the row as JSON, the rest is what DynamoDB reads.

What a field holds by default is left out, so that items stay small: every write is paid by its kilobytes. A field
that this version does not know is passed over, so that a function may read what a newer one wrote. It knows what
rows look like, not when they are written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import datetime
from typing import Any, TypeVar

from sojourn.adapters.dynamodb import keys
from sojourn.adapters.json_text import compact
from sojourn.domain.customer.rows import Event, Profile, Run, Send, Unfinished, Waiter, changed
from sojourn.domain.ledger import Happening

Item = dict[str, dict[str, Any]]
"""An item as DynamoDB's API has it: attribute -> {type: value}."""
Move = tuple[str, str, str, str]
"""Journey, version, the step a run left and the step it came to; "" is nowhere."""
Recent = tuple[tuple[datetime, str, str], ...]
Row = TypeVar("Row")
Codec = tuple[Callable[[Any], Any], Callable[[Any], Any]]

_INSTANT: Codec = (keys.instant, datetime.fromisoformat)
_INSTANTS: Codec = (
    lambda instants: {name: keys.instant(at) for name, at in instants.items()},
    lambda listed: {name: datetime.fromisoformat(at) for name, at in listed.items()},
)
_TUPLE: Codec = (list, tuple)
_CODECS: dict[type, dict[str, Codec]] = {
    Profile: {
        "consents": (
            lambda consents: [[*about, yes] for about, yes in consents.items()],
            lambda listed: {(topic, channel): yes for topic, channel, yes in listed},
        ),
        "segments": (sorted, frozenset),
        "since": _INSTANT,
        "as_of": _INSTANTS,
        "engagement": (
            lambda channels: {channel: _INSTANTS[0](did) for channel, did in channels.items()},
            lambda channels: {channel: _INSTANTS[1](did) for channel, did in channels.items()},
        ),
    },
    Event: {"at": _INSTANT, "received": _INSTANT},
    Run: {
        **dict.fromkeys(("entered", "begun", "ended", "needed_until", "waits_since"), _INSTANT),
        "released": (list, lambda listed: tuple(map(tuple, listed))),
        "engaged": (
            lambda engaged: {step: sorted(did) for step, did in engaged.items()},
            lambda engaged: {step: frozenset(did) for step, did in engaged.items()},
        ),
        "last": (dict, lambda last: {lane: tuple(done) for lane, done in last.items()}),
        "answered": (dict, lambda answered: {visit: tuple(how) for visit, how in answered.items()}),
        "heir_of": _TUPLE,
    },
    Waiter: {
        **dict.fromkeys(("since", "deadline"), _INSTANT),
        **dict.fromkeys(("releases", "keep", "keep_paths"), _TUPLE),
    },
    Send: {"at": _INSTANT, "did": (sorted, frozenset)},
    Unfinished: {
        "event": (lambda event: json.loads(to_text(event)), lambda told: from_text(Event, compact(told))),
        "acting": (
            lambda acting: [[kind, name, _fields_of(event)] for kind, name, event in acting],
            lambda listed: tuple((kind, name, _event(told)) for kind, name, told in listed),
        ),
        **dict.fromkeys(("asked", "restarted", "past"), _TUPLE),
    },
}
"""How the fields are written and read that JSON has no word for; None is None for all of them."""


def _fields_of(event: Event) -> dict[str, Any]:
    """Return an event as it stands within another row."""
    fields_: dict[str, Any] = json.loads(to_text(event))
    return fields_


def _event(fields_: Mapping[str, Any]) -> Event:
    return from_text(Event, compact(fields_))


def _defaults(kind: Any) -> dict[str, Any]:
    """Return every field of a kind of row with its default; MISSING where it has none."""
    return {
        one.name: one.default_factory() if one.default_factory is not MISSING else one.default
        for one in fields(kind)
    }


_FIELDS = {kind: _defaults(kind) for kind in _CODECS}


def to_text(row: Any) -> str:
    """Return a row as JSON."""
    codecs = _CODECS[type(row)]
    written = {}
    for name, default in _FIELDS[type(row)].items():
        value = getattr(row, name)
        if default is MISSING or value != default:
            written[name] = codecs[name][0](value) if name in codecs and value is not None else value
    return compact(written)


def from_text(kind: type[Row], text: str) -> Row:
    """Return the row that *text* says."""
    codecs, known = _CODECS[kind], _FIELDS[kind]
    written: dict[str, Any] = json.loads(text)
    return kind(
        **{
            name: codecs[name][1](value) if name in codecs and value is not None else value
            for name, value in written.items()
            if name in known
        }
    )


def item(partition: str, sort_key: str, data: str, expires: int | None = None, **texts: str) -> Item:
    """Return an item: its keys, its row and when it expires, in epoch seconds; *texts* are further attributes."""
    made: Item = {"pk": {"S": partition}, "sk": {"S": sort_key}, "data": {"S": data}}
    if expires is not None:
        made["expires"] = {"N": str(expires)}
    return made | {name: {"S": text} for name, text in texts.items()}


def event_item(customer: str, event: Event, expires: int) -> Item:
    """Return an event's item; the index has it under its name, by when it reached us."""
    by_name = keys.by_name(event.name, event.received or event.at, event.id)
    return item(keys.customer(customer), keys.event(event.id), to_text(event), expires, by_name=by_name)


def send_item(customer: str, send: Send, expires: int) -> Item:
    """Return a send's item; it is the customer's, whoever they were when it was claimed."""
    if send.customer != customer:
        send = changed(send, customer=customer)
    return item(keys.customer(customer), keys.send(send.id), to_text(send), expires)


def ledger_item(
    customer: str, at: datetime, revision: int, happened: list[Happening], moves: list[Move], expires: int
) -> Item:
    """Return the item that says what happened in one commit, and where its runs moved."""
    told = {
        "customer": customer,
        "at": keys.instant(at),
        "revision": revision,
        "happened": [_happening(one) for one in happened],
        "moves": moves,
    }
    return item(keys.customer(customer), keys.ledger(at, revision), compact(told), expires)


def _happening(one: Happening) -> dict[str, Any]:
    return {
        "at": keys.instant(one.at), "journey": one.journey, "version": one.version, "run": one.run,
        "what": one.what, "step": one.step, "reason": one.reason, "details": dict(one.details),
    }  # fmt: skip


def recent_text(recent: Recent) -> str:
    """Return the marketing sends that count for caps as JSON."""
    return compact([[keys.instant(at), channel, topic] for at, channel, topic in recent])


def recent_from(text: str) -> Recent:
    """Return the marketing sends that *text* says."""
    return tuple((datetime.fromisoformat(at), channel, topic) for at, channel, topic in json.loads(text))


def row(kind: type[Row], found: Mapping[str, Any]) -> Row:
    """Return the row of an item."""
    return from_text(kind, found["data"]["S"])


def revision(found: Mapping[str, Any]) -> int:
    """Return the revision at which an item of the hot rows was written."""
    return int(found["revision"]["N"])


def expired(found: Mapping[str, Any], now: datetime) -> bool:
    """Say whether an item is over: DynamoDB takes it away up to two days after that."""
    return "expires" in found and int(found["expires"]["N"]) <= now.timestamp()
