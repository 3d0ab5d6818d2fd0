"""Signs what a webhook is sent, as Standard Webhooks 1.0 asks, so that who receives it knows it came from us.

The key is derived from the deployment's signing secret for this purpose alone: who is given it to verify webhooks
can make no links with it. This module knows no HTTP.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime

from standardwebhooks import Webhook

from sojourn.adapters.links.keys import Keys

_PURPOSE = b"sojourn/webhooks/1"


def webhook_key(secret: bytes) -> bytes:
    """Return the key for webhooks that belongs to a signing secret."""
    return hmac.digest(secret, _PURPOSE, "sha256")


def shown_key(secret: bytes) -> str:
    """Return that key the way receivers' libraries take it: `whsec_` and base64."""
    return f"whsec_{base64.b64encode(webhook_key(secret)).decode('ascii')}"


class Signer:
    """Makes the headers of a webhook.

    Args:
        keys: the deployment's. Every one signs, the current one first, so that while a secret is being changed,
            receivers may know either.
    """

    def __init__(self, keys: Keys) -> None:
        others = [secret for name, secret in keys.secrets.items() if name != keys.current]
        self._webhooks = [Webhook(webhook_key(secret)) for secret in (keys.secrets[keys.current], *others)]

    def headers(self, message_id: str, at: datetime, body: str) -> Mapping[str, str]:
        """Return the three headers.

        Args:
            message_id: the same for every attempt at one message: receivers know a repetition by it.
            at: the instant of this attempt, in UTC.
        """
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(
                webhook.sign(msg_id=message_id, timestamp=at, data=body) for webhook in self._webhooks
            ),
        }
