"""What is published, in memory: compiled journeys, messages, segments and the policy of one workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.control import Control, control_of
from sojourn.domain.decide.segments import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sojourn.domain.compile.compiled import CompiledJourney, Trigger
    from sojourn.domain.decide.policy import Policy
    from sojourn.domain.decide.segments import SegmentRule
    from sojourn.domain.decide.traits import TraitRule
    from sojourn.domain.message.compiled import CompiledMessage


class MemoryCatalogue:
    """The current versions, indexed by trigger; publishing another version keeps the earlier ones readable.

    `controls` is what publishers told journeys, by name, or `EVERY` for all; whoever plays a publisher writes it.
    """

    def __init__(
        self,
        policy: Policy,
        segments: Sequence[SegmentRule],
        journeys: Iterable[CompiledJourney],
        traits: Mapping[str, TraitRule] | None = None,
    ) -> None:
        self.policy = policy
        self.traits = traits or {}
        self.controls: dict[str, Control] = {}
        self.segments = in_order(segments)
        self._current: dict[str, CompiledJourney] = {}
        self._versions: dict[tuple[str, str], CompiledJourney] = {}
        self._by_trigger: dict[Trigger, list[CompiledJourney]] = {}
        self._drafts: dict[str, CompiledJourney] = {}
        for journey in journeys:
            self.publish(journey)

    def publish(self, journey: CompiledJourney) -> None:
        """Make *journey* the version that customers enter from now on; a draft of it is none any more."""
        if self._drafts.get(journey.name) == journey:
            del self._drafts[journey.name]
        self._current[journey.name] = journey
        self._versions[(journey.name, journey.version)] = journey
        self._by_trigger = {}
        for current in self._current.values():
            for trigger in current.enter.triggers:
                self._by_trigger.setdefault(trigger, []).append(current)

    def put_draft(self, journey: CompiledJourney) -> None:
        """Make *journey* the version that customers in the segment `test` enter from now on."""
        self._drafts[journey.name] = journey
        self._versions[(journey.name, journey.version)] = journey

    def drop_draft(self, journey: str) -> None:
        """Let the segment `test` enter what is live again."""
        self._drafts.pop(journey, None)

    def current(self, journey: str) -> CompiledJourney | None:
        """Return the version customers enter now."""
        return self._current.get(journey)

    def all_current(self) -> tuple[CompiledJourney, ...]:
        """Return every journey's current version."""
        return tuple(self._current.values())

    def version(self, journey: str, version: str) -> CompiledJourney:
        """Return one version."""
        return self._versions[(journey, version)]

    def entered_by(self, trigger: Trigger) -> Sequence[CompiledJourney]:
        """Return the journeys that a trigger enters."""
        return self._by_trigger.get(trigger, ())

    def scheduled(self) -> Sequence[CompiledJourney]:
        """Return the journeys that customers enter now by a schedule."""
        return [journey for _, journey in sorted(self._current.items()) if journey.enter.schedule]

    def control(self, journey: str) -> Control:
        """Return what publishers told a journey, what they told all included."""
        return control_of(self.controls, journey)

    def draft(self, journey: str) -> CompiledJourney | None:
        """Return the version that customers in the segment `test` enter instead of the live one."""
        return self._drafts.get(journey)

    def drafts_by(self, trigger: Trigger) -> Sequence[CompiledJourney]:
        """Return the drafts that a trigger enters, by name."""
        return [draft for _, draft in sorted(self._drafts.items()) if trigger in draft.enter.triggers]


class MemoryContents:
    """Compiled messages by digest."""

    def __init__(self, messages: Mapping[str, CompiledMessage]) -> None:
        self._messages = messages

    def get(self, digest: str) -> CompiledMessage:
        """Return the message."""
        return self._messages[digest]
