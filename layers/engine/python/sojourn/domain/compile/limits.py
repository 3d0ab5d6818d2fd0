"""How far one execution may go, below the quotas of Step Functions Standard.

An execution lasts a year at most and holds 25,000 history events, both hard
(docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html). Past these limits a run goes on in another.
"""

from __future__ import annotations

EXECUTION_DAYS = 350
"""An execution may last a year; what could last longer is checked when a wait begins, with two weeks to spare."""
COMPUTED_DAYS = 180
"""A wait that is worked out at run time may last so long after its execution began; past it the run is parked."""
HISTORY_EVENTS = 20_000
"""An execution's history holds 25,000 events (a hard quota); loops are continued elsewhere before that.

The rest is for what comes in few states only: a send that is held, nine events each time, and a task that an outage
keeps waiting, three for each of its hundred attempts.
"""
EVENTS_PER_STATE = 12
"""What a state adds to the history in ordinary times: a task that fails, is tried again, fails and is caught."""
