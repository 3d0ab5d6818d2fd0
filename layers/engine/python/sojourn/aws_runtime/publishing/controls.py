"""The calls that pause, resume and stop: what is said holds within seconds; what moves many runs is queued besides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sojourn.application.pacing import FASTEST, SLOWEST
from sojourn.application.publishing import Operation, Signed
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
    USUAL,
    Control,
)
from sojourn.domain.time.durations import DurationError, parse_duration
from sojourn.errors import AuthorError

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.together import Action

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
            lambda _: self._entry(
                call, signed, "paused", {"entries": entries, "sends": sends, "clocks": clocks}
            ),
        )
        return answered(200, {"control": control.to_json()})

    def resume(self, call: ControlCall) -> Answer:
        """Let entries go on, or messages, or both; what fell due meanwhile is sent at once, spread, or dropped.

        Raises:
            Refusal: a field is wrong, it would resume nothing, there is no such journey, or what is said of what fell
                due is not this call's to say.
        """
        known(call, "entries", "sends", "due", "over", "rate", "reason")
        entries, sends = call.flag("entries", True), call.flag("sends", True)
        if not (entries or sends):
            raise Refusal(400, "nothing_resumed", "entries and sends: at least one of them is resumed")
        due, over = call.word("due", DUE_SEND, DUE_SPREAD, DUE_DROP), self._over(call)
        if (due == DUE_SPREAD) != bool(over):
            raise wrong(
                "over", 'a length of time such as "2 hours" belongs to due: spread, and to nothing else'
            )
        rate = call.number("rate", SLOWEST, FASTEST)
        if rate and due == DUE_SPREAD:
            raise wrong("rate", "with due: spread it is over that says how fast")
        slower = {"rate": rate} if rate else {}
        if sends and due != DUE_SEND:
            self._refuse_while_all_are_paused(call)
        signed = self._backing.signed(call.by, call.text("reason"))
        told: dict[str, Any] = {"due": due, **({"over": call.text("over")} if over else {})}
        if not (entries and sends):
            told |= {"entries": entries, "sends": sends}

        def asked(before: Control) -> dict[str, Any]:
            # What held until now is kept: what fell due is put in the order of this time.
            return {
                "journey": self._about(call), "due": due, "over": over,
                "from": (before.since or signed.at).isoformat(), "to": signed.at.isoformat(),
                "still": bool(before.pauses), **slower,
            }  # fmt: skip

        def change(now: Control) -> Control:
            after = now.resumed(signed.at, signed.by, signed.message, entries=entries, sends=sends)
            return after.dropping(signed.at) if entries and due == DUE_DROP else after

        def also(before: Control) -> list[Action]:
            return self._entry(call, signed, "resumed", told, asked(before))

        control = self._told(call, change, also)
        # What they name may be open already, and nothing changed: whoever stopped there before goes on all the same.
        operation = self._operation(call, signed, asked(control))
        self._backing.tell(signed, "resumed", call.about, self._details(call, told), operation)
        # Until then functions may still park runs: they have not heard that it is over.
        return accepted(self._backing.queued(signed.id, SETTLED))

    def stop(self, call: ControlCall) -> Answer:
        """Let nobody enter any more; runs come to their end, or end at once.

        What is paused stays so: whoever paused messages may not want them sent. Who cannot come to an end for that is
        said, in `note`, with what to do.

        Raises:
            Refusal: a field is wrong, or there is no such journey.
        """
        known(call, "runs", "reason")
        runs = call.word("runs", DRAIN, END)
        signed = self._backing.signed(call.by, call.text("reason"))
        asked = {"journey": self._about(call), "runs": runs}
        control = self._told(
            call,
            lambda now: now.stopped(signed.at, signed.by, signed.message, end=runs == END),
            lambda _: self._entry(call, signed, "stopped", {"runs": runs}, asked),
        )
        operation = self._backing.queued(signed.id, SETTLED)
        every = self._backing.live.state().head.controls.get(EVERY, USUAL)
        said = {
            "operation": operation.to_json(), "control": control.to_json(),
            "holds": control.stricter(every).to_json(),
        }  # fmt: skip
        return answered(202, said | ({"note": note} if (note := _note(runs, control, every)) else {}))

    def _refuse_while_all_are_paused(self, call: ControlCall) -> None:
        """Refuse to drop or spread messages of one journey that go on with those of all, as whoever resumes those says.

        Raises:
            Refusal: messages of all journeys are paused.
        """
        if call.about and self._backing.live.state().head.controls.get(EVERY, USUAL).holds_sends:
            raise Refusal(
                409, "all_paused",
                "messages of all journeys are paused as well, so nothing is dropped or spread by this: whoever resumes"
                " all says what becomes of what fell due; or resume this one after that",
            )  # fmt: skip

    def _about(self, call: ControlCall) -> str:
        return journey_of(call) if call.about else EVERY

    def _told(
        self, call: ControlCall, change: Callable[[Control], Control],
        also: Callable[[Control], Sequence[Action]],
    ) -> Control:  # fmt: skip
        """Tell a journey something, and with that write what *also* gives, of what it was told until then."""
        about = self._about(call)
        try:
            return self._backing.registry.control(
                about, change, lambda moved: also(moved.held.head.controls.get(about, USUAL))
            )
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

    def _entry(
        self, call: ControlCall, signed: Signed, did: str, details: Mapping[str, Any],
        asked: Mapping[str, Any] | None = None,
    ) -> list[Action]:  # fmt: skip
        """Return what writes the entry, and the operation that carries it on, where something is asked of one."""
        operation = self._operation(call, signed, asked) if asked is not None else None
        return self._backing.entry(signed, did, call.about, self._details(call, details), operation)

    def _details(self, call: ControlCall, details: Mapping[str, Any]) -> dict[str, Any]:
        return {**details, **({} if call.about else {"all": True})}

    def _operation(self, call: ControlCall, signed: Signed, asked: Mapping[str, Any]) -> Operation:
        kind = call.name.removesuffix("_all")
        return Operation(signed.id, kind, signed.by, signed.at, call.about, signed.message, asked=asked)


def _note(runs: str, control: Control, every: Control) -> str:
    """Return why runs do not do what was asked of them, and what to do then; "" where they do.

    Args:
        runs: what was asked.
        control: what the journey was told, this included; every: what all were told.
    """
    if runs == DRAIN and control.runs != GO_ON:
        return "whoever is in it leaves it, as it was stopped so before: resume it and stop it again to change that"
    if control.cannot_drain:
        return (
            "whoever is in it stays where they are while its messages are paused: resume these alone (entries: false),"
            " and they come to their end"
        )
    if control.stricter(every).cannot_drain:
        return "whoever is in it stays where they are until all journeys are resumed, and comes to their end then"
    return ""
