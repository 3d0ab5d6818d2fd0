"""The page of SJ108, which is found while files are read."""

from __future__ import annotations

from sojourn.domain.journey.rules.rule import Rule


class YamlTag(Rule):
    """Values carry no YAML tags.

    What:
        A value is marked with a tag such as `!!python/object` or `!Ref`.
    Why:
        Tags make other programs build things from a file. Here a file is only data, so a tag does not do what its
        author expects.
    Instead of:
        title: !Ref CartTitle
    Write:
        title: Win back an abandoned cart
    """

    code = "SJ108"
    name = "yaml-tag"
    found_by_reading = True
