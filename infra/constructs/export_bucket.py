"""The bucket that every change ends up in, as compressed JSON lines for Athena."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.private_bucket import PrivateBucket
from infra.settings import Settings


class ExportBucket(PrivateBucket):
    """What it holds expires with the ledger."""

    def __init__(self, scope: Construct, id_: str, settings: Settings, key: kms.IKey) -> None:
        expiring = [
            s3.LifecycleRule(id="changes", prefix="changes/", expiration=Duration.days(settings.ledger_days)),
            s3.LifecycleRule(id="errors", prefix="errors/", expiration=Duration.days(30)),
        ]
        super().__init__(
            scope, id_, settings, key, expiring,
            "Firehose writes here and analysts read through Athena, which CloudTrail records: access logs would cost"
            " a second bucket and say less.",
        )  # fmt: skip
