"""`lab`: the labs behind the pages: list them, and read off a view's numbers, its link and its script."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from mmexplore import runs
from mmexplore.cli.show import aligned, listing
from mmexplore.errors import BadSpec
from mmexplore.lab import Lab, Number
from mmexplore.labs import LABS, in_order
from mmexplore.runs import Run
from mmexplore.spec import Spec

WORDS = "the numbers, the link and the script of a view of one of the dashboard's labs; without a name: list the labs"


def add_options(command: argparse.ArgumentParser) -> None:
    """Options of `lab`."""
    command.add_argument("name", nargs="?", metavar="LAB", help="default: list them all")
    command.add_argument(
        "values",
        nargs="*",
        metavar="path=value",
        help="of the view, as in a link (data.noise=0.2); the rest has its defaults",
    )
    command.add_argument("--preset", metavar="NAME", help="start from one of the lab's presets")
    command.add_argument("--script", action="store_true", help="print the Python script that gives the same numbers")
    command.add_argument("--json", action="store_true", help="JSON for programs")


def run(options: argparse.Namespace) -> int:
    """`lab`."""
    if options.name is None:
        _list(options.json)
        return 0
    lab = LABS[options.name]
    view = _view(lab, options.preset, options.values)
    if options.script:
        if lab.script is None:
            raise BadSpec(f"the lab {lab.name} declares no script; its page offers one under Export")
        print(lab.script(view), end="")
        return 0
    described = _described(lab, view)
    if options.json:
        print(json.dumps(described, indent=2, ensure_ascii=False, allow_nan=False))
    else:
        print(_text(lab, described))
    return 0


def _view(lab: Lab, preset: str | None, values: list[str]) -> Spec:
    if lab.scene is None:
        raise BadSpec(f"the page {lab.title} has no view")
    view: Spec = lab.scene()
    if preset is not None:
        if preset not in lab.presets:
            raise BadSpec(f"preset is {preset[:60]!r}; allowed: {', '.join(lab.presets) or 'this lab has none'}")
        view = lab.presets[preset].of(lab.scene)
    query = view.to_query()
    for value in values:
        path, equals, text = value.partition("=")
        if not equals:
            raise BadSpec(f"{value[:60]!r} is no value; allowed: path=value, for instance {view.paths()[0]}=...")
        query[path] = text
    view, problems = lab.scene.from_query(query)
    if problems:
        raise BadSpec(problems[0])
    for value in values:
        path, _, text = value.partition("=")
        parameter = view.at(path)  # says what is known
        if "." in path and path.partition(".")[0] not in {part.prefix for part in view.parts()}:
            view = view.put(**{path: parameter.parse(text)})  # a path into a value, which links write in another way
    return view


def _described(lab: Lab, view: Spec) -> dict[str, Any]:
    task = lab.task(view) if lab.task is not None else None
    run_of = None if task is None else runs.find(task)
    there = run_of if run_of is not None and run_of.exists else None
    rows = numbers_of(lab, view, there)
    query = urlencode(view.to_query())
    described: dict[str, Any] = {"lab": lab.name, "link": f"/{lab.url}{'?' + query if query else ''}", "numbers": rows}
    if task is not None and run_of is not None:
        described |= {"run": task.name(), "phase": run_of.state.phase}
    return described


def numbers_of(lab: Lab, view: Spec, run: Run | None) -> list[dict[str, Any]]:
    """The lab's numbers of a view and its run, as plain values without those that say nothing."""
    return plain_numbers(() if lab.numbers is None else lab.numbers(view, run))


def plain_numbers(numbers: Iterable[Number]) -> list[dict[str, Any]]:
    """Numbers as plain values without those that say nothing."""
    return [{key: value for key, value in vars(n).items() if value not in (None, "")} for n in numbers]


def _text(lab: Lab, described: dict[str, Any]) -> str:
    lines = [f"{lab.title}: {lab.question}", f"page: {described['link']}"]
    if "run" in described:
        lines.append(f"run: {described['run']} ({described['phase']})")
    shown = number_lines(described["numbers"])
    return "\n".join([*lines, *(shown or ["The numbers of this lab stand on its page."])])


def number_lines(numbers: Iterable[Mapping[str, Any]]) -> list[str]:
    """Name, value with its ends, and certificate of each, in columns.

    Args:
        numbers: fields of `mmexplore.lab.Number`, without those that say nothing.
    """
    rows = []
    for n in numbers:
        value = f"{n['value']:.6g} {n.get('unit', '')}".strip() if "value" in n else "-"
        ends = f"{n['low']:.4g} to {n['high']:.4g}" if "low" in n and "high" in n else ""
        rows.append([n["name"], value, ends, n.get("certificate", "")])
    return aligned(rows) if rows else []


def _list(as_json: bool) -> None:
    shown = [lab for lab in in_order() if lab.scene is not None]
    if as_json:
        fields = ("name", "title", "url", "question")
        described = [{f: getattr(lab, f) for f in fields} | {"presets": sorted(lab.presets)} for lab in shown]
        print(json.dumps(described, indent=2, ensure_ascii=False))
    else:
        print(listing((lab.name, f"{lab.question} (/{lab.url})") for lab in shown))
