"""A study's rows without bins: which columns are taken, that estimators meet known truths, and what report, script and CSV hold."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import math

import numpy as np
import pytest

from mmexplore.errors import BadData, Unsupported
from mmexplore.estimators.tables.estimate import estimate
from mmexplore.labs.yourdata.answer import answer
from mmexplore.labs.yourdata.predictive_settings import INDEPENDENT
from mmexplore.labs.yourdata.script import study_script
from mmexplore.labs.yourdata.study import Study, dataset_of, prepare
from mmexplore.labs.yourdata.without_bins import WithoutBins, measured, without_bins
from mmexplore.labs.yourdata.without_bins_report import numbers_csv, readings, sections
from mmexplore.report import render_report
from mmexplore.tabular import Dataset, load

NAMES = ("audio", "text", "mood")
RHO2 = 0.5  # of the target, told by each modality


def file_of(columns: dict[str, np.ndarray]) -> Dataset:
    rows = [",".join(columns), *(",".join(str(v) for v in row) for row in zip(*columns.values(), strict=True))]
    return load("\n".join(rows).encode(), "rows.csv")


def sum_of_two(n: int, seed: int = 0) -> dict[str, np.ndarray]:
    """mood = audio + text, independent: R = 0, U = 0 for nobody: I1 = I2 = 1/2 bit, I12 = 1/2 log2(1 + 2/.25)."""
    rng = np.random.default_rng(seed)
    a, b = rng.standard_normal((2, n))
    return {"audio": a, "text": b, "mood": a + b + 0.5 * rng.standard_normal(n)}


def study(**values: object) -> Study:
    return Study(source="file", **values)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def linear() -> tuple[Dataset, WithoutBins]:
    data = file_of(sum_of_two(800))
    return data, without_bins(measured(study(), data), study())


def test_a_linear_sum_is_told_by_all_alike(linear):
    _, found = linear
    i1 = 0.5 * math.log2(2.25 / 1.25)
    i12 = 0.5 * math.log2(2.25 / 0.25)
    for name, parts in found.informations.items():
        for part, truth in (("i1", i1), ("i2", i1), ("i12", i12)):
            assert parts[part].mi == pytest.approx(truth, abs=0.12), (name, part)
    for pid in found.pids.values():  # scalar target: R = min(I1, I2)
        assert pid.redundancy == pytest.approx(i1, abs=0.1)
        assert pid.synergy == pytest.approx(i12 - i1, abs=0.15)
    assert set(found.pids) == {"gaussian", "copula", "hybrid"} and not found.refused
    for atom, truth in (("redundancy", i1), ("synergy", i12 - i1)):
        low, high = found.allowed[atom]
        assert low - 0.1 <= truth <= high + 0.1
    agree = readings(found, NAMES, "bit")
    assert [f.verdict for f in agree[:2]] == ["yes", "yes"]


def test_a_product_is_found_by_neighbours_and_missed_by_ranks():
    rng = np.random.default_rng(1)
    a, b = rng.standard_normal((2, 900))
    data = file_of({"audio": a, "text": b, "mood": np.sign(a * b) * np.abs(rng.standard_normal(900))})
    found = without_bins(measured(study(), data), study())
    assert found.informations["ksg"]["i12"].mi > 0.6  # one bit in truth
    assert found.pids["hybrid"].synergy > 0.5
    assert abs(found.pids["copula"].synergy) < 0.05
    first = readings(found, NAMES, "bit")[0]
    assert first.verdict == "no" and "Trust the neighbours" in first.sentence
    # any definition: with I1 = I2 = 0 all of it is synergy
    assert found.allowed["synergy"].low > 0.5


def test_a_label_keeps_to_estimators_that_take_one():
    plain = Study().put(source="real", real="iris")
    rows = measured(plain, dataset_of(plain))
    assert rows.target == "label" and len(rows.classes) == 3 and rows.n == 150
    found = without_bins(rows, plain)
    assert set(found.informations) == {"ksg", "copula"} and not found.pids
    assert 0.9 < found.informations["ksg"]["i2"].mi < math.log2(3)  # the petal knows
    assert any("Impossible" in w for w in found.warnings)  # said of the copula, which exceeds log2 3
    assert "Trust the neighbours" in readings(found, NAMES, "bit")[0].sentence


def test_columns_that_are_no_numbers_are_left_out_and_named():
    columns = sum_of_two(60)
    columns["text_kind"] = np.array(["soft", "harsh"] * 30)
    columns["audio"][3] = np.nan
    data = file_of(columns | {"mood": columns["mood"]})
    rows = measured(study(x1="audio", x2="text, text_kind", y="mood"), data)
    assert rows.columns2 == ("text",) and rows.n == 59
    assert any("text_kind" in s for s in rows.said) and any("1 row" in s for s in rows.said)
    with pytest.raises(Unsupported, match=r"modality 2 has no measured column \(text_kind\)"):
        measured(study(x1="audio", x2="text_kind", y="mood"), data)
    with pytest.raises(Unsupported, match="modality 1 has no column of more than 12 different values"):
        gate = Study().put(source="gate", gate="and")
        measured(gate, dataset_of(gate))
    with pytest.raises(BadData, match="holds no numbers"):
        measured(study(x1="audio", x2="text", y="text_kind", target_as="number"), data)


def test_what_ifs_change_these_rows_too():
    data = file_of(sum_of_two(400))
    shuffled = study(shuffle="x1")
    found = without_bins(measured(shuffled, data), shuffled)
    assert abs(found.informations["gaussian"]["i1"].mi) < 0.02
    assert found.informations["gaussian"]["i2"].mi > 0.2
    assert measured(study(rows=100), data).n == 100


def test_neighbours_take_fewer_rows_where_there_are_many_and_say_so():
    data = file_of(sum_of_two(300))
    found = without_bins(measured(study(most_rows=100), data), study(most_rows=100))
    assert found.informations["ksg"]["i1"].n == 100 and found.informations["copula"]["i1"].n == 300
    assert any("100 rows drawn from 300" in s for s in found.said)


def test_few_whole_numbers_are_a_label_unless_told_otherwise():
    rng = np.random.default_rng(0)
    data = file_of({"a": rng.standard_normal(100), "b": rng.standard_normal(100), "y": rng.integers(0, 5, 100)})
    assert measured(study(), data).target == "label"
    assert measured(study(target_as="number"), data).target == "scalar"


def test_the_leeway_rests_on_whom_one_trusts():
    """With 40 coordinates neighbours see next to nothing, and the copula the linear sum it is made for."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((500, 40))
    y = x[:, 0] + x[:, 20] + rng.standard_normal(500)
    data = file_of({f"{'a' if k < 20 else 'b'}_{k}": x[:, k] for k in range(40)} | {"y": y})
    wide = study(x1="a_*", x2="b_*", y="y")
    found = without_bins(measured(wide, data), wide)
    assert found.trusted == "copula"
    i1, i12 = 0.5 * math.log2(3 / 2), 0.5 * math.log2(3)
    assert found.allowed["redundancy"].high == pytest.approx(i1, abs=0.12)
    assert found.allowed["synergy"].high == pytest.approx(i12 - i1, abs=0.15)


def test_it_stops_with_what_is_done():
    data = file_of(sum_of_two(200))
    looked: list[float] = []
    found = without_bins(
        measured(study(), data),
        study(),
        progress=lambda share, words: looked.append(share),
        should_stop=lambda: max(looked, default=0) > 0.4,
    )
    assert found.stopped and found.trusted == "ksg" and found.informations and "hybrid" not in found.pids


def test_report_table_and_csv_hold_it(linear):
    data, found = linear
    spec = study(bootstraps=0, permutations=0)
    told = answer(spec, data)
    html = render_report(told.content)
    assert "Without bins" in html and "Gaussian copula" in html
    rows = measured(spec, data)
    made = prepare(spec, data)
    (section,) = sections(found, rows, NAMES, estimate(*made.codes, spec.settings()), 3)
    assert section.title == "Without bins"
    assert "given the informations by neighbours" in section.blocks[1].note
    lines = list(csv.DictReader(io.StringIO(numbers_csv(found, "nat"))))
    one = next(r for r in lines if (r["kind"], r["estimator"], r["quantity"]) == ("information", "ksg", "I12"))
    assert float(one["value (nat)"]) == pytest.approx(found.informations["ksg"]["i12"].mi * math.log(2))
    assert {r["quantity"] for r in lines if r["kind"] == "allowed"} == {"R", "U1", "U2", "S"}


def test_the_script_makes_the_same_numbers():
    spec = Study().put(source="real", real="iris").put(bootstraps=0, permutations=0, neighbours=6)
    data = dataset_of(spec)
    script = study_script(spec, prepare(spec, data), measured=True)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(script, "script", "exec"), {})
    decoder, text = json.JSONDecoder(), out.getvalue()
    _, end = decoder.raw_decode(text)
    told, _ = decoder.raw_decode(text[end:].lstrip())
    ours = without_bins(measured(spec, data), spec)
    assert told["informations"]["ksg"]["i12"]["mi"] == ours.informations["ksg"]["i12"].mi


@pytest.mark.parametrize("what", [{"shift": 1}, {"shift": -2}, {"shuffle": "x1"}, {"shuffle": "y"}, {"rows": 90}])
def test_missing_values_go_with_the_row_they_end_up_in(what):
    rng = np.random.default_rng(3)
    columns = {name: rng.standard_normal(120) for name in ("audio", "text", "mood")}
    for name in columns:
        columns[name][rng.choice(120, 9, replace=False)] = np.nan
    data = file_of(columns)
    chosen = study(x1="audio", x2="text", y="mood", **what)
    changed = chosen.what_if().apply(
        *(data.frame[[n]] for n in ("audio", "text")), data.frame["mood"], seed=chosen.seed
    )
    x1, x2, y = (
        columns[name][at] for name, at in zip(columns, (changed.rows1, changed.rows2, changed.rows_y), strict=True)
    )
    there = np.isfinite(x1) & np.isfinite(x2) & np.isfinite(y)
    rows = measured(chosen, data)
    assert rows.n == int(there.sum()) < len(there)
    np.testing.assert_array_equal(np.stack([rows.x1[:, 0], rows.x2[:, 0], rows.y]), np.stack([x1, x2, y])[:, there])


def test_rows_that_repeat_subjects_or_weigh_unequally_are_thinned_and_it_is_said():
    rng = np.random.default_rng(0)
    subject = np.repeat(np.arange(80), 5)
    a, b = (part[subject] + 0.05 * rng.standard_normal(400) for part in rng.standard_normal((2, 80)))
    columns = {"audio": a, "text": b, "mood": rng.standard_normal(80)[subject] + 0.05 * rng.standard_normal(400)}
    data = file_of(columns | {"subject": subject, "survey_weight": 1.0 + (subject % 4)})
    parts = {"x1": "audio", "x2": "text", "y": "mood"}
    rows = measured(study(**parts, groups="subject"), data)
    assert rows.n == 80 and any("repeat subjects" in said and "80 of 400 rows" in said for said in rows.said)
    found = without_bins(rows, study(**parts, groups="subject"))
    assert found.n == 80 and any("80 of 400 rows" in said for said in found.said)
    for one in found.informations.values():  # nothing is told in truth
        assert one["i12"].interval is None or one["i12"].interval.low <= 0.0
    both = measured(study(**parts, groups="subject", weights="survey_weight"), data)
    assert 40 < both.n < 70 and any("weights" in said for said in both.said)  # mean weight 2.5 of at most 4
    seen = measured(study(**parts), data)  # nothing was said, and the column is found by its name
    assert seen.n == 80 and any("the same subject are alike" in said for said in seen.said)
    assert measured(study(**parts, order=INDEPENDENT), data).n == 400
