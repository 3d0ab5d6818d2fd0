"""What the function `audience` does: enters the rows of one batch, and says what its state machine does next.

The machine (`sojourn.adapters.stepfunctions.audience_machine`) asks what is next, lets a Map do it, and asks again. A
batch that is done is marked in the table with its counts, so that it may come again; one of which some rows must wait
is not, and comes again. It knows no file format but what it is handed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sojourn.adapters.dynamodb.waiting_audiences import Waiting
from sojourn.adapters.stepfunctions.audience_runs import run_name
from sojourn.application.audience import BadRow, Row, Tally, ToBeTriedAgain, enter_rows
from sojourn.application.calling import NoSuchEntry
from sojourn.application.enrol import EntriesClosed
from sojourn.application.pacing import lanes
from sojourn.aws_runtime.audience.finishing import stopped
from sojourn.aws_runtime.audience.rows import read_row
from sojourn.aws_runtime.observability import count, in_our_words, log_raised, logger
from sojourn.domain.compile.compiled import SCHEDULE
from sojourn.domain.control import OPEN, PAUSED
from sojourn.domain.time.instants import iso
from sojourn.errors import Conflict

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.audience_rows import Part, Progress
    from sojourn.adapters.dynamodb.audiences import DynamoAudiences
    from sojourn.adapters.dynamodb.waiting_audiences import WaitingAudiences
    from sojourn.adapters.s3.files import S3Files
    from sojourn.application.ports import Engine
    from sojourn.aws_runtime.audience.finishing import Finish
    from sojourn.domain.control import Control

ENOUGH = 15.0
"""Seconds that must be left to enter one more: what one takes at worst, then to count."""
COUNTED = 8
"""So often a batch is counted again where others count at the same time."""
PAUSE = 0.1
MOST_TRIES = 6
"""So often a part begins anew by itself; then somebody must say so (`sojourn audience resume`)."""
FIRST_WAIT, LONGEST_WAIT = 60, 900
"""Seconds between two of them: each wait is twice the one before."""
MOST_ROUNDS = 900
"""So often an execution asks what is next. Each time comes to some 25 events, and it may have 25,000 (AWS: "Quotas for
state machine executions")."""
CUTTING_WAIT = 10
"""Seconds until it is asked again whether more of a file is cut."""


class Batches:
    """Works on what the state machine hands over.

    Args:
        finish: told that an attempt is over, and how the audience stands then.
        waiting: where it is noted that an audience waits until entries are open again.
    """

    def __init__(
        self, engine: Engine, audiences: DynamoAudiences, files: S3Files, finish: Finish, waiting: WaitingAudiences
    ) -> None:  # fmt: skip
        self._engine, self._audiences, self._files, self._finish = engine, audiences, files, finish
        self._waiting = waiting

    def __call__(self, event: Mapping[str, Any], seconds_left: Callable[[], float]) -> dict[str, Any]:
        """Do a batch, or say what is next.

        Raises:
            ToBeTriedAgain: some rows must wait; the same batch again does the others no harm.
        """
        if "attempt" in event:
            return self._round(event)
        return self.batch(event, seconds_left)

    def _round(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Say what is next; after many times, that another execution goes on: one has room for so many events."""
        done, before = event.get("done") or {}, int(event.get("round", 0))
        operation, attempt = event["operation"], int(event["attempt"])
        told = self.next(operation, attempt, done.get("part", ""), well=done.get("well", True))
        if before >= MOST_ROUNDS and told["do"] != "over":
            told = {"do": "anew", "attempt": attempt + 1, "name": run_name(operation, attempt + 1)}
        return {**told, "round": before + 1}

    def batch(self, event: Mapping[str, Any], seconds_left: Callable[[], float]) -> dict[str, Any]:
        """Enter a batch's rows; none is counted where entries are closed before all of them are through.

        Raises:
            EntriesClosed: so that Step Functions does not take a batch for done which nobody else counts.
        """
        operation, part = event["operation"], event["part"]
        number, rows, counted = _rows_of(event)
        progress, done = self._audiences.batch(operation, part, number)
        if progress is None or done or progress.stopped:
            return {}
        audience = progress.audience

        def take() -> None:
            for lane in lanes(audience.operation, audience.rate):
                while wait := self._engine.pace.take(lane):
                    if seconds_left() < ENOUGH + wait:
                        raise ToBeTriedAgain("there is no room for more entries just now")
                    self._engine.clock.pause(wait)
            if seconds_left() < ENOUGH:
                raise ToBeTriedAgain("the time is over")

        try:
            tally = enter_rows(self._engine, audience, rows, take, _broken)
        except EntriesClosed:
            if counted:
                raise
            return {}
        except NoSuchEntry as none:
            tally = _none_of(rows, f'journey "{audience.journey}": {none}')
        if tally.again:
            raise ToBeTriedAgain(f"{tally.again} rows are to be tried again")
        if tally.failures:
            self._files.put(failures_key(operation, part, number), failure_lines(tally.failures))
        self._count(operation, part, number, tally, counted)
        return {}

    def next(self, operation: str, attempt: int, part: str = "", *, well: bool = True) -> dict[str, Any]:
        """Say what an attempt does next.

        Args:
            part: which it has just been through; "" for none.
            well: whether Step Functions says that all of it was done.
        """
        progress = self._audiences.read(operation)
        if progress is not None and progress.attempt == attempt - 1:
            # The execution before this one has come as far as one can.
            self._audiences.again(operation, progress.attempt)
            progress = self._audiences.read(operation)
        if progress is None or progress.attempt != attempt:
            return {"do": "over"}
        control = self._engine.catalogue.control(progress.audience.journey)
        if part and not progress.stopped:
            is_done = self._is_done(operation, part, well=well)
            if not is_done and control.entries == OPEN and (wait := self._begins_anew(operation, part)):
                return {"do": "wait", "seconds": wait}
            if is_done or control.entries == OPEN:
                progress = self._audiences.end(operation, part, attempt)
        if progress.stopped:
            return self._over(operation, progress)
        left = [one for one in self._audiences.parts(operation) if _is_left(one, progress)]
        if not (left or progress.left):
            return self._over(operation, progress)
        if control.entries != OPEN:
            return self._closed(operation, progress, control)
        if not left:
            return {"do": "wait", "seconds": CUTTING_WAIT}
        first = min(left, key=lambda one: (one.at is not None, one.at, one.name))
        if first.at is not None and first.at > self._engine.clock.now():
            if progress.left:
                # What is just being cut may begin sooner.
                return {"do": "wait", "seconds": CUTTING_WAIT}
            return {"do": "until", "at": iso(first.at)}
        return {
            "do": "rows" if first.batches else "parquet", "part": first.name, "bucket": self._files.bucket,
            "key": first.key, "concurrency": progress.source.get("concurrency", 1),
        }  # fmt: skip

    def _is_done(self, operation: str, part: str, *, well: bool) -> bool:
        found = self._audiences.part(operation, part)
        return found is None or (found.done >= found.batches if found.batches else well)

    def _begins_anew(self, operation: str, part: str) -> int:
        """Return after how many seconds a part begins anew; 0 where it was begun often enough."""
        tries = self._audiences.tried(operation, part) % MOST_TRIES
        if tries:
            logger.warning("audience goes on later", operation=operation, part=part)
        return min(LONGEST_WAIT, FIRST_WAIT * 2 ** (tries - 1)) if tries else 0

    def _closed(self, operation: str, progress: Progress, control: Control) -> dict[str, Any]:
        """End the execution: none waits while entries are paused, another goes on afterwards."""
        if control.entries != PAUSED:
            return self._over(operation, progress, stopped(control, operation))
        audience = progress.audience
        one = Waiting(operation, audience.journey, progress.attempt, audience.by == SCHEDULE)
        # Who finds that somebody went on with it meanwhile leaves it to them.
        self._waiting.wait(one, control)
        return {"do": "over"}

    def _over(self, operation: str, progress: Progress, why: str = "") -> dict[str, Any]:
        self._finish(operation, progress, why)
        return {"do": "over"}

    def _count(self, operation: str, part: str, number: str, tally: Tally, rows: int) -> None:
        """Count a batch, once. Others count at the same time, in the same row."""
        for tried in range(COUNTED):
            try:
                new = self._audiences.done(operation, part, number, tally, rows, self._engine.clock.now())
            except Conflict:
                self._engine.clock.pause(PAUSE * 2**tried * self._engine.dice())
                continue
            for outcome, found in tally.counts.items() if new else ():
                count("AudienceRows", found, outcome=outcome)
            return
        raise ToBeTriedAgain("the counts are busy")


def _is_left(part: Part, progress: Progress) -> bool:
    return part.name not in progress.ended and (not part.batches or part.done < part.batches)


def failures_key(operation: str, part: str, number: str) -> str:
    """Return where the rows of a batch are told that could not be taken."""
    return f"audiences/{operation}/failures/{part}-{number}.jsonl"


def row_bytes(line: int, said: Mapping[str, Any]) -> bytes:
    """Return a row as it stands in a batch; in ASCII, as not everybody takes the same characters for line ends."""
    return json.dumps([line, said], separators=(",", ":")).encode()


def batch_line(number: int, rows: Sequence[bytes]) -> bytes:
    """Return a batch as a line of a part's file: `[number, [[line, what the row says], …]]`."""
    return b"[%d,[%b]]\n" % (number, b",".join(rows))


def failure_lines(failures: Sequence[BadRow]) -> bytes:
    """Return rows that could not be taken as lines of JSON."""
    told = (
        {"line": bad.line, **({"customer": bad.customer} if bad.customer else {}), "why": bad.why} for bad in failures
    )  # fmt: skip
    return "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in told).encode()


def _rows_of(event: Mapping[str, Any]) -> tuple[str, list[Row | BadRow], int]:
    """Return a batch's number, its rows, and how many of them nobody had counted before."""
    if "batch" in event:
        number, rows = event["batch"]
        return str(number), [read_row(line, said) for line, said in rows], 0
    # Step Functions read the file itself (Parquet): an item has its index and what it says.
    items = event["Items"]
    first = items[0]["index"]
    return f"{first}-{len(items)}", [read_row(one["index"] + 1, one["row"]) for one in items], len(items)


def _none_of(rows: Sequence[Row | BadRow], why: str) -> Tally:
    """Return that no row can be taken."""
    tally = Tally()
    for row in rows:
        tally.fail(BadRow(row.line, why))
    return tally


def _broken(line: int, error: Exception) -> str:
    """Log what nobody expected of a row; return what may be told of it."""
    log_raised(error, line=line)
    return f"Sojourn could not take it ({in_our_words(error)}): the log of the function says where"
