"""What the feedback on a message does to a customer: suppression, consent, engagement."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sojourn.domain.customer.identity import address_key
from sojourn.domain.customer.rows import changed
from sojourn.domain.decide.as_of_names import keyword_name
from sojourn.domain.decide.consenting import consents_after
from sojourn.domain.decide.hearsay import is_hearsay
from sojourn.domain.decide.hearsay_words import WORDS, with_word
from sojourn.domain.decide.keywords import HELP, START, STOP, asked
from sojourn.domain.decide.own_words import complained, has_own_word, with_word_there, without_device
from sojourn.domain.decide.reaching import ADDRESS
from sojourn.domain.message.channels import channel_named

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from sojourn.domain.customer.rows import Event, Profile, Send
    from sojourn.domain.decide.machines import What

SENT, DELIVERED, DELAYED = "message_sent", "message_delivered", "message_delayed"
REJECTED, FAILED = "message_rejected", "message_failed"
OPENED, CLICKED, REPLIED = "message_opened", "message_clicked", "message_replied"
BOUNCED, COMPLAINED = "message_bounced", "message_complained"
ENTERED_SEGMENT, LEFT_SEGMENT = "segment_entered", "segment_left"
UNSUBSCRIBED, SUBSCRIBED = "unsubscribed", "subscribed"
MESSAGE_EVENTS = {
    "delivered": DELIVERED,
    "opened": OPENED,
    "clicked": CLICKED,
    "replied": REPLIED,
    "bounced": BOUNCED,
    "complained": COMPLAINED,
}
FEEDBACK = frozenset(
    (SENT, DELIVERED, DELAYED, REJECTED, FAILED, OPENED, CLICKED, REPLIED, BOUNCED, COMPLAINED, UNSUBSCRIBED,
     SUBSCRIBED)
)  # fmt: skip
"""The events that may be about a message, and say so by the send's id."""
ENGAGEMENT = {SENT: "sent", DELIVERED: "delivered", OPENED: "opened", CLICKED: "clicked", REPLIED: "replied"}
"""What a profile remembers of a channel: when last."""

META = "wamid."
"""What Meta's ids of messages begin with."""
SOFT_BOUNCES = 5
WORN_OUT_AFTER = timedelta(days=30)
"""So many messages that came back softly within so long, and none delivered since the first of them: nobody reads
there. A mailbox that was full for a month is as good as gone, and mailbox providers count what is sent to it."""
WORN_OUT = "soft_bounces"
"""Why a channel is suppressed then."""


def profile_after(
    event: Event, profile: Profile, send: Send | None = None, *, worn_out: bool = False, topics: Collection[str] = ()
) -> Profile:  # fmt: skip
    """Return the profile as *event* leaves it; the same object where it changes nothing.

    Args:
        send: the message it is about, as far as that is known.
        worn_out: this soft bounce is one too many (`is_worn_out`).
        topics: the workspace's own.
    """
    if event.name in (UNSUBSCRIBED, SUBSCRIBED):
        return consents_after(event, profile, yes=event.name == SUBSCRIBED, own=topics)
    channel = channel_of(event)
    if not channel and event.properties.get("channel"):
        return profile  # a profile has room for the channels that there are
    profile = _suppressed(event, profile, send, channel, worn_out)
    if event.name == SENT and send is not None:
        return went_out(profile, send, event.at)
    did = ENGAGEMENT.get(event.name)
    if did and channel and not is_machine(event) and keyword(event) not in (STOP, HELP):
        profile = engaged(profile, channel, did, event.at)
    return profile


def went_out(profile: Profile, send: Send, at: datetime) -> Profile:
    """Return the profile that remembers that a provider took a message; the same one if a later one is known."""
    after = engaged(profile, send.channel, "sent", at)
    if after is profile:
        return profile
    return changed(after, last_sent={**profile.last_sent, send.channel: send.id})


def engaged(profile: Profile, channel: str, did: str, at: datetime) -> Profile:
    """Return the profile that remembers when something was done on a channel last; the same one if it was later."""
    known = profile.engagement.get(channel, {})
    if did in known and known[did] >= at:
        return profile
    return changed(profile, engagement={**profile.engagement, channel: {**known, did: at}})


def _suppressed(event: Event, profile: Profile, send: Send | None, channel: str, worn_out: bool) -> Profile:
    on = channel or (send.channel if send is not None else "")
    if event.name == BOUNCED and on and (is_hard(event) or worn_out) and _reaches(event, profile, send, on):
        if on == "push":
            return without_device(profile)
        # A complaint, or a STOP, is the person's own word: a new address does not put it right.
        if profile.suppressed.get(on) in WORDS:
            return profile
        why = "bounce" if is_hard(event) else WORN_OUT
        if why == WORN_OUT and on in profile.suppressed:
            return profile
        return _with(profile, on, why)
    if event.name == COMPLAINED and on:
        heard = send is None or send.heard
        return complained(profile, on, event.at, to=_went_to(event, send), heard=heard)
    if event.name == REPLIED and channel in ("sms", "whatsapp"):
        return _asked(profile, channel, keyword(event), event.at)
    return profile


def _asked(profile: Profile, channel: str, word: str, at: datetime) -> Profile:
    """Do as a STOP or START asks; of two the later counts, in whatever order they come, and a STOP of two at once."""
    if word not in (STOP, START):
        return profile
    hearsay = is_hearsay(profile, ADDRESS[channel])
    if hearsay and has_own_word(profile, channel):
        return with_word_there(profile, channel, "stop", at, taken_back=word == START)
    known = profile.as_of.get(keyword_name(channel))
    if known is not None and (at < known or (at == known and word == START)):
        return profile
    suppressed, as_of = dict(profile.suppressed), {**profile.as_of, keyword_name(channel): at}
    if word == STOP and suppressed.get(channel) != "complaint":
        suppressed[channel] = "stop"
        as_of = dict(with_word(as_of, channel, at, hearsay=hearsay))
    elif word == START and suppressed.get(channel) == "stop":
        del suppressed[channel]
        as_of = dict(with_word(as_of, channel, hearsay=False))
    return changed(profile, suppressed=suppressed, as_of=as_of)


def _with(profile: Profile, channel: str, why: str) -> Profile:
    if profile.suppressed.get(channel) == why:
        return profile
    return changed(profile, suppressed={**profile.suppressed, channel: why})


def _reaches(event: Event, profile: Profile, send: Send | None, channel: str) -> bool:
    """Say whether what bounced is the address that the customer has now; where nobody knows, it is."""
    to, field = _went_to(event, send), ADDRESS.get(channel, "")
    return not to or not field or to == address_key(getattr(profile, field))


def _went_to(event: Event, send: Send | None) -> str:
    """Return where a message went, by `address_key`; "" where nobody knows."""
    return str(event.properties.get("to") or (send.to if send else ""))


def is_hard(event: Event) -> bool:
    """Say whether a bounce says that the address is nobody's, now and later."""
    return bool(event.properties.get("hard", True))


def is_machine(event: Event) -> bool:
    """Say whether a program opened or clicked, not a reader."""
    return bool(event.properties.get("machine"))


def by_program(event: Event) -> bool:
    """Say whether an event is a program's opening or click: to conditions, waits, goals and journeys it never was."""
    return event.name in (OPENED, CLICKED) and is_machine(event)


def hurried(event: Event, send: Send) -> Event:
    """Return an opening or a click as a program's where it came sooner than anybody reads; else as it is.

    It gets an id of its own: the reader's, by the same link in the same minute, is another event. The time counts from
    when the message was claimed, right before its provider was called: that never changes, so that a second delivery
    is taken as the first was.
    """
    # Imported here, as most events are neither: patterns take a while to be compiled.
    from sojourn.domain.decide.machines import SOON, is_too_soon

    what: What = "opened" if event.name == OPENED else "clicked"
    if is_machine(event) or not is_too_soon(what, send.channel, (event.at - send.at).total_seconds()):
        return event
    return changed(
        event, id=f"{event.id}:soon", properties={**event.properties, "machine": True, "reason": SOON}
    )


def is_worn_out(event: Event, before: Iterable[Event], profile: Profile) -> bool:
    """Say whether this soft bounce is the one after which an address is given up.

    Args:
        before: the customer's bounces of the last `WORN_OUT_AFTER`, this one included or not.
    """
    channel = channel_of(event)
    delivered = profile.engagement.get(channel, {}).get("delivered")
    since = event.at - WORN_OUT_AFTER
    if delivered is not None and delivered > since:
        since = delivered
    soft = {
        str(one.properties.get("send") or one.id)
        for one in (*before, event)
        if channel_of(one) == channel and not is_hard(one) and one.at > since
    }
    return len(soft) >= SOFT_BOUNCES


def keyword(event: Event) -> str:
    """Return what a reply asks of the sender, by the words that carriers have agreed on: stop, start, help; or ""."""
    if event.name != REPLIED:
        return ""
    for text in (event.properties.get("text"), event.properties.get("keyword")):
        if word := asked(str(text or "")):
            return word
    return ""


def about(event: Event, send: Send | None) -> Event:
    """Return an event of feedback as it is kept: what it says of its message is what the message's own row says.

    Its channel is written as all are. By run and step it counts as engagement and releases a wait, so a program's have
    neither, and a HELP has not. A bounce or complaint of which nobody knows the channel changes nothing, and says so:
    `ignored`.
    """
    properties = dict(event.properties)
    if event.name in (UNSUBSCRIBED, SUBSCRIBED):
        return event  # without a channel they mean every channel, not the message's
    if channel := channel_of(event):
        properties["channel"] = channel
    elif event.name in (BOUNCED, COMPLAINED) and send is None:
        properties["ignored"] = "no_channel"
    if send is not None:
        own = {"journey": send.journey, "message": send.message, "channel": send.channel, "send": send.id}
        reached = {"run": send.run, "step": send.step}
        properties |= own if is_machine(event) else own | reached
    if is_machine(event) or keyword(event) == HELP:
        properties = {name: value for name, value in properties.items() if name not in ("run", "step")}
    return event if properties == event.properties else changed(event, properties=properties)


def channel_of(event: Event) -> str:
    """Return the channel that feedback says it is about, however it writes it; "" where it says none that there is."""
    return channel_named(event.properties.get("channel"))


def is_answer_to(event: Event, send: Send) -> bool:
    """Say whether feedback that names no send is about this one: the last that went out on its channel.

    Where it says which of the provider's messages it is about, it must be this one.
    """
    named, known = str(event.properties.get("provider_id") or ""), send.provider_id
    # WhatsApp's messages have an id of Meta's beside AWS's: two of different kinds say nothing.
    return not named or not known or named == known or named.startswith(META) != known.startswith(META)


def engagement(event: Event) -> tuple[str, str, str] | None:
    """Return (run, step, how) where *event* shows a reader's engagement with a message."""
    for how in ("opened", "clicked", "replied"):
        if event.name == MESSAGE_EVENTS[how]:
            return str(event.properties.get("run", "")), str(event.properties.get("step", "")), how
    return None
