"""What one passing of a step comes to: messages by channel, as they were counted, and what that costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sojourn.domain.change.amounts import NOTHING, ONE, Amount, between, exactly, times
from sojourn.domain.change.routes import LEAVING

if TYPE_CHECKING:
    from sojourn.domain.change.difference import StepChange
    from sojourn.domain.change.figures import Figures, StepFigures
    from sojourn.domain.change.outline import Outline, Step

TOTAL, STEPS, MONEY = "", " steps", " dollars"
"""What stands among channels: all messages, steps passed, dollars. No channel is called so."""
_DECIDE_NOTHING = frozenset({"id", "send", "otherwise"})
"""Fields of a send that decide neither whether a message goes out nor by which channel."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What things cost, in dollars.

    Args:
        messages: one message, by channel; a channel that is not there has no price.
        step: one passed step: transitions, calls, table, logs.
    """

    messages: Mapping[str, float] = field(default_factory=dict)
    step: float = 0.0

    @property
    def given(self) -> bool:
        """Whether anything has a price."""
        return bool(self.messages or self.step)


class Messages:
    """Says what one passing of a step of the new outline comes to.

    Args:
        figures: what was counted of the live one. guessed: what a simulation of the new one came to.
        why: told in words why something is not known.
    """

    def __init__(
        self, live: Outline, new: Outline, figures: Figures, rates: Rates,
        guessed: Mapping[str, StepFigures], why: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._live, self._new, self._figures, self._rates = live, new, figures, rates
        self._guessed, self._why = guessed, why
        self._messaged = _messaged(live, new)
        self.unpriced: set[str] = set()
        """Channels that are sent on and have no price, of the steps asked about so far."""

    def of(self, step: Step, change: StepChange, arrived: float | None) -> dict[str, Amount]:
        """Return messages by channel, all messages, steps and dollars of one passing; nothing where none is counted.

        Args:
            arrived: how many came to a `parallel`, as measured; those pass it whose paths all came to their end.
        """
        if step.verb in LEAVING:
            return {}
        done = ONE
        if step.verb == "parallel" and change.before is not None and arrived:
            done = exactly(self._figures.step(change.before.id).passed / arrived)
        own = {STEPS: done, MONEY: done * exactly(self._rates.step)}
        if step.verb != "send":
            return own
        sent = times(self._sent(step, change), self._messaged)
        self.unpriced |= {
            name
            for name, one in sent.items()
            if name != TOTAL and one.high and name not in self._rates.messages
        }
        return own | sent | {MONEY: own[MONEY] + self._paid(sent)}

    def _sent(self, step: Step, change: StepChange) -> dict[str, Amount]:
        before = change.before
        measured = self._figures.step(before.id) if before is not None else None
        same = before is not None and not any(one.name not in _DECIDE_NOTHING for one in change.fields)
        same = same and (
            step.says.get("via") is not None or self._texts(step) == self._texts(before, self._live)
        )
        if measured is not None and same and (measured.passed or not change.changes):
            each = {
                name: number / measured.passed for name, number in measured.sent.items() if measured.passed
            }
            return {name: exactly(number) for name, number in each.items()} | {
                TOTAL: exactly(sum(each.values()))
            }
        what = "is new" if before is None else "was passed by nobody" if same else "sends in another way"
        self._why(
            f'"{step.id}" {what}: how many of those who come to it get its message is not known exactly'
        )
        guess = self._guessed.get(step.id)
        if guess is None or not guess.passed:
            return {name: between(0.0, 1.0) for name in (*self._channels(step, measured), TOTAL)}
        likely = {name: min(1.0, number / guess.passed) for name, number in guess.sent.items()}
        channels = dict.fromkeys((*self._channels(step, measured), *likely))
        total = min(1.0, sum(likely.values()))
        return {name: between(0.0, 1.0, likely.get(name, 0.0)) for name in channels} | {
            TOTAL: between(0.0, 1.0, total)
        }

    def _paid(self, sent: Mapping[str, Amount]) -> Amount:
        prices = self._rates.messages
        named = {name: one for name, one in sent.items() if name != TOTAL}
        if all(one.is_exact for one in named.values()):
            return sum((one * exactly(prices.get(name, 0.0)) for name, one in named.items()), NOTHING)
        # One message goes by one channel: at most the dearest is paid for.
        likely = [(one.likely, prices.get(name, 0.0)) for name, one in named.items()]
        paid = (
            None
            if any(one is None for one, _ in likely)
            else sum((one or 0.0) * price for one, price in likely)
        )
        dearest = max(price for _, price in likely) * sent[TOTAL].high
        return between(0.0, dearest, None if paid is None else min(paid, dearest))

    def _texts(self, step: Step | None, outline: Outline | None = None) -> set[str]:
        """Return the channels that a message has texts for: by default it goes out by these."""
        texts = (
            (outline or self._new).messages.get(str(step.says.get("send")), {}) if step is not None else {}
        )
        return {where.split(" ")[1] for where in texts if where.count(" ")}

    def _channels(self, step: Step, measured: StepFigures | None) -> list[str]:
        via = step.says.get("via")
        return list(via or sorted(self._texts(step) or (measured.sent if measured else ()))) or [
            "unknown channel"
        ]


def _messaged(live: Outline, new: Outline) -> Amount:
    """Return how many are messaged of whom as many were: by the parts of them that are held out."""
    was, now = (1.0 - float(outline.enter.get("holdout") or 0.0) / 100.0 for outline in (live, new))
    return ONE if was == now else exactly(now / was) if was else between(0.0, 1.0)
