"""A publisher who publishes another version of a journey, and says what becomes of those who are in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sojourn.application.migrating import Became, Migration, migrate_run
from sojourn.domain.change.migration import MigrationMap
from sojourn.domain.compile.midway import Midway
from sojourn.local.deployment import PLACEHOLDERS
from sojourn.local.states.machine import Machine
from tests.support.publishers import Published
from tests.support.workspaces import deployed


class Republished(Published):
    """As `Published`, whose journey j gets a second version.

    Attributes:
        first, second: the two versions.
    """

    def publish(self, journey: str) -> None:
        """Let another version of j be live from now on."""
        old, new = self.world.deployment, deployed(journey)
        self.first, self.second = old.catalogue.current("j"), new.catalogue.current("j")
        assert self.first is not None
        assert self.second is not None
        old.catalogue.publish(self.second)
        old.machines[("j", self.second.version)] = Machine.parse(self.second.definition, PLACEHOLDERS, "j")

    def migration(self, steps: Mapping[str, Any], otherwise: Any = "stay") -> Migration:
        """Return how runs of the first version go on."""
        first, second = self.first, self.second
        assert first is not None
        assert second is not None
        told = {"from": first.version, "steps": steps, "otherwise": otherwise}
        return Migration(
            MigrationMap.from_json(told),
            second.version,
            Midway(first.definition, first.enter.then),
            Midway(second.definition, second.enter.then),
            second.enter.seeds,
        )

    def migrate(self, steps: Mapping[str, Any], otherwise: Any = "stay") -> list[Became]:
        """Migrate every run of j now; return what became of each."""
        how = self.migration(steps, otherwise)
        return [
            migrate_run(self.world.engine, run.customer, (run.journey, run.key), how) for run in self.runs()
        ]
