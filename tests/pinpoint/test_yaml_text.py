from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.domain.journey.yaml_text import read_yaml
from sojourn.pinpoint.yaml_text import write

SCALARS = (
    st.text(st.characters(blacklist_categories=["Cs"]), max_size=20)
    | st.integers(-(10**9), 10**9)
    | st.booleans()
    | st.sampled_from(["on", "no", "21:00", "1e3", "0o14", "null", "~", "- a", "a: b", "a #b"])
    | st.sampled_from(["'", '"', "{{ x }}", "3 days", "", " a", "a ", "a\n", "@a", "-", "1 2", "---"])
)  # fmt: skip
KEYS = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


def plain(value: Any) -> Any:
    """Return what was read without its places."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4))
def test_what_is_written_reads_as_it_was(value: dict[str, Any]) -> None:
    """Any mapping is read back as it was: text as text, whatever else it looks like."""
    read, findings = read_yaml(write(value), "file.yaml")

    assert findings == ()
    assert plain(read) == value


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ({"when": 'customer.plan == "pro"'}, "when: 'customer.plan == \"pro\"'"),
        ({"wait": "3 days"}, "wait: 3 days"),
        ({"from": "21:00"}, 'from: "21:00"'),
        ({"a": {"b": [1, "x"]}}, "a: {b: [1, x]}"),
        ({"rate": 14.0, "share": 0.5}, "rate: 14\nshare: 0.5"),
    ],
)
def test_it_reads_as_if_somebody_had_written_it(value: dict[str, Any], line: str) -> None:
    """Quotes stand where they are needed, and short values on one line."""
    assert write(value) == f"{line}\n"


def test_half_of_a_character_is_no_reason_to_stop() -> None:
    """A lone surrogate, which JSON can hold and UTF-8 cannot, becomes the sign for what cannot be read."""
    assert write({"a": "x\ud800y"}).encode() == b'a: "x\\ufffdy"\n'
