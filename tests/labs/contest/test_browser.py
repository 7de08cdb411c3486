"""The page Compare as a visitor uses it: a preset with its figures, a trained estimator that streams in, the files."""

from __future__ import annotations

import csv
import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect


def told(page: object, title: str) -> str:
    """The sentence of the figure under a title."""
    caption = page.locator("figcaption").get_by_text(title, exact=True)  # type: ignore[attr-defined]
    return str(page.locator("figure", has=caption).locator(".mm-frame").get_attribute("aria-label"))  # type: ignore[attr-defined]


def test_a_preset_draws_what_it_tells(visit):
    page = visit(
        "compare?question=mi&data=" + quote("gaussian-pair?n=200") + "&over=bits&points=2&seeds=1&estimators=gaussian"
    )
    page.locator("figcaption").get_by_text("Information between the two views").wait_for()
    page.get_by_text("Gaussian on a swiss roll", exact=True).click()
    page.get_by_text(re.compile("The view is a curve rolled up")).wait_for()
    page.get_by_text(re.compile("Swiss roll, over turns")).wait_for()
    page.wait_for_timeout(500)
    page.wait_for_function("() => !document.querySelector('[data-testid=stProgress]')", timeout=60_000)
    page.wait_for_timeout(500)
    said = told(page, "Information between the two views")
    assert "truth: 1.0000 at 0.1, 1.0000 at 4" in said
    found = {
        name: float(last)
        for name, last in re.findall(r"(Gaussian|Nearest neighbours \(KSG\)): \S+ at 0.1, (\S+) at 4", said)
    }
    assert found["Gaussian"] < 0.1
    assert found["Nearest neighbours (KSG)"] == pytest.approx(1, abs=0.15)


def test_a_trained_estimator_streams_in_and_the_files_come_down(visit, browser, tmp_path):
    data = quote("gaussian-pair?n=100&bits=1.0")
    tuned = quote("infonce.steps=20&infonce.folds=1&infonce.hidden=8")
    page = visit(
        f"compare?question=mi&data={data}&over=bits&first=0.0&last=2.0&points=2&seeds=1&estimators=gaussian,infonce&tuned={tuned}"
    )
    page.get_by_role("button", name="Train at 2 places").click()
    page.get_by_role("button", name="Run again").wait_for(timeout=60_000)
    page.locator(".mm-frame[aria-label*='InfoNCE:']").first.wait_for(state="attached")
    page.get_by_role("tab", name="Export").click()
    with page.expect_download() as coming:
        page.get_by_role("button", name="Estimates (CSV)").click()
    coming.value.save_as(tmp_path / "estimates.csv")
    rows = list(csv.DictReader((tmp_path / "estimates.csv").read_text("utf-8").splitlines()))
    assert {(row["estimator"], row["value"]) for row in rows} == {
        (name, value) for name in ("gaussian", "infonce") for value in ("0", "2")
    }
    with page.expect_download() as coming:
        page.get_by_role("button", name="Figures (HTML)").click()
    coming.value.save_as(tmp_path / "figures.html")
    file = browser.new_context(offline=True).new_page()
    file.goto((tmp_path / "figures.html").as_uri())
    expect(file.locator("svg .legendtext").filter(has_text="InfoNCE")).to_have_count(2)  # estimates, and what they cost
    file.context.close()
