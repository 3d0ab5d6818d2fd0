"""Log groups, each with a name that is known beforehand and an end to what it remembers."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.settings import Settings


def log_group(scope: Construct, settings: Settings, name: str) -> logs.LogGroup:
    """Make the log group of *scope*: two weeks for a stage that may be destroyed, half a year for others."""
    return logs.LogGroup(
        scope,
        "Log",
        log_group_name=name,
        retention=logs.RetentionDays.TWO_WEEKS if settings.disposable else logs.RetentionDays.SIX_MONTHS,
        removal_policy=RemovalPolicy.DESTROY if settings.disposable else RemovalPolicy.RETAIN,
    )
