"""The full language for `template`: parses with python-liquid and says precisely where a text is no Liquid.

python-liquid stops at the first error and often cannot place it; each mark on its own shows them all.
"""

from __future__ import annotations

from typing import Any

from sojourn.domain.findings import did_you_mean
from sojourn.domain.message import engine
from sojourn.domain.message.liquid_filters import FILTERS
from sojourn.domain.message.marks import Mark, scan
from sojourn.domain.message.problems import ContentError, TemplateProblem
from sojourn.domain.message.variables import Reading, read

# What a tag needs around it to stand alone.
_AROUND = {
    "if": ("", "{% endif %}"),
    "elsif": ("{% if x %}", "{% endif %}"),
    "else": ("{% if x %}", "{% endif %}"),
    "unless": ("", "{% endunless %}"),
    "case": ("", "{% endcase %}"),
    "when": ("{% case x %}", "{% endcase %}"),
    "for": ("", "{% endfor %}"),
    "capture": ("", "{% endcapture %}"),
}


class FullTemplate:
    """A template parsed by python-liquid; ContentError where the text cannot be parsed.

    Args:
        text: a text in which `marks.scan` finds nothing wrong.
    """

    def __init__(self, text: str, autoescape: bool) -> None:
        self._text = text
        try:
            self._parsed = engine.parse(text, autoescape)
        except Exception as error:  # python-liquid lets Python's own errors out, a RecursionError for one
            raise ContentError(reason(error)) from error
        self.render = engine.renderer(self._parsed)

    def reading(self) -> Reading:
        """Return the variables, filters and ranges of the template."""
        return read(self._parsed, self._text)


def syntax_problems(text: str) -> tuple[TemplateProblem, ...]:
    """Return where *text*, which python-liquid refused and `marks.scan` did not, is wrong."""
    found = [problem for mark in scan(text)[0] if (problem := _alone(text, mark))]
    if not found and (whole := _tried(text)):
        found.append(TemplateProblem("syntax", whole[0], "", 0, 1))
    return tuple(found)


def usage_problems(reading: Reading) -> tuple[TemplateProblem, ...]:
    """Return what is wrong with the filters and ranges that parsing takes as they are."""
    unknown = [
        TemplateProblem(
            "unknown-filter", f'there is no filter "{name}"', did_you_mean(name, FILTERS), offset, len(name)
        )
        for name, offset in reading.filters
        if name not in FILTERS
    ]
    hint = "write {% for i in (1..3) %}"
    ranges = [
        TemplateProblem("syntax", "a range can only be looped over", hint, offset, 1)
        for offset in reading.ranges
    ]
    return (*unknown, *ranges)


def reason(error: Exception) -> str:
    """Return the first line of python-liquid's message, which otherwise quotes the template."""
    message = str(getattr(error, "message", "")) or str(error) or type(error).__name__
    first = (message.splitlines() or [type(error).__name__])[0]
    return first.replace("end of expression", "the end")[:200]


def _alone(text: str, mark: Mark) -> TemplateProblem | None:
    if mark.kind in ("raw", "comment") or mark.name.startswith("end"):
        return None
    before, after = _AROUND.get(mark.name, ("", ""))
    failed = _tried(f"{before}{text[mark.start : mark.end]}{after}")
    if not failed:
        return None
    message, token = failed
    start = token.start_index - len(before) if token else -1
    if 0 <= start < mark.end - mark.start:
        length = min(max(len(token.value), 1), mark.end - mark.start - start)
        return TemplateProblem("syntax", message, "", mark.start + start, length)
    return TemplateProblem("syntax", message, "", mark.start, mark.end - mark.start)


def _tried(text: str) -> tuple[str, Any] | None:
    try:
        engine.parse(text, False)
    except Exception as error:  # noqa: BLE001 - as in FullTemplate
        return reason(error), getattr(error, "token", None)
    return None
