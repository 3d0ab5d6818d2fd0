"""The sentences on messages: sent, put off, not sent, and what became of them. It knows no table."""

from __future__ import annotations

from collections.abc import Callable

from sojourn.cli.render.reasons import PAUSED, held_because, not_sent_because
from sojourn.cli.render.spoken import CHANNELS, channel, plain
from sojourn.cli.render.why_teller import Row, Teller, by_channel, details_of, message_of


def sent(tell: Teller, one: Row) -> str:
    """Return that a message was sent, or may have been; and which channels were passed over, with why."""
    details = details_of(one)
    before = (
        "; nor ".join(_passed_over(tell, str(details["instead_of"]))) if details.get("instead_of") else ""
    )
    instead = f"; not {before}" if before else ""
    again = f"; {details['detail']}" if details.get("detail") else ""
    if one.get("reason") == "unknown":
        return (
            f"{message_of(details)}{by_channel(details)} was handed over, and nobody knows whether it was taken;"
            f" it was not sent twice{instead}{again}"
        )
    return f"they were sent {message_of(details)}{by_channel(details)}{instead}{again}"


def _passed_over(tell: Teller, text: str) -> list[str]:
    """Return why channels were not used: `push: no_address; sms: suppressed (stop)`."""
    parts: list[str] = []
    for part in text.split("; "):
        name, colon, _ = part.partition(": ")
        if colon and name in (*CHANNELS, "webhook"):
            parts.append(part)
        elif parts:
            parts[-1] += f"; {part}"  # a reason that has a semicolon of its own
        else:
            parts = [part]
    return [
        f"by {channel(name)}, as {not_sent_because(why, '', tell.spoken)}" if why else name
        for name, _, why in (part.partition(": ") for part in parts)
    ]


def held(tell: Teller, one: Row) -> str:
    """Return that a message, or a task, was put off: until when, and why."""
    details = details_of(one)
    until = (
        f" until {tell.spoken.after(str(details['until']), str(one['at']))}" if details.get("until") else ""
    )
    why = f", because {held_because(str(one['reason']))}" if one.get("reason") else ""
    what = f"the task for {plain(str(details['task']))}" if details.get("task") else message_of(details)
    if one.get("reason") == PAUSED and not (details.get("task") or details.get("message")):
        return f"what fell due in the pause was put off{until}, so that not all goes out at once"
    return f"{what}{by_channel(details)} was put off{until}{why}"


def suppressed(tell: Teller, one: Row) -> str:
    """Return that a message was not sent, or a task not raised, and why."""
    details = details_of(one)
    why = not_sent_because(str(one.get("reason") or ""), str(details.get("detail") or ""), tell.spoken)
    if details.get("message"):
        return f"they were not sent {message_of(details)}{by_channel(details)}, because {why}"
    if details.get("task"):
        return f"no task was raised for {plain(str(details['task']))}, because {why}"
    return f"“{tell.words(one)}” was passed over, because {why}"


def of_message(words: str, by_program: str = "") -> Callable[[Teller, Row], str]:
    """Return what says one thing about a message; `{}` in it is the message and its channel.

    Args:
        by_program: the same where a program did it.
    """

    def said(tell: Teller, one: Row) -> str:
        details = details_of(one)
        form = by_program if by_program and details.get("machine") else words
        return form.format(f"{message_of(details)}{by_channel(details)}")

    return said
