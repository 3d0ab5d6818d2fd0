"""A bucket of ours: closed to the public and to plain HTTP, encrypted with our key; nothing stays in it for good."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.nag import accept
from infra.settings import Settings


class PrivateBucket(Construct):
    """The bucket; what is written over is kept for a month.

    Args (of the constructor):
        expiring: how long what lies there is kept.
        why_no_log: why nobody writes down who reads it.
    """

    def __init__(
        self, scope: Construct, id_: str, settings: Settings, key: kms.IKey, expiring: Sequence[s3.LifecycleRule],
        why_no_log: str,
    ) -> None:  # fmt: skip
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
                *expiring,
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
        accept(self.bucket, "AwsSolutions-S1", why_no_log)
