"""Everything that a deployment registers of a workspace, as one piece of plain JSON.

What was read, checked and compiled on a laptop or in CI travels to AWS so, and the local runtime plays the same.
Reading a bundle must stay cheap: a function does it. So whatever reads files and models is imported where it is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sojourn.domain.compile.compiled import CompiledJourney
from sojourn.domain.compile.policy import policy_of
from sojourn.domain.decide.policy import Policy
from sojourn.domain.decide.segments import SegmentRule, segment_rule
from sojourn.domain.decide.traits import TraitRule, traits_from, traits_json
from sojourn.domain.findings import Severity
from sojourn.domain.message.compiled import CompiledMessage
from sojourn.domain.time.durations import parse_duration
from sojourn.errors import AuthorError

if TYPE_CHECKING:
    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.model.workspace import Trait
    from sojourn.domain.journey.project import Project

FORMAT = 1
"""The release of this format; a bundle of another one is refused."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A compiled workspace.

    Args:
        segments: by name.
        journeys: by name, one version each.
        messages: those the journeys send, by digest.
        traits: computed traits, by name.
        outlines: the journeys as their authors wrote them, by name (`sojourn.domain.change.outline`), as plain JSON.
    """

    policy: Policy
    segments: tuple[SegmentRule, ...] = ()
    journeys: tuple[CompiledJourney, ...] = ()
    messages: Mapping[str, CompiledMessage] = field(default_factory=dict)
    traits: Mapping[str, TraitRule] = field(default_factory=dict)
    outlines: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the bundle as plain JSON values; `canonical` makes the same bytes of the same workspace."""
        return {
            "format": FORMAT,
            "policy": self.policy.to_json(),
            "segments": {rule.name: rule.when for rule in self.segments},
            **({"traits": traits_json(self.traits)} if self.traits else {}),
            "journeys": {
                journey.name: {"version": journey.version, **journey.to_json()} for journey in self.journeys
            },
            "messages": {digest: message.to_json() for digest, message in self.messages.items()},
            "outlines": dict(self.outlines),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Bundle:
        """Return the bundle that `to_json` wrote.

        Raises:
            AuthorError: another release of Sojourn wrote it.
        """
        if value.get("format") != FORMAT:
            raise AuthorError(
                f"the bundle has format {value.get('format')}, and this release of Sojourn reads {FORMAT}: "
                "compile the workspace with the release that is deployed"
            )
        traits = traits_from(value.get("traits", {}))
        return cls(
            Policy.from_json(value["policy"]),
            tuple(segment_rule(name, when, traits) for name, when in sorted(value["segments"].items())),
            tuple(
                CompiledJourney.from_json(journey, journey["version"])
                for _, journey in sorted(value["journeys"].items())
            ),
            {
                digest: CompiledMessage.from_json(message)
                for digest, message in sorted(value["messages"].items())
            },
            traits,
            value.get("outlines", {}),
        )


def bundle_of(project: Project) -> Bundle:
    """Compile a workspace.

    Raises:
        AuthorError: `check` finds errors in it; the message tells the first.
    """
    from sojourn.domain.journey.checking import check

    found = check(project)
    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    if errors:
        first = errors[0]
        others = f" (and {len(errors) - 1} more)" if errors[1:] else ""
        raise AuthorError(f"{first.file}:{first.span.line}:{first.span.column}: {first.message}{others}")
    return compiled_workspace(project, found)


def compiled_workspace(project: Project, findings: Iterable[Finding] = ()) -> Bundle:
    """Compile a workspace in which `check` found no errors.

    Args:
        findings: what it did find, to be kept with the outlines.

    Raises:
        AuthorError: a message has an error after all.
    """
    from sojourn.domain.change.outline import outline_of
    from sojourn.domain.compile.folder import compile_folder

    journeys: dict[str, CompiledJourney] = {}
    messages: dict[str, CompiledMessage] = {}
    outlines: dict[str, Mapping[str, Any]] = {}
    for folder in project.journeys.values():
        journey, content = compile_folder(folder, project)
        journeys[journey.name] = journey
        messages |= content
        outlines[journey.name] = outline_of(folder, project, findings).to_json()
    traits = traits_of(project)
    return Bundle(
        policy_of(project.workspace),
        tuple(segment_rule(name, segment.when, traits) for name, segment in sorted(project.segments.items())),
        tuple(journey for _, journey in sorted(journeys.items())),
        dict(sorted(messages.items())),
        traits,
        dict(sorted(outlines.items())),
    )


def traits_of(project: Project) -> dict[str, TraitRule]:
    """Return the computed traits of a workspace in which `check` found no errors."""
    return {name: _trait(name, trait) for name, trait in sorted(project.traits.items())}


def _trait(name: str, trait: Trait) -> TraitRule:
    within = parse_duration(trait.within).total_seconds() if trait.within else 0.0
    return TraitRule(name, trait.ways[0], trait.event, trait.property_, within, trait.where or "")
