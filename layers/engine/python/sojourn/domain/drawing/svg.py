"""A journey as an SVG picture, with how many customers took each way if that is known.

One file of text that needs nothing else: no fonts, no scripts, no other files. The same journey and counts give
the same bytes. Everything an author wrote is escaped; what is cut for want of room is whole in the tooltip.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from sojourn.domain.drawing.glyphs import GLYPHS
from sojourn.domain.drawing.layout import ENTER, LABEL_MAX, LABEL_SIZE, Box, Layout, lay_out
from sojourn.domain.drawing.routes import Sizes
from sojourn.domain.drawing.shapes import bent, outline, rounded
from sojourn.domain.drawing.style import FAMILIES, style_sheet
from sojourn.domain.drawing.text import clip, text_width, wrap
from sojourn.domain.drawing.words import Words, always_words, enter_words, words_of
from sojourn.domain.journey.flow import END

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.domain.drawing.routes import Route
    from sojourn.domain.journey.flow import Flow
    from sojourn.domain.journey.model.journey import Journey

_PLAIN = Sizes()
_COUNTED = Sizes(box_height=98, enter_height=98, gap=46, label_gap=86)
_STRIP = 30
_BOLD = 14
_CARD_WIDTH = 290


@dataclass(frozen=True, slots=True)
class StepCounts:
    """How many customers came to a step, how many are there now, and a remark such as "410 sent"."""

    arrived: int
    here: int = 0
    note: str = ""


def svg(
    journey: Journey,
    flow: Flow,
    counts: Mapping[str, StepCounts] | None = None,
    edge_counts: Mapping[tuple[str, str], int] | None = None,
) -> str:
    """Draw *journey*.

    Args:
        counts: per step id; `"@enter"` are those who entered, `"@end"` those who came to the end.
        edge_counts: per (step id, path), as in `Flow`; with it, lines are as broad as their share.
    """
    return _Picture(journey, flow, counts, edge_counts or {}).text()


class _Picture:
    """One drawing in the making."""

    def __init__(
        self,
        journey: Journey,
        flow: Flow,
        counts: Mapping[str, StepCounts] | None,
        edges: Mapping[tuple[str, str], int],
    ) -> None:
        self._journey = journey
        self._flow = flow
        self._counts = counts
        self._edges = edges
        self._sizes = _COUNTED if counts is not None else _PLAIN
        self._layout = lay_out(journey, flow, self._sizes)
        entered = (counts or {}).get(ENTER)
        self._all = max([1, entered.arrived if entered else 0])

    def text(self) -> str:
        """Return the picture."""
        layout, journey = self._layout, self._journey
        card, card_right, card_bottom = self._card(layout)
        width, height = max(layout.width, card_right), max(layout.height, card_bottom)
        title = escape(journey.title or journey.journey)
        body = [self._line(route) for route in layout.routes]
        body += [self._label(route) for route in layout.routes]
        body += [self._box(box) for box in layout.boxes]
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="sj" role="img" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" aria-label="{title}">'
            f"<title>{title}</title><desc>{escape(self._description())}</desc><style>{style_sheet()}</style>"
            f'<rect class="sj-bg" width="{width}" height="{height}" rx="12"/>{"".join(body)}{card}</svg>\n'
        )

    def _description(self) -> str:
        steps = "; ".join(f"{node.id}: {words_of(node.step).full}" for node in self._flow.nodes.values())
        return " ".join(f"Enters: {enter_words(self._journey).full}. Steps: {steps}.".split())

    def _words(self, box: Box) -> Words:
        if box.kind == "enter":
            return enter_words(self._journey)
        if box.kind == "end":
            return Words("end", "the journey is completed")
        if box.kind == "join":
            return Words("all done", "then on")
        return words_of(self._flow.nodes[box.id].step)

    def _box(self, box: Box) -> str:
        left, words = box.x - box.width // 2, self._words(box)
        inset = 18 if box.kind in ("branch", "split", "parallel") else 12
        plain = box.height - (_STRIP if self._counts is not None else 0)
        room = box.width - inset - 36 - 8 - max(8, inset - 4)
        text_x = left + inset + 36 + 8
        is_step = box.id in self._flow.nodes
        below = words.detail
        lines = wrap(words.title, _BOLD, room, 2)
        id_width = text_width(box.id, 11) + 8 if is_step else 0
        detail = clip(below, 11, room - id_width) if below and room - id_width > 30 else ""
        first = box.y + (plain - 17 * len(lines) - 14) // 2 + 13
        spans = [
            f'<text class="sj-title" x="{text_x}" y="{first + 17 * n}">{escape(line)}</text>'
            for n, line in enumerate(lines)
        ]
        last = first + 17 * len(lines) - 2
        name = f'<tspan class="sj-id">{escape(clip(box.id, 11, room))}</tspan>' if is_step else ""
        between = " · " if name and detail else ""
        if not is_step:
            detail = clip(below, 11, room)
        spans.append(
            f'<text class="sj-detail" x="{text_x}" y="{last}">{name}{between}{escape(detail)}</text>'
        )
        tile_y = box.y + (plain - 36) // 2
        return (
            f'<g class="sj-{FAMILIES[box.kind]}"><title>{escape(self._tooltip(box, words))}</title>'
            f'<path class="sj-box" d="{outline(box.kind, left, box.y, box.width, box.height)}"/>'
            f'<rect class="sj-tile" x="{left + inset}" y="{tile_y}" width="36" height="36" rx="10"/>'
            f'<path class="sj-glyph" transform="translate({left + inset + 6} {tile_y + 6})" d="{GLYPHS[box.kind]}"/>'
            f"{''.join(spans)}{self._strip(box, left, inset)}</g>"
        )

    def _tooltip(self, box: Box, words: Words) -> str:
        name = f"{box.id}: " if box.id in self._flow.nodes else ""
        count = (self._counts or {}).get(box.id)
        told = f"\n{count.arrived:,} came, {count.here:,} here now" if count else ""
        note = f"\n{count.note}" if count and count.note else ""
        return f"{name}{words.full}{told}{note}"

    def _strip(self, box: Box, left: int, inset: int) -> str:
        """The lower part of a box with counts: how many came, as a number and as a bar; how many are still there."""
        if self._counts is None:
            return ""
        count = self._counts.get(box.id, StepCounts(0))
        top = box.y + box.height - _STRIP
        whole = box.width - 2 * inset
        bar = min(whole, (whole * count.arrived + self._all - 1) // self._all)
        aside = f"{count.here:,} here now" if count.here else ""
        aside = ", ".join(part for part in (count.note, aside) if part)
        number = f"{count.arrived:,}"
        aside = clip(aside, 11, whole - 24 - text_width(number, 12))
        return (
            f'<rect class="sj-share" x="{left + inset}" y="{top}" width="{bar}" height="20" rx="5"/>'
            f'<text class="sj-count" x="{left + inset + 8}" y="{top + 14}">{number}</text>'
            f'<text class="sj-here" x="{left + box.width - inset - 8}" y="{top + 14}" text-anchor="end">'
            f"{escape(aside)}</text>"
        )

    def _line(self, route: Route) -> str:
        count = self._edges.get((route.source, route.path))
        broad = "1.5" if count is None or route.jump else self._breadth(count)
        kind = "sj-way sj-jump" if route.jump else "sj-way sj-none" if count == 0 else "sj-way"
        tip_x, tip_y = route.points[-1]
        tip = "sj-jumptip" if route.jump else "sj-tip"
        # The line stops short of the tip, or a broad one would stick out beside it.
        stop = (*route.points[:-1], (tip_x, tip_y - 7))
        half = 5 if count is None else 5 + int(float(broad)) // 3
        return (
            f'<path class="{kind}" stroke-width="{broad}" d="{bent(stop)}"/>'
            f'<path class="{tip}" d="M{tip_x - half} {tip_y - 9}H{tip_x + half}L{tip_x} {tip_y - 1}Z"/>'
        )

    def _breadth(self, count: int) -> str:
        """Between 1 and 9 pixels, in tenths, by the share of all who entered."""
        tenths = 10 + 80 * min(count, self._all) // self._all
        return f"{tenths // 10}.{tenths % 10}"

    def _label(self, route: Route) -> str:
        count = self._edges.get((route.source, route.path))
        said = clip(route.label, LABEL_SIZE, LABEL_MAX)
        x, y = route.label_at
        if not said:
            return ""
        width = text_width(said, LABEL_SIZE) + 14
        if route.jump:
            return ""
        pill = (
            f"<g><title>{escape(route.label)}</title>"
            f'<path class="sj-pill" d="{rounded(x - width // 2, y, width, 18, 9)}"/>'
            f'<text class="sj-label" x="{x}" y="{y + 13}" text-anchor="middle">{escape(said)}</text>'
        )
        number = ""
        if count is not None:
            source = (self._counts or {}).get(route.source)
            told = f"{count:,}" + (
                f" · {_percent(count, source.arrived)}" if source and source.arrived else ""
            )
            wide = text_width(told, LABEL_SIZE) + 8
            number = (
                f'<rect class="sj-plain" x="{x - wide // 2}" y="{y + 19}" width="{wide}" height="15" rx="4"/>'
                f'<text class="sj-share-text" x="{x}" y="{y + 31}" text-anchor="middle">{escape(told)}</text>'
            )
        return f"{pill}{number}</g>"

    def _card(self, layout: Layout) -> tuple[str, int, int]:
        """A card beside the entry: what can end a run at any time. Returns it with its right and lower edge."""
        said = always_words(self._journey)
        if not said:
            return "", 0, 0
        top = self._sizes.margin
        height = 32 + sum(36 if words.detail else 21 for words in said)
        left = _free_from(layout, top + height) + 36
        room = _CARD_WIDTH - 28
        parts = []
        y = top + 38
        for words in said:
            title, detail = (escape(clip(text, LABEL_SIZE, room)) for text in (words.title, words.detail))
            parts.append(
                f"<g><title>{escape(words.full)}</title>"
                f'<text class="sj-label" x="{left + 14}" y="{y}">{title}</text>'
                f'<text class="sj-detail" x="{left + 14}" y="{y + 14}">{detail}</text></g>'
            )
            y += 36 if words.detail else 21
        note = (
            f'<path class="sj-note" d="{rounded(left, top, _CARD_WIDTH, height, 10)}"/>'
            f'<text class="sj-share-text" x="{left + 14}" y="{top + 18}">at any time</text>{"".join(parts)}'
        )
        return note, left + _CARD_WIDTH + top, height + 2 * top


def _free_from(layout: Layout, bottom: int) -> int:
    """The x right of which nothing is drawn above *bottom*."""
    boxes = [box.x + box.width // 2 for box in layout.boxes if box.y < bottom]
    lines = [x for route in layout.routes for x, y in route.points if y < bottom]
    labels = [
        route.label_at[0] + LABEL_MAX // 2
        for route in layout.routes
        if route.label and route.label_at[1] < bottom
    ]
    return max([*boxes, *lines, *labels])


def _percent(part: int, whole: int) -> str:
    """A share in whole per cent; what is not nothing is not called 0 %."""
    share = (200 * part + whole) // (2 * whole)
    if part and not share:
        return "< 1 %"
    return f"{share} %"


__all__ = ["END", "ENTER", "StepCounts", "svg"]
