"""What is computed from a visitor's own data lies in their session: no cache that all visitors share holds it."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

from mmexplore.datasets.gaussian_systems import gaussian_system
from mmexplore.labs.decompose.ui import grid as decompose_grid
from mmexplore.labs.knob.ui import theory
from mmexplore.ui.dial import component
from tests.labs.pages import open_lab

PACKAGE = Path(__file__).parents[2] / "mmexplore"

# Every cache that all visitors share, and what it holds. A new one is entered here by whoever has seen that nothing of a
# visitor's own can come into it; what can belongs to `mmexplore.ui.session_cache`.
SHARED = {
    "datasets/gate_tables/declaration.py": "tables of gates",
    "datasets/generators/gaussian.py": "laws of generators",
    "datasets/quadrature.py": "nodes of quadratures",
    "datasets/real_tables/declaration.py": "data that come along",
    "datasets/views/bits.py": "laws of views",
    "datasets/views/latents.py": "laws of views",
    "datasets/views/noisy_digits.py": "data that come along",
    "datasets/views/tables.py": "decompositions of declared views, which a visitor's own are not (they refuse to be drawn)",
    "info/broja/linalg.py": "functions",
    "info/broja/margins.py": "whole numbers 0 ... n - 1",
    "labs/contest/scene.py": "settings of estimators",
    "labs/decompose/ui/grid.py": "maps of gates and bundled data; drawn tables go to the session",
    "labs/gaussian/rows.py": "bundled data and generators",
    "labs/gaussian/ui/live.py": "maps of systems and bundled data; matrices of files go to the session",
    "labs/knob/dial.py": "axes of the knobs, which are settings",
    "labs/knob/numbers.py": "places of settings on axes of the knobs",
    "labs/knob/scene.py": "correlations of declared views",
    "labs/knob/ui/how_much_data.py": "a model with known laws",
    "labs/knob/ui/live.py": "dials of shared runs; those of own data go to the session",
    "labs/knob/ui/theory.py": "covariances of declared views; own ones go to the session",
    "labs/losses/objectives/declaration.py": "objectives by their text",
    "labs/losses/scene.py": "headings of objectives by their text",
    "labs/losses/ui/information.py": "declared latents and their pictures",
    "labs/yourdata/study.py": "bundled data, rows drawn from gates",
    "plot/document.py": "texts of the program",
    "runs/control.py": "an engine a folder",
    "runs/limits.py": "the speed of the machine",
    "runs/owners.py": "the salt of the folder of runs",
    "spec.py": "declarations",
    "ui/dial/assets.py": "texts of the program",
    "ui/lab_page.py": "maps of views of labs that take no files",
}
CACHES = ("cache", "lru_cache", "cache_data", "cache_resource")


def cached(path: Path) -> bool:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for decorator in getattr(node, "decorator_list", ()):
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if getattr(called, "attr", getattr(called, "id", "")) in CACHES:
                return True
    return False


def test_every_shared_cache_is_known():
    assert {str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py") if cached(path)} == set(SHARED)


@pytest.fixture
def shared():
    """What the shared caches of the dial gained meanwhile."""
    before = set(component._encoded) | set(component._stacked)
    return lambda: (set(component._encoded) | set(component._stacked)) - before


def test_a_covariance_of_ones_own_stays_in_the_session(shared):
    matrix = gaussian_system(angle1=11.0, angle2=77.0, noise=0.37)
    sha = "ab" * 32
    app = open_lab("gaussian", {"gaussian.files": {sha: ("mine.npy", matrix)}}, source="file", file=sha, d1="2", d2="2")
    assert not app.exception and app.get("bidi_component")
    assert shared() == set()
    assert set(app.session_state["computed from own data"]) >= {"dial grid"}


def test_a_table_drawn_by_hand_stays_in_the_session(shared, monkeypatch):
    def refuse(*_: object) -> None:
        raise AssertionError("a drawn table came into the shared cache")

    monkeypatch.setattr(decompose_grid, "_cached_grid", refuse)
    app = open_lab("decompose", source="draw")
    assert not app.exception and app.get("bidi_component")
    assert shared() == set()
    assert set(app.session_state["computed from own data"]) >= {"map", "dial grid"}


def test_the_exact_plane_of_ones_own_views_stays_in_the_session(shared, monkeypatch):
    from streamlit.testing.v1 import AppTest

    def refuse(*_: object) -> None:
        raise AssertionError("own views came into the shared cache")

    monkeypatch.setattr(theory, "_drawn", refuse)
    monkeypatch.setattr(theory, "_parts", refuse)

    def page() -> None:
        import numpy as np

        from mmexplore.labs.knob.ui import STATE
        from mmexplore.labs.knob.ui.theory import exact_plane

        rng = np.random.default_rng(2)
        shared = rng.normal(size=(200, 1))
        STATE.timeline.commit(type(STATE.timeline.present)(STATE.view.put(data="own")))
        exact_plane(STATE, {name: shared + rng.normal(size=(200, 3)) for name in ("x1", "x2")})

    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception, app.exception
    assert shared() == set()
    assert set(app.session_state["computed from own data"]) >= {"covariance", "plane", "dial grid"}


def test_others_share_what_comes_along(shared):
    app = open_lab("gaussian", angle1="33")
    assert not app.exception and np.size(app.get("bidi_component"))
    assert "computed from own data" not in app.session_state
