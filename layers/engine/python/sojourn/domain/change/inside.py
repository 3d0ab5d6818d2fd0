"""Who is in a journey now, version by version and step by step, and what publishing would do with them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.domain.change.migration import Fate, Fated, MigrationMap, fated

if TYPE_CHECKING:
    from sojourn.domain.change.outline import Outline


@dataclass(frozen=True, slots=True)
class Inside:
    """Those who are in one version of a journey.

    Args:
        runs: how many runs of it go on.
        fates: what becomes of those at each step, in the order of the steps.
        migrated: whether a map leads from this version; else all finish on it.
        wrong: what speaks against that map, in sentences.
    """

    version: str
    runs: int
    fates: tuple[Fated, ...] = ()
    migrated: bool = False
    wrong: tuple[str, ...] = ()


def inside(
    runs: Mapping[str, int],
    now: Mapping[str, Mapping[str, int]],
    outlines: Mapping[str, Outline],
    fates: MigrationMap | None,
    wrong: tuple[str, ...] = (),
) -> tuple[Inside, ...]:
    """Return who is in which version, the versions with most of them first; a version that a map names is always there.

    Args:
        runs: version -> how many runs of it go on.
        now: version -> step -> how many are at it.
        outlines: of the versions, as far as they were kept; without one, steps come by their names.
        fates: the map that was written, if there is one.
        wrong: what speaks against it, in sentences.
    """
    from sojourn.domain.change.outline import Outline

    named = {fates.before} if fates is not None else set()
    there = {version for version, number in runs.items() if number > 0} | named
    found = []
    for version in sorted(there, key=lambda one: (-runs.get(one, 0), one)):
        ours = fates if fates is not None and fates.before == version else None
        outline = outlines.get(version)
        of_it = ours or MigrationMap(version, {}, Fate())
        found.append(
            Inside(
                version,
                runs.get(version, 0),
                fated(of_it, outline or Outline(""), now.get(version, {})),
                ours is not None,
                wrong if ours is not None else (),
            )
        )
    return tuple(found)
