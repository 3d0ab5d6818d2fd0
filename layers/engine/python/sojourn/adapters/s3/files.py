"""Files of an audience in a bucket: read as lines from any place on, written whole, listed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sojourn.errors import AuthorError

CHUNK = 1_048_576
LONGEST_LINE = 8 * CHUNK
"""Bytes: what has no line as short as that is no file of customers."""


class S3Files:
    """One bucket; `client` is an S3 client."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self.bucket = bucket

    def lines(self, key: str, offset: int = 0) -> Iterator[bytes]:
        """Yield a file's lines from a byte on, each with what ends it; the last may lack that.

        Raises:
            AuthorError: the file is not there, or one of its lines is endless.
        """
        body = self._body(key, offset)
        rest = b""
        for chunk in body.iter_chunks(CHUNK) if body is not None else ():
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                yield line + b"\n"
            if len(rest) > LONGEST_LINE:
                raise AuthorError(
                    f"a line is longer than {LONGEST_LINE:,} bytes: this is no file of customers"
                )
        if rest:
            yield rest

    def put(self, key: str, content: bytes) -> None:
        """Write a file; in place of one that is there."""
        self._client.put_object(Bucket=self.bucket, Key=key, Body=content, ContentType="application/x-ndjson")

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield the files below a prefix, sorted by their names."""
        for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
            for one in page.get("Contents", ()):
                yield one["Key"]

    def _body(self, key: str, offset: int) -> Any:
        try:
            asked = {"Range": f"bytes={offset}-"} if offset else {}
            return self._client.get_object(Bucket=self.bucket, Key=key, **asked)["Body"]
        except self._client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in ("InvalidRange", "416"):
                return None
            if _is_missing(error):
                raise AuthorError("the file is not there any more: begin with it anew") from error
            raise


def _is_missing(error: Any) -> bool:
    return error.response["Error"]["Code"] in ("NoSuchKey", "404", "NotFound")
