from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from sojourn.adapters.firehose.lines import ATTEMPTS, CALL, FULL, RECORD, FirehoseLines
from sojourn.errors import TransientError
from tests.support.engine_room import SetClock

STREAM = "sojourn-test-changes"


class Firehose:
    """A delivery stream that answers as it is told: per call, the places of the records that it does not take."""

    def __init__(self, *failing: set[int], always: bool = False) -> None:
        self.failing = list(failing)
        self.always = always
        self.calls: list[list[bytes]] = []

    def put_record_batch(self, DeliveryStreamName: str, Records: list[dict[str, bytes]]) -> dict[str, Any]:  # noqa: N803
        assert DeliveryStreamName == STREAM
        self.calls.append([record["Data"] for record in Records])
        failing = {0} if self.always else self.failing.pop(0) if self.failing else set()
        answers = [
            {"ErrorCode": "ServiceUnavailableException"} if n in failing else {"RecordId": str(n)}
            for n in range(len(Records))
        ]
        return {"FailedPutCount": len(failing), "RequestResponses": answers}


def line(number: int, size: int = 0, **columns: str) -> dict[str, str]:
    return {"id": str(number), "reason": "", "details": "x" * size, **columns}


def read(records: list[bytes]) -> list[dict[str, str]]:
    return [json.loads(text) for data in records for text in data.decode().splitlines()]


@pytest.fixture
def bucket() -> Iterator[tuple[Any, Any]]:
    with mock_aws():
        s3, firehose = boto3.client("s3", "us-east-1"), boto3.client("firehose", "us-east-1")
        s3.create_bucket(Bucket="lines")
        firehose.create_delivery_stream(
            DeliveryStreamName=STREAM,
            ExtendedS3DestinationConfiguration={
                "RoleARN": "arn:aws:iam::123456789012:role/lines", "BucketARN": "arn:aws:s3:::lines",
            },
        )  # fmt: skip
        yield s3, firehose


def test_lines_arrive_as_lines(bucket: tuple[Any, Any]) -> None:
    """What Firehose puts into a file is one JSON object a line, whatever stands in it."""
    s3, firehose = bucket
    told = [line(1, reason='a "word"\nand a line'), line(2, reason="grüße"), line(3, reason="half \ud83d")]

    FirehoseLines(firehose, STREAM, SetClock()).put(told)

    (file,) = s3.list_objects_v2(Bucket="lines")["Contents"]
    text = s3.get_object(Bucket="lines", Key=file["Key"])["Body"].read().decode()
    assert [json.loads(one) for one in text.splitlines()] == told
    assert text.endswith("\n")


def test_nothing_is_no_call() -> None:
    """A batch that nobody writes lines about asks nothing of Firehose."""
    firehose = Firehose()

    FirehoseLines(firehose, STREAM, SetClock()).put([])

    assert firehose.calls == []


def test_lines_share_a_record() -> None:
    """A record is paid as 5 KB at least, so that small lines travel together."""
    firehose = Firehose()

    FirehoseLines(firehose, STREAM, SetClock()).put(line(n, 300) for n in range(200))

    assert [len(call) for call in firehose.calls] == [1]
    assert [one["id"] for one in read(firehose.calls[0])] == [str(n) for n in range(200)]


def test_no_record_or_call_is_too_large() -> None:
    """Many long lines make several records, and those several calls; none is lost, and the order stays."""
    firehose = Firehose()

    FirehoseLines(firehose, STREAM, SetClock()).put(line(n, 150_000) for n in range(40))

    assert len(firehose.calls) > 1
    assert max(sum(map(len, call)) for call in firehose.calls) <= CALL
    assert max(len(data) for call in firehose.calls for data in call) <= FULL
    assert [one["id"] for call in firehose.calls for one in read(call)] == [str(n) for n in range(40)]


def test_a_line_that_no_record_takes_is_cut_and_says_so() -> None:
    """What was told beside is left out; what happened, when and to whom stays."""
    firehose = Firehose()

    FirehoseLines(firehose, STREAM, SetClock()).put([line(1, RECORD, reason="r" * 5_000), line(2)])

    cut, whole = read(firehose.calls[0])
    assert cut["id"] == "1"
    assert json.loads(cut["details"])["cut"] > RECORD
    assert cut["reason"] == "r" * 1_000
    assert whole == line(2)


def test_only_what_was_not_taken_is_offered_again() -> None:
    """Firehose may take some records of a call and not others."""
    clock, firehose = SetClock(), Firehose({1}, {0})

    FirehoseLines(firehose, STREAM, clock).put(line(n, FULL - 100) for n in range(3))

    assert [[one["id"] for one in read(call)] for call in firehose.calls] == [["0", "1", "2"], ["1"], ["1"]]
    assert len(clock.paused) == 2


def test_a_stream_that_takes_nothing_is_told() -> None:
    """After some attempts the table's stream is to bring the lines again."""
    firehose = Firehose(always=True)

    with pytest.raises(TransientError, match="ServiceUnavailableException"):
        FirehoseLines(firehose, STREAM, SetClock()).put([line(1)])

    assert len(firehose.calls) == ATTEMPTS


@pytest.mark.parametrize(
    ("code", "raised"), [("ThrottlingException", TransientError), ("ResourceNotFoundException", ClientError)]
)
def test_what_passes_is_told_from_what_does_not(code: str, raised: type[Exception]) -> None:
    """A busy stream is tried again by whoever called; one that is not there is a mistake of the deployment."""

    class Broken:
        def put_record_batch(self, **request: Any) -> dict[str, Any]:
            raise ClientError({"Error": {"Code": code, "Message": "no"}}, "PutRecordBatch")

    with pytest.raises(raised):
        FirehoseLines(Broken(), STREAM, SetClock()).put([line(1)])
