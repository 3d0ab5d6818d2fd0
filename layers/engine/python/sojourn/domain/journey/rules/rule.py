"""What a rule is: one law about what people write, with a stable code and a page that explains it.

A rule only looks: it gets everything that was read and says what breaks its law. It neither reads files nor
renders findings. Its class docstring is its page (`page.py` says how one is written).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from sojourn.domain.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sojourn.domain.journey.rules.context import Context
    from sojourn.domain.places import Span


class Rule:
    """One law. A subclass names its code and implements `check`, unless reading itself finds what breaks it.

    Attributes:
        code: `SJ` and three digits, by topic: 1xx shape and names, 2xx time, 3xx reachability, 4xx consent and
            caps, 5xx messages, 6xx conditions, 7xx scenarios, 8xx migrations. Never used again for something else.
        name: the code in words.
        severity: what its findings usually are.
        found_by_reading: the finding is made while files are read, the rule only explains it.
        needs_workspace: it concludes from what `workspace.yaml` or `segments.yaml` does not hold, so it keeps
            silent where one of them could not be read whole.
        needs_journey: likewise for the files of a journey's folder.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity] = Severity.ERROR
    found_by_reading: ClassVar[bool] = False
    needs_workspace: ClassVar[bool] = False
    needs_journey: ClassVar[bool] = False

    def check(self, context: Context) -> Iterable[Finding]:
        """Yield a finding for every place that breaks the law."""
        raise LookupError(f"{self.code} is found by reading, not by checking {context}")

    def finding(
        self, message: str, file: str, span: Span, help_: str = "", severity: Severity | None = None
    ) -> Finding:
        """Make a finding of this rule."""
        return Finding(self.code, self.name, message, file, span, help_, severity or self.severity)
