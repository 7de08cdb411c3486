"""Runs of the tests lie in a folder of their own, which goes with them; Hypothesis draws the same examples every time."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.chromium import browser, open_page, pytest_collection_modifyitems, serve, visit

__all__ = ["browser", "open_page", "pytest_collection_modifyitems", "serve", "visit"]  # hook and fixtures

# set when pytest starts, so that processes started by tests have it too
_FOLDER = tempfile.TemporaryDirectory(prefix="mmexplore-test-runs-")
os.environ["MMEXPLORE_RUNS"] = _FOLDER.name

# a clone that was green stays green; pytest --hypothesis-profile=search looks for other examples than those of every day
settings.register_profile("same", derandomize=True)
settings.register_profile("search", derandomize=False)
settings.load_profile("same")


def _folder(path: Path) -> Iterator[Path]:
    """A folder of runs and an engine of its own, for as long as the fixture lives."""
    from mmexplore import runs
    from mmexplore.runs.engines import LocalEngine

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MMEXPLORE_RUNS", str(path))
        engine = LocalEngine(path)
        runs.use(engine)
        yield path
        runs.use(None)
        engine.close()


@pytest.fixture(scope="module")
def runs_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of runs shared by the tests of a module: its launcher imports torch once."""
    yield from _folder(tmp_path_factory.mktemp("runs"))


@pytest.fixture
def empty_runs_folder(tmp_path: Path) -> Iterator[Path]:
    """An empty folder of runs for one test."""
    yield from _folder(tmp_path)
