"""Three and more modalities: the text of the groups, what is left out, every pair against closed forms, the way to a process and back."""

from __future__ import annotations

import csv
import dataclasses
import io
import json

import numpy as np
import pytest

from mmexplore.cli import main
from mmexplore.errors import BadData
from mmexplore.labs.yourdata import pair_numbers
from mmexplore.labs.yourdata.pair_numbers import Pairs, matrix, pairs_table
from mmexplore.labs.yourdata.pair_report import pairs_content, pairs_csv
from mmexplore.labs.yourdata.pair_rows import grouped_rows, packed_groups, unpacked_groups
from mmexplore.labs.yourdata.pairs import entries, grouping, offers_pairs
from mmexplore.labs.yourdata.script import pairs_script
from mmexplore.labs.yourdata.study import Study, roles_of
from mmexplore.labs.yourdata.task import pairs_task_of, task_of
from mmexplore.report import render_report
from mmexplore.tabular import load, match_columns
from mmexplore.types import ATOMS, INFORMATIONS
from tests.labs.yourdata.xor import BIAS, FLIP, FRAME, TEXT, grouped_run, single_run, study_of_rows, written
from tests.tabular.make import npz

# -- the text of the groups -----------------------------------------------------------------------------------------------------

HEAD = "audio_1,audio_2,video_1,video_2,words,km/h,x:1,x:2,é ü,a;b,label"
DATA = load(
    (HEAD + "\n" + "".join(f"{','.join(str(k * j % 7) for j in range(1, 11))},{k % 2}\n" for k in range(40))).encode()
)


def made(text: str, **more: str):
    return grouping(Study(source="file", modalities=text, y="label", **more), DATA)


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("audio: audio_*; v: /^video_[0-9]+$/", {"audio": ("audio_1", "audio_2"), "v": ("video_1", "video_2")}),
        ("audio_*\n\n  video_1 , video_2 ;", {"audio": ("audio_1", "audio_2"), "video": ("video_1", "video_2")}),
        ("x:1, x:2; words", {"x": ("x:1", "x:2"), "words": ("words",)}),
        ("x:*; t:words", {"x": ("x:1", "x:2"), "t": ("words",)}),
        ('"a:1;b": words; "say ""hi""": km/h', {"a:1;b": ("words",), 'say "hi"': ("km/h",)}),
        ('über: é ü; odd: "a;b"', {"über": ("é ü",), "odd": ("a;b",)}),
        ("/^(words|a;b)$/; w: km/h, é ü", {"words and 1 more": ("words", "a;b"), "w": ("km/h", "é ü")}),
        (": words; video_?", {"words": ("words",), "video": ("video_1", "video_2")}),
    ],
)
def test_groups_are_read_as_they_are_meant_and_written_so_that_they_are_read_again(text, groups):
    found = made(text)
    assert {group.name: group.columns for group in found.groups} == groups
    again = made(found.text())
    assert {group.name: group.columns for group in again.groups} == groups
    for group in found.groups:  # opening a pair selects the same columns
        assert match_columns(DATA, group.text) == group.columns
    used = {name for columns in groups.values() for name in columns}
    assert {*found.left, *used, "label"} == set(DATA.names) and not used & set(found.left)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: audio_*; b: vidoe_1", ["'b'", "'vidoe_1'", "video_1"]),
        ("a: audio_*; b: nothing_*", ["'b'", "no column matches", "'nothing_*'"]),
        ("a: audio_*; b: /(/", ["'b'", "no regular expression"]),
        ("a: audio_*; b: audio_1, words", ["'audio_1'", "'a' and 'b'"]),
        ("a: audio_*; b: words, label", ["'label' is the target", "'b'"]),
        ("a: audio_*", ["1 modality", "'a'", "2 to 8"]),
        (" ; \n;;: ", ["names no columns"]),
        ("a: audio_*; a: words", ["two modalities are called 'a'"]),
        ("a: audio_*; b:", ["'b' names no columns"]),
        (
            "; ".join(f"g{k}: {name}" for k, name in enumerate([f'"{name}"' for name in DATA.names[:9]])),
            ["9 modalities", "2 to 8"],
        ),
        (f"{'n' * 61}: words; v: video_*", ["61 characters", "60"]),
        ("<b>$x$: words; v: `rm`", ["'v'", "'`rm`'"]),
        ("a: " + "x" * 10_000 + "; b: words", ["has no column"]),
        ("a" * 10_000, ["has no column"]),
        (" " * 5_000 + '"' * 5_001, ["has no column"]),
        ("a:" * 5_000, ["has no column"]),
        ("words;" * 2_000, ["two modalities are called 'words'"]),
        ("a" + " " * 10_000 + "b", ["has no column"]),
    ],
)
def test_what_is_no_text_of_groups_is_told_in_a_sentence(text, words):
    with pytest.raises(BadData) as caught:
        made(text)
    assert all(part in str(caught.value) for part in words), str(caught.value)
    assert len(str(caught.value)) < 1000


def test_semicolons_in_quotes_and_regular_expressions_separate_nothing():
    assert entries('a: "x;y", /p;q/\nb: k/h; c: l/m;"') == ['a: "x;y", /p;q/', "b: k/h", "c: l/m", '"']


def test_columns_that_say_how_rows_were_drawn_are_not_listed_as_left():
    assert "km/h" in made("audio_*; video_*").left
    assert "km/h" not in made("audio_*; video_*", groups="km/h").left
    assert made("audio_*; video_*").left_words().startswith("6 columns in no modality: words, km/h, x:1")


# -- what the data suggest ------------------------------------------------------------------------------------------------------


def test_arrays_of_a_file_are_modalities_and_none_is_dropped_silently():
    rng = np.random.default_rng(0)
    audio, video, y = rng.normal(size=(40, 3)), rng.normal(size=(40, 2)), rng.integers(0, 2, 40)
    data = load(npz(audio=audio, video=video, text=np.array(list("abcd") * 10), y=y), "three.npz")
    study = Study(source="file", file=data.sha256)
    found = grouping(study, data)
    assert {g.name: g.columns for g in found.groups} == {
        "audio": ("audio_0", "audio_1", "audio_2"),
        "video": ("video_0", "video_1"),
        "text": ("text",),
    }
    assert (found.target, found.left, found.why) == ("y", (), "the arrays of the file")
    assert offers_pairs(study, data)
    assert [g.text for g in found.groups] == ["audio_*", "video_*", "text"]
    assert any("each is a group of columns" in note for note in data.notes)
    assert "in neither: text" in roles_of(study, data).why
    rows = grouped_rows(study, data)
    assert rows.parts["video"].to_numpy().tolist() == video.tolist()
    more = load(npz(x1=audio, x2=video, x3=video[:, 0], x1_9=video[:, 1], y=y))
    assert any("'x3', 'x1_9' play no part" in note for note in more.notes)
    assert [g.name for g in grouping(Study(source="file"), more).groups] == ["x1", "x2", "x3", "x1_9"]
    two = load(npz(x1=audio, x2=video, y=y))
    assert not offers_pairs(Study(source="file"), two) and not any("play no part" in note for note in two.notes)


def test_names_of_columns_suggest_groups_and_eight_are_the_most():
    head = ",".join(f"{chr(97 + g)}_{k}" for g in range(10) for k in range(2 + (g != 3)))
    body = "".join(
        ",".join(str((i * (k + 3)) % 47) for k in range(head.count(",") + 1)) + f",{i % 2}\n" for i in range(50)
    )
    data = load(f"{head},label\n{body}".encode())
    found = grouping(Study(source="file"), data)
    assert [group.name for group in found.groups] == list("abcefghi")  # d is smaller, j comes last
    assert found.left == ("d_0", "d_1", "j_0", "j_1", "j_2") and "8 largest of 10" in found.why


# -- every pair -----------------------------------------------------------------------------------------------------------------


def entropy(p: float) -> float:
    return float(-p * np.log2(p) - (1 - p) * np.log2(1 - p))


@pytest.fixture(scope="module")
def run():
    return grouped_run()


@pytest.fixture(scope="module")
def pairs(run) -> Pairs:
    return Pairs.of(json.loads(json.dumps(run.results)))


def test_every_pair_is_what_sampled_bits_say_in_closed_form(pairs):
    """y = a XOR b, a fair, b = 1 with chance 1/4, c = a flipped with chance 1/10: a, b and c tell of y what binary channels do."""
    of_a, of_c = 1 - entropy(BIAS), 1 - entropy((1 - BIAS) * (1 - FLIP) + BIAS * FLIP)
    both_bc = 1 - entropy(FLIP)
    truth = {  # R, U1, U2, S: b tells nothing alone; c is a garbling of a
        ("a", "b"): (0.0, of_a, 0.0, 1.0 - of_a),
        ("a", "c"): (of_c, of_a - of_c, 0.0, 0.0),
        ("b", "c"): (0.0, 0.0, of_c, both_bc - of_c),
    }
    assert {(p.first, p.second) for p in pairs.pairs} == set(truth)
    assert (pairs.pairs[0].first, pairs.pairs[0].second) == ("a", "b")  # the largest S first
    for pair in pairs.pairs:
        for atom, value in zip(ATOMS, truth[pair.first, pair.second], strict=True):
            assert pair.readings[atom].value == pytest.approx(value, abs=0.12), (pair.first, pair.second, atom)
    assert pairs.entropy == pytest.approx(1.0, abs=0.02)
    assert pairs.left == ("extra",) and pairs.columns == {"a": 1, "b": 1, "c": 2}


def test_a_pair_of_the_matrix_is_what_the_two_say_by_themselves(pairs):
    alone = single_run().results
    one = next(p for p in pairs.pairs if (p.first, p.second) == ("b", "c"))
    for name in (*ATOMS, *INFORMATIONS):
        assert one.readings[name].value == pytest.approx(alone["predictive"]["readings"][name]["value"], abs=1e-9)
        assert tuple(one.readings[name].interval) == pytest.approx(tuple(alone["intervals"][name]), abs=1e-9)


def test_the_run_tells_every_pair_as_soon_as_it_is_there_and_keeps_matrices(run, pairs):
    assert [(f["first"], f["second"]) for f in run.frames] == [("a", "b"), ("a", "c"), ("b", "c")]
    arrays = run.arrays["pairs"]
    assert arrays["names"].tolist() == ["a", "b", "c"] and arrays["synergy"].shape == (3, 3)
    by = {(p.first, p.second): p for p in pairs.pairs}
    assert arrays["synergy"][0, 1] == by["a", "b"].synergy and np.isnan(arrays["synergy"][1, 0])
    assert tuple(arrays[f"redundancy_{end}"][0, 2] for end in ("low", "high")) == tuple(
        by["a", "c"].readings["redundancy"].interval
    )
    shades = matrix(pairs.names, pairs.pairs, "nat").values[0] / np.log(2)
    assert shades[0, 1] == pytest.approx(by["a", "b"].synergy) and shades[2, 0] == pytest.approx(
        by["a", "c"].readings["redundancy"].value
    )
    assert shades[0, 0] == pytest.approx(by["a", "c"].readings["i1"].value)
    assert np.isnan(matrix(pairs.names, pairs.pairs[:1], "bit").values[0, 2, 2])
    rows = pairs_table(pairs.pairs, "bit", 0.95).rows
    assert rows[0][:2] == ("a", "b") and len(rows) == 3


def test_rows_travel_to_a_process_and_what_ifs_of_one_modality_are_named():
    rows = grouped_rows(study_of_rows(noise1=2.0, rows=100, groups="extra"), written())
    again = unpacked_groups(packed_groups(rows))
    assert list(again.parts) == list(rows.parts) == ["a", "b", "c"]
    for name, part in rows.parts.items():
        assert again.parts[name].astype(str).equals(part.astype(str))
    assert (again.y == rows.y).all() and (again.sampling.groups == rows.sampling.groups).all()
    assert (again.left, again.said) == (rows.left, rows.said) == ((), rows.said)
    assert len(rows.y) == 100 and any("not applied to all pairs: Noise in modality 1" in said for said in rows.said)
    plain = grouped_rows(study_of_rows(rows=100), written())
    assert plain.parts["a"].equals(rows.parts["a"])  # the same 100 rows, without noise


def test_opening_another_pair_asks_for_the_same_run():
    study = study_of_rows()
    opened = study.put(x1="b_*", x2="c_*", noise2=1.0)
    assert pairs_task_of(study, "s" * 64) == pairs_task_of(opened, "s" * 64)
    assert pairs_task_of(study, "s" * 64) != pairs_task_of(study.put(rows=100), "s" * 64)
    assert task_of(study, "s" * 64) != task_of(opened, "s" * 64)


def test_the_command_line_prints_the_matrix_and_every_pair(pairs, tmp_path, monkeypatch, capsys):
    (tmp_path / "rows.csv").write_text(FRAME.to_csv(index=False))
    asked = []
    monkeypatch.setattr(
        pair_numbers, "every_pair", lambda rows, *rest: asked.append(rows) or pairs
    )  # fitted once, above
    command = ["study", str(tmp_path / "rows.csv"), "--modalities", TEXT, "--y", "label"]
    assert main(command) == 0
    out = capsys.readouterr().out
    assert list(asked[0].parts) == ["a", "b", "c"] and len(asked[0].y) == len(FRAME)
    by = {(p.first, p.second): p.readings for p in pairs.pairs}
    grid = {line.split()[0]: line.split()[1:] for line in out.splitlines()[2:5]}
    assert (
        grid["a"][1] == f"{by['a', 'b']['synergy'].value:.4f}"
        and grid["c"][0] == f"{by['a', 'c']['redundancy'].value:.4f}"
    )
    assert out.splitlines()[7].split()[:3] == ["a", "x", "b"] and "1 column in no modality: extra" in out
    assert main([*command, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [(p["first"], p["second"]) for p in document["pairs"]] == [(p.first, p.second) for p in pairs.pairs]
    assert document["columns_in_no_modality"] == ["extra"] and document["study"]["modalities"] == TEXT
    assert main([*command, "--report", str(tmp_path / "pairs.html")]) == 0
    assert "Report: " in capsys.readouterr().out
    html = (tmp_path / "pairs.html").read_text("utf-8")
    assert "What every pair of 3 modalities tells about label" in html and "1 column in no modality: extra" in html
    for more in (["--x1", "a_1"], ["--decompose", "states"]):
        assert main([*command, *more]) == 2
        assert "--modalities" in capsys.readouterr().err


def test_the_report_of_all_pairs_holds_every_number_and_takes_names_as_text(pairs):
    hostile = "<img src=x onerror=alert(1)>"
    columns = {"b_1": hostile, "label": f"{hostile} y"}
    data = load(FRAME.rename(columns=columns).to_csv(index=False).encode(), "rows.csv")
    text = TEXT.replace("b: b_*", f'"b {hostile}": "{hostile}"')
    study = Study(source="file", file=data.sha256, y=f'"{hostile} y"', modalities=text, unit="nat")
    renamed = {"a": "a", "b": f"b {hostile}", "c": "c"}
    every = dataclasses.replace(
        pairs,
        names=tuple(renamed.values()),
        pairs=tuple(dataclasses.replace(p, first=renamed[p.first], second=renamed[p.second]) for p in pairs.pairs),
    )
    html = render_report(pairs_content(every, study, data))
    assert hostile not in html and "&lt;img" in html
    strongest = max(pairs.pairs, key=lambda pair: pair.synergy)
    assert f"S {np.log(2) * strongest.synergy:.3g} nat" in html
    lines = list(csv.DictReader(io.StringIO(pairs_csv(every, "nat"))))
    assert len(lines) == 3
    for line, pair in zip(lines, every.pairs, strict=True):
        for name, symbol in (("redundancy", "R"), ("i12", "I12")):
            read = pair.readings[name]
            assert float(line[f"{symbol} (nat), high"]) == pytest.approx(np.log(2) * read.interval.high, abs=1e-12)


def test_the_script_of_all_pairs_makes_the_numbers_of_the_page(pairs, tmp_path, monkeypatch, capsys):
    (tmp_path / "rows.csv").write_bytes(FRAME.to_csv(index=False).encode())
    monkeypatch.chdir(tmp_path)
    exec(
        compile(pairs_script(study_of_rows(), load(str(tmp_path / "rows.csv"))), "view.py", "exec"),
        {"__name__": "__main__"},
    )
    printed = json.loads(capsys.readouterr().out)
    assert [p["readings"] for p in printed["pairs"]] == [p["readings"] for p in pairs.to_dict()["pairs"]]
