"""What came of a publication, for whoever asked for it. It knows no table and no streams."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sojourn.cli.render.control_words import control_words, draft_beside, who
from sojourn.cli.render.refusal import SETTINGS
from sojourn.domain.control import STOPPED
from sojourn.domain.time.instants import iso

if TYPE_CHECKING:
    from sojourn.application.publishing import Operation, Publication
    from sojourn.cli.render.spoken import Spoken
    from sojourn.domain.control import Control

MANY = 6


def done_lines(operation: Operation, stage: str, stated: str) -> Iterator[str]:
    """Yield what was published, and how it is taken back."""
    if operation.kind == "rollback":
        yield from rolled_back_lines(operation.result["publication"])
        return
    published: Mapping[str, Mapping[str, Any]] = operation.result.get("published") or {}
    draft = bool(operation.asked.get("draft"))
    if not published and not operation.result.get("settings"):
        yield f"nothing changed: {stage} had it already"
        return
    for name, one in sorted(published.items()):
        if one.get("before") == one["version"]:
            yield f"{name} is live in {stage} as it was, and its draft, which is the same, is none any more"
            continue
        before = f", before it {one['before']}" if one.get("before") else ", for the first time"
        if draft:
            before = f", beside {one['beside']}" if one.get("beside") else ""
        yield f"{name} is {'a draft' if draft else 'live'} in {stage}: version {one['version']}{before}"
    if operation.result.get("settings"):
        yield f"{SETTINGS} are live in {stage}"
    drafts: Mapping[str, Mapping[str, Any]] = operation.result.get("drafts") or {}
    if draft:
        for name, one in sorted(drafts.items()):
            yield draft_beside(name, str(one["by"]), str(one["version"]), draft=True)
        yield "Only customers in the segment test enter it; all others what is live."
        yield "`sojourn publish` without --draft publishes it for all. To drop it:"
        yield f"  sojourn withdraw {_one(published)} --draft{stated}"
    elif published:
        for name, one in sorted(drafts.items()):
            yield from beside_lines(name, str(one["by"]), str(one["version"]), stated)
        yield from _moving(operation.result.get("migrations") or {}, stated)
        if any(one.get("before") not in (None, "", one["version"]) for one in published.values()):
            yield "To take it back:"
            yield f'  sojourn rollback {_one(published)} -m "…"{stated}'


def beside_lines(name: str, by: str, version: str, stated: str) -> Iterator[str]:
    """Yield that a draft stays beside what was published, whose, and how it is taken away."""
    yield draft_beside(name, by, version, draft=False)
    yield f"  sojourn withdraw {name} --draft{stated}"


def _moving(migrations: Mapping[str, str], stated: str) -> Iterator[str]:
    """Yield what becomes of those who are in earlier versions.

    Args:
        migrations: journey -> the operation that moves its customers.
    """
    if not migrations:
        yield "Whoever is in a journey goes on in the version they began with."
        return
    yield "Whoever is in a journey goes on in the version they began with, but for what migration.yaml says:"
    for name, operation in sorted(migrations.items()):
        yield f"customers of {name} go now where it says; to wait until all are there:"
        yield f"  sojourn operations {operation} --wait{stated}"


def rolled_back_lines(publication: Mapping[str, Any]) -> Iterator[str]:
    """Yield which version customers enter again.

    Args:
        publication: see `sojourn.application.publishing.Publication`, as JSON.
    """
    yield f"{publication['journey']} is at version {publication['version']} again, in place of {publication['before']}"
    yield "Whoever enters now enters it; whoever is in the journey goes on in the version they began with."


def closed_lines(name: str, own: Control, every: Control, stated: str) -> Iterator[str]:
    """Yield that nobody enters a journey though it was published, or that nothing is sent; and how that ends.

    Args:
        own: what the journey was told; every: what all journeys were told.
    """
    holds = own.stricter(every)
    if holds.is_usual:
        return
    yield f"It holds as before that {name} is {'stopped' if holds.entries == STOPPED else 'paused'}:"
    yield f"{'; '.join(control_words(holds))}. That ends with:"
    if not own.is_usual:
        yield f"  sojourn resume {name}{stated}"
    if not every.is_usual:
        yield f"  sojourn resume --all{stated}"


def waiting_lines(operation: Operation, stated: str) -> Iterator[str]:
    """Yield that somebody else must approve it, and how they do that."""
    yield "Nothing is published yet: this workspace wants somebody else to approve it. They run"
    yield f"  sojourn approve {operation.id}{stated}"


def asked_lines(operation: Operation, stated: str, *, approval: bool) -> Iterator[str]:
    """Yield that it is carried out from now on, and how to see how far it is.

    Args:
        approval: whether somebody else has to approve it first.
    """
    if approval:
        yield "It is checked now, and then waits for somebody else to approve it, as this workspace wants. They run"
        yield f"  sojourn approve {operation.id}{stated}"
        return
    yield "It is carried out now. How far it is:"
    yield f"  sojourn operations {operation.id}{stated}"


def taken_back_line(how: Publication, spoken: Spoken) -> str:
    """Return that what is to be published was taken back just before: by whom, when and why."""
    why = f": “{how.message}”" if how.message else ""
    return f"{how.before} of {how.journey} was taken back by {who(how.by)}, {spoken.at(iso(how.at))}{why}"


def _one(published: Mapping[str, Any]) -> str:
    """Return the journey of a command: the one that there is, else what stands for one of several."""
    return next(iter(published)) if len(published) == 1 else "JOURNEY"
