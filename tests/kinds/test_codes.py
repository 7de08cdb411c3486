"""Kind 4: numbers that are codes. One rule for every verb; the other reading and its answer stand beside it."""

from __future__ import annotations

import numpy as np
import pytest

from mmexplore.errors import BadData
from mmexplore.info.samples import pid_from_samples
from mmexplore.tabular import load
from mmexplore.tabular.scales import scales
from tests.kinds.verbs import by_page, by_verbs, call

GOOD = {2, 5, 7, 8}


def clinic(values: list[int], n: int = 320) -> str:
    """A code that decides the target by membership in a set: 1 bit of x1 alone; x2 tells nothing."""
    rows = [(values[k % 8], k // 8 % 2, (k % 8 + 1) in GOOD) for k in range(n)]
    return "x1,x2,y\n" + "".join(f"{a},{'uv'[b]},{'yes' if c else 'no'}\n" for a, b, c in rows)


FACES = {
    "clinic": [1, 2, 3, 4, 5, 6, 7, 8],
    "class from zero": [0, 1, 2, 3, 4, 5, 6, 7],
    "postcode": [10115, 20095, 30159, 40210, 50667, 60311, 70173, 80331],
    "negative codes": [-4, -3, -2, -1, 1, 2, 3, 4],
}


@pytest.mark.parametrize("values", FACES.values(), ids=FACES)
def test_a_code_is_a_label_in_every_verb(values, tmp_path):
    truth = [0.0, 1.0, 0.0, 0.0]  # U1 is H(y) = 1 bit, as four of eight codes are good
    atoms, words = by_page(clinic(values))
    assert atoms == pytest.approx(truth, abs=1e-9)
    assert any("nominal" in sentence for sentence in words)
    assert any("the other way" in sentence for sentence in words)
    for verb, found in by_verbs(clinic(values), tmp_path).items():
        assert found == pytest.approx(truth, abs=1e-9), verb


def test_the_other_reading_is_one_option_away_in_every_verb(tmp_path):
    content = clinic(FACES["clinic"])
    atoms, _ = by_page(content, ordinal="x1", bins1=2)
    k = np.arange(320)
    code = k % 8 + 1
    binned = pid_from_samples(code > 4, k // 8 % 2, np.isin(code, list(GOOD)))  # equal halves
    assert atoms == pytest.approx([float(a) for a in binned.atoms], abs=1e-9)
    path = tmp_path / "small.csv"
    path.write_text(content)
    status, out, _ = call("pid", str(path), "--x1", "x1", "--x2", "x2", "--y", "y", "--ordinal", "x1", "--bins", "2")
    assert status == 0 and f"{atoms[1]:.6f}" in out
    status, _, err = call("pid", str(path), "--x1", "x1", "--x2", "x2", "--y", "y", "--ordinal", "x1")
    assert status == 2 and "--bins N" in err


def test_the_reason_stands_first(tmp_path):
    path = tmp_path / "small.csv"
    path.write_text(clinic(FACES["postcode"]))
    for verb, more in (("pid", ()), ("study", ("--bootstraps", "0", "--permutations", "0"))):
        status, out, _ = call(verb, str(path), "--x1", "x1", "--x2", "x2", "--y", "y", *more)
        lines = out.splitlines()
        assert status == 0 and lines[1].startswith(
            "! column 'x1' is taken as labels (nominal): whole numbers of equally many digits"
        )
        assert "decides the answer" in lines[2]


def test_the_target_of_estimate_follows_the_rule(tmp_path):
    k = np.arange(300)
    path = tmp_path / "small.csv"
    path.write_text(
        "x1,x2,class\n" + "".join(f"{(i * 37 % 300) / 7:.3f},{(i * 11 % 300) / 3:.3f},{i % 4}\n" for i in k)
    )
    status, out, err = call("estimate", str(path), "--x1", "x1", "--x2", "x2", "--y", "class", "--estimator", "binned")
    assert status == 0, err
    assert "a class label" in out and "column 'class' is taken as labels" in out
    codes = tmp_path / "codes.csv"
    codes.write_text("clinic,x2,y\n" + "".join(f"{i % 6},{(i * 11 % 300) / 3:.3f},{'ab'[i % 2]}\n" for i in k))
    columns = ("--x1", "clinic", "--x2", "x2", "--y", "y", "--estimator", "binned")
    _, out, _ = call("estimate", str(codes), *columns)
    assert "taken as numbers by binned" in out.splitlines()[1]
    status, _, err = call("estimate", str(codes), *columns, "--nominal", "clinic")
    assert status == 2 and "takes numbers alone" in err


@pytest.mark.parametrize(
    ("name", "values", "nominal"),
    [
        ("ward", range(20), True),  # its name says so
        ("score", range(20), False),  # nothing says so
        ("v", [10115 + 17 * k * k for k in range(20)], True),  # uneven steps, equally many digits
        ("dose", [0.5 * k for k in range(20)], False),
        ("class", [0.5 * k for k in range(20)], False),  # fractions are no codes
        ("ward", range(40), False),  # too many to be states unasked
        ("v", range(12), True),
    ],
)
def test_the_rule(name, values, nominal):
    values = list(values)
    data = load((f"{name},w\n" + "".join(f"{values[k % len(values)]},{k % 2}\n" for k in range(400))).encode())
    assert scales(data, ((name,),))[name].nominal is nominal


def test_many_columns_of_few_values_are_numbers():
    header = ",".join(f"p{k}" for k in range(6))
    rows = "".join(",".join(str((k * (j % 4 + 1) + j) % 5) for j in range(6)) + "\n" for k in range(200))
    data = load(f"{header}\n{rows}".encode())
    found = scales(data, (data.names,))
    assert not any(scale.nominal for scale in found.values())
    assert all("15,625 joint states" in scale.why for scale in found.values())
    chosen = scales(data, (data.names,), nominal="p1")
    assert chosen["p1"].nominal and chosen["p1"].chosen


def test_contradictions_are_refused():
    data = load(clinic(FACES["clinic"]).encode())
    with pytest.raises(BadData, match="nominal and ordinal"):
        scales(data, (("x1",),), nominal="x1", ordinal="x*")
    with pytest.raises(BadData, match="holds 'u'; allowed: numbers"):
        scales(data, (("x2",),), ordinal="x2")
