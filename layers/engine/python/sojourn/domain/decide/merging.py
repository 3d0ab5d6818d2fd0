"""What is known once two customers are one: of their profiles, and of two runs of the same journey and key.

What is newer counts, and where nobody knows which is, what was known of the one who stays. Of two words about what
may be sent, the stricter counts, whenever it was said. Of runs it is as if all had been one customer from the
beginning. It knows no storage.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sojourn.domain.customer.identity import ADDRESSES, is_same, is_unknown
from sojourn.domain.customer.rows import EVERY_TOPIC, MERGED, MERGING, Profile, changed
from sojourn.domain.decide.as_of_names import CONSENT, KEYWORD, consent_name, is_left
from sojourn.domain.decide.bounding import fitting, has_room
from sojourn.domain.decide.hearsay import is_hearsay, marked
from sojourn.domain.decide.hearsay_words import Known, bounded, gravity, heard_again, set_apart
from sojourn.domain.decide.own_words import OF_THE_ADDRESS
from sojourn.domain.decide.reaching import ADDRESS

if TYPE_CHECKING:
    from sojourn.domain.customer.rows import Run

BEATEN = "exit:merged"
"""How a run ends where the other customer had one of the same journey and key that goes on."""
STOOD_FOR = 50
"""So many runs that ended in its favour a run remembers, the last ones."""
OTHERS_KEPT = 200
"""So many others a profile remembers: what is forgotten is only read once more. Some browsers are new every day."""
_CONTACT = (*ADDRESSES, "timezone", "locale")
_NEVER = datetime.min.replace(tzinfo=UTC)


def stays(one: Profile, other: Profile) -> bool:
    """Say whether of two who are the same it is *one* who stays: whoever is known, else the first of the two."""
    return not is_unknown(one.id) or is_unknown(other.id)


def merged_profile(source: Profile, into: Profile, topics: Container[str] = ()) -> Profile:
    """Return what is known of *into* once *source* is the same.

    Args:
        topics: the workspace's own: every word about one of them is kept, and of others as many as there is room for.
    """
    (theirs, as_of_theirs), (ours, as_of_ours) = set_apart(source, ADDRESSES), set_apart(into, ADDRESSES)
    attributes, as_of = dict(into.attributes), dict(as_of_ours)
    for name, value in fitting(into.attributes, _newer(source, into)).items():
        attributes[name] = value
        _dated(as_of, name, source)
    contact: dict[str, Any] = {}
    for name in _CONTACT:
        if _is_taken(name, source, into):
            contact[name] = getattr(source, name)
            _dated(as_of, name, source)
            as_of = dict(marked(as_of, (name,), as_of.get(name, _NEVER), hearsay=is_hearsay(source, name)))
    consents = _consents(source, into, topics)
    forgotten = {consent_name(*key) for key in source.consents if key not in consents}
    for name, at in as_of_theirs.items():
        # The last word of each kind, wherever it was said, is the last of both.
        if (name.startswith((CONSENT, KEYWORD)) and name not in forgotten) or is_left(name):
            as_of[name] = max(at, as_of.get(name, at))
    after = changed(
        into, attributes=attributes, consents=consents, as_of=as_of, others=_others(source, into),
        holdout=source.holdout if into.holdout is None else into.holdout,
        since=min((one.since for one in (source, into) if one.since is not None), default=None), **contact,
    )  # fmt: skip
    engagement, last_sent = _engagement(source, into)
    suppressed, since = _suppressed((source, theirs), (into, ours), after)
    return changed(after, suppressed=suppressed, as_of=since, engagement=engagement, last_sent=last_sent)


def left_behind(source: Profile, into: Profile, merged: Profile) -> tuple[list[str], list[str]]:
    """Return the names of attributes of *source*, and the topics, that found no room in what is known of both."""
    newer = _newer(source, into)
    attributes = [name for name, value in newer.items() if merged.attributes.get(name, _NEVER) != value]
    return attributes, sorted({topic for topic, _ in source.consents.keys() - merged.consents.keys()})


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


def heir(run: Run, ended: Run) -> Run:
    """Return the run that goes on in the place of another: what was done with that one's messages was done here."""
    steps = {**ended.engaged, **run.engaged}
    nothing: frozenset[str] = frozenset()
    engaged = {step: run.engaged.get(step, nothing) | ended.engaged.get(step, nothing) for step in steps}
    heir_of = (*run.heir_of, *ended.heir_of, ended.id)[-STOOD_FOR:]
    return changed(run, engaged=engaged, heir_of=heir_of)


def adopted(run: Run, customer: str) -> Run:
    """Return a run that another customer takes over; splits go on as they were drawn."""
    return changed(run, customer=customer, entered_as=run.entered_as or run.customer)


def tombstone(source: Profile, into: str) -> Profile:
    """Return what is left of a customer who became another: nothing but who that is."""
    return Profile(source.id, since=source.since, merged_into=into)


def _newer(source: Profile, into: Profile) -> dict[str, Any]:
    return {
        name: value for name, value in source.attributes.items()
        if name not in into.attributes or _is_newer(name, source, into)
    }  # fmt: skip


def _is_newer(name: str, source: Profile, into: Profile) -> bool:
    return source.as_of.get(name, _NEVER) > into.as_of.get(name, _NEVER)


def _is_taken(name: str, source: Profile, into: Profile) -> bool:
    """Say whether an address, zone or locale is the source's: also that there is none any more."""
    theirs, ours = getattr(source, name), getattr(into, name)
    if ours and is_hearsay(source, name) != is_hearsay(into, name) and (theirs or is_hearsay(source, name)):
        return is_hearsay(into, name)
    if not _is_newer(name, source, into):
        return bool(theirs) and ours is None and name not in into.as_of
    # Of an address nobody knows since when it is known: perhaps it is newer.
    return name in into.as_of or name not in ADDRESSES or ours is None


def _dated(as_of: dict[str, datetime], name: str, source: Profile) -> None:
    if name in source.as_of:
        as_of[name] = source.as_of[name]
    else:
        as_of.pop(name, None)


def _consents(source: Profile, into: Profile, topics: Container[str]) -> dict[tuple[str, str], bool]:
    found: dict[tuple[str, str], bool] = {}
    for key in {**into.consents, **source.consents}:
        if key in into.consents or key[0] == EVERY_TOPIC or has_room(found, key[0], topics):
            found[key] = all(said for profile in (source, into) if (said := _said(profile, key)) is not None)
    return found


def _said(profile: Profile, key: tuple[str, str]) -> bool | None:
    """Return what somebody said of a topic, or of all of them, on a channel."""
    said = profile.consents.get(key)
    return profile.consents.get((EVERY_TOPIC, key[1])) if said is None else said


def _suppressed(
    theirs: tuple[Profile, Mapping[str, str]], ours: tuple[Profile, Mapping[str, str]], after: Profile
) -> Known:
    """Return the channels that must not be used, and since when what is known.

    What is about an address counts if it is the address: a bounce, and a word said at one known by hearsay.

    Args:
        theirs, ours: each with why channels are suppressed but for words of hearsay, which `after.as_of` remembers.
    """
    known: Known = ({}, after.as_of)
    for profile, suppressed in (theirs, ours):
        for channel, why in suppressed.items():
            field = ADDRESS.get(channel, "")
            about_other = field and not is_same(field, getattr(profile, field), getattr(after, field))
            if why not in OF_THE_ADDRESS or not about_other:
                known[0][channel] = min(why, known[0].get(channel, why), key=gravity)
    for field in ADDRESSES:
        known = heard_again(known, field, getattr(after, field), hearsay=is_hearsay(after, field))
    return known[0], bounded(known[1])


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
