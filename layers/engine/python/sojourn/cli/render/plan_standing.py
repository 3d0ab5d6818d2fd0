"""How a journey stands in a deployment, and what publishing would do with those who are in it, in lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sojourn.cli.migrations import steps_json
from sojourn.cli.render.control_words import control_words, who
from sojourn.cli.render.going import FATES, fated_lines, runs_of
from sojourn.cli.render.plan_forecast import forecast_sections
from sojourn.cli.render.plan_words import SAID, WRONG, Line, Section
from sojourn.cli.render.spoken import Spoken
from sojourn.domain.change.migration import STAY
from sojourn.domain.time.instants import iso

if TYPE_CHECKING:
    from sojourn.application.publishing import LiveJourney
    from sojourn.cli.planning import Standing
    from sojourn.domain.change.inside import Inside


THE_STACKS = Line(
    WRONG, "it belongs to the stack: `npx cdk deploy` changes it, and `sojourn publish` refuses to"
)


def standing_sections(standing: Standing, zone: str) -> Iterator[Section]:
    """Yield how a journey stands, under its headings; nothing of one that nobody published yet.

    Args:
        zone: in which times are told.
    """
    if standing.live is not None and (told := list(_live(standing, standing.live, Spoken(zone)))):
        yield "in the deployment", told
    told = [_inside(one, standing.live) for one in standing.inside]
    if told := [*told, *(Line(WRONG, note) for note in standing.notes)]:
        yield "customers who are in it", told
    if standing.forecast is not None:
        yield from forecast_sections(standing.forecast)


def standing_json(standing: Mapping[str, Standing]) -> dict[str, Any]:
    """Return the same for programs, by journey."""
    return {name: _as_json(one) for name, one in standing.items()}


def _as_json(standing: Standing) -> dict[str, Any]:
    live = standing.live
    return {
        "live": live.version if live else "",
        "owner": live.owner if live else "",
        "published": live.publication.to_json() if live and live.publication else None,
        "control": live.control.to_json() if live else {},
        "version": standing.version,
        "runs": [
            {"version": one.version, "runs": one.runs, "steps": steps_json(one), "wrong": list(one.wrong)}
            for one in standing.inside
        ],
        "notes": list(standing.notes),
        "forecast": standing.forecast.to_json() if standing.forecast else None,
    }  # fmt: skip


def _live(standing: Standing, live: LiveJourney, spoken: Spoken) -> Iterator[Line]:
    if standing.is_the_stacks:
        yield THE_STACKS
    if live.version:
        yield Line(SAID, f"{live.version} is live{_published(live, spoken)}")
    if words := control_words(live.control):
        yield Line(WRONG, f"{'; '.join(words)}: publishing changes nothing of that")
    if live.draft is not None:
        yield Line(
            SAID, f"the segment test tries {_draft(live.draft.version, who(live.draft.by), standing.version)}"
        )


def _draft(version: str, by: str, published: str) -> str:
    """Return whose draft it is, and what publishing does to it."""
    if version == published:
        return f"the draft {version}, by {by}: publishing makes it live"
    return f"the draft {version}, by {by}: publishing leaves it as it is"


def _published(live: LiveJourney, spoken: Spoken) -> str:
    publication = live.publication
    if publication is None:
        return ""
    why = f" (“{publication.message}”)" if publication.message else ""
    return f" since {spoken.at(iso(publication.at))}, by {who(publication.by)}{why}"


def _inside(inside: Inside, live: LiveJourney | None) -> Line:
    is_live = live is not None and inside.version == live.version
    name = f"{inside.version}{' (live)' if is_live else ''}"
    if not inside.migrated:
        where = ", ".join(f"{one.step} {one.runs:,}" for one in inside.fates)
        stays = "finishes on this version" if inside.runs == 1 else FATES[STAY]
        return Line(SAID, f"{name}: {runs_of(inside)} {stays}", (where,) if where else ())
    mark = WRONG if inside.wrong else SAID
    return Line(mark, f"{name}: {runs_of(inside)}, by migration.yaml", tuple(fated_lines(inside)))
