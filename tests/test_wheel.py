"""The wheel holds what the command needs, and in an environment without the clone `mmexplore` answers and serves pages with shipped runs."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from concurrent.futures import ThreadPoolExecutor
from email.parser import Parser
from pathlib import Path

import pytest

from benchmarks.serving import Server
from mmexplore.labs import in_order
from mmexplore.serve.client import Visitor

ROOT = Path(__file__).parents[1]
SHIPPED = sorted(path.name for path in (ROOT / "assets" / "runs").iterdir())


def files(folder: Path) -> set[str]:
    """What lies in a folder of the clone, as paths below its top."""
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(ROOT).as_posix() for path in found}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the back end that pyproject.toml names."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (built,) = folder.glob("*.whl")
    return built


def test_it_holds_the_package_its_pages_and_the_shipped_runs_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    beside = {"app.py", ".streamlit/config.toml", *files(ROOT / "pages"), *files(ROOT / "assets")}
    assert len(SHIPPED) > 20 and {f"assets/runs/{run}/result.json" for run in SHIPPED} <= beside
    assert names == files(ROOT / "mmexplore") | {f"mmexplore/site/{name}" for name in beside}


def test_its_extras_are_those_of_the_project(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(archive.read(name).decode())
    assert set(metadata.get_all("Provides-Extra")) == {"all", "app", "train", "dask", "dev"}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = {text.replace(" ", "").replace('"', "'") for text in metadata.get_all("Requires-Dist")}
    assert set(project["dependencies"]) <= needed
    assert {f"{text};extra=='app'" for text in project["optional-dependencies"]["app"]} <= needed


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command in a new environment: the wheel installed there, other packages lent by the environment of the tests, the clone unknown."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python)]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)], check=True, timeout=120)
    ask = [str(python), "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"]
    site = Path(subprocess.run(ask, check=True, capture_output=True, text=True, timeout=60).stdout.strip())
    (site / "lent.pth").write_text(
        f"{sysconfig.get_paths()['purelib']}\n"
    )  # its own .pth files, the clone's among them, are not read
    return home / "bin" / "mmexplore"


def alone(folder: Path) -> dict[str, str]:
    """An environment that knows no clone, with a folder of runs of its own."""
    return {**os.environ, "PYTHONPATH": "", "MMEXPLORE_LABS": "", "MMEXPLORE_RUNS": str(folder / "runs")}


def test_the_command_answers_from_an_empty_folder(installed, tmp_path):
    def answer(*words: str) -> list[dict] | dict:
        run = subprocess.run(
            [installed, *words, "--json"],
            cwd=tmp_path,
            env=alone(tmp_path),
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert run.returncode == 0, run.stderr
        return json.loads(run.stdout)

    assert answer("pid", "--gate", "xor")["synergy"] == pytest.approx(1.0, abs=1e-9)
    listed = answer("runs", "list")
    assert sorted(run["run"] for run in listed if run["shipped"]) == SHIPPED
    where = [installed.parent / "python", "-c", "import mmexplore; print(mmexplore.__file__)"]
    run = subprocess.run(where, cwd=tmp_path, env=alone(tmp_path), capture_output=True, text=True, timeout=60)
    assert Path(run.stdout.strip()).is_relative_to(installed.parents[1])


def test_it_serves_pages_with_shipped_runs(installed, tmp_path):
    command = (str(installed), "serve", "--port", "{port}")
    # where a browser's own loop runs, another thread has none
    with Server(command, cwd=tmp_path, env=alone(tmp_path)) as server, ThreadPoolExecutor() as beside:
        beside.submit(asyncio.run, look(server.address)).result()


async def look(address: str) -> None:
    """Every page without an error; Knob with the dial of a trained network, which is there only with its shipped run."""
    async with Visitor(address) as visitor:
        await visitor.open("")
        assert len(visitor.pages) == len(in_order())
        for page in visitor.pages:
            await visitor.go(page)
            assert not visitor.errors, page
        await visitor.go("knob")
        assert visitor.find("knob.dial", "bidi_component")
