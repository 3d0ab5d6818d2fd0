"""Compares the calls that functions made with what their roles allow, as IAM would.

What a call needs is written down here by hand, from the Service Authorization Reference; a call that is not written
down is an error, so that nothing passes unseen. Only the parts of IAM are here that our policies use: allowing
statements, `*` in resources, `StringEquals` and `ForAllValues:StringLike` conditions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Any

from infra.allowed import Permission
from infra.local_cloud.emulator import ACCOUNT, REGION
from sojourn.adapters.dynamodb import parts

Call = Mapping[str, Any]
ITEMS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}


@dataclass(frozen=True)
class Needed:
    """An action on a resource, and the condition keys that AWS would know with it."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)

    def __hash__(self) -> int:
        """Tell the same call on one key from that on another: a permission may be about the key."""
        return hash((self.action, self.resource, tuple(sorted(self.context.items()))))


def arn(service: str, resource: str) -> str:
    """Return an ARN of the emulated account."""
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def needed(call: Call) -> list[Needed]:
    """Return all that IAM asks about a call.

    Raises:
        KeyError: nobody wrote down what it needs.
    """
    service, operation, said = call["service"], call["operation"], call["parameters"]
    if service == "dynamodb":
        return list(_dynamodb(operation, said))
    return _NEEDS[f"{service}:{operation}"](said)


def _dynamodb(operation: str, said: Mapping[str, Any]) -> Iterable[Needed]:
    if operation == "TransactWriteItems":
        for item in said["TransactItems"]:
            for kind, part in item.items():
                yield Needed(
                    f"dynamodb:{ITEMS[kind]}",
                    arn("dynamodb", f"table/{part['TableName']}"),
                    _leading_key(part),
                )
        return
    if operation == "BatchGetItem":
        for table, asked in said["RequestItems"].items():
            for key in asked["Keys"]:
                yield Needed(
                    "dynamodb:BatchGetItem", arn("dynamodb", f"table/{table}"), _leading_key({"Key": key})
                )
        return
    if operation == "BatchWriteItem":
        for table, asked in said["RequestItems"].items():
            for one in asked:
                (part,) = one.values()
                yield Needed("dynamodb:BatchWriteItem", arn("dynamodb", f"table/{table}"), _leading_key(part))
        return
    if operation not in ("GetItem", "Query", "Scan", "PutItem", "UpdateItem", "DeleteItem"):
        raise KeyError(operation)
    index = f"/index/{said['IndexName']}" if "IndexName" in said else ""
    resource = arn("dynamodb", f"table/{said['TableName']}{index}")
    # A scan goes through all partitions, and so does the index of keys: IAM knows no leading key of ours there.
    everywhere = operation == "Scan" or index == f"/index/{parts.INDEX}"
    yield Needed(f"dynamodb:{operation}", resource, {} if everywhere else _leading_key(said))


def _leading_key(said: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the partition that is read or written: every query of ours calls it `:pk`."""
    keys = said.get("Key") or said.get("Item")
    partition = keys["pk"] if keys else said["ExpressionAttributeValues"][":pk"]
    return {"dynamodb:LeadingKeys": partition["S"]}


def _on(
    action: str, resource: Callable[[Mapping[str, Any]], str]
) -> Callable[[Mapping[str, Any]], list[Needed]]:
    return lambda said: [Needed(action, resource(said))]


def _schedule(action: str) -> Callable[[Mapping[str, Any]], list[Needed]]:
    return _on(action, lambda said: arn("scheduler", f"schedule/{said['GroupName']}/{said['Name']}"))


def _create_schedule(said: Mapping[str, Any]) -> list[Needed]:
    passed = {"iam:PassedToService": "scheduler.amazonaws.com"}
    pass_role = Needed("iam:PassRole", said["Target"]["RoleArn"], passed)
    return [*_schedule("scheduler:CreateSchedule")(said), pass_role]


def _email(said: Mapping[str, Any]) -> list[Needed]:
    _, address = parseaddr(said["FromEmailAddress"])
    context = {"ses:FromAddress": address}
    names = [f"identity/{address}"]
    if "ConfigurationSetName" in said:
        names.append(f"configuration-set/{said['ConfigurationSetName']}")
    return [Needed("ses:SendEmail", arn("ses", name), context) for name in names]


def _machine(does: str) -> Callable[[Mapping[str, Any]], list[Needed]]:
    """Return what it takes to make or change a state machine: its role is handed on, and a version published."""

    def needs(said: Mapping[str, Any]) -> list[Needed]:
        machine = str(said.get("stateMachineArn") or arn("states", f"stateMachine:{said['name']}"))
        passed = {"iam:PassedToService": "states.amazonaws.com"}
        return [
            Needed(f"states:{does}StateMachine", machine),
            Needed("states:PublishStateMachineVersion", machine),
            Needed("iam:PassRole", said["roleArn"], passed),
        ]

    return needs


def _put_events(said: Mapping[str, Any]) -> list[Needed]:
    return [
        Needed("events:PutEvents", arn("events", f"event-bus/{one['EventBusName']}"))
        for one in said["Entries"]
    ]


def _anything(_said: Mapping[str, Any]) -> str:
    return "*"


_NEEDS: Mapping[str, Callable[[Mapping[str, Any]], list[Needed]]] = {
    "states:StartExecution": _on("states:StartExecution", lambda said: str(said["stateMachineArn"])),
    "states:StopExecution": _on("states:StopExecution", lambda said: str(said["executionArn"])),
    "states:DescribeExecution": _on("states:DescribeExecution", lambda said: str(said["executionArn"])),
    "states:SendTaskSuccess": _on("states:SendTaskSuccess", _anything),
    "states:PublishStateMachineVersion": _on(
        "states:PublishStateMachineVersion", lambda said: str(said["stateMachineArn"])
    ),
    "states:ListStateMachineVersions": _on(
        "states:ListStateMachineVersions", lambda said: str(said["stateMachineArn"])
    ),
    "states:DeleteStateMachineVersion": _on(
        "states:DeleteStateMachineVersion", lambda said: str(said["stateMachineVersionArn"])
    ),
    "states:CreateStateMachine": _machine("Create"),
    "states:UpdateStateMachine": _machine("Update"),
    "states:DescribeStateMachine": _on(
        "states:DescribeStateMachine", lambda said: str(said["stateMachineArn"])
    ),
    "s3:PutObject": _on("s3:PutObject", lambda said: f"arn:aws:s3:::{said['Bucket']}/{said['Key']}"),
    # It is asked by its id, which is its ARN.
    "cloudformation:DescribeStacks": _on(
        "cloudformation:DescribeStacks", lambda said: str(said["StackName"])
    ),
    "scheduler:CreateSchedule": _create_schedule,
    "scheduler:DeleteSchedule": _schedule("scheduler:DeleteSchedule"),
    "events:PutEvents": _put_events,
    "sqs:SendMessage": _on("sqs:SendMessage", lambda said: arn("sqs", said["QueueUrl"].rpartition("/")[2])),
    # A batch needs what each of its messages needs.
    "sqs:SendMessageBatch": _on(
        "sqs:SendMessage", lambda said: arn("sqs", said["QueueUrl"].rpartition("/")[2])
    ),
    "secretsmanager:GetSecretValue": _on(
        "secretsmanager:GetSecretValue",
        lambda said: arn("secretsmanager", f"secret:{said['SecretId']}-AbCdEf"),
    ),
    "firehose:PutRecordBatch": _on(
        "firehose:PutRecordBatch",
        lambda said: arn("firehose", f"deliverystream/{said['DeliveryStreamName']}"),
    ),
    "s3:GetObject": _on("s3:GetObject", lambda said: f"arn:aws:s3:::{said['Bucket']}/{said['Key']}"),
    "ses:SendEmail": _email,
    "sms-voice:SendTextMessage": _on(
        "sms-voice:SendTextMessage", lambda said: arn("sms-voice", f"pool/{said['OriginationIdentity']}")
    ),
    # The emulator calls a device's endpoint by its application's name.
    "sns:Publish": _on("sns:Publish", lambda said: said["TargetArn"].replace(":app/", ":endpoint/")),
    "sns:CreatePlatformEndpoint": _on("sns:CreatePlatformEndpoint", _anything),
    "sns:SetEndpointAttributes": _on("sns:SetEndpointAttributes", _anything),
    "sns:DeleteEndpoint": _on("sns:DeleteEndpoint", _anything),
    "sns:GetEndpointAttributes": _on(
        "sns:GetEndpointAttributes", lambda said: said["EndpointArn"].replace(":app/", ":endpoint/")
    ),
    "social-messaging:SendWhatsAppMessage": _on(
        "social-messaging:SendWhatsAppMessage",
        lambda said: arn("social-messaging", f"phone-number-id/{said['originationPhoneNumberId']}"),
    ),
}


def allows(permission: Permission, need: Needed, names: Mapping[str, str]) -> bool:
    """Say whether a permission allows what is needed.

    Args:
        names: what stands for the template's references, such as `<Table.Arn>`.
    """
    resources = _written(permission.resource, names)
    excepted = resources.startswith("not ")
    return (
        permission.action == need.action
        and excepted
        != any(_matches(one, need.resource) for one in resources.removeprefix("not ").split(" nor "))
        and all(_holds(condition, need, names) for condition in permission.conditions)
    )


def _written(text: str, names: Mapping[str, str]) -> str:
    for name, stands_for in names.items():
        text = text.replace(name, stands_for)
    return text


def _matches(pattern: str, resource: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), resource) is not None


def _holds(condition: str, need: Needed, names: Mapping[str, str]) -> bool:
    operator, key, value = condition.split(" ", 2)
    values = _written(value, names).split(" or ")
    if operator == "ForAllValues:StringLike":
        # One value a call, so that one is all; where AWS knew none it would hold.
        return any(_matches(pattern, need.context[key]) for pattern in values)
    if operator != "StringEquals":
        raise KeyError(operator)
    return need.context.get(key) in values
