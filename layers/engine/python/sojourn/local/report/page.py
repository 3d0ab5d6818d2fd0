"""The report as one HTML page: self-contained, no scripts, nothing fetched, so it can be mailed and opened anywhere.

Everything an author wrote is escaped; a content security policy in the page forbids whatever might slip through.
The same report gives the same bytes.
"""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sojourn.domain.drawing.layout import ENTER
from sojourn.domain.drawing.svg import StepCounts, svg
from sojourn.domain.journey.flow import END
from sojourn.local.report import words
from sojourn.local.report.charts import bars, columns, rates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.domain.journey.project import JourneyFolder, Project

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def page(report: Mapping[str, Any], project: Project) -> str:
    """Write *report*, as `model.build_report` made it from *project*, as an HTML page."""
    simulation = report["simulation"]
    journeys = report["journeys"]
    title = f"{project.workspace.workspace}: {simulation['question']}"
    body = [_header(report, project)]
    body += [_journey(journey, project.journeys[journey["journey"]]) for journey in journeys]
    css = files(__package__).joinpath("page.css").read_text("utf-8")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title><style>\n{css}</style></head>\n<body><main>\n"
        + "\n".join(body)
        + "\n<footer>Simulated with Sojourn: the same compiled journeys that run on AWS, on a virtual clock with an "
        "invented population. No customer was messaged. The same seed gives the same report.</footer>\n"
        "</main></body></html>\n"
    )


def _header(report: Mapping[str, Any], project: Project) -> str:
    simulation, totals, journeys = report["simulation"], report["totals"], report["journeys"]
    customers, days = simulation["customers"], simulation["days"]
    said = (
        f"{words.counted(customers, 'customer')} over {words.counted(days, 'day')}, "
        f"from {simulation['start']}, seed {simulation['seed']}"
    )
    cards = [
        _card("entries", words.number(totals["entered"]), f"into {words.counted(len(journeys), 'journey')}"),
        _card("messages sent", words.number(totals["sent"]), _per_customer(totals["sent"], customers)),
        _card("put off to a better hour", words.number(totals["held"])),
        _card("not sent, with a reason", words.number(totals["suppressed"])),
        _card("goals reached", words.number(totals["goals"])),
    ]
    panels = [
        bars("Messages sent per channel", totals["sends"]),
        bars("Why messages were not sent", totals["suppressions"]),
    ]
    overview = _overview(journeys) if len(journeys) > 1 else ""
    # With one journey, its own panels say all of this.
    shown = f'<div class="panels">{"".join(panels)}</div>' if len(journeys) != 1 and any(panels) else ""
    return (
        f'<header><p class="over">Journey simulation for {escape(project.workspace.workspace)}</p>'
        f'<h1>{escape(simulation["question"])}</h1><p class="soft">{escape(said)}</p></header>'
        f'<div class="cards">{"".join(cards)}</div>{overview}{shown}'
    )


def _doubt(said: str, journey: Mapping[str, Any]) -> str:
    return f"{said}, {words.number(journey['unknown'])} in doubt" if journey["unknown"] else said


def _per_customer(sent: int, customers: int) -> str:
    return f"{sent / customers:.1f} per customer" if customers else ""


def _overview(journeys: list[dict[str, Any]]) -> str:
    rows = []
    for journey in journeys:
        goal = journey["goal"]
        rate = words.percent(goal["treated"]["rate"]) if goal and goal["treated"]["of"] else "–"
        lift = _lift(goal)[0] if goal else "–"
        cells = [journey["entered"]["all"], journey["sent"], journey["suppressed"], journey["running"]]
        rows.append(
            f'<tr><td class="text"><a href="#{escape(journey["journey"])}">{escape(journey["title"])}</a></td>'
            + "".join(f"<td>{words.number(cell)}</td>" for cell in cells)
            + f"<td>{rate}</td><td>{escape(lift)}</td></tr>"
        )
    return (
        '<div class="panel scroll"><table><thead><tr><th class="text">journey</th><th>entered</th><th>sent</th>'
        "<th>not sent</th><th>still running</th><th>converted</th><th>lift</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _journey(journey: Mapping[str, Any], folder: JourneyFolder) -> str:
    entered, goal = journey["entered"], journey["goal"]
    holdout = f"{words.number(entered['holdout'])} in the holdout" if entered["holdout"] else ""
    again = f"{words.number(entered['restarted'])} started again" if entered["restarted"] else ""
    aside = ", ".join(part for part in (holdout, again) if part)
    cards = [
        _card("entered", words.number(entered["all"]), aside),
        _card(
            "messages sent",
            words.number(journey["sent"]),
            _doubt(f"{words.number(journey['suppressed'])} not sent", journey),
        ),
        _card("still under way", words.number(journey["running"]), "when the simulation ended"),
    ]
    if goal:
        treated = goal["treated"]
        cards.append(
            _card(
                "converted",
                words.percent(treated["rate"]) if treated["of"] else "–",
                f"{words.number(treated['converted'])} of {words.number(treated['of'])}",
            )
        )
        said, tone, interval = _lift(goal)
        cards.append(_card("lift over the holdout", said, interval, tone))
    panels = [
        bars("Messages sent per channel", journey["sends"]),
        bars("Why messages were not sent", journey["suppressions"]),
        bars("How it ended", journey["exits"]),
        rates(goal) if goal else "",
        columns(goal["times"]) if goal else "",
        bars("Why customers did not enter", journey["not_entered"]),
    ]
    return (
        f'<section class="journey" id="{escape(journey["journey"])}"><h2>{escape(journey["title"])}</h2>'
        f'<p class="soft"><code>{escape(journey["journey"])}</code> {escape(folder.journey.description or "")}</p>'
        f'<div class="cards">{"".join(cards)}</div><div class="panels">{"".join(panels)}</div>'
        f"{_picture(journey, folder)}"
        f'<details class="panel"><summary>All {words.counted(len(journey["steps"]), "step")} in numbers</summary>'
        f"{_steps(journey)}</details></section>"
    )


def _lift(goal: Mapping[str, Any]) -> tuple[str, str, str]:
    """The lift as text, its tone, and its interval as text."""
    compared = goal["lift"]
    if compared["verdict"] == "no_holdout":
        return "no holdout", "words", "nobody to compare with"
    if compared["verdict"] == "too_few" or compared["difference"] is None:
        return "too few to tell", "words", f"{words.number(goal['holdout']['of'])} in the holdout"
    low, high = words.points(compared["low"]).removesuffix(" points"), words.points(compared["high"])
    tone = {"better": "good", "worse": "bad"}.get(compared["verdict"], "")
    return words.points(compared["difference"]), tone, f"95 % interval: {low} to {high}"


def _card(label: str, value: str, aside: str = "", tone: str = "") -> str:
    small = f"<small>{escape(aside)}</small>" if aside else ""
    kind = f' class="{tone}"' if tone else ""
    return f'<div class="card"><span>{escape(label)}</span><b{kind}>{escape(value)}</b>{small}</div>'


def _picture(journey: Mapping[str, Any], folder: JourneyFolder) -> str:
    counts = {row["step"]: StepCounts(row["arrived"], row["here"], _note(row)) for row in journey["steps"]}
    counts[ENTER] = StepCounts(journey["entered"]["all"])
    ways = {(way["from"], way["path"]): way["count"] for way in journey["ways"]}
    for place in {way["to"] for way in journey["ways"]} - counts.keys():
        exits = (
            {node.id for node in folder.flow.nodes.values() if node.step.verb == "exit"}
            if place == END
            else set()
        )
        coming = [way["count"] for way in journey["ways"] if way["to"] == place and way["from"] not in exits]
        counts[place] = StepCounts(sum(coming) if place == END else min(coming))
    picture = svg(folder.journey, folder.flow, counts, ways).rstrip()
    wide = picture.partition(' width="')[2].partition('"')[0]
    return f'<div class="picture" style="--wide:{wide}px" tabindex="0">{picture}</div>'


def _note(row: Mapping[str, Any]) -> str:
    sent = f"{words.number(row['sent'])} sent" if row["verb"] == "send" else ""
    left = f"{words.number(row['left'])} ended here" if row["left"] else ""
    return ", ".join(part for part in (sent, left) if part)


def _steps(journey: Mapping[str, Any]) -> str:
    rows = []
    for row in journey["steps"]:
        sends = [
            words.number(row[key]) if row["verb"] == "send" else "" for key in ("sent", "held", "suppressed")
        ]
        ways = "".join(
            f"<li>{escape(path['title'])}: {words.number(path['count'])}</li>" for path in row["paths"]
        )
        numbers = [words.number(row[key]) for key in ("arrived", "passed", "here", "left")]
        rows.append(
            f'<tr><td class="text what">{escape(row["title"])}<br><code class="soft">{escape(row["step"])}</code></td>'
            + "".join(f"<td>{cell}</td>" for cell in (*numbers, *sends))
            + f'<td class="text"><ul>{ways}</ul></td></tr>'
        )
    heads = ("came", "went on", "here now", "ended here", "sent", "put off", "not sent")
    return (
        '<div class="scroll"><table><thead><tr><th class="text">step</th>'
        + "".join(f"<th>{head}</th>" for head in heads)
        + f'<th class="text">ways</th></tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    )
