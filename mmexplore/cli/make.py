"""`make`: rows from a generator whose decomposition is known, as a file, and its truth."""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path
from typing import Any

from mmexplore.cli.show import aligned, listing, number
from mmexplore.datasets.generators import REGISTRY, Generator, Made, generator
from mmexplore.datasets.generators import make as draw
from mmexplore.errors import BadSpec
from mmexplore.spec import Parameter
from mmexplore.types import ATOMS, INFORMATIONS
from mmexplore.writing import write_for_reader, write_npz

WORDS = "draw rows from a generator whose decomposition or information is known"
_SYMBOLS = dict(zip((*ATOMS, *INFORMATIONS), ("R", "U1", "U2", "S", "I1", "I2", "I12"), strict=True))


def add_options(command: argparse.ArgumentParser) -> None:
    """Options that belong to this verb alone; those of the generators come from their declarations."""
    command.add_argument(
        "name", nargs="?", metavar="NAME", help="a generator (see: make --list), or its text form name?d=5&seed=1"
    )
    command.add_argument("--list", action="store_true", help="list the generators and their parameters")
    command.add_argument("--out", metavar="FILE", help="where the rows go: .npz (arrays x1, x2, y) or .csv")
    command.add_argument("--json", action="store_true", help="JSON for programs")
    for name, (parameter, users) in _parameters().items():
        whose = "" if len(users) == len(tuple(REGISTRY.names())) else f" Of {', '.join(users)}."
        allowed = "0 or 1" if parameter.type is bool else parameter.allowed()
        words = f"{parameter.label}, {allowed}. {parameter.help}{whose}"
        command.add_argument(f"--{name}", metavar="V", dest=f"make_{name}", help=words.replace("%", "%%"))


def run(options: argparse.Namespace) -> int:
    """`make`."""
    if options.list:
        print(_list(options.json))
        return 0
    if options.name is None:
        raise BadSpec(f"no NAME given; allowed: {', '.join(REGISTRY.names())}, or --list")
    spec = generator(options.name)
    given = {name: getattr(options, f"make_{name}") for name in _parameters()}
    values = {name: spec.parameter(name).parse(text) for name, text in given.items() if text is not None}
    made = draw(options.name, **values)
    if options.out is not None:
        write(made, Path(options.out))
    print(json.dumps(_answer(made), indent=2, allow_nan=False) if options.json else _text(made, options.out))
    return 0


def write(made: Made, path: Path) -> None:
    """Write the rows; a pair of views has no x2 beside its target."""
    arrays = {"x1": made.x1, "x2": made.x2, "y": made.y}
    if made.spec.kind == "mi":
        del arrays["x2"]
    if path.suffix == ".npz":
        write_for_reader(path, lambda part: write_npz(part, arrays))
    elif path.suffix == ".csv":
        write_for_reader(path, lambda part: _write_csv(arrays, part))
    else:
        raise BadSpec(f"--out is {str(path)[:60]!r}; allowed: a name that ends in .npz or .csv")


def _write_csv(arrays: dict[str, Any], path: Path) -> None:
    names = []
    for role, array in arrays.items():
        names += [role] if array.ndim == 1 else [f"{role}_{k + 1}" for k in range(array.shape[1])]
    columns = [array.reshape(len(array), -1).tolist() for array in arrays.values()]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([value for part in row for value in part] for row in zip(*columns, strict=True))


def _parameters() -> dict[str, tuple[Parameter, list[str]]]:
    """Every parameter of any generator, and whose it is."""
    users_of: dict[str, tuple[Parameter, list[str]]] = {}
    for name, entry in REGISTRY.items():
        for parameter in entry.parameters():
            users_of.setdefault(parameter.name, (parameter, []))[1].append(name)
    return users_of


def _answer(made: Made) -> dict[str, Any]:
    spec = made.spec
    d1, d2, dy = spec.dims()
    return {
        "name": spec.name,
        "text": spec.text(),
        "title": made.title,
        "kind": spec.kind,
        "target": made.target,
        "n": spec.n,
        "dims": [d1, d2, dy],
        "unit": "bit",
        "truth": made.truth.to_dict(),
    }


def _text(made: Made, out: str | None) -> str:
    spec, truth = made.spec, made.truth
    d1, d2, dy = spec.dims()
    target = "labels" if made.target == "label" else f"{dy} column{'s' if dy > 1 else ''}"
    views = "two views" if spec.kind == "mi" else "two modalities"
    lines = [f"{spec.title}: {spec.n:,} rows, {views} of {d1} and {d2} columns, y: {target}; {spec.text()}"]
    if spec.kind == "mi":
        lines += aligned([["I", "unknown" if truth.i1 is None else number(truth.i1)]])
    else:
        values = {symbol: getattr(truth, name) for name, symbol in _SYMBOLS.items()}
        lines += aligned([[symbol, "unknown" if value is None else number(value)] for symbol, value in values.items()])
    error = f", within {truth.error:.1e} bit" if truth.error else ""
    lines.append(f"Truth in bits: {truth.source}{error}.")
    if truth.published is not None:
        shown = ", ".join(f"{s} {number(v)}" for s, v in zip(("R", "U1", "U2", "S"), truth.published, strict=True))
        lines.append(f"Published (an estimate, no truth): {shown}.")
    lines.append(f"Written to {out}." if out else "Nothing is written; --out FILE writes the rows.")
    return "\n".join(lines)


def _list(as_json: bool) -> str:
    entries: list[tuple[str, type[Generator]]] = list(REGISTRY.items())
    if as_json:
        fields = ("title", "sentence", "family", "reference", "kind")
        described = [
            {"name": name}
            | {field: getattr(entry, field) for field in fields}
            | {
                "target": entry().target,
                "parameters": {p.name: {"default": p.default, "allowed": p.allowed()} for p in entry.parameters()},
            }
            for name, entry in entries
        ]
        return json.dumps(described, indent=2)
    return listing(
        (name, f"{entry.title}. {entry.sentence} Parameters: {', '.join(entry.own())}.") for name, entry in entries
    )
