"""What each command does: options in, text on stdout, exit status out."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

from mmexplore import datasets
from mmexplore.cli import show, sources, studies
from mmexplore.errors import Unsupported
from mmexplore.info.compare import compare
from mmexplore.info.measures import REGISTRY
from mmexplore.info.pid import pid
from mmexplore.types import PID

Verb = Callable[[argparse.Namespace], int]


def decompose(options: argparse.Namespace) -> int:
    """`pid`."""
    if options.report is not None:
        return studies.with_report(options)
    source = sources.read(options)
    result = pid(source.table, options.measure, tolerance=options.tolerance).to("nat" if options.nats else "bit")
    print(_json(_answer(result, source)) if options.json else show.decomposition(result, source))
    return 0


def compare_all(options: argparse.Namespace) -> int:
    """`compare`."""
    source = sources.read(options)
    results = [result.to("nat" if options.nats else "bit") for result in compare(source.table)]
    if options.json:
        print(_json([_answer(result, source) for result in results]))
    else:
        print(show.side_by_side(results, source))
    return 0


def list_measures(options: argparse.Namespace) -> int:
    """`measures`."""
    fields = ("label", "supplies", "certificate", "signed", "summary", "reference")
    if options.json:
        print(_json([{"name": name} | {field: getattr(m, field) for field in fields} for name, m in REGISTRY.items()]))
    else:
        print(show.listing((name, f"{m.label}. {m.summary} {m.reference}.") for name, m in REGISTRY.items()))
    return 0


def list_gates(options: argparse.Namespace) -> int:
    """`gates`."""
    fields = ("title", "family", "rule", "sentence", "story", "taxonomy", "reference")
    infos = [(name, datasets.gate_info(name)) for name in datasets.gates()]
    if options.json:
        print(_json([{"name": name} | {field: getattr(info, field) for field in fields} for name, info in infos]))
    else:
        print(show.listing((name, f"{info.title}: {info.rule}. {info.sentence}") for name, info in infos))
    return 0


def list_real(options: argparse.Namespace) -> int:
    """`data`."""
    fields = ("title", "question", "x1_text", "x2_text", "y_labels", "rows", "source", "license", "citation", "story")
    infos = [(name, datasets.real_info(name)) for name in datasets.real_data()]
    if options.json:
        print(_json([{"name": name} | {field: getattr(info, field) for field in fields} for name, info in infos]))
    else:
        print(show.listing((name, f"{info.title}, {info.rows:,} rows. {info.question}") for name, info in infos))
    return 0


def serve(options: argparse.Namespace) -> int:
    """`serve`."""
    try:
        from mmexplore.serve.launch import launch  # Streamlit is imported for this verb alone
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] != "streamlit":
            raise
        raise Unsupported(
            "the dashboard needs streamlit, which is not installed: pip install 'mmexplore[app]', or 'mmexplore[all]' to train as well"
        ) from None

    return launch(options.port, watch=options.watch)


def _answer(result: PID, source: sources.Source) -> dict[str, Any]:
    return result.to_dict() | {"source": source.origin, "shape": list(source.table.shape)}


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, allow_nan=False)
