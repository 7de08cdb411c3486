from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmexplore import BadSpec
from mmexplore.spec import Spec, param


@dataclass(frozen=True)
class Knobs(Spec):
    noise: float = param(0.0, label="Noise", low=0.0, high=0.5, step=0.01)
    bins: int = param(4, label="Bins", low=2, high=12, step=1)
    kind: str = param("a", label="Kind", choices=("a", "b"))
    text: str = param("", label="Text", max_length=20)
    on: bool = param(False, label="On")


@given(st.floats(0, 0.5), st.integers(2, 12), st.sampled_from("ab"), st.text(max_size=20), st.booleans())
def test_a_url_brings_back_exactly_the_same_spec(noise, bins, kind, text, on):
    spec = Knobs(noise, bins, kind, text, on)
    back, problems = Knobs.from_query(spec.to_query())
    assert (back, problems) == (spec, [])


def test_defaults_are_left_out_of_the_url():
    assert Knobs().to_query() == {}
    assert Knobs(bins=5).to_query() == {"bins": "5"}


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("noise", 0.7, "noise is 0.7; allowed: 0 to 0.5"),
        ("noise", float("nan"), "noise is nan"),
        ("noise", "much", "noise is 'much'"),
        ("noise", True, "noise is True"),
        ("bins", float("inf"), "bins is inf; allowed: whole numbers 2 to 12"),
        ("bins", float("nan"), "bins is nan"),
        ("bins", "-inf", "bins is -inf"),
        ("bins", 2.5, "bins is 2.5; allowed: whole numbers 2 to 12"),
        ("bins", 10**400, "bins is"),
        ("kind", "c", "kind is 'c'; allowed: a, b"),
        ("text", "x" * 21, "text has 21 characters"),
        ("on", 1, "on is 1; allowed: true or false"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(field, value, told):
    with pytest.raises(BadSpec) as error:
        Knobs(**{field: value})
    assert told in str(error.value)


def test_a_bad_link_keeps_what_can_be_read():
    spec, problems = Knobs.from_query({"noise": "9", "bins": "7", "kind": "<script>", "unknown": "1", "on": "yes"})
    assert spec == Knobs(bins=7)
    assert len(problems) == 3


def test_identity_tells_specs_apart_and_is_the_same_in_every_process():
    assert Knobs().identity() != Knobs(noise=0.01).identity()
    # sha256 of the sorted JSON of class name and formatted values, worked out by hand
    import hashlib

    text = '["Knobs", {"bins": "4", "kind": "a", "noise": "0.0", "on": "0", "text": ""}]'
    assert Knobs().identity() == hashlib.sha256(text.encode()).hexdigest()[:16]
