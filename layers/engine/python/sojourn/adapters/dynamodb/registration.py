"""What is registered, what is wished for, and the rows that lead from the one to the other. It knows no client."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sojourn.adapters.dynamodb import engine_keys, keys, published, rows
from sojourn.adapters.dynamodb.editions import NOTHING, Editions, editions
from sojourn.adapters.dynamodb.rows import Item
from sojourn.adapters.dynamodb.sizes import ACTIONS_LIMIT
from sojourn.domain.compile.compiled import SCHEDULE, Trigger
from sojourn.domain.control import Control
from sojourn.errors import AuthorError

STACK = "cdk"
"""Who owns what the stack deploys, and the settings where nobody is said to."""
SCHEDULED = Trigger(SCHEDULE, "*")
"""What the journeys are entered by that have a schedule, whatever it says."""
Published = Mapping[str, Any]
"""A journey as registered: `owner`, `version`, `machine` and `triggers`, a list of [kind, name].

Where there is one also `draft`, see `sojourn.application.publishing.Draft`; with only that the version is "".
And `published`, how it came to the version: the fields of a `Publication` that do not stand here.
"""
Wish = Callable[[Mapping[str, Published | None]], Mapping[str, Published | None]]
"""Given what is registered, the journeys that are to change: None for those to withdraw."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row to be written; `heeded` is false for one that says nothing to anybody already."""

    partition: str
    sort_key: str
    editions: Editions
    heeded: bool = True

    def item(self, expires: int) -> Item:
        """Return its item, which expires then if nobody heeds it."""
        text = self.editions.to_text()
        return rows.item(self.partition, self.sort_key, text, None if self.heeded else expires)


@dataclass(frozen=True, slots=True)
class Change:
    """A journey's rows that are to be written together; `row` is the journey's own."""

    name: str
    row: Editions
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """What the head says of the workspace.

    Args:
        settings: policy, segments and traits, as `published.head_text` gives them; "" before the first registration.
        controls: what publishers told journeys.
        owner: whose the settings are.
    """

    settings: str
    controls: Mapping[str, Control]
    owner: str = STACK


@dataclass(frozen=True, slots=True)
class State:
    """What is registered: the head's revision, what it says, its claim, and every journey's row.

    Args:
        settled: at which revision the settings last changed.
    """

    revision: int
    head: Settled
    claim: str
    journeys: Mapping[str, Editions]
    settled: int = 0

    def now(self) -> dict[str, Published]:
        """Return every journey that is registered now, by name."""
        rows_ = {name: row.at(self.revision) for name, row in self.journeys.items()}
        return {name: row for name, row in sorted(rows_.items()) if row is not None}

    def changes(self, wish: Wish) -> list[Change]:
        """Return what to write for a wish, and to undo what an unfinished registration wrote.

        Raises:
            AuthorError: a journey has more triggers than one transaction holds.
        """
        now = {name: row.at(self.revision) for name, row in self.journeys.items()}
        wanted = {**now, **wish(now)}
        changes = []
        for name in sorted(wanted):
            row = self.journeys.get(name, NOTHING)
            if wanted[name] != now.get(name):
                changes.append(_change(name, row, row.then(self.revision, wanted[name])))
            elif row.since > self.revision:
                changes.append(_change(name, row, row.only(self.revision)))
        return changes


def state(items: Sequence[Mapping[str, Any]]) -> State:
    """Return what the items of the catalogue's partition say."""
    by_key = {item["sk"]["S"]: item for item in items}
    head = by_key.get(engine_keys.HEAD, {})
    settings, controls = published.settings_and_controls(head.get("data", {}).get("S", ""))
    return State(
        int(head.get("revision", {}).get("N", 0)),
        Settled(settings, controls, head.get("owner", {}).get("S", STACK)),
        head.get("claim", {}).get("S", ""),
        {
            keys.parts(sort_key)[1]: editions(item)
            for sort_key, item in by_key.items()
            if sort_key.startswith(engine_keys.JOURNEYS)
        },
        int(head.get("settled", {}).get("N", 0)),
    )


def transactions(changes: Sequence[Change]) -> Iterator[list[Row]]:
    """Put the rows of whole journeys together, as many as one transaction holds beside a check."""
    together: list[Row] = []
    for change in changes:
        if len(together) + len(change.rows) >= ACTIONS_LIMIT:
            yield together
            together = []
        together += change.rows
    if together:
        yield together


def _change(name: str, before: Editions, after: Editions) -> Change:
    """Return a journey's row, and those of its triggers, which follow from it: none is read to be written."""
    triggers = _triggers(after)
    stale = _triggers(before) - triggers
    if 1 + len(triggers) + len(stale) >= ACTIONS_LIMIT:
        raise AuthorError(
            f'journey "{name}" has {len(triggers | stale)} triggers, with those it had before; '
            f"{ACTIONS_LIMIT - 2} can be registered at once"
        )
    since = after.earlier[0] if after.earlier else after.since
    return Change(
        name,
        after,
        (
            Row(engine_keys.CATALOGUE, engine_keys.registered(name), after),
            *(
                Row(
                    engine_keys.trigger(*trigger),
                    engine_keys.entered(name),
                    after.mapped(_entered_by(trigger)),
                )
                for trigger in sorted(triggers)
            ),
            *(
                Row(
                    engine_keys.trigger(*trigger),
                    engine_keys.entered(name),
                    Editions(since, None, None),
                    heeded=False,
                )
                for trigger in sorted(stale)
            ),
        ),
    )


def _entered_by(trigger: tuple[str, str]) -> Callable[[Published | None], Any]:
    """Return what a trigger's row says of a journey: see `entered`."""

    def told(journey: Published | None) -> Any:
        if journey is None:
            return None
        live = journey["version"] if list(trigger) in journey["triggers"] else ""
        draft = journey.get("draft")
        if draft is None:
            return live or None
        if list(trigger) in draft["triggers"]:
            return {"live": live or None, "draft": draft["version"]}
        return {"live": live, "draft": None, "drafted": draft["version"]} if live else None

    return told


class Entered(NamedTuple):
    """What a trigger's row says of a journey.

    Args:
        live: the version that the trigger enters; "" for none.
        draft: the draft that it enters; "" for none.
        drafted: the journey's draft, whatever enters it; "" for none.
    """

    live: str
    draft: str
    drafted: str


def entered(told: Any) -> Entered:
    """Return what a trigger's row says; it is the version alone where the journey has no draft: nearly always."""
    if told is None or isinstance(told, str):
        return Entered(told or "", "", "")
    draft = told["draft"] or ""
    return Entered(told["live"] or "", draft, told.get("drafted") or draft)


def _triggers(row: Editions) -> set[tuple[str, str]]:
    return {
        (kind, name)
        for journey in row.all()
        if journey
        for kind, name in (*journey["triggers"], *journey.get("draft", {}).get("triggers", ()))
    }
