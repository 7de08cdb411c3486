from __future__ import annotations

import itertools

import numpy as np
import pytest

import mmexplore as mm
from mmexplore.datasets import gate, gate_info, gates
from mmexplore.datasets.gate_tables import NUMERICAL
from mmexplore.errors import BadSpec

# Published or elementary values (bits: R, U1, U2, S), written here independently of the declarations.
KNOWN = {
    "and": (0.311278124459, 0, 0, 0.5),
    "or": (0.311278124459, 0, 0, 0.5),
    "nand": (0.311278124459, 0, 0, 0.5),
    "xor": (0, 0, 0, 1),
    "rdn": (1, 0, 0, 0),
    "unq1": (0, 1, 0, 0),
    "unq2": (0, 0, 1, 0),
    "copy": (0, 1, 1, 0),
    "sum": (0.5, 0, 0, 1),
    "rdnxor": (1, 0, 0, 1),
    "rdnunqxor": (1, 1, 1, 1),
    "pwunq": (0.5, 0, 0, 0.5),
    "reduced_or": (0.311278124459, 0, 0, 0.688721875541),
    "subtle": (0.251629167388, 2 / 3, 2 / 3, 0),
    "diff": (0.122556248918, 0.188721875541, 0.188721875541, 0),
    "boom": (1 / 3, 1 / 3, 1 / 3, 0.125814583694),
    "imperfect_rdn": (0.989590079, 0.010409921, 0, 0),
    "dyadic": (0, 1, 1, 0),
    "triadic": (1, 0, 0, 1),
    "xor_both": (0, 1, 0, 0),
    "and_both": (0.311278124459, 0.5, 0, 0),
    "modulation": (0, 0.5, 1, 0),
}


def atoms(p: np.ndarray) -> np.ndarray:
    return np.stack(mm.pid(p).atoms)


@pytest.mark.parametrize("name", KNOWN)
def test_published_values(name):
    np.testing.assert_allclose(atoms(gate(name)), KNOWN[name], atol=2e-9)


@pytest.mark.parametrize("name", gates())
def test_the_declared_decomposition_is_right(name):
    entry = gate_info(name)
    if entry.expected is None:
        assert entry.expected_source == NUMERICAL
    else:
        np.testing.assert_allclose(atoms(gate(name)), entry.expected, atol=2e-9)


@pytest.mark.parametrize(
    "name, own",
    [("dice", {"alpha": a, "glue": g}) for a, g in [(1, 0), (1, 0.3), (1, 1), (6, 0), (6, 0.5), (3, 1)]]
    + [("sensors", {"error": e}) for e in (0.0, 0.1, 0.37, 0.5)]
    + [("imperfect_rdn", {"slip": s}) for s in (0.0, 0.1, 0.5)],
)
def test_the_declared_decomposition_is_right_over_a_gates_own_parameters(name, own):
    np.testing.assert_allclose(atoms(gate(name, **own)), gate_info(name).expected_at(**own), atol=2e-9)


def test_dice_weighted_by_two_and_three():
    # made with an independent cone solver (clarabel)
    np.testing.assert_allclose(atoms(gate("dice", alpha=2)), (0.306099, 1, 1, 1.584963), atol=1e-6)
    np.testing.assert_allclose(
        atoms(gate("dice", alpha=3, glue=0.5)), (0.786194, 1.251629, 1.251629, 0.69571), atol=1e-6
    )
    assert gate_info("dice").expected_at(alpha=2) is None


@pytest.mark.parametrize(
    "angle, expected",
    [(0, (0, 0.912, 0, 0)), (15, (0.170, 0.727, 0, 0.014)), (30, (0.485, 0.360, 0, 0.068)), (45, (0.720, 0, 0, 0.192))],
)
def test_two_gaussians(angle, expected):
    np.testing.assert_allclose(atoms(gate("gaussians", angle=angle, bins=50)), expected, atol=6e-4)


def test_two_gaussians_turn_into_each_other():
    p, q = gate("gaussians", angle=25), gate("gaussians", angle=65)
    np.testing.assert_allclose(q, p.transpose(1, 0, 2), atol=1e-15)


def test_copy_with_correlated_sources():
    np.testing.assert_allclose(
        atoms(gate("copy", correlation=0.6)), (0.278071905, 0.721928095, 0.721928095, 0), atol=2e-9
    )


@pytest.mark.parametrize("eps", [0.02, 0.11, 0.4])
def test_noisy_xor(eps):
    entropy = -eps * np.log2(eps) - (1 - eps) * np.log2(1 - eps)
    np.testing.assert_allclose(atoms(gate("xor", noise=eps)), (0, 0, 0, 1 - entropy), atol=2e-9)


@pytest.mark.parametrize("a, b", [("and", "nand"), ("rdnxor", "triadic")])
def test_other_names_for_the_same_world(a, b):
    np.testing.assert_allclose(atoms(gate(a)), atoms(gate(b)), atol=2e-9)


def test_dyadic_and_triadic_share_their_entropies():
    p, q = gate("dyadic"), gate("triadic")
    for axes in itertools.chain.from_iterable(itertools.combinations(range(3), k) for k in range(3)):
        a, b = p.sum(axis=axes), q.sum(axis=axes)
        a, b = a[a > 0], b[b > 0]
        assert -(a * np.log2(a)).sum() == pytest.approx(-(b * np.log2(b)).sum(), abs=1e-14)


def test_the_gates_of_the_literature_are_here():
    wanted = "and or xor nand copy unq1 unq2 rdn rdnxor rdnunqxor pwunq sum dice reduced_or boom diff dyadic triadic gaussians"
    assert set(wanted.split()) <= set(gates())


@pytest.mark.parametrize("name", gates())
def test_every_declaration_is_complete(name):
    entry = gate_info(name)
    p = entry.table
    assert p.sum() == pytest.approx(1, abs=1e-12) and p.min() >= 0
    for axis, labels in enumerate((entry.x1_labels, entry.x2_labels, entry.y_labels)):
        assert len(labels) == p.shape[axis] == len(set(labels))
        other = tuple(k for k in range(3) if k != axis)
        assert (p.sum(axis=other) > 0).all(), "a gate has no unused states"
    assert len(entry.names) == 3
    for text in (entry.title, entry.family, entry.rule, entry.taxonomy, entry.reference, entry.expected_source):
        assert text.strip()
    assert entry.sentence.endswith((".", "?")) and entry.story.endswith((".", "?"))
    assert not p.flags.writeable


def test_own_parameters_may_be_arrays_too():
    angles = np.array([0.0, 45.0, 90.0])
    tables = gate("gaussians", angle=angles[:, None], bins=6, noise=np.array([0.0, 0.1]))
    assert tables.shape == (3, 2, 6, 6, 2)
    np.testing.assert_allclose(tables[1, 1], gate("gaussians", angle=45, bins=6, noise=0.1), atol=1e-16)
    sums = gate("dice", alpha=[1, 2])
    assert sums.shape == (2, 6, 6, 16)
    np.testing.assert_allclose(sums[0, :, :, :11], gate("dice"), atol=1e-16)


def test_unknown_names_are_told():
    with pytest.raises(BadSpec, match="did you mean 'xor'"):
        gate("xorr")
    with pytest.raises(BadSpec, match="gate 'and' has no parameter 'angle'; allowed: noise"):
        gate("and", angle=3)
    with pytest.raises(BadSpec, match=r"angle is 100\.0; allowed: 0 to 90"):
        gate("gaussians", angle=[10.0, 100.0])
    with pytest.raises(BadSpec, match="do not broadcast"):
        gate("gaussians", angle=[1.0, 2.0], bins=[3, 4, 5])
    with pytest.raises(BadSpec, match=r"alpha is 1\.5; allowed: whole numbers 1 to 6"):
        gate("dice", alpha=1.5)
