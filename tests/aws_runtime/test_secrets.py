from __future__ import annotations

import json
from base64 import b64encode

import pytest
from botocore.exceptions import ClientError

from sojourn.adapters.links.keys import Keys
from sojourn.aws_runtime.secrets import FRESH_FOR, RELOAD_AFTER, SigningKeys, keys_in
from sojourn.aws_runtime.settings import SettingsError
from sojourn.errors import TransientError

SECRET, OTHER = b"a secret of enough bytes", b"another one of as many!!"


def as_json(current: str = "k1", **secrets: bytes) -> str:
    return json.dumps(
        {"current": current, "keys": {name: b64encode(one).decode() for name, one in secrets.items()}}
    )


class SecretsManager:
    """A client that answers one text, or an error."""

    def __init__(self, text: str, error: str = "") -> None:
        self.text = text
        self.error = error
        self.asked: list[str] = []

    def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803 - AWS's name
        self.asked.append(SecretId)
        if self.error:
            raise ClientError({"Error": {"Code": self.error}}, "GetSecretValue")
        return {"SecretString": self.text}


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_text_that_secrets_manager_made_up_is_one_key() -> None:
    """Nobody needs to prepare a secret by hand."""
    assert keys_in("x" * 32) == Keys("0", {"0": b"x" * 32})


def test_a_secret_may_hold_several_keys_and_say_which_is_current() -> None:
    """So a key can be changed while links of the old one still work."""
    assert keys_in(as_json("k2", k1=SECRET, k2=OTHER)) == Keys("k2", {"k1": SECRET, "k2": OTHER})


@pytest.mark.parametrize(
    "text",
    [
        "short",
        "{}",
        as_json("k9", k1=SECRET),
        '{"current": "k1", "keys": {"k1": "no base64!"}}',
        '{"current": "k1", "keys": {"k1": 7}}',
        '{"current": "k1", "keys": []}',
        as_json("k1", k1=b"short"),
    ],
)
def test_what_is_no_secret_is_said_without_saying_it(text: str) -> None:
    """The message says what is wanted; what stands there may be a secret all the same."""
    with pytest.raises(SettingsError) as raised:
        keys_in(text)

    assert "signing secret must be" in str(raised.value)
    assert text not in str(raised.value)


def test_the_secret_is_read_once_and_again_after_a_while() -> None:
    """One read serves a process for some minutes; then a changed key is noticed."""
    client, seconds = SecretsManager(as_json(k1=SECRET)), Seconds()
    keys = SigningKeys(client, "signing", seconds)

    assert client.asked == []
    assert [keys().current, keys().current] == ["k1", "k1"]
    client.text, seconds.now = as_json("k2", k2=OTHER), FRESH_FOR
    assert keys().current == "k2"
    assert client.asked == ["signing", "signing"]


@pytest.mark.parametrize("error", ["ThrottlingException", "DecryptionFailure", "ResourceNotFoundException"])
def test_keys_that_cannot_be_read_again_still_sign(error: str) -> None:
    """A message does not wait for Secrets Manager, and it is not asked with every message either."""
    client, seconds = SecretsManager(as_json(k1=SECRET)), Seconds()
    keys = SigningKeys(client, "signing", seconds)
    keys()

    client.error, seconds.now = error, FRESH_FOR
    assert [keys().current, keys().current] == ["k1", "k1"]
    assert len(client.asked) == 2


def test_without_any_key_it_is_tried_again() -> None:
    """The first read has nothing to fall back on."""
    keys = SigningKeys(SecretsManager("", "ThrottlingException"), "signing", Seconds())

    with pytest.raises(TransientError, match="GetSecretValue"):
        keys()


def test_a_missing_secret_is_the_deployments_fault() -> None:
    """Trying again does not make it appear."""
    keys = SigningKeys(SecretsManager("", "ResourceNotFoundException"), "signing", Seconds())

    with pytest.raises(ClientError):
        keys()


def test_a_key_that_is_not_known_is_looked_for_at_once_and_not_with_every_request() -> None:
    """Another function may make links with it already; whoever makes ids up does not have us ask and ask."""
    client, seconds = SecretsManager(as_json("k1", k1=SECRET)), Seconds()
    keys = SigningKeys(client, "signing", seconds, fresh_for=FRESH_FOR)
    keys()
    client.text = as_json("k2", k1=SECRET, k2=OTHER)

    early = keys.knowing("k2")
    seconds.now = RELOAD_AFTER
    known = [keys.knowing("k1"), keys.knowing("no id of a key")]
    found = keys.knowing("k2")
    again = [keys.knowing("k3") for _ in range(9)]

    assert [set(one.secrets) for one in (early, *known)] == [{"k1"}] * 3
    assert set(found.secrets) == {"k1", "k2"}
    assert [set(one.secrets) for one in again] == [{"k1", "k2"}] * 9
    assert len(client.asked) == 2
