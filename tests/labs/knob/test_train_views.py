"""The Knob on data that were made for other labs: every data set that fits can be trained on."""

from __future__ import annotations

import numpy as np
import pytest

from mmexplore.datasets.views import two_views
from mmexplore.errors import BadData
from mmexplore.labs.knob.task import Knob
from mmexplore.labs.knob.train.data import standardise
from mmexplore.labs.knob.train.program import run
from mmexplore.labs.knob.train.subjects import asked
from mmexplore.runs.recorder import Recorder


@pytest.mark.parametrize(
    ("data", "factors", "kinds"),
    [
        ("factors?columns=20&rows=500", ["y", "ws", "w1", "w2"], ["label", "shared", "x", "y"]),
        ("breast_cancer", ["diagnosis"], ["label"]),
    ],
)
def test_data_of_other_labs_are_trained_on(data, factors, kinds):
    recorder = Recorder.in_memory()
    run(Knob(data=data, networks="fixed", latent=2, steps=3, width=8, depth=1), recorder)
    grid = recorder.arrays["grid"]
    assert grid["factors"].tolist()[: len(factors)] == factors
    assert grid["factor_kind"].tolist()[: len(factors)] == kinds
    assert grid["factor_score"][0] == "accuracy"
    assert np.isfinite(grid["kept"]).all()
    assert recorder.results["data"] == two_views(data).title


def test_the_label_is_asked_for_first():
    drawn = two_views("bits?rows=1000").draw()
    assert [f.name for f in asked(drawn)] == ["synergy bit", "shared bit", "unique1 bit", "unique2 bit"]
    number = two_views("gaussian?n=200").draw()
    assert [f.name for f in asked(number)] == ["target"]


def test_pictures_of_too_many_numbers_are_refused():
    with pytest.raises(BadData, match="x has 3,072 columns"):
        standardise(two_views("trifeature?rows=500").draw(), "cpu")
