"""`python -m mmexplore view`."""

from __future__ import annotations

import json

import numpy as np

import mmexplore as mm
from mmexplore.cli import main


def test_samples_into_an_npz(tmp_path, capsys):
    out = tmp_path / "views.npz"
    assert main(["view", "wine", "--seed", "3", "--out", str(out), "--json"]) == 0
    answer, data = json.loads(capsys.readouterr().out), mm.view("wine", seed=3)
    with np.load(out) as kept:
        for name in ("x1", "x2", "y", "held_out"):
            assert np.array_equal(kept[name], getattr(data, name))
        assert np.array_equal(kept["factor: class"], data.y)
    assert answer["text"] == "wine?seed=3"
    assert answer["views"] == ["phenols", "the rest"]
    assert answer["columns"] == [4, 9]
    assert abs(answer["truth"]["redundancy"] - float(data.truth.pid.redundancy)) < 1e-9


def test_what_is_known_is_told(capsys):
    assert main(["view", "warped-gaussian?n=100"]) == 0
    text = capsys.readouterr().out
    assert "I(X1;X2)" in text
    assert "No label." in text
    assert main(["view", "noisy-digits?n=100"]) == 0
    text = capsys.readouterr().out
    assert "View 1: turned digit, image, 64 numbers" in text
    assert "rotation (unique1)" in text
    assert "The truth is not known." in text


def test_the_list_names_every_data_set(capsys):
    assert main(["view", "--list"]) == 0
    text = capsys.readouterr().out
    assert all(name in text for name in mm.views())
    assert main(["view", "--list", "--json"]) == 0
    assert [entry["name"] for entry in json.loads(capsys.readouterr().out)] == list(mm.views())


def test_mistakes_are_named(tmp_path, capsys):
    for words, options in (
        ("did you mean 'wine'", ["wne"]),
        ("no NAME given", []),
        ("--seed is 'x'", ["wine", "--seed", "x"]),
        ("ends in .npz", ["wine", "--out", str(tmp_path / "a.csv")]),
    ):
        assert main(["view", *options]) == 2
        assert words in capsys.readouterr().err
