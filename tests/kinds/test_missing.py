"""Kind 7: which words and numbers are missing values: taken on evidence, offered on suspicion, the user's word above all."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mmexplore.info.samples import pid_from_samples
from mmexplore.labs.yourdata.answer import answer
from mmexplore.labs.yourdata.script import data_script, study_script
from mmexplore.labs.yourdata.study import Study, prepare
from mmexplore.labs.yourdata.task import task_of
from mmexplore.report import render_report
from mmexplore.tabular import from_frame, load
from tests.kinds.verbs import by_page, by_verbs, call
from tests.tabular.make import parquet


def column(cells: list[str], n: int = 60, **reading: str):
    text = "v;w\n" + "".join(f"{cells[k % len(cells)]};{k % 3}\n" for k in range(n))
    return load(text.encode(), **reading)


@pytest.mark.parametrize(
    "word", [".", "-", "--", "None", "none", "?", "NA", "n.d.", "missing", "#DIV/0!", "NULL", "unknown", "*"]
)
@pytest.mark.parametrize("numbers", [["1.5", "2.5"], ["1,5", "2,25"], ["2020-01-02", "2020-01-03"], ["12%", "15%"]])
def test_a_word_among_numbers_is_missing(word, numbers):
    data = column([numbers[0], word, numbers[1]])
    info = data.column("v")
    assert (info.distinct, info.missing) == (2, 20)
    assert info.numeric or info.kind == "date"
    assert any(one.text == word and one.count == 20 and one.taken for one in data.absent)
    assert any(f"{word!r} (20 cells) counts as missing" in text for text in data.notes)


@pytest.mark.parametrize(
    ("cells", "word", "missing"),
    [
        (["EU", "AS", "NA", "AF"], "NA", False),
        (["de", "fr", "na", "pl"], "na", False),
        (["red", "NA", "blue"], "NA", True),
        (["red", "null", "blue"], "null", True),
        (["some", "None", "much"], "None", False),
        (["yes", "-", "no"], "-", False),
        (["a", "unknown", "b"], "unknown", False),
    ],
)
def test_a_word_among_labels_is_named_and_the_other_reading_is_one_option_away(cells, word, missing):
    data = column(cells)
    rows = 60 // len(cells)
    assert data.column("v").missing == (rows if missing else 0)
    way = "--not-na" if missing else "--na"
    assert any(f"{word!r} ({rows} cells)" in text and f"{way} {word}" in text for text in data.first_notes(["v"]))
    turned = column(cells, **({"not_na": word} if missing else {"na": word}))
    assert turned.column("v").missing == (0 if missing else rows)
    assert data.first_notes(["w"]) == ()


@pytest.mark.parametrize(
    ("cells", "suspects"),
    [
        (["1.5", "-999", "2.5", "3.5"], {-999}),
        (["1.5", "-999", "2.5", "-99", "3.5"], {-999, -99}),
        (["18", "45", "999", "70"], {999}),
        (["1", "2", "9"], {9}),
        (["20.5", "-9999.0", "21.5"], {-9999}),
        (["18", "45", "99", "70"], set()),
        (["-1", "0", "1"], set()),
        (["-1", "1"], set()),
        ([str(k) for k in range(10)], set()),
        (["-90", "-99", "-70", "-85"], set()),
        (["0", "99", "50", "75"], set()),
    ],
)
def test_a_suspicious_number_is_offered_and_not_taken(cells, suspects):
    data = column(cells)
    assert data.column("v").missing == 0
    assert {float(one.text) for one in data.absent} == suspects
    assert not any(one.taken for one in data.absent)
    for number in suspects:
        assert any(f"--na={number:g}" in text for text in data.first_notes(["v"]))
    if suspects:
        turned = column(cells, na=", ".join(f"{number:g}" for number in suspects))
        assert turned.column("v").missing == sum(one.count for one in data.absent)
        assert turned.column("v").numeric


def test_one_column_alone():
    data = column(["1", "2", "-999"], na="v=-999, w=1")
    assert [(info.missing, info.distinct) for info in data.columns] == [(20, 2), (20, 2)]
    assert column(["1", "2", "1"], na="w=1").column("v").missing == 0
    assert any("'nowhere' was to count as missing" in text for text in column(["1", "2"], na="nowhere").first_notes())


def test_every_format():
    frame = pd.DataFrame({"v": [1.5, -999.0, 2.5, 3.5] * 10, "t": ["NA", "EU", "AS", "AF"] * 10})
    for data in (load(parquet(frame)), from_frame(frame)):
        assert data.column("v").missing == 0 and data.column("t").missing == 0
        assert any("-999 stands 10 times" in text for text in data.first_notes(["v"]))
    data = load(parquet(frame), na="-999, NA")
    assert [info.missing for info in data.columns] == [10, 10]


def continents(word: str = "NA", n: int = 240) -> str:
    """The target is 'yes' on two of four continents, one of which is NA: 1 bit of x1 alone."""
    names = ["EU", "AS", word, "AF"]
    rows = [(names[k % 4], "uv"[k // 4 % 2], "yes" if k % 4 in (1, 2) else "no") for k in range(n)]
    return "x1,x2,y\n" + "".join(",".join(row) + "\n" for row in rows)


def test_a_continent_does_not_vanish(tmp_path):
    atoms, words = by_page(continents())
    assert atoms == pytest.approx([0, 1, 0, 0], abs=1e-9)
    assert any("'NA' (60 cells) is read as a label" in text for text in words)
    for verb, found in by_verbs(continents(), tmp_path).items():
        assert found == pytest.approx([0, 1, 0, 0], abs=1e-9), verb
    gone = np.array([k % 4 for k in range(240) if k % 4 != 2])
    truth = pid_from_samples(gone, np.array([k // 4 % 2 for k in range(240) if k % 4 != 2]), gone == 1)
    expected = [float(a) for a in truth.atoms]
    assert by_page(continents(), na="NA")[0] == pytest.approx(expected, abs=1e-9)
    for verb, found in by_verbs(continents(), tmp_path, "--na", "NA").items():
        assert found == pytest.approx(expected, abs=1e-9), verb


def test_the_setting_is_part_of_link_script_report_and_run(tmp_path):
    content = continents().encode()
    plain = Study(source="file", x1="x1", x2="x2", y="y", decompose="states", bootstraps=0, permutations=0)
    study = plain.replace(na="NA", read_as="rows")
    assert study.to_query()["na"] == "NA"
    assert Study.from_query(study.to_query())[0] == study
    data = load(content, "it's mine.csv", **study.reading())
    text = study_script(study, prepare(study, data))
    assert "na='NA'" in text and "load(\"it's mine.csv\", read_as='rows', na='NA')" in text
    assert "load('mine.csv', read_as='rows', na='NA')" in data_script(
        study, load(content, "mine.csv", **study.reading())
    )
    assert task_of(study, "0" * 64).data != task_of(plain, "0" * 64).data
    html = render_report(answer(study, data).content)
    assert "Also missing" in html and "counts as missing" in html


def test_estimate_reads_alike(tmp_path):
    k = np.arange(200)
    path = tmp_path / "small.csv"
    cells = [f"{(i * 37 % 200) / 7:.3f}" if i % 20 else "-999" for i in k]
    path.write_text(
        "a,b,y\n" + "".join(f"{c},{(i * 11 % 200) / 3:.3f},{'ab'[i % 2]}\n" for c, i in zip(cells, k, strict=True))
    )
    columns = ("--x1", "a", "--x2", "b", "--y", "y", "--estimator", "binned")
    _, out, _ = call("estimate", str(path), *columns)
    assert "200 rows" in out and "! column 'a': -999 stands 10 times" in out
    _, out, _ = call("estimate", str(path), *columns, "--na=-999")
    assert "190 rows" in out
