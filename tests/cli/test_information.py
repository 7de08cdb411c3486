"""`information`: every estimator of mutual information from the command line, with the library's numbers, beside the truth."""

from __future__ import annotations

import json
import math

import pytest

import mmexplore as mm
from mmexplore.cli import main
from mmexplore.estimators.mi.declaration import REGISTRY
from mmexplore.estimators.pids import REGISTRY as PID_REGISTRY

SMALL = {"steps": 10, "hidden": 8, "batch": 32, "folds": 2}  # of networks
ROWS = "a,b,xor,dose,level,who\n" + "".join(
    f"{a},{b},{'odd' if a ^ b else 'even'},{a + (k * 37 % 101) / 1000:.3f},{(k * 7) % 40 / 4},p{k // 4}\n"
    for k, (a, b) in enumerate([(0, 0), (0, 1), (1, 0), (1, 1)] * 50)
)


@pytest.fixture
def call(capsys):
    def run(*argv: str) -> dict:
        assert main(["information", *argv, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def refusal(capsys):
    def run(*argv: str) -> str:
        assert main(["information", *argv]) == 2
        said = capsys.readouterr().err
        assert said.startswith("mmexplore: ") and len(said.splitlines()) == 1
        return said

    return run


@pytest.fixture
def rows(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(ROWS)
    return str(path)


@pytest.mark.parametrize("name", REGISTRY.names())
def test_every_estimator_gives_the_numbers_of_the_library(call, name):
    settings = SMALL if REGISTRY[name].trained else {}
    words = ["--set", *(f"{key}={value}" for key, value in settings.items())] if settings else []
    found = call("--make", "gaussian-pair?n=300&bits=1.5", "--estimator", name, *words)
    x, _, y = mm.make("gaussian-pair", n=300, bits=1.5)
    ours = mm.mutual_information(x, y, name, x_kind="number", y_kind="number", **settings)
    assert found["mi"] == pytest.approx(ours.mi, abs=1e-6)
    assert found["truth"] == pytest.approx(1.5, abs=1e-9)
    assert found["estimator"] == name and found["unit"] == "bit"


def test_an_interval_covers_a_closed_form(call):
    bits = -0.5 * math.log2(1 - 0.8**2)  # of two Gaussians with a correlation of 0.8
    found = call("--make", f"gaussian-pair?n=2000&bits={bits!r}", "--estimator", "gaussian")
    assert found["interval"][0] < bits < found["interval"][1]


def test_one_modality_or_both_of_a_generator(call, refusal):
    truth = mm.make("sign-sum").truth
    for of, value in (("1", truth.i1), ("2", truth.i2), ("12", truth.i12)):
        found = call("--make", "sign-sum?n=2000", "--of", of)
        assert found["truth"] == value
        assert found["mi"] == pytest.approx(value, abs=0.1)
    assert "allowed: 1, 2, 12" in refusal("--make", "sign-sum", "--of", "3")
    assert "two views and no target" in refusal("--make", "spiral", "--of", "1")


def test_labels_of_several_columns_are_one_label(call, rows):
    alone = call(rows, "--x", "a", "--y", "xor", "--estimator", "binned")
    both = call(rows, "--x", "a,b", "--y", "xor", "--estimator", "binned")
    assert alone["mi"] == pytest.approx(0.0, abs=0.02) and alone["kinds"] == ["label", "label"]
    assert both["mi"] == pytest.approx(1.0, abs=0.02)


def test_a_measurement_about_a_label(call, rows):
    found = call(rows, "--x", "dose", "--y", "a")  # dose lies within .1 of a: it tells all of it
    assert found["kinds"] == ["number", "label"]
    assert found["mi"] == pytest.approx(1.0, abs=0.05)
    as_number = call(rows, "--x", "dose", "--y", "a", "--ordinal", "a", "--estimator", "copula")
    assert as_number["kinds"] == ["number", "number"]


def test_rows_that_repeat_a_subject_count_once(call, rows):
    found = call(rows, "--x", "dose", "--y", "level", "--groups", "who", "--estimator", "copula")
    assert found["n"] == 50


def test_what_cannot_be_answered_is_said_with_what_can(refusal, rows):
    assert "--x, --y missing" in refusal(rows)
    assert "allowed: columns of one kind" in refusal(rows, "--x", "dose,xor", "--y", "a")
    assert "part of x and of y" in refusal(rows, "--x", "a,dose", "--y", "a")
    assert "name the column with --ordinal" in refusal(rows, "--x", "dose", "--y", "a", "--estimator", "gaussian")
    assert "--ordinal" not in refusal("--make", "sign-sum", "--estimator", "gaussian")
    assert all(name in refusal("--make", "sign-sum", "--estimator", "kgs") for name in REGISTRY.names())
    assert "allowed: level, seed, neighbours" in refusal("--make", "sign-sum", "--set", "bins=3")
    assert "NAME=VALUE" in refusal("--make", "sign-sum", "--set", "bins")
    assert "--x has no effect with --make" in refusal("--make", "sign-sum", "--x", "a")
    assert "one of the two is needed" in refusal()


@pytest.mark.parametrize(("verb", "registry"), [("information", REGISTRY), ("estimate", PID_REGISTRY)])
def test_the_help_has_a_line_for_each_estimator(verb, registry, capsys):
    with pytest.raises(SystemExit):
        main([verb, "--help"])
    shown = capsys.readouterr().out
    for name, entry in registry.items():
        (line,) = (line for line in shown.splitlines() if line.startswith(f"  {name} "))
        assert entry.label in line and line.endswith(".")


def test_people_get_a_table_and_what_is_assumed(capsys, rows):
    assert main(["information", "--make", "gaussian-pair?n=300"]) == 0
    shown = capsys.readouterr().out
    assert "I(X;Y)" in shown and "truth" in shown and "Assumes: " in shown and "ceiling" in shown
    assert main(["information", "--list"]) == 0
    shown = capsys.readouterr().out
    assert all(entry.label in shown for _, entry in REGISTRY.items())
