from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Sojourn, change

FEW = ("--sample", "60", "--days", "14", "--seed", "7")


def test_the_estimate_is_a_table_by_service(shop: Path, sojourn: Sojourn) -> None:
    """It ends with the sum, what a thousand customers cost, and what it was measured with."""
    answer = sojourn("cost", "journeys/welcome", "--customers", "10000", *FEW)

    assert answer.status == 0, answer.err
    assert answer.out.startswith("welcome: 10,000 customers")
    assert [
        word in answer.out for word in ("Step Functions", "DynamoDB", "SES", "per thousand customers")
    ] == [True] * 4
    assert "of 60 made-up customers in 14 days; prices of us-east-1" in answer.err


def test_json_has_the_same_numbers(shop: Path, sojourn: Sojourn) -> None:
    """`--json` is for programs: lines, their sum, and for what region and day the prices are."""
    answer = sojourn("cost", "journeys/welcome", "--customers", "2000", "--json", *FEW)

    data = json.loads(answer.out)
    assert abs(sum(line["dollars"] or 0 for line in data["lines"]) - data["dollars"]) < 1e-4
    assert abs(data["per_thousand"] - data["dollars"] / 2) < 1e-4
    assert (data["journey"], data["region"], data["prices_of"]) == ("welcome", "us-east-1", "2026-11-21")


def test_a_workspace_of_several_journeys_is_no_journey(shop: Path, sojourn: Sojourn) -> None:
    """Asked about what is not one journey's folder, it says so and exits with 2."""
    answer = sojourn("cost", "journeys/welcome/messages", *FEW)

    assert answer.status == 2


def test_a_price_list_of_ones_own(shop: Path, sojourn: Sojourn) -> None:
    """`--prices` takes another list; one that lacks a price is refused by name."""
    Path("mine.yaml").write_text("region: moon\ndate: 2026-01-01\nprices: {}\n", encoding="utf-8")

    answer = sojourn("cost", "journeys/welcome", "--prices", "mine.yaml", *FEW)

    assert answer.status != 0
    assert "mine.yaml lacks email" in answer.err


def test_errors_stop_it(shop: Path, sojourn: Sojourn) -> None:
    """With errors in the workspace nothing is worked out."""
    change(shop / "welcome" / "journey.yaml", "send: hello", "send: helo")

    answer = sojourn("cost", "journeys/welcome", *FEW)

    assert (answer.status, answer.out) == (1, "")
    assert answer.err.endswith("nothing was worked out\n")


def test_a_price_must_be_a_number(shop: Path, sojourn: Sojourn) -> None:
    """`--sms cheap` is wrong usage."""
    answer = sojourn("cost", "journeys/welcome", "--sms", "cheap", *FEW)

    assert answer.status == 2
    assert "no price" in answer.err
