"""What travels with a message and comes back in its receipts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.adapters.message_tags import tag_text, tag_value, tags_of
from sojourn.domain.customer.rows import changed
from tests.support.aws_sends import SEND


@given(st.text(max_size=60))
def test_every_id_comes_back_as_it_was(text: str) -> None:
    """Whatever an id holds, its tag has only what providers allow, and is read back as the same id."""
    value = tag_value(text)

    assert re.fullmatch(r"[A-Za-z0-9_-]*", value)
    assert text == tag_text(value)


def test_plain_ids_stay_readable() -> None:
    """An id that is allowed as it is stays as it is."""
    expected = {
        "send": "5f2a9c", "customer": "ana", "journey": "abandoned-cart", "run": "run-1", "step": "reminder",
        "version": "a1b2c3",
    }  # fmt: skip

    assert expected == tags_of(SEND)


def test_an_id_that_looks_encoded_is_encoded() -> None:
    """No id is mistaken for an encoded one."""
    assert tag_value("b64_") != "b64_"
    assert tag_text(tag_value("b64_")) == "b64_"


def test_what_does_not_fit_is_left_out() -> None:
    """A tag that SES would refuse for its length is not sent, and neither is an empty one."""
    send = changed(SEND, customer="é" * 200, step="")

    assert list(tags_of(send)) == ["send", "journey", "run", "version"]


@pytest.mark.parametrize("value", ["b64_!", "b64_a", "b64__w"])
def test_a_tag_of_somebody_else_is_refused(value: str) -> None:
    """What only looks like an encoded tag is an error and not a wrong id."""
    with pytest.raises(ValueError, match="no tag"):
        tag_text(value)
