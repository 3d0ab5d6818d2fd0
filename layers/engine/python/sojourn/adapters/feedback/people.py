"""Finds whose it is that a provider tells something of: by our own tag, a telephone number, or a device's endpoint.

A number may be several people's, and a STOP is for all of them. It knows neither providers nor queues.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from sojourn.adapters.feedback.told import PassedOver, Told
from sojourn.adapters.transient_errors import code_of, trying_again
from sojourn.domain.customer.identity import EMAIL, PHONE, address_key, as_known, is_in_e164, normalised
from sojourn.domain.decide.hearsay import by_hearsay

GONE = ("NotFound", "NotFoundException")


@dataclass(frozen=True, slots=True)
class Whose:
    """Somebody: a customer's id; or, of whom nothing is known yet, what they are known by.

    Args:
        to: the address it went to, by `address_key`; "" where the send's row says so.
        other: the message was not theirs, but went to an address that they have too.
    """

    customer: str = ""
    identities: dict[str, str] = field(default_factory=dict)
    to: str = ""
    other: bool = False


class People:
    """Finds them.

    Args:
        known_by: (kind, value as it is found by) -> the customers who have it, as the port `Customers`.
        sns: an SNS client.
    """

    def __init__(self, known_by: Callable[[str, str], Sequence[str]], sns: Any) -> None:
        self._known_by = known_by
        self._sns = sns

    def of(self, told: Told) -> list[Whose]:
        """Return whose it is: nobody is never the answer.

        Raises:
            PassedOver: it is somebody whom this deployment cannot know.
            TransientError: nobody answers.
        """
        if told.customer:
            return [Whose(told.customer), *self._others_at(told)]
        if told.endpoint:
            return [self._at(told.endpoint)]
        return self._numbered(told.phone)

    def _numbered(self, said: str) -> list[Whose]:
        """Return who has a number; where nobody is known by it, the one who is known by nothing else.

        A number that is none by the rule of today may have been one when it was stored: who has it is found.
        """
        number = as_known(PHONE, said)
        if not is_in_e164(number):
            raise PassedOver("no_number")  # a short code, or a sender with a name
        known = [Whose(one) for one in self._known_by(PHONE, number)]
        others = [Whose(one) for one in self._known_by(by_hearsay(PHONE), number)]
        if normalised(PHONE, said):
            return [*(known or [Whose(identities={PHONE: number})]), *others]
        if not (known or others):
            raise PassedOver("no_number")  # and nobody can be told to have it
        return [*known, *others]

    def _others_at(self, told: Told) -> list[Whose]:
        """Return who else has an address that is nobody's, or whose reader complained."""
        address = as_known(EMAIL, told.email)
        if not address:
            return []
        found = (*self._known_by(EMAIL, address), *self._known_by(by_hearsay(EMAIL), address))
        return [Whose(one, to=address_key(address), other=True) for one in found if one != told.customer]

    def _at(self, endpoint: str) -> Whose:
        """Ask SNS for what our sender wrote to an endpoint."""
        try:
            with trying_again("GetEndpointAttributes"):
                attributes = self._sns.get_endpoint_attributes(EndpointArn=endpoint)["Attributes"]
        except ClientError as error:
            if code_of(error) not in GONE:
                raise
            raise PassedOver("no_endpoint") from None
        customer = attributes.get("CustomUserData", "")
        if not customer:
            raise PassedOver("no_tags")
        return Whose(customer, to=address_key(attributes.get("Token")))
