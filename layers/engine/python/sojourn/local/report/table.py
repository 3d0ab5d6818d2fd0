"""The report as tables in a terminal, readable in 100 columns; plain text where the output is no terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table
from rich.text import Text

from sojourn.local.report import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

_BAR = 24


def show(report: Mapping[str, Any], console: Console) -> None:
    """Print *report*, as `model.build_report` made it, to *console*."""
    simulation, totals = report["simulation"], report["totals"]
    console.print(Text(simulation["question"], style="bold"))
    console.print(
        Text(
            f"from {simulation['start']}, seed {simulation['seed']}: {words.number(totals['entered'])} entries, "
            f"{words.number(totals['sent'])} messages sent, {words.number(totals['held'])} put off, "
            f"{words.number(totals['suppressed'])} not sent",
            style="dim",
        )
    )
    if len(report["journeys"]) > 1:
        console.print()
        console.print(_overview(report["journeys"]))
        _bars(console, "Messages sent, all journeys", totals["sends"])
        _bars(console, "Not sent, all journeys", totals["suppressions"])
    for journey in report["journeys"]:
        _journey(console, journey)


def _overview(journeys: list[dict[str, Any]]) -> Table:
    table = _table("journey", "entered", "sent", "not sent", "running", "converted", "lift (95 %)")
    for journey in journeys:
        goal = journey["goal"]
        numbers = (journey["entered"]["all"], journey["sent"], journey["suppressed"], journey["running"])
        table.add_row(
            Text(journey["journey"]),
            *(words.number(number) for number in numbers),
            words.percent(goal["treated"]["rate"]) if goal and goal["treated"]["of"] else "–",
            _lift(goal) if goal else "–",
        )
    return table


def _journey(console: Console, journey: Mapping[str, Any]) -> None:
    entered = journey["entered"]
    console.print()
    console.rule(Text(f"{journey['title']} ({journey['journey']})"), style="dim", characters="─")
    parts = [f"{words.number(entered['all'])} entered"]
    if entered["holdout"]:
        parts.append(f"{words.number(entered['holdout'])} of them in the holdout")
    if entered["restarted"]:
        parts.append(f"{words.number(entered['restarted'])} started again")
    parts.append(f"{words.number(journey['running'])} still running at the end")
    if journey["unknown"]:
        parts.append(
            f"{words.number(journey['unknown'])} messages of which nobody knows whether they went out"
        )
    console.print(Text(", ".join(parts)))
    console.print(_steps(journey))
    _bars(console, "Messages sent", journey["sends"])
    _bars(console, "Not sent", journey["suppressions"])
    _bars(console, "How it ended", journey["exits"])
    _bars(console, "Did not enter", journey["not_entered"])
    if journey["goal"]:
        _goal(console, journey["goal"])


def _steps(journey: Mapping[str, Any]) -> Table:
    table = _table("step", "what", "came", "here now", "sent", "put off", "not sent")
    for row in journey["steps"]:
        is_send = row["verb"] == "send"
        table.add_row(
            Text(_clipped(row["step"], 18)),
            Text(_clipped(row["title"], 36)),
            words.number(row["arrived"]),
            words.number(row["here"]) if row["here"] else "",
            *(words.number(row[key]) if is_send else "" for key in ("sent", "held", "suppressed")),
        )
        for path in row["paths"]:
            table.add_row(
                "",
                Text(_clipped(f"  → {path['title']}", 36), style="dim"),
                Text(words.number(path["count"]), style="dim"),
            )
    return table


def _clipped(text: str, most: int) -> str:
    """Shorten words, so that there is room for every number."""
    return text if len(text) <= most else text[: most - 1] + "…"


def _goal(console: Console, goal: Mapping[str, Any]) -> None:
    treated, holdout, times = goal["treated"], goal["holdout"], goal["times"]
    console.print(Text(f"\nGoal: {goal['event']}", style="bold"))
    for name, rate in (("with the journey", treated), ("holdout", holdout)):
        if rate["of"]:
            console.print(
                Text(
                    f"  {name:<17} {words.percent(rate['rate']):>7}  ({words.percent(rate['low'])} – "
                    f"{words.percent(rate['high'])}), {words.number(rate['converted'])} of {words.number(rate['of'])}"
                )
            )
    console.print(
        Text("  ".join(part for part in (f"  {'lift':<16}", _lift(goal), goal["lift"]["says"]) if part))
    )
    if times["median_seconds"] is not None:
        console.print(
            Text(
                f"  {'time to goal':<17} half within {words.span(times['median_seconds'])}, "
                f"nine of ten within {words.span(times['p90_seconds'])}"
            )
        )


def _lift(goal: Mapping[str, Any]) -> str:
    compared = goal["lift"]
    if compared["verdict"] in ("no_holdout", "too_few") or compared["difference"] is None:
        return ""
    low, high = words.points(compared["low"]), words.points(compared["high"])
    return f"{words.points(compared['difference'])} ({low.removesuffix(' points')} to {high.removesuffix(' points')})"


def _bars(console: Console, title: str, items: list[dict[str, Any]]) -> None:
    if not items:
        return
    most, whole = max(item["count"] for item in items), sum(item["count"] for item in items)
    console.print(Text(f"\n{title}", style="bold"))
    for item in items:
        bar = "█" * max(1, round(_BAR * item["count"] / most)) if item["count"] else ""
        numbers = f"{words.number(item['count']):>9}  {words.percent(item['count'] / whole):>7}"
        console.print(Text(f"  {numbers}  {bar:<{_BAR}}  {item['title']}"), overflow="ellipsis", no_wrap=True)


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), header_style="bold", pad_edge=False)
    for column in columns:
        is_text = column in ("step", "what", "journey")
        table.add_column(
            column,
            justify="left" if is_text else "right",
            no_wrap=True,
            overflow="ellipsis",
            max_width=46 if column == "what" else 30 if is_text else None,
        )
    return table
