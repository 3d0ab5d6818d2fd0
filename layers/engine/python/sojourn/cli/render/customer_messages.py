"""What a customer was sent and what became of each message, and what was not sent and why. It knows no table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sojourn.cli.render.reasons import held_because, not_sent_because
from sojourn.cli.render.spoken import Spoken, channel, plain
from sojourn.domain.decide.delivery import MACHINE
from sojourn.domain.decide.feedback import (
    BOUNCED,
    CLICKED,
    COMPLAINED,
    DELAYED,
    DELIVERED,
    FAILED,
    OPENED,
    REJECTED,
    REPLIED,
    SENT,
    SUBSCRIBED,
    UNSUBSCRIBED,
)

Row = Mapping[str, Any]
Told = tuple[str, str]
"""An instant as rows have it, and what is told of it, on one line."""
_STATUS: Mapping[str, str] = {
    "claimed": "on its way; nobody knows yet whether it left", "failed": "not sent: the provider did not take it",
    "sent": "sent", "rejected": "taken, and not passed on", "undelivered": "came back", "delivered": "delivered",
    "bounced": "came back: the address is nobody's", "complained": "called spam",
}  # fmt: skip
_BECAME: Mapping[str, str] = {
    SENT: "sent", DELIVERED: "delivered", DELAYED: "delayed", REJECTED: "not passed on", FAILED: "not delivered",
    OPENED: "opened", CLICKED: "clicked", REPLIED: "answered", COMPLAINED: "called spam",
}  # fmt: skip
_DID: Mapping[str, str] = {"replied": "answered", "complained": "called spam", "undelivered": "not delivered"}


def messages(whole: Row, spoken: Spoken) -> list[Told]:
    """Return what was sent, put off and not sent, oldest first."""
    about: dict[str, list[Row]] = {}
    for event in whole["events"]:
        if event["name"] in (SUBSCRIBED, UNSUBSCRIBED):
            continue  # what somebody wants is told with what they did
        about.setdefault(str(event.get("properties", {}).get("send", "")), []).append(event)
    found = [(str(one["at"]), _sent(one, about.get(one["id"], []), spoken)) for one in whole["sends"]]
    for commit in whole["ledger"]:
        found += [
            (str(one["at"]), _not_sent(one, spoken))
            for one in commit["happened"]
            if one["what"] in ("suppressed", "held")
        ]
    return sorted(found, key=lambda one: one[0])


def _sent(send: Row, events: list[Row], spoken: Spoken) -> str:
    became = list(_became(send, events, spoken))
    where = f"{channel(send['channel'])} “{send['message']}”, {spoken.journey(send['journey'])}"
    ids = spoken.id(" ".join(str(send[name]) for name in ("step", "id", "provider_id") if send.get(name)))
    return f"{where}{ids}: {', '.join(became)}"


def _became(send: Row, events: list[Row], spoken: Spoken) -> Iterator[str]:
    status = str(send.get("status", "claimed"))
    words = {str(event["name"]): 0 for event in events}
    told: list[str] = []
    seen: set[tuple[str, bool]] = set()
    for event in sorted(events, key=lambda one: str(one["at"])):
        said = event.get("properties", {})
        kind = (str(event["name"]), bool(said.get("machine")))
        words[kind[0]] += 1
        if kind in seen and kind[0] in (OPENED, DELAYED, SENT, DELIVERED):
            continue
        seen.add(kind)
        told.append(f"{became(event, spoken)} {spoken.after(event['at'], send['at'])}")
    if more := words.get(OPENED, 0) - len(seen & {(OPENED, True), (OPENED, False)}):
        told.append(f"opened {more} {'time' if more == 1 else 'times'} more")
    known = {_STATUS_OF.get(name, "") for name in words}
    if status not in known:
        yield status_words(send)
    yield from told
    for word in sorted(send.get("did", ())):
        name, machine = word.removesuffix(MACHINE), word.endswith(MACHINE)
        if (_EVENT_OF.get(name, ""), machine) not in seen and name != status:
            yield f"{_DID.get(name, name)}{' by a program' if machine else ''}"


def status_words(send: Row) -> str:
    """Return what is known of a message on its way, in words."""
    status = str(send.get("status", "claimed"))
    return _STATUS.get(status, plain(status))


def became(event: Row, spoken: Spoken) -> str:
    """Return what an event tells of a message, in words."""
    name, said = str(event["name"]), event.get("properties", {})
    if name == BOUNCED and said.get("ignored"):
        word = "came back"
    elif name == BOUNCED:
        word = "came back: the address is nobody's" if said.get("hard", True) else "came back for now"
    else:
        word = _BECAME.get(name, plain(name))
    by = " by a program" if said.get("machine") else ""
    more = [spoken.value(said[one]) for one in ("url", "text", "reason") if said.get(one)]
    return f"{word}{by}" + (f" ({'; '.join(more)})" if more else "")


def _not_sent(one: Row, spoken: Spoken) -> str:
    details = one.get("details", {})
    what = (
        f"“{details['message']}”" if details.get("message") else plain(str(details.get("task") or "a step"))
    )
    where = f"{spoken.journey(one['journey'])}{spoken.id(one.get('step'))}"
    by = f"{channel(details['channel'])} " if details.get("channel") else ""
    if one["what"] == "held":
        until = f" until {spoken.after(details['until'], one['at'])}" if details.get("until") else ""
        why = f": {held_because(str(one['reason']))}" if one.get("reason") else ""
        return f"{by}{what}, {where}: put off{until}{why}"
    why = not_sent_because(str(one.get("reason", "")), str(details.get("detail") or ""), spoken)
    return f"{by}{what}, {where}: not sent: {why}"


_EVENT_OF: Mapping[str, str] = {
    "opened": OPENED, "clicked": CLICKED, "replied": REPLIED, "bounced": BOUNCED, "complained": COMPLAINED,
    "delivered": DELIVERED, "rejected": REJECTED, "undelivered": FAILED,
}  # fmt: skip
_STATUS_OF: Mapping[str, str] = {
    SENT: "sent", REJECTED: "rejected", FAILED: "undelivered", DELIVERED: "delivered", BOUNCED: "bounced",
    COMPLAINED: "complained",
    # Who reads a message has it: nothing need be said of its coming.
    OPENED: "delivered", CLICKED: "delivered", REPLIED: "delivered",
}  # fmt: skip
