"""The report as data: what the table, the page and `--json` all show, worked out once.

`build_report` returns plain JSON data with these keys, always in this order:

- `simulation`: `customers`, `days`, `seed`, `start` (an instant as text), `question` (one sentence)
- `totals`: `entered`, `sent`, `held`, `suppressed`, `goals`; `sends`, `suppressions`: lists of `{name, title, count}`
- `journeys`: one entry per journey, in the order of the workspace:
  - `journey`, `title`, `entered` (`all`, `treated`, `holdout`, `restarted`), `running`, `sent`, `held`, `suppressed`;
    `unknown` of those sent are in doubt: the provider never answered
  - `not_entered`, `sends`, `suppressions`, `exits`: lists of `{name, title, count}`, the largest first
  - `steps`: in document order `{step, verb, title, arrived, passed, here, left, sent, held, suppressed, paths}`;
    `paths` is a list of `{path, title, to, count}`
  - `ways`: `{from, path, to, count}` for every edge of the drawing, `@enter`, `@end` and joins among them
  - `goal`: None without one; else `{event, reached, late, treated, holdout, lift, times}` with `treated` and
    `holdout` as `{converted, of, rate, low, high}`, `lift` as `{verdict, says, difference, low, high}` (rates are
    between 0 and 1, intervals 95 %), `times` as `{median_seconds, p90_seconds, bars: [{up_to_seconds, count}]}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.domain.drawing.words import edge_words, words_of
from sojourn.local.report import words
from sojourn.local.report.buckets import coarse, quantile
from sojourn.local.report.counters import HOLDOUT, TREATED, Counts, JourneyTally, StepTally, count
from sojourn.local.report.passage import Passage, passage_of
from sojourn.local.report.statistics import Rate, lift, wilson

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sojourn.domain.journey.model.journey import Goal
    from sojourn.domain.journey.project import JourneyFolder, Project
    from sojourn.local.report.tally import Tally


def build_report(tally: Tally, project: Project, meta: Mapping[str, Any]) -> dict[str, Any]:
    """Work out the report.

    Args:
        meta: `customers`, `days`, `seed`, and `start`, the first instant as text.
    """
    closed = tally.closed()
    journeys = [
        _journey(folder, closed.get(name, JourneyTally())) for name, folder in project.journeys.items()
    ]
    customers, days = meta["customers"], meta["days"]
    who = f"{words.counted(customers, 'customer')} {'live' if customers != 1 else 'lives'}"
    what = "these journeys" if len(journeys) != 1 else "this journey"
    simulation = {
        "customers": customers,
        "days": days,
        "seed": meta["seed"],
        "start": str(meta["start"]),
        "question": f"What happens when {who} with {what} for {words.counted(days, 'day')}?",
    }
    return {"simulation": simulation, "totals": _totals(journeys), "journeys": journeys}


def _totals(journeys: list[dict[str, Any]]) -> dict[str, Any]:
    sends: Counts = {}
    suppressions: Counts = {}
    for journey in journeys:
        for item in journey["sends"]:
            count(sends, item["name"], item["count"])
        for item in journey["suppressions"]:
            count(suppressions, item["name"], item["count"])
    return {
        "entered": sum(journey["entered"]["all"] for journey in journeys),
        "sent": sum(journey["sent"] for journey in journeys),
        "held": sum(journey["held"] for journey in journeys),
        "suppressed": sum(journey["suppressed"] for journey in journeys),
        "goals": sum(journey["goal"]["reached"] for journey in journeys if journey["goal"]),
        "sends": _ranked(sends, words.channel),
        "suppressions": _ranked(suppressions, words.suppressed),
    }


def _journey(folder: JourneyFolder, tally: JourneyTally) -> dict[str, Any]:
    sends: Counts = {}
    suppressions: Counts = {}
    for step in tally.steps.values():
        for channel, number in step.channels.items():
            count(sends, channel, number)
        for reason, number in step.reasons.items():
            count(suppressions, reason, number)
    unknown = suppressions.pop("unknown", 0)
    passage = passage_of(folder.flow, tally)
    journey = folder.journey
    return {
        "journey": journey.journey,
        "title": journey.title or journey.journey,
        "entered": {
            "all": sum(tally.entered.values()),
            TREATED: tally.entered.get(TREATED, 0),
            HOLDOUT: tally.entered.get(HOLDOUT, 0),
            "restarted": tally.exits.get("restarted", 0),
        },
        "running": tally.running,
        "sent": sum(sends.values()),
        "unknown": unknown,
        "held": sum(step.whats.get("held", 0) for step in tally.steps.values()),
        "suppressed": sum(suppressions.values()),
        "not_entered": _ranked(tally.not_entered, words.not_entered),
        "sends": _ranked(sends, words.channel),
        "suppressions": _ranked(suppressions, words.suppressed),
        "exits": _ranked(tally.exits, words.left),
        "steps": _steps(folder, tally, passage),
        "ways": _ways(folder, passage),
        "goal": _goal(journey.goal, tally) if journey.goal else None,
    }


def _steps(folder: JourneyFolder, tally: JourneyTally, passage: Passage) -> list[dict[str, Any]]:
    rows = []
    for node in folder.flow.nodes.values():
        step = tally.steps.get(node.id, StepTally())
        arrived = passage.arrived[node.id]
        out = folder.flow.out(node.id)
        straight = "sent" if node.step.verb == "send" else "done"
        rows.append({
            "step": node.id, "verb": node.step.verb, "title": words_of(node.step).title, "arrived": arrived,
            "passed": max(0, arrived - step.here - step.left), "here": step.here, "left": step.left,
            "sent": step.whats.get("sent", 0), "held": step.whats.get("held", 0),
            "suppressed": sum(number for reason, number in step.reasons.items() if reason != "unknown"),
            "paths": [
                {"path": edge.path, "title": edge_words(node.step, edge) or straight,
                 "to": edge.target, "count": passage.ways[node.id, edge.path]}
                for edge in sorted(out, key=lambda edge: edge.path == "otherwise")
            ] if len(out) > 1 else [],
        })  # fmt: skip
    return rows


def _ways(folder: JourneyFolder, passage: Passage) -> list[dict[str, Any]]:
    targets = {(edge.source, edge.path): edge.target for edge in folder.flow.edges}
    return [
        {"from": source, "path": path, "to": targets.get((source, path), folder.flow.start), "count": number}
        for (source, path), number in passage.ways.items()
    ]


def _goal(goal: Goal, tally: JourneyTally) -> dict[str, Any]:
    rates = {group: _conversion(tally, group) for group in (TREATED, HOLDOUT)}
    compared = lift(rates[TREATED], rates[HOLDOUT])
    times = {int(bucket): number for bucket, number in tally.goal_times.items()}
    return {
        "event": goal.event,
        "reached": sum(tally.goals.values()),
        "late": tally.late_goals,
        TREATED: _rate(rates[TREATED]),
        HOLDOUT: _rate(rates[HOLDOUT]),
        "lift": {
            "verdict": compared.verdict, "says": words.verdict(compared.verdict),
            "difference": _rounded(compared.difference), "low": _rounded(compared.low), "high": _rounded(compared.high),
        },
        "times": {
            "median_seconds": quantile(times, 0.5),
            "p90_seconds": quantile(times, 0.9),
            "bars": [{"up_to_seconds": limit, "count": number} for limit, number in coarse(times)],
        },
    }  # fmt: skip


def _conversion(tally: JourneyTally, group: str) -> Rate:
    """Goals per run. A run that was restarted lives on in the new one, so it does not count as one more chance."""
    runs = tally.entered.get(group, 0) - tally.replaced.get(group, 0)
    return wilson(min(tally.goals.get(group, 0), runs), runs)


def _rate(rate: Rate) -> dict[str, Any]:
    return {
        "converted": rate.part, "of": rate.whole,
        "rate": _rounded(rate.rate), "low": _rounded(rate.low), "high": _rounded(rate.high),
    }  # fmt: skip


def _rounded(value: float | None) -> float | None:
    """Six digits: the last bits of a square root are no statement, and not the same on every machine."""
    return None if value is None else round(value, 6)


def _ranked(counts: Counts, title: Callable[[str], str]) -> list[dict[str, Any]]:
    """A list of what was counted, the largest first, then by name."""
    order = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [{"name": name, "title": title(name), "count": number} for name, number in order]
