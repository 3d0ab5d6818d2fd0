"""Journeys to draw."""

from __future__ import annotations

from typing import Any

import pytest

from sojourn.domain.journey.model.journey import Journey

STEPS: list[dict[str, Any]] = [
    {"id": "nudge", "wait": {"between": ["22:00", "06:00"]}},
    {"id": "again", "send": "nudge", "via": ["sms", "push"], "otherwise": [{"id": "late", "send": "letter"}]},
    {
        "id": "reply",
        "wait_for": [
            {"replied": "again", "steps": [{"exit": "answered"}]},
            {
                "event": "order_completed",
                "steps": [
                    {"id": "both", "parallel": {"left": [{"update": {"a": 1}}], "right": [{"emit": "x"}], "mid": []}},
                    {"id": "twice", "goto": "reply", "at_most": 2},
                ],
            },
        ],
        "up_to": "1 day",
        "otherwise": [
            {"id": "ask", "branch": [{"when": "customer.plan == 'pro'", "steps": [{"id": "hop", "goto": "again"}]}]}
        ],
    },
    {"id": "share", "split": {"a": {"weight": 33.3, "steps": []}, "b": {"weight": 66.7, "steps": [{"call": "https://x.example/hook"}]}}},
    {"id": "desk", "task": "sales", "title": "Call the customer", "up_to": "2 days"},
    {"start": "win-back"},
]  # fmt: skip


@pytest.fixture(scope="session")
def every_verb() -> Journey:
    """A journey that uses every verb, with a title that would be markup if it were not escaped."""
    return Journey.model_validate(
        {
            "journey": "every-verb",
            "title": "<script>alert(1)</script> & more",
            "enter": {"on": "cart_updated", "where": "event.total > 10.0", "holdout": "10%"},
            "goal": {"event": "order_completed", "within": "7 days"},
            "while_running": [
                {"on": "cart_updated", "do": "restart"},
                {"on": {"left_segment": "shoppers"}, "do": "exit", "reason": "gone"},
                {"on": "cart_lost", "do": "redirect", "to": "win-back"},
            ],
            "steps": STEPS,
        }
    )
