from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from sojourn.local.report import words
from sojourn.local.report.model import build_report
from sojourn.local.report.tally import Tally

if TYPE_CHECKING:
    from sojourn.domain.journey.project import Project
    from sojourn.domain.ledger import Happening

META = {"customers": 400, "days": 30, "seed": 1, "start": "2026-03-01T00:00:00Z"}


@pytest.fixture(scope="module")
def tally(walks: list[list[Happening]]) -> Tally:
    made = Tally()
    for walk in walks:
        for record in walk:
            made.add(record)
    return made


@pytest.fixture(scope="module")
def report(tally: Tally, project: Project) -> dict[str, Any]:
    return build_report(tally, project, META)


def rows(report: dict[str, Any], journey: int) -> dict[str, dict[str, Any]]:
    return {row["step"]: row for row in report["journeys"][journey]["steps"]}


def test_the_keys_are_those_of_the_description(report: dict[str, Any]) -> None:
    """Programs that read the report find these keys, in this order."""
    assert list(report) == ["simulation", "totals", "journeys"]
    assert list(report["journeys"][0]) == [
        "journey", "title", "entered", "running", "sent", "unknown", "held", "suppressed", "not_entered", "sends",
        "suppressions", "exits", "steps", "ways", "goal",
    ]  # fmt: skip
    assert list(report["journeys"][0]["goal"]) == [
        "event",
        "reached",
        "late",
        "treated",
        "holdout",
        "lift",
        "times",
    ]


def test_the_same_tally_gives_the_same_bytes(tally: Tally, project: Project) -> None:
    """Two reports of one tally, the second read back from JSON, are equal to the byte."""
    again = Tally.from_json(json.loads(json.dumps(tally.to_json())))

    assert json.dumps(build_report(tally, project, META)) == json.dumps(build_report(again, project, META))


def test_the_question_is_asked_in_words(report: dict[str, Any], project: Project) -> None:
    """The report opens with what was simulated; one is not "customers"."""
    one = build_report(Tally(), project, {**META, "customers": 1, "days": 1})

    assert (
        report["simulation"]["question"]
        == "What happens when 400 customers live with these journeys for 30 days?"
    )
    assert (
        one["simulation"]["question"] == "What happens when 1 customer lives with these journeys for 1 day?"
    )


def test_customers_are_not_lost_on_the_way(report: dict[str, Any]) -> None:
    """At every step, those who came are those who went on, are here, or ended here; ways carry those who went on."""
    for journey in report["journeys"]:
        into: dict[str, int] = {}
        for way in journey["ways"]:
            into[way["to"]] = into.get(way["to"], 0) + way["count"]
        for row in journey["steps"]:
            assert row["arrived"] == row["passed"] + row["here"] + row["left"], row
            outward = sum(way["count"] for way in journey["ways"] if way["from"] == row["step"])
            if row["verb"] not in ("exit", "parallel"):
                assert outward == row["passed"], row
            assert into.get(row["step"], 0) == row["arrived"], row


def test_a_send_divides_into_sent_and_otherwise(report: dict[str, Any]) -> None:
    """The side path has those to whom nothing was sent."""
    reminder, text = rows(report, 0)["reminder"], rows(report, 0)["text"]

    paths = {path["title"]: path["count"] for path in reminder["paths"]}
    assert paths == {"sent": reminder["sent"], "not sent": text["arrived"]}
    assert reminder["sent"] + text["arrived"] == reminder["passed"]


def test_steps_that_leave_no_record_are_counted_by_their_neighbours(report: dict[str, Any]) -> None:
    """A goto and a parallel, seen only by who comes to the steps around them."""
    found = rows(report, 1)

    assert (found["pause"]["arrived"], found["both"]["arrived"], found["again"]["arrived"]) == (80, 80, 80)
    assert [(path["path"], path["count"]) for path in found["again"]["paths"]] == [
        ("again", 40),
        ("done", 40),
    ]


def test_totals_are_the_sum_of_the_journeys(report: dict[str, Any]) -> None:
    """Nothing is in the totals that is not in a journey, and the other way round."""
    totals, journeys = report["totals"], report["journeys"]

    assert [totals[key] for key in ("sent", "held", "suppressed")] == [
        sum(journey[key] for journey in journeys) for key in ("sent", "held", "suppressed")
    ]
    assert totals["entered"] == 440
    assert sum(item["count"] for item in totals["sends"]) == totals["sent"]
    assert sum(item["count"] for item in totals["suppressions"]) == totals["suppressed"]


def test_a_journey_shows_nothing_of_another(
    project: Project, walks: list[list[Happening]], report: dict[str, Any]
) -> None:
    """Its part of the report is the same whether or not the other journey ran."""
    alone = Tally()
    for record in (record for walk in walks for record in walk if record.journey == "welcome"):
        alone.add(record)

    found = build_report(alone, project, META)["journeys"]

    assert found[1] == report["journeys"][1]
    assert found[0]["entered"]["all"] == found[0]["sent"] == 0


def test_conversion_compares_treated_with_held_out(
    report: dict[str, Any], walks: list[list[Happening]]
) -> None:
    """Rates are goals per run, by group; restarted runs would not count twice."""
    goals = {walk[0].run for walk in walks if any(record.what == "goal" for record in walk)}
    holdout = {walk[0].run for walk in walks if walk[0].details.get("holdout")}
    goal = report["journeys"][0]["goal"]

    assert (goal["holdout"]["converted"], goal["holdout"]["of"]) == (len(goals & holdout), 40)
    assert (goal["treated"]["converted"], goal["treated"]["of"]) == (len(goals - holdout), 360)
    assert goal["lift"]["low"] <= goal["lift"]["difference"] <= goal["lift"]["high"]


def test_a_restarted_run_is_one_chance(project: Project, walks: list[list[Happening]]) -> None:
    """A customer whose run was restarted and then reached the goal converted once of once."""
    first = walks[1][0]
    tally = Tally()
    for run, reason in (("one", "restarted"), ("two", "goal")):
        made = {"at": first.at, "customer": "c", "journey": "abandoned-cart", "version": "v", "run": run}
        tally.add(type(first)(**made, what="entered"))
        if reason == "goal":
            tally.add(type(first)(**made, what="goal"))
        tally.add(type(first)(**made, what="exited", reason=reason))

    goal = build_report(tally, project, META)["journeys"][0]["goal"]

    assert (goal["treated"]["converted"], goal["treated"]["of"]) == (1, 1)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("cap: 3 per 7 days", "cap reached: 3 per 7 days"),
        ("quiet_hours", "quiet hours: dropped"),
        ("no_address", "no address for the channel"),
        ("something_new", "something new"),
    ],
)
def test_reasons_in_a_marketers_words(reason: str, said: str) -> None:
    """Known reasons have a sentence of their own, new ones are at least readable."""
    assert words.suppressed(reason) == said


def test_other_words() -> None:
    """Exits, entries and spans of time read plainly."""
    assert [words.left(reason) for reason in ("completed", "exit:purchased")] == [
        "came to the end",
        "exit: purchased",
    ]
    assert words.not_entered("again: after 28 days") == "may not enter again (after 28 days)"
    assert words.not_entered("already_running") == "already in the journey"
    assert [words.span(seconds) for seconds in (40, 1800, 9000, 200_000)] == [
        "1 min",
        "30 min",
        "2.5 h",
        "2.3 days",
    ]
    assert [words.points(value) for value in (0.0123, -0.5)] == ["+1.2 points", "−50.0 points"]
