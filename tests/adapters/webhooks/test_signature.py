"""Signatures that receivers' own libraries accept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from sojourn.adapters.links.keys import Keys
from sojourn.adapters.webhooks.signature import Signer, shown_key, webhook_key

OLD, NEW = b"the old signing secret", b"the new signing secret"
NOW = datetime.now(UTC)


def test_a_receiver_verifies_with_the_key_it_was_shown() -> None:
    """The `whsec_` key that an operator hands out verifies what was signed."""
    headers = Signer(Keys("a", {"a": NEW})).headers("send-1", NOW, '{"n":1}')

    verified = Webhook(shown_key(NEW)).verify('{"n":1}', dict(headers))

    assert verified == {"n": 1}
    assert headers["webhook-id"] == "send-1"


@pytest.mark.parametrize("changed", ['{"n":2}', '{"n":1} ', ""])
def test_a_changed_body_is_noticed(changed: str) -> None:
    """The signature is over the body, byte for byte."""
    headers = Signer(Keys("a", {"a": NEW})).headers("send-1", NOW, '{"n":1}')

    with pytest.raises(WebhookVerificationError):
        Webhook(shown_key(NEW)).verify(changed, dict(headers))


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_both_keys_verify_while_the_secret_is_being_changed(secret: bytes) -> None:
    """A receiver that still has the old key, and one that has the new one already, both accept."""
    headers = Signer(Keys("b", {"a": OLD, "b": NEW})).headers("send-1", NOW, "{}")

    assert Webhook(shown_key(secret)).verify("{}", dict(headers)) == {}
    assert headers["webhook-signature"].count("v1,") == 2


def test_the_current_key_signs_first() -> None:
    """A receiver that reads the first signature alone has the current key."""
    both = Signer(Keys("b", {"a": OLD, "b": NEW})).headers("send-1", NOW, "{}")
    alone = Signer(Keys("b", {"b": NEW})).headers("send-1", NOW, "{}")

    assert both["webhook-signature"].split(" ")[0] == alone["webhook-signature"]


def test_the_key_for_webhooks_is_not_the_secret() -> None:
    """Who can verify webhooks can sign nothing else: the key is derived and says nothing of the secret."""
    assert webhook_key(NEW) not in {NEW, webhook_key(OLD)}
    assert len(webhook_key(NEW)) == 32
