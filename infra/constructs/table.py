"""The one table: customers, runs, sends, ledger, registry, counters.

Its keys' grammar is in `sojourn.adapters.dynamodb.keys` and `engine_keys`.
"""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.settings import Settings
from sojourn.adapters.dynamodb import parts

_TEXT = dynamodb.AttributeType.STRING


class EngineTable(Construct):
    """On demand, encrypted, recoverable to any second, with a stream of what changed."""

    def __init__(self, scope: Construct, id_: str, settings: Settings, key: kms.IKey) -> None:
        super().__init__(scope, id_)
        kept = not settings.disposable
        self.table = dynamodb.TableV2(
            self,
            "Resource",
            # A name of its own, because CloudFormation replaces no table that has one: that would lose the data.
            table_name=settings.name(),
            partition_key=dynamodb.Attribute(name="pk", type=_TEXT),
            sort_key=dynamodb.Attribute(name="sk", type=_TEXT),
            local_secondary_indexes=[
                # Local, not global: a condition asks for events in the same strongly consistent breath as the rest.
                dynamodb.LocalSecondaryIndexProps(
                    index_name="by_name", sort_key=dynamodb.Attribute(name="by_name", type=_TEXT)
                )
            ],
            global_secondary_indexes=[
                # Keys alone: a change of a customer or run writes nothing here, and listing them reads next to nothing.
                dynamodb.GlobalSecondaryIndexPropsV2(
                    index_name=parts.INDEX,
                    partition_key=dynamodb.Attribute(name=parts.PART, type=_TEXT),
                    sort_key=dynamodb.Attribute(name="pk", type=_TEXT),
                    projection_type=dynamodb.ProjectionType.KEYS_ONLY,
                )
            ],
            billing=dynamodb.Billing.on_demand(),
            encryption=dynamodb.TableEncryptionV2.customer_managed_key(key),
            time_to_live_attribute="expires",
            dynamo_stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=kept,
            removal_policy=RemovalPolicy.RETAIN if kept else RemovalPolicy.DESTROY,
        )

    @property
    def stream_arn(self) -> str:
        """The stream's ARN."""
        stream = self.table.table_stream_arn
        assert stream is not None
        return stream
