"""The page of SJ118, which is found while files are read."""

from __future__ import annotations

from sojourn.domain.journey.rules.rule import Rule


class NoWorkspace(Rule):
    """A folder of journeys has a workspace.yaml.

    What:
        There is no `workspace.yaml` in the folder that is checked.
    Why:
        It says who sends, which topics, attributes and events there are, and in which zone the clocks run. Without it
        hardly anything can be checked.
    Instead of:
        # no file: workspace.yaml
    Write:
        # file: workspace.yaml
        workspace: acme
        timezone: Europe/Berlin
    """

    code = "SJ118"
    name = "no-workspace"
    found_by_reading = True
