from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Sojourn, change

FEW = ("--customers", "40", "--days", "10", "--seed", "7")


def test_the_report_is_a_table(shop: Path, sojourn: Sojourn) -> None:
    """Without more being said the answer is for people; how long it took is a remark."""
    answer = sojourn("simulate", *FEW)

    assert answer.status == 0
    assert answer.out.startswith("What happens when 40 customers live with this journey for 10 days?")
    assert "\x1b" not in answer.out
    assert answer.err.startswith("40 customers in ")


def test_the_same_seed_gives_the_same_bytes(shop: Path, sojourn: Sojourn) -> None:
    """Table, JSON and page are the same again for one seed, and differ for another."""
    tables = [sojourn("simulate", *FEW, "--json", f"{n}.json", "--html", f"{n}.html").out for n in "ab"]
    other = sojourn("simulate", "--customers", "40", "--days", "10", "--seed", "8", "--json", "-").out

    assert tables[0] == tables[1]
    assert Path("a.json").read_bytes() == Path("b.json").read_bytes()
    assert Path("a.html").read_bytes() == Path("b.html").read_bytes()
    assert json.loads(other)["totals"] != json.loads(Path("a.json").read_text(encoding="utf-8"))["totals"]


def test_json_alone_goes_to_the_standard_output(shop: Path, sojourn: Sojourn) -> None:
    """`--json -` prints what `--json FILE` writes, and no table."""
    printed = sojourn("simulate", *FEW, "--json", "-")
    sojourn("simulate", *FEW, "--json", "report.json")

    assert printed.out == Path("report.json").read_text(encoding="utf-8")
    assert json.loads(printed.out)["simulation"]["customers"] == 40


def test_the_page_is_whole(shop: Path, sojourn: Sojourn) -> None:
    """`--html FILE` writes one page, and says so."""
    answer = sojourn("simulate", *FEW, "--html", "report.html")

    page = Path("report.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert page.rstrip().endswith("</html>")
    assert answer.err.endswith("; wrote report.html\n")


def test_errors_stop_the_simulation(shop: Path, sojourn: Sojourn) -> None:
    """With errors in the workspace nothing is simulated and no file is made."""
    change(shop / "welcome" / "journey.yaml", "send: hello", "send: helo")

    answer = sojourn("simulate", *FEW, "--html", "report.html")

    assert (answer.status, answer.out) == (1, "")
    assert answer.err.endswith("nothing was simulated\n")
    assert not Path("report.html").exists()


def test_what_cannot_be_written_is_said_before_the_work(shop: Path, sojourn: Sojourn) -> None:
    """A report that cannot be written later is not begun; one that can be is not touched before."""
    Path("report.json").write_text("old", encoding="utf-8")

    answer = sojourn("simulate", "--customers", "10000000", "--json", "report.json", "--html", "journeys")

    assert answer.status == 2
    assert "journeys cannot be written: is a directory" in answer.err
    assert Path("report.json").read_text(encoding="utf-8") == "old"


def test_numbers_may_be_grouped(shop: Path, sojourn: Sojourn) -> None:
    """`1,000` and `1_000` are what they look like."""
    answer = sojourn("simulate", "--customers", "0,040", "--days", "1_0", "--seed", "7", "--json", "-")

    assert json.loads(answer.out)["simulation"]["customers"] == 40
