"""What a change does to messages and money a week, for `sojourn plan`: four weeks of a deployment, and a simulation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sojourn.domain.change.figures import WINDOW, Figures, figures_of
from sojourn.domain.change.forecast import forecast
from sojourn.domain.change.messages import Rates

if TYPE_CHECKING:
    from sojourn.cli.loading import Loaded
    from sojourn.domain.change.figures import StepFigures
    from sojourn.domain.change.forecast import Forecast
    from sojourn.domain.change.outline import Outline
    from sojourn.local.cost.meter import Meter

SAMPLE = 300
"""Made-up customers who live with the workspace: enough for what a step costs, and for the likely way."""
SIMULATED_DAYS = 30
_SEED = 1


@dataclass(frozen=True, slots=True)
class Measured:
    """Where figures are read, and how they are priced.

    Args:
        client, table: `boto3.client("dynamodb")`, and the deployment's table.
        today: the first day that is left out, as it is not over.
        region: whose prices count.
        sms: dollars for one part of an SMS; None where nobody said.
    """

    client: Any
    table: str
    today: date
    region: str
    sms: float | None = None


def forecasts(
    measured: Measured, loaded: Loaded, before: Mapping[str, Outline], after: Mapping[str, Outline],
    versions: Mapping[str, str], changed: Iterable[str],
) -> dict[str, Forecast]:  # fmt: skip
    """Forecast the journeys that change; one that nobody entered lately is told so, without a simulation.

    Args:
        before, after: the outlines that are live, and those that would be.
        versions: of those that would be.

    Raises:
        TransientError: the table does not answer.
    """
    figures = {name: _figures(measured, name) for name in sorted(changed)}
    entered = [name for name, told in figures.items() if told.entered and name in before]
    meter = _simulated(loaded) if entered else None
    made: dict[str, Forecast] = {}
    for name, told in figures.items():
        rates, guessed = Rates(), None
        if meter is not None and name in entered:
            rates, guessed = _priced(measured, meter, name, versions[name])
        made[name] = forecast(before.get(name), after[name], told, rates, guessed)
    return made


def _figures(measured: Measured, journey: str) -> Figures:
    from sojourn.adapters.dynamodb.daily import daily

    found = daily(measured.client, measured.table, journey, WINDOW, until=measured.today)
    return figures_of(found, measured.today)


def _simulated(loaded: Loaded) -> Meter:
    from sojourn.local.cost.measuring import measure

    return measure(loaded.project, SAMPLE, SIMULATED_DAYS, _SEED)


def _priced(
    measured: Measured, meter: Meter, journey: str, version: str
) -> tuple[Rates, Mapping[str, StepFigures] | None]:
    """Return what things cost, nothing where no price is known, and what a simulation of the new version came to."""
    from sojourn.local.cost.beside import counted, rates_of
    from sojourn.local.cost.estimate import estimate
    from sojourn.local.cost.prices import prices_of

    used = meter.of(journey)
    if not used.entered:
        return Rates(), None
    simulated = counted(meter.counts, journey, version).figures
    prices = prices_of(measured.region)
    made = estimate(journey, used, round(used.entered), prices, sms=measured.sms)
    return rates_of(made, simulated, prices, measured.sms), simulated.steps
