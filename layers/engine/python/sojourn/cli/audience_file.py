"""A file of customers on its way into a deployment: looked at here, put into the bucket of uploads, named by content.

It goes there under the credentials of whoever runs the command; one that lies in S3 is copied there, so that the
deployment need not be allowed to read anybody's bucket. It knows no command.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from sojourn.cli.deployment import in_words
from sojourn.cli.usage import UsageError, did_you_mean

if TYPE_CHECKING:
    from sojourn.application.audience import BadRow

FORMATS = {".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
"""By how a file's name ends."""
_CHUNK = 1_048_576
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class AudienceFile:
    """A file, here or in S3.

    Args:
        given: as it was typed.
        path: where it is here; None where it is in S3.
        bucket, key: where it is in S3.
    """

    given: str
    format: str
    path: Path | None = None
    bucket: str = ""
    key: str = ""

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.path.name if self.path is not None else PurePosixPath(self.key).name

    def uploaded(self, s3: Any, bucket: str, prefix: str) -> str:
        """Put it into the bucket of uploads; return its key, which says what it holds.

        Raises:
            UsageError: it is not there, or may not be read.
        """
        safe = _UNSAFE.sub("_", self.name)[-100:]
        if self.path is not None:
            with in_words(), self.path.open("rb") as content:
                key = f"{prefix}{_digest(iter(partial(content.read, _CHUNK), b''))}/{safe}"
                content.seek(0)
                s3.upload_fileobj(content, bucket, key)
            return key
        from botocore.exceptions import ClientError

        try:
            with in_words():
                # Its ETag is another each time the same file is put there, where a key of KMS encrypts it.
                found = s3.get_object(Bucket=self.bucket, Key=self.key)
                key = f"{prefix}{_digest(found['Body'].iter_chunks(_CHUNK))}/{safe}"
                as_read = {"CopySourceIfMatch": found["ETag"]}
                s3.copy({"Bucket": self.bucket, "Key": self.key}, bucket, key, ExtraArgs=as_read)
        except ClientError as error:
            if error.response["Error"].get("Code") in ("404", "NoSuchKey", "NoSuchBucket"):
                raise UsageError(f"there is no file {self.given}", code="no_file") from error
            raise
        return key


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file says at a glance.

    Args:
        rows: how many there are, those that are wrong included; None where nobody can tell here.
        wrong: the rows that cannot be read.
        attributes, entry: the names that the others say something under, of the customer and of the entry, by name.
    """

    rows: int | None
    wrong: tuple[BadRow, ...] = ()
    attributes: tuple[str, ...] = ()
    entry: tuple[str, ...] = ()


def audience_file(given: str, format_: str | None) -> AudienceFile:
    """Return the file that was named.

    Raises:
        UsageError: there is none, or nobody knows what is in it.
    """
    if given.startswith("s3://"):
        bucket, _, key = given.removeprefix("s3://").partition("/")
        if not bucket or not key:
            raise UsageError(f"{given} names no file", "write s3://BUCKET/KEY")
        return AudienceFile(given, _format(key, format_), bucket=bucket, key=key)
    path = Path(given)
    if not path.is_file():
        near = (
            sorted(one.name for one in path.parent.glob("*") if one.is_file()) if path.parent.is_dir() else []
        )
        hint = did_you_mean(path.name, near, "did you mean {}?")
        raise UsageError(f"there is no file {given}", hint, code="no_file")
    return AudienceFile(given, _format(given, format_), path)


def looked_at(file: AudienceFile, attributes: Mapping[str, str]) -> Looked:
    """Read through a file that is here, as the deployment will, before anything of it is sent.

    Args:
        attributes: the types that the workspace declares.

    Raises:
        Unreadable: it is none of customers.
    """
    from sojourn.application.audience import BadRow
    from sojourn.aws_runtime.audience.rows import read_row
    from sojourn.domain.audience.lines import PARQUET, Cutting

    if file.path is None or file.format == PARQUET:
        return Looked(None)
    rows, wrong, told, entry = 0, list[BadRow](), set[str](), set[str]()
    with file.path.open("rb") as content:
        lines: Iterator[bytes] = iter(content.readline, b"")
        for rows, record in enumerate(Cutting(file.format, lines, attributes), 1):  # noqa: B007 - the last one counts
            row = BadRow(record.line, record.wrong) if record.wrong else read_row(record.line, record.said)
            if isinstance(row, BadRow):
                wrong.append(row)
            else:
                told |= row.attributes.keys()
                entry |= row.entry.keys()
    return Looked(rows, tuple(wrong), tuple(sorted(told)), tuple(sorted(entry)))


def _format(name: str, format_: str | None) -> str:
    if format_:
        return format_
    ending = PurePosixPath(name).suffix.lower()
    if ending not in FORMATS:
        raise UsageError(
            f"what is in {name}?", "say it with --format csv, jsonl or parquet; it is to be unpacked"
        )
    return FORMATS[ending]


def _digest(chunks: Iterator[bytes]) -> str:
    """Return what stands for a file's content, wherever it is."""
    found = sha256()
    for chunk in chunks:
        found.update(chunk)
    return found.hexdigest()[:32]
