"""Links that were copied once still open the same view: `tests/recorded/links.json` holds old links and what followed from them.

An entry is a page, a query as it stands in the address, and its `facts`: how many problems are told, what the view computes (tables,
covariances, atoms, estimates, names of runs) and, in `seen`, the values that only say what is looked at. Facts name no field of a
view, so that fields may move; what a link asks for may not get lost. That the facts are complete is checked by taking every key,
and every value inside a text such as ``own=angle=15.0``, out of every link: the facts change, or the entry says it under `idle`.

`tests/recorded/identities.json` holds every run that comes with the program and the link that opens its page on it.

Where classes moved: `SCENES`. Where fields moved: `SEEN`. To record anew, after a change
that is meant: ``python -m tests.test_links`` from the top folder keeps the links of the table and records their facts.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import itertools
import json
import math
import re
from collections.abc import Callable, Iterator
from operator import attrgetter
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode

import numpy as np
import pytest

from mmexplore import links as page_links
from mmexplore import tabular
from mmexplore.errors import MmexploreError
from mmexplore.estimators.tables.estimate import estimate
from mmexplore.info.pid import pid
from mmexplore.labs import place_of
from mmexplore.labs.yourdata.task import task_of
from mmexplore.runs.store import SHIPPED
from mmexplore.runs.task import task_from_dict
from mmexplore.tabular.two_views import arrays_id, own_arrays
from tests.recorded.comparing import differences, fingerprint

RECORDED = Path(__file__).parent / "recorded"
LINKS, IDENTITIES = RECORDED / "links.json", RECORDED / "identities.json"
TOLERANCE = 1e-6  # replicates of an estimate are solved to that

# page -> the module of its view, and the view's class
SCENES = {
    "decompose": ("mmexplore.labs.decompose.scene", "Scene"),
    "your_data": ("mmexplore.labs.yourdata.study", "Study"),
    "gaussian": ("mmexplore.labs.gaussian.scene", "GaussianScene"),
    "compare": ("mmexplore.labs.contest.scene", "CompareScene"),
    "knob": ("mmexplore.labs.knob.scene", "KnobScene"),
    "learn": ("mmexplore.labs.losses.scene", "FactorClScene"),
    "runs": ("mmexplore.labs.runs.scene", "RunsView"),
}

# page -> key of a link -> where its value is found in the view; they choose a picture, or how something costly is computed
SEEN = {
    "decompose": {},
    "your_data": {name: name for name in ("target_as", "neighbours", "most_rows", "trained", "file", "slice", "unit")},
    "gaussian": {"file": "file"},
    "compare": {"question": "question"},
    "knob": {name: name for name in ("beta", "gamma", "unit", "file", "exact_beta", "exact_blend", "need_share")},
    "learn": {
        name: name for name in ("view", "looked", "score", "order", "readout", "take", "dial_x", "dial_y", "file")
    },
    "runs": {"number": "number", "log": "log"},
}

PINNED = ("decompose", "gaussian", "knob", "learn")  # pages that had pins when the table was recorded

# keys whose values are texts of further values
NESTED = {
    "decompose": ("own", "pin"),
    "gaussian": ("data", "pin"),
    "compare": ("data", "tuned"),
    "knob": ("settings", "pin"),
    "learn": ("settings", "methods", "lab", "sweep", "bounds", "kept", "pin"),
}


# -- a visitor's files ----------------------------------------------------------------------------------------------------

_K = range(120)
_ROWS = "a,b,c,kind,mood\n" + "".join(
    f"{k * 37 % 101 / 10:g},{'' if k % 17 == 3 else f'{k * 29 % 83 / 8 + k % 3:g}'},{(k * k * 7 + 3 * k) % 97 / 9:g},"
    f"{('red', 'green', 'blue')[k * 5 % 7 % 3]},{'glad' if (k * 37 % 101 > 50) ^ (k % 5 == 0) else 'sad'}\n"
    for k in _K
)
_COUNTS = "x1,x2,y,count\n0,0,0,9\n0,1,0,7\n1,0,1,5\n1,1,1,2\n1,1,0,6\n"
_CHANCES = "x1,x2,y,p\n0,0,0,.3\n0,1,1,.2\n1,0,1,.3\n1,1,0,.2\n"
FILES = {hashlib.sha256(text.encode()).hexdigest(): text for text in (_ROWS, _COUNTS, _CHANCES)}
_ROOT = np.array(
    [[2.0, 0, 0, 0, 0], [0.5, 1, 0, 0, 0], [0.7, -0.2, 1.5, 0, 0], [0.3, 0.4, 0.1, 1, 0], [0.9, -0.6, 0.5, 0.3, 0.8]]
)
COVARIANCES = {"c" * 64: _ROOT @ _ROOT.T}


def own_file(sha: str) -> Any:
    """The data set of a file that a visitor has dropped."""
    return tabular.load(FILES[sha].encode(), "mine.csv") if sha in FILES else None


# -- what follows from a link ---------------------------------------------------------------------------------------------


def module(page: str) -> Any:
    """The module of a page's view."""
    return importlib.import_module(SCENES[page][0])


def opened(page: str, query: str) -> tuple[Any, Any, int]:
    """The view that a link opens, the view pinned beside it in the same unit, and how many problems are told."""
    moment, _, problems = page_links.read(
        getattr(module(page), SCENES[page][1]), parse_qs(query, keep_blank_values=True)
    )
    pin = moment.pin
    if pin is not None and hasattr(pin, "unit"):
        pin = pin.replace(unit=moment.view.unit)
    return moment.view, pin, len(problems)


Told = Iterator[tuple[str, Any]]


def facts(page: str, query: str) -> dict[str, Any]:
    """What follows from a link."""
    return dict(follows(page, query))


def follows(page: str, query: str) -> Told:
    """The same one by one, what is cheap first."""
    view, pin, problems = opened(page, query)
    yield "problems", problems
    yield from of_view(page, view)
    if page in PINNED:
        yield "pinned", None if pin is None else dict(of_view(page, pin)) | {"pinned": None}


def of_view(page: str, view: Any) -> Told:
    """What follows from a view."""
    yield "seen", {key: attrgetter(where)(view) for key, where in SEEN[page].items()}
    for name, value in FACTS[page](view):
        yield name, plain(value)


def decompose(view: Any) -> Told:
    """What the dial moves, the table, and its decomposition."""
    yield "dial", [[p.label, p.low, p.high] for p in (view.at(a) if isinstance(a, str) else a for a in view.axes())]
    table = view.table()
    yield "table", table if table.size <= 32 else fingerprint(table)
    yield "pid", numbers(view.decompose())


def your_data(view: Any) -> Told:
    """The states, which columns and rows they come from, and the estimate."""
    found = module("your_data")
    data = attempt(found.dataset_of, view)
    if refused(data):  # the visitor's own file
        data = own_file(attrgetter(SEEN["your_data"]["file"])(view))
    made = attempt(found.prepare, view, data) if data is not None else {"error": "no file"}
    if refused(made):
        yield "refused", made
        return
    yield "roles", [made.roles.x1, made.roles.x2, made.roles.y]
    if data.kind == "rows":
        yield "run", task_of(view, data.sha256).name()
    yield "table", fingerprint(made.table.p)
    yield "rows", None if made.rows is None else fingerprint(made.rows)
    settings = view.settings()
    if made.codes is None:
        yield "pid", numbers(pid(made.table.p, settings.measure))
        return
    one = attempt(lambda: estimate(*made.codes, settings))
    if refused(one):
        yield "refused", one
        return
    yield "plugin", numbers(one.plugin)
    yield "value", [one.value.redundancy, one.value.unique1, one.value.unique2, one.value.synergy]
    yield "intervals", one.intervals
    yield "nulls", [[null.kind.key, null.done, null.p_values] for null in one.nulls]


def gaussian(view: Any) -> Told:
    """What the dial moves, the covariance, and its decomposition."""
    given = COVARIANCES.get(attrgetter(SEEN["gaussian"]["file"])(view))
    yield "dial", [[p.label, p.low, p.high] for p in (view.at(a) if isinstance(a, str) else a for a in view.axes())]
    yield "covariance", attempt(lambda: fingerprint(view.covariance(given)))
    yield "pid", attempt(lambda: numbers(view.decompose(given)))


def compare(view: Any) -> Told:
    """What is asked of whom, and the runs of those that train."""
    plan = view.plan()
    yield "asked", [plan.question, plan.base.text(), plan.over, plan.ats, plan.seeds, plan.pair, plan.labels]
    yield "shown", view.quantities()
    yield "at once", {name: settings.to_query() for name, settings in view.at_once().items()}
    yield "runs", {name: task.name() for name, task in view.tasks().items()}


def knob(view: Any) -> Told:
    """The run, and the numbers of the theory."""
    yield "run", attempt(lambda: view.task(own_id("knob", view, own_arrays)).name())
    yield "views", dataclasses.asdict(view.views())
    yield "nodes", view.need_nodes()
    yield "collapse", view.sym_numbers()
    needed = view.need_here(mixings=1)
    yield "needed", [needed.signal, needed.information]


def learn(view: Any) -> Told:
    """The four runs."""
    mine = own_id("learn", view, lambda view, data: module("learn").arrays_of(view, data)[0])
    yield "runs", {run: attempt(lambda run=run: view.task(run, mine).name()) for run in module("learn").RUNS}


def own_id(page: str, view: Any, arrays_of: Callable[..., Any]) -> str:
    """What the arrays of a visitor's file are called; empty where there are none."""
    data = own_file(attrgetter(SEEN[page]["file"])(view))
    arrays = {"error": "no file"} if data is None else attempt(arrays_of, view, data)
    return "" if refused(arrays) else str(arrays_id(arrays))


def runs(view: Any) -> Told:
    """Which runs are listed, and which are looked at."""
    kinds = itertools.product(("finished", "running"), (True, False))
    some = [SimpleNamespace(state=SimpleNamespace(phase=phase), shipped=shipped) for phase, shipped in kinds]
    yield "listed", [view.lists(run) for run in some]
    yield "looked", view.names


FACTS: dict[str, Callable[[Any], Told]] = {
    "decompose": decompose,
    "your_data": your_data,
    "gaussian": gaussian,
    "compare": compare,
    "knob": knob,
    "learn": learn,
    "runs": runs,
}


def attempt(call: Callable[..., Any], *arguments: Any) -> Any:
    """What a call gives, or that it is refused."""
    try:
        return call(*arguments)
    except MmexploreError as error:
        return {"error": type(error).__name__}


def refused(value: Any) -> bool:
    """Whether an attempt failed."""
    return isinstance(value, dict) and "error" in value


def numbers(found: Any) -> dict[str, Any]:
    """Atoms and certificate of a decomposition, in its unit and by its measure."""
    told = {name: getattr(found, name) for name in ("redundancy", "unique1", "unique2", "synergy", "i12")}
    gap = float(found.gap)  # rounding may take it below 0
    told["gap"] = max(gap, 0.0) if math.isfinite(gap) else None
    return told | {"unit": found.unit, "measure": getattr(found, "measure", "gaussian")}


def plain(value: Any) -> Any:
    """Values as JSON holds them."""
    if isinstance(value, dict):
        return {name: plain(v) for name, v in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(v) for v in value]
    if isinstance(value, np.generic):
        value = value.item()
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


# -- what happens to a link that loses something --------------------------------------------------------------------------


def poorer(page: str, query: str) -> Iterator[tuple[str, str]]:
    """Every key of a link, and every value inside its texts, with the link that lacks it."""
    pairs = parse_qsl(query, keep_blank_values=True)
    for key in dict.fromkeys(name for name, _ in pairs):
        yield key, urlencode([(name, value) for name, value in pairs if name != key])
        if key in NESTED.get(page, ()):
            text = dict(pairs)[key]
            for part, rest in _parts(text):
                yield f"{key}: {part}", urlencode([(n, rest if n == key else v) for n, v in pairs])


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Each ``name=value`` in a text ``a=1&b=2``, ``what?a=1&b=2`` or several of these with commas, and the text without it."""
    for found in re.finditer(r"(?<=[?&,])[\w.]+=[^&,]*|^[\w.]+=[^&,]*", text):
        left = (text[: found.start()] + text[found.end() :]).replace("?&", "?").replace("&&", "&").replace("?,", ",")
        yield found[0].partition("=")[0], left.strip("&").removesuffix("?")


def idle(page: str, query: str, known: dict[str, Any]) -> list[str]:
    """What may be taken out of a link and nothing follows from it."""
    return [what for what, rest in poorer(page, query) if not _differs(known, follows(page, rest))]


def _differs(known: dict[str, Any], told: Told) -> bool:
    """Whether something else follows; stops at the first difference."""
    names = set()
    for name, value in told:
        if name not in known or differences(known[name], value, TOLERANCE):
            return True
        names.add(name)
    return names != set(known)


# -- tests ----------------------------------------------------------------------------------------------------------------


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _links() -> list[Any]:
    return [pytest.param(e, id=f"{e['page']}?{e['query'][:70]}") for e in _read(LINKS)["links"]]


@pytest.mark.parametrize("entry", _links())
def test_an_old_link_opens_the_same_view(entry):
    assert not differences(entry["facts"], facts(entry["page"], entry["query"]), TOLERANCE)


@pytest.mark.parametrize("entry", _links())
def test_nothing_of_a_link_is_lost_unseen(entry):
    assert idle(entry["page"], entry["query"], entry["facts"]) == entry.get("idle", [])


def test_the_table_of_links_is_rich():
    """Every key there was stands in two links at least, and something follows from it there."""
    table = _read(LINKS)
    for page, keys in table["keys"].items():
        links = [e for e in table["links"] if e["page"] == page]
        acting = [dict(parse_qsl(e["query"], keep_blank_values=True)).keys() - set(e.get("idle", ())) for e in links]
        assert len(links) >= 12
        assert not [key for key in keys if sum(key in of_link for of_link in acting) < 2], page


def _shipped() -> list[Any]:
    return [pytest.param(e, id=e["run"]) for e in _read(IDENTITIES)["runs"]]


def test_every_shipped_run_is_recorded():
    assert [e["run"] for e in _read(IDENTITIES)["runs"]] == sorted(path.name for path in SHIPPED.iterdir())


@pytest.mark.parametrize("entry", _shipped())
def test_a_shipped_run_is_still_called_what_its_description_says(entry):
    told = _read(SHIPPED / entry["run"] / "spec.json")
    assert told["kind"] == entry["kind"]
    assert task_from_dict(told).name() == entry["run"]


@pytest.mark.parametrize("entry", _shipped())
def test_a_shipped_run_opens_on_its_page_by_the_old_link_and_by_the_new_one(entry):
    place = place_of(task_from_dict(_read(SHIPPED / entry["run"] / "spec.json")))
    assert place is not None
    assert place[0].url == entry["page"]
    for query in (entry["query"], urlencode(place[1].to_query())):
        found = facts(entry["page"], query)
        assert entry["run"] in ([found["run"]] if entry["page"] in ("knob", "your_data") else found["runs"].values())
        assert not differences(entry["facts"], found, TOLERANCE)


# -- recording ------------------------------------------------------------------------------------------------------------


def record() -> None:
    """Write down what follows now from the links of the table, and where the runs that come with the program open."""
    table = _read(LINKS)
    for entry in table["links"]:
        entry["facts"] = facts(entry["page"], entry["query"])
        entry["idle"] = idle(entry["page"], entry["query"], entry["facts"])
        if not entry["idle"]:
            del entry["idle"]
        else:
            print(f"{entry['page']}?{entry['query'][:90]}: nothing follows from {', '.join(entry['idle'])}")
    LINKS.write_text(_written(table, "links"), "utf-8")
    shipped = []
    for path in sorted(SHIPPED.iterdir()):
        task = task_from_dict(_read(path / "spec.json"))
        place = place_of(task)
        assert place is not None
        told = {"run": path.name, "kind": task.kind, "page": place[0].url, "query": urlencode(place[1].to_query())}
        shipped.append(told | {"facts": facts(told["page"], told["query"])})
    IDENTITIES.write_text(_written({"runs": shipped}, "runs"), "utf-8")


def _written(table: dict[str, Any], rows: str) -> str:
    """JSON with one row a line."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in table[rows])
    rest = "".join(
        f',\n"{key}": {json.dumps(value, ensure_ascii=False)}' for key, value in table.items() if key != rows
    )
    return f'{{"{rows}": [\n{lines}\n]{rest}}}\n'


if __name__ == "__main__":
    record()
