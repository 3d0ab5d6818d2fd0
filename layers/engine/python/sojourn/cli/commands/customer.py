"""`sojourn customer`: what a deployment knows about one person: to look at, to hand out, to take away."""

from __future__ import annotations

from sojourn.cli.command import Group
from sojourn.cli.commands import customer_erase, customer_export, customer_show

COMMAND = Group(
    name="customer",
    summary="show, export or erase what a deployment knows about one customer",
    commands=(customer_show.COMMAND, customer_export.COMMAND, customer_erase.COMMAND),
)
