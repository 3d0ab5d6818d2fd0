"""A small picture for each verb, drawn in strokes on a 24 × 24 field."""

from __future__ import annotations

GLYPHS: dict[str, str] = {
    "enter": "M14 4h5v16h-5M4 12h10M10 8l4 4-4 4",
    "end": "M5 12.5l4.5 4.5L19 7.5",
    "join": "M7 4v4l5 5 5-5V4M12 13v7",
    "wait": "M12 4a8 8 0 1 0 .01 0M12 8v4.5l3 2",
    "wait_for": "M7 4h10M7 20h10M8 4c0 5 8 6 8 8s-8 3-8 8M16 4c0 5-8 6-8 8s8 3 8 8",
    "send": "M4 6.5h16v11H4zM4 7l8 6 8-6",
    "branch": "M12 4v5M12 9c0 4-6 3-6 8M12 9c0 4 6 3 6 8M3.5 15L6 18l2.5-3M15.5 15l2.5 3 2.5-3",
    "split": "M12 4.5a7.5 7.5 0 1 0 .01 0M12 4.5V12l5.5 5",
    "update": "M5 19l1-4L16 5l3 3L9 18zM14 7l3 3",
    "task": "M12 4.5a3.5 3.5 0 1 0 .01 0M5 20c0-5 3-7 7-7s7 2 7 7",
    "call": "M4 9h13M14 5.5L17.5 9 14 12.5M20 15H7M10 11.5L6.5 15l3.5 3.5",
    "emit": "M12 11a1 1 0 1 0 .01 0M8 8a5.5 5.5 0 0 0 0 8M16 8a5.5 5.5 0 0 1 0 8"
    "M5 5a10 10 0 0 0 0 14M19 5a10 10 0 0 1 0 14",
    "start": "M8 5.5l10 6.5-10 6.5z",
    "goto": "M19 12a7 7 0 1 1-2.5-5.400M17 3v4h-4",
    "parallel": "M4 6h16M7 6v13M12 6v13M17 6v13",
    "exit": "M10 4H5v16h5M10 12h10M16 8l4 4-4 4",
    "goal": "M6 21V4M6 5h11l-2.5 3.5L17 12H6",
}
