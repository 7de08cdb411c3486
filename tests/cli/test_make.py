"""`python -m mmexplore make`."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

import mmexplore as mm
from mmexplore.cli import main


def test_rows_into_an_npz(tmp_path, capsys):
    out = tmp_path / "rows.npz"
    assert main(["make", "sign-sum", "--n", "200", "--seed", "3", "--d", "4", "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    with np.load(out) as kept:
        for role, wanted in zip(("x1", "x2", "y"), mm.make("sign-sum", n=200, seed=3, d=4), strict=True):
            assert np.array_equal(kept[role], wanted)
    assert told["truth"]["synergy"] == pytest.approx(0.7213, abs=5e-5)
    assert told["text"] == "sign-sum?n=200&seed=3&d=4"
    assert told["dims"] == [4, 4, 1]


def test_rows_into_a_csv_that_the_loader_reads(tmp_path, capsys):
    out = tmp_path / "rows.csv"
    assert main(["make", "gaussian", "--n", "50", "--out", str(out)]) == 0
    assert "exact closed form" in capsys.readouterr().out
    with out.open(newline="") as file:
        assert next(csv.reader(file)) == ["x1_1", "x1_2", "x2_1", "x2_2", "y_1", "y_2"]
    frame = mm.load(str(out)).frame
    assert np.array_equal(frame.to_numpy(float), np.concatenate(list(mm.make("gaussian", n=50)), axis=1))


def test_a_pair_of_views_is_written_once(tmp_path, capsys):
    out = tmp_path / "pair.npz"
    assert main(["make", "swiss-roll?bits=2.0", "--n", "40", "--out", str(out)]) == 0
    assert "I  2.000000" in capsys.readouterr().out
    with np.load(out) as kept:
        assert set(kept.files) == {"x1", "y"}


def test_the_list_names_every_generator(capsys):
    assert main(["make", "--list"]) == 0
    text = capsys.readouterr().out
    assert all(name in text for name in mm.generators())
    assert main(["make", "--list", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {entry["name"] for entry in told} == set(mm.generators())


def test_what_is_not_known_is_said_so(capsys):
    assert main(["make", "latent", "--n", "40"]) == 0
    text = capsys.readouterr().out
    assert "unknown" in text
    assert "Published" in text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["make"], "no NAME given"),
        (["make", "nothing"], "is not known"),
        (["make", "sign-sum", "--angle", "3"], "no parameter 'angle'"),
        (["make", "sign-sum", "--n", "3"], "n is 3"),
        (["make", "sign-sum", "--n", "40", "--out", "rows.xlsx"], ".npz or .csv"),
        (["make", "sign-sum", "--n", "40", "--out", "/nowhere/rows.csv"], "cannot be written"),
    ],
)
def test_bad_input_is_one_sentence(arguments, told, capsys):
    assert main(arguments) == 2
    assert told in capsys.readouterr().err
