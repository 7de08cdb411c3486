"""Kind 5: what a column or a line is, by its content and the user's word, not by its name."""

from __future__ import annotations

import numpy as np
import pytest

from mmexplore import datasets
from mmexplore.errors import BadData
from mmexplore.info.pid import pid
from mmexplore.labs.yourdata.study import Study, prepare
from mmexplore.tabular import load
from mmexplore.types import ATOMS
from tests.kinds.verbs import by_page, by_verbs, call

COLUMNS = ("--x1", "x1", "--x2", "x2", "--y", "y")


def column(cells: list[str], n: int = 60):
    text = "v;w\n" + "".join(f"{cells[k % len(cells)]};{k % 3}\n" for k in range(n))
    return load(text.encode())


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["6.4.2", "6.4.1", "5.0.12"], "category"),
        (["192.168.100.101", "192.168.100.102"], "category"),
        (["10.0.0.1", "10.0.0.2"], "category"),
        (["3/4", "1/2", "7/8"], "category"),
        (["030-1234-12", "030-1235-77"], "category"),
        (["1.8", "1.9", "1.10", "1.11", "2.1"], "category"),
        (["12e5", "3e7", "41e2"], "category"),
        (["007", "012", "100"], "category"),
        (["Jan", "Feb", "May"], "category"),
        (["12:30", "1:15"], "category"),
        (["1e3", "1e4", "1e5"], "number"),
        (["1e5", "100.5", "2.5e3"], "number"),
        (["1.5", "1.50", "2.25"], "number"),
        (["1.2.2020", "3.4.2021"], "date"),
        (["2020/1/2", "2021/3/4"], "date"),
    ],
)
def test_what_a_column_is(cells, kind):
    assert column(cells).column("v").kind == kind


@pytest.mark.parametrize("cells", [["12e5", "3e7", "41e2"], ["007", "012", "100"], ["1.9", "1.10", "1.11", "1.8"]])
def test_names_that_could_be_numbers_are_said_and_can_be_numbers(cells):
    data = column(cells)
    assert any("--ordinal" in text for text in data.first_notes(["v"]))
    turned = prepare(Study(source="file", x1="v", x2="w", y="w2", ordinal="v"), with_target(data, cells))
    assert turned.table.p.shape[0] <= 4


def with_target(data, cells):
    text = "v;w;w2\n" + "".join(f"{cells[k % len(cells)]};{k % 3};{k % 2}\n" for k in range(60))
    return load(text.encode())


def rows_of(last: str, n: int = 240) -> str:
    """XOR in rows, with a fourth column that is no probability: S = 1 bit."""
    return f"x1,x2,y,{last}\n" + "".join(f"{k % 2},{k // 2 % 2},{(k ^ k // 2) % 2},{k % 7 / 10}\n" for k in range(n))


@pytest.mark.parametrize("name", ["p", "n", "weight", "count", "prob", "share", "freq"])
def test_rows_stay_rows_whatever_a_column_is_called(name, tmp_path):
    content = rows_of(name)
    atoms, words = by_page(content)
    assert atoms == pytest.approx([0, 0, 0, 1], abs=1e-9)
    assert any("read as rows" in sentence and "stands in line 2 and in line 6" in sentence for sentence in words)
    for verb, found in by_verbs(content, tmp_path).items():
        assert found == pytest.approx([0, 0, 0, 1], abs=1e-9), verb


CELLS = "x1,x2,y,{}\n0,0,0,.7\n0,1,1,.1\n1,0,1,.1\n1,1,0,.1\n"


def xor_of(p: list[float]) -> list[float]:
    table = np.zeros((2, 2, 2))
    for value, (a, b) in zip(p, ((0, 0), (0, 1), (1, 0), (1, 1)), strict=True):
        table[a, b, a ^ b] = value
    result = pid(table)
    return [float(getattr(result, name)) for name in ATOMS]


@pytest.mark.parametrize("name", ["p", "prob", "probability", "weight"])
def test_cells_are_weighed_in_every_verb(name, tmp_path):
    truth = xor_of([0.7, 0.1, 0.1, 0.1])
    content = CELLS.format(name)
    atoms, words = by_page(content)
    assert atoms == pytest.approx(truth, abs=1e-9)
    assert any("table with one cell a line" in sentence for sentence in words)
    path = tmp_path / "small.csv"
    path.write_text(content)
    status, out, _ = call("pid", str(path), *COLUMNS)
    assert status == 0 and f"{truth[3]:.6f}" in out and out.splitlines()[1].startswith("! read as a table")
    status, out, _ = call("pid", "--table", str(path))
    assert status == 0 and f"{truth[3]:.6f}" in out


def test_the_other_reading_is_one_option_away(tmp_path):
    path = tmp_path / "small.csv"
    path.write_text(CELLS.format("p"))
    status, out, _ = call("pid", str(path), *COLUMNS, "--read-as", "rows")
    assert status == 0 and "from 4 rows" in out and "S    1.000000" in out
    atoms, _ = by_page(CELLS.format("p"), read_as="rows")
    assert atoms == pytest.approx([0, 0, 0, 1], abs=1e-9)
    with pytest.raises(BadData, match=r"x1=0, x2=0, y=0 is given 60 times"):
        by_page(rows_of("p"), read_as="cells")
    with pytest.raises(BadData, match="no column 'p'"):
        by_page("x1,x2,y\n0,0,0\n1,1,1\n", read_as="cells")


def test_never_half_of_each(tmp_path):
    path = tmp_path / "small.csv"
    path.write_text(CELLS.format("p"))
    status, _, err = call("pid", str(path), "--x1", "p", "--x2", "x2", "--y", "y")
    assert status == 2 and "--read-as rows" in err
    with pytest.raises(BadData, match="read as cells"):
        by_page(CELLS.format("p"), x1="p")
    status, _, err = call("estimate", str(path), *COLUMNS, "--estimator", "binned")
    assert status == 2 and "an estimate takes rows" in err


def test_a_negative_probability_is_refused_with_its_line(tmp_path):
    path = tmp_path / "small.csv"
    path.write_text("x1,x2,y,p\n0,0,0,.5\n0,1,1,.25\n1,0,1,-.25\n1,1,0,.5\n")
    for argv in (("pid", str(path), *COLUMNS), ("pid", "--table", str(path)), ("study", str(path), *COLUMNS)):
        status, _, err = call(*argv)
        assert status == 2 and "line 4" in err and "-0.25" in err, argv


def test_counts_are_a_table_of_rows():
    counts = "x1,x2,y,n\n0,0,0,25\n0,1,0,25\n1,0,0,25\n1,1,1,25\n"
    atoms, _ = by_page(counts)
    result = pid(datasets.gate("and"))
    assert atoms == pytest.approx([float(getattr(result, name)) for name in ATOMS], abs=1e-9)
