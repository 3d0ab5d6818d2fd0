from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from typing import Any
from uuid import UUID

import pytest
from botocore.exceptions import ClientError

from sojourn import emit
from sojourn.aws_runtime.incoming.inbound import DEEPEST, incoming
from sojourn.emit import Emitter, Event, InvalidEvent, NotTaken, UnknownBus
from sojourn.emit.putting import ATTEMPTS
from tests.support.aws_deployment import BUS, Deployed, aws_deployment

AT = datetime(2026, 3, 6, 9, tzinfo=UTC)


@dataclass
class Bus:
    """An EventBridge client that notes what is put; `answers` are the codes of what it does not take, call by call.

    The shapes are those of the API: an entry that was not taken has ErrorCode and ErrorMessage instead of an EventId.
    """

    answers: list[list[str | None] | Exception] = field(default_factory=list)
    calls: list[list[dict[str, Any]]] = field(default_factory=list)
    looked: str = ""
    asked: list[str] = field(default_factory=list)

    def describe_event_bus(self, Name: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        self.asked.append(Name)
        if self.looked:
            raise ClientError({"Error": {"Code": self.looked}}, "DescribeEventBus")
        return {"Name": Name}

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - boto3's name
        self.calls.append(Entries)
        codes = self.answers.pop(0) if self.answers else []
        if isinstance(codes, Exception):
            raise codes
        told = [*codes, *[None] * len(Entries)][: len(Entries)]
        return {
            "FailedEntryCount": sum(code is not None for code in told),
            "Entries": [
                {"ErrorCode": code, "ErrorMessage": "no"} if code else {"EventId": str(number)}
                for number, code in enumerate(told)
            ],
        }

    @property
    def ids(self) -> list[list[str]]:
        return [[json.loads(entry["Detail"])["id"] for entry in call] for call in self.calls]


@dataclass
class Room:
    bus: Bus = field(default_factory=Bus)
    pauses: list[float] = field(default_factory=list)

    @property
    def emitter(self) -> Emitter:
        return Emitter("shop-bus", "shop", self.bus, pause=self.pauses.append)


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def deployed() -> Iterator[Deployed]:
    with aws_deployment() as found:
        yield found


def nested(depth: int) -> Any:
    return json.loads("[" * depth + "1" + "]" * depth)


def events(count: int, **fields: Any) -> list[Event]:
    return [Event("viewed", "c-42", id=str(number), **fields) for number in range(count)]


def test_an_event_comes_out_at_the_other_end(deployed: Deployed) -> None:
    """What is put with boto3's own client is what the router reads."""
    emitter = Emitter(BUS, source="shop")

    event_id = emitter.emit(
        "order_completed", customer="c-42", identities={"anonymous_id": "5f2b"}, properties={"total": 99.5},
        attributes={"plan": "pro"}, context={"locale": "de"}, id="order-1001", time=AT,
    )  # fmt: skip

    (envelope,) = deployed.events()
    read = incoming(json.dumps(envelope))
    assert (event_id, envelope["source"], envelope["detail-type"]) == (
        "order-1001",
        "shop",
        "order_completed",
    )
    assert (read.customer, read.identities) == ("c-42", {"anonymous_id": "5f2b"})
    assert (read.event.id, read.event.at, read.event.properties) == ("order-1001", AT, {"total": 99.5})
    assert (read.attributes, read.event.context) == ({"plan": "pro"}, {"locale": "de"})


def test_an_entry_is_as_eventbridge_wants_it(room: Room) -> None:
    """The name is the detail type too, and what an event does not say is left out."""
    room.emitter.put(Event("viewed", "c-42", id="e1", time=AT))

    assert room.bus.calls == [[{
        "EventBusName": "shop-bus", "Source": "shop", "DetailType": "viewed", "Time": AT,
        "Detail": '{"customer":"c-42","id":"e1","name":"viewed","time":"2026-03-06T09:00:00Z","properties":{}}',
    }]]  # fmt: skip


def test_an_id_is_made_up_and_stays() -> None:
    """Every event has one of its own, the same for every attempt to put it."""
    one, other = Event("viewed", "c-42"), Event("viewed", "c-42")

    assert UUID(one.id) != UUID(other.id)
    assert one.detail()["id"] == one.detail()["id"]


def test_ten_go_in_one_call(room: Room) -> None:
    """As many as PutEvents takes, in their order."""
    room.emitter.put(*events(23))

    assert [len(call) for call in room.bus.calls] == [10, 10, 3]
    assert [event_id for call in room.bus.ids for event_id in call] == [str(number) for number in range(23)]


def test_a_call_stays_below_a_megabyte(room: Room) -> None:
    """Large events go in more calls than small ones."""
    room.emitter.put(*events(15, properties={"text": "é" * 49_000}))

    sizes = [sum(len(entry["Detail"].encode()) for entry in call) for call in room.bus.calls]
    assert max(sizes) < 1_000_000
    assert [len(call) for call in room.bus.calls] == [10, 5]


def test_an_event_may_say_that_two_are_one(room: Room) -> None:
    """`merge` names the other customer, as the contract has it."""
    room.emitter.emit("signed_up", customer="c-42", merge="c-41", id="e1", time=AT)

    ((entry,),) = room.bus.calls
    assert json.loads(entry["Detail"])["merge"] == "c-41"


def test_a_bus_that_is_not_there_is_told(deployed: Deployed) -> None:
    """EventBridge would take the events, and lose them without a word."""
    with pytest.raises(UnknownBus, match='no event bus "sojourn-dve" here: what is put on it is lost'):
        Emitter("sojourn-dve", "shop").emit("viewed", customer="c-42")

    assert deployed.events() == []


@pytest.mark.parametrize("code", ["", "AccessDeniedException"])
def test_the_bus_is_looked_for_once(room: Room, code: str) -> None:
    """Before the first event; who may put events and may not ask puts them all the same."""
    room.bus.looked = code
    emitter = room.emitter

    emitter.put(*events(1))
    emitter.put(*events(1))

    assert (room.bus.asked, len(room.bus.calls)) == (["shop-bus"], 2)


def test_a_bus_that_is_believed_is_not_looked_for(room: Room) -> None:
    """One that is named by its ARN may be another account's, which does not answer; and whoever asks not to look."""
    room.bus.looked = "ResourceNotFoundException"
    Emitter("arn:aws:events:eu-central-1:123456789012:event-bus/b", "shop", room.bus).put(*events(1))
    Emitter("shop-bus", "shop", room.bus, look=False).put(*events(1))

    assert (room.bus.asked, len(room.bus.calls)) == ([], 2)


def test_what_was_not_taken_is_put_again_and_nothing_else(room: Room) -> None:
    """After a pause that grows and differs, so that those who were refused together do not come together."""
    room.bus.answers = [[None, "ThrottlingException", "InternalFailure"], [None, "ThrottlingException"]]

    room.emitter.put(*events(3))

    assert room.bus.ids == [["0", "1", "2"], ["1", "2"], ["2"]]
    assert [0 <= pause <= 0.1 * 2**number for number, pause in enumerate(room.pauses, 1)] == [True, True]


def test_what_is_never_taken_is_named(room: Room) -> None:
    """With EventBridge's reason; all others are on the bus, those of later calls too."""
    never: list[str | None] = ["InternalFailure"]
    room.bus.answers = [[None, "InternalFailure"], *[never] * (ATTEMPTS - 1)]
    many = events(12)

    with pytest.raises(NotTaken, match="did not take 1 events: InternalFailure") as raised:
        room.emitter.put(*many)

    assert (raised.value.events, raised.value.reasons) == ((many[1],), ("InternalFailure",))
    assert room.bus.ids[-1] == ["10", "11"]


def test_a_bus_that_is_not_there_is_boto3s_to_tell(room: Room) -> None:
    """Nothing was put, so its own words are the best."""
    room.bus.answers = [ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "PutEvents")]

    with pytest.raises(ClientError):
        room.emitter.put(*events(12))


def test_a_bus_that_goes_away_leaves_the_rest_named(room: Room) -> None:
    """Who puts them all again would put those twice that were taken."""
    room.bus.answers = [[], ClientError({"Error": {"Code": "ThrottlingException"}}, "PutEvents")]
    many = events(25)

    with pytest.raises(NotTaken) as raised:
        room.emitter.put(*many)

    assert raised.value.events == tuple(many[10:])
    assert set(raised.value.reasons) == {"ClientError"}


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (Event("two words", "c-42"), "name: "),
        (Event("", "c-42"), "name: "),
        (Event("n" * 61, "c-42"), "name: "),
        (Event("viewed"), "customer: name the customer"),
        (Event("viewed", "c" * 256), "customer: 255 ASCII"),
        (Event("viewed", "é" * 95), "customer: 255 ASCII"),
        (Event("viewed", "c-42", id=""), "id: "),
        (Event("viewed", "c-42", id="i" * 257), "id: "),
        (Event("viewed", "c-42", time=datetime(2026, 3, 6)), "time: a datetime with its zone"),  # noqa: DTZ001
        (Event("viewed", "c-42", time="2026-03-06T09:00:00Z"), "time: a datetime with its zone"),  # type: ignore[arg-type]
        (Event("viewed", "c-42", merge="é" * 95), "merge: "),
        (Event("viewed", identities={"email": "a@b.example"}, merge="c-41"), "merge: name whom"),
        (Event("viewed", identities={"email": "none"}), "identities.email: "),
        (Event("viewed", identities={"email": "ana@shop"}), "identities.email: "),
        (Event("viewed", identities={"phone": "030 1234567"}), "identities.phone: "),
        (Event("viewed", identities={"device": "fcm:undefined"}), "identities.device: it stands for none"),
        (Event("viewed", identities={"anonymous_id": " NULL "}), "identities.anonymous_id: it stands for none"),
        (Event("viewed", " undefined "), "customer: it stands for none"),
        (Event("viewed", "0"), "customer: it stands for none"),
        (Event("viewed", "c-42", merge="NULL"), "merge: it stands for none"),
        (Event("viewed", "c-42", id="\U0001f600" * 188), "id: a text of at most 750 bytes"),
        (Event("viewed", identities={"anonymous_id": "  "}), "identities.anonymous_id: it is empty"),
        (Event("viewed", identities={"anonymousId": "x"}), "identities: there is none called so"),
        (Event("viewed", "c-42", {"user_id": "c-43"}), "identities.user_id: it is the same thing"),
        (Event("viewed", identities={"user_id": "email-" + "0" * 32}), "identities.user_id: this is a name"),
        (Event("viewed", "c-42", properties=["x"]), "properties: a mapping"),  # type: ignore[arg-type]
        (Event("viewed", "c-42", attributes={"email": 7}), "attributes.email: "),
        (Event("viewed", "c-42", properties={"text": "x" * 100_000}), "100,000 are read"),
        (Event("viewed", "c-42", properties={"a": nested(DEEPEST)}), "nested deeper than 20"),
    ],
)  # fmt: skip
def test_what_the_engine_could_not_read_is_not_put(room: Room, event: Event, said: str) -> None:
    """One that is wrong stops all, and the field is named."""
    with pytest.raises(InvalidEvent, match=said):
        room.emitter.put(*events(2), event)

    assert room.bus.calls == []


def test_nesting_ends_where_the_engine_ends() -> None:
    """One level less, and both read it."""
    detail = Event("viewed", "c-42", properties={"a": nested(DEEPEST - 1)}).detail()
    envelope = {"detail-type": "viewed", "id": "1", "time": "2026-03-06T09:00:00Z", "detail": detail}

    assert incoming(json.dumps(envelope)).event.properties == {"a": nested(DEEPEST - 1)}


@pytest.mark.parametrize("source", ["", "aws.events", "sojourn.ledger"])
def test_an_application_has_a_name_of_its_own(source: str) -> None:
    """What the engine tells of itself is not taken in, so nobody may call himself so."""
    with pytest.raises(ValueError, match="name your application"):
        Emitter("bus", source, Bus())


def test_the_folder_stands_alone(tmp_path: Path) -> None:
    """An application that copies it needs boto3 and nothing else of ours, and only to make a client."""
    copytree(Path(emit.__file__).parent, tmp_path / "told")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from told import Event;"
        "Event('viewed', 'c-42').detail();"
        "print(sorted(m for m in sys.modules if m.split('.')[0] in ('sojourn', 'boto3', 'botocore', 'pydantic')))"
    )

    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "[]\n"
