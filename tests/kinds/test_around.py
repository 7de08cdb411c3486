"""Kind 6: what stands around a table is set aside and shown, and no row is lost."""

from __future__ import annotations

import re

import pytest

from mmexplore.errors import BadData
from mmexplore.tabular import load

ROWS = "".join(f"{k * 1.5},{'ab'[k % 2]},{k % 3}\n" for k in range(12))
HEAD = "x,g,y\n"
PLAIN = HEAD + ROWS
TOTAL = f"Total,{sum(k * 1.5 for k in range(12))},{sum(k % 3 for k in range(12))}\n"


def spaces(text: str) -> str:
    return text.replace(",", " ")


@pytest.mark.parametrize(
    ("content", "left"),
    [
        ("# one, two, three\n" + PLAIN, {1: "comments"}),
        ("% made\n// by, us, now\n" + PLAIN, {1: "comments", 2: "comments"}),
        ("; made, by, us\n" + PLAIN, {1: "comments"}),
        ("~ measured, on, Monday\n" + PLAIN, {1: "comments"}),
        (HEAD + ROWS + "! checked, yes, no\n", {14: "comments"}),
        (HEAD + "#9,a,1\n" + ROWS, {2: "comments"}),
        ("My results\n\n" + PLAIN, {1: "titles"}),
        ("My results, of 2020\n" + PLAIN, {1: "titles"}),
        ("My results,,\n" + PLAIN, {1: "titles"}),
        (";note\n" + PLAIN.replace(",", ";"), {1: "titles"}),
        ("encoding: utf-8\n" + PLAIN, {1: "titles"}),
        ("# -*- coding: utf-8 -*-\n" + PLAIN, {1: "comments"}),
        ("sep=;\n" + PLAIN.replace(",", ";"), {1: "a statement"}),
        ("# by me\nsep=;\n" + PLAIN.replace(",", ";"), {1: "comments", 2: "a statement"}),
        ("Results of my experiment\n" + spaces(PLAIN), {1: "titles"}),
        (HEAD + "mV,-,s\n" + ROWS, {2: "units"}),
        (HEAD + "(mV),,(s)\n" + ROWS, {2: "units"}),
        (HEAD + "float,string,int\n" + ROWS, {2: "units"}),
        (HEAD + "How old are you?,Group,How many?\n" + ROWS, {2: "units"}),
        ("#x,g,y\n" + ROWS, {}),
        ("~ x,g,y\n" + ROWS, {}),
        ("# x,g,y\n# mV,-,s\n" + ROWS, {2: "comments"}),
        ("# by me\n# x g y\n" + spaces(ROWS), {1: "comments"}),
        ("~Version\nVERS. 2.0 : x\n~A x g y\n" + spaces(ROWS), {1: "comments", 2: "comments"}),
        (PLAIN + "Total,,12\n", {14: "totals"}),
        (PLAIN + "\nSource: WHO, 2020\n", {15: "lines below"}),
        (PLAIN + "\n\nSource: WHO, 2020, revised\nn = 12\n", {16: "lines below", 17: "lines below"}),
        (PLAIN.replace("\n", "\n\n"), {}),
        (PLAIN.replace("\n", "\r\n") + "Total,,12\r\n", {14: "totals"}),
    ],
)
def test_the_table_is_found_and_what_was_left_out_is_shown(content, left):
    data, plain = load(content.encode(), "f.csv"), load(PLAIN.encode())
    assert data.names == plain.names
    assert data.frame.astype(str).equals(plain.frame.astype(str))
    told = [text for text in data.first_notes() if text.startswith("left out")]
    for line, what in left.items():
        assert any(text.startswith(f"left out as {what}") and f"line {line} (" in text for text in told), told
    assert sum(len(re.findall(r"\bline \d+ \(", text)) for text in told) == len(left)
    lines = content.splitlines()
    assert [lines[line - 1].startswith(str(x)) for line, x in zip(data.lines or (), data.frame["x"], strict=True)] == [
        True
    ] * 12


def test_the_header_again_and_its_units():
    data = load((HEAD + "mV,-,s\n" + ROWS + HEAD + "mV,-,s\n" + ROWS).encode())
    assert len(data) == 24 and data.column("x").numeric
    assert data.lines is not None and data.lines[12] == 17


def test_a_total_of_labels_is_judged_by_its_sum():
    body = "g,x,y\n" + "".join(f"{'ab'[k % 2]},{k * 1.5},{k % 3}\n" for k in range(12))
    assert len(load((body + TOTAL).encode())) == 12
    kept = load((body + "Total,3.25,1\n").encode())  # no sum: a label, perhaps
    assert len(kept) == 13
    assert any(
        "line 14 ('Total,3.25,1') stands at the end like a total or a remark" in text for text in kept.first_notes()
    )


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("tag,x\n" + "".join(f"#{'ab'[k % 2]},{k * 1.5}\n" for k in range(12)), 12),  # the sign is part of the labels
        ("tag,x\n" + "".join(f"{'ab'[k % 2]},{k * 1.5}\n" for k in range(12)) + "#c,3.5\nd,9.5\n", 14),
        (";x;y\n" + "".join(f"{k};{k * 1.5};{k % 2}\n" for k in range(9)), 9),
        ("t,x\n" + "".join(f'"line\n# {k}, more",{k * 1.5}\n' for k in range(8)), 8),
        ("g,v\nmale,n.d.\n" + "".join(f"{('male', 'female')[k % 2]},{k}\n" for k in range(9)), 10),
        ("a,b\n" + "x,y\n" * 4 + "y,x\n" * 4, 8),
        ("name,v\nmin,1\nmax,2\nmin,3\nmax,4\nn,5\nmax,6\n", 6),
        ("0,1,2\n0,1,2\n3,4,5\n", 2),
        ("%fat,g,y\n" + ROWS, 12),
        ("v\n" + "".join(f"{k}\n" for k in range(20)), 20),
    ],
)
def test_no_row_is_lost(content, rows):
    assert len(load(content.encode())) == rows


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (HEAD + ROWS + "Group B\n" + ROWS, ["line 14", "'Group B'", "no part of the table"]),
        (HEAD + ROWS + "9.5,a\n", ["line 14", "2 cells"]),
        ("a,b,c,d,e\n" + ROWS, ["line 1", "5 cells", "'a,b,c,d,e'", "12 lines below it have 3"]),
        ("a,b,c,d\nx,g,y\n" + ROWS, ["line 1", "4 cells"]),
    ],
)
def test_what_cannot_be_told_names_its_line(content, words):
    with pytest.raises(BadData) as caught:
        load(content.encode(), "f.csv")
    assert all(word in str(caught.value) for word in words), caught.value


def test_what_is_shown_is_one_line_and_bounded():
    data = load(("# <img src=x onerror=alert(1)>" + "x" * 500 + "\n" + PLAIN).encode())
    assert all(len(text) < 200 and "\n" not in text for text in data.first_notes())
    many = load(("".join(f"# c{k}\n" for k in range(300)) + PLAIN).encode())
    assert any("(300 lines in all)" in text for text in many.first_notes())
