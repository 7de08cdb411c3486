"""The command `bottleneck`: tables, JSON, and sentences about what is wrong."""

from __future__ import annotations

import json

import numpy as np
import pytest

import mmexplore as mm
from mmexplore.cli import main
from mmexplore.cli.parser import build
from mmexplore.errors import BadSpec


def test_correlations_give_the_closed_form(capsys):
    assert main(["bottleneck", "--rho", f"{0.5**0.5},0.1", "--betas", "4,3"]) == 0
    shown = capsys.readouterr().out
    assert "gaussian bottleneck; I(X;Y) = 0.507" in shown  # 1/2 bit and -1/2 log2(1 - 1/100)
    assert "0.792481" in shown  # 1/2 log2 3
    assert "Modes open at beta 2, 100." in shown


def test_json_is_what_the_library_says(capsys, tmp_path):
    cov = np.array([[2.0, 0.9, 0.3], [0.9, 1.0, 0.2], [0.3, 0.2, 1.0]])
    np.save(tmp_path / "cov.npy", cov)
    assert main(["bottleneck", "--cov", str(tmp_path / "cov.npy"), "--dims", "2,1", "--betas", "2:64:5", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rate"] == pytest.approx(mm.gaussian_ib(cov, 2, 1, np.geomspace(2, 64, 5)).rate.tolist())
    for kind, extra in (("DVIB", []), ("symmetric", []), ("blend", ["--blend", "0.3"])):
        assert main(["bottleneck", "--cov", str(tmp_path / "cov.npy"), "--dims", "2,1", "--kind", kind, *extra]) == 0
        assert f"{kind} bottleneck" in capsys.readouterr().out


def test_a_table_of_counts(capsys, tmp_path):
    (tmp_path / "p.csv").write_text("40,10\n10,40\n")
    for kind, words in (("discrete", "stationary to"), ("deterministic", "no merge")):
        assert main(["bottleneck", "--joint", str(tmp_path / "p.csv"), "--kind", kind, "--betas", "40"]) == 0
        shown = capsys.readouterr().out
        assert words in shown and "clusters" in shown


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "one of the three"),
        (["--rho", "0.5", "--joint", "p.csv"], "one of the three"),
        (["--rho", "0.5", "--kind", "DVIB"], "allowed with --rho: gaussian, symmetric"),
        (["--rho", "a"], "--rho is 'a'"),
        (["--rho", "0.5", "--betas", "4:1:9"], "LOW:HIGH:HOW_MANY"),
        (["--rho", "0.5", "--blend", "0.5"], "belong together"),
        (["--cov", "c.npy", "--dims", "2"], "two whole numbers"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(arguments, told):
    options = build().parse_args(["bottleneck", *arguments])
    with pytest.raises(BadSpec, match=told):
        options.run(options)
