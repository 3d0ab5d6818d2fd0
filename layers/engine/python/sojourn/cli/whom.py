"""Finds the customer that a command is about: by their id, or by what else they are known by. It knows no command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.cli.terminal import visible
from sojourn.cli.usage import NotThere, UsageError
from sojourn.errors import TransientError

if TYPE_CHECKING:
    import argparse

    from sojourn.adapters.dynamodb.customers import DynamoCustomers
    from sojourn.cli.deployment import Deployment
    from sojourn.cli.terminal import Terminal
    from sojourn.cli.usage import Parser

OPTIONS = ("email", "phone", "anonymous")
_NONE = {"email": "no email address", "phone": "no number with its country", "anonymous": "no id of anybody"}
_LIKE = {"email": "write it like ana@shop.example", "phone": "write it like +12025550123"}


def whom_options(parser: Parser) -> None:
    """Add the arguments that say who is meant."""
    parser.add_argument("customer", metavar="CUSTOMER", nargs="?", help="the customer's id")
    known_by_options(parser)


def known_by_options(parser: Parser) -> None:
    """Add the options that say who is meant by what else they are known by."""
    parser.add_argument(
        "--email", metavar="ADDRESS", help="whoever has this email address, instead of CUSTOMER"
    )
    parser.add_argument("--phone", metavar="NUMBER", help="whoever has this number, with + and its country")
    parser.add_argument("--anonymous", metavar="ID", help="whoever was seen under this anonymous id")


def whom(
    arguments: argparse.Namespace, deployment: Deployment, terminal: Terminal, *, half_erased: bool = False
) -> str:  # fmt: skip
    """Return the id of the customer who is meant.

    Args:
        half_erased: whether somebody may be meant whom an erasing left half-way; else nobody can read them.

    Raises:
        NotThere: there is none.
        UsageError: nobody is named, or by more than one thing; the address is none; it is several customers'.
        TransientError: the customer is being erased, or the table does not answer.
    """
    from sojourn.adapters.dynamodb.customers import DynamoCustomers
    from sojourn.aws_runtime.clock import SystemClock

    given = [(kind, value) for kind in OPTIONS if (value := getattr(arguments, kind)) is not None]
    if len(given) + (arguments.customer is not None) != 1:
        said = "say who" if not given else "say who by one thing"
        raise UsageError(f"{said}: CUSTOMER, --email, --phone or --anonymous")
    customers = DynamoCustomers(deployment.client("dynamodb"), deployment.output("TableName"), SystemClock())
    asked = arguments.customer if not given else _known_by(*given[0], customers, terminal)
    try:
        file = customers.load(asked) if asked else None
    except TransientError:
        if not half_erased or asked is None:
            raise
        return asked
    if file is None or (not file.revision and _is_nobody(deployment, file.profile.id)):
        shown = f"with {given[0][0]} {given[0][1]}" if given else f"{arguments.customer}"
        raise NotThere("no_customer", f"there is no customer {shown} in {deployment.stage}")
    found = file.profile.id
    if found != asked:
        terminal.tell(f"note: {visible(str(asked))} was found to be {visible(found)}, who has everything now")
    return found


def _known_by(kind: str, value: str, customers: DynamoCustomers, terminal: Terminal) -> str | None:
    from sojourn.domain.customer.identity import ANONYMOUS, normalised, unknown_id
    from sojourn.domain.decide.hearsay import by_hearsay

    plain = normalised(kind, value)
    if not plain:
        raise UsageError(f"--{kind}: {value} is {_NONE[kind]}", _LIKE.get(kind, ""))
    if kind == ANONYMOUS:
        return unknown_id(kind, plain)
    known = (*customers.known_by(kind, plain), *customers.known_by(by_hearsay(kind), plain))
    if len(known) > 1:
        ids = ", ".join(known[:10])
        raise UsageError(f"--{kind}: {len(known)} customers have it: {ids}", "name one by id")
    if known and known[0] != value:
        terminal.tell(f"note: this is {visible(known[0])}")
    return known[0] if known else unknown_id(kind, plain)


def _is_nobody(deployment: Deployment, customer: str) -> bool:
    """Say whether there is no row of a customer, not even one in quarantine."""
    from sojourn.adapters.dynamodb import keys

    answer = deployment.client("dynamodb").query(
        TableName=deployment.output("TableName"), KeyConditionExpression="pk = :pk", Limit=1,
        ExpressionAttributeValues={":pk": {"S": keys.customer(customer)}},
    )  # fmt: skip
    return not answer["Items"]
