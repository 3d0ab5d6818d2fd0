"""The keys that sign links and webhooks, from Secrets Manager: read when first needed, and again every few minutes.

The secret is JSON, `{"current": "<id>", "keys": {"<id>": "<base64>"}}`, or any text of 16 characters and more, as
Secrets Manager makes one up: that is one key, with the id "0". `sojourn links rotate` adds one and makes it the
current; the old one is taken away when no link that it made needs to work any more.
"""

from __future__ import annotations

import json
import time
from base64 import b64decode
from collections.abc import Callable
from typing import Any

from sojourn.adapters.links.keys import KEY_ID, Keys
from sojourn.adapters.transient_errors import trying_again
from sojourn.aws_runtime.settings import SettingsError

FRESH_FOR = 300.0
ONLY = "0"
RELOAD_AFTER = 5.0
"""Seconds after which the secret is read again for a key that is not known: somebody may have just made it the current
one. No sooner, or whoever makes ids up would have us ask for it with every request."""


class SigningKeys:
    """The keys as they are now.

    Args:
        client: a Secrets Manager client; secret: its name or ARN.
        seconds: a clock that only goes forward.
    """

    def __init__(
        self, client: Any, secret: str, seconds: Callable[[], float] = time.monotonic, fresh_for: float = FRESH_FOR
    ) -> None:  # fmt: skip
        self._client = client
        self._secret = secret
        self._seconds = seconds
        self._fresh_for = fresh_for
        self._keys: Keys | None = None
        self._until = 0.0
        self._read_at = 0.0

    def __call__(self) -> Keys:
        """Return the keys; where they cannot be read again, those known so far.

        Raises:
            TransientError: they were never read, and cannot be just now.
            SettingsError: the secret is not what it should be.
        """
        if self._keys is not None and self._seconds() < self._until:
            return self._keys
        try:
            self._keys = self._read()
        except Exception:
            # What was known still signs; whoever broke the secret hears of it when the next function begins.
            if self._keys is None:
                raise
        self._read_at = self._seconds()
        self._until = self._read_at + self._fresh_for
        return self._keys

    def knowing(self, key_id: str) -> Keys:
        """Return the keys, read again where this one is not among them: another function may know it already.

        Raises:
            TransientError, SettingsError: as above.
        """
        keys = self()
        stale = self._seconds() - self._read_at >= RELOAD_AFTER
        if key_id in keys.secrets or not stale or not KEY_ID.fullmatch(key_id):
            return keys
        self._until = 0.0
        return self()

    def _read(self) -> Keys:
        with trying_again("GetSecretValue"):
            text = self._client.get_secret_value(SecretId=self._secret)["SecretString"]
        return keys_in(text)


def keys_in(text: str) -> Keys:
    """Return the keys that a secret's text holds.

    Raises:
        SettingsError: it is not what it should be; the message holds nothing of it.
    """
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    try:
        if not isinstance(told, dict):
            return Keys(ONLY, {ONLY: text.encode()})
        secrets = {str(name): b64decode(key, validate=True) for name, key in told["keys"].items()}
        return Keys(str(told["current"]), secrets)
    except (ValueError, KeyError, TypeError, AttributeError):
        wanted = '{"current": "<id>", "keys": {"<id>": "<base64 of 16 bytes or more>"}}'
        raise SettingsError(
            f"the signing secret must be a text of 16 characters or more, or {wanted}"
        ) from None
