"""Takes in what is told of a message: its row, what it means for the customer, what the ledger says.

Feedback may come before the send is written as sent, after its run ended, twice, and in any order. One more read, of
the send's row, is what it costs; other events cost none. It knows no provider.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.domain.customer.rows import changed
from sojourn.domain.decide import consenting
from sojourn.domain.decide.consent_words import understood
from sojourn.domain.decide.delivery import MACHINE, status_after, told_by
from sojourn.domain.decide.ending import FAILED, reads_run_late
from sojourn.domain.decide.feedback import (
    BOUNCED,
    CLICKED,
    FEEDBACK,
    OPENED,
    REPLIED,
    SUBSCRIBED,
    UNSUBSCRIBED,
    WORN_OUT_AFTER,
    about,
    channel_of,
    engagement,
    hurried,
    is_answer_to,
    is_hard,
    is_worn_out,
    profile_after,
)
from sojourn.domain.decide.feedback import FAILED as UNDELIVERED
from sojourn.domain.ledger import Happening

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from sojourn.application.ports import Engine
    from sojourn.domain.customer.rows import Change, CustomerFile, Event, Profile, Run, Send
    from sojourn.domain.decide.consent_words import Word

LONGEST_REASON = 200
OF_CONSENT = (SUBSCRIBED, UNSUBSCRIBED)
WITHOUT_SEND = (BOUNCED, REPLIED, UNDELIVERED)
"""What may be about the last message of its channel where it does not say which one."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an event means that may be about a message.

    Args:
        event: as it is to be kept.
        profile: as the event leaves it.
        send: the message's row, where the event changes it.
        told: for the ledger, where it is told for the first time.
    """

    event: Event
    profile: Profile
    send: Send | None = None
    told: Happening | None = None


def read(engine: Engine, profile: Profile, event: Event, now: datetime, customer: str = "") -> Receipt:
    """Return what *event* means for a customer.

    Args:
        profile: the customer as they are before.
        customer: whose it was said to be: their sends stay where they were written, whoever they are one with since.
    """
    if event.name not in FEEDBACK:
        return Receipt(event, profile)
    send = _about(engine, profile, event, customer)
    if send is not None and event.name in (OPENED, CLICKED):
        event = hurried(event, send)
    event = about(event, send)
    worn_out = event.name == BOUNCED and not is_hard(event) and _is_worn_out(engine, profile, event)
    topics = engine.catalogue.policy.topics
    profile = profile_after(event, profile, send, worn_out=worn_out, topics=topics)
    if send is None:
        return Receipt(event, profile)
    word = told_by(event)
    new = bool(word) and word not in send.did
    after = changed(
        send,
        status=status_after(send.status, event),
        provider_id=send.provider_id or str(event.properties.get("provider_id") or ""),
        did=send.did | {word} if new else send.did,
    )
    told = _told(after, profile.id, word, event, now) if new else None
    return Receipt(event, profile, after if after != send else None, told)


def is_said_again(engine: Engine, profile: Profile, receipt: Receipt) -> bool:
    """Say whether somebody unsubscribes once more by the same message, and nothing was taken back since.

    It is no other event then. Its time counts all the same: a consent that was given before, and comes late, does not
    outweigh it.

    Args:
        profile: the customer as they are before.
    """
    event = receipt.event
    if event.name != UNSUBSCRIBED or not event.properties.get("send"):
        return False
    if receipt.profile.consents != profile.consents:
        return False
    earlier = engine.customers.events(profile.id, UNSUBSCRIBED, also=profile.merging)
    return any(one.id != event.id and _word(one) == _word(event) for one in earlier)


def _word(event: Event) -> tuple[object, ...]:
    return tuple(event.properties.get(name) for name in ("send", "topic", "topics", "channel", "channels"))


def topics_left_out(event: Event, profile: Profile, own: Collection[str]) -> list[str]:
    """Return the topics of a word about consent for which there is no room, if it is one.

    Args:
        own: the workspace's topics.
    """
    if event.name not in OF_CONSENT:
        return []
    return consenting.topics_left_out(event, profile, own, yes=event.name == SUBSCRIBED)


def not_understood(event: Event, own: Collection[str]) -> Word | None:
    """Return what is made of a word about consent that is not wholly understood; None for everything else."""
    if event.name not in OF_CONSENT:
        return None
    word = understood(event.properties, own, yes=event.name == SUBSCRIBED)
    return word if word.unclear else None


def is_of_nobody(file: CustomerFile, event: Event) -> bool:
    """Say whether an event is feedback on a message to somebody who is not known: erased since, or of another stage.

    Nothing is kept of it: it would bring back who asked to be forgotten.
    """
    unknown = not file.revision and file.profile.since is None
    return unknown and event.name in FEEDBACK and bool(event.properties.get("send"))


def engage(engine: Engine, change: Change, runs: Iterable[Run], event: Event) -> None:
    """Note in its run what the reader of a message did."""
    found = engagement(event)
    if found is None:
        return
    run_id, step, how = found
    for run in runs:
        if run.stands_for(run_id) and how not in run.engaged.get(step, ()) and _is_asked(engine, run):
            did = run.engaged.get(step, frozenset())
            change.put_run(changed(run, engaged={**run.engaged, step: did | {how}}))


def _is_asked(engine: Engine, run: Run) -> bool:
    """Say whether anybody may ask what became of a run's messages."""
    if run.active or run.exit_reason == FAILED:
        return True
    return reads_run_late(engine.catalogue.version(run.journey, run.version), run)


def _about(engine: Engine, profile: Profile, event: Event, customer: str) -> Send | None:
    """Return the row of the message that an event is about."""
    also = tuple(dict.fromkeys(one for one in (customer, *profile.merging) if one and one != profile.id))
    if send_id := str(event.properties.get("send") or ""):
        return engine.customers.send(profile.id, send_id, also)
    last = profile.last_sent.get(channel_of(event), "")
    if event.name not in WITHOUT_SEND or not last:
        return None
    send = engine.customers.send(profile.id, last, also)
    return send if send is not None and is_answer_to(event, send) else None


def _is_worn_out(engine: Engine, profile: Profile, event: Event) -> bool:
    since = event.at - WORN_OUT_AFTER
    return is_worn_out(event, engine.customers.events(profile.id, BOUNCED, since, profile.merging), profile)


def _told(send: Send, customer: str, word: str, event: Event, now: datetime) -> Happening:
    details: dict[str, object] = {"message": send.message, "channel": send.channel, "send": send.id}
    if word.endswith(MACHINE):
        details["machine"] = True
    what = word.removesuffix(MACHINE)
    reason = _reason(event.properties)
    return Happening(
        now, customer, send.journey, send.version, send.run, what, send.step, reason, details  # type: ignore[arg-type]
    )  # fmt: skip


def _reason(properties: Mapping[str, object]) -> str:
    reason = properties.get("reason")
    return reason[:LONGEST_REASON] if isinstance(reason, str) else ""
