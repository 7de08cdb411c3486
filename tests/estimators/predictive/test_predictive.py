"""The predictive estimator as it is called: populations of known truth, invariances, samplings, slices, refusals."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

import mmexplore as mm
from benchmarks.predictive import CASES
from mmexplore.cli import main
from mmexplore.errors import BadData, Unsupported
from mmexplore.estimators.estimate_pid import PIDEstimate
from mmexplore.estimators.watching import Interrupted
from mmexplore.labs.contest.competitors import competitors
from mmexplore.types import ATOMS, INFORMATIONS

N = 1000
MIXTURE = CASES["mixture"].truth()


def ask(x1: object, x2: object, y: object, **more: object) -> PIDEstimate:
    return mm.estimate_pid(x1, x2, y, "predictive", **{"draws": 0, **more})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def mixture() -> PIDEstimate:
    return ask(*CASES["mixture"].draw(N, 1))


@pytest.fixture(scope="module")
def product() -> Iterator[tuple[PIDEstimate, list[tuple[float, str]]]]:
    told: list[tuple[float, str]] = []
    yield (
        ask(*CASES["sign-product"].draw(N, 0), draws=19, progress=lambda share, words: told.append((share, words))),
        told,
    )


@pytest.fixture(scope="module")
def shuffled() -> PIDEstimate:
    x1, x2, y = CASES["mixture"].draw(300, 3)
    return ask(x1, x2, np.random.default_rng(0).permutation(y), draws=19)


# -- known truth ------------------------------------------------------------------------------------------------------------


def test_two_clouds_are_read_within_what_so_many_rows_allow(mixture):
    for atom, truth in zip(ATOMS, MIXTURE, strict=True):
        assert getattr(mixture, atom) == pytest.approx(truth, abs=0.08)  # standard errors of .02 and refits
    said = mixture.predictive
    assert said.readings["redundancy"].at_least <= MIXTURE.redundancy
    assert said.readings["synergy"].at_least <= MIXTURE.synergy
    assert said.bounds.redundancy <= MIXTURE.redundancy
    assert said.bounds.synergy >= MIXTURE.synergy
    assert said.bounds.unique1 >= MIXTURE.unique1
    assert said.readings["unique2"].bound_only
    assert said.readings["unique2"].interval.high > 0.01
    assert not said.interaction.present  # two conditionally independent clouds: logits add
    assert mixture.converged
    for fitted in said.fitted.values():
        assert sum(fitted.weights.values()) == pytest.approx(1, abs=1e-6)


def test_a_product_of_signs_is_all_synergy_and_all_interaction(product):
    found, _ = product
    assert found.synergy >= 0.85
    assert max(abs(found.redundancy), abs(found.unique1), abs(found.unique2)) < 0.03
    said = found.predictive
    assert said.interaction.present
    assert said.synergy.present
    assert said.synergy.p == pytest.approx(1 / 20)
    assert said.readings["interaction"].value == pytest.approx(found.synergy, abs=0.03)
    assert said.readings["combining"].value + said.readings["interaction"].value == pytest.approx(
        found.synergy, abs=1e-12
    )


@pytest.mark.rounding
def test_a_shuffled_target_is_told_nothing(shuffled):
    v = shuffled.value
    assert max(abs(v.i1), abs(v.i2), abs(v.redundancy)) < 0.03
    assert v.i12 < 0.05
    assert not shuffled.predictive.synergy.present
    assert not shuffled.predictive.interaction.present


def test_turns_monotone_maps_and_repeated_columns_leave_the_atoms_as_they_are(mixture):
    x1, x2, y = CASES["mixture"].draw(N, 1)
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(4, 4)))[0]
    again = ask(3 * x1 @ turn + 5, np.concatenate([np.exp(x2), x2**3], axis=1), np.where(y, "b", "a"))
    for atom in ATOMS:
        assert getattr(again, atom) == pytest.approx(getattr(mixture, atom), abs=0.05)


# -- rows -------------------------------------------------------------------------------------------------------------------


def test_atoms_are_means_of_rows_and_slices_add_up(mixture):
    said = mixture.predictive
    rows = said.rows
    for name in (*ATOMS, *INFORMATIONS):
        assert rows.quantities()[name].shape == (N,)
        assert rows.quantities()[name].mean() == pytest.approx(getattr(mixture.value, name), abs=1e-12)
    np.testing.assert_allclose(rows.redundancy + rows.unique1, rows.i1, atol=1e-12)
    np.testing.assert_allclose(sum(rows.atoms), rows.i12, atol=1e-12)
    half = np.arange(N) < 400
    first, second = said.slice(half), said.slice(~half)
    for atom in ATOMS:
        assert 0.4 * first[atom].value + 0.6 * second[atom].value == pytest.approx(getattr(mixture, atom), abs=1e-12)
    r = first["redundancy"]
    assert r.se == pytest.approx(rows.redundancy[half].std(ddof=1) / 20, rel=1e-9)
    assert r.interval.high - r.value == pytest.approx(1.96 * r.se, rel=1e-3)
    assert said.slice(2.0 * half)["synergy"].value == pytest.approx(first["synergy"].value, abs=1e-12)
    for bad in (half[:-1], -half.astype(float), np.zeros(N)):
        with pytest.raises(BadData, match="where"):
            said.slice(bad)
    assert set(said.folds) == set(range(5))


def test_the_answer_is_plain_numbers_and_the_same_again(product):
    found, _ = product
    text = json.dumps(found.to_dict(), allow_nan=False)
    assert json.loads(text)["predictive"]["interaction"]["present"] is True
    assert found.intervals["synergy"].low < found.synergy < found.intervals["synergy"].high


# -- how rows were drawn ----------------------------------------------------------------------------------------------------


def test_rows_that_repeat_subjects_leak_unless_groups_are_told():
    rng = np.random.default_rng(1)
    subject = np.repeat(np.arange(50), 6)
    y, x = rng.permutation(np.arange(50) % 2)[subject], rng.normal(size=(50, 4))[subject]
    random = ask(x[:, :2], x[:, 2:], y)
    grouped = ask(x[:, :2], x[:, 2:], y, groups=[f"s{k}" for k in subject])
    assert random.value.i12 > 0.5
    assert grouped.value.i12 < 0.1
    assert all(len(set(grouped.predictive.folds[subject == k])) == 1 for k in range(50))
    assert "50 groups" in " ".join(grouped.warnings)


def test_weights_stand_for_repeated_rows():
    rng = np.random.default_rng(2)
    x1, x2, y = CASES["mixture"].draw(400, 5)
    counts = rng.integers(1, 4, 400)
    weighted = ask(x1, x2, y, weights=counts)
    each = np.repeat(np.arange(400), counts)
    repeated = ask(x1[each], x2[each], y[each], groups=each)
    for name in (*ATOMS, *INFORMATIONS):
        assert getattr(weighted.value, name) == pytest.approx(getattr(repeated.value, name), abs=0.05)
    rows = weighted.predictive.rows
    copied = dataclasses.replace(rows, weights=np.ones(len(each)), clusters=each, index=np.arange(len(each)))
    assert copied.scatter(rows.synergy[each]) == pytest.approx(rows.scatter(rows.synergy), rel=1e-9)
    assert weighted.predictive.entropy == pytest.approx(repeated.predictive.entropy, abs=1e-9)


def test_a_number_in_a_series_is_cut_into_classes_and_says_so():
    rng = np.random.default_rng(0)
    x1, x2 = rng.normal(size=(2, 300))
    found = ask(x1, x2, x1 + 0.5 * rng.normal(size=300), classes=2, time=True)
    assert found.target == "scalar"
    assert found.predictive.classes[0] != found.predictive.classes[1]
    assert "quantiles, not y itself" in " ".join(found.warnings)
    assert found.unique1 > 0.2
    blocks = found.predictive.folds
    assert (np.diff(blocks) >= 0).all()
    assert found.predictive.synergy is None


def test_many_rows_are_thinned_and_rare_classes_left_out():
    x1, x2, y = CASES["mixture"].draw(2000, 7)
    y = np.where(np.arange(2000) < 6, 2, y)
    found = ask(x1, x2, y, target="label", most_rows=500)
    said = found.predictive
    assert said.rows.n == 500
    assert said.rows.given == found.n == 2000
    assert said.dropped == {"2": 6}
    assert said.classes == ("0", "1")
    assert (said.rows.codes == y[said.rows.index]).all()
    assert "500 of 1,994 rows" in " ".join(found.warnings)
    wanted = x1[:, 0] > 0
    mine = said.slice(wanted)["redundancy"].value
    assert mine == pytest.approx(said.rows.redundancy[wanted[said.rows.index]].mean(), abs=1e-12)


# -- any columns ------------------------------------------------------------------------------------------------------------


def test_text_and_gaps_are_read_and_constant_columns_tell_nothing():
    rng = np.random.default_rng(0)
    y = rng.permutation(np.arange(300) % 2)
    animal = np.where(rng.random(300) < 0.9, y, 1 - y)
    frame = pd.DataFrame(
        {
            "note": [f"saw {rng.integers(1000)} {'cats' if a else 'dogs'} at {rng.integers(1000)}" for a in animal],
            "dose": np.where(rng.random(300) < 0.3, np.nan, rng.normal(size=300)),
        }
    )
    found = ask(frame, np.ones((300, 2)), y)
    truth = 1 + 0.9 * np.log2(0.9) + 0.1 * np.log2(0.1)  # .531 bit through a symmetric channel
    assert found.value.i1 == pytest.approx(truth, abs=0.15)
    assert found.value.i2 == 0
    assert found.unique1 == pytest.approx(found.value.i1, abs=1e-9)
    assert found.synergy == pytest.approx(0, abs=0.03)
    assert "Nothing in x2 varies" in " ".join(found.warnings)
    assert found.predictive.columns[0][-1] == "dose"


def test_what_cannot_be_read_is_told_in_a_sentence():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(60, 2)), np.arange(60) % 2
    with pytest.raises(BadData, match="0 classes of at least 10 rows"):
        ask(x, x, np.arange(60) // 2, target="label")
    with pytest.raises(BadData, match="one class only"):
        ask(x, x, np.zeros(60))
    with pytest.raises(BadData, match=r"groups has shape \(3,\)"):
        ask(x, x, y, groups=[1, 2, 3])
    with pytest.raises(BadData, match="weights has 60 negative"):
        ask(x, x, y, weights=-np.ones(60))
    with pytest.raises(BadData, match=r"worth 1\.0 of equal weight"):
        ask(x, x, y, weights=np.where(np.arange(60) == 0, 1e9, 1.0))
    with pytest.raises(BadData, match="all weights are 0"):
        ask(x, x, y, weights=np.zeros(60))
    with pytest.raises(BadData, match="time is missing in 1 row"):
        ask(x, x, y, time=np.where(np.arange(60) == 3, np.nan, 1.0))
    with pytest.raises(BadData, match="y has 1 rows with a missing"):
        ask(x, x, np.where(np.arange(60) == 3, np.nan, x[:, 0]))
    with pytest.raises(BadData, match="0 rows"):
        ask(x[:0], x[:0], y[:0])
    for name in ("groups", "time", "weights"):
        with pytest.raises(Unsupported, match=f'{name} would have no effect; allowed: estimator="predictive"'):
            mm.estimate_pid(x, x, x, "gaussian", **{name: y})


# -- watched ----------------------------------------------------------------------------------------------------------------


def test_it_says_how_far_it_is_and_shows_first_numbers(product):
    found, told = product
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert 0 <= shares[0] < 0.05
    assert 0.8 < shares[-1] <= 1
    assert len({words for _, words in told}) > 8
    assert {"i1", "i2", "i12", "redundancy", "synergy"} <= set(found.curve)
    assert np.isfinite(found.curve["i12"][0])
    assert found.curve["synergy"][-1] == pytest.approx(found.synergy, abs=1e-12)


def test_it_stops_when_asked():
    asked = iter([False] * 5 + [True] * 100)
    with pytest.raises(Interrupted):
        ask(*CASES["mixture"].draw(200, 0), should_stop=lambda: next(asked))


def test_pages_run_it_in_a_process_of_its_own():
    assert competitors("pid")["predictive"].trained


def test_the_command_line_takes_text_gaps_groups_and_weights(tmp_path, capsys):
    rng = np.random.default_rng(0)
    y = np.arange(300) % 2
    frame = pd.DataFrame({"a": rng.normal(size=300) + 2 * y, "b": rng.normal(size=300), "kind": "u", "y": y})
    frame.loc[5, "b"] = np.nan
    frame["who"], frame["weight"] = [f"p{k // 2}" for k in range(300)], 2
    frame.to_csv(tmp_path / "rows.csv", index=False)
    words = [
        "estimate",
        str(tmp_path / "rows.csv"),
        "--x1",
        "a",
        "--x2",
        "b,kind",
        "--y",
        "y",
        "--estimator",
        "predictive",
    ]
    assert main([*words, "--groups", "who", "--weights", "weight", "--set", "draws=0", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["n"] == 300
    assert answer["value"]["i1"] > 0.3
    assert "150 groups" in " ".join(answer["warnings"])
    assert main([*words, "--time", "nothing"]) != 0
    assert "nothing" in capsys.readouterr().err
