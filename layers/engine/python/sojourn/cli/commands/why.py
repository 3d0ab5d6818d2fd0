"""`sojourn why`: what was decided for one customer in one journey, and because of what, to be read out to them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sojourn.cli.command import GOOD, Command
from sojourn.cli.deployment import Deployment, deployment_options, in_words
from sojourn.cli.terminal import visible
from sojourn.cli.usage import NotThere, UsageError, near_or_all, whole_number
from sojourn.cli.whom import OPTIONS, known_by_options, whom

if TYPE_CHECKING:
    import argparse

    from sojourn.adapters.dynamodb.catalogue import DynamoCatalogue
    from sojourn.adapters.dynamodb.live import Live
    from sojourn.application.publishing import LiveJourney, Publication
    from sojourn.cli.render.spoken import Spoken
    from sojourn.cli.render.why import Why
    from sojourn.cli.render.why_story import Journey
    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser

WIDEST = 120
"""Columns, however wide the terminal is: nobody reads longer lines."""
LIMIT = 5


def _arguments(parser: Parser) -> None:
    parser.add_argument("customer", metavar="CUSTOMER", nargs="?", help="the customer's id")
    parser.add_argument("journey", metavar="JOURNEY", nargs="?", help="the journey's name")
    parser.add_argument(
        "step", metavar="STEP", nargs="?", help="only what was decided at the step of this id"
    )
    known_by_options(parser)
    parser.add_argument(
        "--limit", metavar="N", type=whole_number(1, 10_000), default=LIMIT,
        help=f"of so many passages through the journey, the newest (default: {LIMIT})",
    )  # fmt: skip
    parser.add_argument("--ids", action="store_true", help="ids too: of runs, steps and the customer")
    parser.add_argument("--json", action="store_true", help="the same as one JSON object")
    deployment_options(parser)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from sojourn.cli.render.why import why_json, why_text

    _shift(arguments)
    deployment = Deployment.asked(arguments)
    with in_words():
        customer = whom(arguments, deployment, terminal)
        why = _asked(arguments, deployment, customer)
    if arguments.json:
        terminal.say(json.dumps(why_json(why), indent=2, ensure_ascii=False))
        return GOOD
    for line in why_text(why).split("\n")[:-1]:
        bold = line and not line.startswith(" ")
        terminal.say(terminal.styled(visible(line), "bold") if bold else visible(line))
    return GOOD


def _shift(arguments: argparse.Namespace) -> None:
    """Whoever is named by an address needs no id: then the first words are the journey and the step.

    Raises:
        UsageError: no journey is named, or there is a word too many.
    """
    if any(getattr(arguments, kind) is not None for kind in OPTIONS):
        if arguments.step is not None:
            raise UsageError("say who by one thing: CUSTOMER, --email, --phone or --anonymous")
        arguments.customer, arguments.journey, arguments.step = None, arguments.customer, arguments.journey
    if arguments.journey is None:
        raise UsageError("say who, and in which journey", "for example: sojourn why c-42 welcome")


def _asked(arguments: argparse.Namespace, deployment: Deployment, customer: str) -> Why:
    """Read all that answers the question.

    Raises:
        NotThere: there is no such journey or step.
    """
    from sojourn.adapters.dynamodb.catalogue import DynamoCatalogue
    from sojourn.adapters.dynamodb.live import Live
    from sojourn.adapters.dynamodb.whole_customer import export_customer
    from sojourn.cli.render.why import Why
    from sojourn.cli.render.why_story import happenings
    from sojourn.cli.wording import spoken_of

    table = deployment.client("dynamodb"), deployment.output("TableName")
    live = Live(*table)
    whole = export_customer(*table, customer)
    name, step = arguments.journey, arguments.step or ""
    published = {one.name: one for one in live.journeys()}
    told = happenings(whole, name)
    if name not in published and not told:
        known = sorted({*published, *(str(one["journey"]) for one in happenings(whole) if one["journey"])})
        said = f'there is no journey "{name}" in {deployment.stage}'
        raise NotThere("no_journey", said, near_or_all(name, known))
    versions = {str(one["version"]) for one in told if one.get("version")}
    journey = _journey(name, published.get(name), versions, live)
    steps = list(dict.fromkeys([*journey.steps, *(str(one["step"]) for one in told if one.get("step"))]))
    if step and step not in steps:
        raise NotThere("no_step", f'journey "{name}" has no step "{step}"', near_or_all(step, steps))
    catalogue = DynamoCatalogue(*table)
    width = min(shutil.get_terminal_size().columns, WIDEST)
    spoken = _in_words(spoken_of(whole, catalogue, ids=arguments.ids, width=width), journey, catalogue)
    why = Why(whole, journey, spoken, step, arguments.limit)
    return why if step else replace(why, asked_now=_asked_now(why, catalogue, table))


def _journey(name: str, now: LiveJourney | None, versions: set[str], live: Live) -> Journey:
    """Read what is kept of a journey: of the versions that the customer was on, and of those that they could be on."""
    from sojourn.application.publishing import DRAFT
    from sojourn.cli.render.why_story import Journey

    if now is not None:
        versions |= {one for one in (now.version, now.draft.version if now.draft else "") if one}
    outlines = {one: found for one in sorted(versions) if (found := live.outline(name, one)) is not None}
    publications: dict[str, Publication] = {}
    drafts: dict[str, Publication] = {}
    for one in live.publications(name):
        if one.version:
            (drafts if one.kind == DRAFT else publications).setdefault(one.version, one)
    if now is not None and now.version and now.publication is not None:
        publications[now.version] = now.publication
    never_live = {version: one for version, one in drafts.items() if version not in publications}
    if now is None:
        return Journey(name, outlines, publications, drafts=never_live)
    return Journey(name, outlines, publications, now.version, now.control, now.draft, never_live)


def _in_words(spoken: Spoken, journey: Journey, catalogue: DynamoCatalogue) -> Spoken:
    """Let steps go by the words of the versions' outlines, and the journey by its title."""
    from sojourn.cli.wording import titles_of
    from sojourn.domain.drawing.outlined import words_in

    steps = {
        (journey.name, version, step): words.title
        for version, outline in journey.outlines.items()
        for step, words in words_in(outline).items()
    }
    titles = titles_of([(journey.name, journey.live)], catalogue) if journey.live else {}
    return replace(spoken, steps={**spoken.steps, **steps}, titles={**titles, **spoken.titles})


def _asked_now(why: Why, catalogue: DynamoCatalogue, table: tuple[Any, str]) -> tuple[str, ...]:
    """Return why the customer is not in the journey, unless they are."""
    from sojourn.adapters.dynamodb.customers import DynamoCustomers
    from sojourn.aws_runtime.clock import SystemClock
    from sojourn.cli.entry_question import Asker, sentences_of
    from sojourn.cli.render.why_story import passages

    found = passages(why.whole, why.journey.name)
    if any(one.goes_on for one in found):
        return ()
    clock = SystemClock()
    customers = DynamoCustomers(*table, clock)
    profile = customers.load(why.whole["customer"]).profile
    current = catalogue.current(why.journey.name) if why.journey.live else None
    asker = Asker(
        customers, catalogue, why.whole, why.spoken, clock.now(), why.journey.control,
        why.journey.publications.get(why.journey.live),
        since=max((one.ended or one.entered for one in found), default=""),
    )  # fmt: skip
    return sentences_of(asker, current, profile)


COMMAND = Command(
    name="why",
    summary="why a customer was sent something or not, entered or not",
    description=(
        "Say what was decided for one customer in one journey, oldest first, in sentences to be read out to them: why\n"
        "they entered or did not, were sent something or not, which way they went, what they wait for and until when.\n"
        "Each passage says on which version of the journey it runs."
    ),
    examples=("sojourn why c-42 welcome", "sojourn why --email ana@example.com welcome hello --json"),
    arguments=_arguments,
    run=_run,
    deployed=True,
)
