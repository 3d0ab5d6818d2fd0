"""The page of SJ109, which is found while files are read."""

from __future__ import annotations

from sojourn.domain.journey.rules.rule import Rule


class SeveralDocuments(Rule):
    """A file holds one YAML document.

    What:
        A line `---` begins a second document in the same file.
    Why:
        Only the first would be read, and the rest would be lost without a word.
    Instead of:
        title: Win back an abandoned cart
        ---
        title: Another journey
    Write:
        title: Win back an abandoned cart
    """

    code = "SJ109"
    name = "several-documents"
    found_by_reading = True
