"""A deployment on moto: the table, queues, state machines and the real Lambda handlers behind them.

What CloudFormation would make is made by hand; what the functions do is theirs. Waits are scaled as `moto_states`
scales them; the functions' clock is the real one. moto knows no versions of state machines, so the one that is
published here is the machine itself. It reaches into moto (5.2.5) at `ExecutionWorker.stop`.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from threading import RLock
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker
from moto.stepfunctions.responses import StepFunctionResponse

from sojourn.domain.compile.bundle import compiled_workspace
from sojourn.domain.compile.compiled import canonical
from tests.support.aws_table import REGION, created_table
from tests.support.moto_states import MotoStates, function_arn, moto_states
from tests.support.put_server import Received, put_server

if TYPE_CHECKING:
    from sojourn.domain.journey.project import Project

ROLE = f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:role/any"
FUNCTIONS = ("route", "step", "send", "close", "register")
CONTEXT = SimpleNamespace(aws_request_id="request-1", get_remaining_time_in_millis=lambda: 60_000)


@dataclass
class Deployed:
    """A deployment: its handlers by name, and the AWS it stands on.

    Args:
        answers: what CloudFormation was told, at `address`.
        stops: the ARNs of the executions that were stopped.
    """

    states: MotoStates
    table: str
    dead_letters: str
    machines: dict[str, str]
    handlers: dict[str, ModuleType]
    address: str
    answers: list[Received]
    stops: list[str]
    _numbers: Iterator[int]
    _one_at_a_time: RLock = field(default_factory=RLock)

    def call(self, function: str, event: Any) -> Any:
        """Invoke a function as Lambda would: what comes and goes is JSON.

        One at a time: a transaction copies moto's whole table, and finds it changing under another thread's write.
        """
        with self._one_at_a_time:
            answer = self.handlers[function].lambda_handler(json.loads(json.dumps(event)), CONTEXT)
        return json.loads(json.dumps(answer))

    def record(self, customer: str, name: str, properties: Any = (), **detail: Any) -> dict[str, Any]:
        """Return an event as the queue hands it over."""
        number = next(self._numbers)
        said = {"customer": customer, "properties": dict(properties), **detail}
        body = {
            "version": "0", "id": f"bus-{number}", "detail-type": name, "source": "shop", "region": REGION,
            "time": "2026-01-05T09:00:00Z", "resources": [], "detail": said,
        }  # fmt: skip
        return {"messageId": f"m{number}", "body": json.dumps(body), "eventSource": "aws:sqs"}

    def route(self, *records: dict[str, Any]) -> list[str]:
        """Hand a batch to `route`; return the messages that must come again."""
        answer = self.call("route", {"Records": list(records)})
        return [one["itemIdentifier"] for one in answer["batchItemFailures"]]

    def rows(self, kind: str = "") -> list[dict[str, Any]]:
        """Return the customers' rows whose sort key begins so, as the table has them."""
        client = boto3.client("dynamodb", region_name=REGION)
        found = client.scan(TableName=self.table)["Items"]
        return sorted(
            (row for row in found if row["pk"]["S"].startswith("C#") and row["sk"]["S"].startswith(kind)),
            key=lambda row: (row["pk"]["S"], row["sk"]["S"]),
        )

    def data(self, kind: str) -> list[dict[str, Any]]:
        """Return what those rows say."""
        return [json.loads(row["data"]["S"]) for row in self.rows(kind)]

    def happened(self) -> list[str]:
        """Return the ledger, shortly: what, step and reason."""
        return [
            " ".join(filter(None, (one["what"], one["step"], one["reason"])))
            for row in self.data("H#")
            for one in row["happened"]
        ]

    def emails(self) -> list[Any]:
        """Return the emails that SES took."""
        return list(ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages)

    def executions(self) -> dict[str, str]:
        """Return all executions with their status, by ARN."""
        client = boto3.client("stepfunctions", region_name=REGION)
        return {
            one["executionArn"]: one["status"]
            for machine in self.machines.values()
            for one in client.list_executions(stateMachineArn=machine)["executions"]
        }


def _published(response: StepFunctionResponse) -> str:
    arn = response._get_param("stateMachineArn")
    return json.dumps({"stateMachineVersionArn": arn, "creationDate": 0})


def _stopping(stops: list[str]) -> Any:
    """Return what stops an execution; moto lets one that waits for a token wait on until that times out.

    It ends as failed then, not as aborted; so what was stopped is noted.
    """
    stop = ExecutionWorker.stop

    def stopped(worker: ExecutionWorker, *args: Any, **said: Any) -> None:
        stop(worker, *args, **said)
        stops.append(worker.env.states.context_object.context_object_data["Execution"]["Id"])
        for endpoint in list(worker.env.callback_pool_manager._pool.values()):
            endpoint.interrupt_all()

    return stopped


def _environment(dead_letters: str) -> dict[str, str]:
    return {
        "SOJOURN_STAGE": "test", "SOJOURN_TABLE": "sojourn-test", "SOJOURN_BUS": "sojourn-test",
        "SOJOURN_SCHEDULE_GROUP": "sojourn-test", "SOJOURN_SCHEDULE_ROLE_ARN": ROLE,
        "SOJOURN_SIGNING_SECRET": "sojourn-test/signing", "SOJOURN_LINKS_URL": "https://links.example",
        "SOJOURN_DEAD_LETTERS_URL": dead_letters, "POWERTOOLS_SERVICE_NAME": "sojourn-test",
        "POWERTOOLS_METRICS_NAMESPACE": "Sojourn",
    }  # fmt: skip


def loaded(function: str) -> ModuleType:
    """Import a function's handler anew, as a new execution environment does."""
    name = f"functions.{function}.handler"
    sys.modules.pop(name, None)
    return importlib.import_module(name)


def register(deployed: Deployed, project: Project) -> None:
    """Do what the stack does: put the bundle into the bucket, and send the custom resource's request."""
    bundle = compiled_workspace(project)
    client = boto3.client("stepfunctions", region_name=REGION)
    arns = {"StepFunctionArn": function_arn("step"), "SendFunctionArn": function_arn("send")}
    for journey in bundle.journeys:
        text = json.dumps(journey.definition)
        for placeholder, arn in arns.items():
            text = text.replace(f"${{{placeholder}}}", arn)
        made = client.create_state_machine(name=f"sojourn-test-{journey.name}", definition=text, roleArn=ROLE)
        deployed.machines[journey.name] = made["stateMachineArn"]
    boto3.client("s3", region_name=REGION).put_object(
        Bucket="assets", Key="bundle.json", Body=canonical(bundle.to_json()).encode()
    )
    deployed.call("register", {
        "RequestType": "Create", "ResponseURL": deployed.address, "StackId": "stack", "RequestId": "1",
        "LogicalResourceId": "Journeys",
        "ResourceProperties": {
            "Bucket": "assets", "Key": "bundle.json", "Machines": deployed.machines, "Owner": "cdk",
        },
    })  # fmt: skip


@contextmanager
def deployment(project: Project, scale: float = 0.0001) -> Iterator[Deployed]:
    """Deploy a workspace on moto, for as long as the block lasts.

    Args:
        scale: real seconds for each second that a state machine waits.
    """
    handlers: dict[str, Any] = {}
    stops: list[str] = []
    with ExitStack() as stack:
        states = stack.enter_context(moto_states(handlers, scale))
        stack.enter_context(
            patch.object(StepFunctionResponse, "publish_state_machine_version", _published, create=True)
        )
        stack.enter_context(patch.object(ExecutionWorker, "stop", _stopping(stops)))
        made = {
            name: boto3.client(name, region_name=REGION)
            for name in ("dynamodb", "s3", "sqs", "events", "scheduler", "secretsmanager", "sesv2")
        }
        made["s3"].create_bucket(Bucket="assets")
        made["events"].create_event_bus(Name="sojourn-test")
        made["scheduler"].create_schedule_group(Name="sojourn-test")
        made["secretsmanager"].create_secret(Name="sojourn-test/signing", SecretString="a" * 32)
        made["sesv2"].create_email_identity(EmailIdentity="shop.example")
        dead_letters = made["sqs"].create_queue(QueueName="dead")["QueueUrl"]
        stack.enter_context(patch.dict(os.environ, _environment(dead_letters)))
        modules = {name: loaded(name) for name in FUNCTIONS}
        address, answers = stack.enter_context(put_server())
        deployed = Deployed(
            states,
            created_table(made["dynamodb"]),
            dead_letters,
            {},
            modules,
            address,
            answers,
            stops,
            count(1),
        )
        for name in ("step", "send"):
            handlers[function_arn(name)] = lambda payload, name=name: deployed.call(name, payload)
        register(deployed, project)
        yield deployed
        for arn, status in deployed.executions().items():
            if status == "RUNNING":
                boto3.client("stepfunctions", region_name=REGION).stop_execution(executionArn=arn)
