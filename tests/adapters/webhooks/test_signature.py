"""Signatures that receivers' own libraries accept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from sojourn.adapters.links.keys import Keys
from sojourn.adapters.webhooks.signature import Signer, shown_key, webhook_key

OLD, NEW = b"the old signing secret", b"the new signing secret"


def signed(keys: Keys, body: str = '{"n":1}') -> dict[str, str]:
    """Return the headers of what is signed now: receivers take nothing that is older than five minutes."""
    return dict(Signer(keys).headers("send-1", datetime.now(UTC), body))


def test_a_receiver_verifies_with_the_key_it_was_shown() -> None:
    """The `whsec_` key that an operator hands out verifies what was signed."""
    headers = signed(Keys("a", {"a": NEW}))

    verified = Webhook(shown_key(NEW)).verify('{"n":1}', headers)

    assert verified == {"n": 1}
    assert headers["webhook-id"] == "send-1"


@pytest.mark.parametrize("changed", ['{"n":2}', '{"n":1} ', ""])
def test_a_changed_body_is_noticed(changed: str) -> None:
    """The signature is over the body, byte for byte."""
    headers = signed(Keys("a", {"a": NEW}))

    with pytest.raises(WebhookVerificationError):
        Webhook(shown_key(NEW)).verify(changed, headers)


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_both_keys_verify_while_the_secret_is_being_changed(secret: bytes) -> None:
    """A receiver that still has the old key, and one that has the new one already, both accept."""
    headers = signed(Keys("b", {"a": OLD, "b": NEW}), "{}")

    assert Webhook(shown_key(secret)).verify("{}", headers) == {}
    assert headers["webhook-signature"].count("v1,") == 2


def test_the_current_key_signs_first() -> None:
    """A receiver that reads the first signature alone has the current key."""
    at = datetime(2026, 3, 2, tzinfo=UTC)
    both, alone = (
        Signer(keys).headers("send-1", at, "{}")
        for keys in (Keys("b", {"a": OLD, "b": NEW}), Keys("b", {"b": NEW}))
    )

    assert both["webhook-signature"].split(" ")[0] == alone["webhook-signature"]


def test_the_key_for_webhooks_is_not_the_secret() -> None:
    """Who can verify webhooks can sign nothing else: the key is derived and says nothing of the secret."""
    assert webhook_key(NEW) not in {NEW, webhook_key(OLD)}
    assert len(webhook_key(NEW)) == 32
