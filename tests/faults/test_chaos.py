"""A random story of one customer, with random faults at random points; the three laws hold at its end.

`SOJOURN_CHAOS=3000` plays so many stories instead of a few; docs/faults.md says what came of that.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.faults.cloud import Cloud
from tests.faults.injected import injected
from tests.faults.laws import Seen, broken
from tests.faults.stories import event, happen, known, names_of
from tests.faults.trouble import (
    ANSWER,
    Fault,
    Trouble,
    answered,
    answered_late,
    killed,
    no_answer,
    unreachable,
)

USUAL = 20
EXAMPLES = int(os.environ.get("SOJOURN_CHAOS", USUAL))
PROVIDERS = (("sesv2", "send_email"), ("pinpoint-sms-voice-v2", "send_text_message"), ("sns", "publish"))
ROWS = (("dynamodb", "query"), ("dynamodb", "transact_write_items"))
STATES = tuple(("stepfunctions", call) for call in ("start_execution", "send_task_success", "stop_execution"))
SCHEDULES = (("scheduler", "create_schedule"), ("scheduler", "delete_schedule"))
END = (("lambda", ANSWER),)
CALLS = {
    "route": (*ROWS, *STATES, *SCHEDULES, *END),
    "step": (*ROWS, ("dynamodb", "get_item"), ("events", "put_events"), *STATES, *END),
    "send": (*ROWS, ("dynamodb", "get_item"), *PROVIDERS, *END),
    "close": (*ROWS, *END),
    "export": (
        ("dynamodb", "get_item"),
        ROWS[1],
        ("firehose", "put_record_batch"),
        ("events", "put_events"),
        *END,
    ),
}
TROUBLES: dict[str, Callable[[], Trouble]] = {
    "killed before": lambda: killed("before"),
    "killed after": lambda: killed("after"),
    "not answered, done": lambda: no_answer("after"),
    "not answered, not done": lambda: no_answer("before"),
    "unreachable": unreachable,
    "busy": lambda: answered("ThrottlingException", 429),
    "down": lambda: answered("ServiceUnavailable", 503),
    "down, done": lambda: answered_late("ServiceUnavailable", 503),
    "overtaken": lambda: answered(
        "TransactionCanceledException", CancellationReasons=[{"Code": "TransactionConflict"}]
    ),
    "wrong": lambda: answered("ValidationException", 400),
}
EVENTS = ("began", "began", "answered", "did_it", "again", "stopped", "later", names_of("email", "least")[1])


@st.composite
def faults(draw: st.DrawFn) -> Fault:
    """Draw a fault: where, what, from which call on, how often."""
    function = draw(st.sampled_from(sorted(CALLS)))
    service, operation = draw(st.sampled_from(CALLS[function]))
    # Only the table is overtaken; a function's own answer cannot be refused.
    names = [name for name in TROUBLES if service == "dynamodb" or name != "overtaken"]
    if service == "lambda":
        names = ["killed before"]
    trouble = TROUBLES[draw(st.sampled_from(names))]()
    number, times = draw(st.sampled_from((1, 1, 2, 3, 5))), draw(st.sampled_from((1, 1, 2, 8)))
    return Fault(trouble, function, service, operation, number, times)


STORIES = st.lists(
    st.tuples(
        st.sampled_from((0, 1, 30, 60 * 3, 60 * 24, 60 * 47 + 58)),
        st.sampled_from(EVENTS),
        st.sampled_from("ab"),
        st.integers(1, 2),
    ),
    min_size=1,
    max_size=6,
)
SKEWS = st.dictionaries(st.sampled_from(sorted(CALLS)), st.integers(-10, 10), max_size=2)


@injected(
    "Up to six faults of any kind at any call, clocks up to ten minutes off, deliveries twice: drawn at random",
    "random stories of one customer",
)
@given(story=STORIES, drawn=st.lists(faults(), min_size=1, max_size=6), skews=SKEWS, exports=st.booleans())
@settings(
    max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
def test_the_laws_hold_whatever_happens(
    deployed: Cloud,
    story: list[tuple[int, str, str, int]],
    drawn: list[Fault],
    skews: dict[str, int],
    exports: bool,
) -> None:
    """Nobody is messaged twice, nobody is lost without a row that says so, and the counts add up."""
    cloud = deployed
    cloud.begin()
    known(cloud)
    cloud.plans = list(drawn)
    cloud.skews = {name: timedelta(minutes=minutes) for name, minutes in skews.items()}
    for minutes, name, ref, deliveries in story:
        if deliveries == 1:
            happen(cloud, name, ref)
        else:
            message = event(cloud, name, ref)
            cloud.arrive(message)
            cloud.later(timedelta(minutes=1), lambda message=message: cloud.deliver([message]))  # type: ignore[misc]
        cloud.run(minutes=minutes)
        if exports:
            cloud.export(size=20)
    cloud.run(days=6)
    cloud.settle(days=450)

    unheard = sum(fault.hits for fault in drawn if fault.function == "send")
    note("\n".join(cloud.raised))
    note("\n".join(f"{one.at} {one.what} {one.step} {one.reason} {one.run}" for one in Seen(cloud).happened))
    assert broken(cloud, repeated=unheard) == []
