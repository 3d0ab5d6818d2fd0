"""A journey as a graph: every step a node with an id, every way from step to step an edge.

The tree a person writes (steps in paths in steps) and the order in which a run walks it are two views; this is
the second. Rules, the compiler and the drawings read it. It knows nothing of AWS.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sojourn.domain.journey.model.journey import Journey
from sojourn.domain.journey.model.steps import (
    Branch,
    Call,
    Exit,
    Goto,
    Parallel,
    Send,
    Split,
    StepBase,
    Task,
    WaitFor,
)

END = "@end"
Loc = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """One way out of a step that has several: its name, its steps, and what label a drawing gives it."""

    name: str
    steps: tuple[StepBase, ...]
    loc: Loc
    label: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """One step in its place.

    Args:
        loc: the keys and indexes that lead to it from the journey, `("steps", 3, "branch", 0, "steps", 1)`.
        inside: the `parallel` steps and paths around it, outermost first.
    """

    id: str
    step: StepBase
    loc: Loc
    inside: tuple[tuple[str, str], ...] = ()

    @property
    def named(self) -> bool:
        """Whether the author gave the id."""
        return self.step.id is not None


@dataclass(frozen=True, slots=True)
class Edge:
    """A way a run can take; `path` names the way where the step has several (`""` where it just goes on)."""

    source: str
    target: str
    path: str = ""
    label: str = ""


@dataclass(slots=True)
class Flow:
    """All nodes in document order, all edges, and where a run begins."""

    start: str = END
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    _out: dict[str, list[Edge]] = field(default_factory=dict)
    _ids: frozenset[str] = frozenset()

    def out(self, node_id: str) -> list[Edge]:
        """The edges that leave a node."""
        return self._out.get(node_id, [])

    def target(self, node_id: str, path: str = "") -> str:
        """Where the way *path* out of a node leads."""
        return next(edge.target for edge in self.out(node_id) if edge.path == path)

    def reachable(self) -> frozenset[str]:
        """The nodes a run can come to."""
        seen: set[str] = set()
        pending = [self.start]
        while pending:
            node = pending.pop()
            if node not in seen:
                seen.add(node)
                pending.extend(edge.target for edge in self.out(node))
        return frozenset(seen)

    def add(self, source: str, target: str, path: str = "", label: str = "") -> None:
        """Add an edge."""
        edge = Edge(source, target, path, label)
        self.edges.append(edge)
        self._out.setdefault(source, []).append(edge)


def paths_of(step: StepBase) -> tuple[Path, ...]:
    """Return the ways out of *step* that hold steps of their own, in the order they are written."""
    if isinstance(step, Branch):
        return tuple(
            Path(case.name or ("else" if case.else_ is not None else str(n)), case.body,
                 ("branch", n - 1, "else" if case.else_ is not None else "steps"), case.when or "else")
            for n, case in enumerate(step.branch, 1)
        )  # fmt: skip
    if isinstance(step, Split):
        return tuple(
            Path(name, share.steps, ("split", name, "steps"), f"{name} {share.weight:g} %")
            for name, share in step.split.items()
        )
    if isinstance(step, WaitFor):
        releases = tuple(
            Path(name, release.steps, ("wait_for", n, "steps"), " ".join([*release.kinds, *_what(release)]))
            for n, (name, release) in enumerate(zip(release_names(step), step.wait_for, strict=True))
        )
        return (
            *releases,
            Path(
                "otherwise", step.otherwise, ("otherwise",), f"after {step.up_to}" if step.up_to else "never"
            ),
        )
    if isinstance(step, Parallel):
        return tuple(Path(name, steps, ("parallel", name), name) for name, steps in step.parallel.items())
    if isinstance(step, Send | Task | Call) and step.otherwise:
        labels = {"send": "not sent", "task": "not done in time", "call": "no good answer"}
        return (Path("otherwise", step.otherwise, ("otherwise",), labels[step.verb]),)
    return ()


def release_names(step: WaitFor) -> tuple[str, ...]:
    """Name the ways out of a `wait_for`: by event or kind, numbered where two would be the same."""
    names: list[str] = []
    for release in step.wait_for:
        name = release.event or "_".join(release.kinds) or "nothing"
        count = 2
        unique = name
        while unique in names or unique == "otherwise":
            unique = f"{name}_{count}"
            count += 1
        names.append(unique)
    return tuple(names)


def _what(release: object) -> list[str]:
    kinds = getattr(release, "kinds", ())
    return [str(getattr(release, kind)) for kind in kinds]


def flow_of(journey: Journey) -> Flow:
    """Build the graph of *journey*. A second step of one id keeps an id of its own; a rule reports it."""
    ids = _ids(journey)
    flow = Flow(_ids=frozenset(ids.values()))
    flow.start = _link(flow, ids, journey.steps, ("steps",), END, ())
    flow.nodes = {node_id: flow.nodes[node_id] for node_id in ids.values()}
    return flow


def walk(steps: tuple[StepBase, ...], loc: Loc) -> Iterator[tuple[StepBase, Loc]]:
    """Yield every step under *steps* with its location, in document order."""
    for index, step in enumerate(steps):
        at = (*loc, index)
        yield step, at
        for path in paths_of(step):
            yield from walk(path.steps, (*at, *path.loc))


def _ids(journey: Journey) -> dict[Loc, str]:
    """Give each step an id: its own, or its verb and a number."""
    placed = list(walk(journey.steps, ("steps",)))
    taken = {step.id for step, _ in placed if step.id}
    ids: dict[Loc, str] = {}
    counts: dict[str, int] = {}
    used: set[str] = set()
    for step, loc in placed:
        wanted = step.id
        if wanted is None or wanted in used:
            while True:
                counts[step.verb] = counts.get(step.verb, 0) + 1
                wanted = f"{step.verb}_{counts[step.verb]}"
                if wanted not in taken and wanted not in used:
                    break
        used.add(wanted)
        ids[loc] = wanted
    return ids


def _link(
    flow: Flow,
    ids: dict[Loc, str],
    steps: tuple[StepBase, ...],
    loc: Loc,
    after: str,
    inside: tuple[tuple[str, str], ...],
) -> str:
    """Link *steps* so that the last goes on to *after*; return where a run enters them."""
    following = after
    for index in range(len(steps) - 1, -1, -1):
        step, at = steps[index], (*loc, index)
        node_id = ids[at]
        flow.nodes[node_id] = Node(node_id, step, at, inside)
        _leave(flow, ids, node_id, step, at, following, inside)
        following = node_id
    return following


def _leave(
    flow: Flow,
    ids: dict[Loc, str],
    node_id: str,
    step: StepBase,
    at: Loc,
    following: str,
    inside: tuple[tuple[str, str], ...],
) -> None:
    if isinstance(step, Exit):
        flow.add(node_id, END, "", step.exit)
        return
    if isinstance(step, Goto):
        flow.add(
            node_id,
            step.goto if step.goto in flow._ids else END,  # noqa: SLF001  the graph under construction is ours
            "again",
            f"at most {step.at_most} times",
        )
        if step.at_most is not None:
            flow.add(node_id, following, "done", "enough")
        return
    for path in paths_of(step):
        if isinstance(step, Parallel):
            within = (*inside, (node_id, path.name))
            entered = _link(flow, ids, path.steps, (*at, *path.loc), f"@join:{node_id}", within)
        else:
            entered = _link(flow, ids, path.steps, (*at, *path.loc), following, inside)
        flow.add(node_id, entered, path.name, path.label)
    if isinstance(step, Parallel):
        flow.add(f"@join:{node_id}", following)
    elif isinstance(step, Branch):
        if not any(case.else_ is not None for case in step.branch):
            flow.add(node_id, following, "else", "else")
    elif not isinstance(step, Split | WaitFor):
        flow.add(node_id, following)
