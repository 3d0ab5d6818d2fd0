"""The port through which use cases read what is published (see `sojourn.application.ports`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sojourn.domain.compile.compiled import CompiledJourney, Trigger
    from sojourn.domain.control import Control
    from sojourn.domain.decide.policy import Policy
    from sojourn.domain.decide.segments import SegmentRule
    from sojourn.domain.decide.traits import TraitRule


class Catalogue(Protocol):
    """What is published: journeys by name, version and trigger; segments; the workspace's policy."""

    @property
    def policy(self) -> Policy:
        """The workspace's rules."""

    @property
    def segments(self) -> Sequence[SegmentRule]:
        """The workspace's segments."""

    @property
    def traits(self) -> Mapping[str, TraitRule]:
        """The workspace's computed traits, by name."""

    def current(self, journey: str) -> CompiledJourney | None:
        """Return the version customers enter now."""

    def version(self, journey: str, version: str) -> CompiledJourney:
        """Return one version, of which runs may still be on their way."""

    def entered_by(self, trigger: Trigger) -> Sequence[CompiledJourney]:
        """Return the journeys that a trigger enters."""

    def scheduled(self) -> Sequence[CompiledJourney]:
        """Return the journeys that customers enter now by a schedule."""

    def control(self, journey: str) -> Control:
        """Return what publishers told a journey, what they told all included; at most seconds old."""

    def draft(self, journey: str) -> CompiledJourney | None:
        """Return the version that customers in the segment `test` enter instead of the live one."""

    def drafts_by(self, trigger: Trigger) -> Sequence[CompiledJourney]:
        """Return the drafts that a trigger enters."""
