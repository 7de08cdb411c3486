"""`train` and `runs`: the same runs as the pages', from the command line."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mmexplore import runs
from mmexplore.cli.labs import number_lines, numbers_of, plain_numbers
from mmexplore.cli.show import aligned
from mmexplore.errors import BadData, BadSpec, MmexploreError, Unsupported
from mmexplore.labs import in_order, place_of
from mmexplore.plaintext import read_json
from mmexplore.runs import Run, store
from mmexplore.runs.task import TASKS, Task, task_from_dict
from mmexplore.writing import write_for_reader

TRAIN_WORDS = "train or estimate what a file describes, as the pages do; the run is kept and can be opened there"
RUNS_WORDS = "the runs kept on this machine: list, show, stop, pin, unpin, delete, export"
_ACTIONS = ("list", "kinds", "show", "stop", "pin", "unpin", "delete", "export")


def add_train_options(command: argparse.ArgumentParser) -> None:
    """Options of `train`."""
    command.add_argument("what", metavar="SPEC.json|KIND", help="a description of a run, or a kind (see: runs kinds)")
    command.add_argument("values", nargs="*", metavar="name=value", help="values of a kind; the rest has its defaults")
    command.add_argument("--again", action="store_true", help="run it again even if it has finished before")
    command.add_argument("--quiet", action="store_true", help="no progress on stderr")


def add_runs_options(command: argparse.ArgumentParser) -> None:
    """Options of `runs`."""
    command.add_argument("action", nargs="?", default="list", choices=_ACTIONS, help="default: list")
    command.add_argument("name", nargs="?", metavar="NAME", help="of a run, as the list shows it")
    command.add_argument("--out", metavar="FILE.zip", help="of export; default: NAME.zip")


def train(options: argparse.Namespace) -> int:
    """`train`."""
    task = _task(options.what, options.values)
    before = runs.find(task)
    if options.again and before.pinned and not before.shipped:
        raise Unsupported(f"run {before.name} is pinned; `runs unpin {before.name}` lets another result take its place")
    run = runs.train(task, again=options.again, watch=None if options.quiet else _teller())
    if not options.quiet:
        print(file=sys.stderr)
    summary = {"run": run.name, "phase": run.state.phase, "task": task.to_dict(), "result": run.result()}
    if options.json:
        print(json.dumps(summary | _with_numbers(run), indent=2, allow_nan=False))
    else:
        print(_shown(run))
    return 0 if run.state.phase == "finished" else 1


def manage(options: argparse.Namespace) -> int:
    """`runs`."""
    if options.action == "list":
        _list(options.json)
    elif options.action == "kinds":
        _kinds(options.json)
    elif options.name is None:
        raise BadSpec(f"runs {options.action} needs the name of a run; `runs list` shows them")
    else:
        run = store.by_name(options.name)
        if options.action == "stop" and not run.state.active:
            run = store.replacing(run) or run
        _act(options.action, run, options)
    return 0


def _act(action: str, run: Run, options: argparse.Namespace) -> None:
    if action == "show":
        if options.json:
            summary: dict[str, Any] = {"run": run.name, "phase": run.state.phase, "words": run.state.words}
            summary |= {"task": _asked(run), "result": run.result(), **_with_numbers(run), "frames": run.frames()}
            print(json.dumps(summary, indent=2, allow_nan=False))
        else:
            print(_shown(run))
    elif action == "stop":
        runs.stop(run)
        print(f"asked {run.name} to stop")
    elif action in ("pin", "unpin"):
        store.pin(run, action == "pin")
        print(f"{run.name}: {'kept for good' if run.pinned else 'may be evicted when space is needed'}")
    elif action == "delete":
        store.delete(run)
        print(f"deleted {run.name}")
    else:
        target = Path(options.out or f"{run.name}.zip")
        write_for_reader(target, lambda part: part.write_bytes(run.archive()))
        print(f"wrote {target}")


def _task(what: str, values: list[str]) -> Task:
    """From a file, or from a kind and its values."""
    path = Path(what)
    if path.suffix == ".json" or _is_file(path):
        if values:
            raise BadSpec(f"{values[0][:60]!r} has no effect beside a file; change the file, or name a kind")
        try:
            described = path.read_bytes()
        except OSError as error:
            raise BadData(f"{path.name[:60]} cannot be read: {error.strerror}") from None
        return task_from_dict(read_json(described, path.name))
    cls = TASKS[what]
    read: dict[str, Any] = {}
    for value in values:
        name, equals, text = value.partition("=")
        if not equals:
            raise BadSpec(f"{value[:60]!r} is no value; allowed: name=value, for instance seed=1")
        if name not in [p.name for p in cls.parameters()]:
            cls.from_values({name: text})  # says what is known
        read[name] = cls.parameter(name).parse(text)
    return cls.from_values(read)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file can have: too long, or with a zero in it
        return False


def _teller() -> Callable[[float, str], None]:
    begun = time.monotonic()

    def tell(share: float, words: str) -> None:
        left = (time.monotonic() - begun) * (1 - share) / share if share > 0.02 else None
        time_left = "" if left is None else f", {left:.0f} s left"
        print(f"\r{share:4.0%} {words}{time_left}".ljust(79)[:79], end="", file=sys.stderr, flush=True)

    return tell


def _shown(run: Run) -> str:
    state = run.state
    asked = _asked(run)
    values = [[name, str(value)] for name, value in asked["values"].items()] if asked else []
    result = [[name, _short(value)] for name, value in run.result().items()]
    lines = [
        f"{run.name}: {_title(run)}",
        f"{_phase(run)}: {state.words}; {state.seconds:.1f} s on {state.device}",
    ]
    lines += ["", *aligned(values), *(["", *aligned(result)] if result else [])]
    outcome = number_lines(_outcome(run))
    lines += ["", *outcome] if outcome else []
    return "\n".join([*lines, *(f"Note: {warning}" for warning in state.warnings)])


def _outcome(run: Run) -> list[dict[str, Any]]:
    """What its lab reads off it, as plain values; nothing where that cannot be read."""
    try:
        lab = next((lab for lab in in_order() if isinstance(run.task, lab.tasks)), None)
        if lab is not None and lab.outcome is not None:
            return plain_numbers(lab.outcome(run))
        place = place_of(run.task)
        return [] if place is None else numbers_of(*place, run)
    except MmexploreError:
        return []


def _with_numbers(run: Run) -> dict[str, Any]:
    """Its outcome for programs, where there is one."""
    outcome = _outcome(run)
    return {"numbers": outcome} if outcome else {}


def _asked(run: Run) -> dict[str, Any] | None:
    """What was asked for; None where nobody can say any more."""
    try:
        return run.task.to_dict()
    except MmexploreError:
        return None


def _title(run: Run) -> str:
    try:
        return run.task.title()
    except MmexploreError as error:
        return str(error)


def _phase(run: Run) -> str:
    phase = run.state.phase
    return "damaged" if phase == "unreadable" else phase


def _short(value: Any) -> str:
    text = f"{value:.6g}" if isinstance(value, float) else json.dumps(value)
    return text if len(text) <= 90 else f"{text[:87]}..."


def _list(as_json: bool) -> None:
    listed: list[dict[str, Any]] = []
    for run in store.all_runs():
        state = run.state
        listed.append({"run": run.name, "title": _title(run), "words": state.words, "phase": state.phase, "share": round(state.share, 3), "seconds": round(state.seconds, 2), "bytes": run.size, "pinned": run.pinned, "shipped": run.shipped, "outdated": state.outdated})  # fmt: skip
    if names := store.put_aside():
        print(
            f"mmexplore: put aside, since their entries in the queue were damaged: {', '.join(names[:20])}",
            file=sys.stderr,
        )
    if as_json:
        print(json.dumps(listed, indent=2))
    elif not listed:
        print("no runs yet; `python -m mmexplore runs kinds` says what can be run")
    else:
        rows = [[t["run"], "damaged" if t["phase"] == "unreadable" else t["phase"], f"{t['seconds']:.1f} s", f"{t['bytes'] / 1e6:.1f} MB", "pinned" if t["pinned"] else "", t["words"] if t["phase"] == "unreadable" else t["title"]] for t in listed]  # fmt: skip
        print("\n".join(aligned(rows)))


def _kinds(as_json: bool) -> None:
    described = {
        kind: {p.name: {"default": p.default, "allowed": p.allowed(), "help": p.help} for p in cls.parameters()}
        for kind, cls in sorted(TASKS.items())
    }
    if as_json:
        print(json.dumps(described, indent=2))
        return
    for kind, fields in described.items():
        words = (TASKS[kind].__doc__ or "").strip().splitlines()[0]
        print(f"{kind}: {words}")
        print(
            "\n".join(
                f"  {line}" for line in aligned([[n, str(f["default"])[:40], f["help"]] for n, f in fields.items()])
            )
        )
