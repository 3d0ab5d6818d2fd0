"""The key that everything about customers is encrypted with: the deploying company's own."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.constructs.policies import service
from infra.settings import Settings


class DataKey(Construct):
    """A customer-managed key with yearly rotation; roles get it through their own policies, services through its."""

    def __init__(self, scope: Construct, id_: str, settings: Settings) -> None:
        super().__init__(scope, id_)
        self.key = kms.Key(
            self,
            "Resource",
            alias=f"alias/{settings.name()}",
            description=f"Sojourn ({settings.stage}): the table, the queues, the bucket, the signing secret",
            enable_key_rotation=True,
            pending_window=Duration.days(7 if settings.disposable else 30),
            removal_policy=RemovalPolicy.DESTROY if settings.disposable else RemovalPolicy.RETAIN,
        )
        # These put messages into encrypted queues and topics in nobody's name but their own. EventBridge does not say
        # for which account or rule it asks a key, so a condition would keep out all it delivers, silently; who may
        # fill a queue is said in the queue's policy.
        principals = {
            "Rules": iam.ServicePrincipal("events.amazonaws.com"),
            "Alarms": service("cloudwatch.amazonaws.com"),
            # What these tell of messages goes through an encrypted topic into an encrypted queue; for whom they ask
            # they do not say either.
            "Topics": iam.ServicePrincipal("sns.amazonaws.com"),
            "Texts": iam.ServicePrincipal("sms-voice.amazonaws.com"),
            "Chats": iam.ServicePrincipal("social-messaging.amazonaws.com"),
        }
        for sid, principal in principals.items():
            self.key.add_to_resource_policy(
                iam.PolicyStatement(
                    sid=sid,
                    principals=[principal],
                    actions=["kms:Decrypt", "kms:GenerateDataKey"],
                    resources=["*"],  # in a key's own policy this means the key
                )
            )
