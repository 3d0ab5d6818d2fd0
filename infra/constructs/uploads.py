"""The bucket of what people send to be worked on: workspaces that are published, files of audiences."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.private_bucket import PrivateBucket
from infra.settings import Settings
from sojourn.aws_runtime.audience.waiting import ROWS_DAYS
from sojourn.aws_runtime.publishing.audiences import PREFIX as AUDIENCES

KEPT_DAYS = 400
"""So long it can be seen what somebody published, or whom they entered."""


class UploadsBucket(PrivateBucket):
    """What lies there expires, customers' data first."""

    def __init__(self, scope: Construct, id_: str, settings: Settings, key: kms.IKey) -> None:
        expiring = [
            s3.LifecycleRule(id="uploads", expiration=Duration.days(KEPT_DAYS)),
            s3.LifecycleRule(
                id="audiences",
                prefix=AUDIENCES,
                expiration=Duration.days(ROWS_DAYS),
                # What expires is an older version from then on, and would be kept as long again.
                noncurrent_version_expiration=Duration.days(1),
            ),
        ]
        super().__init__(
            scope, id_, settings, key, expiring,
            "the functions write and read here, by their own roles, and each upload is named in an operation that says"
            " who asked for it: access logs would cost a second bucket and say less.",
        )  # fmt: skip
