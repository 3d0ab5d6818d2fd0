from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from sojourn.adapters.dynamodb.sources import DynamoSources
from sojourn.application.sources import EVENTS, RIGHTS, key_digest
from tests.cli.conftest import Sojourn
from tests.support.aws_deployment import Deployed, aws_deployment
from tests.support.aws_table import REGION, items
from tests.support.controlled import controlled

WHERE = ("--region", REGION)


@pytest.fixture
def deployed() -> Iterator[Deployed]:
    with aws_deployment() as found, controlled(found):
        yield found


def test_a_source_is_added_and_its_key_is_shown_once(sojourn: Sojourn, deployed: Deployed) -> None:
    """The key is the answer; what to do with it stands beside it, and the table has a hash."""
    answer = sojourn("sources", "add", "web", *WHERE)

    key = answer.out.strip()
    source = DynamoSources(deployed.dynamodb, deployed.table).find(str(key_digest(key)))
    assert answer.status == 0
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", key)
    assert "not shown again" in answer.err
    assert source is not None
    assert (source.name, source.rights) == ("web", {"events"})
    assert key not in str(items(deployed.dynamodb, deployed.table))
    assert key not in sojourn("sources", "list", "--json", *WHERE).out


def test_no_two_keys_are_the_same(sojourn: Sojourn, deployed: Deployed) -> None:
    """They are random."""
    assert sojourn("sources", "add", "a", *WHERE).out != sojourn("sources", "add", "b", *WHERE).out


def test_rights_are_given_one_by_one(sojourn: Sojourn, deployed: Deployed) -> None:
    """A list, and JSON for programs."""
    added = sojourn("sources", "add", "crm", "--right", "merge", "--right", "tasks", "--json", *WHERE)
    sojourn("sources", "add", "app", *WHERE)

    listed = sojourn("sources", "list", *WHERE).out.splitlines()
    assert json.loads(added.out)["rights"] == ["events", "merge", "tasks"]
    assert set(json.loads(added.out)) == {"name", "rights", "since", "write_key"}
    assert [line.split()[0] for line in listed] == ["app", "crm"]
    assert listed[1].endswith("events, merge, tasks")


@pytest.mark.parametrize("right", sorted(RIGHTS.keys() - {EVENTS}))
def test_every_right_can_be_given(sojourn: Sojourn, deployed: Deployed, right: str) -> None:
    """And stands in the help text."""
    assert sojourn("sources", "add", "x", "--right", right, *WHERE).status == 0
    assert right in sojourn("sources", "add", "--help").out


def test_a_source_is_revoked(sojourn: Sojourn, deployed: Deployed) -> None:
    """Its rows are gone; a second time there is none."""
    sojourn("sources", "add", "web", *WHERE)

    answer = sojourn("sources", "revoke", "web", *WHERE)

    assert (answer.status, answer.out) == (0, "web is revoked: its key is refused within 30 seconds.\n")
    assert not [row for row in items(deployed.dynamodb, deployed.table) if "#source" in row["pk"]["S"]]
    again = sojourn("sources", "revoke", "web", *WHERE)
    assert (again.status, "no source" in again.err) == (1, True)


def test_what_is_wrong_is_said(sojourn: Sojourn, deployed: Deployed) -> None:
    """A name that is taken or none, a right that there is not, a deployment that is not there."""
    sojourn("sources", "add", "web", *WHERE)

    answers = [
        sojourn("sources", "add", "web", *WHERE),
        sojourn("sources", "add", "Web Shop", *WHERE),
        sojourn("sources", "add", "app", "--right", "sudo", *WHERE),
        sojourn("sources", "list", "--stage", "prod", *WHERE),
    ]

    assert [answer.status for answer in answers] == [1, 1, 2, 2]
    assert all(answer.out == "" for answer in answers)


def test_nobody_is_there_yet(sojourn: Sojourn, deployed: Deployed) -> None:
    """It is said what to do; JSON says nothing else."""
    assert "sojourn sources add" in sojourn("sources", "list", *WHERE).err
    assert json.loads(sojourn("sources", "list", "--json", *WHERE).out) == []
