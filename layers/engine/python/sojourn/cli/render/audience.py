"""Audiences in words: how far one is, what became of its rows, which could not be taken."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

from sojourn.application.publishing import CANCELLED, DONE, FAILED, RUNNING, WAITS, Operation
from sojourn.cli.render.operation import AUDIENCE, page

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.audience_rows import Progress
    from sojourn.adapters.s3.files import S3Files
    from sojourn.cli.controlled import Controlled
    from sojourn.cli.render.spoken import Spoken

KIND = AUDIENCE
WORDS: Mapping[str, str] = {
    "entered": "entered",
    "failed": "could not be taken",
    "twice": "stand twice in it",
    "before": "came with the same occurrence before",
    "where": "did not enter: the journey's `where` is false",
    "no_key": "did not enter: the journey's `key` has no value",
    "already_running": "did not enter: they are in the journey",
    "again": "did not enter: they were in it, and `again` does not let them in",
    "too_many_runs": "did not enter: they are in 1,000 runs of it",
    "paused": "did not enter: entries are paused",
    "stopped": "did not enter: the journey is stopped",
    "not_in_segment": "are not in the segment",
    "gone": "are nobody any more, or have become another",
}
"""What became of rows, by the word for it."""
ALONE: Mapping[str, str] = {
    "twice": "stands twice in it",
    "not_in_segment": "is not in the segment",
    "gone": "is nobody any more, or has become another",
}
"""The same of a single row, where it is said otherwise."""
OUTSIDE = frozenset(("not_in_segment", "gone"))
"""What becomes of customers who are not, or no more, in the segment that is to enter."""
SHOWN = 10


def progress_of(operation_id: str, controlled: Controlled) -> Progress | None:
    """Return how far an audience is; None where nothing of it was begun."""
    from sojourn.adapters.dynamodb.audiences import DynamoAudiences

    return DynamoAudiences(*controlled.table).read(operation_id)


def page_of(operation: Operation, progress: Progress | None) -> dict[str, Any]:
    """Return all there is to say of an audience, as JSON has it."""
    from sojourn.aws_runtime.audience.finishing import told

    return {"operation": operation.to_json(), "progress": told(progress) if progress is not None else None}


def audience_lines(
    operation: Operation, told: Mapping[str, Any], spoken: Spoken, stated: str, shown: AbstractSet[int] = frozenset()
) -> Iterator[str]:  # fmt: skip
    """Yield how an audience stands.

    Args:
        told: `page_of` it.
        stated: how a command names the deployment, with a space before it.
        shown: the lines of which it has been said why they cannot be taken.
    """
    from dataclasses import replace

    kept = {FAILED: "message", CANCELLED: "left_out", RUNNING: WAITS}.get(operation.state, "")
    plain = {kept: operation.result[kept]} if kept in operation.result else {}
    yield from page(replace(operation, result=plain, done=0, total=None, failed=0), spoken, stated)
    progress = told["progress"]
    if progress is None:
        return
    yield from (f"  {line}" for line in _far(operation, progress))
    yield from counted(progress["counts"], of_segment=bool(operation.asked.get("segment")))
    again = f"sojourn audience status {operation.id}{stated}"
    yield from failed(progress["failures"], progress["failed"], again, shown)
    if progress["failed"] and operation.asked.get("segment"):
        yield f"  who they are: {again} --failures FILE"


def _far(operation: Operation, progress: Mapping[str, Any]) -> Iterator[str]:
    """Yield how far it is: of a file by its rows, of a segment by who is in it."""
    taken, rows = progress["taken"], progress["rows"]
    if segment := operation.asked.get("segment"):
        inside = taken - sum(progress["counts"].get(word, 0) for word in OUTSIDE)
        are = "customer is" if taken == 1 else "customers are"
        yield f"{inside:,} of {taken:,} {are} in {segment}{'' if operation.is_over else ', so far'}"
    elif operation.state == DONE:
        yield f"{taken:,} {'row was' if taken == 1 else 'rows were'} read"
    else:
        yield f"{taken:,} of {rows:,} {'row is' if rows == 1 else 'rows are'} through"
    if not operation.is_over:
        yield "they are counted by the batch, of up to 100"
        if progress["reading"]:
            yield "the file is still being read" if not segment else "customers are still being listed"


def counted(counts: Mapping[str, int], *, of_segment: bool = False) -> Iterator[str]:
    """Yield what became of rows, the good ones first; of a segment without those who are not in it."""
    shown = [word for word in counts if not (of_segment and word in OUTSIDE)]
    width = max((len(f"{counts[word]:,}") for word in shown), default=0)
    for word in sorted(shown, key=lambda one: list(WORDS).index(one) if one in WORDS else len(WORDS)):
        words = WORDS.get(word, word)
        if counts[word] == 1:
            words = ALONE.get(word, words)
        yield f"  {counts[word]:>{width},}  {words}"


def failed(
    failures: Sequence[Mapping[str, Any]], many: int, again: str, shown: AbstractSet[int] = frozenset()
) -> Iterator[str]:
    """Yield the first of the rows that could not be taken, without those that have been shown."""
    new = sorted((one for one in failures if one["line"] not in shown), key=lambda one: int(one["line"]))
    for one in new[:SHOWN]:
        yield f"  line {one['line']}: {one['why']}"
    if (more := many - len(new[:SHOWN]) - len(shown)) > 0:
        yield f"  and {more:,} more: {again} --failures FILE writes them all"


def failures_of(operation_id: str, files: S3Files) -> list[bytes]:
    """Return all rows that could not be taken, as lines of JSON, in the order of their lines."""
    prefix = f"audiences/{operation_id}/failures/"
    lines = [line for key in files.keys(prefix) for line in files.lines(key)]
    return sorted(lines, key=lambda line: int(json.loads(line)["line"]))


def tell_audience(
    operation: Operation, controlled: Controlled, *, wait: bool, shown: AbstractSet[int] = frozenset()
) -> int:
    """Wait for an audience if that is wanted, say what came of it, and return the exit status.

    Args:
        shown: the lines of which it has been said why they cannot be taken.
    """
    from sojourn.cli.deployment import in_words
    from sojourn.cli.following import followed
    from sojourn.cli.outcome import status_of, wrong_of

    progress = None
    with in_words():
        if wait:
            operation = followed(controlled.operations.get, operation, controlled.terminal, controlled.stated)
            progress = progress_of(operation.id, controlled)
    told = page_of(operation, progress)
    if controlled.as_json:
        controlled.say_json(told | wrong_of(operation))
    else:
        controlled.say(*audience_lines(operation, told, controlled.spoken, controlled.stated, shown))
    return status_of(operation)
