"""Columns by pattern, groups by prefix, and guesses at roles that give their reasons."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mmexplore import datasets
from mmexplore.errors import BadData
from mmexplore.tabular import column_groups, from_arrays, from_frame, guess_roles, load, match_columns


def frame(*names: str):
    """Measured columns of two rows' worth of variety; no names are read into the values."""
    rng = np.random.default_rng(7)
    return from_frame(pd.DataFrame({name: rng.normal(size=40).round(6) for name in names}))


def labelled(*names: str, rows: int = 40):
    rng = np.random.default_rng(7)
    return from_frame(pd.DataFrame({name: rng.choice(list("abc"), rows) for name in names}))


MIXED = frame("audio_1", "audio_2", "text_1", "text_2", "age", "dose, mg", "a*b", "Größe")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("age", ("age",)),
        ("audio_*", ("audio_1", "audio_2")),
        ("*_1", ("audio_1", "text_1")),
        ("text_?", ("text_1", "text_2")),
        ("age, audio_*", ("age", "audio_1", "audio_2")),
        ("audio_*,audio_1", ("audio_1", "audio_2")),
        ("dose, mg", ("dose, mg",)),
        ('"dose, mg", age', ("dose, mg", "age")),
        ("a*b", ("a*b",)),
        ("/^(audio|text)_1$/", ("audio_1", "text_1")),
        ("/_[12]/, age", ("audio_1", "audio_2", "text_1", "text_2", "age")),
        ("Gr*", ("Größe",)),
    ],
)
def test_columns_by_pattern(text, names):
    assert match_columns(MIXED, text) == names


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("audoi_1", ["no column 'audoi_1'", "did you mean 'audio_1'"]),
        ("audoi_*", ["matches 'audoi_*'", "audio_*", "text_*"]),
        ("age, hight", ["'hight'", "its columns"]),
        ("/(/", ["regular expression"]),
        ("/(a+)+$zz/", ["no column matches"]),
        ("", ["no column is named"]),
        (" , ", ["no column is named"]),
    ],
)
def test_a_selection_that_matches_nothing_names_what_is_close(text, words):
    with pytest.raises(BadData) as caught:
        match_columns(MIXED, text)
    assert all(word in str(caught.value) for word in words), caught.value


def test_a_regular_expression_takes_linear_time():
    data = frame(*(f"{'a' * 110}{i}" for i in range(50)))
    with pytest.raises(BadData, match="no column matches"):  # backtracking would take longer than the universe has
        match_columns(data, "/^(a+a+)+b$/")


@pytest.mark.parametrize(
    ("names", "groups"),
    [
        (("audio_1", "audio_2", "text.1", "text.2", "y"), ["audio_*", "text.*"]),
        (("mean radius", "mean area", "worst radius", "worst area"), ["mean *", "worst *"]),
        (("pixel0", "pixel1", "pixel2", "label"), ["pixel*"]),
        (("feat_audio_1", "feat_audio_2", "feat_text_1", "feat_text_2"), ["feat_audio_*", "feat_text_*"]),
        (("V1", "V2", "V3"), ["V*"]),
        (("age", "height", "weight"), []),
        (("x1", "x2", "y"), ["x*"]),
    ],
)
def test_groups_by_prefix_select_themselves(names, groups):
    data = frame(*names)
    found = column_groups(data)
    assert list(found) == groups
    for glob, members in found.items():
        assert match_columns(data, glob) == members


@pytest.mark.parametrize(
    ("names", "x1", "x2", "y", "why"),
    [
        (("x1", "x2", "y"), ["x1"], ["x2"], ["y"], "names of the columns"),
        (("Y", "X2", "X1"), ["X1"], ["X2"], ["Y"], "names of the columns"),
        (("x1_a", "x1_b", "x2_a", "y"), ["x1_a", "x1_b"], ["x2_a"], ["y"], "names of the columns"),
        (("sight", "sound", "label"), ["sight"], ["sound"], ["label"], "its name says so"),
        (("class", "sight", "sound"), ["sight"], ["sound"], ["class"], "its name says so"),
        (("img", "is_cat", "txt"), ["img"], ["txt"], ["is_cat"], "its name says so"),
        (("p", "q", "r"), ["p"], ["q"], ["r"], "last column"),
        (("text_1", "text_2", "age", "audio_1", "audio_2", "z"), ["text_1", "text_2"], ["audio_1", "audio_2"], ["z"], "names"),
        (("k_1", "k_2", "m_1", "m_2", "n_1", "n_2", "n_3", "z"), ["k_1", "k_2"], ["n_1", "n_2", "n_3"], ["z"], "in neither: m_*"),
        (("audio_1", "audio_2", "age", "sex", "label"), ["audio_1", "audio_2"], ["age", "sex"], ["label"], "other columns"),
        (("v1", "v2", "v3", "v4", "label"), ["v1", "v2"], ["v3", "v4"], ["label"], "half"),
        (("age", "sex", "dose", "label"), ["age"], ["sex"], ["label"], "first two"),
        (("only",), [], [], ["only"], "no column is left"),
    ],
)  # fmt: skip
def test_roles_are_guessed_with_a_reason(names, x1, x2, y, why):
    roles = guess_roles(labelled(*names))
    assert (roles.x1, roles.x2, roles.y) == (tuple(x1), tuple(x2), tuple(y))
    assert why in roles.why


def test_identifiers_constants_and_dates_play_no_role():
    text = "id,when,site,sight,sound,label\n"
    text += "".join(f"p{i},2020-01-{i + 1:02d},here,{i % 3},{i % 4},{i % 2}\n" for i in range(20))
    roles = guess_roles(load(text.encode()))
    assert (roles.x1, roles.x2, roles.y) == (("sight",), ("sound",), ("label",))
    assert "1 identifier, 1 date, 1 constant" in roles.why


def test_a_measured_last_column_is_no_target_where_there_is_a_discrete_one():
    rng = np.random.default_rng(0)
    data = from_frame(
        pd.DataFrame({"a": rng.normal(size=90), "grp": rng.integers(3, size=90), "b": rng.normal(size=90)})
    )
    assert guess_roles(data).y == ("grp",)


@pytest.mark.parametrize("name", datasets.real_data())
def test_bundled_data_know_their_roles(name):
    rows = datasets.real_samples(name)
    data = from_arrays(
        rows.x1, rows.x2, rows.y, columns1=rows.columns1, columns2=rows.columns2, y_labels=rows.y_labels or None
    )
    roles = guess_roles(data)
    assert data.frame[list(roles.x1)].to_numpy().tolist() == rows.x1.tolist()
    assert data.frame[list(roles.x2)].to_numpy().tolist() == rows.x2.tolist()
    assert roles.y == ("y",)


def test_five_thousand_columns_are_grouped_and_guessed():
    names = [f"audio_mfcc_{i}" for i in range(2000)] + [f"text_bert_{i}" for i in range(2999)]
    data = from_frame(pd.DataFrame(np.arange(4 * 4999.0).reshape(4, -1), columns=names).assign(label=list("abab")))
    roles = guess_roles(data)
    assert (len(roles.x1), len(roles.x2), roles.y) == (2000, 2999, ("label",))
    assert len(match_columns(data, "audio_*")) == 2000
    with pytest.raises(BadData) as caught:
        match_columns(data, "vidoe_*")
    assert len(str(caught.value)) < 700
