from __future__ import annotations

import io
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from sojourn.aws_runtime.publishing.archive import unpacked
from sojourn.cli.archive import archived

NAMES = st.lists(st.sampled_from(["a", "b", "welcome", "ü", "x y"]), min_size=1, max_size=3).map("/".join)
FILES = st.dictionaries(NAMES.map(lambda name: f"{name}.yaml"), st.binary(max_size=50), max_size=6)


@given(FILES, st.sampled_from([".", "journeys", "a/b"]))
def test_what_is_packed_is_what_the_deployment_unpacks(files: dict[str, bytes], root: str) -> None:
    """By the path in the workspace, wherever its folder is."""
    inside = {**files, "workspace.yaml": b"workspace: a"}
    shown = {path if root == "." else f"{root}/{path}": content for path, content in inside.items()}

    assert unpacked(archived(shown, root)) == inside


@given(FILES)
def test_the_same_files_are_the_same_bytes(files: dict[str, bytes]) -> None:
    """In whatever order they were read: no clock, no system and no order is in it."""
    backwards = dict(reversed(files.items()))

    packed = archived(files, ".")

    assert packed == archived(backwards, ".")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert {(one.date_time[0], one.create_system) for one in archive.infolist()} <= {(1980, 3)}
