"""What every registered measure owes, whatever its definition."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mmexplore.info.measures import REGISTRY
from mmexplore.info.pid import pid
from tests.info.tables import (
    AND,
    BOOM,
    COPY,
    NOT_TWO,
    PWUNQ,
    RDNERR,
    RDNXOR,
    REDUCED_OR,
    UNQ1,
    XOR,
    random_table,
)

NAMES = REGISTRY.names()
CONTINUOUS = tuple(name for name in NAMES if name not in ("ccs", "wedge"))  # signs and zeros jump
ATOL = 3e-9  # twice the default tolerance, and rounding

TABLES = {
    "AND": AND,
    "XOR": XOR,
    "COPY": COPY,
    "UNQ1": UNQ1,
    "RDNXOR": RDNXOR,
    "PWUNQ": PWUNQ,
    "REDUCED_OR": REDUCED_OR,
    "BOOM": BOOM,
    "NOT_TWO": NOT_TWO,
    "RDNERR": RDNERR,
    "full 2x2x2": random_table(0, (2, 2, 2)),
    "full 3x2x4": random_table(1, (3, 2, 4)),
    "sparse 2x5x3": random_table(2, (2, 5, 3), 0.4),
    "sparse 4x4x4": random_table(3, (4, 4, 4), 0.2),
    "deterministic y": (random_table(4, (3, 3, 1)) * np.eye(2)[np.arange(9) % 2].reshape(3, 3, 2)),
    "one x1": random_table(5, (1, 3, 2)),
    "one x2": random_table(6, (3, 1, 2)),
    "one y": random_table(7, (2, 3, 1)),
    "one of all": np.ones((1, 1, 1)),
}

each_measure = pytest.mark.parametrize("measure", NAMES)
each_table = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)


def atoms(p, measure: str) -> np.ndarray:
    return np.array(pid(p, measure).atoms)


@each_measure
@each_table
def test_identities_and_signs(measure, table):
    r = pid(table, measure)
    assert r.converged
    assert np.isfinite(r.atoms).all()
    assert r.redundancy + r.unique1 == pytest.approx(r.i1, abs=1e-14)
    assert r.redundancy + r.unique2 == pytest.approx(r.i2, abs=1e-14)
    assert r.redundancy + r.unique1 + r.unique2 + r.synergy == pytest.approx(r.i12, abs=1e-14)
    assert r.redundancy - r.synergy == pytest.approx(r.coinformation, abs=1e-14)
    if not REGISTRY[measure].signed:
        assert min(r.atoms) >= -ATOL


@each_measure
@each_table
def test_certificate_is_what_is_claimed(measure, table):
    r = pid(table, measure)
    claimed = REGISTRY[measure].certificate
    assert r.certificate == claimed
    if claimed == "exact":
        assert (r.gap, r.iterations) == (0, 0)
    elif claimed == "certified":
        assert 0 <= r.gap <= 1e-9
        assert all(low <= atom <= high for low, atom, high in zip(r.lower, r.atoms, r.upper, strict=True))
    else:
        assert np.isnan(r.gap)


@each_measure
@each_table
def test_swapping_the_modalities_swaps_the_uniques(measure, table):
    r, u1, u2, s = atoms(table, measure)
    np.testing.assert_allclose(atoms(np.swapaxes(table, 0, 1), measure), (r, u2, u1, s), atol=ATOL)


@each_measure
@each_table
def test_names_of_states_do_not_matter(measure, table):
    rng = np.random.default_rng(11)
    shuffled = table
    for axis in range(3):
        shuffled = np.take(shuffled, rng.permutation(table.shape[axis]), axis=axis)
    np.testing.assert_allclose(atoms(shuffled, measure), atoms(table, measure), atol=ATOL)


@each_measure
@each_table
def test_states_that_never_occur_do_not_matter(measure, table):
    n1, n2, ny = table.shape
    wide = np.zeros((n1 + 1, n2 + 2, ny + 1))
    wide[:n1, 1 : n2 + 1, 1:] = table
    np.testing.assert_allclose(atoms(wide, measure), atoms(table, measure), atol=ATOL)


@each_measure
def test_batch_equals_one_by_one(measure):
    batch = np.stack(
        [random_table(seed, (3, 4, 3), density) for seed, density in enumerate([1, 0.6, 0.4, 0.2, 0.1, 1, 0.5, 0.3])]
    )
    batch[5] = 0.0
    batch[5, 1, 2, 0] = 1.0  # one certain outcome
    together = pid(batch.reshape(2, 4, 3, 4, 3), measure)
    assert together.union.shape == (2, 4)
    alone = np.array([pid(p, measure).atoms for p in batch]).reshape(2, 4, 4)
    np.testing.assert_allclose(np.stack(together.atoms, axis=-1), alone, atol=ATOL)


@each_measure
def test_batch_of_bits_equals_one_by_one(measure):
    batch = np.stack(
        [random_table(seed, (2, 2, 2), 0.8) for seed in range(20)] + [AND, XOR, REDUCED_OR, NOT_TWO, RDNERR]
    )
    alone = np.array([pid(p, measure).atoms for p in batch])
    np.testing.assert_allclose(np.stack(pid(batch, measure).atoms, axis=-1), alone, atol=ATOL)


@each_measure
def test_empty_batch(measure):
    r = pid(np.zeros((0, 2, 3, 2)), measure)
    assert r.redundancy.shape == r.gap.shape == r.converged.shape == (0,)


@each_measure
@pytest.mark.parametrize("seed", range(3))
def test_a_copied_modality_is_all_redundant(measure, seed):
    # Williams & Beer 2010, self-redundancy
    joint = random_table(seed, (3, 1, 4), [1.0, 0.6][seed % 2])[:, 0, :]
    p = np.zeros((3, 3, 4))
    p[np.arange(3), np.arange(3)] = joint
    r = pid(p, measure)
    np.testing.assert_allclose(r.atoms, (r.i12, 0, 0, 0), atol=ATOL)


@each_measure
def test_a_target_that_depends_on_nothing_gets_nothing(measure):
    p = random_table(8, (3, 3, 1)) * np.array([0.2, 0.5, 0.3])
    np.testing.assert_allclose(atoms(p, measure), 0.0, atol=ATOL)


@each_measure
def test_counts_and_single_precision(measure):
    counts = np.random.default_rng(3).integers(0, 9, (3, 3, 2))
    expected = atoms(counts / counts.sum(), measure)
    np.testing.assert_allclose(atoms(counts, measure), expected, atol=ATOL)
    np.testing.assert_allclose(atoms((counts / counts.sum()).astype(np.float32), measure), expected, atol=1e-5)
    np.testing.assert_allclose(np.array(pid(counts * 2.5, measure, normalize=True).atoms), expected, atol=ATOL)


@each_measure
def test_torch_in_torch_out(measure, device):
    batch = np.stack([random_table(seed, (3, 2, 3), 0.7) for seed in range(4)])
    expected = pid(batch, measure)
    answer = pid(torch.as_tensor(batch, device=device), measure)
    for name in ("redundancy", "unique1", "unique2", "synergy", "i12", "gap"):
        value = getattr(answer, name)
        assert isinstance(value, torch.Tensor)
        np.testing.assert_allclose(value.cpu().numpy(), getattr(expected, name), atol=ATOL)
    for name in ("union", "converged", "iterations"):
        assert getattr(answer, name).device.type == device


@pytest.mark.parametrize("measure", CONTINUOUS)
def test_a_cell_of_1e_15_changes_nothing(measure):
    for name in ("AND", "BOOM", "REDUCED_OR", "RDNERR", "full 3x2x4"):
        p = TABLES[name].copy()
        tiny = p.copy()
        tiny[p == 0] = 1e-15
        tiny /= tiny.sum()
        np.testing.assert_allclose(atoms(tiny, measure), atoms(p, measure), atol=1e-8, err_msg=name)


@each_measure
def test_a_cell_of_1e_15_is_no_accident(measure):
    for seed in range(5):
        p = random_table(seed, (3, 3, 3), 0.5)
        p[p == 0] = 1e-15
        r = pid(p / p.sum(), measure)
        assert r.converged
        assert np.isfinite(r.atoms).all()


@each_measure
def test_entries_say_who_they_are(measure):
    entry = REGISTRY[measure]
    assert entry.name == measure
    assert entry.label
    assert 40 <= len(entry.summary) <= 140
    assert "\n" not in entry.summary
    assert entry.summary.endswith(".")
    assert any(character.isdigit() for character in entry.reference)
