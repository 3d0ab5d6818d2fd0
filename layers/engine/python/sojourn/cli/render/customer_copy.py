"""What is kept of somebody, as a copy to hand to them: sections with names, words, and no key of any storage.

Outside rules: GDPR, article 15 (what is processed, a copy of it, where it comes from, what is decided by machines) and
article 20 (structured, commonly used, machine-readable). So it is JSON, instants are ISO 8601 in UTC, and what a
program would read is a value of its own beside the words. It is made of what `export_customer` has; what of
that is left out says `LEFT_OUT`. It knows no table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sojourn.cli.render.customer_copy_past import (
    Row,
    Told,
    event_told,
    inbox,
    journey_name,
    journey_told,
    merged,
    others,
    sent,
    some,
    stopped,
)
from sojourn.cli.render.customer_who import SUPPRESSED, joined
from sojourn.cli.render.reasons import not_entered_because
from sojourn.cli.render.spoken import Spoken, plain
from sojourn.domain.customer.identity import ADDRESSES, is_unknown
from sojourn.domain.customer.profile import EVERY_TOPIC
from sojourn.domain.decide.as_of_names import consent_name, hearsay_name
from sojourn.domain.decide.feedback import (
    BOUNCED,
    COMPLAINED,
    ENTERED_SEGMENT,
    REPLIED,
    SUBSCRIBED,
    UNSUBSCRIBED,
)

LEFT_OUT: Mapping[str, str] = {
    "keys": "what opens a door (keys to what runs, and to tasks of the staff) says nothing about the person",
    "technical": "ids, hashes and revisions by which rows are found, and how far the engine has come within a step",
    "other people": "who else uses the same browser, address or device: that is about them",
    "texts": "the text of messages that went out is with whoever received it; what it was made of is here",
}
"""What of a customer's rows is not handed to them, and why."""
ELSEWHERE: Mapping[str, str] = {
    "table backups": "up to 35 days back, and copies made by hand",
    "table stream": "what was changed, for 24 hours",
    "step functions": "the history of each journey, with its steps' outcomes, for 90 days after it ended",
    "queues": "events on their way, up to 14 days",
    "exported lines": "what happened, in files for analysis",
    "audience files": "files of customers who were entered into a journey together, for 30 days",
    "operations": "their id, for 30 days, where a change of a journey that they were in stopped at them",
    "logs": "ids in log lines, as long as logs are kept",
    "providers": "messages and addresses, with those who carry email, SMS, push and WhatsApp, under their rules",
    "subscribers": "what other systems were told, with them",
}
"""Where else something about a person may be; the same places as where it is to be erased."""
_SETTINGS = ("timezone", "locale")
_OF_CONSENT = {
    SUBSCRIBED: "agreed", UNSUBSCRIBED: "took it back", COMPLAINED: "called a message spam", REPLIED: "replied",
    BOUNCED: "a message came back",
}  # fmt: skip


def copy_of(whole: Row, spoken: Spoken) -> Told:
    """Return the copy.

    Args:
        whole: see `export_customer`; with `traits`, what is worked out of what they did.
    """
    profile = whole["profile"] or {}
    happened = [one for commit in whole["ledger"] for one in commit["happened"]]
    return {
        "about": {
            "customer": whole["customer"],
            **some(known_since=profile.get("since")),
            "times": "ISO 8601, in UTC",
            "left_out": dict(LEFT_OUT),
            "kept_elsewhere": dict(ELSEWHERE),
        },
        "identities": list(_identities(whole)),
        "merged_profiles": list(merged(whole, happened)),
        "attributes": list(_attributes(whole)),
        "segments": list(_segments(whole)),
        "consents": {
            "now": list(_consents(profile, spoken)),
            "channels_closed": list(_closed(profile)),
            "history": [_word(event, spoken) for event in whole["events"] if event["name"] in _OF_CONSENT],
        },
        "messages": {
            "sent": [sent(send, whole["events"], spoken) for send in whole["sends"]],
            "held": [stopped(one, spoken) for one in happened if one["what"] == "held"],
            "not_sent": [stopped(one, spoken) for one in happened if one["what"] == "suppressed"],
            "inbox": [inbox(row) for row in whole["inbox"]],
            "last_engagement": {channel: dict(did) for channel, did in profile.get("engagement", {}).items()},
        },
        "events": [event_told(event, joined(whole)) for event in whole["events"]],
        "events_set_aside": [
            {"received": one["received"], "event": one["name"], "why": list(one["reasons"]),
             "said": dict(one.get("detail", {}))}
            for one in whole["quarantined"]
        ],
        "journeys": {
            "entered": [journey_told(run, happened, spoken) for run in sorted(whole["runs"], key=_entered)],
            "not_entered": [
                {"at": one["at"], **journey_name(one, spoken),
                 "why": not_entered_because(str(one.get("reason") or ""), spoken)}
                for one in happened if one["what"] == "not_entered"
            ],
        },
        "other_decisions": list(others(whole, happened, spoken)),
    }  # fmt: skip


def _entered(run: Row) -> str:
    return str(run["entered"])


def _identities(whole: Row) -> Iterator[Told]:
    profile = whole["profile"] or {}
    kind = "visitor" if is_unknown(whole["customer"]) else "user id"
    yield {"kind": kind, "value": whole["customer"]}
    for name in ADDRESSES:
        if profile.get(name):
            yield {"kind": name, "value": profile[name], **_known(name, profile)}


def _known(name: str, profile: Row) -> Told:
    """Return since when something is known, and who said it where that is not sure."""
    as_of = profile.get("as_of", {})
    heard = hearsay_name(name) in as_of
    return some(
        as_of=as_of.get(name), source="told by a web page or an app, not confirmed" if heard else None
    )


def _attributes(whole: Row) -> Iterator[Told]:
    profile = whole["profile"] or {}
    for name in _SETTINGS:
        if profile.get(name):
            yield {"name": name, "value": profile[name], **_known(name, profile)}
    for name, value in sorted(profile.get("attributes", {}).items()):
        yield {"name": name, "value": value, **_known(name, profile)}
    for name, value in sorted(whole.get("traits", {}).items()):
        yield {"name": name, "value": value, "source": "worked out of what they did"}
    if (holdout := profile.get("holdout")) is not None:
        words = "in every group that is sent nothing, to compare" if holdout else "in no such group"
        yield {"name": "comparison group", "value": holdout, "meaning": words}


def _segments(whole: Row) -> Iterator[Told]:
    """Yield the groups somebody belongs to, and since when, where the event of it is kept still."""
    since: dict[str, str] = {}
    for event in whole["events"]:
        if event["name"] == ENTERED_SEGMENT:
            since[str(event.get("properties", {}).get("segment", ""))] = event["at"]
    for name in sorted((whole["profile"] or {}).get("segments", ())):
        yield {"segment": name, **some(since=since.get(name))}


def _consents(profile: Row, spoken: Spoken) -> Iterator[Told]:
    said = {(topic, channel): yes for topic, channel, yes in profile.get("consents", ())}
    as_of = profile.get("as_of", {})
    default = {(name, one): topic.opted_in for name, topic in spoken.topics.items() for one in topic.channels}
    for topic, channel in sorted({*said, *default}):
        title = "every topic" if topic == EVERY_TOPIC else spoken.topic(topic)
        if (topic, channel) in said:
            agreed, why = said[topic, channel], "they said so"
            when = as_of.get(consent_name(topic, channel))
        elif (EVERY_TOPIC, channel) in said:
            agreed, why = said[EVERY_TOPIC, channel], "they said so of every topic"
            when = as_of.get(consent_name(EVERY_TOPIC, channel))
        else:
            agreed, why, when = (
                default[topic, channel],
                "they were never asked: what holds for this topic",
                None,
            )
        yield {
            "topic": topic,
            "title": title,
            "channel": channel,
            "agreed": agreed,
            **some(as_of=when),
            "reason": why,
        }


def _closed(profile: Row) -> Iterator[Told]:
    for channel, why in sorted(profile.get("suppressed", {}).items()):
        yield {"channel": channel, "reason": SUPPRESSED.get(why, plain(str(why)))}


def _word(event: Row, spoken: Spoken) -> Told:
    """Return what somebody said, or what came of a message, that decides what they may be sent."""
    said = event.get("properties", {})
    about = some(
        topics=_listed(said, "topic", "topics"), channels=_listed(said, "channel", "channels"), how=said.get("how"),
        reason=said.get("reason"), text=said.get("text"), message=said.get("message"),
        source=event.get("context", {}).get("source"),
    )  # fmt: skip
    return {"at": event["at"], "what": _OF_CONSENT[event["name"]], **about}


def _listed(said: Row, *names: str) -> list[str]:
    values = [said[name] for name in names if said.get(name)]
    return [str(one) for value in values for one in (value if isinstance(value, list | tuple) else (value,))]
