"""The charts of the report page: bars, the comparison with the holdout, the time to the goal. HTML and CSS only."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from sojourn.local.report import words

if TYPE_CHECKING:
    from collections.abc import Mapping


def bars(title: str, items: list[dict[str, Any]]) -> str:
    """A panel with a bar per item, as long as its share of the largest; nothing where nothing was counted."""
    if not items:
        return ""
    most, whole = max(item["count"] for item in items), sum(item["count"] for item in items)
    rows = "".join(
        f"<dt>{escape(item['title'])}</dt><dd>{words.number(item['count'])} "
        f'<span class="soft">{words.percent(item["count"] / whole if whole else 0)}</span></dd>'
        f'<i style="--share:{_share(item["count"], most)}"></i>'
        for item in items
    )
    return f'<section class="panel"><h3>{escape(title)}</h3><dl class="bars">{rows}</dl></section>'


def rates(goal: Mapping[str, Any]) -> str:
    """A panel with both conversion rates and their intervals on one scale, and what the comparison says."""
    groups = [("with the journey", goal["treated"]), ("holdout", goal["holdout"])]
    shown = [(name, rate) for name, rate in groups if rate["of"]]
    compared = goal["lift"]
    note = "The bands are 95 % intervals: where the true value most likely lies."
    if not shown:
        return ""
    top = max(0.01, *(rate["high"] for _, rate in shown)) * 1.05
    rows = "".join(
        f"<span>{name}</span>{_track(rate['low'] / top, rate['high'] / top, rate['rate'] / top)}"
        f"<span>{words.percent(rate['rate'])}</span>"
        for name, rate in shown
    )
    if compared["difference"] is not None:
        reach = max(abs(compared["low"]), abs(compared["high"]), 0.005) * 1.1
        low, high, middle = ((compared[key] / reach + 1) / 2 for key in ("low", "high", "difference"))
        rows += (
            f"<span>difference</span>{_track(low, high, middle, zero=True)}"
            f"<span>{words.points(compared['difference'])}</span>"
        )
    tone = {"better": " good", "worse": " bad"}.get(compared["verdict"], "")
    if goal["late"]:
        note += (
            f" {words.number(goal['late'])} reached the goal after their journey had ended, in time to count."
        )
    return (
        f'<section class="panel wide{tone}"><h3>Conversion: {escape(goal["event"])}</h3><div class="rates">{rows}</div>'
        f'<p class="says">{escape(compared["says"])}</p><p class="note">{note}</p></section>'
    )


def columns(times: Mapping[str, Any]) -> str:
    """A panel with how long customers took to the goal."""
    shown = times["bars"]
    if not shown:
        return ""
    most = max(bar["count"] for bar in shown)
    made = "".join(
        f'<div title="{words.number(bar["count"])}"><i style="--share:{_share(bar["count"], most)}"></i>'
        f"<span>{_limit(bar['up_to_seconds'])}</span></div>"
        for bar in shown
    )
    return (
        f'<section class="panel"><h3>Time to the goal</h3><div class="columns">{made}</div>'
        f'<p class="note">Half of those who reached it took at most {words.span(times["median_seconds"])}, '
        f"nine of ten at most {words.span(times['p90_seconds'])}. Each column counts up to the time below it.</p>"
        "</section>"
    )


def _track(low: float, high: float, middle: float, *, zero: bool = False) -> str:
    line = '<s style="left:50%"></s>' if zero else ""
    return (
        f'<div class="track">{line}<u style="left:{_share(low)};width:{_share(max(high - low, 0.004))}"></u>'
        f'<i style="left:{_share(middle)}"></i></div>'
    )


def _share(part: float, whole: float = 1) -> str:
    return f"{100 * part / whole if whole else 0:.2f}%"


def _limit(seconds: int | None) -> str:
    if seconds is None:
        return "longer"
    return f"{seconds // 3600} h" if seconds < 86_400 else f"{seconds // 86_400} d"
