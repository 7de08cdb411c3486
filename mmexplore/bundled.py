"""Where the files lie that come along: entry script, pages, server settings, icon, runs computed beforehand.

In a clone they lie beside the package, in an installed copy inside it (`pyproject.toml` says what goes where).
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent
_INSTALLED = _PACKAGE / "site"
ROOT = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent

APP = ROOT / "app.py"
PAGES = ROOT / "pages"
ASSETS = ROOT / "assets"
