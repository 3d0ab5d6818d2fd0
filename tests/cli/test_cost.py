from __future__ import annotations

import json
from pathlib import Path

from sojourn.adapters.dynamodb.catalogue import DynamoCatalogue
from sojourn.adapters.dynamodb.counters import DynamoCounters
from sojourn.application.counting import Counted, Place
from sojourn.aws_runtime.clock import SystemClock
from tests.cli.conftest import Sojourn, change
from tests.support.aws_deployment import Deployed

FEW = ("--sample", "60", "--days", "14", "--seed", "7")


def test_the_estimate_is_a_table_by_service(shop: Path, sojourn: Sojourn) -> None:
    """It ends with the sum, what a thousand customers cost, and what it was measured with."""
    answer = sojourn("cost", "journeys/welcome", "--customers", "10000", *FEW)

    assert answer.status == 0, answer.err
    assert answer.out.startswith("welcome: 10,000 customers\n")
    assert [
        word in answer.out for word in ("Step Functions", "DynamoDB", "SES", "per thousand customers")
    ] == [True] * 4
    assert "prices of us-east-1, 2026-11-21" in answer.out
    assert "without a price, and not in the sum: 0.0" in answer.out
    assert "of 60 made-up customers in 14 days" in answer.err


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


def test_a_region_that_has_no_prices_is_said_so(shop: Path, sojourn: Sojourn) -> None:
    """Quantities without dollars, in words and in JSON; our list of another region is taken where it is asked for."""
    answer = sojourn("cost", "journeys/welcome", "--region", "eu-central-1", *FEW)
    told = sojourn("cost", "journeys/welcome", "--region", "eu-central-1", "--json", *FEW)
    asked = sojourn("cost", "journeys/welcome", "--region", "eu-central-1", "--prices", "us-east-1", *FEW)

    assert answer.status == told.status == asked.status == 0
    assert "no prices of eu-central-1 are known here, and none are guessed" in answer.out
    assert "$" not in answer.out
    data = json.loads(told.out)
    assert (data["region"], data["prices_of"], data["dollars"], data["per_thousand"]) == ("eu-central-1",) + (
        None,
    ) * 3
    assert {line["dollars"] for line in data["lines"]} == {None}
    assert "prices of us-east-1, 2026-11-21" in asked.out
    assert "eu-central-1 is charged otherwise" in asked.out


def measured(deployed: Deployed, version: str | None = None) -> str:
    """Count what 200 customers did: everybody waits, half of them get the first message; return the version."""
    live = DynamoCatalogue(deployed.dynamodb, deployed.table).current("welcome")
    assert live is not None
    version = version or live.version
    DynamoCounters(deployed.dynamodb, deployed.table, SystemClock()).count([
        Counted("measured", {
            Place("welcome", version): {"entered": 200, "active": 20, "completed": 180},
            Place("welcome", version, "hello"): {"passed": 200, "sent": 100, "sent.email": 100},
        })
    ])  # fmt: skip
    return version


def test_what_a_deployment_measured_stands_beside_it(shop: Path, dev: Deployed, sojourn: Sojourn) -> None:
    """Runs, messages and steps as it counted them, with the version, and where the difference comes from."""
    version = measured(dev)

    answer = sojourn("cost", "journeys/welcome", "--stage", "dev", "--prices", "us-east-1", *FEW)
    told = sojourn("cost", "journeys/welcome", "--stage", "dev", "--prices", "us-east-1", "--json", *FEW)

    assert answer.status == 0, answer.err
    assert (
        f"measured: 200 runs in dev (us-east-1), version {version}, as in these files; 20 have" in answer.out
    )
    assert "the difference: less than in the simulation, most of it at" in answer.out
    data = json.loads(told.out)["measured"]
    assert (data["runs"], data["under_way"], data["versions"]) == (200, 20, [version])
    assert data["per_customer"] == {"steps": 1, "messages": {"email": 0.5}, "passed": {"hello": 1}}
    (emails,) = [line for line in data["lines"] if line["what"] == "emails"]
    assert emails == {"service": "SES", "what": "emails", "quantity": 500, "dollars": 0.08}


def test_another_version_is_named(shop: Path, dev: Deployed, sojourn: Sojourn) -> None:
    """Where nobody entered the version of the files, what was measured is of others, and that is said."""
    measured(dev, "aaaaaaaaaaaa")

    answer = sojourn("cost", "journeys/welcome", "--stage", "dev", *FEW)

    assert "version aaaaaaaaaaaa, not as in these files" in answer.out


def test_nobody_entered_yet(shop: Path, dev: Deployed, sojourn: Sojourn) -> None:
    """Without anything measured the simulation stands alone, and that is said."""
    answer = sojourn("cost", "journeys/welcome", "--stage", "dev", *FEW)

    assert answer.status == 0, answer.err
    assert "measured: nobody has entered welcome in dev (us-east-1) yet" in answer.out


def test_a_deployment_that_is_not_there(shop: Path, dev: Deployed, sojourn: Sojourn) -> None:
    """A stage that was never deployed is said before anything is simulated."""
    answer = sojourn("cost", "journeys/welcome", "--stage", "prod", *FEW)

    assert (answer.status, answer.out) == (2, "")
    assert 'there is no deployment "prod"' in answer.err
