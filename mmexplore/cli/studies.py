"""Rows to a defensible answer on the command line: ``study``, and ``pid ... --report``; the same study as on the page."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from mmexplore.cli.show import aligned, mind
from mmexplore.cli.sources import READING_PARAMETERS, in_order
from mmexplore.errors import BadSpec
from mmexplore.labs.yourdata.study import Study, dataset_of
from mmexplore.spec import Parameter
from mmexplore.writing import write_for_reader

if TYPE_CHECKING:
    from mmexplore.estimators.tables.estimate import Estimate
    from mmexplore.tabular import Dataset

_CHOSEN_OTHERWISE = ("source", "real", "gate", "file", "unit")


def parameters() -> tuple[Parameter, ...]:
    """What a study declares, but for what other options choose."""
    return tuple(p for p in Study.parameters() if p.name not in _CHOSEN_OTHERWISE)


def option(name: str) -> str:
    """A parameter's option: ``bins_y`` is ``--bins-y``."""
    return "--" + name.replace("_", "-")


def study(options: argparse.Namespace) -> int:
    """`study`."""
    given = {
        p.name: _parsed(p, value) for p in parameters() if (value := getattr(options, f"study_{p.name}")) is not None
    }
    return _run(options, given)


def with_report(options: argparse.Namespace) -> int:
    """`pid ... --report FILE`: the rows of a file or of a real data set."""
    if options.gate is not None or options.table is not None:
        raise BadSpec("--report estimates from rows; allowed: a file with --x1 --x2 --y, or --real NAME")
    given: dict[str, Any] = {
        name: getattr(options, name)
        for name in ("x1", "x2", "y", "measure", "groups", "weights", "weights_are")
        if getattr(options, name)
    }
    given |= {p.name: value for p in READING_PARAMETERS if (value := getattr(options, p.name)) is not None}
    if options.time:
        given["order"] = options.time
    given["decompose"] = "states"  # as the verb does without a report
    if options.bins is not None:
        given |= {"bins1": options.bins, "bins2": options.bins, "method": options.method or "quantile"}
    return _run(options, given)


def _run(options: argparse.Namespace, given: dict[str, Any]) -> int:
    from mmexplore import tabular  # pandas is imported for these verbs alone
    from mmexplore.labs.yourdata.answer import answer
    from mmexplore.labs.yourdata.modalities import about_data
    from mmexplore.labs.yourdata.study import checked_roles
    from mmexplore.report import render_report

    named = [name for name in ("real", "gate", "file") if getattr(options, name, None) is not None]
    if len(named) != 1:
        raise BadSpec("nothing to study, or more than one thing; allowed: one of FILE, --real NAME, --gate NAME")
    if "order" in given:
        given = given | {"order": in_order(given["order"])}
    chosen: dict[str, Any] = {"source": named[0], "unit": "nat" if options.nats else "bit"}
    if named[0] == "file":
        spec = Study(**chosen, **given)
        data = tabular.load(options.file, **spec.reading())
        spec = spec.replace(file=data.sha256)
    else:
        spec = Study().put(**chosen, **{named[0]: getattr(options, named[0])}).put(**given)
        data = dataset_of(spec)
    if spec.modalities.strip():
        return _of_pairs(options, spec, data)
    if data.kind == "rows" and about_data(spec, data, checked_roles(spec, data)):
        return _of_data(options, spec, data)
    found = answer(spec, data)
    first = found.first
    if options.report is not None:
        _write(options.report, render_report(found.content))
    if options.json:
        plugin = found.found.plugin.to(spec.unit).to_dict()  # type: ignore[arg-type]
        claims = [{"claim": c.sentence, "verdict": c.verdict, "reason": c.reason} for c in found.reading.claims]
        told = {
            "study": spec.to_query(),
            "notes": list(dict.fromkeys((*first, *found.prepared.said))),
            "sha256": data.sha256,
            "reading": claims,
        }
        print(json.dumps({**plugin, "estimate": found.found.to_dict(), **told}, indent=2, allow_nan=False))
    else:
        print("\n".join([found.content.title, *mind(first), *_shown(found.found, spec)]))
        for claim in found.reading.claims:
            print(f"  [{claim.verdict}] {claim.sentence}")
        for warning in (found.found.light.sentence, *found.found.warnings, *found.prepared.said):
            if warning in first:
                continue
            print(f"- {warning}")
        if options.report is not None:
            print(f"Report: {options.report}")
    return 0


def _of_data(options: argparse.Namespace, spec: Study, data: Dataset) -> int:
    """The data by predictors, and what the chosen states keep of them."""
    from mmexplore.labs.yourdata.answer import data_answer
    from mmexplore.labs.yourdata.bins_kept import bins_kept
    from mmexplore.labs.yourdata.changes import words
    from mmexplore.labs.yourdata.headline_figures import numbers
    from mmexplore.report import render_report

    found = data_answer(spec, data)
    kept = None if found.prepared is None else bins_kept(found.headline, found.prepared)
    if options.report is not None:
        _write(options.report, render_report(found.content))
    if options.json:
        claims = [{"claim": c.sentence, "verdict": c.verdict, "reason": c.reason} for c in found.reading.claims]
        document = {**found.headline.to_dict(), "study": spec.to_query(), "sha256": data.sha256, "reading": claims}
        document["notes"] = list(dict.fromkeys((*found.first, *data.notes)))
        document["changes"] = {one.title: {name: c.to_dict() for name, c in one.found.items()} for one in found.changed}
        document["states"] = None if kept is None else kept.to_dict()
        print(json.dumps(document, indent=2, allow_nan=False))
        return 0
    made = numbers(found.headline, spec.unit)
    rows = [
        tuple(c.removesuffix(f" ({spec.unit})") for c in made.columns[:-1]),
        *(tuple(map(_cell, row[:-1])) for row in made.rows),
    ]
    print(
        "\n".join(
            [f"{found.content.title} ({spec.unit})", *mind(found.first), *aligned(rows, right=range(1, len(rows[0])))]
        )
    )
    for claim in found.reading.claims:
        print(f"  [{claim.verdict}] {claim.sentence}")
    said = (
        *(f"What the what-ifs change, {one.title.lower()}: {words(one, spec.unit)}" for one in found.changed),
        found.headline.light()[1],
        *((f"{kept.lost.words()}.",) if kept is not None else ()),
        *found.headline.warnings,
    )
    for sentence in said:
        print(f"- {sentence}")
    if options.report is not None:
        print(f"Report: {options.report}")
    return 0


def _of_pairs(options: argparse.Namespace, spec: Study, data: Dataset) -> int:
    """Every pair of modalities by predictors."""
    from mmexplore.estimators.watching import Collector
    from mmexplore.labs.yourdata.pair_numbers import SHOWN, every_pair, matrix, pairs_table
    from mmexplore.labs.yourdata.pair_report import pairs_content
    from mmexplore.labs.yourdata.pair_rows import grouped_rows
    from mmexplore.labs.yourdata.pairs import left_words
    from mmexplore.labs.yourdata.task import pairs_task_of
    from mmexplore.report import render_report

    refused = [option(name) for name in ("x1", "x2") if getattr(spec, name)]
    if refused:
        raise BadSpec(
            f"{refused[0]} speaks of two modalities, --modalities of every pair; allowed: one of them (--x1 and --x2 decompose one pair)"
        )
    if spec.decompose == "states":
        raise BadSpec("--modalities decomposes the data, not a table of states; allowed: --decompose auto or data")
    made = every_pair(grouped_rows(spec, data), pairs_task_of(spec, data.sha256).settings(), Collector())
    if options.report is not None:
        _write(options.report, render_report(pairs_content(made, spec, data)))
    if options.json:
        document = {**made.to_dict(), "study": spec.to_query(), "sha256": data.sha256, "notes": list(data.notes)}
        print(json.dumps(document, indent=2, allow_nan=False))
        return 0
    shades = matrix(made.names, made.pairs, spec.unit)
    grid = [("", *made.names)]
    grid += [(name, *map(_cell, map(float, row))) for name, row in zip(made.names, shades.values[0], strict=True)]
    listing = pairs_table(made.pairs, spec.unit, made.level)
    heads = ("", *SHOWN.values())
    rows = [(f"{pair[0]} x {pair[1]}", *map(_interval, pair[2:])) for pair in listing.rows]
    print(f"{data.name}: {shades.title}, alone on it ({spec.unit})")
    print("\n".join(mind(data.first_notes())), end="\n" if data.first else "")
    print("\n".join(aligned(grid, right=range(1, len(grid[0])))))
    print(f"{listing.caption} ({spec.unit})")
    print("\n".join(aligned([heads, *rows], right=range(1, len(heads)))))
    for sentence in (left_words(made.left, "in no modality"), *made.said):
        if sentence:
            print(f"- {sentence}")
    if options.report is not None:
        print(f"Report: {options.report}")
    return 0


def _interval(cell: object) -> str:
    """A value with the ends of its interval."""
    return f"{cell[0]:.3f} ({cell[1]:.3f} to {cell[2]:.3f})" if isinstance(cell, tuple) else _cell(cell)


def _shown(found: Estimate, spec: Study) -> list[str]:
    """The atoms with their intervals and p-values, aligned."""
    from mmexplore.labs.yourdata.report import numbers

    made = numbers(found, spec.unit)
    kept = [n for n, column in enumerate(made.columns) if not column.endswith(": mean")]
    tests = iter(null.kind.key for null in found.nulls)
    head = [f"p ({next(tests)})" if made.columns[n].endswith(": p") else made.columns[n] for n in kept]
    rows = [head, *([_cell(row[n]) for n in kept] for row in made.rows)]
    return aligned(rows, right=range(1, len(head)))


def _cell(value: object) -> str:
    return "–" if value is None else f"{value:.4f}" if isinstance(value, float) else str(value)


def _parsed(parameter: Parameter, text: str) -> Any:
    if parameter.type is bool:
        return parameter.parse({"true": "1", "false": "0"}.get(text.lower(), text))
    return parameter.parse(text)


def _write(path: str, html: str) -> None:
    write_for_reader(path, lambda part: part.write_text(html, "utf-8"))
