"""A journey as a Mermaid flowchart, for pages that render it: READMEs, wikis, pull requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.drawing.style import FAMILIES
from sojourn.domain.drawing.words import edge_words, enter_words, words_of
from sojourn.domain.journey.flow import END

if TYPE_CHECKING:
    from sojourn.domain.journey.flow import Edge, Flow
    from sojourn.domain.journey.model.journey import Journey

_SHAPES = {
    "wait": ("([", "])"), "wait_for": ("([", "])"), "branch": ("{{", "}}"), "split": ("{{", "}}"),
    "parallel": ("{{", "}}"), "exit": ("([", "])"), "call": ("[[", "]]"), "task": ("[/", "/]"),
}  # fmt: skip
_COLOURS = {
    "start": "#dcfce7,stroke:#15803d", "time": "#fef3c7,stroke:#b45309", "send": "#dbeafe,stroke:#2563eb",
    "flow": "#ede9fe,stroke:#7c3aed", "data": "#cffafe,stroke:#0e7490", "person": "#fce7f3,stroke:#be185d",
    "exit": "#fee2e2,stroke:#b91c1c",
}  # fmt: skip


def mermaid(journey: Journey, flow: Flow) -> str:
    """Write *journey* as a Mermaid flowchart; the same journey gives the same text."""
    enter = enter_words(journey)
    lines = ["flowchart TD", f'    enter(["{_text(enter.full)}"])']
    for node in flow.nodes.values():
        opening, closing = _SHAPES.get(node.step.verb, ("[", "]"))
        lines.append(f'    {_id(node.id)}{opening}"{_text(words_of(node.step).full)}"{closing}')
    joins = [edge.source for edge in flow.edges if edge.source.startswith("@join:")]
    lines.extend(f'    {_id(join)}(["all done"])' for join in sorted(joins))
    shown = [edge for edge in flow.edges if not _is_exit(flow, edge)]
    if flow.start == END or any(edge.target == END for edge in shown):
        lines.append('    finish(["end"])')
    lines.append(f"    enter --> {_id(flow.start)}")
    order = {node_id: n for n, node_id in enumerate(flow.nodes)}
    for edge in sorted(shown, key=lambda edge: order.get(edge.source.removeprefix("@join:"), 0)):
        source = flow.nodes.get(edge.source)
        label = _text(edge_words(source.step, edge)) if source is not None else ""
        arrow = (
            "-.->" if source is not None and source.step.verb == "goto" and edge.path == "again" else "-->"
        )
        lines.append(
            f"    {_id(edge.source)} {arrow}" + (f'|"{label}"|' if label else "") + f" {_id(edge.target)}"
        )
    lines.extend(f"    classDef {name} fill:{colour},color:#1b2130" for name, colour in _COLOURS.items())
    for family in _COLOURS:
        ids = [_id(node.id) for node in flow.nodes.values() if FAMILIES[node.step.verb] == family]
        if family == "start":
            ids.insert(0, "enter")
        if ids:
            lines.append(f"    class {','.join(ids)} {family}")
    return "\n".join(lines) + "\n"


def _is_exit(flow: Flow, edge: Edge) -> bool:
    node = flow.nodes.get(edge.source)
    return node is not None and node.step.verb == "exit"


def _id(node_id: str) -> str:
    """A name Mermaid takes for a node: some words, `end` for one, mean something to it."""
    return "finish" if node_id == END else "s_" + node_id.replace("@join:", "join__")


def _text(text: str) -> str:
    """Text that stays text inside Mermaid's quotes, whatever it holds."""
    text = " ".join(text.split())
    return "".join(f"#{ord(letter)};" if letter in '"<>&#;`\\[]{}|' else letter for letter in text)
