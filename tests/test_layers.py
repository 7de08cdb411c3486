"""The arrows of the house: who may import whom, and what importing the package costs."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import mmexplore as mm

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "mmexplore"
DOTTED = re.compile(r"mmexplore(\.\w+)+(:\w+)?")
FILES = sorted(p for p in (*PACKAGE.rglob("*.py"), *ROOT.glob("pages/*.py"), ROOT / "app.py") if p.exists())

# From the ground up; a layer imports itself and those before it. "lab" is what a lab declares, "labs" are the labs themselves;
# "(root)" is the public face, `import mmexplore`, which alone knows all that declares kinds of runs.
LAYERS = (
    "ground",
    "info",
    "discretize",
    "whatif",
    "datasets",
    "tabular",
    "runs",
    "training",
    "estimators",
    "plot",
    "report",
    "lab",
    "ui",
    "labs",
    "serve",
    "cli",
    "(root)",
    "pages",
)
GROUND = {
    "allowance",
    "bundled",
    "devices",
    "display",
    "errors",
    "glossary",
    "types",
    "spec",
    "registry",
    "palette",
    "timeline",
    "jobs",
    "jobs_process",
    "plaintext",
    "writing",
    "version",
    "units",
    "links",
}
APART = {("pages", "cli")}  # two ways in that do not know each other
LATE = {("cli", "serve")}  # inside a function only: the command line starts without Streamlit
STREAMLIT, PLOTLY = "streamlit", "plotly"
TORCH = {"torch", "zuko"}


def layer(path: Path) -> str:
    """Layer of a file."""
    if path.parent in (ROOT, ROOT / "pages"):
        return "pages"
    return layer_of(path.relative_to(PACKAGE).parts[0].removesuffix(".py"))


def layer_of(name: str) -> str:
    """Layer of a module or folder directly under the package."""
    if name in GROUND:
        return "ground"
    if name == "__main__":
        return "cli"
    if name == "__init__":
        return "(root)"
    return name


def may_draw(path: Path) -> bool:
    """Whether a file may import Streamlit: pages and what draws them."""
    if layer(path) in ("ui", "serve", "pages"):
        return True
    inside = path.relative_to(PACKAGE).parts
    return inside[0] == "labs" and len(inside) > 2 and (inside[2] in ("ui", "ui.py", "page.py"))


def may_make_plotly(path: Path, at_import: bool) -> bool:
    """Whether a file may import Plotly, which is large: figures alone, and only when somebody asks for Plotly's own object."""
    return layer(path) == "plot" and not at_import


def may_learn(path: Path) -> bool:
    """Whether a file may have torch at its top: what worker processes alone import."""
    return any(part in ("train", "train.py", "training") for part in path.relative_to(ROOT).parts)


def lab_of(name: str) -> str | None:
    """The lab that a dotted name belongs to; what all labs share in `mmexplore.labs` is of none."""
    parts = name.split(".")
    inside = parts[:2] == ["mmexplore", "labs"] and len(parts) > 2
    return parts[2] if inside and (PACKAGE / "labs" / parts[2]).is_dir() else None


def imports(path: Path) -> list[tuple[str, bool]]:
    """Dotted names that a file imports, or holds as a text, and whether that happens when the file is imported.

    A text like ``"mmexplore.labs.knob.train.program:run"`` is an import that happens late; what stands below ``if TYPE_CHECKING`` never happens.
    """
    found: list[tuple[str, bool]] = []

    def visit(node: ast.AST, at_import: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                found.extend((alias.name, at_import) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                base = child.module or ""
                if child.level:
                    package = path.relative_to(ROOT).parts[: -child.level]
                    base = ".".join((*package, *filter(None, [base])))
                found.extend((f"{base}.{alias.name}", at_import) for alias in child.names)
            elif isinstance(child, ast.Constant) and isinstance(child.value, str):
                named = child.value.replace(":", ".")
                if DOTTED.fullmatch(child.value) and target(named) != "(root)":  # else the name of something else
                    found.append((named, False))
            elif isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
                for part in child.body:
                    visit(ast.Module([part], []), False)
                for part in child.orelse:
                    visit(ast.Module([part], []), at_import)
            else:
                inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
                visit(child, at_import and not inside)

    visit(ast.parse(path.read_text(encoding="utf-8")), True)
    return found


def target(name: str) -> str | None:
    """Layer of a dotted name of ours, else None."""
    parts = name.split(".")
    if parts[0] != "mmexplore":
        return None
    known = len(parts) > 1 and ((PACKAGE / parts[1]).is_dir() or (PACKAGE / f"{parts[1]}.py").exists())
    return layer_of(parts[1]) if known else "(root)"


def faults(path: Path) -> list[str]:
    """What a file imports against the rules of the house, as sentences."""
    here, found = layer(path), []
    assert here in LAYERS, f"{here} is a new layer: say in this test where it stands"
    mine = lab_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    for name, at_import in imports(path):
        there, library = target(name), name.split(".")[0]
        if there is not None and there != here:
            early = (here, there) in LATE and at_import
            if LAYERS.index(there) > LAYERS.index(here) or (here, there) in APART or early:
                found.append(f"{here} may not look at {there}: {name}")
        if mine is not None and lab_of(name) not in (None, mine):
            found.append(f"the lab {mine} may not look at another lab: {name}")
        if library == STREAMLIT and not may_draw(path):
            found.append(f"draws: {name}")
        if library == PLOTLY and not may_make_plotly(path, at_import):
            found.append(f"imports Plotly: {name}")
        if library in TORCH and at_import and not may_learn(path):
            found.append(f"imports torch at its top: {name}")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_keeps_to_the_rules_of_the_house(path):
    assert not faults(path)


@pytest.mark.parametrize(
    ("where", "text", "why"),
    [
        ("info/probe.py", "from mmexplore.ui import dial", "info may not look at ui"),
        ("estimators/probe.py", 'PROGRAM = "mmexplore.labs.knob.train.program:run"', "estimators may not look at labs"),
        ("labs/knob/probe.py", "def f():\n    from mmexplore.labs.losses import scene", "another lab"),
        ("labs/knob/task.py", 'program = "mmexplore.labs.losses.train.program:run"', "another lab"),
        ("labs/knob/scene.py", "import streamlit as st", "draws"),
        ("plot/probe.py", "def f():\n    import streamlit", "draws"),
        ("plot/figure.py", "import plotly.graph_objects as go", "imports Plotly"),
        ("plot/figure.py", "class F:\n    import plotly", "imports Plotly"),
        ("report/page.py", "def f():\n    import plotly.graph_objects as go", "imports Plotly"),
        ("labs/knob/page.py", "import plotly.express as px", "imports Plotly"),
        ("plot/figure.py", "def f():\n    from mmexplore.report import Content", "plot may not look at report"),
        ("labs/knob/scene.py", "import torch", "torch at its top"),
        ("labs/knob/scene.py", "if TYPE_CHECKING:\n    pass\nelse:\n    import torch", "torch at its top"),
        ("ui/probe.py", "from mmexplore.labs import LABS", "ui may not look at labs"),
        ("runs/probe.py", "if TYPE_CHECKING:\n    from mmexplore.lab import Lab", "runs may not look at lab"),
        ("cli/probe.py", "from mmexplore.serve.launch import launch", "cli may not look at serve"),
    ],
)
def test_the_rules_are_seen_to_be_broken(where, text, why, monkeypatch):
    monkeypatch.setattr(Path, "read_text", lambda self, encoding=None: text)
    (fault,) = faults(PACKAGE / where)
    assert why in fault


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("labs/knob/train/probe.py", "import torch"),
        ("labs/knob/page.py", "import streamlit"),
        ("labs/knob/ui/probe.py", "from mmexplore.labs import LABS"),
        ("cli/probe.py", "def f():\n    from mmexplore.serve.launch import launch"),
        ("estimators/probe.py", "def f():\n    import torch"),
        ("plot/probe.py", "def f():\n    import plotly.graph_objects as go"),
        ("plot/probe.py", "if TYPE_CHECKING:\n    import plotly.graph_objects as go"),
    ],
)
def test_what_is_allowed_is_let_pass(where, text, monkeypatch):
    monkeypatch.setattr(Path, "read_text", lambda self, encoding=None: text)
    assert faults(PACKAGE / where) == []


def test_no_public_function_is_hidden_by_a_module_of_its_name():
    # importing mmexplore.x.y sets the attribute x of the package; `mmexplore.datasets` is both, on purpose, and `mmexplore.plot` a package of functions
    modules = {p.stem for p in PACKAGE.iterdir() if p.suffix == ".py" or p.is_dir()}
    assert set(mm.__all__) & modules <= {"datasets", "plot"}


def modules_after(statement: str, whole: bool = False) -> set[str]:
    code = f"{statement}\nimport sys\nprint('\\n'.join(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, timeout=120
    )
    return {name if whole else name.split(".")[0] for name in run.stdout.split()}


@pytest.mark.parametrize(
    "statement",
    [
        "import mmexplore",
        "import mmexplore as mm; mm.pid([[[.25, 0], [.25, 0]], [[.25, 0], [0, .25]]]); mm.gate('and'); mm.gates()",
        "from mmexplore.cli import main; main(['pid', '--gate', 'and', '--noise', '0.1', '--json'])",
    ],
    ids=["import", "a first answer", "the command line"],
)
def test_the_package_starts_without_heavy_libraries(statement):
    heavy = {"torch", "streamlit", "plotly", "sklearn", "pandas", "matplotlib", "clarabel", "ecos"}
    assert not modules_after(statement) & heavy


def test_the_dashboard_imports_no_torch_and_makes_no_figure_of_plotlys():
    # Streamlit itself imports the top of Plotly, for its theme; `plotly.graph_objs._figure` is what makes figures
    everything = modules_after("from mmexplore.serve import server; server.import_all('mmexplore')", whole=True)
    assert "streamlit" in everything and "mmexplore.ui.figure" in everything
    assert not everything & {"torch", "plotly.graph_objs._figure"}


def test_figures_and_reports_are_drawn_without_plotly():
    made = "import mmexplore as mm\nfrom mmexplore.plot.document import document\nf = mm.plot.atoms(mm.pid(mm.gate('xor')))\n"
    drawn = "f.to_json('dark'), f.table(), f.alt(), document([f], 'one')\nmm.html_report(mm.pid(mm.gate('xor')))"
    assert "plotly" not in modules_after(made + drawn)
    assert "plotly" in modules_after(made + "f.figure")  # only when it is asked for


def test_a_worker_and_the_command_line_import_no_streamlit():
    assert not modules_after("from mmexplore.runs.task import TASKS; TASKS.names()") & {"torch", "streamlit"}


def test_the_walk_sees_imports_of_every_form(monkeypatch):
    file = PACKAGE / "info" / "probe.py"
    text = "import torch\nfrom ..ui import dial\ndef f():\n    import plotly.io\nP = 'mmexplore.info.b:c'"
    monkeypatch.setattr(Path, "read_text", lambda self, encoding=None: text)
    expected = [("torch", True), ("mmexplore.ui.dial", True), ("plotly.io", False), ("mmexplore.info.b.c", False)]
    assert imports(file) == expected
