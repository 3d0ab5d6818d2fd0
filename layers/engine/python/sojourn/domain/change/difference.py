"""What differs between two outlines of a journey: steps added, removed, moved, changed; who enters; what ends; texts.

Steps that their author named are the same where the name is. The others are matched by what they do, in the order in
which they stand: to write a step between two others changes neither. Pure: it words nothing and decides nothing.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sojourn.domain.change.outline import Outline, Place, Step


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One thing that is said otherwise; None where nothing was said, or is any more."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class StepChange:
    """What became of a step.

    Args:
        kind: `added`, `removed`, or `kept`.
        moved: it stands elsewhere than its neighbours that stayed.
        fields: what it says otherwise.
    """

    kind: str
    before: Step | None
    after: Step | None
    moved: bool = False
    fields: tuple[FieldChange, ...] = ()

    @property
    def step(self) -> Step:
        """The step as it is now; as it was where it is gone."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a change of no step")
        return found

    @property
    def changes(self) -> bool:
        """Whether anything about the step differs."""
        return self.kind != "kept" or self.moved or bool(self.fields)


@dataclass(frozen=True, slots=True)
class TextChange:
    """A text of a message that reads otherwise; "" where there was none, or is none any more."""

    message: str
    part: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two states of one journey.

    Args:
        kind: `added`, `removed`, `changed` or `same`.
        steps: every step of either, in the order of the later, the removed ones where they stood.
    """

    journey: str
    kind: str
    about: tuple[FieldChange, ...] = ()
    enter: tuple[FieldChange, ...] = ()
    ends: tuple[FieldChange, ...] = ()
    steps: tuple[StepChange, ...] = ()
    texts: tuple[TextChange, ...] = ()


def differences(before: Mapping[str, Outline], after: Mapping[str, Outline]) -> tuple[Difference, ...]:
    """Compare two states of a workspace; journeys by name, those that are the same included."""
    return tuple(difference(before.get(name), after.get(name)) for name in sorted({*before, *after}))


def shared_differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """Compare what all journeys of a workspace share (`outline.shared_of`)."""
    return _fields(before, after)


def difference(before: Outline | None, after: Outline | None) -> Difference:
    """Compare two states of a journey; None where there is none."""
    outline = after or before
    if outline is None:
        raise ValueError("two journeys that are not there")
    steps = _steps(before.steps if before else (), after.steps if after else ())
    parts = (
        _fields(before.about if before else {}, after.about if after else {}),
        _fields(before.enter if before else {}, after.enter if after else {}),
        _fields(before.ends if before else {}, after.ends if after else {}),
    )
    texts = _texts(before.messages if before else {}, after.messages if after else {})
    if before is None or after is None:
        kind = "added" if before is None else "removed"
    else:
        changed = any(parts) or texts or any(step.changes for step in steps)
        kind = "changed" if changed else "same"
    return Difference(outline.journey, kind, *parts, steps, texts)


def _fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    names = [*after, *(name for name in before if name not in after)]
    return tuple(
        FieldChange(name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    )


def _texts(
    before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]]
) -> tuple[TextChange, ...]:
    return tuple(
        TextChange(name, part, was, now)
        for name in sorted({*before, *after})
        for part in sorted({*before.get(name, {}), *after.get(name, {})})
        if (was := before.get(name, {}).get(part, "")) != (now := after.get(name, {}).get(part, ""))
    )


def _steps(before: Sequence[Step], after: Sequence[Step]) -> tuple[StepChange, ...]:
    partners = _matched(before, after)
    new_id = {before[old].id: after[new].id for new, old in partners.items()}
    moved = _moved(before, after, partners, new_id)
    changes: list[StepChange] = []
    kept = set(partners.values())
    left = [index for index in range(len(before)) if index not in kept]
    for new, step in enumerate(after):
        old = partners.get(new)
        if old is None:
            changes.append(StepChange("added", None, step))
            continue
        while left and left[0] < old:
            changes.append(StepChange("removed", before[left.pop(0)], None))
        changes.append(StepChange("kept", before[old], step, new in moved, _said(before[old], step, new_id)))
    changes += [StepChange("removed", before[old], None) for old in left]
    return tuple(changes)


def _said(before: Step, after: Step, new_id: Mapping[str, str]) -> tuple[FieldChange, ...]:
    """Compare what a step says; that a step it leads to is numbered otherwise now is no change."""
    said, says = dict(before.says), dict(after.says)
    if before.verb == "goto" and said.get("goto") in new_id:
        said["goto"] = new_id[said["goto"]]
    if before.named or after.named:
        said |= {"id": before.id} if before.named else {}
        says |= {"id": after.id} if after.named else {}
    return _fields(said, says)


def _matched(before: Sequence[Step], after: Sequence[Step]) -> dict[int, int]:
    """Say which step of the later is which of the earlier, by their places in the two."""
    named = {(step.id, step.verb): index for index, step in enumerate(before) if step.named}
    partners = {
        new: named[step.id, step.verb]
        for new, step in enumerate(after)
        if step.named and (step.id, step.verb) in named
    }
    # Of the others, those that say the same, in the same order; then those without a name that do the same thing.
    _pair(before, after, partners, lambda step: json.dumps([step.verb, step.says], sort_keys=True))
    _pair(before, after, partners, lambda step: step.id if step.named else f"a {step.verb}")
    return partners


def _pair(
    before: Sequence[Step], after: Sequence[Step], partners: dict[int, int], likeness: Callable[[Step], str]
) -> None:
    taken = set(partners.values())
    olds = [index for index in range(len(before)) if index not in taken]
    news = [index for index in range(len(after)) if index not in partners]
    matcher = SequenceMatcher(
        None, [likeness(before[old]) for old in olds], [likeness(after[new]) for new in news], autojunk=False
    )
    for block in matcher.get_matching_blocks():
        for offset in range(block.size):
            partners[news[block.b + offset]] = olds[block.a + offset]


def _moved(
    before: Sequence[Step], after: Sequence[Step], partners: Mapping[int, int], new_id: Mapping[str, str]
) -> set[int]:
    """Return which steps of the later stand elsewhere: in another path, or in another order within theirs."""
    old_steps, new_steps = {step.id: step for step in before}, {step.id: step for step in after}

    def now(place: Place) -> Place | None:
        around, path = place
        if not around:
            return place
        if (renamed := new_id.get(around)) is None:
            return None
        return renamed, _path_now(path, old_steps[around], new_steps[renamed])

    moved: set[int] = set()
    stayed: dict[Place, list[int]] = defaultdict(list)
    for new, old in partners.items():
        if now(before[old].place) == after[new].place:
            stayed[after[new].place].append(new)
        else:
            moved.add(new)
    for siblings in stayed.values():
        in_order = sorted(siblings)
        kept = _longest_rising([partners[new] for new in in_order])
        moved |= {new for new in in_order if partners[new] not in kept}
    return moved


def _path_now(path: str, before: Step, after: Step) -> str:
    """Return what a path of a branch is called now; without a name of their own they are numbered."""
    if before.verb != "branch":
        return path
    old, new = _cases(before), _cases(after)
    when = old.get(path)
    same = [name for name, asked in new.items() if asked == when]
    return same[0] if same and (path not in new or new[path] != when) else path


def _cases(branch: Step) -> dict[str, str]:
    cases = enumerate(branch.says.get("branch", ()), 1)
    return {
        case.get("name") or ("else" if "else" in case else str(n)): str(case.get("when", "else"))
        for n, case in cases
    }


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """Return the numbers of a longest rising part of the sequence: what need not move for the rest to fit."""
    lengths: list[int] = []
    for index, number in enumerate(numbers):
        below = (lengths[i] for i in range(index) if numbers[i] < number)
        lengths.append(1 + max(below, default=0))
    kept: set[int] = set()
    wanted, above = max(lengths, default=0), float("inf")
    for index in range(len(numbers) - 1, -1, -1):
        if lengths[index] == wanted and numbers[index] < above:
            kept.add(numbers[index])
            wanted, above = wanted - 1, numbers[index]
    return kept
