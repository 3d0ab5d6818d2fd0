"""Random journeys and histories tell the same story on our interpreter and on moto's.

Where two paths of a `parallel` act for one customer at the same instant, their order is nobody's promise and what
one does (using up a cap, say) can change the other: such stories are passed over.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, assume, given, note, settings

from sojourn.local.deployment import deploy
from sojourn.local.scenario import play
from tests.differential.journeys.agreement import story, story_on
from tests.support.journey_strategies import Written, histories, journeys, scenario_of, workspace_of

if TYPE_CHECKING:
    from sojourn.domain.journey.flow import Flow
    from sojourn.local.scenario import Played
    from tests.support.moto_world import MotoWorlds

EXAMPLES = 12
"""Each takes moto a second or two; a hunt sets it higher by hand."""
SUPPRESSED = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]


def is_open(played: Played, flow: Flow) -> bool:
    """Say whether the order of two paths side by side matters somewhere in a story."""
    lanes: dict[tuple[Any, ...], set[tuple[tuple[str, str], ...]]] = defaultdict(set)
    for one in played.trace:
        node = flow.nodes.get(one.step)
        if one.journey == "drawn" and node is not None:
            lanes[(one.customer, one.at)].add(node.inside)
    return any(
        not _on_one_way(first, second) for found in lanes.values() for first in found for second in found
    )


def _on_one_way(first: tuple[Any, ...], second: tuple[Any, ...]) -> bool:
    shared = min(len(first), len(second))
    return first[:shared] == second[:shared]


@given(journeys(room=8), histories(days=5, most=8))
@settings(max_examples=EXAMPLES, suppress_health_check=SUPPRESSED, deadline=None)
def test_the_interpreters_agree(moto: MotoWorlds, drawn: tuple[Written, str], history: Written) -> None:
    """The same happenings at the same times for the same reasons, whatever is written and whatever happens."""
    project = workspace_of(drawn[0])
    deployment, scenario = deploy(project), scenario_of(history, "+20 days")
    ours = play(scenario, deployment)
    assume(not is_open(ours, project.journeys["drawn"].flow))
    note(json.dumps(drawn[0], indent=1))
    note(json.dumps(history))

    theirs = story_on(moto, scenario, deployment, ours)

    assert theirs == story(ours)
