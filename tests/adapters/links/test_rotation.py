from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from sojourn.adapters.links.rotation import KEY_BYTES, rotated
from sojourn.adapters.links.signed import SignedLinks
from sojourn.aws_runtime.secrets import keys_in
from tests.adapters.links.test_signed import SEND, token

NOON = datetime(2026, 3, 6, 12, tzinfo=UTC)
FIRST = "s" * 64


def key(number: int) -> bytes:
    return bytes([number]) * KEY_BYTES


def test_the_first_change_keeps_what_the_first_deployment_made_up() -> None:
    """A plain text becomes a key among others; links of before go on leading on."""
    old = token(SignedLinks("https://links.example", lambda: keys_in(FIRST)).unsubscribe(SEND))

    made = rotated(FIRST, key(1), NOON)
    links = SignedLinks("https://links.example", lambda: keys_in(made.text))

    assert (made.current, made.kept, made.dropped) == ("1", ("0",), ())
    assert links.read(old) is not None
    assert token(links.unsubscribe(SEND)).startswith("1.")
    assert keys_in(made.text).secrets == {"0": FIRST.encode(), "1": key(1)}


def test_keys_are_taken_away_so_long_after_they_were_replaced() -> None:
    """Not after they were made: until then they made links."""
    once = rotated(FIRST, key(1), NOON)
    twice = rotated(once.text, key(2), NOON + timedelta(days=300), timedelta(days=400))
    thrice = rotated(twice.text, key(3), NOON + timedelta(days=400), timedelta(days=400))

    assert (twice.kept, twice.dropped) == (("1", "0"), ())
    assert (thrice.current, thrice.kept, thrice.dropped) == ("3", ("2", "1"), ("0",))
    assert set(keys_in(thrice.text).secrets) == {"1", "2", "3"}


def test_after_a_leak_all_others_are_taken_away_at_once() -> None:
    """The one that was current, too: it makes no more from now on."""
    once = rotated(FIRST, key(1), NOON)

    made = rotated(once.text, key(2), NOON, timedelta(0))

    assert (made.current, made.kept, sorted(made.dropped)) == ("2", (), ["0", "1"])


def test_keys_that_somebody_named_by_hand_are_kept_and_no_id_comes_twice() -> None:
    """Of such a key nobody knows since when it makes no more: from now on."""
    text = json.dumps({"current": "blue", "keys": {"blue": "QUJD" * 8, "7": "QUJD" * 8}})

    made = rotated(text, key(1), NOON, timedelta(days=1))

    assert (made.current, made.dropped) == ("8", ())
    assert set(json.loads(made.text)["retired"]) == {"blue", "7"}


def test_a_key_is_as_long_as_it_should_be() -> None:
    """Nobody rotates to a short one."""
    with pytest.raises(ValueError, match="32 bytes"):
        rotated(FIRST, b"short", NOON)
