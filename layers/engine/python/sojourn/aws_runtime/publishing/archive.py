"""Reads a workspace out of a zip archive that somebody sent: never more than it says it may be, whatever is in it.

Archives are made by people's programs and by people who mean harm: names that lead elsewhere, links, what unpacks to
gigabytes, one file twice. Nothing is written to a disk; what is no file of a workspace is not unpacked. It knows no
journey.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from sojourn.domain.journey.own_files import WORKSPACE, is_ours, is_text, passed_over
from sojourn.domain.journey.yaml_text import MAX_BYTES
from sojourn.errors import AuthorError

BEGINS = (b"PK\x03\x04", b"PK\x05\x06")
"""How an archive begins: with its first file, or its end where it has none."""
LARGEST = 4_000_000
"""Bytes of an archive: with base64 a call stays below the 6 MB that Lambda takes."""
MOST_ENTRIES = 20_000
MOST_BYTES = 100_000_000
"""Of all files together, unpacked."""
_WAYS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1


class BadArchive(AuthorError):
    """What was sent is no archive of a workspace; the message says why."""


def unpacked(content: bytes) -> dict[str, bytes]:
    """Return the files of a workspace by their path in the archive, which is its root.

    Of an overlong file it is only so much that it is seen to be too long.

    Raises:
        BadArchive: it is none, is damaged, or holds what no archive of a workspace does.
    """
    if len(content) > LARGEST:
        raise BadArchive(f"the archive is larger than {LARGEST:,} bytes")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = dict(_files(archive))
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
        EOFError,
        OSError,
    ) as error:
        raise BadArchive(f"the archive is damaged: {type(error).__name__}") from None
    except (UnicodeError, ValueError, OverflowError, RuntimeError) as error:
        raise BadArchive(f"the archive cannot be read: {type(error).__name__}") from None
    if WORKSPACE not in files:
        raise BadArchive(f"there is no {WORKSPACE} at the top of the archive")
    return files


def _files(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise BadArchive(f"the archive holds more than {MOST_ENTRIES:,} files")
    seen: set[str] = set()
    total = 0
    for entry in entries:
        path = _path(entry)
        if entry.is_dir() or any(map(passed_over, path.parts)) or not is_ours(path.name):
            continue
        shown = str(path)
        if shown in seen:
            raise BadArchive(f'"{shown}" is in the archive twice')
        seen.add(shown)
        if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _WAYS:
            raise BadArchive(f'"{shown}" is packed in a way that is not read: store or deflate it')
        with archive.open(entry) as file:
            # However large it says it is.
            content = file.read(MAX_BYTES + 1)
        total += len(content)
        if total > MOST_BYTES:
            raise BadArchive(f"the archive unpacks to more than {MOST_BYTES:,} bytes")
        yield shown, content


def _path(entry: zipfile.ZipInfo) -> PurePosixPath:
    """Return where a file lies, if it is in the archive."""
    name = entry.orig_filename
    shown = name[:200] if is_text(name) else "a file"
    if not is_text(name) or "\\" in name:
        raise BadArchive(f'"{shown}": write its name as text, with / between folders')
    parts = name.removesuffix("/").split("/")
    if name.startswith("/") or ":" in parts[0] or any(part in ("", ".", "..") for part in parts):
        raise BadArchive(f'"{shown}" lies outside of the archive')
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise BadArchive(f'"{shown}" is a link, and no file')
    return PurePosixPath(*parts)
