from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from sojourn.adapters.dynamodb import keys
from sojourn.adapters.links.rotation import KEY_BYTES, rotated
from sojourn.adapters.webhooks.signature import shown_key
from sojourn.aws_runtime import exporting, feedback, sweeping, telling
from sojourn.aws_runtime.stream_batches import BatchOutcome
from sojourn.cli.main import main
from tests.docs.deployed import functions, names, template
from tests.docs.pages import DOCS, ROOT, blocks, read
from tests.support.aws_deployment import created_stack
from tests.support.aws_table import aws_table
from tests.support.control_gateway import control_gateway
from tests.support.control_room import ControlRoom

PAGE = DOCS / "operations.md"
RUNTIME = ROOT / "layers/engine/python/sojourn/aws_runtime"
SECRET = "sojourn-dev/signing"


def section(title: str) -> str:
    """Return what stands below a heading of the second level."""
    return read(PAGE).partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def first_cells(title: str) -> set[str]:
    """Return what is set as code in the first cells of a section's tables."""
    rows = re.findall(r"^\| ([^|]*`[^|]*) \|", section(title), re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


def shown(word: str) -> str:
    """Return the one block of Python that has a word."""
    (block,) = (block for block in blocks(PAGE, "python") if word in block.text)
    return block.text


def test_every_alarm_is_explained() -> None:
    """What rings stands in the table, and nothing else; an alarm of each journey stands for all."""
    rings = names("AWS::CloudWatch::Alarm", "AlarmName")
    of_journeys = {name for name in rings if re.fullmatch(r"journey-.+-failed", name)}

    assert of_journeys
    told = first_cells("Alarms") - {"sojourn-dev-…"}
    assert told == rings - of_journeys | {"journey-<journey>-failed"}
    assert f"there are {len(rings)} alarms" in " ".join(section("While nothing happens").split())


def test_every_queue_of_dead_letters_is_explained() -> None:
    """Whatever may lie somewhere has a row that says how it gets out."""
    dead = {f"sojourn-dev-{name}" for name in names("AWS::SQS::Queue", "QueueName") if name.endswith("-dead")}

    assert first_cells("Dead letters") == dead


def test_four_queues_can_be_redriven() -> None:
    """SQS moves messages back to where they came from for these: the other queues are nobody's dead letters."""
    redriven = [
        one["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]
        for one in template("engine")["Resources"].values()
        if one["Type"] == "AWS::SQS::Queue" and "RedrivePolicy" in one["Properties"]
    ]

    names = [re.sub(r"Queues|Dead.*", "", one["Fn::GetAtt"][0]).lower() for one in redriven]
    assert sorted(names) == ["events", "feedback", "operations", "sweeps"]
    for name in names:
        assert f"`sojourn-dev-{name}-dead` |" in read(PAGE)


def test_every_function_has_a_row_for_when_something_is_down() -> None:
    """Nobody has to guess what a function does without what it needs."""
    assert first_cells("When something is down") - {"call"} == set(functions())


def test_every_metric_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """What functions count, in whatever way, stands in the table, and nothing else."""
    exporting.tell(BatchOutcome(1, 1, 1, [("e", "ValueError")], 1, None))
    sweeping.tell(sweeping.Told("complete", 1, 1, 1))
    counted = {name for line in capsys.readouterr().out.splitlines() for name in metrics_of(line)}
    counted |= {
        name
        for path in (
            *RUNTIME.glob("links/*.py"),
            *RUNTIME.glob("tracking/*.py"),
            *RUNTIME.glob("api/*.py"),
            *RUNTIME.glob("publishing/*.py"),
            *RUNTIME.glob("audience/*.py"),
            RUNTIME / "feedback.py",
        )
        for name in re.findall(r'(?:count\(|(?:QUEUED|REFUSED|FAILED) = )"(\w+)"', read(path))
    }
    counted |= {*feedback.OF_OUTCOMES.values()}
    counted |= {*telling.OF_MESSAGES.values(), *telling.OF_RUNS.values(), *telling.OF_MESSAGES_IN.values()}
    counted |= {telling.LEFT_OUT, telling.CROWDED}

    listed = {re.sub(r"-.*", "", name) for name in first_cells("Metrics")}

    assert listed == counted | {"UnexpectedErrors"}


def metrics_of(line: str) -> Iterator[str]:
    """Yield the metrics of a line in CloudWatch's embedded format; none of any other."""
    told = json.loads(line).get("_aws", {"CloudWatchMetrics": []})
    for group in told["CloudWatchMetrics"]:
        yield from (metric["Name"] for metric in group["Metrics"])


def run(text: str) -> None:
    """Run what a page shows."""
    exec(compile(text, "operations.md", "exec"), {})


@pytest.fixture
def table() -> Iterator[Any]:
    """The table of stage `dev`, with a customer in it."""
    with aws_table("sojourn-dev") as (client, name):
        row = {"pk": {"S": keys.customer("c-42")}, "sk": {"S": keys.PROFILE}, "revision": {"N": "1"},
               "data": {"S": '{"id": "c-42", "email": "ana@example.com"}'}}  # fmt: skip
        client.put_item(TableName=name, Item=row)
        created_stack("data", {"TableName": name})
        with control_gateway(ControlRoom(client, name)) as gateway:
            created_stack("engine", {"ControlUrl": gateway.url})
            yield client


def test_a_customer_is_exported_and_erased_as_the_page_shows(table: Any, tmp_path: Path) -> None:
    """What is shown writes everything about a customer as JSON, and leaves no row but the history's, without the id."""
    export, erase = re.findall(r"^sojourn (customer \w+ .*)$", section("A customer's data"), re.MULTILINE)
    file = tmp_path / "c-42.json"

    statuses = [
        main(shlex.split(export.replace("c-42.json", str(file)))), main(["customer", *shlex.split(erase)[1:], "--yes"]),
    ]  # fmt: skip

    assert statuses == [0, 0]
    identities = json.loads(file.read_text(encoding="utf-8"))["identities"]
    assert [one["value"] for one in identities if one["kind"] == "email"] == ["ana@example.com"]
    left = table.scan(TableName="sojourn-dev")["Items"]
    assert {row["pk"]["S"].partition("#")[0] for row in left} == {"G"}
    assert "c-42" not in str(left)


def test_receivers_of_webhooks_get_the_key_that_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    """After the secret was changed as the page says, what it shows is made of the new key."""
    assert "sojourn links rotate\n" in read(PAGE)
    made = rotated("as-the-first-deployment-made-it", b"k" * KEY_BYTES, datetime(2026, 3, 6, tzinfo=UTC))
    with mock_aws():
        boto3.client("secretsmanager").create_secret(Name=SECRET, SecretString=made.text)
        run(shown("shown_key"))

    assert capsys.readouterr().out.splitlines()[-1] == shown_key(b"k" * KEY_BYTES)
