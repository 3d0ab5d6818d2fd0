"""One deployment on the embedded AWS for all tests of this folder; each uses customers of its own."""

from __future__ import annotations

import json
import shutil
import signal
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from infra.local_cloud.deployment import bootstrap, client, deploy, layer
from infra.local_cloud.emulator import ACCOUNT, REGION, Emulator, emulator
from infra.local_cloud.recorder import recorder
from tests.support import told_stage
from tests.support.cloud import Cloud
from tests.support.commands import HEARD, Person, person, published

HERE = Path(__file__).parent
WORKSPACE = HERE / "workspace"
LAST = ("test_audiences.py", "test_permissions.py")
"""The first leaves thousands of runs, which every look at the table would pass; the second asks about all calls."""
WAIT_SCALE = 0.001
"""Half an hour takes 1.8 seconds; a state machine's second attempt comes at once."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what is here, keep it in one process, and ask last, and only of all, what all of it answers together."""
    ours = [item for item in items if item.path.is_relative_to(HERE)]
    for item in ours:
        item.add_marker(pytest.mark.cloud)
        item.add_marker(pytest.mark.xdist_group("cloud"))
    last = [HERE / name for name in LAST]
    items.sort(key=lambda item: last.index(item.path) + 1 if item.path in last else 0)
    if {item.path for item in ours} != set(HERE.glob("test_*.py")):
        alone = [item for item in ours if item.name == "test_every_permission_is_used"]
        config.hook.pytest_deselected(items=alone)
        items[:] = [item for item in items if item not in alone]


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """Give a deployment of the workspace beside this file."""
    # Whoever ends the tests with a signal ends what they started, too.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = tmp_path_factory.mktemp("cloud")
    log = folder / "calls.jsonl"
    watched = {**told_stage.settings(folder), "SOJOURN_CALLS_LOG": str(log)}
    try:
        with (
            recorder() as recorded,
            emulator(folder, wait_scale=WAIT_SCALE, settings={**recorded.settings, **watched}) as emulated,
        ):
            layer()
            bootstrap(emulated)
            surroundings(emulated)
            cloud = Cloud(emulated, recorded, deploy(emulated, WORKSPACE), log)
            cloud.heard = listening(cloud)
            yield cloud
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the workspace as somebody has it who publishes: its settings, and journeys that nobody deployed."""
    copy = Path(shutil.copytree(HERE / "published", tmp_path_factory.mktemp("publishing") / "journeys"))
    for name in ("workspace.yaml", "segments.yaml"):
        shutil.copy2(WORKSPACE / name, copy / name)
    return copy


@pytest.fixture(scope="session")
def publisher(cloud: Cloud) -> Person:
    """Give somebody with the policy for publishers."""
    return person(cloud, "publisher")


@pytest.fixture(scope="session")
def versions(publisher: Person, workspace: Path) -> Mapping[str, str]:
    """Publish all of that at once; give each journey's version, when every function knows of them."""
    made = published(publisher, workspace, "The first of their kind")
    time.sleep(HEARD)
    return made


def surroundings(emulated: Emulator) -> None:
    """Make what an account has before Sojourn comes: as whom it sends."""
    ses = client(emulated, "sesv2")
    ses.create_email_identity(EmailIdentity="hello@acme.example")
    ses.create_configuration_set(ConfigurationSetName="acme")
    client(emulated, "sns").create_platform_application(
        Name="acme", Platform="GCM", Attributes={"PlatformCredential": "made up"}
    )


def listening(cloud: Cloud) -> str:
    """Listen on the bus as another system would; return the queue it comes to."""
    queue = cloud.client("sqs").create_queue(QueueName="heard")["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:heard"
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
    }
    policy = {"Version": "2012-10-17", "Statement": [{**allowed, "Resource": arn}]}
    cloud.client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(policy)})
    bus = cloud.first.outputs["BusName"]
    events = cloud.client("events")
    events.put_rule(Name="heard", EventBusName=bus, EventPattern=json.dumps({"source": ["sojourn.ledger"]}))
    events.put_targets(Rule="heard", EventBusName=bus, Targets=[{"Id": "heard", "Arn": arn}])
    return str(queue)
