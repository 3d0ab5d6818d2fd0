"""Every error that a channel's provider answers: once, and for as long as anybody tries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from sojourn.adapters.botocore_errors import EVERYWHERE, Table
from sojourn.adapters.senders import eum_sms, sns_push, whatsapp
from sojourn.adapters.webhooks.exchange import NoAnswer, NotReached
from tests.faults.cloud import Cloud
from tests.faults.injected import injected
from tests.faults.laws import Seen, broken, lost
from tests.faults.services import codes
from tests.faults.stories import happen, known, names_of
from tests.faults.trouble import Fault, Trouble, answered, answered_late, no_answer, raising, unreachable

CALLS = {
    "email": ("sesv2", "send_email"),
    "sms": ("pinpoint-sms-voice-v2", "send_text_message"),
    "push": ("sns", "publish"),
    "device": ("sns", "create_platform_endpoint"),
    "whatsapp": ("socialmessaging", "send_whatsapp_message"),
    "in_app": ("dynamodb", "put_item"),
    "webhook": ("webhook", "post"),
}
"""Whom a channel calls; `device` is what comes before a push."""
TABLES = {"sms": eum_sms.TABLE, "push": sns_push.PUBLISHING, "device": sns_push.PREPARING}
MESSAGES = {
    "email": (
        ("MessageRejected", "Email address is not verified. The following identities failed: x@y.example"),
        ("BadRequestException", "Illegal address"),
        ("ThrottlingException", "Daily message quota exceeded"),
    ),
}  # fmt: skip
"""Errors whose words tell more than their code."""
STATUSES = (300, 400, 401, 403, 404, 408, 410, 413, 425, 429, 500, 502, 503)


def troubles(service: str, operation: str, table: Table, channel: str = "") -> Iterator[tuple[str, Trouble]]:
    """Yield everything that a provider may answer, with its name."""
    if service == "webhook":
        for error in (NotReached("no route"), NoAnswer("cut off")):
            yield type(error).__name__, Trouble(before=raising(error))
        return
    modelled = codes(service, operation)
    # What all services say alike means the same to every sender.
    alike = dict.fromkeys(EVERYWHERE, 400) if channel == "email" else {}
    for code, status in {**alike, **modelled}.items():
        yield code, answered(code, status)
    for code in table:
        name, _, reason = code.partition(":")
        yield code, answered(name, modelled.get(name, 400), Reason=reason)
    for code, message in MESSAGES.get(channel, ()):
        yield f"{code}: {message}", answered(code, 400, message)
    if channel == "whatsapp":
        for code in whatsapp.META:
            yield code, answered("ValidationException", 400, f"(#{code}) said")
    yield "500, and done", answered_late("InternalFailure")
    yield "no answer, and done", no_answer("after")
    yield "no answer, not done", no_answer("before")
    yield "unreachable", unreachable()


def let_fail(
    cloud: Cloud, event: str, call: tuple[str, str], faults: Iterator[tuple[str, Trouble]], times: int
) -> list[str]:
    """Let one customer after another meet an error; return what was lost."""
    wrong = []
    # One that has begun before may know the customers' devices.
    cloud.load("send")
    for number, (name, trouble) in enumerate(faults):
        fault = Fault(trouble, "send", *call, times=times)
        cloud.plans = [fault]
        happen(cloud, event, customer=known(cloud, f"customer-{number}"))
        cloud.run(minutes=6)
        if fault.hits == 0:
            wrong.append(f"{name} did not happen")
    return wrong + lost(Seen(cloud))


def event_of(channel: str, delivery: str) -> str:
    """Return what enters a customer into the journey with one message on a channel."""
    return names_of("push" if channel == "device" else channel, delivery)[1]


@injected(
    "A provider answers an error, once", "`send`, each channel; each error of its model, and of all of AWS"
)
@pytest.mark.parametrize(
    ("channel", "delivery"),
    [*((channel, "once") for channel in CALLS), ("email", "least"), ("webhook", "least")],
)
def test_an_error_of_a_provider_once(cloud: Cloud, channel: str, delivery: str) -> None:
    """Busy is held and sent; refused is told with its reason; where nobody knows, `at_most_once` says `unknown` and
    `at_least_once` repeats it after five minutes.
    """
    everywhere = channel if delivery == "once" else ""
    faults = dict(troubles(*CALLS[channel], TABLES.get(channel, {}), everywhere))

    assert let_fail(cloud, event_of(channel, delivery), CALLS[channel], iter(faults.items()), 1) == []
    cloud.settle()
    unheard = sum(name.endswith("and done") for name in faults)
    assert broken(cloud, repeated=unheard if delivery == "least" else 0) == []


@injected(
    "A provider answers an error, whenever it is asked", "`send`, each channel; each error of its model"
)
@pytest.mark.parametrize("channel", CALLS)
def test_an_error_of_a_provider_for_ever(cloud: Cloud, channel: str) -> None:
    """What is busy stays held, ever longer, and goes out when the provider is well again; nothing ends in silence."""
    faults = troubles(*CALLS[channel], {})

    assert let_fail(cloud, event_of(channel, "once"), CALLS[channel], faults, 10_000) == []
    cloud.settle()
    assert broken(cloud) == []


@injected("A provider is busy for a day", "`send`, channel `email`")
def test_a_provider_that_is_busy_for_a_day(cloud: Cloud) -> None:
    """It is asked some seventy times, and not every other second: an execution's history holds 25,000 events."""
    cloud.plans = [
        Fault(answered("TooManyRequestsException", 429), "send", "sesv2", "send_email", times=10_000)
    ]
    happen(cloud, event_of("email", "once"))
    cloud.run(days=1)
    (execution,) = cloud.states.interpreter.running()

    assert cloud.invocations["send"] < 120
    assert execution.events < 1_200
    cloud.settle()
    assert broken(cloud) == []
    assert Seen(cloud).told("sent") == ["sent s"]


@injected("A server answers a status that is no success", "`send`, channel `webhook`")
def test_a_status_of_a_webhook(cloud: Cloud) -> None:
    """Busy is held and sent, refused is told, a server's own error is `unknown`: nobody gets two."""
    for status in STATUSES:
        cloud.provider.statuses = [status]
        customer = known(cloud, f"customer-{status}")
        happen(cloud, names_of("webhook", "once")[1], customer=customer)
        cloud.run(hours=2)

        assert cloud.provider.statuses == []
    cloud.settle()

    assert broken(cloud) == []
    told = Counter(one.partition(":")[0] for one in Seen(cloud).told("sent", "suppressed"))
    assert told == {"sent s": 4, "sent s unknown": 2, "suppressed s refused": 7}
