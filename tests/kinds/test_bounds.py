"""No number contradicts what stands beside it, whatever the rows: bounds, ceilings, entropies and intervals of every registered estimator."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mmexplore as mm
from mmexplore.errors import MmexploreError
from mmexplore.estimators.estimate_pid import estimate_rows
from mmexplore.estimators.mi import REGISTRY as INFORMATION
from mmexplore.estimators.mi.declaration import MIEstimate, assemble
from mmexplore.estimators.mi.variables import as_pair
from mmexplore.estimators.pids import REGISTRY as DECOMPOSITION
from mmexplore.estimators.pids import Answer
from mmexplore.estimators.pids.rows import read_rows
from mmexplore.estimators.tables.estimate import Interval
from mmexplore.estimators.watching import Collector
from mmexplore.types import ATOMS, INFORMATIONS, Atoms

N = 90
_RNG = np.random.default_rng(0)
A, B, C = _RNG.normal(size=(3, N))
RARE = np.r_[1.0, np.zeros(N - 1)]
Rows = tuple[np.ndarray, np.ndarray, np.ndarray]
HOSTILE: dict[str, Rows] = {
    "plain": (A, B, A + B + 0.5 * C),
    "constant x1": (np.zeros(N), B, A),
    "constant y": (A, B, np.zeros(N)),
    "copies": (A, A, A),
    "copies and noise": (A, A, A + C),
    "three rows": (A[:3], B[:3], C[:3]),
    "twelve rows": (A[:12], B[:12], C[:12]),
    "ties": (np.round(A), np.round(B), np.round(A + B)),
    "two values": ((A > 0) * 1.0, (B > 0) * 1.0, ((A > 0) ^ (B > 0)) * 1.0),
    "heavy tails": (A / np.abs(B) ** 4, np.exp(8 * B), A / np.abs(C) ** 5),
    "huge and tiny": (1e150 * A, 1e-150 * B, 1e150 * (A + B)),
    "all tiny": (1e-150 * A, 1e-150 * B, 1e-150 * (A + B + C)),
    "far from 0": (A + 1e9, B - 1e12, A + C),
    "mostly zeros": (A * (B > 1), B * (B > 1), C * (B > 1)),
    "one row differs": (RARE, B, RARE),
    "all rows equal": (np.ones(N), np.ones(N), np.ones(N)),
    "many columns": (_RNG.normal(size=(N, 30)), _RNG.normal(size=(N, 30)), C),
    "a permutation": (np.arange(N) * 1.0, np.arange(N)[::-1] * 1.0, (7 * np.arange(N) % N) * 1.0),
    "an outlier": (np.r_[1e12, A[1:]], B, np.r_[1e12, C[1:]]),
}
SETTINGS = {
    "hybrid": {"maps": "copula", "sees": "ksg", "bootstraps": 20},
    "predictive": {"draws": 0},
    "gaussian": {"bootstraps": 30},
    "copula": {"bootstraps": 30},
    "binned": {"bootstraps": 50},
    "thin": {"steps": 50},
}
QUICK_INFORMATION = [name for name, e in INFORMATION.items() if not e.trained]
QUICK_DECOMPOSITION = [n for n, e in DECOMPOSITION.items() if (not e.trains and not e.slow) or n == "hybrid"]
ASKED: Counter[str] = Counter()
ANSWERED: Counter[str] = Counter()


def shares_entropy(values: np.ndarray) -> float:
    counts = np.unique(values, return_counts=True)[1] / len(values)
    return float(-(counts * np.log2(counts)).sum())


def as_label(y: np.ndarray) -> np.ndarray:
    few = np.unique(y, return_inverse=True)[1].reshape(-1)
    return few if few.max() < 12 else (y > np.median(y)).astype(int)


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.parametrize("name", QUICK_INFORMATION)
def test_informations(name: str, case: str):
    x, _, y = HOSTILE[case]
    ASKED[name] += 1
    for kind in ("number", "label"):
        target = y if kind == "number" else as_label(y)
        try:
            found = mm.mutual_information(x, target, name, x_kind="number", y_kind=kind)
        except MmexploreError as refused:
            assert len(str(refused)) > 20
            continue
        ANSWERED[name] += 1
        assert math.isfinite(found.mi)
        if kind == "label":
            assert found.mi <= shares_entropy(target) + 1e-12
        if found.ceiling is not None:
            assert found.mi <= found.ceiling + 1e-12
        if found.interval is not None:
            low, high = found.interval
            assert low <= found.mi <= high and high >= 0 and math.isfinite(low + high)
            if name == "binned":
                assert high <= (math.log2(8) if kind == "number" else math.log2(target.max() + 1)) + 1e-12


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.parametrize("name", QUICK_DECOMPOSITION)
def test_decompositions(name: str, case: str):
    x1, x2, y = HOSTILE[case]
    ASKED[name] += 1
    for target in ("scalar", "label"):
        if target not in DECOMPOSITION[name].targets:
            continue
        values = y if target == "scalar" else as_label(y)
        try:
            found = mm.estimate_pid(x1, x2, values, name, target=target, **SETTINGS.get(name, {}))
        except MmexploreError as refused:
            assert len(str(refused)) > 20
            continue
        ANSWERED[name] += 1
        v = found.value
        assert all(math.isfinite(getattr(v, part)) for part in (*INFORMATIONS, *ATOMS))
        assert v.i12 >= max(v.i1, v.i2) - 1e-12
        assert tuple(v.atoms) == pytest.approx(tuple(Atoms.of(v.i1, v.i2, v.i12, v.union)))
        assert v.redundancy + v.unique1 == pytest.approx(v.i1, abs=1e-9)
        assert sum(v.atoms) == pytest.approx(v.i12, abs=1e-9)
        if target == "label":
            assert max(v.i1, v.i2, v.i12, v.union) <= shares_entropy(values) + 1e-12
        for part, (low, high) in found.intervals.items():
            assert low - 1e-9 <= max(0.0, getattr(v, part)) <= high + 1e-9, part


def test_most_of_these_rows_were_answered():
    """Refusals are for what has no answer: else the tests above would say nothing."""
    if ASKED.total() < len(HOSTILE) * (len(QUICK_INFORMATION) + len(QUICK_DECOMPOSITION)):
        pytest.skip("not all of the tests above were run in this process")
    assert ANSWERED["ksg"] >= 28 and ANSWERED["binned"] >= 50 and ANSWERED["gaussian"] >= 20


def test_a_binned_copy_tells_what_its_states_hold():
    x = np.repeat(np.arange(3.0), 40)
    found = mm.mutual_information(x, x, "binned", bins=3, x_kind="number", y_kind="number")
    assert found.mi == pytest.approx(math.log2(3), abs=1e-12) and found.ceiling == pytest.approx(math.log2(3))
    assert found.interval.high <= math.log2(3) + 1e-12


@pytest.mark.parametrize("scale", [1e-150, 1e-3, 1e150])
@pytest.mark.parametrize("name", [n for n, e in INFORMATION.items() if not e.trained])
def test_the_scale_of_columns_does_not_matter(name: str, scale: float):
    found = [mm.mutual_information(k * A, (A + C) / k, name, x_kind="number", y_kind="number").mi for k in (1.0, scale)]
    assert found[1] == pytest.approx(found[0], abs=1e-9)


@pytest.mark.parametrize("correction", ["plugin", "miller_madow", "panzeri_treves"])
def test_intervals_of_a_table_reach_their_value_and_end_at_the_states(correction):
    """XOR rows written out: every bit is full, and drawing rows again can only show less."""
    a, b = np.tile([0, 0, 1, 1], 40), np.tile([0, 1, 0, 1], 40)
    rng = np.random.default_rng(0)
    for y in (a ^ b, np.where(rng.random(160) < 0.02, 1 - (a ^ b), a ^ b), a, rng.integers(0, 2, 160)):
        found = mm.estimate_from_samples(a, b, y, correction=correction, bootstraps=100, permutations=0, time=False)
        for name, (low, high) in found.intervals.items():
            possible = min(max(float(getattr(found.value, name)), 0.0), 1.0)
            assert low - 1e-9 <= possible <= high + 1e-9 and high <= 1.0 + 1e-9, name


# -- whatever an estimator answers: every one of them, trained ones too, passes through here -------------------------------------

ANY = st.floats(-3.0, 12.0, allow_nan=False)
ENDS = st.one_of(st.none(), st.tuples(ANY, ANY).map(sorted))
LABELS = np.arange(60) % 5


@settings(deadline=None)  # the first call imports
@given(mi=ANY, ends=ENDS, ceiling=st.one_of(st.none(), st.floats(0.0, 6.0)), y=st.sampled_from(["number", "label"]))
@pytest.mark.parametrize("name", INFORMATION.names())
def test_an_answer_of_any_information_is_shown_as_it_can_be(name, mi, ends, ceiling, y):
    declared = INFORMATION[name]
    pair = as_pair(A[:60], LABELS if y == "label" else B[:60], "number", y)
    answer = MIEstimate(mi, None if ends is None else Interval(*ends), ceiling)
    found = assemble(declared, declared.settings(), pair, answer, False, 0.0)
    assert found.mi <= mi and found.mi <= (math.inf if ceiling is None else ceiling)
    if y == "label":
        assert found.mi <= math.log2(5) + 1e-12
    if found.interval is not None:
        low, high = found.interval
        assert low <= found.mi <= high and high >= 0.0
        assert y == "number" or high <= math.log2(5) + 1e-12
    if declared.trained and ceiling is not None and mi > 0.9 * ceiling:
        assert found.interval is None and found.warnings[0].startswith("Ceiling")


@settings(deadline=None)
@given(four=st.tuples(ANY, ANY, ANY, ANY), ends=st.lists(ENDS, min_size=7, max_size=7))
@pytest.mark.parametrize("name", DECOMPOSITION.names())
def test_an_answer_of_any_decomposition_is_shown_as_it_can_be(name, four, ends):
    intervals = {part: Interval(*e) for part, e in zip((*ATOMS, *INFORMATIONS), ends, strict=True) if e is not None}
    entry = dataclasses.replace(DECOMPOSITION[name], function=lambda rows, settings, watcher: Answer(*four, intervals))
    for target in entry.targets:
        y = {"label": LABELS, "scalar": C[:60], "vector": np.stack([B[:60], C[:60]], axis=1)}[target]
        rows = read_rows(A[:60], B[:60], y, target)
        found = estimate_rows(rows, entry, entry.settings(), Collector("cpu"))
        v = found.value
        assert v.i12 >= max(v.i1, v.i2) and sum(v.atoms) == pytest.approx(v.i12, abs=1e-9)
        assert tuple(v.atoms) == pytest.approx(tuple(Atoms.of(v.i1, v.i2, v.i12, v.union)))
        if target == "label":
            assert max(v.i1, v.i2, v.i12, v.union) <= math.log2(5) + 1e-12
        for part, (low, high) in found.intervals.items():
            assert low <= max(0.0, float(getattr(v, part))) <= high
