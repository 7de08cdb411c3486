"""What is written once: the atoms that follow from I*, the change between bits and nats."""

from __future__ import annotations

import ast
import math
import re
from pathlib import Path

import numpy as np
import pytest

import mmexplore as mm
from mmexplore.types import ATOM_WEIGHTS, ATOMS
from mmexplore.units import BITS_PER_NAT, NATS_PER_BIT, in_unit, per_bit, per_nat, ratio

PACKAGE = Path(__file__).parents[1] / "mmexplore"
FILES = sorted(PACKAGE.rglob("*.py"))

# A logarithm of 2 that changes no units would stand here, with the reason. There is none.
LOG_TWO = re.compile(r"\blog\(\s*2(\.0*)?\s*\)")


def name_of(node: ast.AST) -> str:
    """The last part of a name: i1 of ``i1``, ``result.i1`` and ``found["i1"]``."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)
    return ""


def is_atom(node: ast.AST) -> bool:
    """Whether an expression subtracts as an atom does: i12 - union, union - i1 or - i2, i1 + i2 - union."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)):
        return False
    left, right = node.left, name_of(node.right)
    if isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add):
        return {name_of(left.left), name_of(left.right)} == {"i1", "i2"} and right == "union"
    return (name_of(left), right) in {("i12", "union"), ("union", "i1"), ("union", "i2")}


def written(text: str) -> list[str]:
    return [ast.unparse(node) for node in ast.walk(ast.parse(text)) if is_atom(node)]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_file_but_one_derives_the_atoms(path):
    here = written(path.read_text(encoding="utf-8"))
    assert len(here) == (4 if path == PACKAGE / "types.py" else 0), here


def test_the_search_sees_atoms_in_every_spelling():
    assert len(written("r.i1 + r.i2 - r.union, v['union'] - i2, union - found.i1, i12 - r['union']")) == 4
    assert not written("i1 + i2 - i12, union_upper - union_lower, r.union - bias.union")


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_file_but_one_takes_the_logarithm_of_two(path):
    where = path.relative_to(PACKAGE).as_posix()
    if where == "units.py":
        return
    assert not LOG_TWO.search(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("seed", range(5))
def test_the_atoms_of_random_numbers_keep_every_identity(seed):
    i1, i2, i12, union = np.random.default_rng(seed).normal(size=(4, 100))
    atoms = mm.Atoms.of(i1, i2, i12, union)
    r, u1, u2, s = atoms
    assert r + u1 == pytest.approx(i1, abs=1e-12)
    assert r + u2 == pytest.approx(i2, abs=1e-12)
    assert r + u1 + u2 + s == pytest.approx(i12, abs=1e-12)
    assert r - s == pytest.approx(i1 + i2 - i12, abs=1e-12)
    # to the last bit, in the order that all numbers so far were computed in
    for ours, theirs in zip(atoms, (i1 + i2 - union, union - i2, union - i1, i12 - union), strict=True):
        assert (ours == theirs).all()
    fields = {"i1": i1, "i2": i2, "i12": i12, "union": union}
    for name in ATOMS:
        weighed = sum(weight * fields[field] for field, weight in ATOM_WEIGHTS[name].items())
        assert getattr(atoms, name) == pytest.approx(weighed, abs=1e-12)


def test_between_two_ends_of_the_union_every_atom_lies_between_its_own():
    rng = np.random.default_rng(1)
    i1, i2, i12, a, b, share = rng.uniform(size=(6, 200))
    low, high = np.minimum(a, b), np.maximum(a, b)
    lower, upper = mm.Atoms.between(i1, i2, i12, low, high)
    inside = mm.Atoms.of(i1, i2, i12, low + share * (high - low))
    for least, atom, most in zip(lower, inside, upper, strict=True):
        assert (least <= atom + 1e-15).all()
        assert (atom <= most + 1e-15).all()


def test_a_bit_is_ln_2_nats():
    assert pytest.approx(0.6931471805599453, abs=1e-16) == NATS_PER_BIT
    assert pytest.approx(1.4426950408889634, abs=1e-15) == BITS_PER_NAT
    assert (per_bit("bit"), per_nat("nat"), ratio("bit", "bit"), ratio("nat", "nat")) == (1, 1, 1, 1)
    assert ratio("bit", "nat") == per_bit("nat") == NATS_PER_BIT
    assert ratio("nat", "bit") == per_nat("bit") == BITS_PER_NAT
    assert in_unit(2.0, "nat") == pytest.approx(math.log(4.0), abs=1e-15)
    r = mm.pid(mm.gate("xor")).to("nat")
    assert r.synergy == pytest.approx(math.log(2.0), abs=1e-9)
    with pytest.raises(mm.BadSpec, match="unit is 'byte'; allowed: bit, nat"):
        ratio("bit", "byte")
