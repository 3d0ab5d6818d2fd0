"""`sojourn explain`: what a finding means, why it matters, and what to write instead."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sojourn.cli.command import GOOD, Command
from sojourn.cli.usage import UsageError

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser
    from sojourn.domain.journey.rules.page import Snippet
    from sojourn.domain.journey.rules.rule import Rule


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "code", metavar="CODE", nargs="?",
        help="a finding's code (SJ204, 204) or name (wait-without-limit); without it, all are listed",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="the same as JSON")


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.domain.journey.rules.catalogue import UnknownRule, all_rules, explain, rule_of

    if arguments.code is None:
        if arguments.json:
            terminal.say(_json([_record(rule) for rule in all_rules()]))
        else:
            for rule in all_rules():
                terminal.say(_line(rule, terminal))
        return GOOD
    try:
        rule = rule_of(arguments.code)
    except UnknownRule as unknown:
        raise UsageError(str(unknown), unknown.help, "`sojourn explain` lists them all") from None
    if arguments.json:
        terminal.say(_json(_record(rule)))
    else:
        head, _, rest = explain(rule.code).partition("\n")
        terminal.write(f"{terminal.styled(head, 'bold')}\n{rest}")
    return GOOD


def _line(rule: Rule, terminal: Terminal) -> str:
    from sojourn.domain.journey.rules.page import page_of

    style = "red" if rule.severity == "error" else "yellow"
    severity = terminal.styled(f"{rule.severity:<8}", style)
    return f"{terminal.styled(rule.code, 'bold')}  {severity}{rule.name:<26}{page_of(rule).law}"


def _record(rule: Rule) -> dict[str, Any]:
    from sojourn.domain.journey.rules.page import page_of

    page = page_of(rule)
    return {
        "code": rule.code, "name": rule.name, "severity": str(rule.severity), "law": page.law, "what": page.what,
        "why": page.why, "instead_of": _files(page.instead_of), "write": _files(page.write),
    }  # fmt: skip


def _files(snippets: tuple[Snippet, ...]) -> list[dict[str, Any]]:
    return [
        {"file": snippet.path} | ({"absent": True} if snippet.absent else {"text": snippet.text})
        for snippet in snippets
    ]


def _json(data: Any) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False)


COMMAND = Command(
    name="explain",
    summary="explain a finding: what, why, instead of, write",
    description=(
        "Explain a finding of `sojourn check`: what it means, why it matters, and what to write instead of what.\n"
        "Without a code, list all there are."
    ),
    examples=("sojourn explain SJ204", "sojourn explain wait-without-limit", "sojourn explain SJ204 --json"),
    arguments=_arguments,
    run=_run,
)
