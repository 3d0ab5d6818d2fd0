"""SJ611: a trait is worked out in one way, from values that allow it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.condition.types import ValueType
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.model.workspace import Trait
    from sojourn.domain.journey.rules.context import Context

_ADDED = (ValueType.NUMBER, ValueType.ANY)
_COMPARED = (ValueType.LIST, ValueType.OBJECT)


class UnclearTrait(Rule):
    """A trait is worked out in one way, from values that allow it.

    What:
        A computed trait says two of `count`, `sum`, `first`, `last` and `most_frequent`; or sums up what is no number;
        or asks for the most frequent of lists or objects.
    Why:
        A trait is one value. Texts do not add up, and only single values can be told to be the same.
    Instead of:
        # file: segments.yaml
        shoppers: {when: customer.orders > 2}
        orders: {sum: order_completed.order_id}
    Write:
        # file: segments.yaml
        shoppers: {when: customer.orders > 2}
        orders: {count: order_completed}
    """

    code = "SJ611"
    name = "unclear-trait"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at every trait by itself."""
        file = context.project.segments_file
        for name, trait in context.project.traits.items():
            if len(trait.ways) > 1:
                first, second = trait.ways[:2]
                yield self.finding(
                    f'"{name}" is worked out in one way, this one says "{first}" and "{second}"',
                    file,
                    trait.key_place(second),
                    "make two traits of it",
                )
            elif wrong := _misfit(trait, context):
                yield self.finding(wrong, file, trait.place(trait.ways[0]), "use `last`, `first` or `count`")


def _misfit(trait: Trait, context: Context) -> str:
    type_ = context.event_types.get(trait.event, {}).get(trait.property_, ValueType.ANY)
    if trait.sum is not None and type_ not in _ADDED:
        return f'"{trait.sum}" is no number, but of the type {type_}'
    if trait.most_frequent is not None and type_ in _COMPARED:
        return f'"{trait.most_frequent}" is of the type {type_}, of which none is like another'
    return ""
