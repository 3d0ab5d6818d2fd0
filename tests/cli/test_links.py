from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from sojourn.adapters.links.signed import SignedLinks
from sojourn.aws_runtime.secrets import keys_in
from tests.adapters.links.test_signed import SEND, token
from tests.cli.conftest import Sojourn
from tests.support.aws_deployment import SECRET, Deployed, aws_deployment
from tests.support.aws_table import REGION
from tests.support.controlled import controlled


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with aws_deployment() as deployed, controlled(deployed):
        yield deployed


def secret(aws: Deployed) -> str:
    text: str = aws.client("secretsmanager").get_secret_value(SecretId=SECRET)["SecretString"]
    return text


def test_a_new_key_becomes_the_current_one_and_old_links_work_on(aws: Deployed, sojourn: Sojourn) -> None:
    """In the deployment's own secret; the command says what is kept, and what else has to be done."""
    before = token(SignedLinks("https://links.example", lambda: keys_in("s" * 64)).unsubscribe(SEND))

    answer = sojourn("links", "rotate")

    links = SignedLinks("https://links.example", lambda: keys_in(secret(aws)))
    assert (answer.status, answer.out) == (0, "key 1 is current; kept for reading: 0\n")
    assert "webhooks" in answer.err
    assert links.read(before) is not None
    assert token(links.unsubscribe(SEND)).startswith("1.")


def test_after_a_leak_the_others_are_taken_away(aws: Deployed, sojourn: Sojourn) -> None:
    """Told as JSON for a program."""
    sojourn("links", "rotate")

    answer = sojourn("links", "rotate", "--drop-older-than", "0", "--yes", "--json")

    told = json.loads(answer.out)
    assert told == {"secret": SECRET, "current": "2", "kept": [], "dropped": ["0", "1"]}
    assert set(keys_in(secret(aws)).secrets) == {"2"}


def test_nothing_is_taken_away_without_a_word(aws: Deployed, sojourn: Sojourn) -> None:
    """Nobody is there to be asked, and nothing is changed."""
    before = secret(aws)

    answer = sojourn("links", "rotate", "--drop-older-than", "0")

    assert (answer.status, secret(aws)) == (2, before)
    assert "--yes" in answer.err


def test_a_secret_that_somebody_broke_is_left_as_it_is(aws: Deployed, sojourn: Sojourn) -> None:
    """Functions go on with what they know; nothing of it is said."""
    aws.client("secretsmanager").put_secret_value(SecretId=SECRET, SecretString='{"keys": {"0": "hush"}}')

    answer = sojourn("links", "rotate")

    assert (answer.status, secret(aws)) == (2, '{"keys": {"0": "hush"}}')
    assert "hush" not in answer.err


@pytest.mark.parametrize("days", ["-1", "ten", "1.5", "1000000"])
def test_what_is_no_number_of_days_is_refused(sojourn: Sojourn, days: str) -> None:
    """Before anything is asked of AWS."""
    answer = sojourn("links", "rotate", f"--drop-older-than={days}")

    assert answer.status == 2
    assert "no number of days" in answer.err
