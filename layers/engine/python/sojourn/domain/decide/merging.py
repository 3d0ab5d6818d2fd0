"""What is known once two customers are one: of their profiles, and of two runs of the same journey and key.

What is newer counts, and where nobody knows which is, what was known of the one who stays. Of two words about what
may be sent, the stricter counts, whenever it was said. Of runs it is as if all had been one customer from the
beginning. It knows no storage.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sojourn.domain.customer.identity import ADDRESSES, is_unknown, normalised
from sojourn.domain.customer.rows import EVERY_TOPIC, MERGED, MERGING, Profile, changed
from sojourn.domain.decide.bounding import fitting
from sojourn.domain.decide.hearsay import is_hearsay, marked
from sojourn.domain.decide.learning import OF_THE_ADDRESS
from sojourn.domain.decide.reaching import ADDRESS

if TYPE_CHECKING:
    from sojourn.domain.customer.rows import Run

BEATEN = "exit:merged"
"""How a run ends where the other customer had one of the same journey and key that goes on."""
OTHERS_KEPT = 200
"""So many others a profile remembers: what is forgotten is only read once more. Some browsers are new every day."""
_CONTACT = (*ADDRESSES, "timezone", "locale")
WORDS_OF_CONSENT, KEYWORDS = "consent:", "keyword:"
"""What the names begin with under which `as_of` has when the last word was said: a later one was said of both."""
_NEVER = datetime.min.replace(tzinfo=UTC)
_GRAVITY = ("complaint", "stop")
"""Why a channel is suppressed, the gravest first; all other reasons come after."""


def stays(one: Profile, other: Profile) -> bool:
    """Say whether of two who are the same it is *one* who stays: whoever is known, else the first of the two."""
    return not is_unknown(one.id) or is_unknown(other.id)


def merged_profile(source: Profile, into: Profile) -> Profile:
    """Return what is known of *into* once *source* is the same."""
    attributes, as_of = dict(into.attributes), dict(into.as_of)
    newer = {
        name: value for name, value in source.attributes.items()
        if name not in attributes or _is_newer(name, source, into)
    }  # fmt: skip
    for name, value in fitting(into.attributes, newer).items():
        attributes[name] = value
        _dated(as_of, name, source)
    contact: dict[str, Any] = {}
    for name in _CONTACT:
        told = getattr(source, name) is not None or name in source.as_of
        if told and (_is_newer(name, source, into) or (_unsaid(name, into) and getattr(source, name))):
            contact[name] = getattr(source, name)
            _dated(as_of, name, source)
            as_of = dict(marked(as_of, (name,), as_of.get(name, _NEVER), hearsay=is_hearsay(source, name)))
    consents = _consents(source, into)
    for name in source.as_of.keys() | into.as_of.keys():
        if name.startswith((WORDS_OF_CONSENT, KEYWORDS)):
            as_of[name] = max(source.as_of.get(name, _NEVER), into.as_of.get(name, _NEVER))
    after = changed(
        into, attributes=attributes, consents=consents, as_of=as_of, others=_others(source, into),
        holdout=source.holdout if into.holdout is None else into.holdout, **contact,
    )  # fmt: skip
    engagement, last_sent = _engagement(source, into)
    return changed(
        after, suppressed=_suppressed(source, into, after), engagement=engagement, last_sent=last_sent
    )


def with_other(profile: Profile, other: str, state: str) -> Profile:
    """Return the profile that remembers what became of another customer, as the last thing it forgets."""
    others = {one: known for one, known in profile.others.items() if one != other}
    return changed(profile, others=_bounded({**others, other: state}))


def goes_on(one: Run, other: Run) -> bool:
    """Say whether of two runs of one journey and key, of two who are the same, it is *one* that stays.

    One that goes on stays before one that ended; of two that go on, the one entered first: the second would not have
    entered. Of two that ended, the one entered last.
    """
    if one.active != other.active:
        return one.active
    if one.active:
        return one.entered <= other.entered
    return one.entered >= other.entered


def adopted(run: Run, customer: str) -> Run:
    """Return a run that another customer takes over; splits go on as they were drawn."""
    return changed(run, customer=customer, entered_as=run.entered_as or run.customer)


def tombstone(source: Profile, into: str) -> Profile:
    """Return what is left of a customer who became another: nothing but who that is."""
    return Profile(source.id, since=source.since, merged_into=into)


def _is_newer(name: str, source: Profile, into: Profile) -> bool:
    if getattr(into, name, None) and is_hearsay(source, name) != is_hearsay(into, name):
        return is_hearsay(into, name)
    return source.as_of.get(name, _NEVER) > into.as_of.get(name, _NEVER) and (
        name in into.as_of or name not in ADDRESSES or getattr(into, name) is None
    )


def _unsaid(name: str, profile: Profile) -> bool:
    return getattr(profile, name) is None and name not in profile.as_of


def _dated(as_of: dict[str, datetime], name: str, source: Profile) -> None:
    if name in source.as_of:
        as_of[name] = source.as_of[name]
    else:
        as_of.pop(name, None)


def _consents(source: Profile, into: Profile) -> dict[tuple[str, str], bool]:
    return {
        key: all(said for profile in (source, into) if (said := _said(profile, key)) is not None)
        for key in {**into.consents, **source.consents}
    }


def _said(profile: Profile, key: tuple[str, str]) -> bool | None:
    """Return what somebody said of a topic, or of all of them, on a channel."""
    said = profile.consents.get(key)
    return profile.consents.get((EVERY_TOPIC, key[1])) if said is None else said


def _suppressed(source: Profile, into: Profile, after: Profile) -> dict[str, str]:
    """Return the channels that must not be used; what is about an address counts if it is the address."""
    found: dict[str, str] = {}
    for profile in (source, into):
        for channel, why in profile.suppressed.items():
            field = ADDRESS.get(channel, "")
            if why in OF_THE_ADDRESS and field and not _same(field, profile, after):
                continue
            if channel not in found or _gravity(why) < _gravity(found[channel]):
                found[channel] = why
    return found


def _same(field: str, one: Profile, other: Profile) -> bool:
    mine, theirs = getattr(one, field), getattr(other, field)
    return (mine or "") == (theirs or "") or normalised(field, mine or "") == normalised(field, theirs or "")


def _gravity(why: str) -> int:
    return _GRAVITY.index(why) if why in _GRAVITY else len(_GRAVITY)


def _engagement(
    source: Profile, into: Profile
) -> tuple[Mapping[str, Mapping[str, datetime]], Mapping[str, str]]:
    """Return when what was done last on each channel, and the message that went out there last."""
    channels = {*source.engagement, *into.engagement}
    both = {one: (source.engagement.get(one, {}), into.engagement.get(one, {})) for one in channels}
    engagement = {
        channel: {
            did: max(known[did] for known in pair if did in known) for did in sorted({*pair[0], *pair[1]})
        }
        for channel, pair in sorted(both.items())
    }
    last = dict(into.last_sent)
    for channel, send in source.last_sent.items():
        theirs, ours = (known.get("sent", _NEVER) for known in both.get(channel, ({}, {})))
        if channel not in last or theirs > ours:
            last[channel] = send
    return engagement, last


def _others(source: Profile, into: Profile) -> dict[str, str]:
    """Return all who are, or may be, the same: what is still to be brought over is forgotten by neither."""
    both = [*into.others.items(), *source.others.items(), (source.id, MERGING)]
    rank = {MERGING: 0, MERGED: 1}
    found: dict[str, str] = {}
    for other, state in both:
        if other != into.id and rank.get(state, 2) <= rank.get(found.get(other, ""), 2):
            found.pop(other, None)
            found[other] = state
    return _bounded(found)


def _bounded(others: Mapping[str, str]) -> dict[str, str]:
    """Forget the oldest, but none that is still to be brought over."""
    spare = len(others) - OTHERS_KEPT
    done = [other for other, state in others.items() if state != MERGING][: max(0, spare)]
    return {other: state for other, state in others.items() if other not in set(done)}
