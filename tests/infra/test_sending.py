from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template

from infra.allowed import permissions
from infra.constructs.policies import Allow, OwnRole
from infra.constructs.sending import allowed_sending
from infra.local_cloud.emulator import ACCOUNT, REGION
from infra.settings import ROOT
from infra.workspace import published
from sojourn.adapters.senders.permission import FREE, lacking, permission
from sojourn.domain.journey.model.senders import Senders
from tests.infra.conftest import Assembly
from tests.support.granted import Needed, allows, arn

HERE = "arn:<AWS::Partition>:{}:<AWS::Region>:<AWS::AccountId>:{}"
EMAIL = ("identity/*", "configuration-set/main", "tenant/acme/*")
SMS = ("pool/pool-1", "sender-id/ACME/*", "configuration-set/texts", "protect-configuration/protect-1")


def allowed(channel: str, **sender: Any) -> dict[str, list[str]]:
    """Return the resources of every action that a sender needs, as a template would name them."""
    stack = Stack(App(), "Stack")
    found: dict[str, list[str]] = {}
    addresses = ["hello@acme.example"] if channel == "email" else []
    for allow in allowed_sending({channel: sender}, addresses, local=False):
        for action in allow.actions:
            found[action] = [shown(stack.resolve(resource)) for resource in allow.resources]
            found[action] += ["not " + shown(stack.resolve(resource)) for resource in allow.but]
    return found


def shown(value: Any) -> str:
    """Write references in angle brackets."""
    if isinstance(value, str):
        return value
    parts = value["Fn::Join"][1]
    return "".join(part if isinstance(part, str) else f"<{part['Ref']}>" for part in parts)


@pytest.mark.parametrize(
    ("channel", "sender", "expected"),
    [
        (
            "email",
            {"from": "Acme <hello@acme.example>", "configuration_set": "main", "tenant": "acme"},
            {"ses:SendEmail": [HERE.format("ses", one) for one in EMAIL]},
        ),
        (
            "sms",
            {"pool": "pool-1", "sender_id": "ACME", "configuration_set": "texts", "protect": "protect-1"},
            {"sms-voice:SendTextMessage": [HERE.format("sms-voice", one) for one in SMS]},
        ),
        ("sms", {"provider": "sns"}, {"sns:Publish": ["not arn:<AWS::Partition>:sns:*:*:*"]}),
        (
            "push",
            {"provider": "pinpoint", "application_id": "app1"},
            {"mobiletargeting:SendMessages": [HERE.format("mobiletargeting", "apps/app1/messages")]},
        ),
        ("in_app", {}, {}),
        ("webhook", {"rate": 5}, {}),
    ],
)  # fmt: skip
def test_a_sender_needs_only_its_own(
    channel: str, sender: dict[str, Any], expected: dict[str, list[str]]
) -> None:
    """What `send` may call follows from the workspace's senders, and names them."""
    assert allowed(channel, **sender) == expected


def test_an_app_is_reached_by_its_devices() -> None:
    """Push messages go to the endpoints of the workspace's own applications."""
    application = "arn:aws:sns:eu-central-1:123456789012:app/APNS/shop"

    found = allowed("push", apns=application)

    assert found["sns:Publish"] == ["arn:aws:sns:eu-central-1:123456789012:endpoint/APNS/shop/*"]
    assert found["sns:DeleteEndpoint"] == ["*"]


SAID: dict[str, dict[str, Any]] = {
    "email": {"from": "hello@acme.example"},
    "sms": {"pool": "pool-1"},
    "push": {"apns": "arn:aws:sns:eu-central-1:123456789012:app/APNS/shop"},
    "whatsapp": {"phone_number_id": "phone-1"},
    "webhook": {},
}
FIELDS = [
    (channel, field.alias or name)
    for channel, sender in Senders.model_fields.items()
    for name, field in sender.annotation.__args__[0].model_fields.items()  # type: ignore[union-attr]
]


@pytest.mark.parametrize(("channel", "field"), FIELDS)
def test_whatever_changes_a_permission_has_to_be_deployed(channel: str, field: str) -> None:
    """A publication is refused by what the stack told, field by field, wherever the permissions are others."""
    before = SAID[channel]
    after = before | {field: "sns" if field == "provider" else "pool/other"}

    others = allowed(channel, **after) != allowed(channel, **before)
    refused = bool(lacking(permission({channel: before}, ()), {channel: after}, ()))
    assert refused or not others
    assert bool(lacking(permission({}, ()), {channel: before}, ())) is (channel not in FREE)


def test_the_function_that_publishes_knows_as_whom_may_be_sent(dev: Assembly) -> None:
    """The workspace's senders and addresses, in little: all of its environment has 4 KB."""
    workspace = published(ROOT / "journeys")
    functions = dev.resources("engine", "AWS::Lambda::Function").values()
    (told,) = (
        one["Environment"]["Variables"] for one in functions if one["FunctionName"] == "sojourn-dev-operate"
    )

    permitted = told["SOJOURN_SENDERS"]
    assert not lacking(permitted, workspace.senders, workspace.from_addresses)
    assert lacking(permitted, {"sms": {"pool": "other"}}, ("boss@acme.example",)).addresses
    assert len(permitted) < 100


TOPIC = "arn:aws:sns:us-east-1:000000000000:sojourn-dev-alarms"
DEVICE = "arn:aws:sns:us-east-1:000000000000:endpoint/GCM/shop/1"


@pytest.mark.parametrize(("published_to", "expected"), [("*", True), (TOPIC, False), (DEVICE, False)])
def test_texts_by_sns_reach_phones_only(published_to: str, expected: bool) -> None:
    """Whoever may send text messages by SNS publishes to no topic and no device, our own alarms included."""
    (permission,) = permissions(role_of(allowed_sending({"sms": {"provider": "sns"}}, local=False)))

    assert allows(permission, Needed("sns:Publish", published_to), {"<AWS::Partition>": "aws"}) is expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [("hello@acme.example", True), ("alerts@acme.example", True), ("boss@acme.example", False)],
)
def test_a_message_may_have_a_sender_of_its_own(address: str, expected: bool) -> None:
    """Emails come from any address that the workspace or one of its messages names, and from no other."""
    allowed = allowed_sending({}, ("hello@acme.example", "alerts@acme.example"), local=False)

    (permission,) = permissions(role_of(allowed))
    need = Needed("ses:SendEmail", arn("ses", f"identity/{address}"), {"ses:FromAddress": address})
    assert allows(permission, need, NAMES) is expected


def test_without_a_sender_no_email_is_allowed() -> None:
    """A workspace that sends no emails gets no permission for them."""
    assert allowed_sending({}, local=False) == []


NAMES = {"<AWS::Partition>": "aws", "<AWS::Region>": REGION, "<AWS::AccountId>": ACCOUNT}


def role_of(allowed: list[Allow]) -> dict[str, Any]:
    """Return a role with these statements, as a template would have it."""
    stack = Stack(App(), "Stack")
    OwnRole(
        stack, "Role", trusted=iam.ServicePrincipal("lambda.amazonaws.com"), description="r", allowed=allowed
    )
    (role,) = Template.from_stack(stack).find_resources("AWS::IAM::Role").values()
    return dict(role)
