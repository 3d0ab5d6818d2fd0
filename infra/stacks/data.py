"""What must outlive everything else: the key, the table, the bucket and the way of changes into it."""

from __future__ import annotations

from constructs import Construct

from infra.constructs.delivery import Delivery
from infra.constructs.export_bucket import ExportBucket
from infra.constructs.key import DataKey
from infra.constructs.table import EngineTable
from infra.settings import Settings
from infra.stacks.base import EngineStack


class DataStack(EngineStack):
    """The data, in a stack that is deployed once and rarely changed."""

    def __init__(self, scope: Construct, settings: Settings) -> None:
        super().__init__(
            scope, settings, "data", "the table, the bucket of changes and the way into it, and their key"
        )
        self.key = DataKey(self, "Key", settings).key
        self.table = EngineTable(self, "Table", settings, self.key)
        bucket = ExportBucket(self, "Changes", settings, self.key).bucket
        self.delivery = Delivery(self, "Delivery", settings, bucket, self.key)
        self.tell(
            TableName=self.table.table.table_name,
            KeyArn=self.key.key_arn,
            BucketName=bucket.bucket_name,
            DeliveryStreamName=self.delivery.stream_name,
            DatabaseName=self.delivery.database_name,
        )
