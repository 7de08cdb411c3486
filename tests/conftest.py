"""What all tests share: the device (`--device cuda` runs all that can be on a GPU), a folder of runs that goes with them, and the same
examples of Hypothesis every time."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.chromium import _tabs, browser, open_page, pytest_collection_modifyitems, serve, visit

__all__ = ["_tabs", "browser", "open_page", "pytest_collection_modifyitems", "serve", "visit"]  # hook and fixtures

# set when pytest starts, so that processes started by tests have it too
_FOLDER = tempfile.TemporaryDirectory(prefix="mmexplore-test-runs-")
os.environ["MMEXPLORE_RUNS"] = _FOLDER.name

# a clone that was green stays green; pytest --hypothesis-profile=search looks for other examples than those of every day
settings.register_profile("same", derandomize=True)
settings.register_profile("search", derandomize=False)
settings.load_profile("same")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option `--device`."""
    parser.addoption("--device", choices=("cpu", "cuda"), default="cpu", help="where tensors and networks of tests are")


def pytest_configure(config: pytest.Config) -> None:
    """Put the device where `mmexplore.devices.choose_device` looks, here and in every process started by a test."""
    from mmexplore.devices import choose_device
    from mmexplore.errors import Unsupported

    try:
        device = os.environ["MMEXPLORE_DEVICE"] = choose_device(config.getoption("--device"))
    except Unsupported as error:
        raise pytest.UsageError(f"--device: {error}") from None
    if device == "cuda":
        import torch

        # tests compare whole float32 products; cuBLAS reads the variable when it starts, which may be before the first run
        torch.backends.cudnn.allow_tf32 = False
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")


def pytest_report_header(config: pytest.Config) -> str:
    """Name the device."""
    return f"device: {config.getoption('--device')}"


@pytest.fixture(scope="session")
def device(pytestconfig: pytest.Config) -> str:
    """Where a test makes its tensors and modules: ``"cpu"`` or ``"cuda"``."""
    return str(pytestconfig.getoption("--device"))


def _folder(path: Path) -> Iterator[Path]:
    """A folder of runs and an engine of its own, for as long as the fixture lives."""
    from mmexplore import runs
    from mmexplore.runs import Run
    from mmexplore.runs.engines import LocalEngine

    class OnDemand(LocalEngine):
        """Its launcher starts with the first run, not whenever a page is opened, which costs a test most of a second."""

        asked = False

        def ready(self) -> None:
            if self.asked:
                super().ready()

        def submit(self, run: Run) -> None:
            self.asked = True
            super().submit(run)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MMEXPLORE_RUNS", str(path))
        patch.setattr("mmexplore.runs.listing.EVERY", 0.0)  # what a test does to a folder by hand is seen at once
        engine = OnDemand(path)
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
