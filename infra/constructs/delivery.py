"""The way of every change into the bucket: Firehose, and the table that Athena reads it with."""

from __future__ import annotations

from aws_cdk import Aws
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.log import log_group
from infra.constructs.naming import DELIVERY
from infra.constructs.policies import Allow, OwnRole, arn
from infra.settings import Settings
from sojourn.application.outbound import COLUMNS

_DAY = "day=!{timestamp:yyyy-MM-dd}/"


class Delivery(Construct):
    """A delivery stream of compressed JSON lines, partitioned by day."""

    def __init__(
        self, scope: Construct, id_: str, settings: Settings, bucket: s3.IBucket, key: kms.IKey
    ) -> None:
        super().__init__(scope, id_)
        self.stream_name = settings.name(DELIVERY)
        log = log_group(self, settings, log_name(self.stream_name))
        logs.LogStream(self, "LogStream", log_group=log, log_stream_name="errors")
        role = OwnRole(
            self,
            "Role",
            trusted=iam.ServicePrincipal("firehose.amazonaws.com"),
            description="Firehose writes changes into the bucket",
            allowed=[
                Allow(
                    ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"),
                    [bucket.bucket_arn],
                ),
                Allow(
                    ("s3:AbortMultipartUpload", "s3:PutObject"),
                    [bucket.arn_for_objects("changes/*"), bucket.arn_for_objects("errors/*")],
                    "Firehose names its files",
                ),
                Allow(("kms:Decrypt", "kms:GenerateDataKey"), [key.key_arn]),
                Allow(
                    ("logs:PutLogEvents",),
                    [arn("logs", f"log-group:{log_name(self.stream_name)}:log-stream:errors")],
                ),
            ],
        )
        self.stream = firehose.CfnDeliveryStream(
            self,
            "Resource",
            delivery_stream_name=self.stream_name,
            delivery_stream_type="DirectPut",
            delivery_stream_encryption_configuration_input=firehose.CfnDeliveryStream.DeliveryStreamEncryptionConfigurationInputProperty(
                key_type="CUSTOMER_MANAGED_CMK", key_arn=key.key_arn
            ),
            extended_s3_destination_configuration=firehose.CfnDeliveryStream.ExtendedS3DestinationConfigurationProperty(
                bucket_arn=bucket.bucket_arn,
                role_arn=role.arn,
                prefix=f"changes/{_DAY}",
                error_output_prefix=f"errors/!{{firehose:error-output-type}}/{_DAY}",
                compression_format="GZIP",
                buffering_hints=firehose.CfnDeliveryStream.BufferingHintsProperty(
                    interval_in_seconds=300, size_in_m_bs=64
                ),
                encryption_configuration=firehose.CfnDeliveryStream.EncryptionConfigurationProperty(
                    kms_encryption_config=firehose.CfnDeliveryStream.KMSEncryptionConfigProperty(
                        awskms_key_arn=key.key_arn
                    )
                ),
                cloud_watch_logging_options=firehose.CfnDeliveryStream.CloudWatchLoggingOptionsProperty(
                    enabled=True, log_group_name=log.log_group_name, log_stream_name="errors"
                ),
            ),
        )
        self.database_name = settings.name().replace("-", "_")
        self._catalogue(bucket)

    def _catalogue(self, bucket: s3.IBucket) -> None:
        database = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=Aws.ACCOUNT_ID,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=self.database_name, description="What happened in Sojourn's journeys"
            ),
        )
        location = f"s3://{bucket.bucket_name}/changes/"
        table = glue.CfnTable(
            self,
            "Table",
            catalog_id=Aws.ACCOUNT_ID,
            database_name=self.database_name,
            table_input=glue.CfnTable.TableInputProperty(
                name="changes",
                description="One line for everything that happened",
                table_type="EXTERNAL_TABLE",
                partition_keys=[glue.CfnTable.ColumnProperty(name="day", type="string")],
                # Athena works the partitions out: nothing has to add one a day.
                parameters={
                    "classification": "json",
                    "compressionType": "gzip",
                    "projection.enabled": "true",
                    "projection.day.type": "date",
                    "projection.day.format": "yyyy-MM-dd",
                    "projection.day.range": "2026-01-01,NOW",
                    "projection.day.interval": "1",
                    "projection.day.interval.unit": "DAYS",
                    "storage.location.template": location + "day=${day}",
                },
                storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                    columns=[
                        glue.CfnTable.ColumnProperty(name=name, type="string", comment=comment)
                        for name, comment in COLUMNS
                    ],
                    location=location,
                    input_format="org.apache.hadoop.mapred.TextInputFormat",
                    output_format="org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
                    serde_info=glue.CfnTable.SerdeInfoProperty(
                        serialization_library="org.openx.data.jsonserde.JsonSerDe",
                        parameters={"ignore.malformed.json": "true"},
                    ),
                ),
            ),
        )
        table.node.add_dependency(database)


def log_name(stream: str) -> str:
    """Name the log group of a delivery stream's errors."""
    return f"/aws/kinesisfirehose/{stream}"
