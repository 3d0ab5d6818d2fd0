"""The daily sweep: asks the segments again that time alone can move a customer in or out of, and once what is new.

Whoever became a customer while there was too much to bring over at once is brought on besides, as perhaps no event of
theirs comes any more. Which customers there are, and where a sweep is, is storage's to know.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from sojourn.application.completing import complete
from sojourn.application.merging import go_on
from sojourn.application.route import ask_segments, bring_over_rest
from sojourn.application.seen import seen
from sojourn.domain.compile.compiled import canonical
from sojourn.domain.decide.traits import traits_json
from sojourn.errors import TransientError

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence
    from datetime import datetime

    from sojourn.application.ports import Catalogue, Engine
    from sojourn.domain.customer.rows import Event, Profile
    from sojourn.domain.decide.segments import SegmentRule


SWEEP_AT = "03:00"
"""When the sweep begins, on the workspace's clock, where a deployment says nothing else."""


def sweep_segments(
    engine: Engine, customer: str, since: datetime | None = None, always: Container[str] = ()
) -> bool:
    """Ask a customer's time-dependent segments again, and the new ones; say whether they entered or left any.

    Args:
        since: when they were asked last; what cannot have changed by time alone is not asked again. None for never.
        always: the segments that are asked whatever has happened since: nobody was asked about them yet.
    """
    rules = engine.catalogue.segments
    profile = _brought_on(engine, customer)
    if since is None:
        asked = {rule.name for rule in rules if rule.timed or rule.name in always}
        return bool(asked) and ask_segments(engine, customer, asked)
    timed = [rule for rule in rules if rule.timed]
    now, events = engine.clock.now(), _events(engine, profile, timed, since)
    names = {
        rule.name for rule in rules
        if rule.name in always or rule.may_have_changed(events, profile.engagement, since, now)
    }  # fmt: skip
    return bool(names) and ask_segments(engine, customer, names)


def _brought_on(engine: Engine, customer: str) -> Profile:
    """Return the profile; where others became this customer, or they another, once that is gone on with."""
    try:
        profile = engine.customers.load(customer).profile
    except TransientError:
        if not go_on(engine, customer):
            raise
        profile = engine.customers.load(customer).profile
    if not profile.merging:
        return profile
    bring_over_rest(engine, customer)
    return engine.customers.load(customer).profile


def sweep_again(
    engine: Engine, customer: str, since: datetime | None = None, always: Container[str] = ()
) -> bool:
    """Sweep a customer of whom nobody knows whether a sweep that died had come to them; say whether they moved.

    What was written is not done again, and what was to follow it is completed.
    """
    moved = sweep_segments(engine, customer, since, always)
    complete(engine, engine.customers.load(customer))
    return moved


def asks(catalogue: Catalogue) -> dict[str, str]:
    """Return the segments, each with a word that is another once it asks anything else."""
    found = {}
    for rule in catalogue.segments:
        traits = {name: catalogue.traits[name] for name in rule.traits}
        said = canonical([rule.when, traits_json(traits)])
        found[rule.name] = blake2b(said.encode(), digest_size=6).hexdigest()
    return found


def _events(
    engine: Engine, profile: Profile, rules: Sequence[SegmentRule], since: datetime
) -> Callable[[str, datetime], Sequence[Event]]:
    """Return what asks for events: once for each name, as far back as any of the rules looks."""
    longest: dict[str, float] = {}
    for name, seconds in (age for rule in rules for age in rule.ages):
        longest[name] = max(seconds, longest.get(name, 0.0))

    @cache
    def found(name: str) -> Sequence[Event]:
        back = since - timedelta(seconds=longest[name])
        return seen(engine.customers, profile, name, back)

    return lambda name, _: found(name)
