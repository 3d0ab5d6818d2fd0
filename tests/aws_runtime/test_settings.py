from __future__ import annotations

import pytest

from sojourn.aws_runtime.settings import Settings, SettingsError, variable


def test_settings_are_read_from_their_variables() -> None:
    """Every field is the variable of its name, with the prefix; spaces around a value are nobody's intent."""
    settings = Settings.read({"SOJOURN_TABLE": " t ", "SOJOURN_LEDGER_DAYS": "30", "PATH": "/bin"})

    assert (settings.table, settings.ledger_days, settings.events_days) == ("t", 30, 400)


def test_a_function_says_what_it_was_not_given() -> None:
    """The deployment forgot something: all of it is named at once, as it is to be written."""
    with pytest.raises(SettingsError, match="^not set: SOJOURN_TABLE, SOJOURN_BUS$"):
        Settings.read({"SOJOURN_STAGE": "dev", "SOJOURN_BUS": ""}, "stage", "table", "bus")


@pytest.mark.parametrize("days", ["0", "14", "ten", "3651", "15.5"])
def test_a_value_that_cannot_be_is_named(days: str) -> None:
    """Days are whole, more than those in which a run may be redriven, and not more than ten years."""
    for name in ("SOJOURN_EVENTS_DAYS", "SOJOURN_LEDGER_DAYS", "SOJOURN_ENDED_RUNS_DAYS"):
        with pytest.raises(SettingsError, match=f"^{name}: write a whole number from 15 to 3650$"):
            Settings.read({name: days})


def test_empty_days_are_the_default() -> None:
    """CloudFormation writes an absent parameter as an empty text."""
    assert Settings.read({"SOJOURN_EVENTS_DAYS": ""}).events_days == 400


def test_what_goes_out_may_be_nothing_at_all() -> None:
    """For the kinds of outbound events, an empty text says none, and an absent one the usual."""
    assert Settings.read({}).outbound == "usual"
    assert Settings.read({variable("outbound"): ""}).outbound == ""
