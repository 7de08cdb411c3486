"""The command line says today what it said when `tests/recorded/verbs.json` was recorded: every verb, its main options, its numbers.

An entry of the table is one call: its arguments (`argv`), calls to be made before it (`first`), its exit status, and what it
answered: JSON as it is, a text for people as its words (each number a #) and its numbers, a refusal as its sentence; besides, the
files it wrote. Wall times, sizes on disk and numbers of iterations are left out (`DROPPED`).

Numbers agree to 1e-9, absolute or relative; beside a certified `gap`, to that gap. An entry with a `tolerance` of its own says
`why`. Where networks are trained the numbers hang on the processor a little: `trained.json` is compared to 0.05, its words and
shapes exactly.

To record anew, after a change that is meant: ``python -m tests.test_verbs`` from the top folder (``... verbs pid`` for the calls of
`verbs.json` that begin with pid). It keeps the calls that stand in the tables and records their answers; a new call is added to the
table as ``{"argv": [...]}``.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mmexplore import runs
from mmexplore.cli import main
from mmexplore.runs.engines import LocalEngine
from tests.recorded.comparing import NUMBER, differences, fingerprint

RECORDED = Path(__file__).parent / "recorded"
TABLES = {"verbs": RECORDED / "verbs.json", "trained": RECORDED / "trained.json"}
TOLERANCE = {"verbs": 1e-9, "trained": 0.05}

ASKED = ("argv", "first", "tolerance", "why")  # of an entry; the rest is what was answered
LISTINGS = ("measures", "gates", "data")  # compared in the order of names: theirs hangs on what was imported before
# keys of JSON answers that tell of the machine, not of what was asked; "study" is a link, which tests/test_links.py guards
DROPPED = {"seconds", "iterations", "bytes", "device", "study", "started", "ended"}
_TIMES = re.compile(r"\d+ iterations, [\d.]+ ms|[\d.]+ s on \w+|\b[\d.]+ (?:s|MB)\b")


# -- the files the calls read ---------------------------------------------------------------------------------------------


def write_files(folder: Path) -> None:
    """The same files on every machine."""
    (folder / "table.csv").write_text("x1,x2,y,p\n0,0,0,.3\n0,1,0,.2\n1,0,0,.15\n1,1,1,.25\n1,1,0,.1\n")
    (folder / "counts.csv").write_text("y;x2;count;x1\nno;l;7;a\nno;r;6;a\nno;l;5;b\nyes;r;9;b\nyes;l;1;b\n")
    k = np.arange(160)
    age, dose = 20 + (k * 37 % 61), np.round((k * 29 % 160) / 16 + (k % 7) / 10, 2)
    outcome = np.where((age + 4 * dose + 11 * (k * 13 % 5) > 80) ^ (k % 9 == 0), "well", "ill")
    rows = pd.DataFrame(
        {"age": age, "sex": np.where(k % 3 == 0, "f", "m"), "dose": dose, "kind": k % 4, "outcome": outcome}
    )
    rows.to_csv(folder / "rows.csv", index=False)
    rows.to_parquet(folder / "rows.parquet", index=False)
    gaps = rows.astype({"dose": object})
    gaps.loc[::11, "dose"] = ""
    gaps.to_csv(folder / "gaps.tsv", sep="\t", index=False)
    bits = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)] * 4)
    np.savez(folder / "bits.npz", audio=bits[:, :2], text=bits[:, 2], label=bits.sum(axis=1) % 2)
    rng = np.random.default_rng(7)
    y = rng.standard_normal((300, 2))
    x1 = y @ np.array([[1.0, 0.3], [0.2, 0.8]]) + 0.7 * rng.standard_normal((300, 2))
    x2 = y @ np.array([[0.4, -0.5], [0.9, 0.1]]) + 0.9 * rng.standard_normal((300, 2))
    both = np.concatenate([x1, x2, y], axis=1)
    names = ["x1_1", "x1_2", "x2_1", "x2_2", "y_1", "y_2"]
    vectors = pd.DataFrame(both, columns=names)
    vectors["label"] = (y[:, 0] > 0).astype(int)
    vectors.to_csv(folder / "vectors.csv", index=False)
    root = np.array([[2.0, 0, 0, 0, 0], [0.5, 1, 0, 0, 0], [0.7, -0.2, 1.5, 0, 0], [0.3, 0.4, 0.1, 1, 0]])
    root = np.concatenate([root, [[0.9, -0.6, 0.5, 0.3, 0.8]]])
    np.save(folder / "cov.npy", root @ root.T)
    scalar = (root @ root.T)[:4, :4]
    (folder / "cov.csv").write_text("a,b,c,d\n" + "\n".join(",".join(f"{v:g}" for v in row) for row in scalar))
    (folder / "joint.csv").write_text("8,1,0\n2,6,1\n0,3,9\n1,1,4\n")
    np.save(folder / "joint.npy", np.array([[0.3, 0.1, 0.0], [0.05, 0.2, 0.05], [0.0, 0.1, 0.2]]))
    (folder / "count.json").write_text('{"kind": "count", "version": 1, "values": {"steps": 4, "wait": 0.0}}')


# -- one call -------------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def workplace(folder: Path) -> Iterator[None]:
    """A folder with the files, where the calls are made, and in it a folder of runs of its own."""
    write_files(folder)
    before, home = Path.cwd(), os.environ.get("MMEXPLORE_RUNS")
    os.chdir(folder)
    os.environ["MMEXPLORE_RUNS"] = str(folder / "runs")
    engine = LocalEngine(folder / "runs")
    runs.use(engine)
    try:
        yield
    finally:
        runs.use(None)
        engine.close()
        os.chdir(before)
        if home is None:
            del os.environ["MMEXPLORE_RUNS"]
        else:
            os.environ["MMEXPLORE_RUNS"] = home


def call(argv: list[str], first: Sequence[list[str]] = ()) -> dict[str, Any]:
    """What one call answers, made after others."""
    for other in first:
        with contextlib.redirect_stdout(io.StringIO()):
            assert main(other) == 0
    before = _files()
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(argv)
    told: dict[str, Any] = {"status": status}
    if status == 2:
        told["refusal"] = err.getvalue().strip()
    elif "--json" in argv:
        told["answer"] = _kept(json.loads(out.getvalue()))
        if argv[0] in LISTINGS or "--list" in argv:
            told["answer"].sort(key=lambda entry: entry["name"])
    elif argv[0] in LISTINGS or "--list" in argv:
        told["text"] = parsed("\n".join(sorted(re.sub(r"\n +", " ", out.getvalue()).splitlines())))
    else:
        told["text"] = parsed(out.getvalue())
    written = {name: _content(Path(name)) for name in sorted(_files() - before) if not name.startswith("runs")}
    return told | ({"files": written} if written else {})


def _files() -> set[str]:
    return {str(path.relative_to(Path.cwd())) for path in Path.cwd().rglob("*") if path.is_file()}


def _kept(value: Any) -> Any:
    """JSON without what tells of the machine."""
    if isinstance(value, dict):
        return {name: _kept(v) for name, v in value.items() if name not in DROPPED}
    return [_kept(v) for v in value] if isinstance(value, list) else value


def parsed(text: str) -> dict[str, Any]:
    """A text as its words, line by line, with # for each number, and its numbers."""
    text = _TIMES.sub("~", text)
    words = [" ".join(line.split()) for line in NUMBER.sub("#", text).splitlines()]
    return {"words": words, "numbers": [float(n.replace(",", "")) for n in NUMBER.findall(text)]}


def _content(path: Path) -> Any:
    """What a written file holds, in short."""
    if path.suffix == ".npz":
        with np.load(path) as held:
            return {name: fingerprint(held[name]) for name in held.files}
    if path.suffix == ".html":
        page = _Page()
        page.feed(path.read_text("utf-8"))
        return {"headings": page.headings, "cells": parsed("\n".join(" | ".join(row) for row in page.rows))}
    if path.suffix == ".csv":
        return {name: fingerprint(column.to_numpy()) for name, column in pd.read_csv(path).items()}
    return "written"


class _Page(HTMLParser):
    """Headings and rows of tables of a report; columns of seconds are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[str] = []
        self.rows: list[list[str]] = []
        self._into: list[str] | None = None
        self._timed: set[int] = set()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("h1", "h2", "h3", "td", "th"):
            self._into = self.headings if tag[0] == "h" else self.rows[-1]
            self._into.append("")
        elif self._into is not None:
            self._into[-1] += " "

    def handle_endtag(self, tag: str) -> None:
        if tag in ("h1", "h2", "h3", "td", "th"):
            self._into = None
        elif tag == "table":
            self._timed = set()
        elif tag == "tr":
            self._timed |= {k for k, cell in enumerate(self.rows[-1]) if cell == "s"}
            self.rows[-1] = [cell for k, cell in enumerate(self.rows[-1]) if k not in self._timed]

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into[-1] += data


def options_of(verb: str) -> list[str]:
    """The options a verb takes, as its help lists them."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), pytest.raises(SystemExit):
        main([verb, "--help"])
    return sorted(set(re.findall(r"(?<![\w-])--[A-Za-z0-9][\w-]*", out.getvalue().split("\n\n")[0])))


# -- tests ----------------------------------------------------------------------------------------------------------------


def _table(name: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads(TABLES[name].read_text("utf-8"))
    return table


def _entries(name: str) -> list[Any]:
    return [pytest.param(entry, id=" ".join(entry["argv"])[:90]) for entry in _table(name)["calls"]]


def _changed(entry: dict[str, Any], table: str, folder: Path) -> list[str]:
    """How the answer to an entry's call differs from the recorded one."""
    with workplace(folder):
        found = call(entry["argv"], entry.get("first", ()))
    recorded = {name: value for name, value in entry.items() if name not in ASKED}
    return differences(recorded, found, entry.get("tolerance", TOLERANCE[table]))


@pytest.mark.parametrize("entry", _entries("verbs"))
def test_a_call_answers_as_recorded(tmp_path, entry):
    assert not _changed(entry, "verbs", tmp_path)


@pytest.mark.parametrize("entry", _entries("trained"))
def test_what_is_trained_is_nearly_as_recorded(tmp_path, entry):
    assert not _changed(entry, "trained", tmp_path)


@pytest.mark.parametrize("verb", sorted(_table("verbs").get("options", ())))
def test_no_option_is_gone(verb):
    assert not set(_table("verbs")["options"][verb]) - set(options_of(verb))


def test_the_comparison_sees_what_differs():
    assert differences({"a": 1.0}, {"a": 1.0 + 1e-7}, 1e-9)
    assert not differences({"a": 1.0, "gap": 1e-6}, {"a": 1.0 + 1e-6, "gap": 1e-6}, 1e-9)
    assert differences({"a": [1, "b"]}, {"a": [1, "c"]}, 1.0) and differences({}, {"a": 1}, 1.0)
    assert differences("I is 0.12 of 3 rows", "I is 0.14 of 3 rows", 1e-9)
    assert differences("3 rows", "4 rows", 1e-9) and not differences("R 0.12", "R 0.13", 1e-9)


# -- recording ------------------------------------------------------------------------------------------------------------


def record(name: str = "verbs", only: str = "") -> None:
    """Write down what the calls of a table answer now."""
    table = _table(name)
    for k, entry in enumerate(table["calls"]):
        if " ".join(entry["argv"]).startswith(only):
            start = time.perf_counter()
            with tempfile.TemporaryDirectory() as folder, workplace(Path(folder)):
                found = call(entry["argv"], entry.get("first", ()))
            table["calls"][k] = {key: entry[key] for key in ASKED if key in entry} | found
            print(f"{time.perf_counter() - start:6.2f} s  {found['status']}  {' '.join(entry['argv'])}")
    if name == "verbs":
        verbs = sorted({entry["argv"][0] for entry in table["calls"]} | {"serve"})
        table["options"] = {verb: options_of(verb) for verb in verbs}
    TABLES[name].write_text(_written(table), "utf-8")


def _written(table: dict[str, Any]) -> str:
    """JSON with one call a paragraph."""
    calls = ",\n\n".join(json.dumps(entry, ensure_ascii=False, separators=(", ", ": ")) for entry in table["calls"])
    rest = "".join(
        f',\n"{key}": {json.dumps(value, ensure_ascii=False)}' for key, value in table.items() if key != "calls"
    )
    return f'{{"calls": [\n{calls}\n]{rest}}}\n'


if __name__ == "__main__":
    for which in sys.argv[1:2] or TABLES:
        record(which, " ".join(sys.argv[2:]))
