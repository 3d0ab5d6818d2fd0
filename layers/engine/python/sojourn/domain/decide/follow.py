"""Walks what follows a task (`sojourn.domain.compile.then`): decisions are taken, the wait after them worked out.

Pure: the answer says where to go, what to remember and what to tell; nothing is written here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sojourn.domain.compile.limits import COMPUTED_DAYS, EXECUTION_DAYS
from sojourn.domain.compile.names import ELSE
from sojourn.domain.condition.lazily import compile_condition
from sojourn.domain.decide.assign import assigned, position
from sojourn.domain.time.errors import MissingTime, TimeError

if TYPE_CHECKING:
    from sojourn.domain.condition.evaluation import Scope
    from sojourn.domain.time.wall_clock import Until
    from sojourn.domain.time.windows import Window
    from sojourn.domain.time.zones import Zone


@dataclass(slots=True)
class Remark:
    """One thing to tell about a decision; the use case adds who, when and in which run."""

    step: str
    what: str
    reason: str = ""
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Followed:
    """Where a run came to.

    Args:
        leaf: the state to go to.
        until: when the wait there ends, where it had to be worked out.
        lasts: it is a wait for a length of time, not until a time of the clock.
        parked: the run goes on in a later execution, at `until` (or at once).
        ended: the exit reason, "" where the run goes on.
        joined: a path of a `parallel` is done.
        beside: (path, step) where paths of a `parallel` begin with a wait.
        counts: how often each `goto` has jumped.
        paths: the way taken at each decision.
    """

    leaf: str
    told: list[Remark] = field(default_factory=list)
    until: datetime | None = None
    lasts: bool = False
    parked: bool = False
    ended: str = ""
    joined: bool = False
    beside: tuple[tuple[str, str], ...] = ()
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Walker:
    """Who walks: the facts that decisions need beside the scope of conditions.

    Args:
        zone: says whose clocks the customer lives by, to a wait that asks.
        begun: when the present execution began; a wait too long after it parks the run.
        counts: per `goto`, `count` (jumps in all) and `here` (jumps in the present execution).
        lane: the path of a `parallel`, "" outside; a run cannot be parked in one.
    """

    journey: str
    customer: str
    salt: str
    zone: Callable[[], Zone]
    workspace_zone: str
    begun: datetime
    counts: Mapping[str, Mapping[str, int]]
    lane: str = ""


class WaitTooLong(ValueError):
    """A wait inside a `parallel` was worked out to last longer than an execution can."""


def follow(then: Mapping[str, Any], path: str, walker: Walker, scope: Scope) -> Followed:
    """Walk from the outcome *path* to the state that comes next."""
    nodes = then["nodes"]
    target = then["paths"][path]
    found = Followed(target)
    for _ in range(10_000):
        node = nodes.get(target)
        if node is None:
            found.leaf = target
            return found
        following = _decided(target, node, found, walker, scope)
        if following is None:
            found.leaf = node.get("state", target)
            _arrived(target, node, found, walker, scope)
            return found
        target = following
    raise RuntimeError(f"decisions in {walker.journey} go round without a wait")


def _decided(name: str, node: Mapping[str, Any], found: Followed, walker: Walker, scope: Scope) -> str | None:
    if "branch" in node:
        return _branched(name, node["branch"], found, scope)
    if "split" in node:
        at = position(walker.journey, name, walker.customer, walker.salt)
        path = assigned([(share[0], share[1]) for share in node["split"]], at)
        found.paths[name] = path
        found.told.append(Remark(name, "assigned", f"{at:.2f} of 100", {"path": path}))
        return next(str(share[2]) for share in node["split"] if share[0] == path)
    if "goto" in node:
        counts = found.counts.get(name) or walker.counts.get(name) or {}
        count = counts.get("count", 0)
        if "at_most" in node and count >= node["at_most"]:
            return str(node["done"])
        here = counts.get("here", 0) + 1
        if "here" in node and here > node["here"]:
            found.parked = True
            here = 0
        found.counts[name] = {"count": count + 1, "here": here}
        return str(node["goto"])
    return None


def _branched(name: str, cases: list[list[Any]], found: Followed, scope: Scope) -> str:
    reasons: list[str] = []
    for path, when, target in cases:
        if when != ELSE:
            verdict = compile_condition(when).evaluate(scope)
            reasons.append(verdict.reason)
            if not verdict.value:
                continue
        found.paths[name] = path
        found.told.append(Remark(name, "branched", "; ".join(reasons[-3:]) or "else", {"path": path}))
        return str(target)
    raise RuntimeError(f"no path of branch {name} holds")


def _arrived(name: str, node: Mapping[str, Any], found: Followed, walker: Walker, scope: Scope) -> None:
    now = scope.now
    found.lasts = "wait" in node or "for" in node
    if "end" in node or "exit" in node:
        found.ended = f"exit:{node['exit']}" if "exit" in node else "completed"
    elif "join" in node:
        found.joined = True
    elif "wait" in node:
        found.told.append(Remark(name, "waiting", "", {"until": now + timedelta(seconds=node["wait"])}))
    elif "fresh" in node:
        found.parked = not walker.lane and now > walker.begun + timedelta(days=1)
    elif "lanes" in node:
        found.told += [
            Remark(step, "waiting", "", {"until": now + timedelta(seconds=s)}) for step, s, _ in node["lanes"]
        ]
        found.beside = tuple((path, step) for step, _, path in node["lanes"])
    else:
        until, reason = _worked_out(node, now, walker, scope)
        found.until = until
        found.told.append(Remark(name, "waiting", reason, {"until": until}))
        if walker.lane and until > walker.begun + timedelta(days=EXECUTION_DAYS):
            raise WaitTooLong(f'step "{name}" waits until {until:%Y-%m-%d}, too long inside a parallel')
        if not walker.lane and until > walker.begun + timedelta(days=COMPUTED_DAYS):
            found.parked = True


def _worked_out(node: Mapping[str, Any], now: datetime, walker: Walker, scope: Scope) -> tuple[datetime, str]:
    """Return when a wait ends, and how that was worked out; what is missing or no date continues at once."""
    if "for" in node:
        return now + timedelta(seconds=node["for"]), ""
    # Imported here, as is what reads such texts: most waits are for so long, and need no calendar.
    from sojourn.domain.time.wall_clock import resolve
    from sojourn.domain.time.windows import next_opening

    asked = node["zone"]
    if asked == "customer":
        own = walker.zone()
        zone, said = own.name, f"{own.name} ({own.source})"
    else:
        zone = walker.workspace_zone if asked == "workspace" else asked
        said = zone
    try:
        if "until" in node:
            return resolve(
                _until(node["until"]), now, zone, lambda path: _looked_up(scope, path)
            ), f"{node['until']} in {said}"
        window = _window(*node["between"], tuple(node["days"]) if "days" in node else None)
        return next_opening(window, now, zone), f"{node['between'][0]}-{node['between'][1]} in {said}"
    except (MissingTime, TimeError) as error:
        return now, f"continued at once: {error}"


def _looked_up(scope: Scope, path: tuple[str, ...]) -> object:
    value: Any = getattr(scope, path[0])
    for part in path[1:]:
        if not isinstance(value, Mapping):
            raise KeyError(part)
        value = value[part]
    return value


@lru_cache(maxsize=4096)
def _until(text: str) -> Until:
    from sojourn.domain.time.wall_clock import parse_until

    return parse_until(text)


@lru_cache(maxsize=4096)
def _window(opens: str, closes: str, days: tuple[str, ...] | None) -> Window:
    from sojourn.domain.time.windows import parse_window

    return parse_window(opens, closes, days)
