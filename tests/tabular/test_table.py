"""Probability and count tables, one cell a row."""

from __future__ import annotations

import numpy as np
import pytest

from mmexplore import datasets
from mmexplore.errors import BadData
from mmexplore.tabular import load, table_from

AND = "x1,x2,y,p\n0,0,0,.25\n0,1,0,.25\n1,0,0,.25\n1,1,1,.25\n"


def table(text: str, **options):
    return table_from(load(text.encode(), "cells.csv"), **options)


def test_cells_become_a_table_with_labels():
    made = table(AND)
    assert np.array_equal(made.p, datasets.gate("and"))
    assert made.x1_labels == ("0", "1")
    assert load(AND.encode()).kind == "table"


@pytest.mark.parametrize(
    "text",
    [
        AND.replace("x1,x2,y,p", "X1,X2,Y,Probability"),
        AND.replace(".25", "25%"),
        AND.replace("p\n", "count\n").replace(".25", "17"),
        AND.replace(",", ";").replace(".25", "0,25"),
        "p,y,x2,x1\n.25,0,0,0\n.25,0,1,0\n.25,0,0,1\n.25,1,1,1\n0,1,0,0\n",
    ],
)
def test_other_ways_to_write_the_same_table(text):
    assert np.allclose(table(text).p, datasets.gate("and"), atol=1e-15)


def test_weights_are_divided_by_their_sum_only_when_asked():
    weights = AND.replace(".25", "3")
    assert np.allclose(table(weights, normalize=True).p, datasets.gate("and"))
    with pytest.raises(BadData, match=r"sums to 12; are these counts\?; allowed: 1"):
        table(weights)


def test_states_are_in_order_numbers_by_value():
    made = table("x1,x2,y,p\n10,b,no,.5\n9,a,yes,.25\n9.5,a,no,.25\n")
    assert (made.x1_labels, made.x2_labels, made.y_labels) == (("9", "9.5", "10"), ("a", "b"), ("no", "yes"))
    assert made.p[2, 1, 0] == 0.5


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x1,x2,y\n0,0,0\n0,1,1\n", ["no column 'p'", "x1, x2, y and p"]),
        ("x1,x3,y,p\n0,0,0,1\n0,1,1,0\n", ["no column 'x2'"]),
        (AND.replace("1,1,1,.25", "1,1,1,half"), ["line 5", "'half'", "finite number"]),
        (AND.replace("1,1,1,.25", "1,1,1,"), ["line 5", "missing"]),
        (AND.replace("1,1,1,.25", "1,1,1,inf"), ["line 5", "infinite"]),
        (AND.replace("1,1,1,.25", "1,1,1,-.25"), ["line 5", "-0.25", "from 0 up"]),
        (AND.replace("1,1,1,.25", "1,,1,.25"), ["line 5", "'x2' is missing"]),
        (AND.replace("1,1,1,.25", "0,1,0,.25"), ["x1=0, x2=1, y=0", "2 times", "line 3, line 5"]),
        (AND.replace(".25", "25"), ["sums to 100", "percent"]),
        (AND.replace(".25", ".2499"), ["sums to 0.9996", "rounded"]),
        (AND.replace(".25", ".2"), ["sums to 0.8", "missing"]),
        (AND.replace(".25", "0"), ["sums to 0;", "above 0"]),
        (AND.replace(".25", "1e308"), ["sums to inf"]),
    ],
)
def test_wrong_tables_are_refused_in_a_sentence(text, words):
    with pytest.raises(BadData) as caught:
        table(text)
    said = str(caught.value)
    assert all(word in said for word in words), said
    assert "cells.csv" in said


def test_a_table_too_large_to_be_dense_is_refused():
    rows = "".join(f"a{i},b{i},{i % 2},1\n" for i in range(1100))
    with pytest.raises(BadData, match=r"1,100 x 1,100 x 2 states .* merge states"):
        table("x1,x2,y,count\n" + rows)
