from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from infra import packaging
from infra.constructs.naming import FUNCTIONS
from infra.settings import ROOT, Settings, SettingsError
from tests.infra.conftest import Assembly, layers_in


def files_in(folder: Path) -> set[str]:
    """Return the files below a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give settings whose work goes into a folder of the test."""
    return Settings(layers=layers_in(tmp_path / "layers"), made=tmp_path / "made")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_carries_its_own_folder_only(settings: Settings, name: str) -> None:
    """What is uploaded for a function is its folder, so an edit elsewhere does not change it."""
    carried = files_in(packaging.function(settings, name))

    assert f"functions/{name}/handler.py" in carried
    assert {path for path in carried if not path.startswith(f"functions/{name}/")} == {
        "functions/__init__.py"
    }
    assert {Path(path).suffix for path in carried} == {".py"}


def test_what_was_taken_away_is_not_uploaded(settings: Settings) -> None:
    """A file of an earlier synthesis does not stay behind."""
    folder = packaging.function(settings, "send")
    (folder / "functions" / "send" / "gone.py").write_text("")

    assert "functions/send/gone.py" not in files_in(packaging.function(settings, "send"))


def test_the_engine_ships_without_command_and_local_runtime(settings: Settings) -> None:
    """The engine's layer holds the rooms that functions import, and neither `cli` nor `local`."""
    carried = files_in(packaging.engine(settings))

    rooms = {path.split("/")[2] for path in carried if path.count("/") > 2}
    assert rooms == {"adapters", "application", "aws_runtime", "domain"}
    assert "python/sojourn/errors.py" in carried
    assert [path for path in carried if "__pycache__" in path] == []


def test_a_function_for_the_embedded_aws_can_be_started(tmp_path: Path) -> None:
    """There a function brings its own runtime, a file that may be executed and names this Python."""
    folder = packaging.function(Settings(local=True, made=tmp_path), "close")

    bootstrap = folder / "bootstrap"
    assert bootstrap.stat().st_mode & 0o111
    assert bootstrap.read_text().startswith("#!/")


def unbuilt(layers: Path) -> None:
    """Leave it as on a fresh machine."""
    (layers / "lambda" / "BUILT").unlink()


def for_another_platform(layers: Path) -> None:
    """Put the wrong layer in its place."""
    (layers / "lambda" / "BUILT").write_text(f"local {packaging.lock_digest()}\n")


def from_another_lock(layers: Path) -> None:
    """Leave what an earlier lock made."""
    (layers / "lambda" / "BUILT").write_text("lambda 0000\n")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (unbuilt, "is missing: run `make layers`"),
        (for_another_platform, "was built for local, not for lambda: run `make layers`"),
        (from_another_lock, "was built from another lock: run `make layers`"),
    ],
)
def test_a_layer_that_does_not_fit_is_refused(
    settings: Settings, spoil: Callable[[Path], None], said: str
) -> None:
    """Synthesis uploads no layer that is missing, of another platform or out of date, and says what to run."""
    spoil(settings.layers)

    with pytest.raises(SettingsError, match=said):
        packaging.dependencies(settings)


def test_functions_and_folders_are_the_same() -> None:
    """Every folder below `functions/` is deployed, and nothing else is."""
    folders = {path.parent.name for path in (ROOT / "functions").glob("*/handler.py")}

    assert folders == set(FUNCTIONS)


def test_layers_are_built_for_the_python_that_functions_run_on(dev: Assembly) -> None:
    """What `make layers` builds for, and what functions run on, is one Python on one kind of processor."""
    script = (ROOT / "scripts" / "build_layers.sh").read_text(encoding="utf-8")
    functions = dev.resources("engine", "AWS::Lambda::Function").values()

    version = re.findall(r"--python-platform aarch64-manylinux_2_28 --python-version (\S+)\)", script)
    assert [f"python{one}" for one in version] == list({function["Runtime"] for function in functions})
