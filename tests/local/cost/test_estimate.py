from __future__ import annotations

from datetime import date

import pytest

from sojourn.errors import AuthorError
from sojourn.local.cost.estimate import Assumed, estimate
from sojourn.local.cost.prices import OURS, USUAL, Prices, prices_of, read_prices, regions
from sojourn.local.cost.usage import Usage

USED = Usage(
    entered=10, transitions=80, step=20, send=30, route=10, written=400, read=60, put=10, told=60, sms_parts=20,
    messages={"email": 20, "sms": 10, "whatsapp": 5},
)  # fmt: skip


@pytest.fixture
def prices() -> Prices:
    """Our own list."""
    return read_prices(OURS.read_text(encoding="utf-8"))


def test_money_is_quantity_times_price(prices: Prices) -> None:
    """Eight transitions a run and a thousand customers are 8,000 transitions, at 25 dollars a million."""
    made = estimate("j", USED, 1000, prices)

    (transitions,) = [line for line in made.lines if line.what == "state transitions"]
    assert (transitions.service, transitions.quantity) == ("Step Functions", 8000)
    assert transitions.dollars == pytest.approx(0.2)


def test_every_quantity_grows_with_the_customers(prices: Prices) -> None:
    """Twice the customers cost twice the money."""
    one, two = (estimate("j", USED, customers, prices, sms=0.01) for customers in (1000, 2000))

    assert one.dollars is not None
    assert two.dollars == pytest.approx(2 * one.dollars)
    assert two.per_thousand == pytest.approx(one.per_thousand)
    assert [line.what for line in one.lines] == [line.what for line in two.lines]


def test_what_has_no_price_is_not_counted_as_free(prices: Prices) -> None:
    """SMS and WhatsApp stand in the lines without dollars; a price for SMS makes them count."""
    unknown = estimate("j", USED, 1000, prices)
    known = estimate("j", USED, 1000, prices, sms=0.01)

    assert [line.what for line in unknown.unpriced] == ["GB of logs", "SMS parts", "messages"]
    assert [line.what for line in known.unpriced] == ["GB of logs", "messages"]
    assert unknown.dollars is not None
    assert known.dollars == pytest.approx(unknown.dollars + 2000 * 0.01)


def test_a_region_without_a_list_has_quantities_and_no_dollars() -> None:
    """Nothing is guessed from another region: every line has its number, none a price, and so has the sum none."""
    made = estimate("j", USED, 1000, prices_of("moon-1"), sms=None)

    assert (prices_of("moon-1").region, prices_of("moon-1").date) == ("moon-1", "")
    assert [line.quantity for line in made.lines] == [
        line.quantity for line in estimate("j", USED, 1000, prices_of(USUAL)).lines
    ]
    assert (made.dollars, made.per_thousand) == (None, None)
    assert made.to_json()["dollars"] is None
    assert [price.dollars for price in prices_of("moon-1").idle.values()] == [None] * 3


def test_each_list_is_of_the_region_it_is_named_after() -> None:
    """A list says its region and day itself, as its file does."""
    assert USUAL in regions()
    for region in regions():
        found = prices_of(region)
        assert found.region == region
        assert date.fromisoformat(found.date).isoformat() == found.date


def test_memory_and_duration_are_what_was_assumed(prices: Prices) -> None:
    """Half the memory costs half of the GB-seconds."""
    lines = [
        next(
            line.quantity
            for line in estimate("j", USED, 10, prices, assumed=assumed).lines
            if line.what == "GB-seconds"
        )
        for assumed in (Assumed(gigabytes=0.5), Assumed(gigabytes=0.25))
    ]

    assert lines[0] == pytest.approx(2 * lines[1])
    assert lines[0] == pytest.approx(0.5 * (20 * 0.06 + 30 * 0.12 + 10 * 0.06 + 60 / 20 * 0.4))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("region: x", "cannot be read"),
        (
            "region: x\ndate: y\nprices: {email: {dollars: 1, per: one, service: SES}}",
            "lacks event, gigabyte_second",
        ),
        ("region: x\ndate: y\nprices: {email: free}", "cannot be read"),
        ("[", "cannot be read"),
    ],
)
def test_a_list_that_is_none_is_refused(text: str, said: str) -> None:
    """What is wrong with a price list is said, with its name."""
    with pytest.raises(AuthorError, match=said) as refused:
        read_prices(text, "mine.yaml")

    assert str(refused.value).startswith("mine.yaml")
