import numpy as np
import pandas as pd
import pytest

from mmexplore.errors import BadData, BadSpec
from mmexplore.estimators.tables.estimate import Settings, estimate
from mmexplore.estimators.tables.from_samples import estimate_from_samples

RNG = np.random.default_rng(0)
X1, X2, Y = RNG.integers(0, 3, 97), RNG.integers(0, 2, 97), RNG.integers(0, 2, 97)
QUICK = Settings(bootstraps=30, permutations=30)


def test_labels_of_any_form_say_what_codes_say():
    codes = estimate(X1, X2, Y, QUICK)
    texts = estimate_from_samples(np.array(["a", "b", "c"])[X1], pd.Series(X2 == 1), [f"k{v}" for v in Y], QUICK)
    lazy = estimate_from_samples(iter(X1.tolist()), pd.Categorical(X2), Y, bootstraps=30, permutations=30)
    assert texts.intervals == codes.intervals == lazy.intervals
    assert [n.p_values for n in texts.nulls] == [n.p_values for n in codes.nulls]
    assert texts.settings == QUICK


def test_several_columns_are_one_modality():
    both = estimate_from_samples(np.stack([X1, X2], axis=1), X2, Y, QUICK)
    assert both.shape == (6, 2, 2)
    assert both.plugin.unique2 == pytest.approx(0, abs=1e-9)


def test_what_is_wrong_is_said():
    with pytest.raises(BadData, match="differ in length"):
        estimate_from_samples(X1, X2[:-1], Y)
    with pytest.raises(BadData, match="missing"):
        estimate_from_samples(X1, X2, [None, *Y[1:]])
    with pytest.raises(BadSpec):
        estimate_from_samples(X1, X2, Y, correction="none such")
