"""A study: the same rows, whichever way they are reached."""

import contextlib
import csv
import io
import json

import numpy as np
import pytest

import mmexplore as mm
from mmexplore.cli import main
from mmexplore.errors import BadData
from mmexplore.estimators.tables.estimate import estimate
from mmexplore.labs.yourdata.advice import advise
from mmexplore.labs.yourdata.answer import answer
from mmexplore.labs.yourdata.evidence import evidence_of
from mmexplore.labs.yourdata.report import atoms, numbers_csv, report_of
from mmexplore.labs.yourdata.script import study_script
from mmexplore.labs.yourdata.study import Study, dataset_of, prepare, roles_of
from mmexplore.plot.document import library
from mmexplore.report import render_report
from mmexplore.tabular import load

CSV = b"a_1,a_2,b_1,y,who\n" + b"".join(
    f"{i * 7 % 11},{i * 3 % 5},{i % 2},{'up' if i * 7 % 11 > 5 else 'down'},{i}\n".encode() for i in range(200)
)
TABLE = b"x1,x2,y,count\n0,0,0,25\n0,1,1,25\n1,0,1,25\n1,1,0,25\n"


def test_bundled_data_give_the_table_of_the_library():
    for name in mm.real_data():
        study = Study().put(source="real", real=name)
        made = prepare(study, dataset_of(study))
        theirs = mm.real(name)
        assert made.table.p.sum() == pytest.approx(1.0)
        ours = mm.pid(made.table.p)
        same = mm.pid(theirs)
        for atom in mm.types.ATOMS:
            assert getattr(ours, atom) == pytest.approx(getattr(same, atom), abs=1e-8), name


def test_simulated_rows_follow_their_gate_and_their_seed():
    study = Study(source="gate", gate="xor", gate_noise=0.0, drawn=4000)
    made = prepare(study, dataset_of(study))
    assert mm.pid(made.table.p).synergy == pytest.approx(1.0, abs=0.01)
    again = prepare(study, dataset_of(study))
    other = prepare(study.replace(seed=1), dataset_of(study.replace(seed=1)))
    assert np.array_equal(made.table.p, again.table.p)
    assert not np.array_equal(made.table.p, other.table.p)


def test_roles_are_guessed_chosen_and_never_overlap():
    data = load(CSV, "rows.csv")
    guessed = roles_of(Study(), data)
    assert guessed.y == ("y",)
    assert "who" not in guessed.x1 + guessed.x2  # it numbers the rows
    chosen = roles_of(Study(x1="b_*"), data)
    assert chosen.x1 == ("b_1",)
    assert not set(chosen.x1) & set(chosen.x2)
    for wrong, told in (({"x1": "a_*", "x2": "a_1"}, "part of both"), ({"x1": "y, a_1", "y": "y"}, "only one of them")):
        with pytest.raises(BadData, match=told):
            prepare(Study(source="file", **wrong), data)


def test_a_table_of_counts_stands_for_its_rows():
    made = prepare(Study(source="file"), load(TABLE, "table.csv"))
    assert made.n == 100
    assert mm.pid(made.table.p).synergy == pytest.approx(1.0)


@pytest.mark.parametrize(
    "study",
    [
        Study(bootstraps=20, permutations=20),
        Study(source="gate", gate="and", drawn=300, bootstraps=20, permutations=20, noise1=0.5, correction="plugin"),
        Study(source="file", x1="a_*", x2="b_1", y="y", bins1=3, bootstraps=20, permutations=20),
    ],
    ids=lambda s: s.source,
)
def test_the_script_prints_the_same_numbers(study, tmp_path, monkeypatch):
    data = load(CSV, "rows.csv") if study.source == "file" else dataset_of(study)
    made = prepare(study, data)
    (tmp_path / "rows.csv").write_bytes(CSV)
    monkeypatch.chdir(tmp_path)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(study_script(study, made), "script", "exec"), {})
    said = json.loads(out.getvalue())
    ours = estimate(*made.codes, study.settings())
    for atom in mm.types.ATOMS:
        assert said["value"][atom] == pytest.approx(float(getattr(ours.value, atom)), abs=1e-12)
        assert said["intervals"][atom] == pytest.approx(list(ours.intervals[atom]), abs=1e-12)


def test_the_report_holds_the_numbers_and_nothing_from_elsewhere():
    study = Study(bootstraps=50, permutations=50, unit="nat")
    made = prepare(study, dataset_of(study))
    found = estimate(*made.codes, study.settings())
    names = ("<mean>", "worst & co", "diagnosis")
    html = render_report(report_of(study, made, found, advise(evidence_of(found, names)), names, "ab" * 32))
    assert "&lt;mean&gt;" in html
    assert "<mean>" not in html
    assert "ab" * 32 in html
    own = html.replace(library(), "")  # the licences in the library of the figures name their authors' pages
    assert "http://" not in own.replace("http://www.w3.org", "")
    assert 'src="http' not in html
    # nats: bits times ln 2
    assert f"{float(found.value.redundancy) * np.log(2):.4f}"[:5] in html


def test_a_figure_in_nats_is_ln_two_times_the_one_in_bits():
    study = Study(bootstraps=50, permutations=0)
    made = prepare(study, dataset_of(study))
    found = estimate(*made.codes, study.settings())
    names = ("a", "b", "y")
    for bit, nat in zip(atoms(found, names, "bit").bars, atoms(found, names, "nat").bars, strict=True):
        assert nat.value == pytest.approx(bit.value * 0.6931471805599453)
        assert nat.high == pytest.approx(bit.high * 0.6931471805599453)


def test_another_source_brings_its_own_columns_and_bins():
    study = Study(x1="a_*", y="y", noise1=2.0, bins1=9, bootstraps=50).put(source="real", real="digits")
    assert (study.x1, study.y, study.noise1) == ("", "", 0.0)
    assert study.method == mm.real_info("digits").method
    assert study.bootstraps == 50


def test_states_can_be_made_from_other_rows_than_those_counted():
    data = load(CSV, "rows.csv")
    whole = prepare(Study(source="file", x1="a_*", x2="b_1", y="y"), data)
    part = prepare(Study(source="file", x1="a_*", x2="b_1", y="y", fit_on=0.5), data)
    assert whole.n == 200
    assert part.n == 100
    assert any("made from 100 rows, and 100 others are counted" in said for said in part.said)
    # the cuts are those of the rows that were not counted
    rows = np.setdiff1d(np.arange(200), part.rows)
    alone = mm.Discretizer(bins=4).fit(data.frame[["a_1", "a_2"]].iloc[rows])
    assert np.array_equal(alone.description_.edges, part.made[0].edges)


def test_the_numbers_as_csv_have_as_many_cells_in_every_row_and_distinct_headers():
    study = Study(bootstraps=50, permutations=50)
    found = estimate(*prepare(study, dataset_of(study)).codes, study.settings())
    rows = list(csv.reader(io.StringIO(numbers_csv(found, "bit"))))
    assert len({len(row) for row in rows}) == 1
    assert len(set(rows[0])) == len(rows[0])
    assert [row[0] for row in rows[1:]] == ["R", "U1", "U2", "S", "I1", "I2", "I12"]
    assert float(rows[1][1]) == pytest.approx(float(found.plugin.redundancy), abs=1e-15)


def test_both_verbs_take_numbers_with_few_values_alike(tmp_path):
    """`pid` and `study` take each value for a label, say so, and bin it where they are told to."""
    file = tmp_path / "few.csv"
    file.write_text("a,b,y\n" + "".join(f"{i % 9},{i * 5 % 7},{i % 2}\n" for i in range(126)))
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        main(["pid", str(file), "--x1", "a", "--x2", "b", "--y", "y"])
    assert "9 x 7 x 2 states" in out.getvalue() and "column 'a' is taken as labels" in out.getvalue()
    data = load(file.read_bytes(), "few.csv")
    as_it_is = prepare(Study(source="file", x1="a", x2="b", y="y"), data)
    assert as_it_is.table.p.shape == (9, 7, 2)
    assert any("column 'a' is taken as labels" in said for said in as_it_is.said)
    binned = prepare(Study(source="file", x1="a", x2="b", y="y", ordinal="a, b"), data)
    assert binned.table.p.shape == (4, 4, 2) and not any("is taken as labels" in said for said in binned.said)


def test_the_report_of_states_says_what_the_what_ifs_change():
    data = load(CSV, "rows.csv")
    study = Study(x1="a_*", x2="b_1", y="y", shuffle="x1", decompose="states", bootstraps=40, permutations=20)
    content = answer(study, data).content
    part = next(section for section in content.sections if section.title == "What the what-ifs change")
    before, after = (prepare(one, data).table.p for one in (study.unchanged(), study))
    values = [bar.value for bar in part.blocks[0].bars]
    for k, name in enumerate(mm.types.ATOMS):
        assert values[2 * k] == pytest.approx(getattr(mm.pid(after), name), abs=1e-6)
        assert values[2 * k + 1] == pytest.approx(getattr(mm.pid(before), name), abs=1e-6)
    note = part.blocks[1].note  # what was done to the rows, and nothing of how the file was read
    assert "at random" in note and "comma" not in note and "--" not in note
    assert "What the what-ifs change" in render_report(content)
    assert not any(s.title == "What the what-ifs change" for s in answer(study.unchanged(), data).content.sections)
