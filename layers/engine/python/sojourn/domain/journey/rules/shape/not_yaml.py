"""The page of SJ102, which is found while files are read."""

from __future__ import annotations

from sojourn.domain.journey.rules.rule import Rule


class NotYaml(Rule):
    """A file is well-formed YAML.

    What:
        Quotes, brackets, indentation or colons do not add up, so the file cannot be read beyond this place.
    Why:
        Nothing in the file can be checked, and nothing of it runs, until it can be read.
    Instead of:
        title: "Win back an abandoned cart
    Write:
        title: "Win back an abandoned cart"
    """

    code = "SJ102"
    name = "not-yaml"
    found_by_reading = True
