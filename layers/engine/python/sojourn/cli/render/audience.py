"""Audiences in words: how far one is, what became of its rows, which could not be taken."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sojourn.application.publishing import DONE, FAILED, Operation
from sojourn.cli.render.operation import page

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.audience_rows import Progress
    from sojourn.adapters.s3.files import S3Files
    from sojourn.cli.controlled import Controlled
    from sojourn.cli.render.spoken import Spoken

KIND = "audience"
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
    operation: Operation, told: Mapping[str, Any], spoken: Spoken, stated: str
) -> Iterator[str]:
    """Yield how an audience stands.

    Args:
        told: `page_of` it.
        stated: how a command names the deployment, with a space before it.
    """
    from dataclasses import replace

    plain = (
        {"message": operation.result["message"]}
        if operation.state == FAILED and "message" in operation.result
        else {}
    )
    yield from page(replace(operation, result=plain, done=0, total=None, failed=0), spoken, stated)
    progress = told["progress"]
    if progress is None:
        return
    left = "" if operation.state == DONE else f" of {progress['rows']:,}"
    more = ", and the file is still being read" if progress["reading"] and not operation.is_over else ""
    yield f"  {progress['taken']:,}{left} rows are taken{more}"
    yield from counted(progress["counts"])
    yield from failed(
        progress["failures"], progress["failed"], f"sojourn audience status {operation.id}{stated}"
    )


def counted(counts: Mapping[str, int]) -> Iterator[str]:
    """Yield what became of rows, the good ones first."""
    width = max((len(f"{many:,}") for many in counts.values()), default=0)
    for word in sorted(counts, key=lambda one: list(WORDS).index(one) if one in WORDS else len(WORDS)):
        yield f"  {counts[word]:>{width},}  {WORDS.get(word, word)}"


def failed(failures: list[Mapping[str, Any]], many: int, again: str) -> Iterator[str]:
    """Yield the first of the rows that could not be taken."""
    for one in failures[:SHOWN]:
        yield f"  line {one['line']}: {one['why']}"
    if many > SHOWN:
        yield f"  and {many - SHOWN:,} more: {again} --failures FILE writes them all"


def failures_of(operation_id: str, files: S3Files) -> list[bytes]:
    """Return all rows that could not be taken, as lines of JSON, in the order of their lines."""
    prefix = f"audiences/{operation_id}/failures/"
    lines = [line for key in files.keys(prefix) for line in files.lines(key)]
    return sorted(lines, key=lambda line: int(json.loads(line)["line"]))


def tell_audience(operation: Operation, controlled: Controlled, *, wait: bool) -> int:
    """Wait for an audience if that is wanted, say what came of it, and return the exit status."""
    from sojourn.cli.deployment import in_words
    from sojourn.cli.following import followed
    from sojourn.cli.outcome import status_of

    progress = None
    with in_words():
        if wait:
            operation = followed(controlled.operations.get, operation, controlled.terminal, controlled.stated)
            progress = progress_of(operation.id, controlled)
    told = page_of(operation, progress)
    if controlled.as_json:
        controlled.say_json(told)
    else:
        controlled.say(*audience_lines(operation, told, controlled.spoken, controlled.stated))
    return status_of(operation)
