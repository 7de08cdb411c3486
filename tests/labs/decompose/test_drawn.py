import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mmexplore import BadData
from mmexplore.labs.decompose import drawn

shapes = st.tuples(*[st.integers(1, 5)] * 3)


@given(shapes.flatmap(lambda s: hnp.arrays(np.float64, s, elements=st.floats(0, 1e12))))
def test_text_brings_back_every_digit(weights):
    assert np.array_equal(drawn.decode(drawn.encode(weights)), weights)


def test_the_text_is_short_and_readable():
    assert drawn.encode([[[1, 0], [0.5, 0]]]) == "1x2x2~1,0,0.5,0"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "starts with ''"),
        ("2x2", "starts with '2x2'"),
        ("2x2x2~1,2", "has 2 weights; its size 2x2x2 needs 8"),
        ("1x1x2~1,x", "holds 'x'"),
        ("1x1x2~1,-1", "x1=0, x2=0, y=1 is -1"),
        ("1x1x2~nan,1", "is nan"),
        ("1x1x2~1e999,1", "is inf"),
        ("0x1x1~", "sizes 0x1x1"),
        ("13x1x1~" + ",".join("1" * 13), "sizes 13x1x1"),
        ("99x99x99~1", "sizes 99x99x99"),
    ],
)
def test_bad_text_is_refused_with_the_place(text, told):
    with pytest.raises(BadData) as error:
        drawn.decode(text)
    assert told in str(error.value)


def test_all_zero_cannot_be_normalised():
    with pytest.raises(BadData, match="every weight is 0"):
        drawn.normalised(np.zeros((2, 2, 2)))
