"""The functions: what each is told, what it may do, how long it may take."""

from __future__ import annotations

from dataclasses import dataclass

from constructs import Construct

from infra.constructs import audience
from infra.constructs.control import ControlApi
from infra.constructs.control_grants import ControlGrants
from infra.constructs.function import EngineFunction, Runtime, Task
from infra.constructs.grants import Grants
from infra.constructs.links import PublicAddress
from infra.constructs.program_routes import ProgramRoutes
from infra.constructs.published_machines import PublishedMachines
from infra.constructs.queues import OPERATE_SECONDS, ROUTE_SECONDS, SWEEP_SECONDS
from infra.constructs.tracking import TrackingApi
from infra.settings import Settings

COMPILING_MB = 1769
"""With so much memory comes one whole processor, which checking and compiling keep busy."""
_MACHINE = "a state machine calls it, waits for the answer, tries again and then fails the run, visibly"


@dataclass(frozen=True)
class Surroundings:
    """What functions are told of what stands around them: names and addresses, as CDK knows them.

    Args:
        senders: as whom `send` has the permission to send.
    """

    table: str
    bus: str
    events_url: str
    dead_letters_url: str
    schedule_group: str
    schedule_role: str
    schedules_dead: str
    signing_secret: str
    delivery_stream: str
    feedback_topic: str
    feedback_dead_url: str
    configuration_set: str
    sweeps_url: str
    operations_url: str
    uploads: str
    senders: str


class Functions(Construct):
    """All functions, and what stands around one of them only: the APIs, the role of published machines."""

    def __init__(
        self, scope: Construct, id_: str, settings: Settings, around: Surroundings, grants: Grants,
        control: ControlGrants,
    ) -> None:  # fmt: skip
        super().__init__(scope, id_)
        runtime = Runtime(self, "Runtime", settings)
        table = {"SOJOURN_TABLE": around.table}
        customers = table | {
            "SOJOURN_EVENTS_DAYS": str(settings.events_days),
            "SOJOURN_LEDGER_DAYS": str(settings.ledger_days),
            "SOJOURN_ENDED_RUNS_DAYS": str(settings.ended_runs_days),
        }
        starting = customers | {
            "SOJOURN_SCHEDULE_GROUP": around.schedule_group,
            "SOJOURN_SCHEDULE_ROLE_ARN": around.schedule_role,
            "SOJOURN_SCHEDULE_DEAD_LETTERS_ARN": around.schedules_dead,
        }
        secret = {"SOJOURN_SIGNING_SECRET": around.signing_secret}
        bus = {"SOJOURN_BUS": around.bus}

        def made(task: Task) -> EngineFunction:
            return EngineFunction(self, task.name.capitalize(), runtime, task)

        unfit = {
            "SOJOURN_DEAD_LETTERS_URL": around.dead_letters_url,
            "SOJOURN_QUARANTINE_DAYS": str(settings.quarantine_days),
        }
        self.route = made(Task(
            "route", "Takes events in: stores them, moves the runs they matter to", ROUTE_SECONDS, 512,
            "its queue has dead letters", grants.route(), starting | unfit,
        ))  # fmt: skip
        self.step = made(Task(
            "step", "Does one step of a run", 60, 512, _MACHINE, grants.step(), starting | bus | secret,
        ))  # fmt: skip
        self.links = made(Task(
            "links", "Answers the links in messages: clicks, unsubscriptions", 30, 512,
            "a request is answered, or not; what it tells goes on the queue of events if the bus does not take it",
            grants.links(), bus | secret | {"SOJOURN_EVENTS_URL": around.events_url},
        ))  # fmt: skip
        self.address = PublicAddress(self, "LinksAddress", self.links)
        self.track = made(Task(
            "track", "Answers the tracking API: what customers do, from apps and web sites", 28, 512,
            "a call is answered, or not; what it tells goes on the queue of events if the bus does not take it",
            grants.track(), table | bus | {"SOJOURN_EVENTS_URL": around.events_url},
        ))  # fmt: skip
        self.tracking = TrackingApi(self, "Tracking", settings, self.track)
        self.api = made(Task(
            "api", "Answers what programs call: ends people's tasks, enters customers into journeys", 28, 512,
            "a call is answered, or not; who called may call again", grants.api(), starting | secret,
        ))  # fmt: skip
        # By the id it always had: as another resource, its route would be in its own way while a stack is updated.
        ProgramRoutes(self, "TaskRoutes", self.tracking, self.api)
        self.step.function.add_environment("SOJOURN_TASKS_URL", self.tracking.url)
        links = {"SOJOURN_LINKS_URL": settings.links_url or self.address.url}
        self.send = made(Task(
            "send", "Sends one message, if it may be sent", 60, 512, _MACHINE,
            grants.send(), starting | secret | links | {"SOJOURN_CONFIGURATION_SET": around.configuration_set},
        ))  # fmt: skip
        self.feedback = made(Task(
            "feedback", "Hears what became of messages, and what people write back", ROUTE_SECONDS, 512,
            "its queue has dead letters", grants.feedback(),
            table | bus | links | {
                "SOJOURN_EVENTS_URL": around.events_url,
                "SOJOURN_DEAD_LETTERS_URL": around.feedback_dead_url,
                "SOJOURN_FEEDBACK_TOPICS": around.feedback_topic,
            },
        ))  # fmt: skip
        self.close = made(Task(
            "close", "Closes the run of an execution that did not end well", 60, 256,
            "its destination for failures is a queue of dead letters", grants.close(), customers,
        ))  # fmt: skip
        self.register = made(Task(
            "register", "Registers the journeys of a deployment", 300, 512,
            "CloudFormation hears of its failure and rolls back", grants.register(), table,
        ))  # fmt: skip
        self.sweep = made(Task(
            "sweep", "Asks the segments again that time alone can change", SWEEP_SECONDS, 512,
            "its queue has dead letters", grants.sweep(), starting | {"SOJOURN_SWEEPS_URL": around.sweeps_url},
        ))  # fmt: skip
        telling = {"SOJOURN_DELIVERY_STREAM": around.delivery_stream, "SOJOURN_OUTBOUND": settings.outbound}
        self.export = made(Task(
            "export", "Tells the rest of the world what changed", 120, 512,
            "its source of changes has dead letters", grants.export(), table | bus | telling,
        ))  # fmt: skip
        operating = {
            "SOJOURN_OPERATIONS_URL": around.operations_url,
            "SOJOURN_UPLOADS_BUCKET": around.uploads,
        }
        self.publish = made(Task(
            "publish", "Answers the control API: publishes, pauses, takes back; does what admins may", 28, 512,
            "a call is answered, or not; who called may call again", control.publish(),
            table | operating | bus | secret | {
                "SOJOURN_SENDERS": around.senders, "SOJOURN_SCHEDULE_GROUP": around.schedule_group,
            },
        ))  # fmt: skip
        self.control = ControlApi(self, "Control", settings, self.publish)
        calls = {name: one.function.function_arn for name, one in (("STEP", self.step), ("SEND", self.send))}
        machines = PublishedMachines(self, "PublishedMachines", settings, list(calls.values()))
        entries = {"SOJOURN_ENTRIES_RATE": str(settings.entries_rate)}
        self.operate = made(Task(
            "operate", "Carries out what takes longer than a call: publishes journeys, moves many runs",
            OPERATE_SECONDS, COMPILING_MB, "its queue has dead letters",
            [*control.operate(machines.role.arn), audience.starting(settings)],
            starting | bus | operating | entries | {
                "SOJOURN_AUDIENCE_MACHINE_ARN": audience.machine_arn(settings),
                "SOJOURN_MACHINES": machines.prefix,
                "SOJOURN_SENDERS": around.senders,
                "SOJOURN_MACHINES_ROLE_ARN": machines.role.arn,
                "SOJOURN_MACHINES_LOG_ARN": machines.log.log_group_arn,
                **{f"SOJOURN_{name}_ARN": function for name, function in calls.items()},
            },
            authoring=True,
        ))  # fmt: skip
        self.audience = made(Task(
            "audience", "Enters the customers of an audience, a batch of rows at a time", audience.SECONDS, 512,
            "its state machine calls it again; what is not done then is told by the audience's operation",
            control.audience(), starting | entries | {"SOJOURN_UPLOADS_BUCKET": around.uploads},
        ))  # fmt: skip
        audience.Audiences(
            self, "Audiences", settings, self.audience, uploads=control.uploads, key=grants.key
        )
