"""What all stacks have in common: their names, their place, what destroying them takes with it."""

from __future__ import annotations

from aws_cdk import CfnOutput, CliCredentialsStackSynthesizer, Environment, Stack
from constructs import Construct

from infra.constructs.naming import stack_name
from infra.settings import Settings


class EngineStack(Stack):
    """A stack called `Sojourn-<stage>-<part>`, in no particular account.

    On the embedded AWS it is deployed with the credentials at hand: the roles that a real bootstrap makes for
    deploying are refused there when it evaluates permissions.
    """

    def __init__(self, scope: Construct, settings: Settings, part: str, description: str) -> None:
        super().__init__(
            scope,
            stack_name(settings, part),
            description=f"Sojourn ({settings.stage}): {description}",
            env=Environment(region=settings.region),
            termination_protection=not settings.disposable,
            synthesizer=CliCredentialsStackSynthesizer() if settings.local else None,
        )

    def tell(self, **outputs: str) -> None:
        """Give the stack outputs."""
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
