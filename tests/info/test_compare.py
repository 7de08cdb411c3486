from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from mmexplore.errors import BadData, BadSpec
from mmexplore.info.compare import compare
from mmexplore.info.measures import REGISTRY, Measure
from mmexplore.info.pid import measures, pid
from tests.info.tables import AND, COPY, random_table


def test_every_measure_once_sorted_by_redundancy():
    results = compare(COPY)
    assert sorted(r.measure for r in results) == sorted(measures())
    redundancy = [r.redundancy for r in results]
    assert all(a >= b - 1e-9 for a, b in itertools.pairwise(redundancy))
    assert {r.measure for r in results if abs(r.redundancy - 1) < 1e-9} == {"imin", "mmi", "pm"}


def test_same_numbers_as_pid():
    for r in compare(AND, ["sx", "dep", "pm"]):
        assert r.atoms == pid(AND, r.measure).atoms


def test_equal_redundancies_keep_the_order_of_the_registry():
    p = random_table(0, (1, 3, 2))  # a constant modality shares nothing, by every measure
    assert [r.measure for r in compare(p)] == list(measures())


def test_chosen_measures_and_batches():
    batch = np.stack([AND, random_table(1, (2, 2, 2))])
    results = compare(batch, ("mmi", "imin", "mmi"))
    assert {r.measure for r in results} == {"mmi", "imin"}
    assert all(r.redundancy.shape == (2,) for r in results)


def test_one_that_fails_does_not_stop_the_others(monkeypatch, caplog):
    def broken(problem):
        raise ZeroDivisionError("no such number")

    entry = REGISTRY["sx"]
    faulty = Measure(**{**vars(entry), "function": broken})
    monkeypatch.setitem(REGISTRY._items, "sx", faulty)
    results = compare(AND)
    assert len(results) == len(measures())
    last = results[-1]
    assert last.measure == "sx"
    assert not last.converged
    assert all(math.isnan(atom) for atom in last.atoms)
    assert last.i12 == pytest.approx(pid(AND, "mmi").i12)
    assert "no such number" in caplog.text
    batch = compare(np.stack([AND, AND]), ["sx", "mmi"])
    assert [r.measure for r in batch] == ["mmi", "sx"]
    assert np.isnan(batch[-1].redundancy).all()


def test_bad_requests():
    with pytest.raises(BadSpec, match="did you mean 'imin'"):
        compare(AND, ["imim"])
    with pytest.raises(BadSpec, match="a list of names"):
        compare(AND, "imin")
    with pytest.raises(BadData, match="sums to 2"):
        compare(2 * AND)
    with pytest.raises(BadSpec, match="tolerance"):
        compare(AND, tolerance=0)
