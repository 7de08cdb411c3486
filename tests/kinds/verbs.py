"""One small file through every verb: the atoms of `pid`, `study` and the API, and what stands before the numbers."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

from mmexplore.cli import main
from mmexplore.info.pid import pid
from mmexplore.labs.yourdata.first_words import first_words
from mmexplore.labs.yourdata.study import Study, prepare
from mmexplore.tabular import load
from mmexplore.types import ATOMS

ROLES = {"x1": "x1", "x2": "x2", "y": "y"}


def by_page(content: str | bytes, **choices: Any) -> tuple[list[float], tuple[str, ...]]:
    """Atoms and first words, as the page and the API have them."""
    raw = content.encode() if isinstance(content, str) else content
    study = Study(source="file", **{**ROLES, **choices})
    data = load(raw, "small.csv", **study.reading())
    table = prepare(study, data).table.p
    result = pid(table)
    return [float(getattr(result, name)) for name in ATOMS], first_words(study, data).sentences()


def call(*argv: str) -> tuple[int, str, str]:
    """Status, standard output and standard error of a call."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(list(argv))
    return status, out.getvalue(), err.getvalue()


def by_verbs(content: str | bytes, folder: Path, *more: str) -> dict[str, list[float]]:
    """Atoms of `pid` and of `study`, whose plug-in is exact about the table of states."""
    path = folder / "small.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    columns = ("--x1", "x1", "--x2", "x2", "--y", "y")
    found = {}
    quick = ("--decompose", "states", "--bootstraps", "0", "--permutations", "0")
    for verb, own in (("pid", ()), ("study", quick)):
        status, out, err = call(verb, str(path), *columns, *more, *own, "--json")
        assert status == 0, err
        found[verb] = [json.loads(out)[name] for name in ATOMS]
    return found
