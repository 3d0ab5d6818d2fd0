"""The colours of a drawing, light and dark, as a style sheet that stands inside the SVG.

Class names begin with `sj-`, so that a page with several drawings in it keeps its own.
"""

from __future__ import annotations

FAMILIES: dict[str, str] = {
    "enter": "start", "end": "start", "join": "flow", "wait": "time", "wait_for": "time", "send": "send",
    "branch": "flow", "split": "flow", "parallel": "flow", "goto": "flow", "update": "data", "task": "person",
    "call": "data", "emit": "data", "start": "start", "exit": "exit",
}  # fmt: skip
"""Which colour a kind of box has: what takes time, what speaks, what decides, what changes something, what ends."""

_LIGHT = {"start": "#15803d", "time": "#b45309", "send": "#2563eb", "flow": "#7c3aed", "data": "#0e7490",
          "person": "#be185d", "exit": "#b91c1c"}  # fmt: skip
_DARK = {"start": "#4ade80", "time": "#fbbf24", "send": "#7ab0ff", "flow": "#b79bff", "data": "#4fd1e5",
         "person": "#f78cc0", "exit": "#fb8a8a"}  # fmt: skip


def style_sheet() -> str:
    """Return the style sheet."""
    return (
        ".sj{--sj-bg:#fbfbfd;--sj-box:#fff;--sj-ink:#1b2130;--sj-soft:#5b6478;--sj-rule:#d5dae4;--sj-line:#98a2b6;"
        f"--sj-on:#fff;{_tones(_LIGHT)};"
        "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}"
        "@media (prefers-color-scheme:dark){.sj{--sj-bg:#151923;--sj-box:#1e2430;--sj-ink:#eef1f7;--sj-soft:#a3adc0;"
        f"--sj-rule:#394255;--sj-line:#6b768c;--sj-on:#10141c;{_tones(_DARK)}}}}}"
        ".sj-bg{fill:var(--sj-bg)}.sj-box{fill:var(--sj-box);stroke:var(--sj-tone);stroke-width:1.5}"
        ".sj-tile{fill:var(--sj-tone)}"
        ".sj-glyph{fill:none;stroke:var(--sj-on);stroke-width:2;stroke-linecap:round;stroke-linejoin:round}"
        ".sj-title{font-size:13px;font-weight:600;fill:var(--sj-ink)}"
        ".sj-detail{font-size:11px;fill:var(--sj-soft)}"
        ".sj-id{font-family:ui-monospace,'SF Mono',Menlo,Consolas,monospace;font-size:10px}"
        ".sj-count{font-size:12px;font-weight:650;fill:var(--sj-ink)}.sj-here{font-size:11px;fill:var(--sj-soft)}"
        ".sj-share{fill:var(--sj-tone);opacity:.22}"
        ".sj-way{fill:none;stroke:var(--sj-line);stroke-linejoin:round}.sj-none{stroke-dasharray:2 4;opacity:.7}"
        ".sj-jump{stroke:var(--sj-flow);stroke-dasharray:6 4}"
        ".sj-tip{fill:var(--sj-line)}.sj-jumptip{fill:var(--sj-flow)}"
        ".sj-label{font-size:11px;fill:var(--sj-ink)}.sj-share-text{font-size:11px;font-weight:600;fill:var(--sj-soft)}"
        ".sj-pill{fill:var(--sj-bg);stroke:var(--sj-rule)}.sj-plain{fill:var(--sj-bg)}"
        ".sj-note{fill:none;stroke:var(--sj-rule);stroke-dasharray:4 4}"
        + "".join(f".sj-{name}{{--sj-tone:var(--sj-{name})}}" for name in _LIGHT)
    )


def _tones(tones: dict[str, str]) -> str:
    return ";".join(f"--sj-{name}:{colour}" for name, colour in tones.items())
