"""An address that names no page says so, in place of a page, and leads on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from mmexplore.labs import in_order


@pytest.mark.parametrize("address", ["nonesuch", "deccompose", "%3Cb%3Ex", "a%20b", "x" * 2000])
def test_an_unknown_address_says_so_and_leads_on(visit, serve, address):
    page = visit("")
    expect(page.get_by_role("heading", level=1).first).to_be_visible(
        timeout=60_000
    )  # the server's very first run knows no pages yet
    page.goto(f"{serve('app.py')}/{address}")
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("dialog")).to_have_count(0)
    shown = page.get_by_test_id("stMain").get_by_role("link")
    expect(shown).to_have_count(len(in_order()))
    if address == "deccompose":
        expect(shown.first).to_have_text(re.compile("Decompose"))
        shown.first.click()
        expect(page).to_have_url(re.compile(r"/decompose$"))
        expect(page.get_by_role("heading", name="There is no such page")).to_have_count(0)


@pytest.mark.parametrize("address", ["", "decompose", "runs?show=made"])
def test_a_known_address_does_not(visit, address):
    page = visit(address)
    expect(page.get_by_role("heading", level=1).first).to_be_visible(timeout=60_000)
    expect(page.get_by_text("There is no such page")).to_have_count(0)
