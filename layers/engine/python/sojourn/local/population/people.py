"""Who the customers are: makes profiles, and what each did before the simulation began."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from sojourn.domain.customer.rows import Profile
from sojourn.domain.journey.model.simulation import Consents, History
from sojourn.domain.time.durations import parse_duration
from sojourn.local.population.values import Maker, believable, guessed, made

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sojourn.domain.decide.segments import SegmentRule
    from sojourn.domain.journey.model.simulation import Population
    from sojourn.domain.journey.model.workspace import Workspace
    from sojourn.local.population.person import Person

_REACHABLE = {"email": 95.0, "sms": 60.0, "push": 40.0, "whatsapp": 30.0}
_OPTED_IN, _OPTED_OUT = 92.0, 60.0
_PAST = History(share=60.0)


@dataclass(frozen=True, slots=True)
class Consent:
    """Who wants a topic: one decision for all channels, or one for each that is named."""

    topic: str
    channels: tuple[str, ...]
    share: float
    by_channel: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Past:
    """What customers did before: in which share, how often, within how many seconds."""

    event: str
    share: float
    times: int
    within: float


@dataclass(frozen=True, slots=True)
class People:
    """How customers are made; pairs are values with their running totals."""

    timezones: tuple[Sequence[str], Sequence[float]]
    locales: tuple[Sequence[str], Sequence[float]]
    reachable: Mapping[str, float]
    consents: tuple[Consent, ...]
    attributes: Mapping[str, Maker]
    past: tuple[Past, ...]

    def profile(self, person: Person, now: datetime) -> Profile:
        """Make a customer's profile."""
        chance = person.chance
        timezone = _drawn(chance.random(), self.timezones)
        locale = _drawn(chance.random(), self.locales)
        reached = {channel: chance.random() < share for channel, share in self.reachable.items()}
        number = int(person.id[1:])
        return Profile(
            id=person.id,
            attributes=made(self.attributes, person, now),
            timezone=timezone,
            locale=locale,
            email=f"{person.id}@customers.example" if reached["email"] else None,
            # Numbers of the range that the North American plan keeps for stories. Whoever has WhatsApp has a number.
            phone=f"+1202555{100 + number % 100:04}" if reached["sms"] or reached["whatsapp"] else None,
            device=f"device-{person.id}" if reached["push"] else None,
            consents=self._consents(person),
        )

    def _consents(self, person: Person) -> dict[tuple[str, str], bool]:
        said: dict[tuple[str, str], bool] = {}
        for consent in self.consents:
            wanted = person.chance.random() < consent.share
            for channel in consent.channels:
                own = consent.by_channel.get(channel)
                said[consent.topic, channel] = wanted if own is None else person.chance.random() < own
        return said

    def history(self, person: Person, start: datetime) -> list[tuple[str, datetime]]:
        """Return what a customer did before *start*: (event, when), oldest first."""
        did = [
            (past.event, start - timedelta(seconds=1 + person.chance.random() * past.within))
            for past in self.past
            if person.happens(past.share)
            for _ in range(past.times)
        ]
        return sorted(did, key=lambda pair: pair[1])


def plan_people(
    workspace: Workspace, population: Population, segments: Iterable[SegmentRule], set_later: frozenset[str]
) -> People:
    """Work out how customers are made, defaults where nothing is said.

    Args:
        set_later: the attributes that journeys set: nobody has them yet, unless somebody guessed otherwise.
    """
    reachable = _REACHABLE | dict(population.reachable)
    asked = {event: _PAST for rule in segments for event in sorted(rule.events) if event in workspace.events}
    return People(
        timezones=_shares(population.timezones, workspace.timezone),
        locales=_shares(population.locales, workspace.locale),
        reachable={channel: reachable[channel] / 100 for channel in _REACHABLE},
        consents=tuple(
            _consent(name, topic.channels, topic.default, population.consents.get(name))
            for name, topic in workspace.topics.items()
        ),
        attributes={
            name: guessed(population.attributes[name], about.type)
            if name in population.attributes
            else believable(name, about, ahead=False)
            for name, about in workspace.attributes.items()
            if name in population.attributes or name not in set_later
        },
        past=tuple(
            Past(event, past.share / 100, past.times, parse_duration(past.within).total_seconds())
            for event, past in (asked | dict(population.history)).items()
        ),
    )


def _consent(topic: str, channels: tuple[str, ...], default: str, said: Any) -> Consent:
    usual = _OPTED_IN if default == "opted_in" else _OPTED_OUT
    if isinstance(said, Consents):
        named = {name: share / 100 for name, share in said.model_dump().items() if share is not None}
        return Consent(topic, channels, usual / 100, named)
    return Consent(topic, channels, (usual if said is None else said) / 100, {})


def _shares(said: Mapping[str, float], usual: str) -> tuple[Sequence[str], Sequence[float]]:
    shares = said if any(said.values()) else {usual: 1.0}
    return tuple(shares), tuple(accumulate(shares.values()))


def _drawn(at: float, shares: tuple[Sequence[str], Sequence[float]]) -> str:
    values, until = shares
    wanted = at * until[-1]
    return next((value for value, limit in zip(values, until, strict=True) if wanted < limit), values[-1])
