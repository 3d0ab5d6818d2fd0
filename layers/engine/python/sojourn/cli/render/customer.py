"""A customer as somebody in support reads them to the person on the telephone: newest first, in the person's own zone.

It is made of what `export_customer` says, so nothing is shown that an export does not have; what is left out is said,
with the option that shows it. It knows no table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sojourn.cli.render.customer_messages import Told, messages
from sojourn.cli.render.customer_story import story
from sojourn.cli.render.customer_who import header, journeys, quarantined, wants, who
from sojourn.cli.render.spoken import Spoken, wrapped

Row = Mapping[str, Any]
STAMP = len("Wed 11 Mar 2026, 10:00")


def customer_text(whole: Row, spoken: Spoken, limit: int, since: str = "", *, inner: bool = False) -> str:
    """Return the page; what begins a line without an indent is a title.

    Args:
        whole: see `export_customer`; with `traits`.
        limit: so many messages, and so many things that were done, are shown: the newest.
        since: an instant; what is older is not shown.
        inner: whether what happens inside of journeys is shown.
    """
    done, left_out = story(whole, spoken, inner=inner)
    sections: list[tuple[str, list[str]]] = [
        ("Journeys", list(journeys(whole, spoken))),
        ("What they want", list(wants(whole, spoken))),
        _dated("Messages", messages(whole, spoken), spoken, limit, since),
        _dated("What they did, and what came of it", done, spoken, limit, since),
        (
            "In quarantine: events that were not taken in",
            list(quarantined(whole.get("quarantined", ()), spoken)),
        ),
    ]
    first = (header(whole, spoken), f"  {spoken.zone_said}", *who(whole, spoken))
    lines = [row for line in first for row in wrapped(line, spoken.width)]
    for title, section in sections:
        if section:
            lines += ["", *wrapped(title, spoken.width)]
            lines += [row for line in section for row in wrapped(line, spoken.width)]
    if left_out:
        steps = "step" if left_out == 1 else "steps"
        lines += [
            "",
            *wrapped(f"{left_out} {steps} inside of journeys left out: --steps shows them.", spoken.width),
        ]
    return "\n".join(lines) + "\n"


def _dated(title: str, told: Sequence[Told], spoken: Spoken, limit: int, since: str) -> tuple[str, list[str]]:
    """Return a section, newest first; its title says where it is not all."""
    shown = [one for one in told if one[0] >= since][-limit:]
    if not shown:
        hidden = f"  none since then; {len(told)} before" if told else ""
        return title, [hidden] if hidden else []
    of = f", the newest {len(shown)} of {len(told)}" if len(shown) < len(told) else ", newest first"
    stamps = _stamps(shown, spoken)
    wide = max(map(len, [*stamps, " " * STAMP]))
    lines, before = [], ""
    for begins, (_, text) in zip(reversed(stamps), reversed(shown), strict=True):
        lines.append(f"  {begins if begins != before else '':<{wide}}  {text}")
        before = begins
    return f"{title}{of}", lines


def _stamps(told: Sequence[Told], spoken: Spoken) -> list[str]:
    """Return when each was, to the second where a minute has several: so it is seen what came first."""
    minutes: dict[str, set[str]] = {}
    for at, _ in told:
        minutes.setdefault(spoken.at(at), set()).add(_second(at))
    return [
        f"{minute}:{_second(at)}" if len(minutes[minute := spoken.at(at)]) > 1 else minute for at, _ in told
    ]


def _second(at: str) -> str:
    return f"{datetime.fromisoformat(at):%S}"
