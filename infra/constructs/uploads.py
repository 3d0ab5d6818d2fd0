"""The bucket of what people send to be worked on: workspaces that are published, files of audiences."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.nag import accept
from infra.settings import Settings
from sojourn.aws_runtime.publishing.audiences import PREFIX as AUDIENCES

ROWS_DAYS = 30
"""So long the rows of audiences are kept: they are customers' data, and say nothing that the table has not by then."""
KEPT_DAYS = 400
"""So long it can be seen what somebody published, or whom they entered."""


class UploadsBucket(Construct):
    """Closed to the public and to plain HTTP, encrypted with our key; what lies there expires."""

    def __init__(self, scope: Construct, id_: str, settings: Settings, key: kms.IKey) -> None:
        super().__init__(scope, id_)
        self.bucket = s3.Bucket(
            self,
            "Resource",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=settings.tls_only,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(id="uploads", expiration=Duration.days(KEPT_DAYS)),
                s3.LifecycleRule(
                    id="audiences",
                    prefix=AUDIENCES,
                    expiration=Duration.days(ROWS_DAYS),
                    # What expires is an older version from then on, and would be kept as long again.
                    noncurrent_version_expiration=Duration.days(1),
                ),
                s3.LifecycleRule(
                    id="overwritten",
                    noncurrent_version_expiration=Duration.days(30),
                    abort_incomplete_multipart_upload_after=Duration.days(7),
                ),
            ],
            removal_policy=RemovalPolicy.DESTROY if settings.disposable else RemovalPolicy.RETAIN,
        )
        if not settings.tls_only:
            accept(self.bucket, "AwsSolutions-S10", "the embedded AWS speaks plain HTTP, on loopback")
        accept(
            self.bucket,
            "AwsSolutions-S1",
            "the functions write and read here, by their own roles, and each upload is named in an operation that says"
            " who asked for it: access logs would cost a second bucket and say less.",
        )
