"""The command line: right numbers, every bad input one sentence on stderr and exit status 2."""

from __future__ import annotations

import json
import math
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mmexplore as mm
from mmexplore import datasets
from mmexplore.cli import main
from mmexplore.whatif.tables import WhatIf

FIELDS = {
    *("redundancy", "unique1", "unique2", "synergy", "i1", "i2", "i12", "gap", "unit", "measure"),
    *("lower", "upper", "certificate", "converged", "source"),
}
AND_ROWS = "x1,x2,y,p\n0,0,0,.25\n0,1,0,.25\n1,0,0,.25\n1,1,1,.25\n"


def entropy(p: float) -> float:
    return -p * math.log2(p) - (1 - p) * math.log2(1 - p)


@pytest.fixture
def file(tmp_path):
    def write(text: str | bytes, name: str = "data.csv") -> str:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(path)

    return write


@pytest.fixture
def answer(capsys):
    def run(*arguments: str):
        assert main([*arguments, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def refusal(capsys):
    def run(*arguments: str) -> str:
        status = main(arguments)
        out, err = capsys.readouterr()
        assert (status, out, err.count("\n")) == (2, "", 1), (status, out, err)
        assert err.startswith("mmexplore: ")
        return err

    return run


def atoms(result) -> tuple[float, ...]:
    return tuple(result[name] for name in ("redundancy", "unique1", "unique2", "synergy"))


# -- right numbers ---------------------------------------------------------------------------------------------------


def test_a_gate_as_json(answer):
    result = answer("pid", "--gate", "and")
    assert set(result) >= FIELDS
    assert atoms(result) == pytest.approx((0.311278, 0, 0, 0.5), abs=1e-6)
    assert (result["unit"], result["measure"], result["source"]) == ("bit", "broja", {"gate": "and"})
    assert 0 <= result["gap"] <= 1e-9
    assert result["converged"] is True


@pytest.mark.parametrize("noise", [0.0, 0.1, 0.37])
def test_noisy_xor_keeps_one_minus_the_entropy_of_the_noise(answer, noise):
    result = answer("pid", "--gate", "xor", "--noise", str(noise))
    assert atoms(result) == pytest.approx((0, 0, 0, 1 - (entropy(noise) if noise else 0)), abs=1e-8)


def test_every_what_if_is_an_option(answer):
    values = {p.name: p.low + 0.25 * (p.high - p.low) for p in WhatIf.parameters()}
    given_values = [text for name, value in values.items() for text in (f"--{name}", repr(value))]
    result = answer("pid", "--gate", "dyadic", "--measure", "imin", *given_values)
    assert result["source"] == {"gate": "dyadic", **values}
    r = mm.pid(datasets.what_if(datasets.gate("dyadic"), **values), "imin")
    assert atoms(result) == pytest.approx(tuple(r.atoms), abs=1e-12)


def test_a_mixture_runs_from_one_gate_to_the_other(answer):
    ends = [answer("pid", "--gate", "rdn", "--mix-with", "xor", "--mix", share) for share in ("0", "1")]
    assert atoms(ends[0]) == pytest.approx((1, 0, 0, 0), abs=1e-9)
    assert atoms(ends[1]) == pytest.approx((0, 0, 0, 1), abs=1e-9)


def test_a_gates_own_parameter(answer):
    along_one = answer("pid", "--gate", "gaussians", "--angle", "0", "--bins", "50")
    assert atoms(along_one) == pytest.approx((0, 0.912, 0, 0), abs=1e-3)


def test_nats_are_bits_times_ln2(answer):
    bits, nats = answer("pid", "--gate", "sum"), answer("pid", "--gate", "sum", "--nats")
    assert nats["unit"] == "nat"
    assert atoms(nats) == pytest.approx([x * math.log(2) for x in atoms(bits)], abs=1e-12)


def test_a_table_file(answer, file):
    assert atoms(answer("pid", "--table", file(AND_ROWS))) == pytest.approx((0.311278, 0, 0, 0.5), abs=1e-6)


def test_counts_with_normalize_and_other_delimiters(answer, file):
    counts = "y;x2;p;x1\nno;l;7;a\nno;r;7;a\nno;l;7;b\nyes;r;7;b\n"
    result = answer("pid", "--table", file(counts), "--normalize")
    assert atoms(result) == pytest.approx((0.311278, 0, 0, 0.5), abs=1e-6)


def test_sample_rows_with_joint_columns(answer, file):
    rows = ["a,b,c,label"]
    rows += [f"{a},{b},{c},{'odd' if (a + c) % 2 else 'even'}" for a in (0, 1) for b in (0, 1) for c in (0, 1)]
    result = answer("pid", file("\n".join(rows)), "--x1", "a,b", "--x2", "c", "--y", "label")
    assert atoms(result) == pytest.approx((0, 0, 0, 1), abs=1e-9)
    assert result["shape"] == [4, 2, 2]
    assert result["source"]["rows"] == 8


def test_measurements_are_binned_when_asked(answer, file):
    rows = ["v,w,label"] + [f"{i / 97},{(i * 37 % 97) / 97},{int(i >= 48)}" for i in range(96)]
    result = answer("pid", file("\n".join(rows)), "--x1", "v", "--x2", "w", "--y", "label", "--bins", "2")
    assert result["shape"] == [2, 2, 2]
    assert result["i1"] == pytest.approx(1.0)  # the median cut of v is the label


def test_a_column_name_may_hold_a_comma(answer, file):
    rows = 'a,"dose, mg",c\n0,1,0\n1,0,1\n'
    result = answer("pid", file(rows), "--x1", "dose, mg", "--x2", "a", "--y", "c")
    assert result["redundancy"] == pytest.approx(1.0)


def test_one_and_1_0_are_one_label(answer, file):
    result = answer("pid", file("a,b,c\n1,x,0\n1.0,x,0\n2,x,1\n2.0,x,1\n"), "--x1", "a", "--x2", "b", "--y", "c")
    assert result["shape"] == [2, 1, 2]


def test_modalities_by_pattern_from_any_format(answer, tmp_path):
    bits = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)] * 3)
    frame = pd.DataFrame(
        {
            "audio_1": bits[:, 0],
            "audio_2": bits[:, 1],
            "text_1": bits[:, 2],
            "label": np.where(bits.sum(axis=1) % 2, "odd", "even"),
        }
    )
    frame.to_csv(tmp_path / "a.csv.gz", index=False)
    frame.to_parquet(tmp_path / "a.parquet", index=False)
    np.savez(tmp_path / "a.npz", audio=bits[:, :2], text=bits[:, 2], label=frame["label"].tolist())
    for name, x2 in (("a.csv.gz", "text_*"), ("a.parquet", "/^te/"), ("a.npz", "text")):
        result = answer("pid", str(tmp_path / name), "--x1", "audio_*", "--x2", x2, "--y", "label")
        assert atoms(result) == pytest.approx((0, 0, 0, 1), abs=1e-9)
        assert result["shape"] == [4, 2, 2]
        assert len(result["source"]["x1"]) == 2


def test_what_was_done_to_a_file_is_told(answer, file, capsys):
    rows = "id;v;w;label\n" + "".join(f"u{i};{i % 2};{i % 3 or 'NA'};{i % 2}\n" for i in range(30))
    options = ["pid", file(rows), "--x1", "v, id", "--x2", "w", "--y", "label"]
    result = answer(*options)
    assert result["source"]["rows"] == 20
    notes = " ".join(result["source"]["notes"])
    assert all(
        words in notes for words in ("semicolon", "10 rows with a missing value", "'id' is different on every row")
    )
    assert main(options) == 0
    assert "I = H(Y)" in capsys.readouterr().out


def test_real_data_by_name(answer):
    result = answer("pid", "--real", "iris", "--bins", "3")
    assert result["source"]["rows"] == 150
    assert result["shape"][2] == 3
    assert result["i12"] <= math.log2(3)


def test_every_measure_side_by_side(answer):
    results = answer("compare", "--gate", "copy")
    by_name = {result["measure"]: result for result in results}
    assert set(by_name) == set(mm.measures())
    assert by_name["broja"]["redundancy"] == pytest.approx(0, abs=1e-9)
    assert by_name["mmi"]["redundancy"] == pytest.approx(1)


@pytest.mark.parametrize("verb", ["measures", "gates", "data"])
def test_listings_name_everything(answer, capsys, verb):
    names = [entry["name"] for entry in answer(verb)]
    assert len(names) >= 6
    assert main([verb]) == 0
    out = capsys.readouterr().out
    assert all(f"{name} " in out for name in names)


def test_the_table_for_people_says_the_certificate(capsys):
    assert main(["pid", "--gate", "and"]) == 0
    out = capsys.readouterr().out
    assert "0.311278" in out
    assert "0.500000" in out
    assert "bits" in out
    assert "every atom lies within" in out
    assert main(["pid", "--gate", "and", "--measure", "mmi"]) == 0
    assert "exact" in capsys.readouterr().out


def test_a_missed_tolerance_is_said(capsys):
    assert main(["pid", "--gate", "gaussians", "--tolerance", "1e-17"]) == 0
    assert "misses the 1e-17 asked for" in capsys.readouterr().out


def test_as_a_program():
    command = [sys.executable, "-m", "mmexplore", "pid", "--gate", "xor", "--json"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stderr) == (0, "")
    assert json.loads(run.stdout)["synergy"] == pytest.approx(1)
    run = subprocess.run([*command, "--noise", "2"], capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == "mmexplore: noise is 2; allowed: 0 to 0.5\n"


# -- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], ["COMMAND"]),
        (["pidd"], ["pidd", "pid"]),
        (["pid"], ["nothing", "--gate", "--table"]),
        (["pid", "--gate", "and", "--real", "iris"], ["--gate", "--real"]),
        (["pid", "--gate", "andd"], ["andd", "did you mean 'and'"]),
        (["pid", "--gate", "and", "--noise", "0.7"], ["noise", "0.7", "0 to 0.5"]),
        (["pid", "--gate", "and", "--correlation", "-3"], ["correlation", "-3", "-1 to 1"]),
        (["pid", "--gate", "and", "--noise", "much"], ["noise", "much", "0 to 0.5"]),
        (["pid", "--gate", "and", "--noise", "nan"], ["noise", "nan", "0 to 0.5"]),
        (["pid", "--gate", "and", "--angle", "3"], ["angle", "none of its own"]),
        (["pid", "--gate", "and", "--measure", "brojaa"], ["brojaa", "did you mean 'broja'"]),
        (["pid", "--gate", "and", "--tolerance", "5"], ["tolerance", "5", "at most 1"]),
        (["pid", "--gate", "and", "--x1", "a"], ["--x1", "no effect", "rows"]),
        (["pid", "--gate", "and", "--normalize"], ["--normalize", "no effect", "--table"]),
        (["pid", "--gate", "and", "--mix", "0.5"], ["--mix", "--mix-with"]),
        (["pid", "--gate", "and", "--colour", "red"], ["--colour"]),
        (["pid", "--real", "irises"], ["irises", "iris"]),
        (["pid", "--real", "iris", "--bins", "40"], ["bins1", "40", "2 to 12"]),
        (["pid", "--table", "no/such/file.csv"], ["no/such/file.csv", "No such file"]),
        (["serve", "--port", "70000"], ["port", "70000", "65535"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_options_are_refused_in_a_sentence(refusal, arguments, says):
    err = refusal(*arguments)
    assert all(word in err for word in says), err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", ["empty"]),
        ("x1,x2,y,p\n", ["no rows"]),
        ("x1,x2,y\n0,0,0\n0,1,1\n", ["'p'", "x1, x2, y"]),
        ("x1,x2,y,p\n0,0,0\n", ["line 2", "3 cells", "4"]),
        ("x1,x2,y,p\n0,0,0,half\n", ["line 2", "half"]),
        ("x1,x2,y,p\n0,0,0,1\n0,0,1,inf\n", ["line 3", "inf"]),
        ("x1,x2,y,p\n0,0,0,-.5\n0,0,1,1.5\n", ["line 2", "-0.5"]),
        ("x1,x2,y,p\n0,0,0,.5\n0,0,1,.4\n", ["0.9", "--normalize"]),
        ("x1,x2,y,p\n0,0,0,0\n", ["sums to 0"]),
        ("x1,x2,y,p\n0,0,0,.5\n0,0,0,.5\n", ["x1=0, x2=0, y=0", "2 times"]),
        ("x1,x2,y,p\n0,,0,1\n", ["line 2", "'x2'", "missing"]),
        ("x1,x1,y,p\n0,0,0,1\n", ["two columns", "x1"]),
        ("x1,,y,p\n0,0,0,1\n", ["column 2", "no name"]),
        ('x1,x2,y,p\n"0,0,0,1\n', ["line", "not CSV"]),
        (b"\x7fELF\x00\x01\x02", ["not text"]),
        ("é,x2\n".encode("latin-1") + b"\x01,2\n", ["not text", "UTF-8"]),
    ],
)
def test_a_bad_table_is_refused_in_a_sentence(refusal, file, content, says):
    err = refusal("pid", "--table", file(content))
    assert all(word in err for word in says), err
    assert "data.csv" in err


def test_rows_need_their_columns(refusal, file):
    path = file("age,kind,label\n1,a,x\n2,b,y\n")
    assert "--x2, --y" in refusal("pid", path, "--x1", "age")
    err = refusal("pid", path, "--x1", "age", "--x2", "colour", "--y", "label")
    assert "'colour'" in err
    assert "age, kind, label" in err


def test_measurements_are_refused_without_bins(refusal, file):
    path = file("v,w,label\n" + "\n".join(f"{i / 7},{i % 2},{i % 3}" for i in range(40)))
    err = refusal("pid", path, "--x1", "v", "--x2", "w", "--y", "label")
    assert all(word in err for word in ("'v'", "40 different values", "--bins N"))
    assert "bins is 99" in refusal("pid", path, "--x1", "v", "--x2", "w", "--y", "label", "--bins", "99")


def test_identifiers_do_not_make_a_giant_table(refusal, file):
    path = file("a,b,c\n" + "\n".join(f"id{i},name{i},{i % 2}" for i in range(1100)))
    assert "1,100 x 1,100 x 2" in refusal("pid", path, "--x1", "a", "--x2", "b", "--y", "c")


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.one_of(st.binary(max_size=60), st.text("x12yp,;\n\"'.-+e0 \r\t", max_size=60).map(str.encode)))
def test_no_file_makes_a_traceback(content, tmp_path, capsys):
    path = tmp_path / "any.csv"
    path.write_bytes(b"x1,x2,y,p\n" + content if content[:1] < b"a" else content)
    for arguments in (["--table", str(path)], [str(path), "--x1", "x1", "--x2", "x2", "--y", "y"]):
        status = main(["pid", *arguments, "--measure", "mmi"])
        err = capsys.readouterr().err
        assert status == 0 or (status == 2 and err.count("\n") == 1)


ROWS = "a_1,a_2,b,label\n" + "".join(f"{i % 5},{i % 3},{i % 2},{'xy'[(i % 5 > 2) ^ (i % 2)]}\n" for i in range(120))


def test_a_study_writes_a_report_and_json(file, answer, tmp_path):
    report = tmp_path / "out.html"
    columns = ("--x1", "a_*", "--x2", "b", "--y", "label", "--ordinal", "a_*")
    said = answer("study", file(ROWS), *columns, "--bootstraps", "50", "--permutations", "50", "--report", str(report))
    assert said["estimate"]["n"] == 120
    low, high = said["estimate"]["intervals"]["synergy"]
    assert low <= said["synergy"] <= high
    assert report.read_text("utf-8").lower().startswith("<!doctype html>")


def test_pid_writes_a_report_of_rows_only(answer, refusal, tmp_path):
    report = tmp_path / "out.html"
    answer("pid", "--real", "iris", "--report", str(report))
    assert report.exists()
    assert "--report estimates from rows" in refusal("pid", "--gate", "and", "--report", str(report))


def test_a_study_refuses_what_is_out_of_range(refusal):
    assert "bins1 is 99; allowed: whole numbers 2 to 64" in refusal("study", "--real", "iris", "--bins1", "99")


def test_a_dashboard_without_streamlit_is_a_sentence():
    source = "import sys; sys.modules['streamlit'] = None; from mmexplore.cli import main; sys.exit(main(['serve']))"
    run = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=60)
    assert run.returncode == 2 and len(run.stderr.splitlines()) == 1
    assert "needs streamlit" in run.stderr and "pip install 'mmexplore[app]'" in run.stderr
