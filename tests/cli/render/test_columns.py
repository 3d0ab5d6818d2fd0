from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sojourn.cli.render.columns import Column, table


def test_numbers_stand_on_the_right_and_words_on_the_left() -> None:
    """Under their heads, with no blanks at the ends of lines."""
    columns = [Column("sent", ["5", "1,203"]), Column("by", ["kim", "ana"], words=True)]

    assert table("step", ["send hello", "wait"], columns, 80) == [
        "  step           sent  by",
        "  send hello        5  kim",
        "  wait          1,203  ana",
    ]


def test_words_give_way_first_then_the_last_columns() -> None:
    """Words are cut with a mark; a column that has no room is left out, those before it are kept."""
    columns = [Column("now", ["1"]), Column("passed", ["2"]), Column("opened", ["3"])]
    long = "wait for product viewed or a reply to the first text"

    cut, narrow = table("step", [long], columns, 60), table("step", [long], columns, 52)

    assert cut[1] == "  wait for product viewed or a reply t…    1       2       3"
    assert narrow[0].split() == ["step", "now", "passed"]


@given(
    rows=st.lists(
        st.tuples(st.text(alphabet="abc ", max_size=90), st.integers(0, 10**9)), min_size=1, max_size=5
    ),
    columns=st.integers(1, 12),
    width=st.integers(50, 160),
)
def test_no_line_is_wider_than_the_terminal(rows: list[tuple[str, int]], columns: int, width: int) -> None:
    """However much there is to show; and every row is there."""
    cells = [f"{number:,}" for _, number in rows]

    lines = table(
        "step", [words for words, _ in rows], [Column(f"c{n}", cells) for n in range(columns)], width
    )

    assert len(lines) == len(rows) + 1
    assert max(map(len, lines)) <= width
    assert all(cell in line for cell, line in zip(cells, lines[1:], strict=True))
