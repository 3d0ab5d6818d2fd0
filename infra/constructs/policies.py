"""Permissions as plain data: what a role may do, on what, and why wherever a wildcard stays.

CDK's own grants are not used: they hand out more than is called (`grant_read_write_data` has nine actions), and a
reader would have to know them by heart. Every role below `infra/` is made here, and CDK may add nothing to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.constructs.nag import accept_wildcard


@dataclass(frozen=True)
class Allow:
    """One statement of a role.

    Args:
        why: the reason for a wildcard among the resources; a wildcard without one fails synthesis.
        but: allow it on everything else than these, for what has no ARN itself; then there are no `resources`.
    """

    actions: Sequence[str]
    resources: Sequence[str]
    why: str = ""
    conditions: Mapping[str, Any] = field(default_factory=dict)
    but: Sequence[str] = ()

    def statement(self) -> iam.PolicyStatement:
        """Return it as CDK writes it."""
        return iam.PolicyStatement(
            actions=list(self.actions),
            resources=list(self.resources) or None,
            not_resources=list(self.but) or None,
            conditions=dict(self.conditions),
        )


class OwnRole(Construct):
    """A role with exactly the statements it is made with."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        trusted: iam.IPrincipal,
        description: str,
        allowed: Sequence[Allow],
    ) -> None:
        super().__init__(scope, id_)
        # The policy is part of the role: whatever needs the role finds it allowed already.
        document = iam.PolicyDocument(statements=[allow.statement() for allow in allowed])
        self.made = iam.Role(
            self,
            "Resource",
            assumed_by=trusted,
            description=description,
            inline_policies={"Allowed": document},
        )
        self.role = self.made.without_policy_updates()
        for allow in allowed:
            for resource in (*allow.resources, *allow.but):
                if "*" in resource:
                    if not allow.why:
                        raise ValueError(f"{allow.actions} on {resource}: a wildcard needs a reason")
                    accept_wildcard(self.made, resource, allow.why)

    @property
    def arn(self) -> str:
        """The role's ARN."""
        return self.made.role_arn


def arn(service: str, resource: str, *, region: str = Aws.REGION, account: str = Aws.ACCOUNT_ID) -> str:
    """Return an ARN of this account and region, with placeholders for both; empty for a service without."""
    return f"arn:{Aws.PARTITION}:{service}:{region}:{account}:{resource}"


def service(name: str, source: str = "") -> iam.ServicePrincipal:
    """Return a service that may act only for this account, and only for *source* if that is given (an ARN).

    AWS calls what this keeps out the confused deputy.
    """
    conditions: dict[str, Any] = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
    if source:
        conditions["ArnLike"] = {"aws:SourceArn": source}
    return iam.ServicePrincipal(name, conditions=conditions)
