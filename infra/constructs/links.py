"""The address that answers links: open to everybody, as those who follow a link in a message have no account."""

from __future__ import annotations

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.function import EngineFunction


class PublicAddress(Construct):
    """A function's own URL, which AWS makes up and serves with its certificate.

    What a link stands for is signed, and only the function knows the key: there is nobody to authenticate. For
    links that bear the company's name, `links_url` is an address of its own, such as a CloudFront distribution with
    this one as its origin.
    """

    def __init__(self, scope: Construct, id_: str, answering: EngineFunction) -> None:
        super().__init__(scope, id_)
        made = lambda_.FunctionUrl(
            self, "Resource", function=answering.function, auth_type=lambda_.FunctionUrlAuthType.NONE
        )
        self.url = made.url
        """Ends with a slash."""
