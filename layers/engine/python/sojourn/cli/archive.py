"""Packs a workspace into a zip archive, the same bytes for the same files, whoever packs it and when."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_BEFORE_ALL = (1980, 1, 1, 0, 0, 0)
"""The first instant that zip knows; a file's own time is nobody's business."""
_PLAIN_FILE = 0o100644 << 16
_UNIX = 3


def archived(files: Mapping[str, bytes], root: str) -> bytes:
    """Return an archive of a workspace.

    Args:
        files: content by path, as `sojourn.cli.workspace.read_files` gives it.
        root: the workspace's folder as these paths begin with it, `.` for none; it is not in the archive.
    """
    begins = "" if root == "." else f"{root}/"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path.removeprefix(begins), _BEFORE_ALL)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = _PLAIN_FILE
            # Else it says on which system it was packed.
            entry.create_system = _UNIX
            archive.writestr(entry, files[path], compresslevel=9)
    return packed.getvalue()
