"""A deployment that things can go wrong in: the real handlers over the real adapters, on virtual time.

The table is moto's; Step Functions is our interpreter, asked through its AWS interface; other services answer as
`services` says. Lambda, SQS, the stream and asynchronous invocations deliver again what failed, as AWS does. Every
call that a function makes passes `Cloud.call`, where faults happen (`trouble`).
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Protocol
from unittest.mock import patch

from sojourn.adapters.webhooks.exchange import Answer, Https
from sojourn.aws_runtime import telling
from sojourn.aws_runtime.clients import Clients
from sojourn.aws_runtime.clock import SystemClock
from sojourn.domain.compile.bundle import compiled_workspace
from sojourn.domain.compile.compiled import canonical
from sojourn.local.clock import VirtualClock
from sojourn.local.deployment import deploy
from sojourn.local.states.interpreter import Interpreter
from tests.faults.quick_table import Kept, quick_transactions
from tests.faults.services import Bus, Firehose, Modelled, Provider, Rest, Scheduler, States
from tests.faults.trouble import ANSWER, Call, Killed, Trouble
from tests.support.aws_table import aws_table

if TYPE_CHECKING:
    from types import ModuleType

    from sojourn.domain.journey.project import Project
    from sojourn.local.states.runs import Execution

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
FUNCTIONS = ("route", "step", "send", "close", "export", "register")
CONTEXT = SimpleNamespace(aws_request_id="request-1", get_remaining_time_in_millis=lambda: 60_000)
INVISIBLE = timedelta(seconds=180)
"""How long a message that failed stays away from its queue: its visibility timeout in `infra/`."""
DELIVERIES = 5
"""How often a message is delivered before it counts as dead, in `infra/` too."""
ASYNCHRONOUS = (timedelta(0), timedelta(minutes=1), timedelta(minutes=3))
"""When an asynchronous invocation is made, and made again."""
MOST = 4_000
"""Invocations after which a story counts as one without end."""
ENVIRONMENT = {
    "SOJOURN_STAGE": "test", "SOJOURN_TABLE": "sojourn-test", "SOJOURN_BUS": "sojourn-test",
    "SOJOURN_SCHEDULE_GROUP": "sojourn-test", "SOJOURN_SCHEDULE_ROLE_ARN": "arn:aws:iam::123456789012:role/any",
    "SOJOURN_SIGNING_SECRET": "signing", "SOJOURN_LINKS_URL": "https://links.example",
    "SOJOURN_DEAD_LETTERS_URL": "https://sqs.example/dead", "SOJOURN_DELIVERY_STREAM": "changes",
    "POWERTOOLS_SERVICE_NAME": "sojourn-test", "POWERTOOLS_METRICS_NAMESPACE": "Sojourn",
    "POWERTOOLS_LOG_LEVEL": "CRITICAL", "POWERTOOLS_METRICS_DISABLED": "true",
}  # fmt: skip


class Crashed(Exception):
    """What Step Functions hears of a function that died."""

    error_name = "Lambda.Unknown"


class Plan(Protocol):
    """What goes wrong when."""

    def at(self, call: Call) -> Trouble | None:
        """Return what goes wrong at a call."""


class Troubled:
    """A client as a function has it: every call passes the cloud, where it may go wrong."""

    def __init__(self, cloud: Cloud, service: str) -> None:
        self._cloud = cloud
        self._service = service

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._cloud.services[self._service], name)
        if name in ("meta", "exceptions", "get_paginator"):
            return method
        return lambda **request: self._cloud.call(self._service, name, lambda: method(**request))


class Cloud:
    """One deployment; `begin` makes it new for a story.

    Attributes:
        plans: what goes wrong.
        skews: how far a function's clock is off.
        dead_events, dead_closes: what was given up after its last delivery.
    """

    def __init__(self, dynamodb: Any, table: str) -> None:
        self.dynamodb = dynamodb
        self.table = table
        self.handlers: dict[str, ModuleType] = {}
        self.machines: dict[str, Any] = {}
        self.versions: dict[str, int] = {}
        self.bundle = b""
        self.kept: Kept | None = None
        self.begin()

    def begin(self, start: datetime = START) -> None:
        """Forget everything but the deployment."""
        self.clock = VirtualClock(start)
        self.plans: list[Plan] = []
        self.skews: dict[str, timedelta] = {}
        self.invocations: Counter[str] = Counter()
        self.calls: Counter[tuple[str, str, str]] = Counter()
        self.dead_events: list[dict[str, Any]] = []
        self.dead_closes: list[dict[str, Any]] = []
        self.arrived: list[dict[str, Any]] = []
        self.answers: list[str] = []
        self.raised: list[str] = []
        self.stream_at = 0
        self._running: list[tuple[str, list[int], int]] = []
        self._numbers = 0
        if self.kept is not None:
            self.kept.again()
        interpreter = Interpreter(
            self.clock, {"step": partial(self.task, "step"), "send": partial(self.task, "send")}
        )
        self.states = States(interpreter, self._execution_ended)
        self.states.machines, self.states.versions = self.machines, self.versions
        self.scheduler = Scheduler(self.clock, self.states)
        self.provider, self.firehose, self.rest = Provider(), Firehose(), Rest()
        self.rest.bundle = self.bundle
        self.bus = Bus(lambda said: self.arrive(self.message(said["detail-type"], said["detail"])))
        answers = {
            "stepfunctions": self.states, "scheduler": self.scheduler, "events": self.bus, "firehose": self.firehose,
            "s3": self.rest, "secretsmanager": self.rest, "sqs": self.rest,
            **dict.fromkeys(("sesv2", "pinpoint-sms-voice-v2", "sns", "pinpoint", "socialmessaging"), self.provider),
        }  # fmt: skip
        self.services = {name: Modelled(name, answer) for name, answer in answers.items()}
        self.services["dynamodb"] = self.dynamodb

    def now(self) -> datetime:
        """Return the time by the clock of the function that runs now."""
        skew = self.skews.get(self._running[-1][0], timedelta(0)) if self._running else timedelta(0)
        return self.clock.now() + skew

    def call(self, service: str, operation: str, act: Callable[[], Any]) -> Any:
        """Make a call, and let go wrong what is to go wrong."""
        function, places, invocation = self._running[-1]
        places[0] += 1
        self.calls[(function, service, operation)] += 1
        call = Call(function, service, operation, places[0], invocation)
        troubles = [trouble for plan in list(self.plans) if (trouble := plan.at(call)) is not None]
        for trouble in troubles:
            trouble.before()
        try:
            return act()
        finally:
            # Also where the answer is an error: whoever is dead then does not hear it.
            for trouble in troubles:
                trouble.after()

    def invoke(self, function: str, event: Any) -> Any:
        """Invoke a function as Lambda does; one that was killed begins anew the next time."""
        self.invocations[function] += 1
        assert self.invocations.total() < MOST, f"a story without end: {self.invocations}"
        self._running.append((function, [0], self.invocations.total()))
        try:
            answer = self.handlers[function].lambda_handler(json.loads(json.dumps(event)), CONTEXT)
            self.call("lambda", ANSWER, lambda: None)
        except Killed:
            self._running.pop()
            self.load(function)
            raise
        except Exception as error:
            self._running.pop()
            self.raised.append(f"{function}: {type(error).__name__}: {error}")
            raise
        self._running.pop()
        return json.loads(json.dumps(answer))

    def load(self, function: str) -> None:
        """Begin a function anew."""
        name = f"functions.{function}.handler"
        sys.modules.pop(name, None)
        self.handlers[function] = importlib.import_module(name)

    def task(self, function: str, payload: Any) -> Any:
        """Do a state machine's task."""
        try:
            return self.invoke(function, payload)
        except Killed:
            raise Crashed("the function died") from None

    # -- the queue of events

    @contextmanager
    def taken_out(self, journey: str) -> Iterator[None]:
        """Let a journey have no state machine, as after a deployment without it, for as long as the block lasts."""
        named = [arn for arn in self.machines if arn.rpartition(":")[0].endswith(f":sojourn-test-{journey}")]
        gone = {arn: self.machines.pop(arn) for arn in named}
        assert gone, journey
        try:
            yield
        finally:
            self.machines.update(gone)

    def message(self, name: str, detail: dict[str, Any]) -> dict[str, Any]:
        """Return an event as the queue holds it."""
        self._numbers += 1
        body = {
            "version": "0", "id": f"bus-{self._numbers}", "detail-type": name, "source": "shop",
            "time": self.clock.now().isoformat().replace("+00:00", "Z"), "detail": detail,
        }  # fmt: skip
        return {"messageId": f"m{self._numbers}", "body": json.dumps(body)}

    def arrive(self, *messages: dict[str, Any]) -> None:
        """Let messages arrive at the queue now; they are delivered together."""
        self.arrived += messages
        self.clock.call_at(self.clock.now(), lambda: self.deliver(list(messages)))

    def deliver(self, messages: list[dict[str, Any]], before: int = 0) -> None:
        """Hand messages to `route`; what fails comes again, each by itself, and is dead after its last delivery."""
        count = {"attributes": {"ApproximateReceiveCount": str(before + 1)}}
        try:
            answer = self.invoke("route", {"Records": [{**message, **count} for message in messages]})
            failed = {one["itemIdentifier"] for one in answer["batchItemFailures"]}
        except (Killed, Exception):  # noqa: BLE001 - as AWS: whatever ends an invocation, its input comes again
            failed = {message["messageId"] for message in messages}
        for message in messages:
            if message["messageId"] in failed:
                if before + 1 == DELIVERIES:
                    self.dead_events.append(message)
                else:
                    self.later(INVISIBLE, partial(self.deliver, [message], before + 1))

    def later(self, after: timedelta, act: Callable[[], object]) -> None:
        """Let something happen later."""

        def happen() -> None:
            act()

        self.clock.call_at(self.clock.now() + after, happen)

    # -- executions that ended

    def _execution_ended(self, machine: str, execution: Execution) -> None:
        if execution.status.value == "SUCCEEDED":
            return
        detail = {
            "executionArn": f"arn:aws:states:us-east-1:123456789012:execution:x:{execution.name}",
            "name": execution.name,
            "stateMachineArn": machine, "status": execution.status.value, "input": json.dumps(execution.raw_input),
            "inputDetails": {"included": True}, "error": execution.error, "cause": execution.cause,
            "stopDate": int(self.clock.now().timestamp() * 1000),
        }  # fmt: skip
        event = {
            "source": "aws.states", "detail-type": "Step Functions Execution Status Change", "detail": detail,
            "time": self.clock.now().isoformat().replace("+00:00", "Z"),
        }  # fmt: skip
        self.close(event)

    def close(self, event: dict[str, Any], attempt: int = 0) -> None:
        """Tell `close` of an execution, and again where that fails."""

        def act() -> None:
            try:
                self.invoke("close", event)
            except (Killed, Exception):  # noqa: BLE001 - as AWS: whatever ends an invocation, its input comes again
                if attempt + 1 == len(ASYNCHRONOUS):
                    self.dead_closes.append(event)
                else:
                    self.close(event, attempt + 1)

        self.later(ASYNCHRONOUS[attempt], act)

    # -- the stream

    def records(self) -> list[dict[str, Any]]:
        """Return what the stream told since the last export and the function is shown (`CHANGES` in `infra/`)."""
        assert self.kept is not None
        return [one for one in self.kept.stream(self.stream_at) if _is_shown(one)]

    def export(self, size: int = 500) -> None:
        """Hand the stream to `export`; what fails comes again, in halves where the function died."""
        assert self.kept is not None
        told = self.kept.stream(self.stream_at)
        self.stream_at += len(told)
        left = [one for one in told if _is_shown(one)]
        while left:
            batch = left[:size]
            try:
                answer = self.invoke("export", {"Records": batch})
            except (Killed, Exception):  # noqa: BLE001 - as AWS: whatever ends an invocation, its input comes again
                size = max(1, len(batch) // 2)
                continue
            first = next((one["itemIdentifier"] for one in answer["batchItemFailures"]), None)
            places = [one["dynamodb"]["SequenceNumber"] for one in batch]
            left = left[len(batch) if first is None else places.index(first) :]

    @contextmanager
    def hear(self, answer: urllib.request.Request, timeout: float) -> Iterator[None]:
        """Be CloudFormation, which is answered."""
        assert isinstance(answer.data, bytes)
        said = json.loads(answer.data)
        self.call("cloudformation", "answer", lambda: self.answers.append(said["Status"]))
        yield

    # -- stories

    def run(self, **duration: float) -> None:
        """Let time pass."""
        self.clock.run(self.clock.now() + timedelta(**duration))

    def settle(self, **duration: float) -> None:
        """Let all trouble end, an operator redrive what is dead, and everything come to its end."""
        self.plans.clear()
        self.skews.clear()
        self.run(minutes=30)
        dead, self.dead_events = self.dead_events, []
        if dead:
            self.clock.call_at(self.clock.now(), lambda: self.deliver(dead))
        for event in self.dead_closes:
            self.close(event)
        self.dead_closes = []
        self.run(**(duration or {"days": 40}))
        self.export()


def _is_shown(record: dict[str, Any]) -> bool:
    sort_key: str = record["dynamodb"]["Keys"]["sk"]["S"]
    what: str = record["eventName"]
    return (
        (sort_key.startswith("H#") and what == "INSERT")
        or sort_key.startswith(("A#profile", "A#run#"))
        or (sort_key.startswith("S#") and what != "REMOVE")
    )


def prepare(cloud: Cloud, project: Project) -> dict[str, str]:
    """Do what CloudFormation does for a workspace before it asks for its registration; return the machines."""
    bundle = compiled_workspace(project)
    deployment = deploy(project, bundle)
    cloud.bundle = cloud.rest.bundle = canonical(bundle.to_json()).encode()
    arns = {}
    for (journey, _), machine in deployment.machines.items():
        arn = f"arn:aws:states:us-east-1:123456789012:stateMachine:sojourn-test-{journey}"
        number = cloud.versions[arn] = cloud.versions.get(arn, 0) + 1
        cloud.machines[f"{arn}:{number}"] = machine
        arns[journey] = arn
    return arns


def request(arns: dict[str, str], kind: str = "Create") -> dict[str, Any]:
    """Return what CloudFormation asks the function `register` for."""
    return {
        "RequestType": kind, "ResponseURL": "https://answers.example/", "StackId": "stack", "RequestId": "1",
        "LogicalResourceId": "Journeys",
        "ResourceProperties": {"Bucket": "assets", "Key": "bundle.json", "Machines": arns, "Owner": "cdk"},
    }  # fmt: skip


@contextmanager
def deployed_cloud(project: Project) -> Iterator[Cloud]:
    """Deploy a workspace, for as long as the block lasts."""
    with ExitStack() as stack:
        client, table = stack.enter_context(aws_table(attempts=1))
        stack.enter_context(quick_transactions())
        stack.enter_context(patch.dict(os.environ, ENVIRONMENT))
        cloud = Cloud(client, table)
        asked = partial(Troubled, cloud)
        for method in ("now", "later", "to_send"):
            stack.enter_context(patch.object(Clients, method, lambda _, service: asked(service)))
        stack.enter_context(patch.object(SystemClock, "now", lambda _: cloud.now()))
        stack.enter_context(patch.object(SystemClock, "pause", lambda _, seconds: None))
        stack.enter_context(
            patch.object(telling, "log_raised", lambda error, **_: cloud.raised.append(f"{error!r}"))
        )
        stack.enter_context(patch.object(Https, "post", partial(_post, cloud)))
        stack.enter_context(patch.object(urllib.request, "urlopen", cloud.hear))
        for function in FUNCTIONS:
            cloud.load(function)
        arns = prepare(cloud, project)
        cloud.invoke("register", request(arns))
        cloud.kept = Kept(table)
        yield cloud
        for function in FUNCTIONS:
            sys.modules.pop(f"functions.{function}.handler", None)


def _post(cloud: Cloud, url: str, body: bytes, headers: dict[str, str], seconds: float) -> Answer:
    """Be the server that a webhook calls."""

    def take() -> Answer:
        if cloud.provider.statuses:
            return Answer(cloud.provider.statuses.pop(0))
        cloud.provider.taken.append(("webhook", headers["webhook-id"], ""))
        return Answer(200)

    answer: Answer = cloud.call("webhook", "post", take)
    return answer
