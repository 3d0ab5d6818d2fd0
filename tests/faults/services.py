"""AWS services beside the table, on virtual time: botocore's own model checks each request, Python answers it."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from botocore import xform_name
from botocore.exceptions import ClientError, ParamValidationError
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from sojourn.local.states.errors import InterpreterError
from tests.faults.trouble import refusal

if TYPE_CHECKING:
    from sojourn.local.clock import Timer, VirtualClock
    from sojourn.local.states.interpreter import Interpreter
    from sojourn.local.states.machine import Machine
    from sojourn.local.states.runs import Execution

Answers = Callable[..., Any]


@cache
def model(service: str) -> ServiceModel:
    """Return botocore's model of a service."""
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


@cache
def operations(service: str) -> dict[str, str]:
    """Return the operations of a service by the names of a client's methods."""
    return {xform_name(name): name for name in model(service).operation_names}


@cache
def codes(service: str, operation: str) -> dict[str, int]:
    """Return the errors that a service's model names for an operation, by their codes, with their HTTP status."""
    shapes = model(service).operation_model(operations(service)[operation]).error_shapes
    found = {}
    for shape in shapes:
        error = shape.metadata.get("error", {})
        fault = 500 if shape.metadata.get("fault") else 400
        found[error.get("code", shape.name)] = int(error.get("httpStatusCode", fault))
    return found


class Modelled:
    """A client of a service, whose answers are methods of *answers*, by the operation's name."""

    def __init__(self, service: str, answers: object) -> None:
        self._service = service
        self._answers = answers

    def __getattr__(self, name: str) -> Answers:
        return partial(self._call, name)

    def _call(self, name: str, /, **request: Any) -> Any:
        shape = model(self._service).operation_model(operations(self._service)[name]).input_shape
        report = ParamValidator().validate(request, shape)
        if report.has_errors():
            raise ParamValidationError(report=report.generate_report())
        return getattr(self._answers, name)(**request)


class States:
    """Step Functions: the local interpreter, asked and answering as AWS is and does.

    Args:
        ended: told of every execution that ended, with the ARN of its machine.
    """

    def __init__(self, interpreter: Interpreter, ended: Callable[[str, Execution], None]) -> None:
        self.interpreter = interpreter
        self.machines: dict[str, Machine] = {}
        self.versions: dict[str, int] = {}
        self.stopped: list[str] = []
        self._ended = ended

    def start_execution(self, stateMachineArn: str, name: str, input: str) -> Any:  # noqa: A002, N803 - AWS's own words
        machine = self.machines.get(stateMachineArn)
        if machine is None:
            raise refusal("StateMachineDoesNotExist")
        end = partial(self._ended, stateMachineArn)
        self._asked(lambda: self.interpreter.start(machine, name, json.loads(input), on_end=end))
        return {"executionArn": f"execution:{name}", "startDate": datetime.now(UTC)}

    def send_task_success(self, taskToken: str, output: str) -> Any:  # noqa: N803 - AWS's own words
        self._asked(lambda: self.interpreter.send_task_success(taskToken, json.loads(output)))
        return {}

    def stop_execution(self, executionArn: str, error: str, cause: str) -> Any:  # noqa: N803 - AWS's own words
        name = executionArn.rpartition(":")[2]
        self._asked(lambda: self.interpreter.stop(name, error, cause))
        self.stopped.append(name)
        return {"stopDate": datetime.now(UTC)}

    def publish_state_machine_version(
        self, stateMachineArn: str, description: str, revisionId: str = ""  # noqa: N803 - the same
    ) -> Any:  # fmt: skip
        version = self.versions.get(stateMachineArn)
        if version is None:
            raise refusal("StateMachineDoesNotExist")
        return {"stateMachineVersionArn": f"{stateMachineArn}:{version}", "creationDate": datetime.now(UTC)}

    @staticmethod
    def _asked(call: Callable[[], object]) -> None:
        try:
            call()
        except InterpreterError as error:
            raise refusal(type(error).__name__) from error


class Scheduler:
    """EventBridge Scheduler: a schedule fires once, at its time, and goes.

    Attributes:
        dead: what it could not start, by the execution's name: the input of the call.
    """

    def __init__(self, clock: VirtualClock, states: States) -> None:
        self._clock = clock
        self._states = states
        self.schedules: dict[str, Timer] = {}
        self.dead: dict[str, str] = {}

    def create_schedule(self, **said: Any) -> Any:
        name = said["Name"]
        if name in self.schedules:
            raise refusal("ConflictException", 409)
        at = datetime.fromisoformat(said["ScheduleExpression"][3:-1]).replace(tzinfo=UTC)
        self.schedules[name] = self._clock.call_at(at, partial(self._fire, name, said["Target"]["Input"]))
        return {"ScheduleArn": f"schedule:{name}"}

    def delete_schedule(self, **said: Any) -> Any:
        timer = self.schedules.pop(said["Name"], None)
        if timer is None:
            raise refusal("ResourceNotFoundException", 404)
        timer.cancel()
        return {}

    def _fire(self, name: str, text: str) -> None:
        del self.schedules[name]
        said = json.loads(text)
        try:
            self._states.start_execution(said["StateMachineArn"], said["Name"], said["Input"])
        except ClientError:
            self.dead[said["Name"]] = text


class Provider:
    """Whoever takes messages: SES, End User Messaging, SNS, Pinpoint, WhatsApp, a webhook's server.

    `taken` is every message it took, as (service, send id, step): "" where the request does not say.
    `statuses` is what a webhook's server answers, one for each call, before it takes what comes.
    """

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, str]] = []
        self.statuses: list[int] = []

    def send_email(self, **said: Any) -> Any:
        tags = {tag["Name"]: tag["Value"] for tag in said["EmailTags"]}
        return {"MessageId": self._took("sesv2", tags)}

    def send_text_message(self, **said: Any) -> Any:
        return {"MessageId": self._took("pinpoint-sms-voice-v2", said["Context"])}

    def publish(self, **said: Any) -> Any:
        # A notification says its send within the platform's payload, a text message nowhere.
        found = re.search(r"send_id\W+([0-9a-f]{26})", said["Message"])
        return {"MessageId": self._took("sns", {"send": found[1]} if found else {})}

    def create_platform_endpoint(self, **said: Any) -> Any:
        return {"EndpointArn": "arn:aws:sns:us-east-1:123456789012:endpoint/GCM/app/one"}

    def set_endpoint_attributes(self, **said: Any) -> Any:
        return {}

    def delete_endpoint(self, **said: Any) -> Any:
        return {}

    def send_messages(self, **said: Any) -> Any:
        request = said["MessageRequest"]
        self._took("pinpoint", {"send": request["TraceId"]})
        result = {"DeliveryStatus": "SUCCESSFUL", "StatusCode": 200, "MessageId": "m"}
        return {
            "MessageResponse": {"ApplicationId": "a", "Result": dict.fromkeys(request["Addresses"], result)}
        }

    def send_whatsapp_message(self, **said: Any) -> Any:
        told = json.loads(json.loads(said["message"])["biz_opaque_callback_data"])
        return {"messageId": self._took("socialmessaging", told)}

    def _took(self, service: str, tags: dict[str, str]) -> str:
        self.taken.append((service, tags.get("send", ""), tags.get("step", "")))
        return f"{service}-{len(self.taken)}"


class Bus:
    """The event bus: what journeys emit comes back in through the queue, what others are told is noted."""

    def __init__(self, arrive: Callable[[dict[str, Any]], None]) -> None:
        self._arrive = arrive
        self.told: list[dict[str, Any]] = []

    def put_events(self, Entries: list[dict[str, Any]]) -> Any:  # noqa: N803 - AWS's own word
        for entry in Entries:
            detail = json.loads(entry["Detail"])
            if entry["Source"] == "sojourn":
                self._arrive({"detail-type": entry["DetailType"], "detail": detail})
            else:
                self.told.append({"detail-type": entry["DetailType"], "detail": detail})
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "e"} for _ in Entries]}


class Firehose:
    """A delivery stream that keeps its lines."""

    def __init__(self) -> None:
        self.lines: list[dict[str, str]] = []

    def put_record_batch(self, DeliveryStreamName: str, Records: list[dict[str, Any]]) -> Any:  # noqa: N803 - AWS's own words
        for record in Records:
            self.lines += [json.loads(line) for line in record["Data"].decode().splitlines()]
        return {"FailedPutCount": 0, "RequestResponses": [{"RecordId": "r"} for _ in Records]}


class Rest:
    """A bucket with one file, a secret, a queue for dead letters."""

    def __init__(self) -> None:
        self.bundle = b""
        self.dead: list[dict[str, Any]] = []

    def get_object(self, **said: Any) -> Any:
        return {"Body": io.BytesIO(self.bundle)}

    def get_secret_value(self, **said: Any) -> Any:
        return {"SecretString": "a" * 32}

    def send_message(self, **said: Any) -> Any:
        self.dead.append(said)
        return {"MessageId": "m", "MD5OfMessageBody": "0"}
