"""Files in a bucket are read as lines from any place on, however they come over the wire."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from sojourn.adapters.s3 import files
from sojourn.adapters.s3.files import S3Files
from sojourn.errors import AuthorError
from tests.support.aws_table import REGION


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Files]:
    """A bucket whose files come in pieces of four bytes."""
    monkeypatch.setattr(files, "CHUNK", 4)
    with mock_aws():
        client = boto3.client(
            "s3", region_name=REGION, aws_access_key_id="testing", aws_secret_access_key="testing"
        )  # fmt: skip
        client.create_bucket(Bucket="some-bucket")
        yield S3Files(client, "some-bucket")


@pytest.mark.parametrize("content", [b"", b"a\n", b"a,b\r\nlonger than a piece\n\nlast", b"\n\n", b"x" * 9])
def test_lines_keep_what_ends_them_and_come_from_any_byte_on(bucket: S3Files, content: bytes) -> None:
    """Together they are the file, and from any line's beginning on what is left of it."""
    bucket.put("f", content)

    lines = list(bucket.lines("f"))

    assert lines == content.splitlines(keepends=True)
    place = 0
    for number, line in enumerate(lines):
        assert list(bucket.lines("f", place)) == lines[number:]
        place += len(line)
    assert list(bucket.lines("f", place)) == []


def test_a_file_that_is_gone_and_a_line_without_end_are_said_in_words(
    bucket: S3Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asked for it hears what to do; memory does not fill."""
    monkeypatch.setattr(files, "LONGEST_LINE", 8)
    bucket.put("f", b"x" * 40)

    with pytest.raises(AuthorError, match="no file of customers"):
        list(bucket.lines("f"))
    with pytest.raises(AuthorError, match="begin with it anew"):
        list(bucket.lines("other"))


def test_files_below_a_prefix_are_listed(bucket: S3Files) -> None:
    """By name."""
    for name in ("a/2", "a/1", "b/1"):
        bucket.put(name, b"")

    assert list(bucket.keys("a/")) == ["a/1", "a/2"]
