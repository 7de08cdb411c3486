from __future__ import annotations

import re

from playwright.sync_api import expect

APP = "tests/ui/apps/copylink_app.py"


def test_the_address_or_a_text_is_copied(open_page):
    page = open_page(APP, "noise=0.12", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?noise=0\.12", page.evaluate("navigator.clipboard.readText()"))
    page.get_by_role("button", name="Copy text").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_have_count(2)
    assert page.evaluate("navigator.clipboard.readText()") == "a text <b>of</b> its own"


def test_without_a_clipboard_there_is_a_second_and_a_third_way(open_page):
    page = open_page(APP)
    button = page.get_by_role("button", name="Copy text")
    button.wait_for()
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.evaluate("document.addEventListener('copy', () => { window.copied = true })")
    button.click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    assert page.evaluate("window.copied") is True
    page.evaluate("document.execCommand = () => false")
    button.click()
    expect(page.get_by_role("status").filter(has_text="Press Ctrl+C to copy")).to_be_visible()
    expect(page.get_by_label("Link")).to_have_value("a text <b>of</b> its own")
