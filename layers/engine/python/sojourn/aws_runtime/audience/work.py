"""An audience as the function `operate` works on it: begun, cut, and gone on with after an interruption.

It is the work of operations of the kind `audience` (`sojourn.aws_runtime.publishing.operating`). Each message may come
twice. It knows no queue and no HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING, Any

from sojourn.application.admission import journey_for
from sojourn.application.audience import Audience, default_rate
from sojourn.application.calling import AUDIENCE
from sojourn.application.pacing import USUAL_RATE
from sojourn.aws_runtime.audience.cutting import FILE, ONLY, SEGMENT
from sojourn.aws_runtime.audience.finishing import stopped
from sojourn.aws_runtime.publishing.operating import Outcome
from sojourn.domain.audience.lines import FORMATS
from sojourn.domain.compile.compiled import SCHEDULE
from sojourn.domain.control import PAUSED, STOPPED
from sojourn.errors import AuthorError

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.audiences import DynamoAudiences
    from sojourn.adapters.stepfunctions.audience_runs import AudienceRuns
    from sojourn.application.ports import Catalogue
    from sojourn.application.publishing import Operation
    from sojourn.aws_runtime.audience.cutting import Cutter
    from sojourn.aws_runtime.audience.waiting import Pauses
    from sojourn.domain.compile.compiled import CompiledJourney

BATCH_ROWS = 100
BATCH_SECONDS = 20
"""So long a batch takes at most where entries are slow: few rows then."""
ONE_AT_A_TIME = 20.0
"""Entries a second that one function makes, one after the other: what asks for more runs several at once."""
MOST_AT_ONCE = 40
STRANDS = 32
"""As many as customers have parts (`sojourn.adapters.dynamodb.parts`)."""


class AudienceWork:
    """Works on operations of kind `audience`.

    Args:
        pauses: lets audiences wait that begin while entries are paused.
        channels: the channels that a journey's messages may go out on, given its name.
        most: entries a second that all audiences have together.
    """

    def __init__(
        self, catalogue: Catalogue, audiences: DynamoAudiences, cutter: Cutter, runs: AudienceRuns, pauses: Pauses,
        channels: Callable[[str], Sequence[str]], most: float = USUAL_RATE,
    ) -> None:  # fmt: skip
        self._catalogue, self._audiences, self._pauses = catalogue, audiences, pauses
        self._cutter, self._runs, self._channels, self._most = cutter, runs, channels, most

    def __call__(
        self, operation: Operation, message: Mapping[str, Any], seconds_left: Callable[[], float]
    ) -> Outcome:
        """Work on what a message says of an operation.

        Args:
            message: with a `strand` it cuts; with `resume` what is not done begins once more; else all begins.

        Raises:
            AuthorError: there is no such audience, or the file is none of customers.
        """
        if strand := message.get("strand"):
            goes_on = self._cutter.cut(operation.id, strand, seconds_left)
            return Outcome(next=({"strand": strand},) if goes_on else ())
        progress = self._audiences.read(operation.id)
        if progress is None:
            audience, source = self._asked(operation)
            control = self._catalogue.control(operation.journey)
            if control.entries == STOPPED:
                raise AuthorError(stopped(control, operation.id))
            if control.entries == PAUSED:
                self._pauses.begin_later(operation, control)
                return Outcome()
            self._audiences.create(audience, source, _strands(source))
            progress = self._audiences.read(operation.id)
            assert progress is not None
            if operation.waits_for:
                self._pauses.waiting.goes_on(operation.id)
        elif message.get("resume"):
            progress = self._audiences.again(operation.id)
        self._runs.start(operation.id, progress.attempt)
        return Outcome(next=tuple({"strand": name} for name in sorted(progress.left)))

    def _asked(self, operation: Operation) -> tuple[Audience, dict[str, Any]]:
        """Return the audience that an operation asks for, and where its rows come from.

        Raises:
            AuthorError: there is no such audience.
        """
        asked, name = operation.asked, operation.journey
        segment, by = str(asked.get("segment", "")), str(asked.get("by", AUDIENCE))
        journey = journey_for(self._catalogue, name, segment, by)
        if by == SCHEDULE and _schedule(journey) != [
            asked.get(name, "") for name in ("schedule", "segment", "zone")
        ]:
            raise AuthorError(f'the journey "{name}" has another schedule now: this time of it is left out')
        said = float(asked.get("rate") or 0)
        rate = said or default_rate(self._catalogue.policy.senders, self._channels(name), self._most)
        audience = Audience(
            name, str(asked.get("occurrence") or operation.id), operation.id, segment, by,
            rate if rate < self._most else 0.0,
        )  # fmt: skip
        rate = min(rate, self._most)
        source: dict[str, Any] = {"kind": SEGMENT if segment else FILE, "rate": rate, **_sizes(rate)}
        if asked.get("wall"):
            source["wall"] = asked["wall"]
        if not segment:
            source |= {"key": asked["key"], "format": asked["format"], "name": asked.get("name", "")}
            if source["format"] not in FORMATS:
                raise AuthorError(f'format "{source["format"]}": there are {", ".join(FORMATS)}')
        return audience, source


def _schedule(journey: CompiledJourney) -> list[str]:
    return [journey.enter.schedule, journey.enter.segment, journey.enter.zone]


def _strands(source: Mapping[str, Any]) -> list[str]:
    return [ONLY] if source["kind"] == FILE else [f"{number:02d}" for number in range(STRANDS)]


def _sizes(rate: float) -> dict[str, int]:
    """Return how large batches are, and how many run at once: each is over within a minute or so at this rate."""
    at_once = min(MOST_AT_ONCE, max(1, ceil(rate / ONE_AT_A_TIME)))
    return {"batch": max(1, min(BATCH_ROWS, int(rate / at_once * BATCH_SECONDS))), "concurrency": at_once}
