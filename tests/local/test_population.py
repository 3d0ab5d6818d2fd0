"""A population is made up as guessed, believable where nothing was guessed, and mistakes in guesses are findings."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from sojourn.domain.condition.types import ValueType
from sojourn.domain.journey.checking import check
from sojourn.domain.journey.model.guesses import Around, Between, OneOf, parse_rate
from sojourn.domain.journey.model.workspace import Property
from sojourn.domain.journey.project import read_project
from sojourn.local.population.arrivals import Curve
from sojourn.local.population.links import tracked_links
from sojourn.local.population.person import Person
from sojourn.local.population.plan import plan_of
from sojourn.local.population.reading import read_simulation
from sojourn.local.population.values import ABSENT, Maker, believable, guessed, made
from tests.support.simulated import WORKSPACE, lived, said, workspace

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)


def drawn(maker: Maker, times: int = 400) -> list[object]:
    """Draw for one customer, again and again."""
    person = Person(1, 0)
    return [maker(person, NOW) for _ in range(times)]


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("30%", (0.3, None)),
        ("30% per 30 days", (0.3, 2_592_000.0)),
        ("2 per week", (2.0, 604_800.0)),
        ("2/7 days", (2.0, 604_800.0)),
    ],
)
def test_a_rate_is_a_share_or_so_many_per_time(text: str, rate: tuple[float, float | None]) -> None:
    """What marketers write is read as a number and the seconds it is about."""
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["130%", "2", "lots", "1 per month", "500 per day", "-5%", ""])
def test_what_is_no_rate_is_refused(text: str) -> None:
    """More than everybody at once, an inexact month and the like are told to the author."""
    with pytest.raises(ValueError, match="."):
        parse_rate(text)


def test_choices_are_in_proportion() -> None:
    """Three in four are free; a key that stands for a number becomes one."""
    plans = Counter(drawn(guessed(OneOf(one_of={"free": 75, "pro": 25}), ValueType.STRING)))
    numbers = set(drawn(guessed(OneOf(one_of={"1": 50, "2.5": 50}), ValueType.NUMBER)))

    assert 250 < plans["free"] < 350
    assert plans["free"] + plans["pro"] == 400
    assert numbers == {1, 2.5}


def test_numbers_and_dates_lie_between_their_ends() -> None:
    """Whole ends give whole numbers, distances give times from now on, in the future or the past."""
    whole = set(drawn(guessed(Between(between=(1, 3)), ValueType.NUMBER)))
    broken = drawn(guessed(Between(between=(0.5, 1.5)), ValueType.NUMBER))
    ahead = drawn(guessed(Between(between=("+1 day", "+2 days")), ValueType.TIME))
    past = drawn(guessed(Between(between=("1950-01-01", "1950-12-31")), ValueType.DATE))

    assert whole == {1, 2, 3}
    assert all(isinstance(number, float) and 0.5 <= number <= 1.5 for number in broken)
    assert all("2026-01-06T12:00:00Z" <= str(at) <= "2026-01-07T12:00:00Z" for at in ahead)
    assert {str(day)[:4] for day in past} == {"1950"}


def test_prices_are_around_what_is_typical() -> None:
    """Half are below, half above, and few are very large."""
    prices = [float(str(price)) for price in drawn(guessed(Around(around=40), ValueType.NUMBER))]

    assert 150 < sum(price < 40 for price in prices) < 250
    assert max(prices) > 80


def test_what_only_some_have_is_left_out_for_the_others() -> None:
    """`known` is the share that has a value at all."""
    maker = guessed(OneOf(one_of=("x",), known=30), ValueType.STRING)

    values = drawn(maker)

    assert 70 < values.count("x") < 170
    assert values.count("x") + values.count(ABSENT) == 400
    assert made({"a": lambda person, now: ABSENT, "b": lambda person, now: 1}, Person(1, 0), NOW) == {"b": 1}


@pytest.mark.parametrize(
    ("name", "type_", "first"),
    [
        ("cart_id", "string", "cart-c0000001-1"), ("url", "string", "https://shop.example/c0000001"),
        ("currency", "string", "EUR"), ("details", "object", {}),
    ],
)  # fmt: skip
def test_values_are_believable_by_name_and_type(name: str, type_: ValueType, first: object) -> None:
    """Ids are the customer's own and never the same twice, links lead to a shop."""
    maker = believable(name, Property(type=type_), ahead=True)

    assert maker(Person(1, 0), NOW) == first


def test_every_type_has_a_default_of_that_type() -> None:
    """Without a guess, dates of events lie ahead, birthdays long ago, ratings between 1 and 5."""
    makers = {
        name: believable(name, Property(type=ValueType(type_)), ahead=True)
        for name, type_ in {"stars": "number", "total": "number", "seen": "boolean", "starts_at": "time", "due": "date",
                            "birthday": "date", "items": "list", "tags": "list", "source": "string"}.items()
    }  # fmt: skip

    for _ in range(50):
        values = made(makers, Person(1, 0), NOW)
        assert 1 <= values["stars"] <= 5
        assert values["total"] > 0
        assert values["seen"] in (True, False)
        assert "2026-01-06T12:00:00Z" <= values["starts_at"] <= "2026-01-19T12:00:00Z"
        assert "2026-01-06" <= values["due"] <= "2026-01-19"
        assert "1950" < values["birthday"] < "2008-01-20"
        assert all({"name", "price"} <= item.keys() for item in values["items"])
        assert all(isinstance(tag, str) for tag in values["tags"])
        assert values["source"].startswith("source-")


def test_what_has_few_values_gets_one_of_them() -> None:
    """The tracking plan's `one_of` needs no guess."""
    maker = believable("plan", Property(type=ValueType.STRING, one_of=("free", "pro")), ahead=False)

    assert set(drawn(maker)) == {"free", "pro"}


def test_a_busy_hour_gets_its_share() -> None:
    """With nine times the weight on the twelve hours from noon, nine in ten come then, by the zone's clock."""
    curve = Curve(MONDAY, 7 * 86_400, "Asia/Tokyo", {"00:00": 1, "12:00": 9}, {})

    at = [MONDAY + timedelta(seconds=curve.at((n + 0.5) / 1000), hours=9) for n in range(1000)]

    assert 890 <= sum(when.hour >= 12 for when in at) <= 910
    assert at == sorted(at)


def test_a_closed_day_gets_nobody() -> None:
    """On a weekday of weight 0 nothing happens."""
    curve = Curve(MONDAY, 7 * 86_400, "UTC", {"00:00": 1}, {"sun": 0})

    at = [curve.at(n / 1000) for n in range(1000)]

    assert at[0] == 0
    assert 5.9 * 86_400 < at[-1] < 6 * 86_400


def test_tracked_links_are_found_as_they_were_written() -> None:
    """The mark is cut off, HTML's escapes are undone, other sends' links and plain ones are left alone."""
    parts = [
        '<a href="https://x.example/?a=1&amp;b=2&amp;sj=0a1b">x</a> https://y.example/?sj=0a1b https://z.example/?sj=ff',
        "https://n.example/",
    ]

    assert tracked_links(parts, "0a1b") == ["https://x.example/?a=1&b=2", "https://y.example/"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("journey: x", [("SJ110", 1)]),
        ("journeys: {cart: {enter: 5%}}", [("SJ137", 1)]),
        ("journeys: {carts: {enter: 130%}}", [("SJ116", 1)]),
        ("journeys: {carts: {enters: 5%}}", [("SJ110", 1)]),
        ("journeys:\n  carts:\n    during: {rate: 5%}", [("SJ133", 3)]),
        ("journeys: {carts: {convert: {anyway: 101%}}}", [("SJ116", 1)]),
        ("events: {order: 5%}", [("SJ133", 1)]),
        ("events: {rated: {properties: {star: 5}}}", [("SJ134", 1)]),
        ("events: {rated: {properties: {stars: many}}}", [("SJ113", 1)]),
        ("reactions: {mail: {opened: 5%}}", [("SJ114", 1)]),
        ("reactions: {email: {opened: -5%}}", [("SJ116", 1)]),
        ("population: {attributes: {plans: free}}", [("SJ135", 1)]),
        ("population: {attributes: {visits: {one_of: {few: 50%, many: 50%}}}}", [("SJ113", 1)]),
        ("population: {attributes: {visits: {between: [1, soon]}}}", [("SJ116", 1)]),
        ("population: {consents: {cart: 5%}}", [("SJ131", 1)]),
        ("population: {timezones: {Berlin: 100%}}", [("SJ116", 1)]),
        ("population: {history: {orders: {share: 5%}}}", [("SJ133", 1)]),
        ("tasks: {sale: {completed: 5%}}", [("SJ136", 1)]),
        ("calls: {voucher: {answered: 5%}}", [("SJ136", 1)]),
        ("arrivals: {day: {noon: 5}}", [("SJ116", 1)]),
        ("arrivals: {week: {monday: 5}}", [("SJ114", 1)]),
        ("arrivals: {within: 2 months}", [("SJ116", 1)]),
        ("start: tomorrow", [("SJ116", 1)]),
        ("- a list", [("SJ120", 1)]),
        ("just text", [("SJ120", 1)]),
        ("population: {attributes: {plan: {one_of: []}}}", [("SJ116", 1)]),
        ("population: {attributes: {plan: {one_of: {free: 0%}}}}", [("SJ116", 1)]),
    ],
)
def test_a_mistake_is_a_finding_at_its_place(text: str, found: list[tuple[str, int]]) -> None:
    """Unknown names and keys, shares beyond 0 to 100 % and values of the wrong type are told with their line."""
    _, findings = read_simulation(workspace(text))

    assert found == said(findings)
    assert {finding.file for finding in findings} == {"simulation.yaml"}


def test_check_finds_what_is_wrong_with_guesses() -> None:
    """Mistakes in simulation.yaml are among the workspace's findings, and a right file has none."""
    wrong = check(workspace("journeys: {cart: {enter: 5%}}"))
    right = check(workspace("journeys: {carts: {enter: 5%}}"))

    assert [(one.code, one.help) for one in wrong if one.file == "simulation.yaml"] == [
        ("SJ137", 'did you mean "carts"?')
    ]
    assert [one for one in right if one.file == "simulation.yaml"] == []


def test_everything_wrong_is_told_at_once() -> None:
    """Mistakes of shape do not hide unknown names elsewhere in the file."""
    _, findings = read_simulation(
        workspace("journeys: {cart: {enter: 5%}}\nevents: {rated: 300%}\ntask: {}\n")
    )

    assert said(findings) == [("SJ137", 1), ("SJ116", 2), ("SJ110", 3)]


def test_only_what_decides_who_enters_can_be_guessed() -> None:
    """A segment's condition decides who enters; a rate for it would mean nothing."""
    journey = "journey: carts\ntopic: carts\nenter: {segment: buyers}\nsteps: [{send: hello}]"
    segments = 'buyers: {when: did("order_completed")}'

    _, findings = read_simulation(workspace("journeys: {carts: {enter: 5%}}", journey, segments))

    assert said(findings) == [("SJ116", 1)]
    assert "segment" in findings[0].message


def test_a_file_that_says_nothing_is_all_defaults() -> None:
    """Leaving everything out is the same as having no file."""
    simulation, findings = read_simulation(workspace("journeys: {}"))

    assert findings == ()
    assert simulation.model_dump() == read_simulation(workspace())[0].model_dump()


def test_customers_are_as_the_population_says() -> None:
    """Zones, addresses, consents and attributes come out in their shares."""
    guesses = """
population:
  timezones: {Asia/Tokyo: 50%, Europe/Berlin: 50%}
  locales: {ja: 100%}
  reachable: {email: 70%, sms: 0%, push: 100%}
  consents: {carts: {email: 20%}}
  attributes: {plan: {one_of: {free: 90%, pro: 10%}}, visits: 3}
"""
    project = workspace(guesses)
    people = plan_of(project, read_simulation(project)[0], 10).people
    profiles = [people.profile(Person(1, index), NOW) for index in range(400)]

    assert 150 < Counter(one.timezone for one in profiles)["Asia/Tokyo"] < 250
    assert {one.locale for one in profiles} == {"ja"}
    assert 240 < sum(one.email is not None for one in profiles) < 320
    assert {one.phone for one in profiles} != {None}, "WhatsApp needs a number too"
    assert all(one.device for one in profiles)
    assert 40 < sum(one.consents["carts", "email"] for one in profiles) < 120
    assert 330 < sum(one.consents["carts", "push"] for one in profiles) < 400
    assert 330 < sum(one.attributes["plan"] == "free" for one in profiles) < 390
    assert {one.attributes["visits"] for one in profiles} == {3}


def test_what_journeys_set_nobody_has_at_first() -> None:
    """An attribute that an `update` sets is absent, so that conditions on it mean what they will mean."""
    journey = "journey: carts\ntopic: carts\nenter: {on: rated}\nsteps: [{update: {visits: 1}}]"
    project = workspace(None, journey)
    people = plan_of(project, read_simulation(project)[0], 10).people

    assert set(people.profile(Person(1, 0), NOW).attributes) == {"plan"}


def test_a_scheduled_journey_takes_who_is_in_its_segment() -> None:
    """Customers who bought before the simulation began are in the segment when Monday comes."""
    enter = '{schedule: "weekly mon 09:00", segment: buyers}'
    journey = f"journey: carts\ntopic: carts\nenter: {enter}\nsteps: [{{send: hello}}]"
    segments = 'buyers: {when: did("order_completed")}'

    happened = lived(
        workspace("population: {history: {order_completed: {share: 50%}}}", journey, segments), 200, 7
    )

    assert 70 < sum(one.what == "entered" for one in happened) < 130


def test_an_event_that_makes_a_segment_true_enters_it() -> None:
    """A journey for a segment begins when what its condition asks about happens."""
    journey = "journey: carts\ntopic: carts\nenter: {segment: buyers}\nsteps: [{send: hello}]"
    segments = 'buyers: {when: did("order_completed")}'
    guesses = "population: {history: {order_completed: {share: 0%}}}\nevents: {order_completed: 40%}"

    happened = lived(workspace(guesses, journey, segments), 200, 7)

    assert 50 < sum(one.what == "entered" for one in happened) < 110


def test_customers_enter_through_the_api_with_what_an_entry_tells() -> None:
    """`entry` says what comes with a call of the API."""
    journey = "journey: carts\ntopic: carts\nenter: {on: api}\nsteps: [{update: {visits: entry.visits}}]"

    happened = lived(workspace("journeys: {carts: {enter: 100%, entry: {visits: 7}}}", journey), 5, 7)

    updated = [one.details["attributes"] for one in happened if one.what == "updated"]
    assert updated == [{"visits": 7}] * 5


def test_webhooks_answer_as_often_as_guessed() -> None:
    """A call without a good answer goes its other way."""
    journey = """
journey: carts
topic: carts
enter: {on: rated}
steps:
  - {id: code, call: "https://api.shop.example/", otherwise: [{exit: none}]}
  - {update: {visits: steps.code.answer.number}}
"""
    guesses = "journeys: {carts: {enter: 100%}}\ncalls: {code: {answered: 50%, answer: {number: 4}}}"

    happened = lived(workspace(guesses, journey), 100, 7)

    reasons = Counter(one.reason for one in happened if one.what == "exited")
    assert 30 < reasons["completed"] < 70
    assert [one.details["attributes"]["visits"] for one in happened if one.what == "updated"] == [
        4
    ] * reasons["completed"]


def test_something_that_happens_again_and_again_does() -> None:
    """Two a week for four weeks are eight, on average."""
    journey = "journey: carts\ntopic: carts\nenter: {on: rated, again: always}\nsteps: [{send: hello}]"

    happened = lived(workspace("events: {rated: 2 per week}", journey), 100, 28)

    entered = Counter(one.customer for one in happened if one.what == "entered")
    assert 7 < sum(entered.values()) / 100 < 9


def test_events_of_a_journey_are_about_its_entry() -> None:
    """A purchase in a journey for a cart is of that cart: else the goal's condition could never hold."""
    guesses = (
        "journeys: {carts: {enter: 100%, convert: {anyway: 100%, after: 1 hour}, during: {cart_updated: 0%}}}"
    )

    happened = lived(workspace(guesses), 30, 30)

    assert sum(one.what == "goal" for one in happened) >= 28


def test_a_file_that_is_no_yaml_is_told_when_it_is_read() -> None:
    """Reading the workspace finds it, before anybody simulates."""
    project = read_project({"workspace.yaml": WORKSPACE.encode(), "simulation.yaml": b"a: [1"})

    assert [finding.file for finding in project.findings] == ["simulation.yaml"]


@pytest.mark.parametrize(("tracking", "released"), [("", True), ("tracking: {opens: false}\n", False)])
def test_nobody_hears_that_an_email_without_the_picture_was_opened(tracking: str, released: bool) -> None:
    """Whoever turns opens off sees in the simulation that waits for them end by their time."""
    journey = """
journey: carts
topic: carts
enter: {on: cart_updated, key: event.cart_id, again: always}
steps:
  - {id: first, send: hello, via: [email]}
  - {id: reads, wait_for: [{opened: first}], up_to: 3 days}
"""
    guesses = (
        "journeys: {carts: {enter: 100%}}\nreactions: {email: {opened: 100%, clicked: 0%, after: 1 hour}}"
    )

    happened = lived(workspace(guesses, journey, declared=tracking + WORKSPACE.lstrip()), 20, 14)

    resumed = [one for one in happened if (one.what, one.step) == ("resumed", "reads")]
    assert (len(resumed) > 0) == released


def test_a_desk_puts_tasks_off_as_often_as_guessed() -> None:
    """And says until when, which the journey may read."""
    journey = """
journey: carts
topic: carts
enter: {on: cart_updated, key: event.cart_id, again: always}
steps:
  - {id: desk, task: sales, title: Call, up_to: 2 days}
  - {id: on, wait: {until: steps.desk.answer.until}}
  - {id: late, update: {visits: 1}}
"""
    guesses = (
        "journeys: {carts: {enter: 100%}}\n"
        "tasks: {sales: {completed: 0%, failed: 0%, rescheduled: 100%, put_off: 1 day}}"
    )

    happened = lived(workspace(guesses, journey), 20, 14)

    paths = Counter(one.details["path"] for one in happened if one.what == "resumed")
    assert paths["rescheduled"] > 0
    assert set(paths) == {"rescheduled"}
