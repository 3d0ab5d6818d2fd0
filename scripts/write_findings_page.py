"""Writes the page of every finding, from the rules' own docstrings: `write_findings_page.py FILE`.

`sojourn explain` shows the same pages in a terminal. A test compares the committed file with what this makes.
"""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.catalogue import all_rules, shown
from sojourn.domain.journey.rules.page import page_of

if TYPE_CHECKING:
    from sojourn.domain.journey.rules.rule import Rule

TOPICS = {
    "1": "Shape and names",
    "2": "Time",
    "3": "Flow",
    "4": "Consent and caps",
    "5": "Messages",
    "6": "Conditions",
    "7": "Scenarios",
    "8": "Migrations",
}
HEAD = """\
# Findings

What `sojourn check` can say about a workspace, by code. This page is made from the rules themselves by
`make docs`; `sojourn explain CODE` shows the same in a terminal. An error stops a journey from being
published, a warning does not.
"""


def section(rule: Rule) -> str:
    """Return one rule's part of the page."""
    page = page_of(rule)
    return f"""\
### {rule.code} {rule.name}

**{page.law}** ({rule.severity})

{page.what}

{page.why}

Instead of

```yaml
{shown(page.instead_of)}
```

write

```yaml
{shown(page.write)}
```
"""


def findings_page() -> str:
    """Return the whole page."""
    parts = [HEAD]
    for digit, rules in groupby(all_rules(), key=lambda rule: rule.code[2]):
        parts += [f"## {TOPICS[digit]}\n", *map(section, rules)]
    return "\n".join(parts)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(findings_page(), encoding="utf-8")
