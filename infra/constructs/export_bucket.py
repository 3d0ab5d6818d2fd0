"""The bucket that every change ends up in, as compressed JSON lines for Athena."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.nag import accept
from infra.settings import Settings


class ExportBucket(Construct):
    """Closed to the public and to plain HTTP; what it holds expires with the ledger."""

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
                s3.LifecycleRule(
                    id="changes", prefix="changes/", expiration=Duration.days(settings.ledger_days)
                ),
                s3.LifecycleRule(id="errors", prefix="errors/", expiration=Duration.days(30)),
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
            "Firehose writes here and analysts read through Athena, which CloudTrail records: access logs would cost"
            " a second bucket and say less.",
        )
