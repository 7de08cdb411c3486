"""The arrows of the house: who may import whom, and what importing the package costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "mmexplore"
FILES = sorted(p for p in (*PACKAGE.rglob("*.py"), *ROOT.glob("pages/*.py"), ROOT / "app.py") if p.exists())

# From the ground up; a layer imports itself and those before it. "(root)" is the public face, `import mmexplore`; "modules"
# are the other single modules of the package.
LAYERS = (
    "ground",
    "info",
    "discretize",
    "rows",
    "datasets",
    "tabular",
    "estimators",
    "tasks",
    "runs",
    "learn",
    "report",
    "(root)",
    "modules",
    "scenes",
    "ui",
    "cli",
    "pages",
)
GROUND = {"devices", "errors", "types", "spec", "registry", "palette"}
APART = {("pages", "cli")}  # two ways in that do not know each other
LATE_ONLY = {("cli", "ui")}  # inside a function only: the command line starts without Streamlit
DRAWING = {"streamlit", "plotly"}
TORCH = {"torch", "zuko"}
MAY_DRAW = {"ui", "pages"}
MAY_LEARN = "learn"  # torch at the top of a file: in worker processes alone


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
    return name if (PACKAGE / name).is_dir() else "modules"


def imports(path: Path) -> list[tuple[str, bool]]:
    """Dotted names imported by a file, and whether that happens when the file is imported."""
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
            elif isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
                continue
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


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_imports_only_from_layers_below(path):
    here = layer(path)
    assert here in LAYERS, f"{here} is a new layer: say in this test where it stands"
    for name, at_import in imports(path):
        there = target(name)
        if there is not None and there != here:
            below = LAYERS.index(there) < LAYERS.index(here) and (here, there) not in APART
            assert below, f"{path.relative_to(ROOT)} imports {name}: {here} may not look up to {there}"
            assert not (at_import and (here, there) in LATE_ONLY), f"{path.relative_to(ROOT)} imports {name} at the top"
        library = name.split(".")[0]
        assert library not in DRAWING or here in MAY_DRAW, f"{path.relative_to(ROOT)} imports {name}"
        early = library in TORCH and at_import and here != MAY_LEARN
        assert not early, f"{path.relative_to(ROOT)} imports {library} at the top"


def modules_after(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint('\\n'.join(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, timeout=120
    )
    return {name.split(".")[0] for name in run.stdout.split()}


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


def test_the_dashboard_imports_no_torch():
    statement = "import pkgutil, importlib, mmexplore.ui as ui\n"
    statement += "[importlib.import_module(m.name) for m in pkgutil.walk_packages(ui.__path__, 'mmexplore.ui.')]"
    assert "torch" not in modules_after(statement)


def test_the_walk_sees_imports_of_every_form(tmp_path, monkeypatch):
    file = PACKAGE / "info" / "probe.py"
    text = "import torch\nfrom ..ui import dial\ndef f():\n    import plotly.io\n"
    monkeypatch.setattr(Path, "read_text", lambda self, encoding=None: text)
    assert imports(file) == [("torch", True), ("mmexplore.ui.dial", True), ("plotly.io", False)]
