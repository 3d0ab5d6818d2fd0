from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from sojourn.adapters.links.stored import SecretText, StoredSecret
from sojourn.errors import Conflict
from tests.support.aws_table import REGION

NAME = "sojourn-dev/signing"


@pytest.fixture
def secret() -> Iterator[StoredSecret]:
    """Give a secret on moto, which knows the ids of versions as AWS does."""
    with mock_aws():
        client = boto3.client("secretsmanager", region_name=REGION)
        client.create_secret(Name=NAME, SecretString="first")
        yield StoredSecret(client, NAME)


def test_a_secret_is_replaced(secret: StoredSecret) -> None:
    """What was read is what is replaced, again and again."""
    for text in ("second", "third"):
        secret.replace(text, secret.read())

        assert secret.read().text == text


def test_of_two_who_replace_the_same_one_does(secret: StoredSecret) -> None:
    """The other hears of it, and nothing of the first one's is lost."""
    before = secret.read()
    secret.replace("mine", before)

    with pytest.raises(Conflict, match="somebody else changed"):
        secret.replace("theirs", before)

    assert secret.read().text == "mine"


def test_the_same_done_again_is_done(secret: StoredSecret) -> None:
    """Who was not answered may have been heard."""
    before = secret.read()
    secret.replace("mine", before)

    secret.replace("mine", before)

    assert secret.read().text == "mine"


class PutBack:
    """A secret whose version somebody put back by hand, after which the next had come already."""

    def __init__(self) -> None:
        self.now = SecretText("first", "v" * 32)
        self.there: dict[str, str] = {}

    def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803 - AWS's word
        """Return what is current."""
        return {"SecretString": self.now.text, "VersionId": self.now.version}

    def put_secret_value(self, SecretId: str, SecretString: str, ClientRequestToken: str) -> None:  # noqa: N803
        """Make a version current; of one id there is one."""
        if ClientRequestToken in self.there:
            error: Any = {"Error": {"Code": "ResourceExistsException"}}
            raise ClientError(error, "PutSecretValue")
        self.there[ClientRequestToken] = SecretString
        self.now = SecretText(SecretString, ClientRequestToken)


def test_what_somebody_put_back_by_hand_can_be_replaced() -> None:
    """The version that came after it once is there already, and is not current."""
    client = PutBack()
    secret, first = StoredSecret(client, NAME), client.now
    secret.replace("second", first)
    client.now = first

    secret.replace("third", secret.read())

    assert secret.read().text == "third"
