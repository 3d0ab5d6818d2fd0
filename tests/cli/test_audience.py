"""`sojourn audience`: a file is looked at, put into the bucket and asked for; how it stands is said in words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from sojourn.aws_runtime.publishing.backing import OWNER
from tests.cli.conftest import Sojourn
from tests.cli.publishers import starter
from tests.support.audiences import BUCKET, Entered
from tests.support.aws_deployment import aws_deployment, created_stack
from tests.support.aws_table import REGION
from tests.support.control_gateway import Gateway, control_gateway
from tests.support.control_room import ControlRoom
from tests.support.engine_room import Room

JOURNEY = "enter: {audience: fair.csv, where: event.n > 0}\nsteps: [{wait: 10 days}]"
FAIR_JOURNEY = f"journey: j\ntopic: getting-started\n{JOURNEY}\n"
OF_EVENTS = "journey: k\ntopic: getting-started\nenter: {on: signed_up}\nsteps: [{wait: 10 days}]\n"
WHERE = ("--region", REGION)
START = ("audience", "start", "j")
FAIR = b"user_id,n:number\nc-1,1\nc-2,x\nc-3,0\nc-1,1\nc-4\n"


@dataclass
class Fair:
    """A deployment that takes calls, and what carries its audiences out."""

    gateway: Gateway
    entered: Entered

    def carried_out(self) -> str:
        """Carry the latest operation out; return its id."""
        (operation,) = self.entered.operations.list(1)
        self.entered.operate(id_=operation.id)
        self.entered.run()
        return operation.id


@pytest.fixture
def fair(here: Path) -> Iterator[Fair]:
    """A deployment with a journey for an audience, and a file of customers in the current folder."""
    (here / "fair.csv").write_bytes(FAIR)
    with aws_deployment() as deployed:
        control = ControlRoom(deployed.dynamodb, deployed.table)
        shared = {name: text for name, text in starter().items() if "/" not in name}
        journeys = {"j/journey.yaml": FAIR_JOURNEY, "k/journey.yaml": OF_EVENTS}
        control.deployed({**shared, **journeys}, settings=OWNER)
        s3, room = deployed.client("s3"), Room(JOURNEY)
        s3.create_bucket(Bucket=BUCKET)
        with control_gateway(control) as gateway:
            gateway.at_once = False
            created_stack("journeys", {"ControlUrl": gateway.url, "UploadsBucketName": BUCKET})
            yield Fair(gateway, Entered(room, room.engine, deployed.dynamodb, deployed.table, s3))


def test_a_file_is_put_where_the_deployment_reads_it_and_named_by_what_it_holds(
    sojourn: Sojourn, fair: Fair
) -> None:
    """So the same file enters nobody twice, whatever it is called; what cannot be read is said before."""
    answer = sojourn(*START, "fair.csv", "-m", "From the fair", "--yes", "--no-wait", *WHERE)
    again = sojourn(*START, "fair.csv", "--yes", "--no-wait", "--rate", "20", *WHERE)

    (name, body), (_, second) = fair.gateway.calls
    key = body["source"]["file"]
    assert (answer.status, again.status) == (0, 0)
    assert name == "audience"
    assert re.fullmatch(r"audiences/[0-9a-f]{32}/fair\.csv", key)
    assert body == {
        "journey": "j", "source": {"file": key, "name": "fair.csv"}, "format": "csv", "message": "From the fair",
    }  # fmt: skip
    assert (second["source"]["file"], second["rate"]) == (key, 20)
    assert fair.entered.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == FAIR
    assert answer.err.splitlines() == [
        'line 3: column "n": a number, such as 12.5, is wanted',
        "line 6: it has 1 value, and the header names 2 columns",
        "note: of the entry, and not of the customer: n",
    ]
    assert answer.out.startswith("3 rows of fair.csv (without 2 that cannot be read) enter j:")


def test_what_became_of_every_row_is_told(sojourn: Sojourn, fair: Fair, here: Path) -> None:
    """In words, as JSON, and as a file of all that could not be taken."""
    sojourn(*START, "fair.csv", "-m", "From the fair", "--yes", "--no-wait", *WHERE)
    id_ = fair.carried_out()

    shown = sojourn("audience", "status", id_, "--failures", "bad.jsonl", *WHERE)
    told = json.loads(sojourn("audience", "status", id_, "--json", *WHERE).out)
    listed = sojourn("audience", "status", *WHERE).out
    all_ = json.loads(sojourn("audience", "status", "--json", *WHERE).out)

    assert shown.status == 0
    assert [line.strip() for line in shown.out.splitlines()][-7:] == [
        "5 rows were read",
        "1  entered",
        "2  could not be taken",
        "1  stands twice in it",
        "1  did not enter: the journey's `where` is false",
        'line 3: column "n": a number, such as 12.5, is wanted',
        "line 6: it has 1 value, and the header names 2 columns",
    ]
    assert "2 rows that could not be taken are in bad.jsonl" in shown.err
    lines = [json.loads(line) for line in (here / "bad.jsonl").read_text().splitlines()]
    assert [one["line"] for one in lines] == [3, 6]
    assert told["progress"]["counts"] == {"entered": 1, "failed": 2, "twice": 1, "where": 1}
    assert told["operation"]["state"] == "done"
    assert "enter an audience into j: done, 5 of 5 done, 2 failed" in listed
    assert [one["operation"]["id"] for one in all_] == [id_]


def test_whoever_waits_hears_what_came_of_it(
    sojourn: Sojourn, fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command ends when the audience does."""
    from sojourn.cli import following

    monkeypatch.setattr(following, "followed", lambda look, one, *_: (fair.carried_out(), look(one.id))[1])

    answer = sojourn(*START, "fair.csv", "--yes", *WHERE)

    assert answer.status == 0
    assert "enter an audience into j: done" in answer.out
    assert "1  entered" in answer.out


def test_an_audience_that_waits_says_for_what(sojourn: Sojourn, fair: Fair) -> None:
    """Since when entries are paused, by whom and why; and that it goes on by itself."""
    fair.entered.pause()
    sojourn(*START, "fair.csv", "--yes", "--no-wait", *WHERE)
    (operation,) = fair.entered.operations.list(1)
    fair.entered.operate(id_=operation.id)

    def said(*arguments: str) -> str:
        return " ".join(sojourn(*arguments, *WHERE).out.split())

    shown, listed, status = (
        said("audience", "status", operation.id), said("audience", "status"), said("status")
    )  # fmt: skip
    told = json.loads(said("audience", "status", operation.id, "--json"))

    waits = "waits: paused since Mon 2 Mar 2026, 13:00, by kim (“a wrong price”)"
    assert shown.startswith(f"enter an audience into j: {waits} id ")
    assert "It goes on by itself, within a minute or so after the journey is resumed." in shown
    assert f"enter an audience into j: {waits}" in listed
    assert told["operation"]["result"]["waits"]["since"] == "2026-03-02T12:00:00Z"
    assert f"audience j, {waits}: nothing done yet" in status


def test_an_audience_is_cancelled_and_gone_on_with(sojourn: Sojourn, fair: Fair) -> None:
    """Nobody enters in between; then all do, once."""
    sojourn(*START, "fair.csv", "--yes", "--no-wait", *WHERE)
    (operation,) = fair.entered.operations.list(1)

    cancelled = sojourn("audience", "cancel", operation.id, "--reason", "The wrong file", *WHERE)
    fair.carried_out()
    nobody = fair.entered.entered()
    resumed = sojourn("audience", "resume", operation.id, "--no-wait", *WHERE)
    fair.carried_out()
    done = sojourn("audience", "resume", operation.id, "--no-wait", *WHERE)

    assert (cancelled.status, resumed.status, done.status) == (0, 0, 1)
    assert cancelled.out.startswith(
        "cancelled: enter an audience into j\nNobody more enters, but for the rows"
    )
    assert f"sojourn audience resume {operation.id}" in cancelled.out
    assert nobody == []
    assert fair.entered.entered() == ["c-1"]
    assert "is done" in done.err


def test_a_file_that_lies_in_s3_is_copied_under_the_callers_own_credentials(
    sojourn: Sojourn, fair: Fair
) -> None:
    """The deployment need not be allowed to read it."""
    s3 = fair.entered.s3
    s3.create_bucket(Bucket="my-exports")
    s3.put_object(Bucket="my-exports", Key="2026/fair of march.csv", Body=FAIR)

    answer = sojourn(*START, "s3://my-exports/2026/fair of march.csv", "--yes", "--no-wait", *WHERE)
    none = sojourn(*START, "s3://my-exports/other.csv", "--yes", "--no-wait", *WHERE)
    fair.carried_out()

    key = fair.gateway.calls[0][1]["source"]["file"]
    assert (answer.status, none.status) == (0, 2)
    # What it holds, and not its ETag: that is another each time it is put there, where KMS encrypts it.
    assert key == f"audiences/{sha256(FAIR).hexdigest()[:32]}/fair_of_march.csv"
    assert answer.out.startswith("the customers in fair of march.csv enter j")
    assert "there is no file s3://my-exports/other.csv" in none.err
    assert fair.entered.entered() == ["c-1"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "who is to enter? Name a file or a segment"),
        (("fair.csv", "--segment", "x"), "who is to enter? Name a file or a segment"),
        (("far.csv",), "did you mean fair.csv?"),
        (("notes.txt",), "what is in notes.txt?"),
        (("s3://bucket",), "s3://bucket names no file"),
        (("fair.csv", "--rate", "0"), "write customers a second, from 1 to 1000"),
        (("fair.csv", "--format", "xlsx"), "csv"),
        (("fair.csv", *WHERE), "nobody can be asked here"),
    ],
)
def test_wrong_usage_is_said_in_words(
    sojourn: Sojourn, fair: Fair, here: Path, arguments: Any, said: str
) -> None:
    """And nothing is sent."""
    (here / "notes.txt").write_text("x")

    answer = sojourn(*START, *arguments)

    assert (answer.status, fair.gateway.calls) == (2, [])
    assert said in answer.err


def test_a_file_of_no_customers_is_refused_before_it_is_sent(
    sojourn: Sojourn, fair: Fair, here: Path
) -> None:
    """Its author hears what the first line lacks."""
    (here / "names.csv").write_text("name,plan\nx,y\n")

    answer = sojourn(*START, "names.csv", "--yes", *WHERE)

    assert (answer.status, fair.gateway.calls) == (1, [])
    assert "no column says who the rows are about" in answer.err


def test_an_audience_that_is_none_is_said_so(sojourn: Sojourn, fair: Fair) -> None:
    """And which file all failures belong to."""
    assert sojourn("audience", "status", "20260301T000000000Z-aaaaaa", *WHERE).status == 1
    assert sojourn("audience", "status", "--failures", "x", *WHERE).status == 2
    assert "there are no audiences in dev" in sojourn("audience", "status", *WHERE).out
    assert sojourn("audience", "resume", "20260301T000000000Z-aaaaaa", *WHERE).status == 1


def test_every_outcome_of_a_row_has_words() -> None:
    """Those of calls, and those of rows alone."""
    from sojourn.application import audience, calling
    from sojourn.cli.render.audience import WORDS

    own = {
        audience.ENTERED, audience.TWICE, audience.BEFORE, audience.NOT_IN_SEGMENT, audience.GONE, audience.FAILED,
    }  # fmt: skip

    assert own | set(calling.REASONS) <= WORDS.keys()
