from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from infra.local_cloud.deployment import STAGE, DeploymentFailed
from sojourn.adapters.dynamodb.counters import under_way
from tests.cloud.conftest import WORKSPACE
from tests.support.cloud import Cloud, eventually

STACKS = ("data", "engine", "journeys", "observability")


def revision(cloud: Cloud) -> int:
    """Return the registry's revision."""
    return int(cloud.row("G#catalogue", "head")["revision"]["N"])


def versions(cloud: Cloud) -> Mapping[str, list[str]]:
    """Return the published versions of every machine, by its name."""
    states = cloud.client("stepfunctions")
    return {
        machine["name"]: [
            one["stateMachineVersionArn"]
            for one in states.list_state_machine_versions(stateMachineArn=machine["stateMachineArn"])[
                "stateMachineVersions"
            ]
        ]
        for machine in states.list_state_machines()["stateMachines"]
    }


def changed(folder: Path, old: str, new: str) -> Path:
    """Return a copy of the workspace in which the journey `trial` reads otherwise."""
    copy = shutil.copytree(WORKSPACE, folder / "workspace")
    journey = copy / "trial" / "journey.yaml"
    text = journey.read_text(encoding="utf-8")
    assert old in text
    journey.write_text(text.replace(old, new), encoding="utf-8")
    return copy


def trial(cloud: Cloud, customer: str) -> dict[str, Any]:
    """Let a customer begin a trial; return the run when it waits."""
    cloud.put("trial_began", customer, {"plan": "pro"})
    cloud.waits(customer, "signal")
    return cloud.run(customer, "trial")


def test_a_second_deployment_changes_nothing(cloud: Cloud) -> None:
    """`cdk` has nothing to do in any stack, and neither registry nor machines move."""
    before = (revision(cloud), versions(cloud))

    said = cloud.deploy(WORKSPACE).said

    unchanged = [stack for stack in STACKS if f"Sojourn-{STAGE}-{stack} (no changes)" in said]
    assert list(STACKS) == unchanged
    assert before == (revision(cloud), versions(cloud))


def test_a_journey_that_customers_are_in_is_not_taken_out(cloud: Cloud, tmp_path: Path) -> None:
    """The deployment fails and says what to do; CloudFormation goes back, the run goes on, and others may enter."""
    trial(cloud, "rita")
    eventually(lambda: under_way(cloud.client("dynamodb"), cloud.table, "trial"))
    machines = set(versions(cloud))
    without = shutil.copytree(WORKSPACE, tmp_path / "workspace")
    shutil.rmtree(without / "trial")

    with pytest.raises(DeploymentFailed, match="--context take_out=trial "):
        cloud.deploy(without)

    (stack,) = cloud.client("cloudformation").describe_stacks(StackName=f"Sojourn-{STAGE}-journeys")["Stacks"]
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert machines == set(versions(cloud))
    cloud.put("trial_went_on", "rita")
    assert cloud.ended("rita", "trial")["exit_reason"] == "exit:first-version"
    assert trial(cloud, "saul")["journey"] == "trial"


def test_a_changed_journey_is_for_those_who_enter_later(cloud: Cloud, tmp_path: Path) -> None:
    """Who waits in the old version ends as it says; who enters afterwards ends as the new one says."""
    early = trial(cloud, "olga")
    before = revision(cloud), versions(cloud)

    said = cloud.deploy(changed(tmp_path, "exit: first-version", "exit: second-version")).said
    late = trial(cloud, "nils")
    for customer in ("olga", "nils"):
        cloud.put("trial_went_on", customer)

    assert cloud.ended("olga", "trial")["exit_reason"] == "exit:first-version"
    assert cloud.ended("nils", "trial")["exit_reason"] == "exit:second-version"
    assert early["version"] != late["version"]
    unchanged = {stack for stack in STACKS if f"Sojourn-{STAGE}-{stack} (no changes)" in said}
    assert {"data", "engine", "observability"} == unchanged
    assert before[0] + 1 == revision(cloud)
    name = f"sojourn-{STAGE}_trial"
    machine = cloud.row("G#journey#trial", f"v#{late['version']}")["machine"]["S"]
    assert [machine] == sorted(set(versions(cloud)[name]) - set(before[1][name]))


def test_a_machine_that_goes_takes_its_versions_along(cloud: Cloud) -> None:
    """So nobody takes one of them for there, and starts an execution that cannot run."""
    states = cloud.client("stepfunctions")
    role = cloud.client("iam").list_roles()["Roles"][0]["Arn"]
    definition = '{"StartAt": "over", "States": {"over": {"Type": "Succeed"}}}'
    made = states.create_state_machine(name="gone", definition=definition, roleArn=role, publish=True)

    states.delete_state_machine(stateMachineArn=made["stateMachineArn"])

    with pytest.raises(states.exceptions.StateMachineDoesNotExist):
        states.describe_state_machine(stateMachineArn=made["stateMachineVersionArn"])
    with pytest.raises(states.exceptions.StateMachineDoesNotExist):
        states.start_execution(stateMachineArn=made["stateMachineVersionArn"])
