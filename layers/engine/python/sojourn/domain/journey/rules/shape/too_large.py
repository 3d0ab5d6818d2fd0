"""The page of SJ103, which is found while files are read."""

from __future__ import annotations

from sojourn.domain.journey.rules.rule import Rule


class TooLarge(Rule):
    """A file is smaller than a megabyte.

    What:
        The file is larger than what is read.
    Why:
        The largest journeys have a few thousand lines. A file this large is there by accident, such as an export
        or a picture, and reading it would hold everybody up.
    Instead of:
        description: |
          Sed ut perspiciatis unde omnis iste natus error sit voluptatem accusantium doloremque laudantium.
          # and 12,000 more lines like this
    Write:
        description: See the campaign plan in the wiki.
    """

    code = "SJ103"
    name = "too-large"
    found_by_reading = True
