from __future__ import annotations

import numpy as np
import pytest

from mmexplore.errors import BadSpec
from mmexplore.labs.knob.sweep_task import KnobSweep
from mmexplore.labs.knob.task import Knob
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
