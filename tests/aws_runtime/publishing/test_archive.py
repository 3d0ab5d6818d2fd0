from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.aws_runtime.publishing import archive
from sojourn.aws_runtime.publishing.archive import BadArchive, unpacked
from sojourn.domain.journey.yaml_text import MAX_BYTES
from tests.support.control_room import workspace, zipped

FILES: Mapping[str, str | bytes] = {
    "workspace.yaml": "workspace: shop\n",
    "welcome/journey.yaml": "journey: welcome\n",
}


def entry(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    """Return an entry of an archive as a Unix program writes it."""
    made = zipfile.ZipInfo(name)
    made.external_attr = mode << 16
    return made


def archive_of(*entries: tuple[zipfile.ZipInfo, bytes], way: int = zipfile.ZIP_STORED) -> bytes:
    """Return an archive of a workspace and these entries."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", way) as made:
        made.writestr("workspace.yaml", "workspace: shop\n")
        for one, content in entries:
            made.writestr(one, content, way)
    return target.getvalue()


def test_an_archive_is_the_files_of_a_workspace() -> None:
    """What is none of them, hidden, or in a folder that is not looked into is passed over."""
    more = {"README.md": "x", ".git/config.yaml": "x", "node_modules/a.yaml": "x", "welcome/.x.yaml": "x"}

    assert unpacked(zipped({**FILES, **more})) == {name: str(text).encode() for name, text in FILES.items()}


def test_a_real_workspace_comes_through_as_it_was() -> None:
    """Byte for byte."""
    files = workspace(names=("welcome", "win-back"))

    assert unpacked(zipped(files)) == {name: text.encode() for name, text in files.items()}


@pytest.mark.parametrize(
    "name",
    [
        "../up.yaml",
        "a/../../up.yaml",
        "/etc/up.yaml",
        "C:/up.yaml",
        "a//b.yaml",
        "./a.yaml",
        "a\\b.yaml",
        "a\nb.yaml",
    ],
)
def test_nothing_leads_out_of_the_archive(name: str) -> None:
    """However it is spelled; on whichever system."""
    with pytest.raises(BadArchive):
        unpacked(archive_of((entry(name), b"x")))


@pytest.mark.parametrize("mode", [stat.S_IFLNK | 0o777, stat.S_IFIFO | 0o644, stat.S_IFCHR | 0o644])
def test_what_is_no_file_is_refused(mode: int) -> None:
    """A link would lead to whatever lies where it is read."""
    with pytest.raises(BadArchive, match="is a link"):
        unpacked(archive_of((entry("welcome/journey.yaml", mode), b"/etc/passwd")))


def test_a_file_may_be_there_once() -> None:
    """Who reads the first and who reads the last would read another workspace."""
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = archive_of((entry("a.yaml"), b"1"), (entry("a.yaml"), b"2"))

    with pytest.raises(BadArchive, match="twice"):
        unpacked(twice)


def test_an_overlong_file_is_not_unpacked_further(monkeypatch: pytest.MonkeyPatch) -> None:
    """`check` is to say that it is too long, and no more of it is read than that takes."""
    content = unpacked(archive_of((entry("a.yaml"), b"x" * (5 * MAX_BYTES)), way=zipfile.ZIP_DEFLATED))

    assert len(content["a.yaml"]) == MAX_BYTES + 1


def test_gigabytes_are_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small archive may hold very much: the sum of all files is bounded, and so is their number."""
    monkeypatch.setattr(archive, "MOST_BYTES", 3 * MAX_BYTES)
    bomb = archive_of(
        *((entry(f"{number}.yaml"), b"x" * MAX_BYTES) for number in range(4)), way=zipfile.ZIP_DEFLATED
    )
    monkeypatch.setattr(archive, "MOST_ENTRIES", 3)
    many = archive_of(*((entry(f"{number}.txt"), b"") for number in range(3)))

    assert len(bomb) < 100_000
    with pytest.raises(BadArchive, match="more than 3 files"):
        unpacked(many)
    monkeypatch.setattr(archive, "MOST_ENTRIES", 100)
    with pytest.raises(BadArchive, match="unpacks to more than"):
        unpacked(bomb)


def test_a_file_that_lies_about_its_length_is_found_out() -> None:
    """The header's figure is not believed."""
    content = bytearray(archive_of((entry("a.yaml"), b"x" * 1_000)))
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 10)

    with pytest.raises(BadArchive, match=r"damaged|cannot be read"):
        unpacked(bytes(content))


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_refused(way: int) -> None:
    """Two are enough, and each is a program that reads what strangers wrote."""
    with pytest.raises(BadArchive, match="store or deflate it"):
        unpacked(archive_of((entry("a.yaml"), b"x"), way=way))


def test_an_archive_without_workspace_is_none() -> None:
    """Perhaps its folder was packed and not what is in it."""
    with pytest.raises(BadArchive, match="at the top"):
        unpacked(zipped({"journeys/workspace.yaml": "workspace: shop\n"}))


@given(st.binary(max_size=300), st.integers(min_value=0, max_value=400), st.binary(min_size=1, max_size=4))
def test_whatever_comes_is_files_or_refused(content: bytes, at: int, spoilt: bytes) -> None:
    """Noise, and an archive of which some bytes were changed."""
    good = zipped(FILES)
    for one in (content, good[:at] + content + good[at:], good[:at] + spoilt + good[at + len(spoilt) :]):
        try:
            files = unpacked(one)
        except BadArchive:
            continue
        assert all(not name.startswith("/") and ".." not in name.split("/") for name in files)
