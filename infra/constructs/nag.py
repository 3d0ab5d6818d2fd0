"""Accepts findings of cdk-nag, each where it arises and with its reason: what is accepted nowhere fails synthesis."""

from __future__ import annotations

from typing import Any

from aws_cdk import Acknowledgment, Stack, Validations
from constructs import IConstruct


def accept(construct: IConstruct, rule: str, reason: str) -> None:
    """Accept a finding on a construct and everything in it.

    Args:
        rule: its id, with what it found in brackets where one rule finds several things.
    """
    Validations.of(construct).acknowledge(Acknowledgment(id=rule, reason=reason))


def accept_wildcard(construct: IConstruct, resource: str, reason: str) -> None:
    """Accept that a policy of *construct* names *resource*, an ARN with a wildcard."""
    shown = _shown(Stack.of(construct).resolve(resource))
    accept(construct, f"AwsSolutions-IAM5[Resource::{shown}]", reason)


def _shown(value: Any) -> str:
    """Write a template's value as cdk-nag does: `arn:<AWS::Partition>:s3:::<Bucket.Arn>`."""
    match value:
        case {"Fn::Join": ["", [*parts]]}:
            return "".join(map(_shown, parts))
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
        case {"Ref": name}:
            return f"<{name}>"
        case _:
            return str(value)
