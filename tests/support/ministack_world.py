"""A world whose state machines run on MiniStack, in scaled real time.

The same deployment, use cases and in-memory adapters as `sojourn.local.world`; only the executions are MiniStack's. It
waits in real time, `SFN_WAIT_SCALE` real seconds for each second, and so the clock here runs: a virtual day takes a few
real seconds, and whatever costs time makes what follows late: 0.15 s before the first state of an execution, 0.03 s
for a call, together an hour or so. Stories are therefore compared by what happened, in which order and roughly when,
and a scenario's events come not before what our interpreter says comes before them (`Script`).

What MiniStack 1.5.33 does not do as AWS does, and what is done about it here:

- `TimeoutSeconds` is not scaled: it is scaled in the definition. (AWS takes whole seconds only, MiniStack fractions.)
- A Wait until a timestamp lasts as long as the timestamp is ahead of the *real* clock, scaled: instants handed over in
  the state (`until`) or in an error's message (`SendHeld`) are moved by what virtual time is ahead of real time.
- `$$.State.EnteredTime` is real time: the first instant at which a task is heard of with it stands for it.
- What a function of a `.waitForTaskToken` task raises is ignored, and the task waits on: it is reported with
  `SendTaskFailure`, which comes to the same.
- Paths side by side share one context object, so that one may read the other's `$$.Task.Token` or `EnteredTime` in the
  moment in which both begin. Nothing is done; it is rare, and such a story is told twice.
- After `StopExecution` the token of a waiting task is still taken, and the paths of a Parallel state go on: their calls
  come in for a run that has ended, and the use cases answer them `RunEnded`, as they would a late call.
- Retries know neither `JitterStrategy` nor pauses above 60 s (scaled). The stories told here do not depend on it.
- `StartExecution` with a known name is an error whatever the input: a second start is taken for done.
- An execution's end is not reported to anybody: executions are asked now and then.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sojourn.domain.time.instants import iso
from sojourn.errors import LostRace, RunEnded, SendHeld
from sojourn.local.world import World
from tests.support.scaled_clock import Plan, ScaledClock, Script

if TYPE_CHECKING:
    from sojourn.domain.ledger import Happening
    from sojourn.local.deployment import Deployment
    from tests.support.ministack_states import Handler, Ministack

UNTIL = "until"
INSTANTS = {"$.until", "$.held.cause.errorMessage"}
"""Where machines read until when they wait: the key of the state, and the message of `SendHeld`."""
_NUMBERS = count(1)


class MinistackExecutions:
    """The port of the application over MiniStack's Step Functions.

    Args:
        number: stands before the names of this world's executions, which tells them from other worlds'.
    """

    def __init__(
        self,
        stack: Ministack,
        number: int,
        clock: ScaledClock,
        deployment: Deployment,
        failed: Callable[..., None],
    ) -> None:
        self._stack = stack
        self._number = number
        self._clock = clock
        self._failed = failed
        self._open: dict[str, tuple[str, Mapping[str, Any]]] = {}
        self._planned: dict[str, Plan] = {}
        self._definitions = {
            (journey.name, journey.version): _prepared(journey.definition, stack)
            for journey in deployment.catalogue.all_current()
        }

    def start(
        self, journey: str, version: str, name: str, state: Mapping[str, Any], at: datetime | None = None
    ) -> None:
        """Start an execution, at *at* if given; a second start of one name does nothing."""
        if at is not None and at > self._clock.now():
            plan = self._clock.call_at(at, lambda: self._begin(journey, version, name, state))
            self._planned.setdefault(name, plan)
            return
        self._begin(journey, version, name, state)

    def _begin(self, journey: str, version: str, name: str, state: Mapping[str, Any]) -> None:
        self._planned.pop(name, None)
        machine = self._stack.machine(journey, self._definitions[(journey, version)])
        try:
            arn = self._stack.start(machine, f"{self._number}-{name}", handed_over(state, self._clock.now()))
        except ClientError as error:
            if error.response["Error"]["Code"] != "ExecutionAlreadyExists":
                raise
            return
        self._open[name] = (arn, state)

    def succeed(self, token: str, state: Mapping[str, Any]) -> None:
        """Answer a waiting task."""
        output = json.dumps(handed_over(state, self._clock.now()))
        try:
            self._stack.states.send_task_success(taskToken=token, output=output)
        except ClientError as error:
            if error.response["Error"]["Code"] not in {"TaskDoesNotExist", "TaskTimedOut"}:
                raise
            raise LostRace(str(error)) from error

    def stop(self, journey: str, version: str, name: str, reason: str) -> None:
        """Stop an execution, running or still to start."""
        planned = self._planned.pop(name, None)
        if planned is not None:
            planned.cancel()
        elif name in self._open:
            self._stack.stop(self._open[name][0], "Sojourn.Stopped", reason)

    def report_failures(self) -> None:
        """Tell of executions that failed since the last look."""
        with self._clock.changed:
            looking = list(self._open.items())
        for name, (arn, state) in looking:
            found = self._stack.describe(arn)
            if found["status"] == "RUNNING":
                continue
            with self._clock.changed:
                self._open.pop(name, None)
                if found["status"] in ("FAILED", "TIMED_OUT") and found.get("error") != "RunEnded":
                    self._failed(
                        state["customer"],
                        state["run"],
                        name,
                        found.get("error") or "",
                        found.get("cause") or "",
                    )


def handed_over(state: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return a state whose instant is as far from the real clock as it is from *now*."""
    return {key: _moved(value, now) if key == UNTIL else value for key, value in state.items()}


def _moved(instant: str, now: datetime) -> str:
    return (datetime.now(UTC) + (datetime.fromisoformat(instant) - now)).isoformat()


def _prepared(definition: Mapping[str, Any], stack: Ministack) -> str:
    """Return a definition with ARNs in it and its time-outs scaled."""

    def prepared(part: Any) -> Any:
        if isinstance(part, list):
            return [prepared(one) for one in part]
        if not isinstance(part, dict):
            return part
        assert part.get("TimestampPath") in {None, *INSTANTS}, "an instant that nobody moves"
        assert not part.keys() & {"SecondsPath", "TimeoutSecondsPath"}, "a time that nobody scales"
        return {
            key: value * stack.scale if key == "TimeoutSeconds" else prepared(value)
            for key, value in part.items()
        }

    text = json.dumps(prepared(definition))
    for placeholder, function in (("${StepFunctionArn}", "step"), ("${SendFunctionArn}", "send")):
        text = text.replace(placeholder, stack.arns[function])
    return text


class MinistackWorld(World):
    """A `World` on MiniStack."""

    def __init__(
        self, deployment: Deployment, start: datetime, ledger: Callable[[Happening], None], stack: Ministack,
        number: int, script: Script,
    ) -> None:  # fmt: skip
        def tell(one: Happening) -> None:
            ledger(one)
            script.happened(one)
            scaled.changed.notify_all()

        self.lock = threading.RLock()
        scaled = ScaledClock(start, stack.scale, self.lock, script)
        with self.lock:
            super().__init__(deployment, start, tell)
        self.clock = scaled  # type: ignore[assignment]  # it tells and plans time like the virtual clock
        self._stack = stack
        self._entered: dict[tuple[str, str, str], str] = {}
        executions = MinistackExecutions(stack, number, scaled, deployment, self._failed)
        scaled.look = executions.report_failures
        self.engine = replace(self.engine, clock=scaled, executions=executions)

    def add_customer(self, profile: Any) -> None:
        with self.lock:
            super().add_customer(profile)

    @property
    def busy(self) -> bool:
        with self.lock:
            return super().busy

    def handle(self, function: str, execution: str, payload: Any) -> Any:
        """Answer a Lambda function: one at a time."""
        with self.lock:
            now = self.engine.clock.now()
            entered = self._entered.setdefault((execution, payload["step"], payload["entered"]), iso(now))
            known = {**payload, "execution": execution, "entered": entered}
            try:
                answer = self._send(known) if function == "send" else self._step(known)
            except SendHeld as error:
                raise SendHeld(_moved(str(error), self.engine.clock.now())) from error
            except Exception as error:
                if "token" not in payload:
                    raise
                self._stack.states.send_task_failure(
                    taskToken=payload["token"],
                    error=type(error).__name__,
                    cause=json.dumps({"errorMessage": str(error)}),
                )
                return None
            return handed_over(answer, self.engine.clock.now()) if isinstance(answer, dict) else answer


class MinistackWorlds:
    """Makes worlds on one MiniStack, which live side by side."""

    def __init__(self, stack: Ministack) -> None:
        self._stack = stack
        self._worlds: dict[str, MinistackWorld] = {}
        stack.handlers |= {name: self._handler(name) for name in stack.arns}

    def make(
        self, script: Script
    ) -> Callable[[Deployment, datetime, Callable[[Happening], None]], MinistackWorld]:
        """Return what makes a world for one scenario, with the signature of `World`."""

        def make(
            deployment: Deployment, start: datetime, ledger: Callable[[Happening], None]
        ) -> MinistackWorld:
            number = next(_NUMBERS)
            world = MinistackWorld(deployment, start, ledger, self._stack, number, script)
            self._worlds[str(number)] = world
            return world

        return make

    def _handler(self, function: str) -> Handler:
        def handle(payload: Any) -> Any:
            number, _, execution = payload["execution"].partition("-")
            if number not in self._worlds:
                raise RunEnded("this story has been told")
            return self._worlds[number].handle(function, execution, payload)

        return handle
