"""The secret that links and webhooks are signed with."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.constructs.nag import accept
from infra.settings import Settings


class SigningSecret(Construct):
    """A secret made at the first deployment, and never again."""

    def __init__(self, scope: Construct, id_: str, settings: Settings, key: kms.IKey) -> None:
        super().__init__(scope, id_)
        self.name = f"sojourn-{settings.stage}/signing"
        secret = secretsmanager.Secret(
            self,
            "Resource",
            secret_name=self.name,
            description="Signs the links in messages, and webhooks",
            encryption_key=key,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                password_length=64, exclude_punctuation=True
            ),
            removal_policy=RemovalPolicy.DESTROY if settings.disposable else RemovalPolicy.RETAIN,
        )
        accept(
            secret,
            "AwsSolutions-SMG4",
            "a link in an email must hold for as long as the email lies about: keys are added by hand, the old one"
            " kept for reading",
        )
