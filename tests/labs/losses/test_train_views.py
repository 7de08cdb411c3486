"""The lab of losses on data that were made for other labs: every data set that fits can be trained on."""

from __future__ import annotations

import numpy as np
import pytest

from mmexplore.datasets.views import two_views
from mmexplore.errors import BadData
from mmexplore.labs.losses.task import FactorCl
from mmexplore.labs.losses.train import program
from mmexplore.labs.losses.train.rows import draw_rows
from mmexplore.runs.recorder import Recorder

SMALL = {"methods": "clip", "seeds": 1, "steps": 4, "batch": 32, "width": 8, "layers": 1, "embedding": 4, "looks": 2}


@pytest.mark.parametrize(
    ("data", "factors", "exact"),
    [("noisy-digits?n=300", ["rotation", "size", "noise weight", "noise tilt"], False), ("sign-sum?n=300", [], True)],
)
def test_data_of_other_labs_are_trained_on(data, factors, exact):
    recorder = Recorder.in_memory()
    program.run(FactorCl(data=data, **SMALL), recorder)
    assert recorder.arrays["names"]["labels"].tolist() == ["y"]
    assert recorder.arrays["names"]["factors"].tolist() == factors
    assert np.isfinite(recorder.arrays["table"]["accuracy"][:, 0, :3, 0]).all()
    assert recorder.results["truth"]["exact"] == exact


def test_rows_come_with_the_training_part_first_and_standardised():
    drawn = two_views("wine").draw(1)
    rows = draw_rows(two_views("wine"), [1, 2], "cpu")
    train = ~drawn.held_out
    assert rows.train == train.sum()
    x = rows.x1[0, : rows.train].numpy()
    np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(x.std(axis=0), 1, atol=1e-5)
    middle, spread = drawn.x1[train].mean(axis=0), drawn.x1[train].std(axis=0)
    np.testing.assert_allclose(rows.x1[0, rows.train :].numpy(), (drawn.x1[~train] - middle) / spread, atol=1e-5)
    np.testing.assert_array_equal(rows.labels[0, rows.train :, 0].numpy(), drawn.y[~train])


def test_data_that_do_not_fit_are_refused_with_the_reason():
    with pytest.raises(BadData, match="warped-gaussian does not fit: it has no label"):
        draw_rows(two_views("warped-gaussian"), [1], "cpu")
