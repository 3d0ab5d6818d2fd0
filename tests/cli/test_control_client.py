from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from botocore.credentials import Credentials

from sojourn.cli.control_client import PAUSES, CallRefused, ControlClient
from sojourn.cli.usage import UsageError
from tests.support.aws_table import REGION, aws_table
from tests.support.control_gateway import Gateway, control_gateway
from tests.support.control_room import ControlRoom, workspace

KEY = Credentials("testing", "testing")


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """The gateway of a deployment with a journey."""
    with aws_table() as (client, table):
        room = ControlRoom(client, table)
        room.deployed(workspace(), settings="publish")
        with control_gateway(room) as found:
            yield found


def client(gateway: Gateway, key: Credentials = KEY, pauses: list[float] | None = None) -> ControlClient:
    waited: list[float] = [] if pauses is None else pauses
    return ControlClient("dev", gateway.url, REGION, key, waited.append)


def test_a_signed_call_is_answered(gateway: Gateway) -> None:
    """The gateway works the signature out anew, and takes it."""
    said = client(gateway).call("pause", {"reason": "“Grüße”"}, "welcome")

    assert gateway.calls == [("pause", {"reason": "“Grüße”"})]
    assert said["control"]["entries"] == "paused"


def test_a_session_is_signed_with_its_token(gateway: Gateway) -> None:
    """Credentials of a role have one, and it travels along."""
    role = Credentials("testing", "testing", "the token")

    client(gateway, role).call("pause_all", {})

    assert gateway.headers["x-amz-security-token"] == "the token"


def test_a_wrong_signature_is_not_let_in(gateway: Gateway) -> None:
    """The gateway that tests use tells a wrong secret; what is said is that a role is missing, as with AWS."""
    with pytest.raises(UsageError, match="you may not do this in dev: it takes the role publisher"):
        client(gateway, Credentials("testing", "wrong")).call("pause", {}, "welcome")


@pytest.mark.parametrize(
    ("name", "role"),
    [("publish", "publisher"), ("draft", "editor"), ("stop", "publisher"), ("erase", "admin")],
)
def test_a_missing_permission_names_the_role(gateway: Gateway, name: str, role: str) -> None:
    """Whoever looks after the account is told which policy gives it."""
    gateway.allowed = frozenset()

    with pytest.raises(UsageError, match=f"it takes the role {role}") as raised:
        client(gateway).call(name, {}, "welcome" if name == "stop" else "")

    assert f"sojourn-dev-{role} " in raised.value.hints[0]


@pytest.mark.parametrize(
    "answer",
    [
        (403, b'{"message":"The security token included in the request is expired"}'),
        (403, b'{"message":"Signature expired: 20260306T090000Z is now earlier than 20260306T091500Z"}'),
        (401, b'{"error":"nobody","message":"it is not known who calls"}'),
    ],
)
def test_credentials_that_are_no_good_are_said(gateway: Gateway, answer: tuple[int, bytes]) -> None:
    """That is another thing than a permission."""
    gateway.instead = [answer]

    with pytest.raises(UsageError, match="AWS does not take these credentials") as raised:
        client(gateway).call("pause", {}, "welcome")

    assert "aws sso login" in raised.value.hints[0]


def test_what_the_deployment_refuses_is_raised(gateway: Gateway) -> None:
    """With its word, its sentence and all else it said."""
    with pytest.raises(CallRefused, match="no journey of this name") as raised:
        client(gateway).call("pause", {}, "welcom")

    assert (raised.value.status, raised.value.code) == (404, "no_journey")


@pytest.mark.parametrize("about", ["", "..", "a/b", "a?b", "a%2fb", "x" * 101, "ü"])
def test_a_name_cannot_change_the_path(gateway: Gateway, about: str) -> None:
    """What is no name is not called for."""
    with pytest.raises(CallRefused, match="there is no journey"):
        client(gateway).call("pause", {}, about)
    with pytest.raises(CallRefused, match="there is no source"):
        client(gateway).call("revoke_source", {}, "Web Shop")
    with pytest.raises(CallRefused, match="there is no operation"):
        client(gateway).call("approve", {}, about)

    assert gateway.calls == []


def test_a_busy_gateway_is_asked_again(gateway: Gateway) -> None:
    """It did nothing, so nothing is done twice."""
    gateway.instead = [(429, b'{"message":"Too Many Requests"}')] * 2
    waited: list[float] = []

    client(gateway, pauses=waited).call("pause", {}, "welcome")

    assert (waited, len(gateway.calls)) == ([*PAUSES[:2]], 1)


def test_a_gateway_that_stays_busy_is_given_up(gateway: Gateway) -> None:
    """After a few times, in words."""
    gateway.instead = [(429, b"{}")] * (1 + len(PAUSES))

    with pytest.raises(CallRefused, match="too much is asked"):
        client(gateway).call("pause", {}, "welcome")


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        ((413, b'{"message":"Request Entity Too Large"}'), "too_large", "Request Entity Too Large"),
        ((503, b'{"error":"try_again","message":"look what is there"}'), "try_again", "look what is there"),
        ((500, b'{"message":"Internal Server Error"}'), "no_answer", "answers 500: Internal Server Error"),
        ((502, b"<html>bad</html>"), "no_answer", "answers 502; look at `sojourn history`"),
        ((503, b"[]"), "no_answer", "answers 503"),
    ],
)
def test_other_answers_are_said(gateway: Gateway, answer: tuple[int, bytes], code: str, said: str) -> None:
    """Once: whether it was done is for people to look at."""
    gateway.instead = [answer]

    with pytest.raises(CallRefused, match=said) as raised:
        client(gateway).call("pause", {}, "welcome")

    assert (raised.value.code, gateway.calls) == (code, [])


def test_a_gateway_that_is_not_there_is_said() -> None:
    """As with every call of AWS."""
    nowhere = ControlClient("dev", "http://127.0.0.1:9", REGION, KEY)

    with pytest.raises(UsageError, match="AWS cannot be reached"):
        nowhere.call("pause", {}, "welcome")


def test_answers_are_json_objects(gateway: Gateway) -> None:
    """What is called for is what is answered."""
    gateway.instead = [(200, json.dumps({"control": {}}).encode())]

    assert client(gateway).call("pause", {}, "welcome") == {"control": {}}
