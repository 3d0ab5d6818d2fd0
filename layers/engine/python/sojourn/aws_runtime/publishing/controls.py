"""The calls that pause, resume and stop: what is said holds within seconds; what moves many runs is queued besides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sojourn.application.publishing import Signed
from sojourn.aws_runtime.api.http import Answer, answered
from sojourn.aws_runtime.publishing.backing import SETTLED, Backing
from sojourn.aws_runtime.publishing.calls import ControlCall, Refusal, known, wrong
from sojourn.aws_runtime.publishing.publications import accepted, journey_of
from sojourn.domain.control import (
    DUE_DROP,
    DUE_SEND,
    DUE_SPREAD,
    EVERY,
    GO_ON,
    RUNNING,
    STILL,
    Control,
)
from sojourn.domain.time.durations import DurationError, parse_duration
from sojourn.errors import AuthorError

DRAIN, END = "drain", "end"
"""What becomes of runs under way when a journey is stopped."""
RUNS = {DRAIN: GO_ON, END: END}
LONGEST_SPREAD_DAYS = 30


class Controls:
    """The calls."""

    def __init__(self, backing: Backing) -> None:
        self._backing = backing

    def pause(self, call: ControlCall) -> Answer:
        """Let nobody enter, or no message go out, or both, until somebody resumes.

        Raises:
            Refusal: it would pause nothing, or there is no such journey.
        """
        known(call, "entries", "sends", "clocks", "reason")
        entries, sends = call.flag("entries", True), call.flag("sends", True)
        clocks = call.word("clocks", RUNNING, STILL)
        if not (entries or sends or clocks == STILL):
            raise Refusal(
                400, "nothing_paused", "entries and sends: at least one of them is paused, or the clocks"
            )
        signed = self._backing.signed(call.by, call.text("reason"))
        control = self._told(
            call,
            lambda now: now.paused(
                signed.at, signed.by, signed.message, entries=entries, sends=sends, still=clocks == STILL
            ),
        )
        self._tell(call, signed, "paused", {"entries": entries, "sends": sends, "clocks": clocks})
        return answered(200, {"control": control.to_json()})

    def resume(self, call: ControlCall) -> Answer:
        """Let everything go on; what fell due meanwhile is sent at once, spread over a time, or dropped.

        Raises:
            Refusal: a field is wrong, or there is no such journey.
        """
        known(call, "due", "over", "reason")
        due, over = call.word("due", DUE_SEND, DUE_SPREAD, DUE_DROP), self._over(call)
        if (due == DUE_SPREAD) != bool(over):
            raise wrong(
                "over", 'a length of time such as "2 hours" belongs to due: spread, and to nothing else'
            )
        signed = self._backing.signed(call.by, call.text("reason"))
        # What held until now is kept: what fell due is put in the order of this time.
        before: list[Control] = []

        def change(now: Control) -> Control:
            before[:] = [now]
            return now.resumed(signed.at, signed.by, signed.message)

        self._told(call, change)
        since, still = before[0].since, bool(before[0].pauses)
        asked = {
            "journey": self._about(call), "due": due, "over": over,
            "from": (since or signed.at).isoformat(), "to": signed.at.isoformat(), "still": still,
        }  # fmt: skip
        self._tell(call, signed, "resumed", {"due": due, **({"over": call.text("over")} if over else {})})
        # Until then functions may still park runs: they have not heard that it is over.
        return accepted(self._backing.begin("resume", signed, asked, call.about, SETTLED))

    def stop(self, call: ControlCall) -> Answer:
        """Let nobody enter any more; runs come to their end, or end at once.

        Raises:
            Refusal: a field is wrong, or there is no such journey.
        """
        known(call, "runs", "reason")
        runs = call.word("runs", DRAIN, END)
        signed = self._backing.signed(call.by, call.text("reason"))
        self._told(call, lambda now: now.stopped(signed.at, signed.by, signed.message, end=runs == END))
        self._tell(call, signed, "stopped", {"runs": runs})
        asked = {"journey": self._about(call), "runs": runs}
        return accepted(self._backing.begin("stop", signed, asked, call.about, SETTLED))

    def _about(self, call: ControlCall) -> str:
        return journey_of(call) if call.about else EVERY

    def _told(self, call: ControlCall, change: Callable[[Control], Control]) -> Control:
        about = self._about(call)
        try:
            return self._backing.registry.control(about, change)
        except LookupError:
            said = "there is no journey of this name" if about != EVERY else "nothing has been published yet"
            raise Refusal(404, "no_journey", said) from None
        except AuthorError as error:
            raise Refusal(409, "no_room", str(error)) from None

    def _over(self, call: ControlCall) -> float:
        if not (text := call.text("over")):
            return 0.0
        try:
            seconds = parse_duration(text).total_seconds()
        except DurationError as error:
            raise wrong("over", str(error)) from None
        if not 0 < seconds <= LONGEST_SPREAD_DAYS * 86_400:
            raise wrong("over", f"up to {LONGEST_SPREAD_DAYS} days are wanted")
        return seconds

    def _tell(self, call: ControlCall, signed: Signed, did: str, details: dict[str, Any]) -> None:
        self._backing.history.add(
            signed.at, signed.by, did, call.about, signed.message, details | ({} if call.about else {"all": True}),
            once=signed.id,
        )  # fmt: skip
