"""How large content may be and how much work rendering may take, so that no text can hang or exhaust a sender.

All limits are counts of characters or of work, never of seconds: the same content is refused everywhere alike.
"""

from __future__ import annotations

MAX_TEMPLATE = 262_144
"""Characters of one template and of what it renders to (an email's HTML, the largest part)."""

MAX_HEADER = 1_000
"""Characters of a rendered subject, address, title or link; RFC 5322 ends a header line at 998."""

MAX_SMS = 1_600
"""Characters of a rendered SMS; End User Messaging accepts no more."""

MAX_MJML = 131_072
"""Characters of an MJML source; about a tenth of it is what real newsletters need."""

MAX_ELEMENTS = 1_500
"""Elements of an MJML source. mrml recurses per level and overflows its stack between 5,000 and 20,000."""

MAX_TAGS = 30_000
"""Tags and comments of an HTML source."""

MAX_STYLING = 25_000_000
"""Characters of an HTML source's style rules times its elements; beyond it the rules stay in their sheet."""

MAX_STYLED_DEPTH = 500
"""Nested elements of an HTML source whose rules are made attributes; matching climbs up from every element."""

MAX_DEPTH = 50
"""Nested elements of an MJML or HTML source."""

MAX_MARK = 1_000
"""Characters of one `{{ … }}` or `{% … %}`; python-liquid's lexer is quadratic in it."""

MAX_MARKS = 3_000
"""Marks in one template; every one costs at parsing and at rendering."""

MAX_LIQUID = 65_536
"""Characters inside the marks of one template, all together."""

MAX_BLANKS = 40
"""Blanks in a row inside a mark, for the same reason."""

MAX_NESTING = 20
"""Nested `if`, `for`, … blocks."""

MAX_ITEMS = 1_000
"""Items of a list that a filter works on."""

MAX_RANGE = 10_000
"""Items of a `(1..n)` that is looped over."""

WORK = 100_000
"""Work units of one rendering: a node rendered in a loop is one, every 50 characters through a filter another."""

CHARACTERS_PER_UNIT = 50

MAX_DIGITS = 30
"""Digits before or after the point of a number that is formatted."""

MAX_DATE_FORMAT = 100
"""Characters of a date format."""
