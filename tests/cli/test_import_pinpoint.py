from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from sojourn.pinpoint import contract
from tests.cli.conftest import Sojourn, last
from tests.support.pinpoint_exports import journey, mail, pause

REACTIVATION = Path(__file__).parents[1] / "pinpoint" / "exports" / "reactivation.json"


@pytest.fixture
def export(here: Path, sojourn: Sojourn) -> Path:
    """The export that the command brings, in the current folder."""
    assert sojourn("import", "pinpoint", "--example", "welcome.json").status == 0
    return here / "welcome.json"


def write(file: Path, *exports: object) -> str:
    file.write_text("\n".join(json.dumps(one) for one in exports), encoding="utf-8")
    return file.name


def test_an_import_checks_and_simulates(here: Path, export: Path, sojourn: Sojourn) -> None:
    """What is imported passes `check`, and customers live with it."""
    answer = sojourn("import", "pinpoint", "welcome.json", "--out", "shop")

    assert answer.status == 0
    assert answer.out == (here / "shop" / "IMPORT.md").read_text(encoding="utf-8")
    assert last(answer.err) == "wrote 11 files to shop; this report is shop/IMPORT.md"
    assert "workspace: shop\n" in (here / "shop" / "workspace.yaml").read_text(encoding="utf-8")
    assert sojourn("check", "shop").status == 0
    assert sojourn("simulate", "shop", "--customers", "20").status == 0


def test_a_workspace_of_several_journeys_simulates(here: Path, sojourn: Sojourn) -> None:
    """Customers live with journeys that have everything Pinpoint had, though something in them was lost."""
    answer = sojourn("import", "pinpoint", str(REACTIVATION), "--out", "shop")

    assert answer.status == 1
    assert "not expressible" in answer.out
    assert sojourn("simulate", "shop", "--customers", "20").status == 0


def test_the_workspace_is_journeys_unless_said_otherwise(here: Path, export: Path, sojourn: Sojourn) -> None:
    """Without --out it goes where every command looks for it."""
    assert sojourn("import", "pinpoint", "welcome.json").status == 0

    assert sojourn("check").status == 0


def test_nothing_is_written_over(here: Path, export: Path, sojourn: Sojourn) -> None:
    """A file that is there already stops the import before it writes any, unless it is told to."""
    (here / "shop").mkdir()
    (here / "shop" / "segments.yaml").write_text("mine\n", encoding="utf-8")

    refused = sojourn("import", "pinpoint", "welcome.json", "--out", "shop")
    before = sorted(path.name for path in (here / "shop").iterdir())
    forced = sojourn("import", "pinpoint", "welcome.json", "--out", "shop", "--force")

    assert refused.status == 2
    assert "shop/segments.yaml is there already, and nothing is written over" in refused.err
    assert before == ["segments.yaml"]
    assert forced.status == 0
    assert "mine" not in (here / "shop" / "segments.yaml").read_text(encoding="utf-8")


def test_a_malformed_export_writes_nothing(here: Path, sojourn: Sojourn) -> None:
    """Every mistake is named with its repair, and there is no folder."""
    name = write(here / "bad.json", journey({"a": {"WAIT": {}}, "b": {"Wait": {}, "NextActivity": "a"}}))

    answer = sojourn("import", "pinpoint", name, "--out", "shop")

    assert answer.status == 1
    assert answer.out == ""
    assert answer.err.splitlines() == [
        'bad.json: journey "Try", activity "a": there is no `WAIT` here',
        "  help: write `Wait` for `WAIT`",
        'bad.json: journey "Try", activity "b": there is no `NextActivity` here',
        "  help: move `NextActivity` into `Wait`",
        "nothing was imported",
    ]
    assert not (here / "shop").exists()


def test_programs_read_json(here: Path, export: Path, sojourn: Sojourn) -> None:
    """With --json the answer is the report, or why there is none."""
    name = write(here / "bad.json", journey({"a": mail("b")}))

    good = json.loads(sojourn("import", "pinpoint", "welcome.json", "--out", "shop", "--json").out)
    bad = json.loads(sojourn("import", "pinpoint", name, "--out", "other", "--json").out)

    assert good["imported"] is True
    assert "welcome-series/journey.yaml" in good["files"]
    (hello,) = [
        part for part in good["parts"] if part["kind"] == "EMAIL" and part["became"] == "step say_hello"
    ]
    assert hello["outcome"] == "same"
    assert bad == {"imported": False, "problems": [{
        "file": "bad.json", "where": 'journey "Try", activity "a"',
        "what": 'it goes on with "b", and there is no such activity', "repair": "the activities are: a",
    }]}  # fmt: skip


def test_what_is_lost_or_still_wrong_is_no_success(here: Path, sojourn: Sojourn) -> None:
    """Exit status 1 says that somebody has to look, though the workspace is written."""
    lost = write(here / "lost.json", journey({"a": {"CUSTOM": {}}}))
    wrong = write(here / "wrong.json", journey({"a": mail()}))

    answers = [
        sojourn("import", "pinpoint", name, "--out", name.removesuffix(".json")) for name in (lost, wrong)
    ]

    assert [answer.status for answer in answers] == [1, 1]
    assert "SJ130" in answers[1].out
    assert (here / "lost" / "try" / "journey.yaml").is_file()


def test_senders_can_be_said(here: Path, export: Path, sojourn: Sojourn) -> None:
    """Whom messages come from is asked of the caller where no file says it."""
    call = (
        "import",
        "pinpoint",
        "welcome.json",
        "--out",
        "shop",
        "--from",
        "Shop <a@shop.example>",
        "--pool",
        "pool-9",
    )

    assert sojourn(*call).status == 0
    made = (here / "shop" / "workspace.yaml").read_text(encoding="utf-8")
    assert 'from: "Shop <a@shop.example>"' in made
    assert "pool: pool-9" in made


def test_an_export_may_come_from_another_program(
    here: Path, sojourn: Sojourn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`-` is the standard input."""
    monkeypatch.setattr(
        sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(journey({"a": pause()})).encode()))
    )

    assert sojourn("import", "pinpoint", "-", "--out", "shop").status == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "sojourn import pinpoint needs FILE"),
        (("none.json",), "none.json cannot be read: no such file or directory"),
        (("folder",), "folder is a folder"),
        (("--example", "x.json", "y.json"), "--example writes an export, and imports none"),
        (("welcome.json", "--out", "welcome.json"), "welcome.json cannot be written"),
    ],
)
def test_wrong_usage_is_said(
    here: Path, export: Path, sojourn: Sojourn, arguments: tuple[str, ...], said: str
) -> None:
    """What cannot be read or written is the caller's to mend."""
    (here / "folder").mkdir()

    answer = sojourn("import", "pinpoint", *arguments)

    assert answer.status == 2
    assert said in answer.err


def test_the_example_is_not_written_over(export: Path, sojourn: Sojourn) -> None:
    """--example respects a file that is there."""
    assert sojourn("import", "pinpoint", "--example", "welcome.json").status == 2


def test_without_a_model_nothing_can_be_compared(
    export: Path, sojourn: Sojourn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where botocore is missing, or does not know Pinpoint any more, the answer says what to install."""
    contract.shape.cache_clear()
    contract._model.cache_clear()
    monkeypatch.setitem(sys.modules, "botocore.loaders", None)

    answer = sojourn("import", "pinpoint", "welcome.json", "--out", "shop")
    contract.shape.cache_clear()

    assert answer.status == 2
    assert 'pip install "sojourn[cli]"' in answer.err
