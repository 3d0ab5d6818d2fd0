"""What EventBridge Scheduler begins: a time of day that lets a segment in, and what is left of a wait after a move."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sojourn.adapters.dynamodb import keys
from tests.cloud.test_events import found
from tests.support.cloud import Cloud, eventually
from tests.support.commands import Person, published

ZONE = ZoneInfo("Europe/Berlin")
"""The workspace's."""
LEAD = timedelta(seconds=35)
"""What a publication may take: a time of day that is over by then comes tomorrow."""
MARKET = """\
journey: market
title: Lets in whoever is awaited
topic: news
enter: {{schedule: "daily {at:%H:%M}", segment: awaited}}
steps:
  - exit: was-there
"""
SECOND = """\
journey: walk
title: Was changed while somebody waited in it
topic: news
enter: {on: walk_began, again: always}
steps:
  - {id: sits, wait: 20 hours}
  - exit: new-way
"""
MIGRATION = """\
from: {version}
steps:
  rests: {{move: sits}}
"""


@pytest.fixture(scope="module")
def opens(cloud: Cloud, publisher: Person, workspace: Path) -> datetime:
    """Let somebody be awaited, and a journey begin at a full minute that is soon; give that instant."""
    cloud.put("page_turned", "mia", attributes={"email": "mia@market.example"})
    eventually(lambda: cloud.rows("mia", keys.PROFILE))
    at = (datetime.now(UTC) + LEAD).replace(second=0, microsecond=0) + timedelta(minutes=1)
    files = workspace / "market"
    files.mkdir()
    (files / "journey.yaml").write_text(MARKET.format(at=at.astimezone(ZONE)), encoding="utf-8")
    assert set(published(publisher, files, "From now on there is a market")) == {"market"}
    return at


def test_what_is_left_of_a_wait_comes_to_its_end_after_a_move(
    cloud: Cloud, publisher: Person, workspace: Path, versions: Mapping[str, str], opens: datetime
) -> None:
    """A one-time schedule has it; Scheduler starts the machine that begins at any step, under the schedule's role."""
    files, group = workspace / "walk", cloud.first.outputs["ScheduleGroupName"]
    cloud.put("walk_began", "wim")
    first = cloud.entered("wim", "walk")
    (files / "journey.yaml").write_text(SECOND, encoding="utf-8")
    (files / "migration.yaml").write_text(MIGRATION.format(version=versions["walk"]), encoding="utf-8")

    (second,) = published(publisher, files, "Another way").values()
    moved = eventually(lambda: cloud.run("wim", "walk"), lambda run: run["execution"] != first["execution"])
    waits = eventually(lambda: found(cloud, moved["execution"][-64:], group))
    ended = cloud.ended("wim", "walk")

    assert waits["ScheduleExpression"].startswith("at(")
    assert (ended["version"], ended["exit_reason"]) == (second, "exit:new-way")
    assert found(cloud, moved["execution"][-64:], group) == {}


def test_a_journeys_schedule_lets_the_members_of_its_segment_in(cloud: Cloud, opens: datetime) -> None:
    """At its minute, and not before it, without anybody asking."""
    time.sleep(max(0.0, (opens - datetime.now(UTC)).total_seconds()))

    run = cloud.entered("mia", "market")

    entered = datetime.fromisoformat(run["entered"])
    assert timedelta() <= entered - opens < timedelta(seconds=50)
    assert cloud.ended("mia", "market")["exit_reason"] == "exit:was-there"
