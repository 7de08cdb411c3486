"""A lab's page through AppTest: open it by a link, and read what is on it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from mmexplore.labs import LABS

_APP = str(Path(__file__).parents[2] / "app.py")


def open_lab(lab: str, /, session: dict[str, Any] | None = None, **query: str) -> AppTest:
    """The page of a lab, opened by a link.

    Args:
        lab: its name.
        session: what is in the visitor's session before.
        query: of the link.
    """
    script = Path(_APP).parent / "pages" / f"{LABS[lab].url}.py"
    app = AppTest.from_file(_APP, default_timeout=60) if script.exists() else AppTest.from_function(_alone, args=(lab,))
    app.default_timeout = 60
    for key, value in (session or {}).items():
        app.session_state[key] = value
    if script.exists():
        app.switch_page(f"pages/{script.name}")
    app.query_params.update(query)
    return app.run()


def _alone(lab: str) -> None:
    """A lab without a script in `pages/`: AppTest cannot follow the navigation to it."""
    from mmexplore.labs import show

    show(lab)


def finished(app: AppTest) -> AppTest:
    """The page once the work beside it is done."""
    until = time.monotonic() + 40
    while any(b.key and b.key.startswith("stop ") for b in app.button) and time.monotonic() < until:
        time.sleep(0.2)
        app.run()
    return app


def words(app: AppTest) -> str:
    """What is written on the page."""
    return " ".join(e.value for e in (*app.markdown, *app.caption, *app.warning, *app.info, *app.error))


def healthy(app: AppTest) -> bool:
    """Whether nothing threw and no error is shown."""
    return not app.exception and not app.error


def given(app: AppTest) -> list[dict[str, Any]]:
    """What the components of the page were given."""
    return [json.loads(element.proto.json) for element in app.get("bidi_component")]


def figures(app: AppTest) -> dict[str, dict[str, Any]]:
    """What the page's figures were given, by title, with Plotly's JSON read."""
    return {data["title"]: {**data, "spec": json.loads(data["spec"])} for data in given(app) if "spec" in data}


def query_of(app: AppTest) -> dict[str, str]:
    """The query in the page's address."""
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}


def press(app: AppTest, label: str) -> AppTest:
    """Press the first button with this label."""
    return next(b for b in app.button if b.label == label).click().run()
