"""A stage on the embedded AWS whose time somebody tells: its machines wait for the teller, its functions ask him.

The journeys are deployed as they are. Then each `Wait` of a machine becomes a task that puts its token on a queue, and
`TimeoutSeconds` are left out: who tells the time answers the token when its time has come, and lets a task time out
that nobody answered. (On MiniStack an execution runs its machine's latest definition, whatever version it is started
with: see docs/embedded-aws.md.) That waits and timeouts do on their own what is told here the other tests of
tests/cloud show.
"""

from __future__ import annotations

import json
import threading
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from infra.local_cloud.deployment import WATCH
from infra.local_cloud.emulator import ACCOUNT, REGION
from sojourn.domain.customer.rows import Run
from tests.support.cloud import Cloud

STAGE = "told"
TELLING = Path(__file__).with_name("told_time.py")
WAITING = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
GONE = ("TaskTimedOut", "TaskDoesNotExist", "InvalidToken")


def settings(folder: Path) -> dict[str, str]:
    """Return the environment in which functions take the time from files of a folder."""
    (folder / "told").mkdir(exist_ok=True)
    return {
        "SOJOURN_RUN_FIRST": str(TELLING),
        "SOJOURN_TOLD_WATCH": str(WATCH),
        "SOJOURN_TOLD_STAGE": STAGE,
        "SOJOURN_TOLD_TIME": str(folder / "told"),
    }


@dataclass(frozen=True, slots=True)
class Timer:
    """A wait that somebody has to end.

    Args:
        until: an instant, as the machine has it; else it lasts `seconds` from when it was entered.
    """

    run: str
    token: str
    until: str
    seconds: float

    def due(self, now: datetime) -> datetime:
        """Return when it is over, if it was entered now."""
        return datetime.fromisoformat(self.until) if self.until else now + timedelta(seconds=self.seconds)


@dataclass
class ToldStage:
    """The deployment, and what waits in it.

    Args:
        folder: where customers' time stands.
        key: a write key that may end tasks.
    """

    cloud: Cloud
    folder: Path
    key: str
    timers: dict[str, list[Timer]] = field(default_factory=lambda: defaultdict(list))
    _queue: str = ""
    _ended: threading.Event = field(default_factory=threading.Event)
    _taker: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Take over the machines' waits."""
        # What stories tell of is long ago, or far ahead: the emulator's own clock has no say in what expires.
        off = {"AttributeName": "expires", "Enabled": False}
        self.cloud.client("dynamodb").update_time_to_live(
            TableName=self.cloud.table, TimeToLiveSpecification=off
        )
        self._queue = self.cloud.client("sqs").create_queue(QueueName="told-waits")["QueueUrl"]
        states = self.cloud.client("stepfunctions")
        for machine in states.list_state_machines()["stateMachines"]:
            if machine["name"].startswith(f"sojourn-{STAGE}_"):
                arn = machine["stateMachineArn"]
                definition = json.loads(states.describe_state_machine(stateMachineArn=arn)["definition"])
                told = json.dumps(held_still(definition, self._queue))
                states.update_state_machine(stateMachineArn=arn, definition=told)
        self._taker = threading.Thread(target=self._take, daemon=True)
        self._taker.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Let nobody take waits any more."""
        self._ended.set()
        if self._taker is not None:
            self._taker.join()

    def begin(self, customers: tuple[str, ...], at: datetime) -> None:
        """Let customers have a time, and providers: one for all of them."""
        (self.folder / f"{customers[0]}.did").touch()
        self.tell(customers, at)
        for other in customers[1:]:
            for kind in ("", ".did", ".faults"):
                (self.folder / f"{other}{kind}").symlink_to(f"{customers[0]}{kind}")

    def tell(self, customers: tuple[str, ...], at: datetime) -> None:
        """Let it be *at* for customers."""
        self._write(customers[0], at.astimezone(UTC).isoformat())

    def fail(self, customers: tuple[str, ...], faults: Mapping[str, str]) -> None:
        """Let providers fail for customers: what each does, by channel."""
        self._write(f"{customers[0]}.faults", json.dumps(faults))

    def _write(self, name: str, text: str) -> None:
        """Write a file in one instant, whoever reads it meanwhile."""
        new = self.folder / f"{name}.new"
        new.write_text(text)
        new.replace(self.folder / name)

    def noted(self, customers: tuple[str, ...]) -> list[tuple[str, str, str]]:
        """Return what functions began and ended for customers: how, the function, with what."""
        lines = (self.folder / f"{customers[0]}.did").read_text().splitlines()
        return [(how, name, what) for how, name, what in (line.split(" ", 2) for line in lines)]

    def open_tasks(self, run: Run) -> int:
        """Return how many tasks of a run's execution are begun and not ended; -1 while it has not begun."""
        name = f"sojourn-{STAGE}_{run.journey}:{run.execution}"
        arn = f"arn:aws:states:{REGION}:{ACCOUNT}:execution:{name}"
        states = self.cloud.client("stepfunctions")
        try:
            events = states.get_execution_history(executionArn=arn, maxResults=1000)["events"]
        except states.exceptions.ExecutionDoesNotExist:
            return -1
        told = Counter(event["type"] for event in events)
        return (
            told["TaskScheduled"] - told["TaskSucceeded"] - told["TaskFailed"]
            if told["TaskScheduled"]
            else -1
        )

    def succeed(self, token: str) -> None:
        """End a wait; one whose run has ended is nobody's any more."""
        states = self.cloud.client("stepfunctions")
        try:
            states.send_task_success(taskToken=token, output="{}")
        except states.exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in GONE:
                raise

    def time_out(self, token: str) -> None:
        """Let a task time out; one that has ended stays as it is."""
        states = self.cloud.client("stepfunctions")
        try:
            states.send_task_failure(taskToken=token, error="States.Timeout", cause="")
        except states.exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in GONE:
                raise

    def _take(self) -> None:
        sqs = self.cloud.client("sqs")
        while not self._ended.is_set():
            found = sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            for message in found.get("Messages", ()):
                said = json.loads(message["Body"])
                timer = Timer(
                    said["run"], said["token"], said.get("until", ""), float(said.get("seconds", 0))
                )
                self.timers[said["customer"]].append(timer)
                sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])


def held_still(part: Any, queue: str) -> Any:
    """Return a definition, or a part of one, in which no time passes by itself."""
    if isinstance(part, list):
        return [held_still(one, queue) for one in part]
    if not isinstance(part, dict):
        return part
    if part.get("Type") == "Wait":
        return _told_wait(part, queue)
    return {name: held_still(value, queue) for name, value in part.items() if name != "TimeoutSeconds"}


def _told_wait(wait: Mapping[str, Any], queue: str) -> dict[str, Any]:
    said: dict[str, Any] = {"token.$": "$$.Task.Token", "customer.$": "$.customer", "run.$": "$.run"}
    if "Seconds" in wait:
        said["seconds"] = wait["Seconds"]
    elif "SecondsPath" in wait:
        said["seconds.$"] = wait["SecondsPath"]
    else:
        said["until.$"] = wait["TimestampPath"]
    ways = {name: wait[name] for name in ("Next", "End", "Comment") if name in wait}
    parameters = {"QueueUrl": queue, "MessageBody": said}
    return {"Type": "Task", "Resource": WAITING, "Parameters": parameters, "ResultPath": None, **ways}
