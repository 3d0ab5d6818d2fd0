"""The text of the signing secret where it is kept, in Secrets Manager: read, and replaced where nobody did meanwhile.

Of two who change the keys at once, one would take the other's key away, with which links are made already. So the next
version's id is made of the one before: Secrets Manager makes a version of an id once, and refuses other content under
it ("PutSecretValue", `ClientRequestToken`). It knows nothing of what is in the text.
"""

from __future__ import annotations

import uuid
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from sojourn.adapters.transient_errors import code_of, trying_again
from sojourn.errors import Conflict

_NAMESPACE = uuid.UUID("7c0c1f0e-6a4d-5d0a-9c39-7f3f1c1f7a52")
"""Of ours alone, so that nobody else's id is made the same way."""


class SecretText(NamedTuple):
    """What the secret holds, and which version of it that is."""

    text: str
    version: str


class StoredSecret:
    """One secret.

    Args:
        client: of Secrets Manager; secret: its name or ARN.
    """

    def __init__(self, client: Any, secret: str) -> None:
        self._client = client
        self._secret = secret

    def read(self) -> SecretText:
        """Return what it holds now.

        Raises:
            TransientError: it cannot be read just now.
        """
        with trying_again("GetSecretValue"):
            answer = self._client.get_secret_value(SecretId=self._secret)
        return SecretText(answer["SecretString"], answer["VersionId"])

    def replace(self, text: str, before: SecretText) -> None:
        """Let it hold another text from now on.

        Args:
            before: as it was read; where somebody replaced that, nothing is written.

        Raises:
            Conflict: somebody did, or puts something there now.
            TransientError: nobody knows whether it was written: read it again.
        """
        if self._put(text, str(uuid.uuid5(_NAMESPACE, before.version))):
            return
        # Somebody may have put an earlier version back by hand, after which the next had come already.
        if self.read().version != before.version or not self._put(text, str(uuid.uuid4())):
            raise Conflict("somebody else changed the signing secret at the same moment")

    def _put(self, text: str, version: str) -> bool:
        with trying_again("PutSecretValue"):
            try:
                self._client.put_secret_value(
                    SecretId=self._secret, SecretString=text, ClientRequestToken=version
                )
            except ClientError as error:
                if code_of(error) != "ResourceExistsException":
                    raise
                return False
        return True
