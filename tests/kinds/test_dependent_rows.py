"""Rows that are not draws of their own: series, repeated subjects, copies, sorted files, block designs, drifting labels."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import pytest
from scipy.signal import lfilter
from scipy.special import ndtri

import mmexplore as mm
from mmexplore.cli import main
from mmexplore.errors import BadData, Unsupported
from mmexplore.estimators.tables.dependence import clustered, serial
from mmexplore.estimators.tables.drawn import Sampling, drawn
from mmexplore.estimators.tables.estimate import Settings, estimate
from mmexplore.labs.yourdata.answer import answer
from mmexplore.labs.yourdata.study import Study, dataset_of, prepare
from mmexplore.tabular import load

QUICK = Settings(bootstraps=60, permutations=60)


def ar(rng: np.random.Generator, n: int, rho: float) -> np.ndarray:
    return lfilter([1], [1, -rho], rng.normal(size=n + 400) * np.sqrt(1 - rho * rho))[400:]


def states(values: np.ndarray, k: int) -> np.ndarray:
    """By the quantiles of a standard normal law."""
    return np.searchsorted(ndtri(np.linspace(0, 1, k + 1)[1:-1]), values)


def recordings(seed: int, rho: float, n: int = 1500) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    return tuple(states(ar(rng, n, rho), k) for k in (4, 4, 2))


def shape(codes: tuple[np.ndarray, ...]) -> tuple[int, ...]:
    return tuple(int(c.max()) + 1 for c in codes)


def sorted_by_target(rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    y = np.sort(rng.integers(0, 3, 400))
    return states(y - 1 + rng.normal(size=400), 4), states(y - 1 + rng.normal(size=400), 4), y


def sorted_by_modality(rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    x = np.sort(rng.normal(size=400))
    return states(x, 4), states(rng.normal(size=400), 4), (x + rng.normal(size=400) > 0).astype(int)


def block_design(rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    y = np.arange(400) // 40 % 2
    return states(y + rng.normal(size=400), 4), states(rng.normal(size=400), 4), y


def independent(rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    x = rng.normal(size=400)
    return states(x, 4), states(x + rng.normal(size=400), 4), (x + rng.normal(size=400) > 0).astype(int)


def drifting_block(rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    return states(ar(rng, 800, 0.95), 4), states(ar(rng, 800, 0.95), 4), np.arange(800) // 50 % 2


def drift(rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    t = np.linspace(-2, 2, 800)
    return (
        states(t + rng.normal(size=800), 4),
        states(rng.normal(size=800), 4),
        (t + rng.normal(size=800) > 0).astype(int),
    )


def copies(rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    return tuple(np.repeat(rng.integers(0, 3, (3, 200)), 4, axis=1))


@pytest.mark.parametrize("make", [sorted_by_target, sorted_by_modality, block_design, independent])
def test_rows_that_are_draws_of_their_own_are_not_accused(make):
    seen = [serial(c := make(np.random.default_rng(seed)), shape(c)).present for seed in range(30)]
    assert sum(seen) <= 1


@pytest.mark.parametrize("make", [drifting_block, drift, copies, lambda rng: recordings(int(rng.integers(1000)), 0.9)])
def test_rows_that_depend_on_each_other_are_noticed(make):
    seen = [serial(c := make(np.random.default_rng(seed)), shape(c)).present for seed in range(10)]
    assert sum(seen) >= 9


def test_the_effective_number_of_rows_is_what_chance_shows():
    """The plug-in I(X;Y) of independent series has the mean (Kx - 1)(Ky - 1) / (2 n_eff ln 2)."""
    seen = []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        x, y = (states(ar(rng, 800, 0.9), k) for k in (3, 2))
        table = np.bincount(x * 2 + y, minlength=6).reshape(3, 1, 2)
        info = float(mm.pid(table).i1)
        seen.append((info, serial((x, np.zeros_like(x), y), (3, 1, 2)).inflation))
    info, inflation = np.mean(seen, axis=0)
    assert info == pytest.approx(inflation * 2 / (2 * 800 * np.log(2)), rel=0.25)


def test_subjects_lose_as_many_rows_as_the_design_effect_says():
    """Labels and states the same within a subject: ten rows are one."""
    rng = np.random.default_rng(0)
    codes = tuple(np.repeat(rng.integers(0, k, 80), 10) for k in (3, 3, 2))
    seen = clustered(codes, (3, 3, 2), np.repeat(np.arange(80), 10))
    assert seen.present and seen.effective == pytest.approx(80, rel=0.05)
    mixed = tuple(rng.integers(0, k, 800) for k in (3, 3, 2))
    assert not clustered(mixed, (3, 3, 2), np.repeat(np.arange(80), 10)).present


def test_where_nothing_is_said_nothing_is_claimed():
    e = estimate(*recordings(0, 0.98), QUICK)
    assert e.dependence.unanswered and e.light.colour != "green"
    assert e.p_value("synergy") is None and all(not null.p_values for null in e.nulls)
    assert e.effective < 300 and "p-values are withheld" in e.warnings[0]
    assert e.to_dict()["dependence"]["effective_rows"] == pytest.approx(e.effective)
    said = estimate(*recordings(0, 0.98), QUICK, sampling=Sampling(time=False))
    assert said.p_value("synergy") < 0.05 and "said to be independent" in said.warnings[0]  # what the user's word costs
    rightly = estimate(*recordings(0, 0.98), QUICK, sampling=Sampling(time=True))
    assert rightly.intervals["synergy"].low == 0.0
    # 8 blocks are too few to tell: shuffles of so few called information in 12 % of 60 sets
    assert rightly.dependence.units < 20 and rightly.p_value("synergy") is None
    assert "p-values are withheld" in rightly.warnings[0] and rightly.light.colour != "green"
    assert estimate(*independent(np.random.default_rng(0)), QUICK).dependence is None


def test_order_of_the_rows_is_that_of_the_column():
    codes = recordings(3, 0.95)
    mixed = np.random.default_rng(0).permutation(1500)
    straight = estimate(*codes, QUICK, sampling=Sampling(time=True))
    back = estimate(*(c[mixed] for c in codes), QUICK, sampling=Sampling(time=mixed))
    assert back.intervals == straight.intervals and back.nulls[0].p_values == straight.nulls[0].p_values


def test_nulls_keep_what_they_say():
    rng = np.random.default_rng(0)
    groups = rng.integers(0, 12, 300)
    codes = tuple(rng.integers(0, k, 300) for k in (3, 4, 2))
    for sampling in (Sampling(groups=groups), Sampling(time=True), Sampling(groups=groups, time=np.arange(300))):
        made = drawn(*codes, sampling)
        table = made.counts()
        target, within, first = (made.null(key)(rng) for key in ("target", "within", "modality1"))
        assert (target.sum(axis=2) == table.sum(axis=2)).all() and (
            target.sum(axis=(0, 1)) == table.sum(axis=(0, 1))
        ).all()
        assert (within.sum(axis=0) == table.sum(axis=0)).all() and (within.sum(axis=1) == table.sum(axis=1)).all()
        assert (first.sum(axis=0) == table.sum(axis=0)).all() and first.sum() == 300


ZERO = dict.fromkeys(("redundancy", "unique1", "synergy", "i12"), 0.0)


@pytest.mark.parametrize("rho", [0.5, 0.8])
def test_series_that_have_nothing_to_do_with_each_other(rho):
    """A few cells of `benchmarks/dependent.py`: 24 sets; more than 5 false alarms of 24 have a chance of .001 at 5 %."""
    found = [
        estimate(
            *recordings(seed, rho, 800),
            Settings(bootstraps=40, permutations=39, seed=seed),
            sampling=Sampling(time=True),
        )
        for seed in range(24)
    ]
    assert sum(e.p_value("i12") <= 0.05 for e in found) <= 5
    for name in ZERO:
        assert sum(e.intervals[name].low > 0 for e in found) <= 5


def test_subjects_whose_labels_are_chance():
    alarms = naive = 0
    for seed in range(24):
        rng = np.random.default_rng(seed)
        subject = np.repeat(np.arange(50), 10)
        x = states(0.8 * rng.normal(size=50)[subject] + 0.6 * rng.normal(size=500), 3)
        other, y = rng.integers(0, 2, 500), (rng.normal(size=50)[subject] > 0).astype(int)
        settings = Settings(bootstraps=0, permutations=39, seed=seed)
        alarms += estimate(x, other, y, settings, sampling=Sampling(groups=subject)).p_value("i1") <= 0.05
        naive += estimate(x, other, y, settings, sampling=Sampling(time=False)).p_value("i1") <= 0.05
    assert alarms <= 5 < naive


@pytest.fixture(scope="module")
def file() -> bytes:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"a": ar(rng, 1500, 0.98), "b": ar(rng, 1500, 0.98)}).round(3)
    frame["state"] = np.where(ar(rng, 1500, 0.98) > 0, "up", "down")
    frame["subject_id"] = np.arange(1500) // 30
    return frame.to_csv(index=False).encode()


def test_study_page_and_command_line_say_the_same(file, tmp_path, capsys):
    path = tmp_path / "rows.csv"
    path.write_bytes(file)
    argv = ["study", str(path), "--x1", "a", "--x2", "b", "--y", "state", "--decompose", "states", "--json"]
    argv += ["--bootstraps", "40", "--permutations", "40"]
    assert main(argv) == 0
    silent = json.loads(capsys.readouterr().out)
    assert silent["estimate"]["light"]["colour"] != "green" and not any(
        n["p_values"] for n in silent["estimate"]["nulls"]
    )
    assert [c["verdict"] for c in silent["reading"]] == ["unclear"]
    for more, answered in ((["--time", "row order"], "order"), (["--groups", "subject_id"], "groups")):
        assert main([*argv, *more]) == 0
        said = json.loads(capsys.readouterr().out)["estimate"]
        assert said["dependence"]["answered"] == answered
        p_values = said["nulls"][0]["p_values"]  # of 50 subjects; the series is too few blocks for one
        assert p_values["i12"] > 0.05 if answered == "groups" else not p_values
    assert main(["pid", str(path), "--x1", "a", "--x2", "b", "--y", "state", "--bins", "4"]) == 0
    assert "say about as much as" in capsys.readouterr().out
    data = load(file, "rows.csv")
    study = Study(
        source="file", x1="a", x2="b", y="state", decompose="states", bootstraps=40, permutations=40, order="*"
    )
    made = prepare(study, data)
    found = answer(study, data).found
    assert found.dependence.answered == "order" and not made.doubt and prepare(study.replace(order=""), data).doubt
    direct = estimate(*made.codes, study.settings(), sampling=Sampling(time=True))
    assert direct.intervals == found.intervals


def test_identical_rows_are_seen_where_columns_are_measured():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(150, 2)), columns=["a", "b"]).assign(y=rng.choice(["p", "q"], 150))
    frame = pd.concat([frame] * 4).sample(frac=1, random_state=0)
    data = load(io.BytesIO(frame.to_csv(index=False).encode()).getvalue(), "copies.csv")
    study = Study(source="file", x1="a", x2="b", y="y", decompose="states", bins1=2, bins2=2)
    made = prepare(study, data)
    assert made.dependence.unanswered and made.dependence.effective == pytest.approx(150, rel=0.1)
    assert not prepare(study.replace(groups="="), data).doubt


@pytest.mark.parametrize(
    "case", ["one decimal", "whole numbers", "copies of one column", "many zeros", "codes beside readings"]
)
def test_coarse_readings_are_not_taken_for_rows_that_repeat(case):
    """Independent rows of few different values meet again by chance alone."""
    rng = np.random.default_rng(5)
    y, x = rng.integers(0, 2, 300), rng.normal(size=(300, 2))
    a, b = {
        "one decimal": (np.round(x[:, 0] + y, 1), np.round(x[:, 1], 1)),
        "whole numbers": (np.round(40 + 12 * x[:, 0]), np.round(70 + 9 * x[:, 1])),
        "copies of one column": (np.round(x[:, 0] + y, 1), np.round(x[:, 0] + y, 1)),
        "many zeros": (np.round(np.maximum(x[:, 0] + y, 0), 2), np.round(np.maximum(x[:, 1], 0), 2)),
        "codes beside readings": (rng.integers(1, 9, 300), np.round(2 + x[:, 1] + y, 1)),
    }[case]
    text = pd.DataFrame({"a": a, "b": b, "y": np.where(y == 1, "ill", "well")}).to_csv(index=False)
    study = Study(source="file", x1="a", x2="b", y="y", decompose="states", bins1=3, bins2=3)
    assert not prepare(study, load(text.encode(), "rows.csv")).doubt


def test_specimens_that_come_along_are_independent_whatever_their_order():
    """Each iris is a plant of its own: its p-values are given, and that neighbours are alike is said beside them."""
    study = Study().put(real="iris").replace(decompose="states")
    made = prepare(study, dataset_of(study))
    assert not made.doubt and made.dependence.answered == "independent"
    found = estimate(*made.codes, QUICK, sampling=made.sampling)
    assert found.p_value("i12") < 0.05 and "said to be independent" in found.warnings[0]
    assert prepare(study.replace(order="*"), dataset_of(study)).dependence.answered == "order"


def test_what_cannot_follow_says_so():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 200))
    with pytest.raises(Unsupported, match='estimator="predictive" or "binned"'):
        mm.estimate_pid(x, x + y, y, time=True)
    binned = mm.estimate_pid(
        ar(rng, 800, 0.97), ar(rng, 800, 0.97), ar(rng, 800, 0.97), "binned", time=True, bootstraps=30
    )
    assert binned.details["effective_rows"] < 400
    with pytest.raises(BadData, match="one group only"):
        mm.estimate_from_samples([0, 1] * 20, [0, 1] * 20, [0, 1] * 20, groups=[1] * 40)
    with pytest.raises(BadData, match="time has shape"):
        mm.estimate_from_samples([0, 1] * 20, [0, 1] * 20, [0, 1] * 20, time=[1, 2])


def test_pid_speaks_of_no_p_values_and_no_intervals_which_it_does_not_print(tmp_path, capsys):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(dict(zip(("a", "b", "y"), recordings(3, 0.98), strict=True)))
    frame["who"], frame["w"] = np.arange(len(frame)) // 10, rng.integers(1, 5, len(frame))
    frame.to_csv(tmp_path / "rows.csv", index=False)
    command = ["pid", str(tmp_path / "rows.csv"), "--x1", "a", "--x2", "b", "--y", "y"]
    for more, said in (([], "alike"), (["--groups", "who"], "150 subjects"), (["--weights", "w"], "weighted")):
        assert main([*command, *more]) == 0
        out = " ".join(capsys.readouterr())
        assert said in out and "p-value" not in out and "ntervals draw" not in out and "nulls" not in out
