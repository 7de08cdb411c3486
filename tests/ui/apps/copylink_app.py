"""Two copy buttons, for the browser tests."""

from __future__ import annotations

from mmexplore.ui.copylink import copy_link

copy_link(key="address")
copy_link("a text <b>of</b> its own", key="text", label="Copy text")
