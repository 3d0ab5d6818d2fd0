"""A deployment on the embedded AWS as tests see it: what an application says to the bus, and what came of it.

It asks AWS only, through boto3; what AWS would not tell (which calls functions made, what the providers were asked
that the emulator lacks) comes from the call log and the recorder.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import boto3

from infra.local_cloud import deployment
from infra.local_cloud.deployment import Deployment
from infra.local_cloud.emulator import ACCOUNT, LOOPBACK, REGION, Emulator
from infra.local_cloud.recorder import Recorder
from sojourn.adapters.dynamodb import keys
from tests.support.link_requests import BROWSER

T = TypeVar("T")
PATIENCE = 120.0
"""Seconds. On a quiet machine nothing here takes longer than ten."""
PAUSE = 0.1


def eventually(ask: Callable[[], T], accept: Callable[[T], object] = bool) -> T:
    """Ask until the answer is accepted; return it.

    Raises:
        AssertionError: it never was; the message is the last answer.
    """
    give_up = time.monotonic() + PATIENCE
    while True:
        answer = ask()
        if accept(answer):
            return answer
        if time.monotonic() > give_up:
            raise AssertionError(f"after {PATIENCE:.0f} seconds it is still {answer!r}")
        time.sleep(PAUSE)


@dataclass
class Cloud:
    """A deployment.

    Args:
        first: what `cdk` said when it was deployed first.
        log: where the functions' calls are written down.
        heard: URL of the queue with everything that `export` put on the bus.
    """

    emulated: Emulator
    recorded: Recorder
    first: Deployment
    log: Path
    heard: str = ""
    _clients: dict[str, Any] = field(default_factory=dict)
    _heard: list[Mapping[str, Any]] = field(default_factory=list)

    def client(self, service: str) -> Any:
        """Return the root user's client of a service."""
        if service not in self._clients:
            self._clients[service] = deployment.client(self.emulated, service)
        return self._clients[service]

    @property
    def table(self) -> str:
        """The table's name."""
        return self.first.outputs["TableName"]

    def deploy(self, workspace: Path) -> Deployment:
        """Deploy once more."""
        return deployment.deploy(self.emulated, workspace)

    def put(self, name: str, customer: str, properties: Any = (), **detail: Any) -> None:
        """Put an application's event on the bus."""
        said = {"customer": customer, "properties": dict(properties), **detail}
        self.put_entry({"Source": "shop", "DetailType": name, "Detail": json.dumps(said)})

    def put_entry(self, entry: Mapping[str, Any]) -> None:
        """Put anything on the bus."""
        named = {"EventBusName": self.first.outputs["BusName"], **entry}
        answer = self.client("events").put_events(Entries=[named])
        assert answer["FailedEntryCount"] == 0, answer

    def row(self, pk: str, sk: str) -> Mapping[str, Any]:
        """Return a row as the table has it; empty where there is none."""
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        found: Mapping[str, Any] = (
            self.client("dynamodb")
            .get_item(TableName=self.table, Key=key, ConsistentRead=True)
            .get("Item", {})
        )
        return found

    def rows(self, customer: str, kind: str = "") -> list[dict[str, Any]]:
        """Return what the table says of a customer, of one kind of rows, in the order of their keys."""
        condition, values = "pk = :customer", {":customer": {"S": keys.customer(customer)}}
        if kind:
            condition, values = f"{condition} AND begins_with(sk, :kind)", {**values, ":kind": {"S": kind}}
        pages = self.client("dynamodb").get_paginator("query").paginate(
            TableName=self.table, ConsistentRead=True, KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
        )  # fmt: skip
        return [json.loads(row["data"]["S"]) for page in pages for row in page["Items"]]

    def run(self, customer: str, journey: str, key: str = "") -> dict[str, Any]:
        """Return the current run of a journey, or the last; empty where there is none."""
        row = self.row(keys.customer(customer), keys.run(journey, key))
        return json.loads(row["data"]["S"]) if row else {}

    def entered(self, customer: str, journey: str, key: str = "") -> dict[str, Any]:
        """Wait until a customer is in a journey; return the run."""
        return eventually(lambda: self.run(customer, journey, key))

    def ended(self, customer: str, journey: str, key: str = "") -> dict[str, Any]:
        """Wait until a customer's run has ended; return it."""
        return eventually(
            lambda: self.run(customer, journey, key), lambda run: run.get("status") in ("ended", "failed")
        )

    def waits(self, customer: str, step: str) -> dict[str, Any]:
        """Wait until a customer's run waits in a step for something to happen; return the waiter."""
        waiter = lambda: [row for row in self.rows(customer, keys.WAITS) if row["step"] == step]  # noqa: E731
        return eventually(waiter)[0]

    def happened(self, customer: str) -> list[str]:
        """Return the ledger, shortly: what, step and reason."""
        return [
            " ".join(filter(None, (one["what"], one["step"], one["reason"])))
            for row in self.rows(customer, keys.LEDGER)
            for one in row["happened"]
        ]

    def execution(self, run: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what Step Functions says of a run's execution; its row is there a moment before it."""
        machine = f"sojourn-{deployment.STAGE}_{run['journey']}"
        arn = f"arn:aws:states:{REGION}:{ACCOUNT}:execution:{machine}:{run['execution']}"
        states = self.client("stepfunctions")

        def described() -> Mapping[str, Any]:
            try:
                found: Mapping[str, Any] = states.describe_execution(executionArn=arn)
            except states.exceptions.ExecutionDoesNotExist:
                return {}
            return found

        return eventually(described)

    def emails(self, address: str = "") -> list[dict[str, Any]]:
        """Return the emails that SES took, all or those for an address."""
        sent = self.emulated.ask("/_ministack/ses/messages")["messages"].get(ACCOUNT, [])
        return [message for message in sent if address in ("", *message["To"])]

    def calls(self, function: str = "", operation: str = "") -> list[dict[str, Any]]:
        """Return the calls that functions made to AWS so far, all or some."""
        if not self.log.exists():
            return []
        lines = self.log.read_text(encoding="utf-8").splitlines()
        made = [json.loads(line) for line in lines]
        name = f"sojourn-{deployment.STAGE}-{function}"
        return [
            call
            for call in made
            if (not function or call["function"] == name) and operation in ("", call["operation"])
        ]

    def told(self, customer: str) -> list[Mapping[str, Any]]:
        """Return the events that `export` put on the bus about a customer, as far as they have come."""
        sqs = self.client("sqs")
        while messages := sqs.receive_message(QueueUrl=self.heard, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                self._heard.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=self.heard, ReceiptHandle=message["ReceiptHandle"])
        return [event for event in self._heard if event["detail"]["customer"] == customer]

    def role_of(self, function: str) -> str:
        """Return the name of a function's role."""
        name = f"sojourn-{deployment.STAGE}-{function}"
        return str(self.client("lambda").get_function_configuration(FunctionName=name)["Role"]).rpartition(
            "/"
        )[2]

    @contextmanager
    def without(self, function: str, action: str) -> Iterator[None]:
        """Take an action out of a function's role, for as long as the block lasts."""
        iam, role = self.client("iam"), self.role_of(function)
        (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        kept = [one for one in document["Statement"] if action not in one["Action"]]
        assert len(kept) == len(document["Statement"]) - 1
        narrow = json.dumps({**document, "Statement": kept})
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=narrow)
        try:
            yield
        finally:
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))

    def as_role(self, arn: str, service: str) -> Any:
        """Return a client with a role's own session, as the service that the role is for would have it."""
        iam, name = self.client("iam"), arn.rpartition("/")[2]
        trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
        everybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
        opened = json.dumps({"Version": "2012-10-17", "Statement": [everybody]})
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=opened)
        try:
            given = self.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        finally:
            iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust))
        return boto3.client(
            service,
            endpoint_url=self.emulated.url,
            region_name=REGION,
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        )

    def browse(self, method: str, url: str, body: str = "") -> tuple[int, Mapping[str, str], str]:
        """Follow a link as a reader's browser would, to the function that its host stands for; return the answer."""
        parts = urlsplit(url)
        headers = {
            "Host": parts.netloc,
            "User-Agent": BROWSER,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        connection = HTTPConnection(LOOPBACK, self.emulated.port, timeout=PATIENCE)
        try:
            connection.request(method, parts.path, body or None, headers)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text

    def invoke(self, function: str, event: Any) -> Any:
        """Call a function and return its answer."""
        answer = self.client("lambda").invoke(
            FunctionName=f"sojourn-{deployment.STAGE}-{function}", Payload=json.dumps(event).encode()
        )
        return json.loads(answer["Payload"].read())
