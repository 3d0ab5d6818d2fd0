"""A world whose state machines run on moto's interpreter, in virtual time.

The same deployment, use cases and in-memory adapters as `sojourn.local.world`; only the executions are moto's. moto
waits in real time, in threads; here its waits and token timeouts block on a stage instead, and the stage moves the
clock to the next thing that is due once every thread of moto's is blocked. It reaches into moto (5.2.5) at
`WaitFunction._wait_interval` and `CallbackEndpoint.wait`; a story that never ends shows where one has moved.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from botocore.exceptions import ClientError
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.seconds import Seconds
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackEndpoint

from sojourn.domain.compile.anywhere import beginning_anywhere
from sojourn.domain.compile.names import ANYWHERE
from sojourn.domain.time.instants import iso
from sojourn.errors import LostRace
from sojourn.local.world import World
from tests.support.moto_states import function_arn, moto_states

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sojourn.domain.ledger import Happening
    from sojourn.local.deployment import Deployment
    from tests.support.moto_states import MotoStates

ARNS = {"StepFunctionArn": function_arn("step"), "SendFunctionArn": function_arn("send")}
CALM = 4
"""So many looks in a row must find every thread blocked and nothing new."""
PAUSE = 0.004


class _Blocked:
    """A thread of moto's that waits for the stage, or to be answered or stopped."""

    def __init__(self, due: datetime, execution: str, stopped: Callable[[], bool]) -> None:
        self.due = due
        self.stopped = stopped
        self.execution = execution
        self.over = threading.Event()


_NUMBERS = count(1)
OTHERS: set[int] = set()
"""The threads that were there before moto: a test runner's own."""


class Stage:
    """A clock that moves when nobody has anything left to do; its number tells its machines from other worlds'."""

    def __init__(self, start: datetime, patience: float = 1.0) -> None:
        self.look_again = PAUSE * patience
        self.number = next(_NUMBERS)
        self._others = {*OTHERS, threading.get_ident()}
        self._now = start
        self._plans: list[tuple[datetime, int, Callable[[], None]]] = []
        self._blocked: list[_Blocked] = []
        self._count = 0
        self.lock = threading.RLock()
        self.calls = 0
        self.tokens: dict[str, str] = {}
        self.settled: Callable[[], None] = lambda: None
        self.runs_on: Callable[[list[str]], bool] = lambda _: False

    def now(self) -> datetime:
        """Return the present instant."""
        return self._now

    def pause(self, seconds: float) -> None:
        """Go on at once: time stands still while anybody has something left to do."""

    def call_at(self, when: datetime, action: Callable[[], None]) -> _Plan:
        """Plan *action*."""
        self._count += 1
        plan = _Plan(action)
        self._plans.append((max(when, self._now), self._count, plan))
        return plan

    def sleep(self, due: datetime, execution: str, stopped: Callable[[], bool]) -> None:
        """Block a thread of an execution until the clock stands at *due*, or it is stopped."""
        if due <= self._now:
            return
        blocked = _Blocked(due, execution, stopped)
        self._blocked.append(blocked)
        while not stopped() and not blocked.over.wait(0.01):
            pass
        if blocked in self._blocked:
            self._blocked.remove(blocked)

    def run(self, until: datetime) -> None:
        """Move through all that is due up to *until*; `settled` is called whenever everybody is blocked."""
        while True:
            self._settle()
            self.settled()
            due = [plan[0] for plan in self._plans] + [blocked.due for blocked in self._blocked]
            if not due or min(due) > until:
                break
            self._now = max(self._now, min(due))
            planned = sorted(plan for plan in self._plans if plan[0] <= self._now)
            if planned:
                self._plans.remove(planned[0])
                with self.lock:
                    planned[0][2]()
                continue
            ready = next(blocked for blocked in self._blocked if blocked.due <= self._now)
            self._blocked.remove(ready)
            ready.over.set()
        self._now = until

    def _settle(self) -> None:
        calm, seen = 0, None
        give_up = time.monotonic() + 10 + 500 * self.look_again
        while calm < CALM:
            time.sleep(self.look_again)
            looks = (self.calls, len(self._blocked), self._count, threading.active_count())
            calm = calm + 1 if looks == seen and _all_blocked(self._others) else 0
            seen = looks
            if any(blocked.stopped() for blocked in list(self._blocked)):
                calm = 0
            if calm == CALM and self.runs_on([blocked.execution for blocked in self._blocked]):
                calm = 0
            if time.monotonic() > give_up:
                at_rest = {blocked.execution for blocked in self._blocked}
                raise TimeoutError(f"moto's threads do not come to rest; these do: {at_rest}")


class _Plan:
    """A planned action that can be called off."""

    def __init__(self, action: Callable[[], None]) -> None:
        self._action: Callable[[], None] | None = action

    def __call__(self) -> None:
        if self._action is not None:
            self._action()

    def __lt__(self, other: object) -> bool:
        return False

    def cancel(self) -> None:
        """Call it off."""
        self._action = None


def _all_blocked(others: set[int]) -> bool:
    """Say whether every thread but *others*, which are not moto's, sits in a lock's wait."""
    return all(
        frame.f_code.co_filename == threading.__file__
        and frame.f_code.co_name in ("wait", "_wait_for_tstate_lock")
        for ident, frame in sys._current_frames().items()
        if ident not in others
    )


class MotoExecutions:
    """The port of the application over moto's Step Functions."""

    def __init__(
        self, stage: Stage, states: MotoStates, deployment: Deployment, failed: Callable[..., None]
    ) -> None:
        self._stage = stage
        self._states = states
        self._failed = failed
        self._open: dict[str, tuple[str, Mapping[str, Any]]] = {}
        self._planned: dict[str, _Plan] = {}
        self._definitions = {
            (journey.name, journey.version, anywhere): _filled(
                {**made(journey.definition), "Comment": f"of world {stage.number}"}
            )
            for journey in deployment.catalogue.all_current()
            for anywhere, made in ((False, dict), (True, beginning_anywhere))
        }

    def start(
        self, journey: str, version: str, name: str, state: Mapping[str, Any], at: datetime | None = None
    ) -> None:
        """Start an execution, at *at* if given."""
        if at is not None and at > self._stage.now():
            plan = self._stage.call_at(at, lambda: self._begin(journey, version, name, state))
            self._planned.setdefault(name, plan)
            return
        self._begin(journey, version, name, state)

    def _begin(self, journey: str, version: str, name: str, state: Mapping[str, Any]) -> None:
        self._planned.pop(name, None)
        if name not in self._open:
            definition = self._definitions[(journey, version, name.endswith(ANYWHERE))]
            arn = self._states.start(definition, dict(state), name)
            self._open[name] = (arn, state)

    def succeed(self, token: str, state: Mapping[str, Any]) -> None:
        """Answer a waiting task."""
        try:
            self._states.send_task_success(token, state)
        except ClientError as error:
            raise LostRace(str(error)) from error

    def stop(self, journey: str, version: str, name: str, reason: str) -> None:
        """Stop an execution, running or still to start."""
        planned = self._planned.pop(name, None)
        if planned is not None:
            planned.cancel()
        elif name in self._open:
            self._states.stop(self._open[name][0], "Sojourn.Stopped", reason)

    def run_on(self, blocked: list[str]) -> bool:
        """Say whether an execution of which no thread is blocked still runs: the others must not overtake it.

        A pause before a retry does not tell whose it is, so each stands for one execution.
        """
        running = [
            name
            for name, (arn, _) in self._open.items()
            if name not in blocked and self._status(arn) == "RUNNING"
        ]
        return len(running) > blocked.count("")

    def _status(self, arn: str) -> str:
        return str(self._states._client.describe_execution(executionArn=arn)["status"])

    def report_failures(self) -> None:
        """Tell of executions that failed since the last look."""
        for name, (arn, state) in list(self._open.items()):
            found = self._states._client.describe_execution(executionArn=arn)
            if found["status"] == "RUNNING":
                continue
            del self._open[name]
            if found["status"] in ("FAILED", "TIMED_OUT") and found.get("error") != "RunEnded":
                self._failed(
                    state["customer"], state["run"], name, found.get("error") or "", found.get("cause") or ""
                )


def _filled(definition: Mapping[str, Any]) -> Any:
    text = json.dumps(definition)
    for name, arn in ARNS.items():
        text = text.replace(f"${{{name}}}", arn)
    return json.loads(text)


class MotoWorld(World):
    """A `World` on moto's interpreter."""

    def __init__(
        self,
        deployment: Deployment,
        start: datetime,
        ledger: Callable[[Happening], None],
        states: MotoStates,
        stage: Stage,
    ) -> None:
        super().__init__(deployment, start, ledger)
        self.stage = stage
        self.clock = stage  # type: ignore[assignment]  # it tells and plans time like the virtual clock
        executions = MotoExecutions(stage, states, deployment, self._failed)
        stage.settled = executions.report_failures
        stage.runs_on = executions.run_on
        self.engine = replace(self.engine, clock=stage, executions=executions)

    def handler(self, do: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """Return a Lambda handler: one at a time, entered when the stage says it is."""

        def handle(payload: Any) -> Any:
            with self.stage.lock:
                self.stage.calls += 1
                self.stage.tokens[payload.get("token", "")] = payload["execution"]
                return do({**payload, "entered": iso(self.stage.now())})

        return handle

    def handlers(self) -> dict[str, Callable[[Any], Any]]:
        """Return the Lambda functions of this world by ARN."""
        return {
            ARNS["StepFunctionArn"]: self.handler(self._step),
            ARNS["SendFunctionArn"]: self.handler(self._send),
        }


class MotoWorlds:
    """Makes worlds on one moto; the last one made is the one that lives.

    Calling it has the signature of `World`, so that a scenario can be played in it.
    """

    def __init__(self, states: MotoStates, handlers: dict[str, Callable[[Any], Any]]) -> None:
        self._states = states
        self._handlers = handlers
        self.patience = 1.0
        self.stage = Stage(datetime(2000, 1, 1, tzinfo=UTC))

    def __call__(
        self, deployment: Deployment, start: datetime, ledger: Callable[[Happening], None]
    ) -> MotoWorld:
        """Make a world that begins at *start*."""
        self.stage = Stage(start, self.patience)
        world = MotoWorld(deployment, start, ledger, self._states, self.stage)
        self._handlers |= world.handlers()
        return world


@contextmanager
def moto_worlds() -> Iterator[MotoWorlds]:
    """Start moto with its time in our hands."""
    handlers: dict[str, Callable[[Any], Any]] = {}
    OTHERS.update(sys._current_frames())

    def wait_interval(function: WaitFunction, env: Any, wait_seconds: float) -> None:
        if isinstance(function, Seconds):
            due = worlds.stage.now() + timedelta(seconds=wait_seconds)
        else:  # a timestamp, which moto has measured against the real clock and rounded towards it
            measured = datetime.now(UTC) + timedelta(seconds=wait_seconds)
            due = (measured + timedelta(seconds=0.95 if wait_seconds > 0 else 0)).replace(microsecond=0)
        execution = env.states.context_object.context_object_data["Execution"]["Name"]
        worlds.stage.sleep(due, execution, lambda: not env.is_running())

    def wait_token(endpoint: CallbackEndpoint, timeout: float | None = None) -> Any:
        notified = endpoint._notify_event
        due = worlds.stage.now() + timedelta(seconds=min(timeout or 1e9, 1e9))
        worlds.stage.sleep(due, worlds.stage.tokens.get(str(endpoint.callback_id), ""), notified.is_set)
        return endpoint._outcome

    def sleep(seconds: float) -> None:
        due = worlds.stage.now() + timedelta(seconds=seconds)
        worlds.stage.sleep(due, "", lambda: False)

    with (
        moto_states(handlers) as states,
        patch.object(retrier_decl, "time", SimpleNamespace(sleep=sleep)),
        patch.object(WaitFunction, "_wait_interval", wait_interval),
        patch.object(CallbackEndpoint, "wait", wait_token),
    ):
        worlds = MotoWorlds(states, handlers)
        yield worlds
