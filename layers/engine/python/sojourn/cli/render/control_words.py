"""What a journey was told, and who published what, in words: for whoever asks how it stands. It knows no table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sojourn.cli.render.spoken import Spoken
from sojourn.domain.control import END, OPEN, PAUSED, STILL, STOPPED, Control
from sojourn.domain.time.instants import iso

if TYPE_CHECKING:
    from sojourn.application.publishing import Draft, Operation, Publication

_ASSUMED = ":assumed-role/"
_ROOT = ":root"


def who(caller: str) -> str:
    """Return the name of whoever called, out of the ARN they called under: `ana (the role Publisher)`."""
    name = caller.rpartition("/")[2] or caller
    if _ASSUMED in caller:
        role = caller.partition(_ASSUMED)[2].rpartition("/")[0]
        return f"{name} (the role {role})" if role else name
    return (
        f"the account {caller.split(':')[4]} itself" if caller.endswith(_ROOT) and ":iam:" in caller else name
    )


def control_words(control: Control) -> tuple[str, ...]:
    """Return what holds for a journey, one clause each; none where it was told nothing."""
    entries = {PAUSED: "nobody enters for now", STOPPED: "nobody enters any more"}.get(control.entries)
    said = [
        entries,
        "no message goes out for now, and no task is raised" if control.sends != OPEN else None,
        "clocks stand still" if control.clocks == STILL else None,
        "whoever is in it leaves it" if control.runs == END else None,
        "whoever is in it comes to their end once messages go out again" if control.cannot_drain else None,
    ]
    return tuple(one for one in said if one)


def state_of(control: Control) -> str:
    """Return how a journey stands, in a word or two for a table: `paused`, `entries paused`, `stopped`."""
    if control.entries == STOPPED:
        return "stopped, sends paused" if control.cannot_drain else "stopped"
    paused = [word for word, now in (("entries", control.entries), ("sends", control.sends)) if now == PAUSED]
    return "paused" if len(paused) == 2 else f"{paused[0]} paused" if paused else ""


def control_said(control: Control, spoken: Spoken) -> str:
    """Return what a journey was told, since when, by whom and why, on one line; "" where it was told nothing."""
    words = control_words(control)
    if not words:
        return ""
    name = "Stopped" if control.entries == STOPPED else "Paused"
    since = f" since {spoken.at(iso(control.since))}" if control.since else ""
    by = f" by {who(control.by)}" if control.by else ""
    why = f" (“{control.reason}”)" if control.reason else ""
    return f"{name}{since}{by}{why}: {'; '.join(words)}."


def waits_said(operation: Operation, spoken: Spoken) -> str:
    """Return what an operation waits for, since when, by whom and why; "" where it waits for nothing."""
    told = operation.waits_for
    if not told:
        return ""
    since = f" since {spoken.at(told['since'])}" if told["since"] else ""
    by = f", by {who(told['by'])}" if told["by"] else ""
    why = f" (“{told['reason']}”)" if told["reason"] else ""
    return f"waits: {told['entries']}{since}{by}{why}"


def published_said(publication: Publication | None, spoken: Spoken) -> str:
    """Return since when a version is live, who made it so and why; "" where nobody noted it."""
    if publication is None:
        return ""
    message = f" (“{publication.message}”)" if publication.message else ""
    how = {"rollback": ", by taking back the one after it"}.get(publication.kind, "")
    return f"since {spoken.at(iso(publication.at))} by {who(publication.by)}{how}{message}"


def draft_beside(journey: str, by: str, version: str, *, draft: bool) -> str:
    """Return whose draft a journey has when another version of it is published, and what becomes of it.

    Args:
        by: the ARN of whoever published the draft.
        draft: whether that version is published as a draft as well: a journey has one.
    """
    if draft:
        return (
            f"it takes the place of the draft {version} of {journey}, by {who(by)}: they get it back by publishing"
            " their files as a draft again"
        )
    return f"the draft {version} of {journey}, by {who(by)}, stays: the segment test enters it, and not what is live"


def draft_said(draft: Draft | None, spoken: Spoken) -> Iterator[str]:
    """Yield that there is a draft, since when and whose."""
    if draft is not None:
        since = f" since {spoken.at(iso(draft.at))}" if draft.at else ""
        yield f"Draft {draft.version}{since} by {who(draft.by)}: only the segment “test” enters it."
