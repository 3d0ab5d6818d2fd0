"""Tells the engine, with every deployment, which journeys there are: their versions, triggers and messages."""

from __future__ import annotations

from aws_cdk import CustomResource, Duration
from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from infra import packaging
from infra.constructs.journey import Machines
from infra.settings import Settings, SettingsError
from infra.workspace import Published

OWNER = "cdk"
"""Who registered a journey; another owner's are left alone."""


class Registration(Construct):
    """A custom resource, answered by the function `register`; it changes when a journey does."""

    def __init__(
        self, scope: Construct, id_: str, settings: Settings, workspace: Published, machines: Machines, register: str
    ) -> None:  # fmt: skip
        super().__init__(scope, id_)
        if staying := sorted({workspace.name, *machines.machines}.intersection(settings.take_out)):
            raise SettingsError(
                f"take_out {', '.join(staying)}: it is in the workspace that you deploy; name what is to go"
            )
        bundle = packaging.written(settings, "bundle.json", workspace.bundle)
        asset = assets.Asset(self, "Bundle", path=str(bundle))
        resource = CustomResource(
            self,
            "Resource",
            resource_type="Custom::SojournJourneys",
            service_token=register,
            service_timeout=Duration.minutes(10),
            properties={
                "Bucket": asset.s3_bucket_name,
                "Key": asset.s3_object_key,
                "Owner": OWNER,
                **({"Journeys": settings.journeys} if settings.publishes else {}),
                # Another one in its place is refused, and so is a journey left out that customers are in.
                "Workspace": workspace.name,
                "Machines": {name: machine.state_machine_arn for name, machine in machines.machines.items()},
                # A machine can change while the bundle does not: then it needs a new version all the same.
                "Revisions": {
                    name: machine.state_machine_revision_id for name, machine in machines.machines.items()
                },
                **({"TakeOut": list(settings.take_out)} if settings.take_out else {}),
            },
        )
        resource.node.add_dependency(machines)
