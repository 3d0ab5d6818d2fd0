"""Timestamps as the States Language writes them: RFC 3339 with an upper-case T, and Z or an offset."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d+))?(?:Z|[+-]\d\d:\d\d)")


def timestamp(text: object) -> datetime | None:
    """Return the instant that *text* names, or None where it is none; digits past the sixth are cut."""
    if not isinstance(text, str):
        return None
    form = _FORM.fullmatch(text)
    if form is None:
        return None
    if form[1] is not None:
        text = f"{text[: form.start(1)]}{form[1][:6]:0<6}{text[form.end(1) :]}"
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def written(when: datetime) -> str:
    """Return an instant as the context object shows it, to the millisecond."""
    text = when.astimezone(UTC).isoformat(timespec="milliseconds")  # much faster than a format of our own
    return f"{text[:-6]}Z"
