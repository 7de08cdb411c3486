"""Invertible maps as parts of generators: they lead back, and what is known stays true behind them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import mmexplore as mm
from mmexplore.datasets.generators import REGISTRY, generator, maps
from mmexplore.errors import BadSpec

EVERY = (
    maps.Map(),
    maps.Cubic(0.7),
    maps.Cubic(0.0),
    maps.Sinh(0.8),
    maps.Sinh(0.0),
    maps.Exp(0.8),
    maps.Exp(0.0),
    maps.Wave(0.6),
    maps.NormalCdf(),
    maps.Spiral(1.3),
    maps.Chain((maps.NormalCdf(), maps.SwissRoll(2.0))),
    maps.Chain((maps.Spiral(2.0), maps.Cubic(0.3), maps.Wave(0.5))),
    *maps.MAPS.values(),
)


@pytest.mark.parametrize("each", EVERY, ids=repr)
@pytest.mark.parametrize("d", [2, 5])
def test_the_inverse_leads_back(each, d):
    x = np.random.default_rng(0).standard_normal((2000, d))  # the largest of them is 4 from the middle
    mapped = each(x)
    assert mapped.shape == (2000, each.columns(d))
    assert np.isfinite(mapped).all()
    np.testing.assert_allclose(each.inverse(mapped), x, rtol=0, atol=1e-9)


def test_a_swiss_roll_takes_numbers_between_0_and_1():
    u = np.random.default_rng(1).random((500, 3))
    roll = maps.SwissRoll(1.5)
    assert "between 0 and 1" in roll.domain
    np.testing.assert_allclose(roll.inverse(roll(u)), u, rtol=0, atol=1e-9)
    np.testing.assert_array_equal(roll(u)[:, 2:], u[:, 1:])


@pytest.mark.parametrize("name", REGISTRY.names())
@pytest.mark.parametrize("chosen", [name for name in maps.MAPS if name != "none"])
def test_every_generator_takes_every_map_and_keeps_its_truth(name, chosen):
    side = 1 if name == "swiss-roll" and chosen != "spiral" else 0  # its second view is one number, which none can wind
    values = {"n": 60} | ({"d": 3} if "d" in REGISTRY[name].own() else {})
    plain, bent = mm.make(name, **values), mm.make(name, **values, **{f"map{side + 1}": chosen})
    assert bent.truth == plain.truth
    np.testing.assert_array_equal(list(bent)[side], maps.MAPS[chosen](list(plain)[side]))
    assert (bent.x1.shape[1], bent.x2.shape[1]) == bent.spec.dims()[:2]
    if bent.spec.kind == "mi":
        np.testing.assert_array_equal(bent.y, bent.x2)
    else:
        np.testing.assert_array_equal(bent.y, plain.y)
    assert generator(bent.spec.text()) == bent.spec


def test_the_text_form_of_a_generator_without_maps_says_nothing_of_them():
    assert mm.make("spiral", seed=1, d=3).spec.text() == "spiral?seed=1&d=3"
    assert mm.make("gaussian", map1="cubic").spec.text() == "gaussian?map1=cubic"


def test_the_generators_of_a_spiral_and_a_roll_are_gaussian_views_and_a_map():
    wound, straight = mm.make("spiral", n=500, speed=1.3, d=3), mm.make("spiral", n=500, speed=0.0, d=3)
    np.testing.assert_array_equal(wound.x1, maps.Spiral(1.3)(straight.x1))
    rolled = mm.make("swiss-roll", n=500)
    z = maps.Chain((maps.NormalCdf(), maps.SwissRoll(2.0))).inverse(rolled.x1)
    assert stats.kstest(z[:, 0], "norm").pvalue > 1e-3


def test_an_estimator_of_neighbours_sees_through_a_map():
    bent = mm.make("gaussian-pair", n=3000, bits=1.0, map1="cubic", map2="normal-cdf")
    found = mm.mutual_information(bent.x1, bent.x2, "ksg")
    assert bent.truth.i1 == 1.0
    assert found.mi == pytest.approx(1.0, abs=0.1)


def test_a_spiral_needs_two_columns():
    with pytest.raises(BadSpec, match="map1 is 'spiral'; allowed with 1 column"):
        mm.make("gaussian-pair", map1="spiral")
