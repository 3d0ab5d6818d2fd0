from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from sojourn.adapters.dynamodb import keys
from sojourn.adapters.webhooks.signature import shown_key
from sojourn.aws_runtime import exporting, telling
from sojourn.aws_runtime.secrets import keys_in
from sojourn.aws_runtime.stream_batches import BatchOutcome
from tests.docs.deployed import functions, names, template
from tests.docs.pages import DOCS, ROOT, blocks, read
from tests.support.aws_table import aws_table

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


def test_only_one_queue_can_be_redriven() -> None:
    """The page says that SQS moves messages back for events alone: the other queues are nobody's dead letters."""
    redriven = [
        one["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]
        for one in template("engine")["Resources"].values()
        if one["Type"] == "AWS::SQS::Queue" and "RedrivePolicy" in one["Properties"]
    ]

    assert len(redriven) == 1


def test_every_function_has_a_row_for_when_something_is_down() -> None:
    """Nobody has to guess what a function does without what it needs."""
    assert first_cells("When something is down") - {"call"} == set(functions())


def test_every_metric_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """What functions count, in whatever way, stands in the table, and nothing else."""
    exporting.tell(BatchOutcome(1, 1, 1, [("e", "ValueError")], 1, None))
    counted = {name for line in capsys.readouterr().out.splitlines() for name in metrics_of(line)}
    counted |= {
        name for path in RUNTIME.glob("link*.py") for name in re.findall(r'count\("(\w+)"', read(path))
    }
    counted |= {*telling.OF_MESSAGES.values(), *telling.OF_RUNS.values(), *telling.OF_MESSAGES_IN.values()}

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
        yield client


def test_a_customer_is_exported_as_the_page_shows(table: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """What is shown writes everything about a customer as JSON."""
    run(shown("export_customer"))

    assert json.loads(capsys.readouterr().out)["profile"]["email"] == "ana@example.com"


def test_a_customer_is_erased_as_the_page_shows(table: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """What is shown leaves no row, and says where else to look."""
    run(shown("erase_customer"))

    assert table.scan(TableName="sojourn-dev")["Items"] == []
    assert "providers: " in capsys.readouterr().out


def test_the_secret_is_changed_in_two_steps(capsys: pytest.CaptureFixture[str]) -> None:
    """First the new key is known and the old one signs; then the new one signs, and the old one is still read."""
    with mock_aws():
        client = boto3.client("secretsmanager")
        client.create_secret(Name=SECRET, SecretString="as-the-first-deployment-made-it")
        found = []
        for _ in range(3):
            run(shown("token_bytes"))
            found.append(keys_in(client.get_secret_value(SecretId=SECRET)["SecretString"]))
        run(shown("shown_key"))

    assert [(one.current, list(one.secrets)) for one in found] == [
        ("0", ["0", "1"]), ("1", ["0", "1"]), ("1", ["0", "1", "2"]),
    ]  # fmt: skip
    assert found[1].secrets["0"] == b"as-the-first-deployment-made-it"
    assert capsys.readouterr().out.splitlines()[-1] == shown_key(found[2].secrets["1"])
