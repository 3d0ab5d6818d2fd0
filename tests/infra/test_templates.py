from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.constructs.naming import FUNCTIONS
from infra.constructs.sources import CHANGES
from infra.settings import SettingsError
from tests.infra.conftest import PARTS, Assembly, synthesised


def only(found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the properties of the one resource there is."""
    (properties,) = found.values()
    return properties


def by_name(found: dict[str, dict[str, Any]], key: str) -> dict[str, dict[str, Any]]:
    """Return resources by their own name."""
    return {str(properties[key]): properties for properties in found.values()}


def test_the_table_loses_nothing(prod: Assembly) -> None:
    """In a stage that is kept, the table is protected, recoverable, encrypted with our key and outlives its stack."""
    made = prod.template("data")["Resources"]
    table = next(one for one in made.values() if one["Type"] == "AWS::DynamoDB::GlobalTable")

    replica = table["Properties"]["Replicas"][0]
    assert replica["DeletionProtectionEnabled"] is True
    assert replica["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert "KMSMasterKeyId" in replica["SSESpecification"]
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_the_table_is_what_the_adapter_reads(dev: Assembly) -> None:
    """Keys, index, expiry and stream are those that `sojourn.adapters.dynamodb` goes by."""
    table = only(dev.resources("data", "AWS::DynamoDB::GlobalTable"))

    index = only({"": table["LocalSecondaryIndexes"][0]})
    assert [key["AttributeName"] for key in table["KeySchema"]] == ["pk", "sk"]
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["pk", "by_name"]
    assert (index["IndexName"], index["Projection"]) == ("by_name", {"ProjectionType": "ALL"})
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table["BillingMode"] == "PAY_PER_REQUEST"


@pytest.mark.parametrize("kind", ["AWS::KMS::Key", "AWS::S3::Bucket", "AWS::DynamoDB::GlobalTable"])
def test_only_a_disposable_stage_can_be_destroyed(dev: Assembly, prod: Assembly, kind: str) -> None:
    """Data goes with the stacks of stage `dev`, and stays with those of `prod`."""

    def policy(assembly: Assembly) -> set[str]:
        made = assembly.template("data")["Resources"].values()
        return {one["DeletionPolicy"] for one in made if one["Type"] == kind}

    assert (policy(dev), policy(prod)) == ({"Delete"}, {"Retain"})


def test_the_bucket_is_closed(dev: Assembly) -> None:
    """Nobody outside gets at the bucket, and nobody without TLS."""
    bucket = only(dev.resources("data", "AWS::S3::Bucket"))
    policy = only(dev.resources("data", "AWS::S3::BucketPolicy"))["PolicyDocument"]["Statement"]

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert any(
        statement["Effect"] == "Deny" and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        for statement in policy
    )
    assert all("ExpirationInDays" in rule for rule in bucket["LifecycleConfiguration"]["Rules"][:2])


def test_every_function_is_alike(dev: Assembly) -> None:
    """Functions run on 64-bit ARM and Python 3.13, are traced, log JSON and use the layers that all need."""
    functions = by_name(dev.resources("engine", "AWS::Lambda::Function"), "FunctionName")

    assert set(functions) == {f"sojourn-dev-{name}" for name in FUNCTIONS}
    for name, function in functions.items():
        folder = name.removeprefix("sojourn-dev-")
        assert function["Handler"] == f"functions.{folder}.handler.lambda_handler"
        assert (function["Runtime"], function["Architectures"]) == ("python3.13", ["arm64"])
        assert function["TracingConfig"] == {"Mode": "Active"}
        assert function["LoggingConfig"]["LogFormat"] == "JSON"
        # One checks and compiles what people write: it has the layer for that, and a whole processor.
        compiles = folder == "operate"
        assert len(function["Layers"]) == (3 if compiles else 2)
        assert function["MemorySize"] == 1769 if compiles else 256 <= function["MemorySize"] <= 512


def test_every_log_forgets(dev: Assembly) -> None:
    """No log is kept for ever, and every function's is named after it."""
    logs = {
        name: log
        for part in PARTS
        for name, log in by_name(dev.resources(part, "AWS::Logs::LogGroup"), "LogGroupName").items()
    }

    assert {log["RetentionInDays"] for log in logs.values()} == {14}
    assert {f"/aws/lambda/sojourn-dev-{name}" for name in FUNCTIONS} < set(logs)


def test_every_queue_keeps_what_fails(dev: Assembly) -> None:
    """Queues are encrypted with our key; what `route` cannot do five times waits for two weeks among the dead."""
    queues = by_name(dev.resources("engine", "AWS::SQS::Queue"), "QueueName")

    dead = {name: queue for name, queue in queues.items() if name.endswith("-dead")}
    assert all("KmsMasterKeyId" in queue for queue in queues.values())
    assert {queue["MessageRetentionPeriod"] for queue in dead.values()} == {1_209_600}
    assert queues["sojourn-dev-events"]["RedrivePolicy"]["maxReceiveCount"] == 5
    allowed = queues["sojourn-dev-events-dead"]["RedriveAllowPolicy"]
    assert allowed["redrivePermission"] == "byQueue"
    assert str(allowed["sourceQueueArns"]).count("sojourn-dev-events") == 1


def test_a_batch_may_take_its_time(dev: Assembly) -> None:
    """A message is invisible for six times as long as `route` may take, as AWS advises."""
    queue = by_name(dev.resources("engine", "AWS::SQS::Queue"), "QueueName")["sojourn-dev-events"]
    route = by_name(dev.resources("engine", "AWS::Lambda::Function"), "FunctionName")["sojourn-dev-route"]

    assert queue["VisibilityTimeout"] >= 6 * route["Timeout"]


def test_what_happened_does_not_come_back_in(dev: Assembly) -> None:
    """The rule lets everything into the queue but what Sojourn tells of itself."""
    rules = by_name(dev.resources("engine", "AWS::Events::Rule"), "Name")

    assert rules["sojourn-dev-inbound"]["EventPattern"] == {
        "source": [{"anything-but": ["sojourn.ledger"]}],
        "detail-type": [{"anything-but": {"prefix": "sojourn."}}],
    }


def test_executions_that_ended_badly_are_heard_of(dev: Assembly) -> None:
    """`close` is told of executions of our own machines that failed, timed out or were aborted, on the default bus."""
    rule = by_name(dev.resources("engine", "AWS::Events::Rule"), "Name")["sojourn-dev-ended"]

    assert "EventBusName" not in rule
    assert rule["EventPattern"]["source"] == ["aws.states"]
    assert rule["EventPattern"]["detail"]["status"] == ["FAILED", "TIMED_OUT", "ABORTED"]
    assert ":stateMachine:sojourn-dev_" in json.dumps(rule["EventPattern"])
    assert "DeadLetterConfig" in rule["Targets"][0]


def test_export_is_not_shown_what_it_writes(dev: Assembly) -> None:
    """The stream is filtered by key, so that counters and records of what was counted wake nobody."""
    mappings = dev.resources("engine", "AWS::Lambda::EventSourceMapping").values()
    stream = next(one for one in mappings if "StartingPosition" in one)

    filters = [json.loads(one["Pattern"]) for one in stream["FilterCriteria"]["Filters"]]
    prefixes = {one["prefix"] for change in filters for one in change["dynamodb"]["Keys"]["sk"]["S"]}
    assert filters == list(CHANGES)
    assert prefixes == {"H#", "A#profile", "A#run#", "S#"}
    assert "DestinationConfig" in stream


def test_every_source_reports_what_failed(dev: Assembly) -> None:
    """One bad record of a batch does not bring the others back."""
    mappings = dev.resources("engine", "AWS::Lambda::EventSourceMapping").values()

    assert len(mappings) >= 3
    assert all(one["FunctionResponseTypes"] == ["ReportBatchItemFailures"] for one in mappings)


def test_every_journey_has_a_machine(dev: Assembly) -> None:
    """Each journey's folder is a state machine, logged and traced, and its registration knows all of them."""
    machines = by_name(dev.resources("journeys", "AWS::StepFunctions::StateMachine"), "StateMachineName")
    registration = only(dev.resources("journeys", "Custom::SojournJourneys"))

    journeys = {"abandoned-cart", "appointment-reminder", "post-purchase", "welcome", "win-back"}
    assert set(machines) == {f"sojourn-dev_{journey}" for journey in journeys}
    assert set(registration["Machines"]) == set(registration["Revisions"]) == journeys
    for machine in machines.values():
        assert set(machine["DefinitionSubstitutions"]) == {"StepFunctionArn", "SendFunctionArn"}
        assert machine["LoggingConfiguration"]["Level"] == "ERROR"
        assert machine["TracingConfiguration"] == {"Enabled": True}


def test_a_registration_knows_what_may_go(dev: Assembly, prod: Assembly) -> None:
    """The workspace is named; what it may take out only where somebody said so."""
    usual, named = (only(one.resources("journeys", "Custom::SojournJourneys")) for one in (dev, prod))

    assert (usual["Workspace"], usual.get("TakeOut")) == ("acme", None)
    assert (named["Workspace"], named.get("TakeOut")) == ("acme", ["trial"])


def test_where_journeys_are_refused_their_alarms_stay(dev: Assembly) -> None:
    """What watches the journeys is deployed after them: a refused deployment takes no alarm of those that go on."""
    manifest = json.loads((dev.folder / "manifest.json").read_text(encoding="utf-8"))["artifacts"]

    assert "Sojourn-dev-journeys" in manifest["Sojourn-dev-observability"]["dependencies"]


@pytest.mark.parametrize("name", ["welcome", "acme"])
def test_what_stays_is_not_to_be_taken_out(tmp_path: Path, name: str) -> None:
    """Somebody names what is to go while its folder is still there: one of the two is a mistake."""
    with pytest.raises(SettingsError, match=f"take_out {name}: it is in the workspace"):
        synthesised(tmp_path, take_out=(name, "trial"))


def test_the_placeholders_of_a_definition_are_filled(dev: Assembly) -> None:
    """A definition that is uploaded names nothing but the placeholders that CloudFormation fills."""
    assets = [path.read_text() for path in dev.folder.glob("asset.*.json")]
    # That of audiences is another machine than a journey's.
    definitions = [
        text for text in assets if '"StartAt"' in text and '"format"' not in text and '"Map"' not in text
    ]

    left = {part.split("}")[0] for text in definitions for part in text.split("${")[1:]}
    assert len(definitions) == 5
    assert left == {"StepFunctionArn", "SendFunctionArn"}


def test_every_alarm_wakes_somebody(prod: Assembly) -> None:
    """Every alarm says what has happened, tells the topic, and tells it when all is well; the topic has a reader."""
    alarms = prod.resources("observability", "AWS::CloudWatch::Alarm").values()
    topic = only(prod.resources("observability", "AWS::SNS::Subscription"))

    assert topic["Endpoint"] == "ops@acme.example"
    for alarm in alarms:
        assert len(alarm["AlarmDescription"].split()) > 5
        assert alarm["AlarmActions"] == alarm["OKActions"] != []
        assert alarm["TreatMissingData"] == "notBreaching"


def test_what_is_watched_exists(dev: Assembly) -> None:
    """Alarms know queues, functions, machines and streams by name only, so every such name is one that is deployed."""
    there = {
        str(properties.get(key))
        for part in PARTS
        for kind, key in (
            ("AWS::SQS::Queue", "QueueName"),
            ("AWS::Lambda::Function", "FunctionName"),
            ("AWS::DynamoDB::GlobalTable", "TableName"),
            ("AWS::KinesisFirehose::DeliveryStream", "DeliveryStreamName"),
        )
        for properties in dev.resources(part, kind).values()
    }
    watched = {
        dimension["Value"]
        for alarm in dev.resources("observability", "AWS::CloudWatch::Alarm").values()
        for dimension in alarm.get("Dimensions", [])
        if dimension["Name"] in {"QueueName", "FunctionName", "TableName", "DeliveryStreamName"}
    }

    assert watched == there
    assert len(there) == 10 + len(FUNCTIONS) + 1 + 1


def test_expected_errors_ring_no_alarm(dev: Assembly) -> None:
    """What a function raises for its state machine to hear is left out of the count of unexpected errors."""
    filters = dev.resources("engine", "AWS::Logs::MetricFilter").values()
    logged = [one["FilterPattern"] for one in filters if "$.level" in one["FilterPattern"]]

    assert len(logged) == len(FUNCTIONS)
    for pattern in logged:
        for name in ("SendHeld", "RunParked", "RunEnded", "Conflict", "Throttled", "TransientError"):
            assert f'($.errorType != "{name}")' in pattern


def test_nothing_is_deployed_for_the_embedded_aws_that_it_lacks(local: Assembly, dev: Assembly) -> None:
    """There functions run by a bootstrap without layers, no archive is kept, and plain HTTP is let in."""

    def kinds(assembly: Assembly) -> set[str]:
        return {one["Type"] for part in PARTS for one in assembly.template(part)["Resources"].values()}

    functions = local.resources("engine", "AWS::Lambda::Function").values()
    assert kinds(dev) - kinds(local) == {
        "AWS::Events::Archive",
        "AWS::Lambda::LayerVersion",
        "AWS::S3::BucketPolicy",
    }
    assert kinds(local) - kinds(dev) == set()
    assert {function["Runtime"] for function in functions} == {"provided.al2023"}
    assert all("SOJOURN_LAYERS" in function["Environment"]["Variables"] for function in functions)


def test_stacks_say_where_things_are(dev: Assembly) -> None:
    """Operators and tests find names and addresses among the stacks' outputs."""
    told = {
        part: {name for name in dev.template(part)["Outputs"] if not name.startswith("Exports")}
        for part in PARTS
    }

    assert told["data"] == {"TableName", "KeyArn", "BucketName", "DeliveryStreamName", "DatabaseName"}
    assert told["engine"] == {
        "BusName", "EventsQueueUrl", "EventsDeadUrl", "ExportDeadUrl", "CloseDeadUrl", "SchedulesDeadUrl",
        "ScheduleGroupName", "SigningSecretName", "LinksUrl", "LinksFunctionUrl", "TrackingUrl", "FeedbackTopicArn",
        "FeedbackQueueUrl", "FeedbackDeadUrl", "SweepsQueueUrl", "SweepsDeadUrl",
        "ControlUrl", "OperationsQueueUrl", "OperationsDeadUrl", "UploadsBucketName",
        "ViewerPolicyArn", "EditorPolicyArn", "PublisherPolicyArn", "AdminPolicyArn",
    }  # fmt: skip
    assert "AbandonedCartArn" in told["journeys"]
    assert told["observability"] == {"AlarmTopicArn", "DashboardName"}
