from __future__ import annotations

import pytest

from sojourn.domain.condition.references import references


def test_every_path_and_call_is_listed_with_its_place() -> None:
    """What a text reads is listed in the order written, each with the letters that read it."""
    text = (
        'customer.plan == "a" && did(order_completed, "7 days") && has(entry.x) && opened("reminder") '
        "&& local(customer.born).hour > 3 && steps.call.answer.ok && event.items.exists(i, i.p > entry.items[0].p)"
    )

    actual = [(r.path, text[r.offset : r.offset + r.length], r.call, r.asked) for r in references(text)]

    expected = [
        (("customer", "plan"), "customer.plan", False, False),
        (("did", "order_completed", 604800.0), 'did(order_completed, "7 days")', True, False),
        (("entry", "x"), "entry.x", False, True),
        (("opened", "reminder"), 'opened("reminder")', True, False),
        (("customer", "born"), "customer.born", False, False),
        (("steps", "call", "answer", "ok"), "steps.call.answer.ok", False, False),
        (("event", "items"), "event.items", False, False),
        (("entry", "items", 0, "p"), "entry.items[0].p", False, False),
    ]
    assert expected == actual


def test_the_whole_object_is_read_where_no_name_is_written_out() -> None:
    """A computed name may be any, so the object itself is what is read."""
    actual = [r.path for r in references("customer[event.key] == now")]

    assert actual == [("customer",), ("event", "key"), ("now",)]


@pytest.mark.parametrize("text", ["", "(", "customer.", "'", "\0", "(" * 5_000, "\ud800", "1 +", "a b"])
def test_a_bad_text_reads_nothing(text: str) -> None:
    """A text that is no expression has no references, and raises nothing."""
    assert references(text) == ()


def test_a_call_written_wrongly_still_shows_what_is_in_it() -> None:
    """A wrong call reads nothing itself, but the paths in it are listed."""
    actual = [r.path for r in references("did(customer.plan) && has(3) && customer.a > 1")]

    assert actual == [("customer", "plan"), ("customer", "a")]
