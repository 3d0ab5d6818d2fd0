"""What the state machines of journeys run with that are published while everything runs: a role and a log.

The stack's own journeys keep theirs (`infra.constructs.journey`): a version of a machine goes on with the role that it
was made with, and whoever is in it would lose it if the role went elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.constructs.journey import machine_permissions
from infra.constructs.log import log_group
from infra.constructs.naming import machine_name
from infra.constructs.policies import OwnRole, arn, service
from infra.settings import Settings


class PublishedMachines(Construct):
    """The role and the log; the machines themselves are made by `operate`.

    Args (of the constructor):
        functions: the ARNs of the functions that machines call.
    """

    def __init__(self, scope: Construct, id_: str, settings: Settings, functions: Sequence[str]) -> None:
        super().__init__(scope, id_)
        # Step Functions cuts the log's resource policy short under this prefix; it has a limit otherwise.
        self.log = log_group(self, settings, f"/aws/vendedlogs/states/{settings.name('published')}")
        trusted: iam.IPrincipal = service("states.amazonaws.com")
        self.role = OwnRole(
            self,
            "Role",
            trusted=trusted,
            description="A published journey's machine calls step and send",
            allowed=machine_permissions(functions),
        )
        self.prefix = arn("states", f"stateMachine:{machine_name(settings, '')}")
        """What the ARNs of a stage's machines begin with, up to the journey's name."""
