from __future__ import annotations

import numpy as np
import pytest

from mmexplore.errors import BadSpec
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.sweep_task import KnobSweep, still
from mmexplore.labs.knob.task import GAMMAS, Knob, nearest_gamma
from mmexplore.runs.task import task_from_dict


def test_the_dial_has_41_by_11_settings_where_both_knobs_act():
    beta, gamma = Knob(method="dvsib").dial()
    assert (len(beta), len(gamma)) == (41, 11)
    np.testing.assert_allclose(np.diff(np.log(beta)), np.log(64) / 40)
    assert gamma[0] == 0
    assert 1.0 in gamma
    assert [len(d) for d in Knob(method="dvib").dial()] == [41, 1]
    assert [len(d) for d in Knob(method="clip").dial()] == [1, 1]
    assert [d.tolist() for d in Knob(method="dvsib", networks="fixed", beta=3.0, gamma=0.5).dial()] == [[3.0], [0.5]]
    assert [len(d) for d in Knob(method="dvsib", networks="separate").dial()] == [9, 1]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"method": "magic"}, "method is 'magic'; allowed: .*dvsib"),
        ({"low": 8.0, "high": 4.0}, "low below high"),
        ({"latent": 0}, "latent is 0; allowed"),
        ({"knobs": 2}, "has no field 'knobs'"),
    ],
)
def test_bad_values_are_named(values, words):
    with pytest.raises(BadSpec, match=words):
        task_from_dict({"kind": "knob", "values": values})


def test_a_sweep_is_a_network_of_a_single_setting():
    spec = KnobSweep(settings=5, low=1.0, high=16.0)
    np.testing.assert_allclose(spec.betas(), [1, 2, 4, 8, 16])
    assert spec.knob().networks == "fixed"
    with pytest.raises(BadSpec, match="method is 'clip'"):
        KnobSweep(method="clip")


def test_a_check_is_trained_at_the_gamma_nearest_to_the_dial():
    assert [nearest_gamma(gamma) for gamma in GAMMAS] == list(GAMMAS)
    # the nearest in doublings: 1.4 lies nearer to 1 than to 2, 1.45 nearer to 2; below the first it is the nearest number
    assert [nearest_gamma(g) for g in (1.4, 1.45, 4.0, 0.003, 0.005)] == [1.0, 2.0, 4.0, 0.0, 1 / 128]
    scene = KnobScene(method="dvsib", gamma=0.0)
    check = scene.separate_task()
    assert (check.networks, check.gamma) == ("separate", 0.0)
    assert check == scene.replace(gamma=0.001).separate_task() != scene.replace(gamma=0.06).separate_task()
    # a method without gamma has one check, wherever a dial of gamma was left
    assert KnobScene(method="dvib", gamma=0.0).separate_task() == KnobScene(method="dvib").separate_task()


def test_a_setting_has_converged_when_a_block_moves_neither_rate_nor_information():
    assert not still([1.0], [0.5])
    assert still([0.0, 0.0], [0.0, 0.0])
    assert still([1.7, 1.69], [float("nan")] * 2)  # where no information is estimated the rate decides
    assert not still([1.7, 1.5], [float("nan")] * 2)
    assert not still([1.7, 1.7], [0.5, 0.45])
    assert not still([1.25, 0.77], [0.31, 0.15])
