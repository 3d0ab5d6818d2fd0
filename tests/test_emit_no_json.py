"""What JSON has no word for is refused before it goes out, by the place where it stands."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sojourn.emit import Event, InvalidEvent

AT = datetime(2026, 3, 6, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (Event("viewed", "c-42", properties={"at": AT}), "properties.at: it holds what .* for: a datetime"),
        (Event("viewed", "c-42", properties={"n": float("nan")}), "properties.n: it holds what .* for: NaN"),
        (
            Event("viewed", "c-42", attributes={"a": [1, {"b": float("inf")}]}),
            r"attributes.a\[1\].b: .*: infinity",
        ),
        (Event("viewed", "c-42", properties={"a": {(1,): 1}}), "properties.a: .*: a name that is a tuple"),
        (Event("viewed", "c-42", properties={"text": "\ud800"}), "properties.text: .* for: half a character"),
    ],
)
def test_what_json_has_no_word_for_is_named_by_its_place(event: Event, said: str) -> None:
    """However deep it stands; what it is, is said in words."""
    with pytest.raises(InvalidEvent, match=said):
        event.detail()
