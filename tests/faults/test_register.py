"""The custom resource that registers journeys is killed half way, called twice, called by two stacks at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.cloud import Cloud, deployed_cloud, prepare, request
from tests.faults.injected import injected
from tests.faults.laws import Seen, broken
from tests.faults.stories import event, happen, known, of_journeys
from tests.faults.trouble import Fault, Killed, killed, meanwhile

OLD = """
topic: news
enter: {on: began, key: event.ref}
steps: [{id: s, send: hello, via: [email]}, {wait: 1 day}, {id: old, update: {n: 1}}]
"""
NEW = OLD.replace("old, update", "young, update")
OTHER = """
topic: news
enter: {on: later, key: event.ref}
steps: [{id: late, send: hello, via: [sms]}]
"""
SECOND = {"one-once": NEW, "other": OTHER}


@pytest.fixture(scope="module")
def one() -> Iterator[Cloud]:
    """Deploy one journey."""
    with deployed_cloud(of_journeys({"one-once": OLD})) as cloud:
        yield cloud


@pytest.fixture
def begun(one: Cloud) -> Iterator[tuple[Cloud, dict[str, str]]]:
    """Let a customer be on their way; what is to be registered next lies in the bucket."""
    bundle, versions = one.bundle, dict(one.versions)
    one.begin()
    one.load("route")
    known(one)
    happen(one, "began", "before")
    one.run(hours=1)
    yield one, prepare(one, of_journeys(SECOND))
    one.bundle = bundle
    one.versions.clear()
    one.versions.update(versions)


def enters(cloud: Cloud, ref: str) -> list[str]:
    """Let a customer enter, by a function that has just begun; return in which versions the runs are."""
    cloud.load("route")
    messages = [event(cloud, name, ref) for name in ("began", "later")]
    cloud.arrived += messages
    cloud.deliver(messages)
    return sorted(f"{run.journey} {run.version}" for run in Seen(cloud).runs if run.key == ref)


def calls(cloud: Cloud, arns: dict[str, str]) -> int:
    """Return how many calls a registration makes."""
    before = cloud.calls.total()
    cloud.invoke("register", request(arns, "Update"))
    return cloud.calls.total() - before


@injected(
    "`register` is killed, once, and called again",
    "before or after each of its calls: bucket, machines, registry, answer",
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_registration_that_is_killed(begun: tuple[Cloud, dict[str, str]], when: str) -> None:
    """Half way, customers enter the old or the new, never a bit of both; called again, it does the rest."""
    cloud, arns = begun
    kept, cloud_kept = Seen(cloud).runs, cloud.kept
    assert kept
    assert cloud_kept is not None
    editions = set()
    for place in range(1, 30):
        fault = Fault(killed(when), "register", place=place)
        cloud.plans = [fault]
        cloud_kept.again()
        cloud.stream_at = 0
        known(cloud)
        try:
            cloud.invoke("register", request(arns, "Update"))
        except Killed:
            half_way = enters(cloud, f"half-{place}")
            cloud.invoke("register", request(arns, "Update"))
        else:
            break
        after = enters(cloud, f"after-{place}")
        editions.add(tuple(half_way))
        assert len(after) == 2
        assert half_way in ([one for one in half_way if one not in after], after)
    assert place > 10
    assert len(editions) == 2
    assert set(cloud.answers) == {"SUCCESS"}


@injected("`register` is called twice for one request", "a whole registration")
def test_a_registration_that_comes_twice(begun: tuple[Cloud, dict[str, str]]) -> None:
    """The second changes nothing; runs go on in the version they began with."""
    cloud, arns = begun
    cloud.invoke("register", request(arns, "Update"))
    before = Seen(cloud).rows
    cloud.invoke("register", request(arns, "Update"))
    assert Seen(cloud).rows == before

    assert len(enters(cloud, "after")) == 2
    cloud.settle()
    assert broken(cloud) == []
    assert Seen(cloud).told("updated") == ["updated old", "updated young"]


@injected(
    "Two `register` functions at once, of one stack and of two",
    "one as a whole between any two calls of the other",
)
@pytest.mark.parametrize("kind", ["Update", "Delete"])
def test_two_registrations_at_once(begun: tuple[Cloud, dict[str, str]], kind: str) -> None:
    """One of them is last, and what customers enter then is what that one said: all of it, or none."""
    cloud, arns = begun
    assert cloud.kept is not None
    places = range(1, calls(cloud, arns) + 1)
    # The calls of the table are the ones that meet.
    for place in places if kind == "Update" else places[3::3]:
        cloud.kept.again()
        cloud.stream_at = 0
        known(cloud)
        fault = Fault(
            meanwhile(lambda: cloud.invoke("register", request(arns, kind))), "register", place=place
        )
        cloud.plans = [fault]
        cloud.invoke("register", request(arns, "Update"))
        cloud.plans = []
        # Where the other has done it all, fewer calls are left for this one.
        if not fault.hits:
            break
        assert len(enters(cloud, f"r{place}")) in ((0, 2) if kind == "Delete" else (2,))
    assert place > 9
