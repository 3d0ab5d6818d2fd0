"""The page of SJ115, which is found while files are read."""

from __future__ import annotations

from sojourn.domain.journey.rules.rule import Rule


class BadName(Rule):
    """A name is spelled so that it can be used everywhere.

    What:
        A name has characters it cannot have. Journeys, messages, topics and segments are lower-case words joined by
        hyphens or underscores; steps have underscores only, since conditions say `steps.first_reminder`.
    Why:
        Names become state names, table keys and parts of conditions, where other characters mean something else.
    Instead of:
        steps:
          - {id: First reminder, send: reminder}
    Write:
        steps:
          - {id: first_reminder, send: reminder}
    """

    code = "SJ115"
    name = "bad-name"
    found_by_reading = True
