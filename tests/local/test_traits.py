"""Computed traits where journeys are tried out: scenarios, simulations, what they cost; and on their way to AWS."""

from __future__ import annotations

import json

from sojourn.adapters.dynamodb import published
from sojourn.domain.compile.bundle import Bundle, compiled_workspace
from sojourn.domain.decide.traits import TraitRule
from sojourn.domain.journey.schema import json_schema
from sojourn.local.cost.measuring import measure
from sojourn.local.simulation import simulate
from tests.support.workspaces import deployed, lines, played, project

SEGMENTS = """
fans: {when: customer.doings >= 2}
doings: {count: did_it, within: 7 days}
spent: {sum: did_it.n}
"""
JOURNEY = """
enter: {on: {entered_segment: fans}}
while_running: [{on: {left_segment: fans}, do: exit, reason: cooled}]
steps:
  - branch:
      - when: customer.spent > 5
        steps: [{id: rich, wait: 30 days}]
      - else: [{id: poor, wait: 30 days}]
"""


def test_a_scenario_plays_traits_and_the_night_in_which_one_changes() -> None:
    """The first of two doings leaves its week on the seventh day; the sweep finds it at three the night after."""
    story = played(
        deployed(JOURNEY, segments=SEGMENTS),
        """
        events:
          - {at: +0s, customer: ana, event: did_it, properties: {n: 4}}
          - {at: +1 day, customer: ana, event: did_it, properties: {n: 2}}
        until: +20 days
        """,
    )

    assert lines(story, "entered", "branched", "waiting", "exited") == [
        "+1d entered", "+1d branched branch_1 1", "+1d waiting rich", "+7d 14h exited exit:cooled",
    ]  # fmt: skip


SIMULATED = """
enter: {on: began}
steps:
  - branch:
      - when: customer.ever > 0
        steps: [{exit: did}]
      - else: [{exit: never}]
"""
PAST = "before: {when: customer.ever > 0}\never: {count: did_it}"


def test_a_simulation_makes_customers_do_what_traits_ask_about() -> None:
    """What a segment looks back at is part of customers' past, also where a trait does."""
    result = simulate(project({"j": SIMULATED}, segments=PAST), customers=60, days=14, seed=1, processes=1)

    assert set(result.tally.closed()["j"].exits) == {"exit:did", "exit:never"}


def test_a_bundle_carries_traits_and_one_without_says_nothing_of_them() -> None:
    """So that what was registered by an earlier release stays as it is."""
    bundle = compiled_workspace(project({"j": JOURNEY}, segments=SEGMENTS))
    without = compiled_workspace(project({"j": "enter: {on: began}\nsteps: [{exit: x}]"}))

    told = json.loads(json.dumps(bundle.to_json()))

    assert Bundle.from_json(told) == bundle
    assert bundle.traits["doings"] == TraitRule("doings", "count", "did_it", within=604_800.0)
    assert bundle.segments[0].events == {"did_it"}
    assert "traits" not in without.to_json()


def test_the_head_of_the_registry_holds_traits_and_is_read_without() -> None:
    """A row of an earlier release has none; one of a later may say more of each."""
    bundle = compiled_workspace(project({"j": JOURNEY}, segments=SEGMENTS))
    text = published.head_text(bundle.policy, bundle.segments, bundle.traits)
    earlier = json.loads(text)
    del earlier["traits"]

    now = published.head({"data": {"S": text}, "revision": {"N": "3"}})
    before = published.head({"data": {"S": json.dumps(earlier)}, "revision": {"N": "2"}})

    assert now is not None
    assert before is not None
    assert (now.traits, now.segments) == (bundle.traits, bundle.segments)
    assert (dict(before.traits), set(before.segments[0].attributes)) == ({}, {"doings"})


def test_an_editor_is_told_of_segments_and_traits() -> None:
    """Both forms, with what each may say."""
    schema = json_schema("segments")

    assert set(schema["$defs"]) == {"Segment", "Trait"}
    assert {"count", "sum", "first", "last", "most_frequent", "within", "where", "title"} == set(
        schema["$defs"]["Trait"]["properties"]
    )


def test_what_a_trait_costs_is_counted() -> None:
    """Each reading is a query of the customer's events."""
    plain = SIMULATED.replace("customer.ever > 0", "customer.score > 0")

    units = [
        measure(project({"j": text}, segments=PAST), 40, 14, 1).of("j").read for text in (SIMULATED, plain)
    ]

    assert units[0] > units[1]
