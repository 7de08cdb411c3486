"""`python -m mmexplore gaussian`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import mmexplore as mm
from mmexplore.cli import main

COV = np.array([[2, 1.8, 1, 0], [1.8, 5, 2, 0.3], [1, 2, 1, 0], [0, 0.3, 0, 1.0]])


@pytest.fixture
def files(tmp_path: Path) -> Path:
    np.save(tmp_path / "cov.npy", COV)
    np.savetxt(tmp_path / "cov.csv", COV, delimiter=",")
    np.savetxt(tmp_path / "named.csv", COV, delimiter=",", header="a,b,c,d", comments="")
    rows = np.random.default_rng(0).multivariate_normal(np.zeros(4), COV, size=300)
    np.savetxt(tmp_path / "rows.csv", rows, delimiter=",", header="a,b,c,d", comments="")
    return tmp_path


@pytest.mark.parametrize("name", ["cov.npy", "cov.csv", "named.csv"])
def test_a_covariance_from_a_file(files, name, capsys):
    assert main(["gaussian", "--cov", str(files / name), "--dims", "1,1,2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["redundancy"] == pytest.approx(mm.gaussian_pid(COV, 1, 1, 2).redundancy)
    assert told["dims"] == [1, 1, 2]
    assert main(["gaussian", "--cov", str(files / name), "--dims", "1,1,2", "--nats"]) == 0
    assert f"{mm.gaussian_pid(COV, 1, 1, 2).unique2 * np.log(2):.6f}" in capsys.readouterr().out


def test_rows_of_a_file(files, capsys):
    options = ["gaussian", str(files / "rows.csv"), "--x1", "a", "--x2", "b", "--y", "c,d", "--bootstraps", "40"]
    assert main([*options, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["n"] == 300
    assert told["intervals"]["i2"][0] < mm.gaussian_pid(COV, 1, 1, 2).i2 < told["intervals"]["i2"][1]
    assert main(options) == 0
    assert "95% intervals" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--cov", "{}/cov.npy"], "--dims is None"),
        (["--cov", "{}/cov.npy", "--dims", "1,1"], "three whole numbers"),
        (["--cov", "{}/cov.npy", "--dims", "1,1,1"], "1 + 1 + 1 = 3"),
        (["--cov", "{}/none.npy", "--dims", "1,1,2"], "cannot be read"),
        (["--cov", "{}/cov.npy", "--dims", "1,1,2", "--seed", "3"], "no effect"),
        (["--cov", "{}/rows.csv", "--dims", "1,1,2"], "square"),
        (["{}/rows.csv", "--x1", "a"], "--x2, --y missing"),
        ([], "one of the two"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(files, options, words, capsys):
    assert main(["gaussian", *(o.format(files) for o in options)]) != 0
    assert words in capsys.readouterr().err
