from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmexplore.datasets import WhatIf, gate, gate_info, gates, mix, what_if
from mmexplore.errors import BadData, BadSpec


def h(x: float) -> float:
    return 0.0 if x in (0.0, 1.0) else -x * math.log2(x) - (1 - x) * math.log2(1 - x)


def information(joint: np.ndarray) -> float:
    outer = joint.sum(1, keepdims=True) * joint.sum(0, keepdims=True)
    held = joint > 0
    return float((joint[held] * np.log2(joint[held] / outer[held])).sum())


def random_table(seed: int, shape: tuple[int, int, int]) -> np.ndarray:
    rng = np.random.default_rng(seed)
    p = rng.gamma(0.5, size=shape) * (rng.random(shape) < 0.8)
    p.flat[0] += 0.1
    return p / p.sum()


shapes = st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4))
seeds = st.integers(0, 2**32 - 1)


def test_defaults_change_no_digit():
    for name in gates():
        table = gate_info(name).table
        assert np.array_equal(WhatIf().apply(table), what_if(table))
        # what_if divides by the sum, which rounds to 1 or next to it
        np.testing.assert_allclose(what_if(table), table, rtol=0, atol=4e-16)


@pytest.mark.parametrize("eps", [0.0, 0.05, 0.11, 0.3, 0.5])
def test_label_noise_on_xor_leaves_one_minus_h(eps):
    p = gate("xor", noise=eps)
    assert information(p.reshape(4, 2)) == pytest.approx(1 - h(eps), abs=1e-14)
    assert information(p.sum(0)) == pytest.approx(0, abs=1e-14)


def test_label_noise_spreads_over_the_other_labels():
    p = gate("copy", noise=0.3)
    np.testing.assert_allclose(p[0, 1], [0.025, 0.175, 0.025, 0.025], atol=1e-16)


def test_a_lone_label_cannot_be_wrong():
    p = random_table(0, (2, 3, 1))
    np.testing.assert_allclose(what_if(p, noise=0.5), p, atol=1e-16)


@pytest.mark.parametrize("e", [0.1, 0.5, 1.0])
def test_a_noisy_sensor_is_a_binary_symmetric_channel_of_half_its_rate(e):
    p = gate("rdn", noise1=e)
    assert information(p.sum(1)) == pytest.approx(1 - h(e / 2), abs=1e-14)
    assert information(p.sum(0)) == pytest.approx(1, abs=1e-14)


def test_noise_of_both_rdn_sensors_gives_the_sensors_gate():
    np.testing.assert_allclose(gate("rdn", noise1=0.4, noise2=0.4), gate("sensors", error=0.2), atol=1e-16)


@pytest.mark.parametrize("c", [-1.0, -0.4, 0.0, 0.6, 1.0])
def test_correlation_of_fair_bits_is_how_often_they_agree(c):
    p = gate("copy", correlation=c).sum(2)
    assert p[0, 0] + p[1, 1] == pytest.approx((1 + c) / 2, abs=1e-15)
    np.testing.assert_allclose(p.sum(0), [0.5, 0.5], atol=1e-15)
    np.testing.assert_allclose(p.sum(1), [0.5, 0.5], atol=1e-15)


def test_correlation_keeps_uniform_marginals_of_larger_alphabets():
    p = what_if(np.full((5, 4, 1), 1 / 20), correlation=0.7)[:, :, 0]
    np.testing.assert_allclose(p.sum(1), np.full(5, 0.2), atol=1e-15)
    np.testing.assert_allclose(p.sum(0), np.full(4, 0.25), atol=1e-15)
    s1, s2 = np.linspace(-1, 1, 5), np.linspace(-1, 1, 4)
    expected = 0.7 * (s1**2).mean() * (s2**2).mean()  # E[s1 s2] of the FGM weight 1 + c s1 s2
    assert s1 @ p @ s2 == pytest.approx(expected, abs=5e-15)


@pytest.mark.parametrize("b1, b2", [(0.01, 0.99), (0.3, 0.5), (0.8, 0.8)])
def test_bias_of_fair_bits_is_the_chance_of_a_one(b1, b2):
    p = gate("and", bias1=b1, bias2=b2)
    assert p[1].sum() == pytest.approx(b1, abs=1e-15)
    assert p[:, 1].sum() == pytest.approx(b2, abs=1e-15)


@settings(max_examples=60, deadline=None)
@given(seeds, shapes, st.floats(0.01, 0.99), st.floats(0.01, 0.99), st.floats(-0.99, 0.99))
def test_reweighting_keeps_the_target_given_the_inputs(seed, shape, b1, b2, c):
    p = random_table(seed, shape)
    q = what_if(p, bias1=b1, bias2=b2, correlation=c)
    assert q.sum() == pytest.approx(1, abs=1e-14)
    before, after = p.sum(2, keepdims=True), q.sum(2, keepdims=True)
    assert ((before > 0) == (after > 0)).all()
    np.testing.assert_allclose(q * before, p * after, atol=1e-15)


@settings(max_examples=60, deadline=None)
@given(seeds, shapes, st.floats(0, 0.5), st.floats(0, 1), st.floats(0, 1))
def test_each_noise_touches_only_its_own_variable(seed, shape, e, e1, e2):
    p = random_table(seed, shape)
    np.testing.assert_allclose(what_if(p, noise=e).sum(2), p.sum(2), atol=1e-15)
    np.testing.assert_allclose(what_if(p, noise1=e1).sum(0), p.sum(0), atol=1e-15)
    np.testing.assert_allclose(what_if(p, noise2=e2).sum(1), p.sum(1), atol=1e-15)


def test_no_mass_left_keeps_the_table_which_is_the_limit():
    rdn = gate("rdn")
    np.testing.assert_allclose(what_if(rdn, correlation=-1 + 1e-9), rdn, atol=1e-15)
    p = what_if(np.stack([rdn, gate("xor")]), correlation=-1.0)
    np.testing.assert_allclose(p[0], rdn, atol=1e-16)
    assert p[1, 0, 1].sum() == pytest.approx(0.5)
    assert p[1, 0, 0].sum() == 0


def test_the_order_is_reweighting_then_sensors_then_labels():
    p = random_table(3, (2, 3, 3))
    values = {"bias1": 0.2, "bias2": 0.6, "correlation": 0.5, "noise1": 0.3, "noise2": 0.1, "noise": 0.2}
    step = p
    for name in ("bias1", "bias2", "correlation", "noise1", "noise2", "noise"):
        step = what_if(step, **{name: values[name]})
    np.testing.assert_allclose(what_if(p, **values), step, atol=1e-15)
    np.testing.assert_allclose(WhatIf(**values).apply(p), step, atol=1e-15)


def test_arrays_broadcast_and_agree_with_single_calls():
    p = random_table(5, (3, 2, 4))
    noise, correlation, bias = np.linspace(0, 0.5, 4)[:, None], np.linspace(-1, 1, 5), 0.3
    grid = what_if(p, noise=noise, correlation=correlation, bias1=bias, noise2=np.full((1, 5), 0.2))
    assert grid.shape == (4, 5, 3, 2, 4)
    for i, j in itertools.product(range(4), range(5)):
        one = what_if(p, noise=float(noise[i, 0]), correlation=float(correlation[j]), bias1=bias, noise2=0.2)
        np.testing.assert_allclose(grid[i, j], one, atol=1e-16)


def test_leading_axes_of_the_table_broadcast_with_the_values():
    batch = np.stack([gate("and"), gate("xor"), gate("or")])
    grid = what_if(batch, noise=np.array([[0.0], [0.2]]))
    assert grid.shape == (2, 3, 2, 2, 2)
    np.testing.assert_allclose(grid[1, 2], gate("or", noise=0.2), atol=1e-16)


def test_the_result_is_the_callers_own():
    p = gate("and")
    p[:] = 0
    assert gate("and").sum() == 1
    grid = what_if(gate("and"), bias1=np.full(3, 0.5))
    grid[0] = 0
    assert grid[1].sum() == 1


CORNERS = {p.name: (p.low, p.high) for p in WhatIf.parameters()}


@pytest.mark.parametrize("name", gates())
def test_every_gate_at_every_corner_is_a_table(name):
    for corner in itertools.product(*CORNERS.values()):
        p = gate(name, **dict(zip(CORNERS, corner, strict=True)))
        assert np.isfinite(p).all() and p.min() >= 0
        assert p.sum() == pytest.approx(1, abs=1e-13)


@pytest.mark.parametrize(
    "values, words",
    [
        ({"noise": 0.6}, "noise is 0.6; allowed: 0 to 0.5"),
        ({"noise1": [0.1, -0.1]}, "noise1 holds -0.1; allowed: 0 to 1"),
        ({"bias1": [0.5, math.nan]}, "bias1 holds nan"),
        ({"correlation": "high"}, "correlation is 'high'"),
        ({"correlation": ["high", "low"]}, "correlation is no array of numbers"),
        ({"correlation": [[0.1], [0.2, 0.3]]}, "correlation is no array of numbers"),
        ({"nose": 0.1}, "no parameter 'nose'"),
        ({"noise": [0.1, 0.2], "bias1": [0.1, 0.2, 0.3]}, "do not broadcast"),
    ],
)
def test_bad_values_are_named(values, words):
    with pytest.raises(BadSpec, match=words):
        what_if(np.full((2, 2, 2), 0.125), **values)


def test_a_grid_that_is_too_large_is_refused_before_memory_is_taken():
    big = np.broadcast_to(np.array(0.1), (100_000, 1000))
    with pytest.raises(BadData, match="cells"):
        what_if(gate("and"), noise=big)
    with pytest.raises(BadData, match="cells"):
        mix(gate("and"), gate("xor"), big)


def test_mix_of_different_alphabets_pads_with_unused_states():
    p, q = gate("and"), gate("pwunq")
    m = mix(p, q, 0.25)
    assert m.shape == (3, 3, 2)
    np.testing.assert_allclose(m[:2, :2], 0.75 * p + 0.25 * q[:2, :2], atol=1e-16)
    np.testing.assert_allclose(m[2], 0.25 * q[2], atol=1e-16)


def test_mix_ends_are_the_tables_and_arrays_lead():
    m = mix(gate("sum"), gate("xor"), [0.0, 0.5, 1.0])
    assert m.shape == (3, 2, 2, 3)
    np.testing.assert_array_equal(m[0], gate("sum"))
    np.testing.assert_array_equal(m[2, :, :, :2], gate("xor"))
    np.testing.assert_allclose(m.sum((1, 2, 3)), 1, atol=1e-15)


def test_mix_refuses_what_it_cannot_do():
    with pytest.raises(BadSpec, match=r"t is 1\.5; allowed: 0 to 1"):
        mix(gate("and"), gate("xor"), 1.5)
    with pytest.raises(BadSpec, match="t holds -1"):
        mix(gate("and"), gate("xor"), [-1, 0])
    with pytest.raises(BadData, match="single tables"):
        mix(np.stack([gate("and")] * 2), gate("xor"), 0.5)
