from __future__ import annotations

from infra.allowed import Permission, allowed_actions, text


def test_a_role_is_read_as_cloudformation_reads_it() -> None:
    """Single values and lists mean the same, and references stand in angle brackets without CDK's hashes."""
    statement = {
        "Effect": "Allow",
        "Action": "sqs:SendMessage",
        "Resource": [{"Fn::GetAtt": ["QueuesDead647F134F", "Arn"]}],
        "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
    }
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "Description": "sojourn-dev-route: takes events in",
            "Policies": [{"PolicyDocument": {"Statement": [statement]}}],
        },
    }

    expected = Permission(
        "sqs:SendMessage", "<QueuesDead.Arn>", ("StringEquals aws:SourceAccount <AWS::AccountId>",)
    )
    assert allowed_actions({"Resources": {"Role": role}}) == {"sojourn-dev-route": (expected,)}


def test_what_another_stack_gives_is_named_after_it() -> None:
    """An import is shown as what it is, whatever CDK calls the export."""
    given = {"Fn::ImportValue": "Sojourn-dev-data:ExportsOutputFnGetAttTable7ABB320EArn40AE38E1"}

    assert text({"Fn::Join": ["", [given, "/index/by_name"]]}) == "<Table.Arn>/index/by_name"
