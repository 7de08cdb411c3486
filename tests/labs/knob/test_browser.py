"""The knobs as a visitor turns them: six linked views while dragging, keys, switches, and the page with its table of methods."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from mmexplore.info.bottleneck import gaussian_ib_of, symmetric_ib_of
from tests.labs.knob.made_runs import RHO

APP = "tests/labs/knob/apps/dial_app.py"


@pytest.fixture
def knob_page(open_page):
    def open_(query="", **context):
        page = open_page(APP, query, **context)
        page.locator(".dial figure[data-view=kept] .bar").first.wait_for(timeout=30_000)
        return page

    return open_


def finding(page):
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.locator(".finding").inner_text()


def test_every_view_follows_the_finger(knob_page):
    page = knob_page()
    expect(page.locator(".dial figure")).to_have_count(6)
    handle = page.get_by_role("slider", name="β: keep more")
    box = handle.bounding_box()

    def grip(part):
        return box["x"] + 9 + (box["width"] - 18) * part, box["y"] + box["height"] / 2

    def look():
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        figure = {
            v: page.locator(f"figure[data-view={v}] svg.chart")
            for v in ("plane", "reconstructions", "scatter", "alive", "kept", "lost")
        }
        return {v: f.evaluate("e => e.innerHTML") for v, f in figure.items()}

    page.mouse.move(*grip(0.5))
    page.mouse.down()
    page.mouse.move(*grip(0.45), steps=2)
    before = look()
    page.mouse.move(*grip(0.95), steps=4)
    after = look()
    assert all(before[v] != after[v] for v in before)
    page.mouse.up()
    beta = 64 ** float(handle.input_value())
    expect(page.get_by_text(f"committed {beta:.4f}, 1.0000")).to_be_visible(timeout=10_000)
    exact = symmetric_ib_of(RHO, beta)
    cost, told = map(float, re.search(r"rate of ([\d.]+) bit and share ([\d.]+) bit", finding(page)).groups())
    assert cost == pytest.approx(float(exact.rate), abs=0.1)
    assert told == pytest.approx(float(exact.relevance), abs=0.03)


def test_keys_turn_a_logarithmic_knob_and_a_typed_value_is_taken(knob_page):
    page = knob_page("method=dvib")
    handle = page.get_by_role("slider", name="β: keep more")
    handle.focus()
    handle.press("Home")
    assert "carries 0.00 bit" in finding(page)
    for _ in range(8):
        handle.press("ArrowRight")
    expect(page.get_by_text(f"committed {64 ** (8 / 80):.4f}")).to_be_visible(timeout=10_000)
    page.get_by_label("β: keep more, value").fill("16")
    page.get_by_label("β: keep more, value").press("Enter")
    expect(page.get_by_text("committed 16.0000")).to_be_visible(timeout=10_000)
    told = float(re.search(r"carries ([\d.]+) bit", finding(page)).group(1))
    assert told == pytest.approx(float(np.ravel(gaussian_ib_of(RHO, 16.0).relevance)[0]), abs=0.01)
    expect(handle).to_have_attribute("aria-valuetext", "16.0")


def test_means_instead_of_samples_is_shown_as_the_trap_it_is(knob_page):
    page = knob_page("method=dvib")
    page.get_by_role("slider", name="β: keep more").press("Home")
    kept = page.locator("figure[data-view=kept]")
    expect(kept.locator("text.value").first).to_have_text("accuracy 0.40")  # no information: chance
    page.get_by_label("Probe", exact=True).select_option("0 mlp")
    expect(kept.locator("text.value").first).to_have_text("accuracy 0.42")
    page.get_by_label("Probe", exact=True).select_option("0 means")
    expect(kept.locator("text.value").first).to_have_text("accuracy 0.90")
    assert kept.get_by_text("Dashed: sampled latents.").is_visible()


def test_a_method_without_a_knob_stands_still(knob_page):
    page = knob_page("method=clip")
    assert page.get_by_role("slider").count() == 0
    expect(page.locator("figure[data-view=plane]")).to_have_count(0)
    expect(page.locator("figure[data-view=scatter] path[stroke]").first).to_be_attached()


def test_the_page_opens_on_exact_theory_and_a_method_is_chosen_by_key(visit):
    page = visit("knob?seed=271828")  # nobody ships this one
    page.get_by_text("Not trained yet.").wait_for()
    page.locator(".dial figure[data-view=plane]").wait_for()
    page.get_by_role("button", name="All methods").click()
    tile = page.get_by_role("radiogroup", name="Method").get_by_role("radio", name=re.compile("^DVIB.* Compress"))
    expect(tile).to_have_attribute("aria-checked", "true")
    tile.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.search.includes('method=dvsib')")
    page.get_by_text("information they share").first.wait_for()


def test_the_finding_names_what_the_closed_form_gives_at_three_settings(knob_page):
    """Rates 1/2 log2 (beta - 1) rho^2 / (1 - rho^2) of each pair that is open, and what they tell of Y."""
    page = knob_page("method=dvib")
    for beta in (2.0, 8.0, 32.0):
        box = page.get_by_label("β: keep more, value")
        box.fill(f"{beta:g}")
        box.press("Enter")
        expect(page.get_by_text(f"committed {beta:.4f}")).to_be_visible(timeout=10_000)
        square = RHO[beta * RHO**2 > 1] ** 2
        rates = 0.5 * np.log2((beta - 1) * square / (1 - square))
        carried = -0.5 * np.log2(1 - square + square * 2 ** (-2 * rates)).sum()
        said = finding(page)
        cost, told, best = map(
            float, re.search(r"rate of ([\d.]+) bit and carries ([\d.]+) bit about Y \(exact theory at this rate: ([\d.]+)\)", said).groups()
        )  # fmt: skip
        assert cost == pytest.approx(rates.sum(), abs=0.03)
        assert [told, best] == pytest.approx([carried, carried], abs=0.02)
        assert f"{(rates >= 0.02).sum()} of 4 latent dimensions are alive" in said
        # the runs are made so: a label is read with .4 + .55 of the first coordinate's share
        share = 1 - 2 ** (-2 * rates[0])
        assert float(re.search(r"predicts class with accuracy ([\d.]+)", said).group(1)) == pytest.approx(
            0.4 + 0.55 * share, abs=0.011
        )
        # the figure's own sentence is written a moment after the knob rests
        kept = page.locator("figure[data-view=kept] svg.chart")
        read = rf"accuracy (?:{'|'.join(f'{0.4 + 0.55 * share + off:.2f}' for off in (-0.01, 0, 0.01))})"
        expect(kept).to_have_attribute("aria-label", re.compile(read))
