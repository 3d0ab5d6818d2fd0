"""The reasons that the ledger has, in words: why nothing was sent, why it waits, why nobody entered.

A typed reason has its sentence here and nowhere else; whoever tells of a customer reads it here. It knows no row.
"""

from __future__ import annotations

from collections.abc import Mapping

from sojourn.cli.render.condition_words import condition_words
from sojourn.cli.render.customer_who import SUPPRESSED
from sojourn.cli.render.spoken import SOURCES, Spoken, plain

CAP, CONSENT, QUIET, PAUSED = "cap", "consent", "quiet_hours", "paused"
NOT_SENT: Mapping[str, str] = {
    "no_address": "there is no address for it", "suppressed": "the channel must not be used",
    CONSENT: "they do not want it", CAP: "they have had enough messages", QUIET: "it was a quiet hour",
    "content": "it says something that is not known of them", "refused": "the provider refused it",
    "holdout": "they are sent nothing in this journey, to compare",
    PAUSED: "the journey was paused, and what fell due meanwhile was dropped",
}  # fmt: skip
"""Why a message was not sent, for good, by the reason's first word: those of the send policy, and what is beside it."""
HELD: Mapping[str, str] = {
    "quiet hours": "it was a quiet hour",
    "pace": "more messages were to go out than may at once",
    "provider": "its provider was busy",
    PAUSED: "the journey was paused",
}
"""Why a message was put off, by what the reason begins with."""
NOT_ENTERED: Mapping[str, str] = {
    "already_running": "they were in it already",
    "again: never": "one enters it once, and they had been in it",
    "again: unless goal": "they had reached its goal, and whoever has does not enter again",
    "too_many_runs": "they were in it very often at once already",
    PAUSED: "it was paused, and nobody entered it",
    "stopped": "it was stopped, and nobody enters it any more",
}
"""Why somebody did not enter, by the whole reason; others begin with a word that says what follows."""
_AGAIN, _WHERE, _NO_KEY, _CIRCLE = "again: after ", "where: ", "no key: ", "a circle: "


def not_sent_because(reason: str, detail: str, spoken: Spoken) -> str:
    """Return why a message was not sent.

    Args:
        reason: as the ledger has it, perhaps with what it was about in brackets.
        detail: what it was about, where that stands apart.
    """
    word, _, about = reason.partition(" (")
    about = about.removesuffix(")")
    why = NOT_SENT.get(word, plain(word)) + (f" ({about})" if about else "")
    told = about or detail
    if word == "suppressed" and told in SUPPRESSED:
        return SUPPRESSED[told]
    if word == CONSENT and told:
        return f"{NOT_SENT[CONSENT]} ({spoken.topic(told)})"
    if word == QUIET and told:
        return NOT_SENT[QUIET] + _zone(reason.removeprefix(QUIET).strip(" ()") or detail)
    if word == CAP and told:
        return f"{NOT_SENT[CAP]} (at most {told})"
    return f"{why}; {spoken.value(detail)}" if detail else why


def held_because(reason: str) -> str:
    """Return why a message was put off; a reason that has no words, as it is."""
    for begins, words in HELD.items():
        if reason == begins or reason.startswith((f"{begins} ", f"{begins}:")):
            rest = reason.removeprefix(begins).lstrip(": ")
            return words + _more(begins, rest)
    return plain(reason)


def _more(begins: str, rest: str) -> str:
    if begins == "quiet hours":
        return _zone(rest.removeprefix("in "))
    return f": {rest}" if rest and begins == "provider" else ""


def _zone(text: str) -> str:
    """Return the zone in which it was quiet, and whose it is: `Europe/Berlin (phone)`."""
    zone, _, source = text.partition(" (")
    source = source.removesuffix(")")
    return f" in {zone} ({SOURCES.get(source, source)})" if source else f" in {zone}" if zone else ""


def not_entered_because(reason: str, spoken: Spoken) -> str:
    """Return why somebody did not enter a journey."""
    if reason in NOT_ENTERED:
        return NOT_ENTERED[reason]
    if reason.startswith(_AGAIN):
        return f"one enters it again only {reason.removeprefix(_AGAIN)} after the time before"
    if reason.startswith(_WHERE):
        return f"it did not take them: {condition_words(reason.removeprefix(_WHERE), spoken)}"
    if reason.startswith(_NO_KEY):
        return f"what it tells one passage from another by was not there: {reason.removeprefix(_NO_KEY)}"
    if reason.startswith(_CIRCLE):
        return f"journeys lead round in {reason}"
    return plain(reason) or "not again"
