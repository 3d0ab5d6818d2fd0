"""Who a customer is, what they want to be sent, and where they stand in each journey. It knows no table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sojourn.cli.render.spoken import Spoken, channel, named, plain
from sojourn.domain.customer.identity import is_unknown
from sojourn.domain.customer.profile import APART
from sojourn.domain.decide.feedback import BOUNCED, COMPLAINED
from sojourn.domain.decide.standing import is_inside
from sojourn.domain.message.channels import CHANNELS

Row = Mapping[str, Any]
_NAMES = ("first_name", "last_name", "name")
_CONTACT = {"email": "email", "phone": "phone", "locale": "language"}
MIGRATED = "exit:migrated"
ENDS: Mapping[str, str] = {
    "completed": "came to its end", "goal": "reached its goal", "redirected": "went on in another journey",
    "restarted": "began anew", "stopped": "was stopped by an operator", "failed": "failed: a mistake of ours",
    "erased": "was erased", "exit:merged": "ended: they were in it twice, before they were found to be one person",
    MIGRATED: "was left, because it was changed",
}  # fmt: skip
SUPPRESSED: Mapping[str, str] = {
    "bounce": "the address is nobody's: a message came back",
    "soft_bounces": "five messages came back one after the other",
    "complaint": "they called a message spam; nothing lifts that",
    "stop": "they replied STOP; START lifts it",
}
_BECAUSE_OF: Mapping[str, str] = {"bounce": BOUNCED, "complaint": COMPLAINED}
_EVERY = "*"


def header(whole: Row, spoken: Spoken) -> str:
    """Return what somebody is called, and since when they are known."""
    profile = whole["profile"] or {}
    since = f", known since {spoken.day(profile['since'])}" if profile.get("since") else ""
    return f"{called(whole, spoken)}{since}"


def called(whole: Row, spoken: Spoken) -> str:
    """Return what somebody is called: their name, else an address, else their id."""
    profile = whole["profile"] or {}
    attributes = profile.get("attributes", {})
    name = " ".join(str(attributes[one]) for one in _NAMES[:2] if attributes.get(one)) or attributes.get(
        "name"
    )
    said = str(name or profile.get("email") or profile.get("phone") or whole["customer"])
    return f"{said}{spoken.id(whole['customer']) if said != whole['customer'] else ''}"


def who(whole: Row, spoken: Spoken) -> Iterator[str]:
    """Yield what is known of somebody, with the day by which it is."""
    profile = whole["profile"] or {}
    as_of = profile.get("as_of", {})
    for name, word in _CONTACT.items():
        if profile.get(name):
            yield named(word, _known(str(profile[name]), name, as_of, spoken))
    if profile.get("device"):
        shown = profile["device"] if spoken.ids else "an app that takes push messages"
        yield named("device", _known(str(shown), "device", as_of, spoken))
    for name, value in sorted(profile.get("attributes", {}).items()):
        if name not in _NAMES:
            yield named(plain(name), _dated(spoken.value(value), as_of.get(name), spoken))
    for name, value in sorted(whole.get("traits", {}).items()):
        yield named(plain(name), f"{spoken.value(value)} (worked out of what they did)")
    for one, did in sorted(profile.get("engagement", {}).items()):
        last = sorted(did.items(), key=lambda pair: str(pair[1]))
        yield named(f"last by {channel(one)}", "; ".join(f"{what} {spoken.at(at)}" for what, at in last))
    if profile.get("segments"):
        yield named("belongs to", ", ".join(plain(one) for one in profile["segments"]))
    others = profile.get("others", {})
    same = joined(whole)
    if spoken.ids:
        yield from (
            named("also", f"{one} ({state})")
            for one, state in others.items()
            if state == APART or one in same
        )
        return
    for other in (one for one in others if one in same and not is_unknown(one)):
        yield named("also known as", other)
    if visits := [one for one in others if one in same and is_unknown(one)]:
        words = "a visitor who was" if len(visits) == 1 else f"{len(visits)} visitors who were"
        yield named("also", f"{words} found to be them (--ids names them)")


def joined(whole: Row) -> set[str]:
    """Return who became this customer: not those of whom nobody had ever heard, and nothing came of it."""
    profile = whole["profile"] or {}
    nobody = {one["customer"] for one in whole.get("merged", ()) if one.get("known") is False}
    return {one for one, state in profile.get("others", {}).items() if state != APART} - nobody


def wants(whole: Row, spoken: Spoken) -> Iterator[str]:
    """Yield what somebody agreed to, topic by topic, and the channels that must not be used, with why."""
    profile = whole["profile"] or {}
    as_of = profile.get("as_of", {})
    said = {(topic, one): yes for topic, one, yes in profile.get("consents", ())}
    for one, why in sorted(profile.get("suppressed", {}).items()):
        when = _since(one, str(why), whole["events"])
        yield named("no " + channel(one), _dated(SUPPRESSED.get(why, plain(str(why))), when, spoken))
    everything = sorted(one for topic, one in said if topic == _EVERY)
    words_of = {(said[_EVERY, one], as_of.get(f"consent:{_EVERY}:{one}")) for one in everything}
    if len(words_of) == 1 and set(everything) >= set(CHANNELS):
        ((yes, when),) = words_of
        text = f"{'yes' if yes else 'no'} to everything, on every channel, unless said of a topic since"
        yield f"  {_dated(text, when, spoken)}"
        everything = []
    for one in everything:
        word = "yes to" if said[_EVERY, one] else "no to"
        when = as_of.get(f"consent:{_EVERY}:{one}")
        yield f"  {_dated(f'{word} everything by {channel(one)}, unless said of a topic since', when, spoken)}"
    topics = dict.fromkeys([*spoken.topics, *sorted(topic for topic, _ in said if topic != _EVERY)])
    for topic in topics:
        known = spoken.topics.get(topic)
        channels = dict.fromkeys(
            [*(known.channels if known else ()), *sorted(c for t, c in said if t == topic)]
        )
        words: dict[str, list[str]] = {}
        for one in channels:
            words.setdefault(_word(topic, one, said, as_of, spoken), []).append(channel(one))
        if words:
            told = "; ".join(f"{', '.join(many)} {word}" for word, many in words.items())
            yield f"  {spoken.topic(topic)}: {told}"


def _since(one: str, why: str, events: Iterable[Row]) -> str | None:
    """Return when that happened for which a channel must not be used, where its event is there still."""
    found = [
        str(event["at"]) for event in events
        if event["name"] == _BECAUSE_OF.get(why) and event.get("properties", {}).get("channel") == one
        and event["properties"].get("hard", True) and not event["properties"].get("ignored")
    ]  # fmt: skip
    return max(found, default=None)


def _word(topic: str, one: str, said: Mapping[tuple[str, str], bool], as_of: Row, spoken: Spoken) -> str:
    """Return whether somebody wants a topic on a channel, and since when, or that nobody asked them."""
    if (topic, one) in said:
        yes = said[topic, one]
        return _dated("yes" if yes else "no", as_of.get(f"consent:{topic}:{one}"), spoken)
    if (_EVERY, one) in said:
        return "yes" if said[_EVERY, one] else "no"
    known = spoken.topics.get(topic)
    return (
        "yes (never asked)"
        if known is not None and known.opted_in and one in known.channels
        else "no (never asked)"
    )


def journeys(whole: Row, spoken: Spoken) -> Iterator[str]:
    """Yield where somebody stands in each journey, those that go on first, then how others ended; newest first."""
    runs = sorted(whole["runs"], key=lambda one: str(one["entered"]), reverse=True)
    for run in (one for one in runs if one.get("status") != "ended"):
        yield f"  {_called(run, spoken)}, since {spoken.at(run['entered'])}{_holdout(run)}"
        yield from _standing(run, whole, spoken)
    for run in (one for one in runs if one.get("status") == "ended"):
        when = f"{spoken.at(run['entered'])} to {spoken.after(run['ended'], run['entered'])}"
        yield f"  {_called(run, spoken)}, {when}: {ended(str(run['exit_reason']))}{_holdout(run)}"


def ended(reason: str) -> str:
    """Return why a run ended, in words."""
    return ENDS.get(reason) or f"ended: {plain(reason.removeprefix('exit:'))}"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a run is now, on one of its paths.

    Args:
        step: its id.
        waits: what is waited for there, in words; "" where the step's own words say it all, or nobody knows.
        since, until: as rows have them; None where that is not known.
        wait: the row of a step that waits to be answered.
    """

    step: str
    waits: str = ""
    since: str | None = None
    until: str | None = None
    wait: Row | None = None


def standings(run: Row, whole: Row) -> Iterator[Standing]:
    """Yield where a run is: where paths are walked at once, on each of them."""
    waits = {
        one["step"]: one for one in whole["waiters"] if one["run"] == run["id"] and not one.get("released")
    }
    at = {lane: str(step) for lane, step in dict(run.get("at", {})).items()}
    # Where paths are walked at once, the step that they lie in says nothing more.
    within = [step for lane, step in at.items() if not any(is_inside(other, lane) for other in at)]
    for step in dict.fromkeys([*waits, *within]):
        wait = waits.get(step)
        since, until = (
            (wait["since"], wait.get("deadline")) if wait else _waited(run["id"], step, whole["ledger"])
        )
        yield Standing(step, _waits_for(wait) if wait else "", since, until, wait)


def _standing(run: Row, whole: Row, spoken: Spoken) -> Iterator[str]:
    version = str(run.get("version", ""))
    for one in standings(run, whole):
        words = spoken.steps.get((run["journey"], version, one.step)) or one.waits
        what = (
            f"{words}{spoken.id(one.step)}"
            if words
            else f"at the step “{spoken.step(run['journey'], version, one.step)}”"
        )
        begun = f", since {spoken.at(one.since)}" if one.since else ""
        ends = f", until {spoken.at(one.until)}{' at most' if one.wait else ''}" if one.until else ""
        yield f"    now: {what}{begun}{ends}"


def _waited(run: str, step: str, ledger: Iterable[Row]) -> tuple[str | None, str | None]:
    """Return since when and until when a run waits at a step that nobody answers."""
    waits = [
        one for commit in ledger for one in commit["happened"]
        if one.get("run") == run and one.get("step") == step and one["what"] == "waiting"
    ]  # fmt: skip
    last = max(waits, key=lambda one: str(one["at"]), default=None)
    return (last["at"], last.get("details", {}).get("until")) if last else (None, None)


def _waits_for(wait: Row) -> str:
    """Return what a waiting step waits for, by what releases it."""
    things = [_release(one) for one in wait.get("releases", ())]
    return f"waits for {' or '.join(things)}" if things else ""


def _release(one: Row) -> str:
    what = plain(str(one.get("of") or one.get("event") or one.get("name") or one.get("path") or "an answer"))
    how = {"opened": "“{}” to be opened", "clicked": "a click in “{}”", "replied": "a reply to “{}”",
           "entered": "them to enter {}", "left": "them to leave {}"}  # fmt: skip
    return how.get(str(one.get("kind")), "{}").format(what)


def quarantined(events: Iterable[Row], spoken: Spoken) -> Iterator[str]:
    """Yield the events that were not taken in, newest first, with why."""
    for one in sorted(events, key=lambda row: str(row["received"]), reverse=True):
        happened = one.get("detail", {}).get("time", "")
        when = spoken.at(happened) if happened else ""
        before = f" of {when}" if when and when != spoken.at(one["received"]) else ""
        why = "; ".join(one["reasons"])
        yield f"  {spoken.at(one['received'])}  {plain(one['name'])}{before}{spoken.id(one['id'])}: {why}"


def _called(run: Row, spoken: Spoken) -> str:
    more = " ".join(str(one) for one in (run.get("key"), run.get("version"), run.get("id")) if one)
    return f"{spoken.journey(run['journey'])}{spoken.id(more)}"


def _holdout(run: Row) -> str:
    return " (is sent nothing there, to compare)" if run.get("holdout") else ""


def _known(text: str, name: str, as_of: Row, spoken: Spoken) -> str:
    """Return an address with the day by which it is known, and whether anybody may have said it."""
    if f"hearsay:{name}" not in as_of:
        return _dated(text, as_of.get(name), spoken)
    day = f"{spoken.day(as_of[name])}, " if as_of.get(name) else ""
    return f"{text} ({day}told by a web page or an app: not sure)"


def _dated(text: str, at: str | None, spoken: Spoken) -> str:
    return f"{text} ({spoken.day(at)})" if at else text
