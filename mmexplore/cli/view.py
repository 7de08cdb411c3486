"""`view`: the samples of a data set of two views, as a file, with what is known of them."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from mmexplore.cli.show import aligned, listing, number
from mmexplore.datasets.views import VIEWS, LabelTruth, SharedTruth, TwoViews, two_views, views
from mmexplore.errors import BadSpec
from mmexplore.writing import write_for_reader, write_npz

WORDS = "draw a data set of two views: with its label, its factors and its truth"


def add_options(command: argparse.ArgumentParser) -> None:
    """Options of this verb."""
    command.add_argument(
        "name", nargs="?", metavar="NAME", help="a data set (see: view --list), or its text form name?noise=0.5&seed=1"
    )
    command.add_argument("--list", action="store_true", help="list the data sets of two views and their parameters")
    command.add_argument("--seed", metavar="V", help="Seed, a whole number from 0; overrides the text form's.")
    command.add_argument(
        "--out", metavar="FILE.npz", help="where the samples go: arrays x1, x2, held_out and, if any, y"
    )
    command.add_argument("--json", action="store_true", help="JSON for programs")


def run(options: argparse.Namespace) -> int:
    """`view`."""
    if options.list:
        print(_list(options.json))
        return 0
    if options.name is None:
        raise BadSpec(f"no NAME given; allowed: {', '.join(views())}, or --list")
    drawn = two_views(options.name).draw(_seed(options.seed))
    if options.out is not None:
        write(drawn, Path(options.out))
    answer = _answer(drawn)
    print(json.dumps(answer, indent=2, allow_nan=False) if options.json else _words(drawn, answer, options.out))
    return 0


def write(drawn: TwoViews, path: Path) -> None:
    """Write the samples to an NPZ file; factors are ``factor: <name>``."""
    if path.suffix != ".npz":
        raise BadSpec(f"--out is {str(path)[:60]!r}; allowed: a name that ends in .npz")
    arrays: dict[str, Any] = {"x1": drawn.x1, "x2": drawn.x2, "held_out": drawn.held_out}
    target = drawn.y if drawn.y is not None else drawn.y_real
    arrays |= {} if target is None else {"y": target}
    arrays |= {f"factor: {factor.name}": factor.values for factor in drawn.factors}
    write_for_reader(path, lambda part: write_npz(part, arrays))


def _seed(text: str | None) -> int | None:
    if text is None or (text.isdecimal() and len(text) <= 20):
        return None if text is None else int(text)
    raise BadSpec(f"--seed is {text[:60]!r}; allowed: whole numbers from 0")


def _answer(drawn: TwoViews) -> dict[str, Any]:
    declared, truth = drawn.declaration, drawn.truth
    known: dict[str, Any] = {} if truth is None else {"exact": truth.exact, "words": truth.words}
    if isinstance(truth, LabelTruth):
        known |= {name: float(value) for name, value in truth.pid.atoms._asdict().items()}
    if isinstance(truth, SharedTruth):
        known |= {"shared": truth.bits, "correlations": list(truth.correlations)}
    return {
        "name": declared.name if declared else "",
        "text": declared.text() if declared else "",
        "title": declared.title if declared else "",
        "views": list(drawn.names),
        "forms": [drawn.form1, drawn.form2],
        "columns": [len(drawn.columns1), len(drawn.columns2)],
        "samples": drawn.n,
        "held_out": int(drawn.held_out.sum()),
        "classes": list(drawn.class_names),
        "factors": [{"name": f.name, "kind": f.kind, "classes": f.classes} for f in drawn.factors],
        "unit": "bit",
        "truth": known or None,
    }


def _words(drawn: TwoViews, answer: dict[str, Any], out: str | None) -> str:
    (first, second), (d1, d2) = answer["views"], answer["columns"]
    lines = [
        f"{answer['title']}: {drawn.n:,} samples, {answer['held_out']:,} of them held out; {answer['text']}",
        f"View 1: {first}, {answer['forms'][0]}, {d1:,} numbers. View 2: {second}, {answer['forms'][1]}, {d2:,} numbers.",
    ]
    lines.append(f"Label: {', '.join(drawn.class_names)}." if drawn.class_names else "No label.")
    if drawn.factors:
        lines.append("Factors: " + ", ".join(f"{f.name} ({f.kind})" for f in drawn.factors) + ".")
    truth = drawn.truth
    if isinstance(truth, LabelTruth):
        atoms = zip(("R", "U1", "U2", "S"), truth.pid.atoms, strict=True)
        lines += aligned([[symbol, number(float(value))] for symbol, value in atoms])
    elif isinstance(truth, SharedTruth):
        lines += aligned([["I(X1;X2)", number(truth.bits)]])
    lines.append("The truth is not known." if truth is None else f"Truth in bits: {truth.words}.")
    lines.append(f"Written to {out}." if out else "Nothing is written; --out FILE.npz writes the samples.")
    return "\n".join(lines)


def _list(as_json: bool) -> str:
    entries = [(name, VIEWS[name]) for name in views()]
    parameters = {name: [p.name for p in entry.parameters()] for name, entry in entries}
    if as_json:
        fields = ("title", "sentence", "source")
        rows = [
            {"name": name, "parameters": parameters[name]} | {field: getattr(entry, field) for field in fields}
            for name, entry in entries
        ]
        return json.dumps(rows, indent=2)
    return listing(
        (name, f"{entry.title}. {entry.sentence} Parameters: {', '.join(parameters[name]) or 'none'}.")
        for name, entry in entries
    )
