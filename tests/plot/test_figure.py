"""What every kind of figure can do: Plotly's own object, a file, a notebook's output, a sentence, a table."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import mmexplore as mm
from mmexplore.plot import document
from tests.plot.examples import EXAMPLES

ROOT = Path(__file__).parents[2]
every_kind = pytest.mark.parametrize("make", EXAMPLES.values(), ids=lambda make: make.__name__)


@every_kind
def test_plotlys_own_object_takes_what_a_figure_says(make):
    figure = make("<b>name</b>")
    own = figure.figure  # go.Figure refuses what it does not know
    spec = json.loads(own.to_json())
    assert len(spec["data"]) == len(figure.spec()["data"])
    for drawn, said in zip(spec["data"], figure.spec()["data"], strict=True):
        assert drawn["type"] == said["type"] and drawn.get("name") == said.get("name")
    assert spec["layout"]["title"]["text"] == "&lt;b&gt;name&lt;/b&gt;"
    for layout in ("layout", "narrow"):
        type(own)({"layout": figure.spec()[layout]})  # the one of a telephone is understood as well


@every_kind
def test_the_layout_of_a_telephone_is_another_one_unless_the_figure_is_scrolled(make):
    spec = make("name").spec()
    assert (spec["layout"] == spec["narrow"]) is (spec["least"] > 0)


@every_kind
def test_a_file_holds_the_figure_and_its_numbers(make, tmp_path):
    figure = make("name")
    path = figure.save(tmp_path / "figure.html")
    source = path.read_text("utf-8").replace(document.library(), "")
    told = json.loads(re.search(r'<script type="application/json">(.*?)</script>', source)[1])
    assert told["spec"] == json.loads(figure.to_json()) and told["title"] == "name"
    assert source.count("<tr>") == 1 + len(figure.table().rows) and "http" not in re.sub(r"http-equiv", "", source)


@every_kind
def test_a_notebook_is_given_the_figure_and_its_sentence(make):
    import plotly.io

    figure = make("name")
    assert figure._repr_mimebundle_()["text/plain"] == f"name. {figure.alt()}" and len(figure.alt()) > 20
    before = plotly.io.renderers.default
    plotly.io.renderers.default = "plotly_mimetype"  # as in a notebook
    try:
        bundle = figure._repr_mimebundle_()
    finally:
        plotly.io.renderers.default = before
    shown = bundle["application/vnd.plotly.v1+json"]
    assert [t["type"] for t in shown["data"]] == [t["type"] for t in figure.spec()["data"]]
    assert shown["layout"]["title"]["text"] == "name" and bundle["text/plain"].startswith("name. ")


@every_kind
def test_a_table_has_a_header_for_every_cell(make):
    table = make("name").table()
    assert table.rows and table.caption.startswith("name") and all(len(row) == len(table.columns) for row in table.rows)


def test_its_own_words_come_first():
    assert mm.plot.curve([1, 2], {"a": [1, 2]}).alt() == "bit against x. a: 1.0000 at 1, 2.0000 at 2"


def test_the_viewer_is_the_plotly_that_is_required():
    from plotly.offline import get_plotlyjs_version

    version = re.search(r"plotly\.js \(cartesian - minified\) v([\d.]+)", document.library()[:500])[1]
    assert version == get_plotlyjs_version()
    assert "MIT" in document.LIBRARY.with_name("LICENSE.plotly.js").read_text("utf-8")


NOTEBOOK = (
    "import mmexplore as mm\npid = mm.pid(mm.gate('xor'))\npid",
    "mm.plot.atoms(pid)",
    "mm.plot.atoms(pid).figure",
)


def test_an_executed_notebook_holds_the_numbers(tmp_path):
    cells = [
        {"cell_type": "code", "id": f"c{k}", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
        for k, source in enumerate(NOTEBOOK)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path = tmp_path / "notebook.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}), "utf-8")
    command = [str(Path(sys.executable).with_name("jupyter-execute")), "--inplace", "--timeout=120", str(path)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr[-2000:]
    result, figure, own = [c["outputs"][-1]["data"] for c in json.loads(path.read_text("utf-8"))["cells"]]
    html = "".join(result["text/html"])
    assert re.search(r"S, synergy</td><td[^>]*>1\.0000<", html) and "<script" not in html
    for shown in (figure, own):
        plotly = shown["application/vnd.plotly.v1+json"]
        bars = next(t for t in plotly["data"] if t["type"] == "bar")
        assert bars["x"] == pytest.approx([0, 0, 0, 1, 0, 0, 1], abs=1e-6) and bars["orientation"] == "h"
        assert plotly["layout"]["yaxis"]["ticktext"][3] == "S, synergy"
    assert "".join(figure["text/plain"]).startswith("Decomposition by broja. R, redundancy 0")
