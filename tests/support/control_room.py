"""A deployment that is published to while it runs: the table on moto, S3, SQS and Step Functions as small fakes.

Step Functions is a botocore client whose calls are checked as AWS would and answered here, as moto knows no versions.
Every call of AWS is numbered, so that a test may let whoever works die before or after any of them.
"""

from __future__ import annotations

import io
import json
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any

import boto3

from sojourn.adapters.dynamodb.history import History
from sojourn.adapters.dynamodb.live import Live
from sojourn.adapters.dynamodb.operations import Operations
from sojourn.adapters.dynamodb.registry import Registry
from sojourn.adapters.senders.permission import from_addresses, permission
from sojourn.adapters.stepfunctions.machines import Machines, Surroundings, is_there
from sojourn.application.publishing import Operation
from sojourn.aws_runtime.publishing.backing import OWNER, Backing
from sojourn.aws_runtime.publishing.control_api import ControlApi, answering
from sojourn.aws_runtime.publishing.old_versions import KeptVersions
from sojourn.aws_runtime.publishing.operating import Operating, Works
from sojourn.aws_runtime.publishing.publication import Publishing
from sojourn.aws_runtime.publishing.reach import Reach
from sojourn.aws_runtime.publishing.rolling_back import RollingBack
from sojourn.aws_runtime.publishing.routes import ROUTES
from sojourn.domain.compile.bundle import compiled_workspace
from sojourn.domain.journey.project import read_project
from tests.support.aws_table import REGION, aws_table
from tests.support.reached import Reached
from tests.support.workspaces import MESSAGE, SEGMENTS, WORKSPACE

ANA, BEN = "arn:aws:iam::123456789012:user/ana", "arn:aws:iam::123456789012:user/ben"
PREFIX = f"arn:aws:states:{REGION}:123456789012:stateMachine:sojourn-test_"
ROLE = "arn:aws:iam::123456789012:role/machines"
AROUND = Surroundings(
    PREFIX,
    ROLE,
    f"arn:aws:logs:{REGION}:123456789012:log-group:published:*",
    {"${StepFunctionArn}": "arn:step"},
)
JOURNEY = "journey: {name}\ntopic: news\nenter: {{on: began, again: always}}\nsteps: [{{send: hello, via: [{via}]}}]\n"
TEST = 'test: {when: customer.plan == "test"}\n'


class Died(BaseException):
    """Whoever worked died here: no handler of errors is told."""


def workspace(via: str = "sms", names: tuple[str, ...] = ("welcome",), **files: str) -> dict[str, str]:
    """Return the files of a small workspace with these journeys; `workspace` and `segments` say the files' ends."""
    made = {
        "workspace.yaml": WORKSPACE + files.pop("workspace", ""),
        "segments.yaml": SEGMENTS + TEST + files.pop("segments", ""),
    }
    for name in names:
        made[f"{name}/journey.yaml"] = JOURNEY.format(name=name, via=via)
        made[f"{name}/messages/hello.yaml"] = MESSAGE
    return made | files


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """Return an archive of files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def encoded(files: Mapping[str, str | bytes]) -> str:
    """Return an archive as a call has it."""
    return b64encode(zipped(files)).decode()


@dataclass
class FakeStates:
    """Step Functions, as far as machines and their versions go.

    Args:
        machines: ARN -> definition, and how many versions it has.
        gone: ARNs of versions that somebody deleted.
        busy: so many calls are answered that too many came.
        deleting: ARNs of machines that are being deleted.
        most: so many versions a machine may have.
    """

    machines: dict[str, dict[str, Any]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    deleting: set[str] = field(default_factory=set)
    busy: int = 0
    most: int = 1_000
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def client(self) -> Any:
        """Return the client, whose calls come here from now on."""
        _ANSWERING[:] = [self]
        return _client()

    def note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        """Note a call."""
        self.asked.append((model.name, params))

    def answer(self, model: Any, **_: Any) -> tuple[Any, dict[str, Any]]:
        """Answer the call that was noted last."""
        name, params = self.asked[-1]
        code, answer = getattr(self, f"_{name}")(params)
        if code:
            error = {"Error": {"Code": code, "Message": code}}
            return SimpleNamespace(status_code=400), error | _META
        return SimpleNamespace(status_code=200), answer | _META

    def _UpdateStateMachine(self, asked: dict[str, Any]) -> tuple[str, dict[str, Any]]:  # noqa: N802 - AWS's name
        arn = asked["stateMachineArn"]
        if self._is_busy():
            return "ThrottlingException", {}
        if arn in self.deleting:
            return "StateMachineDeleting", {}
        if arn not in self.machines:
            return "StateMachineDoesNotExist", {}
        if len(self.versions(arn)) >= self.most:
            return "ServiceQuotaExceededException", {}
        return "", {"updateDate": 0} | self._version(arn, asked)

    def _ListStateMachineVersions(self, asked: dict[str, Any]) -> tuple[str, dict[str, Any]]:  # noqa: N802
        first = int(asked.get("nextToken", 0))
        page = self.versions(asked["stateMachineArn"])[::-1][first : first + 100]
        told = [{"stateMachineVersionArn": arn, "creationDate": 0} for arn in page]
        following = {"nextToken": str(first + 100)} if len(page) == 100 else {}
        return "", {"stateMachineVersions": told, **following}

    def _DeleteStateMachineVersion(self, asked: dict[str, Any]) -> tuple[str, dict[str, Any]]:  # noqa: N802
        if self._is_busy():
            return "ConflictException", {}
        self.gone.add(asked["stateMachineVersionArn"])
        return "", {}

    def versions(self, arn: str) -> list[str]:
        """Return the ARNs of a machine's versions that are there, the oldest first."""
        made = (f"{arn}:{number + 1}" for number in range(self.machines[arn]["versions"]))
        return [one for one in made if one not in self.gone]

    def _CreateStateMachine(self, asked: dict[str, Any]) -> tuple[str, dict[str, Any]]:  # noqa: N802
        arn = f"arn:aws:states:{REGION}:123456789012:stateMachine:{asked['name']}"
        if self._is_busy():
            return "ThrottlingException", {}
        if arn in self.machines:
            return "StateMachineAlreadyExists", {}
        self.machines[arn] = {"versions": 0}
        return "", {"stateMachineArn": arn, "creationDate": 0} | self._version(arn, asked)

    def _DescribeStateMachine(self, asked: dict[str, Any]) -> tuple[str, dict[str, Any]]:  # noqa: N802
        arn = asked["stateMachineArn"]
        machine, _, number = arn.rpartition(":")
        there = self.machines.get(machine)
        if arn in self.gone or there is None or int(number) > there["versions"]:
            return "StateMachineDoesNotExist", {}
        return "", {"stateMachineArn": arn, "status": "ACTIVE", "description": there.get(arn, "")}

    def _version(self, arn: str, asked: dict[str, Any]) -> dict[str, Any]:
        machine = self.machines[arn]
        definition = json.loads(asked["definition"])
        if machine.get("definition") != definition:
            machine.update(definition=definition, versions=machine["versions"] + 1)
            machine[f"{arn}:{machine['versions']}"] = asked.get("versionDescription", "")
        return {"stateMachineVersionArn": f"{arn}:{machine['versions']}"}

    def _is_busy(self) -> bool:
        self.busy -= 1
        return self.busy >= 0


_ANSWERING: list[FakeStates] = []


@cache
def _client() -> Any:
    """Make the client once: that takes longer than all else here."""
    client = boto3.client("stepfunctions", region_name=REGION)
    register = client.meta.events.register
    register("provide-client-params.stepfunctions", lambda **said: _ANSWERING[0].note(**said))  # noqa: PLW0108 - whoever it is by then
    register("before-call.stepfunctions", lambda **said: _ANSWERING[0].answer(**said))  # noqa: PLW0108 - likewise
    return client


_META = {"ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": {}, "RequestId": "1", "RetryAttempts": 0}}


@dataclass
class ControlRoom:
    """The whole: calls go in at `call`, and `work` lets the queue be worked on.

    Args:
        dies_at: the number of the call of AWS at which whoever works dies; 0 for never.
        after: it dies after the call has had its effect, not before.
        permitted: as whom the stack lets messages be sent: as the workspace that it deployed last.
    """

    client: Any
    table: str
    states: FakeStates = field(default_factory=FakeStates)
    files: dict[str, bytes] = field(default_factory=dict)
    queue: list[tuple[dict[str, Any], float]] = field(default_factory=list)
    at: datetime = datetime(2026, 3, 6, 9, tzinfo=UTC)
    seconds: float = 300.0
    pauses: list[float] = field(default_factory=list)
    calls: int = 0
    dies_at: int = 0
    after: bool = False
    works: Works = field(default_factory=dict)
    permitted: str = ""
    _words: int = 0

    def __post_init__(self) -> None:
        self.states_client = self.states.client()
        self.backing = Backing(
            self.client, self.table, Registry(self.client, self.table, OWNER, pause=lambda _: None),
            Live(self.client, self.table),
            History(self.client, self.table, lambda _: None),
            Operations(self.client, self.table, self._seconds), self._store, self._fetch, self._put, self._now,
            self._word,
        )  # fmt: skip
        self.machines = Machines(self.states_client, AROUND, KeptVersions(self.client, self.table))
        self.reached = Reached(self._counted)
        self.reach: Callable[[], Reach] = self.reached.reach
        self.api = self.made_api(self.backing)

    def made_api(self, backing: Backing) -> ControlApi:
        """Return the control API over what publishing stands on, as a new copy of the function has it."""
        return ControlApi(
            lambda: answering(
                backing,
                lambda arn, version: is_there(self.states_client, arn, version),
                self.reach,
                self.permitted,
            )
        )

    def deployed(self, files: Mapping[str, str], *, settings: str = "cdk") -> None:
        """Register a workspace as the stack does; the settings belong to whom *settings* says from then on."""
        bundle = compiled_workspace(read_project({name: text.encode() for name, text in files.items()}))
        self.permitted = permission(bundle.policy.senders, from_addresses(bundle))
        machines = {journey.name: f"{PREFIX}{journey.name}:1" for journey in bundle.journeys}
        Registry(self.client, self.table, "cdk").register(
            bundle, machines, leave_settings_to="" if settings == "cdk" else settings
        )

    def operating(self) -> Operating:
        """Return a new copy of the function, as Lambda would make one."""
        publishing = Publishing(
            self.backing, self.machines, self.states_client, self.permitted, self.pauses.append
        )
        rolling = RollingBack(self.backing, self.machines)
        return Operating(
            self.backing, {"publish": lambda: publishing, "rollback": lambda: rolling, **self.works}
        )

    def call(
        self, name: str, body: Any = None, by: str = ANA, **parameters: str
    ) -> tuple[int, dict[str, Any]]:
        """Call a route; return the status and what is answered."""
        key = next(key for key, called in ROUTES.items() if called == name)
        answer = self.api(event(key, body, by, parameters))
        return answer["statusCode"], json.loads(answer["body"])

    def publish(self, files: Mapping[str, str | bytes], by: str = ANA, **body: Any) -> Operation:
        """Publish a workspace, let it be carried out, and return the operation as it is then."""
        draft = body.pop("route", "publish")
        status, said = self.call(draft, {"workspace": encoded(files), **body}, by)
        assert status == 202, said
        self.work()
        return self.operation(said["operation"]["id"])

    def operation(self, id_: str) -> Operation:
        """Return an operation."""
        found = self.backing.operations.get(id_)
        assert found is not None
        return found

    def work(self, most: int = 50) -> int:
        """Work on the queue until it is empty; return how many messages that took."""
        for number in range(most):
            if not self.queue:
                return number
            self.work_once()
        raise AssertionError(f"the queue is not empty after {most} messages: {self.queue}")

    def work_once(self, times_received: int = 1) -> None:
        """Deliver one message; it stays on the queue if whoever works on it dies, or fails."""
        message, after = self.queue[0]
        self.at += timedelta(seconds=after)
        record = {
            "messageId": "m1", "body": json.dumps(message),
            "attributes": {"ApproximateReceiveCount": str(times_received)},
        }  # fmt: skip
        answer = self.operating()({"Records": [record]}, lambda: self.seconds)
        if not answer["batchItemFailures"]:
            del self.queue[0]

    def live(self) -> dict[str, str]:
        """Return which version of each journey customers enter."""
        return {one.name: one.version for one in self.backing.live.journeys() if one.version}

    def told(self) -> list[tuple[str, str]]:
        """Return who did what, oldest first, and that the account holds."""
        assert self.backing.history.verify() is None
        return [
            (one.by.rpartition("/")[2], one.did) for one in reversed([*self.backing.history.read(limit=None)])
        ]

    def _store(self, key: str, content: bytes) -> None:
        self._counted(lambda: self.files.update({key: content}))

    def _fetch(self, key: str) -> bytes:
        return self.files[key]

    def _put(self, message: Mapping[str, Any], after: float) -> None:
        self._counted(lambda: self.queue.append((dict(message), after)))

    def _counted(self, call: Callable[[], None]) -> None:
        self.begins()
        call()
        self.ends()

    def begins(self, **_: Any) -> None:
        """Count a call of AWS; die, if it is the one."""
        self.calls += 1
        if self.calls == self.dies_at and not self.after:
            raise Died

    def ends(self, **_: Any) -> None:
        """Die after a call, if it was the one."""
        if self.calls == self.dies_at and self.after:
            raise Died

    def _now(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    def _seconds(self) -> float:
        return self.at.timestamp()

    def _word(self) -> str:
        self._words += 1
        return f"{self._words:06x}"


@contextmanager
def control_room() -> Iterator[ControlRoom]:
    """Give a room with a table as a stack leaves it that deploys no journeys (`"journeys": "published"`)."""
    with aws_table() as (client, table):
        room = ControlRoom(client, table)
        room.deployed(workspace(names=()), settings=OWNER)
        hooks = [
            (one.meta.events, f"{when}.{name}", hook)
            for one, name in ((client, "dynamodb"), (room.states_client, "stepfunctions"))
            for when, hook in (("before-parameter-build", room.begins), ("after-call", room.ends))
        ]
        for events, name, hook in hooks:
            events.register(name, hook)
        try:
            yield room
        finally:
            # The clients are made once for all tests.
            for events, name, hook in hooks:
                events.unregister(name, hook)


def event(
    key: str, body: Any = None, by: str | None = ANA, parameters: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return a call as API Gateway hands it over."""
    method, path = key.split(" ")
    authorizer = {"authorizer": {"iam": {"userArn": by, "accountId": "123456789012"}}} if by else {}
    return {
        "version": "2.0", "routeKey": key, "rawPath": path, "headers": {"content-type": "application/json"},
        "pathParameters": dict(parameters or {}), "isBase64Encoded": False,
        "requestContext": {"http": {"method": method, "path": path}, **authorizer},
        "body": body if isinstance(body, str) else json.dumps(body) if body is not None else "",
    }  # fmt: skip
