"""`sojourn graph`: a picture of a journey."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.cli.command import FOUND, GOOD, Command
from sojourn.cli.usage import one_of

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser


def _arguments(parser: Parser) -> None:
    parser.add_argument("journey", metavar="JOURNEY", help="a journey's name, its folder, or a file in it")
    parser.add_argument(
        "--format", metavar="mermaid|svg", type=one_of("mermaid", "svg"),
        help="text for pages that render Mermaid, or a picture (default: mermaid; svg where FILE ends in .svg)",
    )  # fmt: skip
    parser.add_argument("-o", "--output", metavar="FILE", help="where to write it (default: standard output)")


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.cli.loading import load_journey, stopped
    from sojourn.cli.writing import write

    loaded, folder = load_journey(arguments.journey, terminal)
    asked = loaded.place.asked.removesuffix("/journey.yaml")
    file = folder.file if folder is not None else f"{asked}/journey.yaml"
    # Only how the steps hang together matters here: what a message lacks does not keep a journey from being drawn.
    concerning = tuple(finding for finding in loaded.findings if finding.file == file)
    if stopped(concerning, loaded, terminal, "nothing was drawn") or folder is None:
        return FOUND
    as_picture = (arguments.output or "").lower().endswith(".svg")
    if (arguments.format or ("svg" if as_picture else "mermaid")) == "svg":
        from sojourn.domain.drawing.svg import svg

        drawn = svg(folder.journey, folder.flow)
    else:
        from sojourn.domain.drawing.mermaid import mermaid

        drawn = mermaid(folder.journey, folder.flow)
    write(drawn if drawn.endswith("\n") else drawn + "\n", arguments.output, terminal)
    return GOOD


COMMAND = Command(
    name="graph",
    summary="draw a journey, as Mermaid or as a picture",
    description="Draw a journey. The same journey gives the same bytes.",
    examples=(
        "sojourn graph welcome",
        "sojourn graph journeys/welcome --format svg",
        "sojourn graph journeys/welcome -o welcome.svg",
    ),
    arguments=_arguments,
    run=_run,
)
