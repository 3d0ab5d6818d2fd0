"""The second providers of SMS and push: SNS, and Pinpoint."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sojourn.adapters.senders import sns_sms
from tests.faults.cloud import Cloud, deployed_cloud
from tests.faults.injected import injected
from tests.faults.laws import broken
from tests.faults.stories import workspace
from tests.faults.test_provider_errors import event_of, let_fail, troubles

CALLS = {"sms": ("sns", "publish"), "push": ("pinpoint", "send_messages")}


@pytest.fixture(scope="module")
def deployed() -> Iterator[Cloud]:
    """Deploy the workspace with the other providers."""
    with deployed_cloud(workspace(others=True)) as cloud:
        yield cloud


@injected(
    "A second provider of SMS or push answers an error, once and every time",
    "`send`: SNS, Pinpoint; each error of its model",
)
@pytest.mark.parametrize("times", [1, 10_000], ids=["once", "every time"])
@pytest.mark.parametrize("channel", CALLS)
def test_an_error_of_the_other_provider(cloud: Cloud, channel: str, times: int) -> None:
    """Busy is held, refused is told, and where nobody knows, the ledger says so."""
    table = sns_sms.TABLE if channel == "sms" else {}
    faults = list(troubles(*CALLS[channel], table))

    assert let_fail(cloud, event_of(channel, "once"), CALLS[channel], iter(faults), times) == []
    cloud.settle()
    assert broken(cloud) == []
    # SNS is not told which send a text message is: each customer has one at most.
    assert len(cloud.provider.taken) <= len(faults)
