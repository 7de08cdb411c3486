"""What a fresh clone relies on: pinned requirements that cover every import, and the commands the README names."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest

from mmexplore import bundled

ROOT = Path(__file__).parents[1]
# as if not called by make
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("MAKE") and name != "DEVICE"}
PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([0-9][0-9.]*)$")


def pins(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text().splitlines()
    wanted = [line for line in lines if line and not line.startswith(("#", "-r "))]
    matches = {line: PIN.match(line) for line in wanted}
    loose = [line for line, match in matches.items() if match is None]
    assert not loose, f"{name} leaves open: {loose}"
    return {match[1].lower(): match[2] for match in matches.values() if match}


def third_party(*folders: str) -> set[str]:
    files = [p for folder in folders for p in sorted((ROOT / folder).rglob("*.py"))] + [ROOT / "app.py"]
    found: set[str] = set()
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {"mmexplore", "benchmarks", "tests", "pages"}


def test_every_requirement_is_pinned_and_installed_as_pinned():
    for name, wanted in (pins("requirements.txt") | pins("requirements-dev.txt")).items():
        assert version(name).split("+")[0] == wanted, name


def test_torch_is_the_one_agreed_on():
    assert pins("requirements.txt")["torch"] == "2.13.0"


def test_the_tests_need_what_the_dashboard_needs():
    assert "-r requirements.txt" in (ROOT / "requirements-dev.txt").read_text().splitlines()


@pytest.mark.parametrize(
    ("folders", "files"),
    [
        (("mmexplore", "pages"), ("requirements.txt",)),
        (("tests", "benchmarks"), ("requirements.txt", "requirements-dev.txt")),
    ],
)
def test_every_import_is_required_by_name(folders, files):
    required = {name.replace("_", "-") for file in files for name in pins(file)}
    owners = packages_distributions()
    for module in third_party(*folders):
        names = {owner.lower().replace("_", "-") for owner in owners.get(module, [module])}
        assert names & required, f"{module} is imported in {folders} but not in {files}"


def test_python_version_is_said_once():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == ">=3.11"
    assert "(3, 11)" in (ROOT / "Makefile").read_text()


def test_an_installed_copy_has_what_lies_beside_the_package_in_a_clone():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    for place in (bundled.APP, bundled.PAGES, bundled.ASSETS, bundled.ROOT / ".streamlit" / "config.toml"):
        name = place.relative_to(ROOT).as_posix()
        assert place.exists() and included.pop(name) == f"mmexplore/site/{name}"
    assert not included
    assert project["project"]["scripts"] == {"mmexplore": "mmexplore.cli:main"}


def test_an_installed_copy_has_what_draws_its_figures():
    # a wheel takes all of the package but what git ignores
    from mmexplore.plot.document import LIBRARY
    from mmexplore.ui.figure import component

    drawn_by = [*LIBRARY.parent.iterdir(), *(p for p in Path(component.__file__).parent.iterdir() if p.is_file())]
    assert {"plotly-cartesian.min.js", "viewer.js", "LICENSE.plotly.js", "page.js", "page.css"} <= {
        p.name for p in drawn_by
    }
    assert all(p.is_relative_to(ROOT / "mmexplore") for p in drawn_by)
    if (ROOT / ".git").exists():
        ignored = subprocess.run(["git", "check-ignore", *map(str, drawn_by)], cwd=ROOT, capture_output=True, text=True)
        assert ignored.stdout == "" and ignored.returncode == 1, ignored


def test_the_package_is_installed_with_its_command(tmp_path):
    command = [str(Path(sys.executable).parent / "mmexplore"), "pid", "--gate", "xor", "--json"]
    run = subprocess.run(command, cwd=tmp_path, env=PLAIN, capture_output=True, text=True, timeout=120, check=True)
    assert json.loads(run.stdout)["synergy"] == pytest.approx(1.0, abs=1e-9)


def ranges(texts: list[str]) -> dict[str, str]:
    return dict(one.split(">=") for one in texts)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_ranges_of_the_package_hold_the_pins(name):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    if name == "requirements.txt":
        named = ranges([*project["dependencies"], *extras["app"], *extras["train"]])
    else:
        assert extras["dev"][0] == "mmexplore[all]"
        named = ranges(extras["dev"][1:])
    pinned = pins(name)
    assert set(named) == set(pinned)
    for package, least in named.items():
        assert [int(k) for k in pinned[package].split(".")] >= [int(k) for k in least.split(".")], package


@pytest.mark.parametrize("target", ["run", "test", "install", "lint", "bench", "load", "dev", "help", "clean"])
def test_make_knows_its_targets(target):
    make = shutil.which("make")
    assert make is not None
    run = subprocess.run([make, "-n", target], cwd=ROOT, env=PLAIN, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr


def test_make_runs_the_linters_before_the_tests_and_the_tests_last():
    run = subprocess.run(
        ["make", "-n", "test"], cwd=ROOT, env=PLAIN, capture_output=True, text=True, timeout=60, check=True
    )
    order = [run.stdout.index(f"-m {tool}") for tool in ("ruff check", "ruff format --check", "mypy", "pytest")]
    assert order == sorted(order)
    assert "-m pytest" in run.stdout.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("target", "module"), [("test", "pytest"), ("bench", "benchmarks"), ("load", "benchmarks.load")]
)
def test_make_hands_the_device_on(target, module):
    for words, device in (([], "cpu"), (["DEVICE=cuda"], "cuda")):
        run = subprocess.run(
            ["make", "-n", target, *words], cwd=ROOT, env=PLAIN, capture_output=True, text=True, timeout=60, check=True
        )
        last = run.stdout.strip().splitlines()[-1]
        assert f"-m {module} " in last
        assert f" --device {device}" in last


def test_make_says_which_python_it_needs(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.txt").write_text("")
    old = tmp_path / "old-python"
    old.write_text("#!/bin/sh\ncase $1 in --version) echo Python 3.9.1;; *) exit 1;; esac\n")
    old.chmod(0o755)
    run = subprocess.run(
        ["make", "install", f"PYTHON={old}"], cwd=tmp_path, env=PLAIN, capture_output=True, text=True, timeout=60
    )
    assert run.returncode != 0
    assert "mmexplore needs Python 3.11 or newer; found: Python 3.9.1" in run.stderr
    assert not (tmp_path / ".venv").exists()


def test_the_check_of_a_bare_machine_runs_the_tests_last():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    text = script.read_text()
    assert "set -euo pipefail" in text
    assert text.strip().splitlines()[-1] == "make test"
    subprocess.run(["bash", "-n", str(script)], check=True, timeout=60)
