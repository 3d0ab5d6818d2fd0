from __future__ import annotations

from datetime import date
from fnmatch import fnmatchcase

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_iam as iam

from infra.allowed import Permission, allowed_actions
from infra.constructs.naming import FUNCTIONS, machine_name
from infra.constructs.policies import Allow, OwnRole
from infra.settings import Settings
from sojourn.adapters.dynamodb import engine_keys, keys
from tests.infra.conftest import PARTS, Assembly
from tests.support.granted import Needed, allows

# Actions for which IAM knows no resource: `Resource: "*"` is all one can write.
WITHOUT_RESOURCE = {
    "dynamodb:ListStreams",
    "sns:CreatePlatformEndpoint",
    "sns:DeleteEndpoint",
    "sns:SetEndpointAttributes",
    "states:SendTaskSuccess",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
} | {
    f"logs:{action}"
    for action in (
        "CreateLogDelivery",
        "DeleteLogDelivery",
        "DescribeLogGroups",
        "DescribeResourcePolicies",
        "GetLogDelivery",
        "ListLogDeliveries",
        "PutResourcePolicy",
        "UpdateLogDelivery",
    )
}
MACHINE_PARTS = {
    "states:StartExecution": 2, "states:PublishStateMachineVersion": 2, "states:StopExecution": 3,
    "states:DescribeExecution": 3, "states:CreateStateMachine": 2, "states:DescribeStateMachine": 2,
    "states:UpdateStateMachine": 2, "states:DeleteStateMachineVersion": 2, "states:ListStateMachineVersions": 2,
}  # fmt: skip
"""How many parts at the end of an ARN name what is reached: a machine, or an execution of one."""
PROVIDERS = {"ses", "sms-voice", "sns", "mobiletargeting", "social-messaging"}


def every(assembly: Assembly) -> dict[str, tuple[Permission, ...]]:
    """Return what every role of a deployment allows."""
    return {
        name: permissions
        for part in PARTS
        for name, permissions in allowed_actions(assembly.template(part)).items()
    }


def of_functions(assembly: Assembly) -> dict[str, tuple[Permission, ...]]:
    """Return what the role of every function allows, by the folder's name."""
    found = every(assembly)
    return {name: found[f"sojourn-{assembly.stage}-{name}"] for name in FUNCTIONS}


def test_no_action_is_a_wildcard(dev: Assembly) -> None:
    """Every action is written out."""
    wild = {one.action for permissions in every(dev).values() for one in permissions if "*" in one.action}

    assert wild == set()


def test_all_resources_are_allowed_only_where_iam_knows_none(dev: Assembly) -> None:
    """`*` alone as a resource stands only with actions that know no resource."""
    everywhere = {
        one.action for permissions in every(dev).values() for one in permissions if one.resource == "*"
    }

    assert everywhere - WITHOUT_RESOURCE == set()


def test_only_send_reaches_providers(dev: Assembly) -> None:
    """No function but `send` may send a message, nor may the engine's own roles; `feedback` asks whose a device is."""
    asking = "sns:GetEndpointAttributes"
    reaching = {
        name
        for name, permissions in every(dev).items()
        if any(one.action.split(":")[0] in PROVIDERS and one.action != asking for one in permissions)
    }

    assert reaching == {"sojourn-dev-send"}


def test_machines_of_other_stages_are_out_of_reach(dev: Assembly) -> None:
    """A function starts, stops and describes what is its own stage's, and nothing of one whose name begins alike."""
    named = {
        ":".join(one.resource.split(":")[-MACHINE_PARTS[one.action] :])
        for permissions in every(dev).values()
        for one in permissions
        if one.action in MACHINE_PARTS
    }

    ours, theirs = (reached_by(Settings(stage=stage)) for stage in ("dev", "dev-ana"))
    assert {pattern for pattern in named if reaches(ours, pattern)} == named != set()
    assert {pattern for pattern in named if reaches(theirs, pattern)} == set()


def reaches(names: dict[str, list[str]], pattern: str) -> bool:
    """Say whether a pattern is one of anything of these names."""
    return any(fnmatchcase(name, pattern) for name in names[pattern.split(":", maxsplit=1)[0]])


def reached_by(settings: Settings) -> dict[str, list[str]]:
    """Return machines and executions of a stage, as ARNs name them: of a journey, of audiences and of their maps."""
    machine, audience = machine_name(settings, "welcome"), settings.name("audience")
    return {
        "stateMachine": [f"stateMachine:{machine}", f"stateMachine:{audience}"],
        "execution": [
            f"execution:{machine}:run-1", f"execution:{audience}:run-1", f"execution:{audience}/rows:run-1",
        ],
    }  # fmt: skip


def test_every_function_has_a_role_of_its_own(dev: Assembly) -> None:
    """No two functions share a role, and none has a policy that AWS manages."""
    functions = dev.resources("engine", "AWS::Lambda::Function").values()
    roles = dev.resources("engine", "AWS::IAM::Role").values()

    assert len({str(function["Role"]) for function in functions}) == len(functions) == len(FUNCTIONS)
    assert [role for role in roles if "ManagedPolicyArns" in role] == []


def test_cdk_adds_nothing_to_a_role(dev: Assembly) -> None:
    """Permissions are those written by hand: no policy stands beside the roles, but those for people."""
    beside = [name for part in PARTS for name in dev.resources(part, "AWS::IAM::Policy")]
    for_people = dev.resources("engine", "AWS::IAM::ManagedPolicy").values()

    assert beside == []
    assert {one["ManagedPolicyName"] for one in for_people} == {
        f"sojourn-dev-{role}" for role in ("viewer", "editor", "publisher", "admin")
    }


def test_the_key_is_used_through_services_only(dev: Assembly) -> None:
    """A function's use of the key is bound to the service that uses it for the function."""
    unbound = [
        (name, one)
        for name, permissions in of_functions(dev).items()
        for one in permissions
        if one.action.startswith("kms:") and not any("kms:ViaService" in text for text in one.conditions)
    ]

    assert unbound == []


def test_who_answers_the_world_reaches_no_customer(dev: Assembly) -> None:
    """`links` reads what is signed and tells the bus, or the queue behind it: no table, no execution, no provider."""
    allowed = {
        one.action for one in of_functions(dev)["links"] if one.action.split(":")[0] not in ("logs", "xray")
    }

    assert allowed == {
        "events:PutEvents", "kms:Decrypt", "kms:GenerateDataKey", "secretsmanager:GetSecretValue", "sqs:SendMessage",
    }  # fmt: skip


def reached_by_function(dev: Assembly, name: str) -> set[tuple[str, str]]:
    """Return which actions a function may do on rows of which kind."""
    rows = {
        "customer": keys.customer("ana"), "address": keys.link("email", "0f"),
        "journey": engine_keys.journey("welcome"), "counts": engine_keys.counts("welcome"),
        "record": engine_keys.record("r1"), "source": engine_keys.SOURCES, "history": engine_keys.HISTORY,
        "quarantine": engine_keys.quarantine(date(2026, 3, 6)),
    }  # fmt: skip
    return {
        (one.action.partition(":")[2], row)
        for one in of_functions(dev)[name]
        if one.resource.endswith(("Table.Arn>", "by_name")) and one.action.startswith("dynamodb:")
        for row, key in rows.items()
        if allows(one, Needed(one.action, one.resource, {"dynamodb:LeadingKeys": key}), {})
    }


@pytest.mark.parametrize(("function", "rows"), [
    ("register", {"journey", "counts", "source", "history", "quarantine"}),
    ("export", {"journey", "counts", "record", "source", "history", "quarantine"}),
])  # fmt: skip
def test_who_registers_or_exports_reaches_no_customer(dev: Assembly, function: str, rows: set[str]) -> None:
    """Neither journeys that are deployed nor the stream's readers touch a customer's row."""
    assert {row for _, row in reached_by_function(dev, function)} == rows


def test_the_control_api_takes_customers_away_and_makes_none(dev: Assembly) -> None:
    """What an admin asks it for: rows go, are marked as going, or as put on the bus again; of the history none goes."""
    reached = reached_by_function(dev, "publish")

    assert {action for action, row in reached if row == "customer"} == {
        "BatchGetItem", "BatchWriteItem", "DeleteItem", "Query", "UpdateItem",
    }  # fmt: skip
    assert {row for action, row in reached if action in ("DeleteItem", "BatchWriteItem")} == {
        "customer", "address", "source", "quarantine",
    }  # fmt: skip


def test_send_speaks_as_the_workspace_says(dev: Assembly) -> None:
    """What may be sent as is taken from `workspace.yaml`: its address, its pool, its app, its number."""
    sending = {one.action: one for one in of_functions(dev)["send"] if one.action.split(":")[0] in PROVIDERS}

    assert sending["ses:SendEmail"].conditions == ("StringEquals ses:FromAddress hello@acme.example",)
    assert sending["sms-voice:SendTextMessage"].resource.endswith(":pool/pool-0123")
    assert sending["sns:Publish"].resource.endswith(":endpoint/GCM/acme-bikes/*")
    assert sending["social-messaging:SendWhatsAppMessage"].resource.endswith("/phone-number-id-0123")


def test_the_embedded_aws_needs_more_in_four_places_only(dev: Assembly, local: Assembly) -> None:
    """What the emulator cannot tie to a resource, or calls by another name, is allowed there besides, and no more."""

    def without_stage(assembly: Assembly) -> set[tuple[str, str]]:
        return {
            (one.action, one.resource.replace(assembly.stage, "STAGE"))
            for permissions in of_functions(assembly).values()
            for one in permissions
        }

    more = {action for action, _ in without_stage(local) - without_stage(dev)}

    assert more == {
        "ses:SendEmail", "sns:Publish", "scheduler:CreateSchedule", "scheduler:DeleteSchedule", "sqs:SendMessageBatch",
    }  # fmt: skip


def test_a_wildcard_without_a_reason_is_refused() -> None:
    """Whoever widens a permission has to say why."""
    stack = Stack(App(), "Stack")

    with pytest.raises(ValueError, match="a wildcard needs a reason"):
        OwnRole(
            stack, "Role", trusted=iam.ServicePrincipal("lambda.amazonaws.com"), description="wide",
            allowed=[Allow(("sqs:SendMessage",), ["*"])],
        )  # fmt: skip
