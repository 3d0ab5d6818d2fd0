"""The journeys: a state machine for each, and their registration."""

from __future__ import annotations

from constructs import Construct

from infra.constructs.functions import Functions
from infra.constructs.journey import Machines
from infra.constructs.naming import machine_output
from infra.constructs.registration import Registration
from infra.settings import Settings
from infra.stacks.base import EngineStack
from infra.workspace import Published
from sojourn.domain.compile import names


class JourneysStack(EngineStack):
    """What marketers change: deployed often, and without touching anything else.

    Where journeys are published while everything runs, it brings none, and the workspace's settings only the first
    time: those are published from then on.
    """

    def __init__(
        self, scope: Construct, settings: Settings, workspace: Published, functions: Functions
    ) -> None:
        super().__init__(scope, settings, "journeys", "the state machines of the journeys")
        placeholders = {
            names.STEP_FUNCTION: functions.step.function.function_arn,
            names.SEND_FUNCTION: functions.send.function.function_arn,
        }
        machines = Machines(
            self,
            "Machines",
            settings,
            () if settings.publishes else workspace.journeys,
            {placeholder[2:-1]: function for placeholder, function in placeholders.items()},
        )
        Registration(
            self,
            "Registration",
            settings,
            workspace,
            machines,
            functions.register.function.function_arn,
        )
        for name, machine in machines.machines.items():
            self.tell(**{machine_output(name): machine.state_machine_arn})
