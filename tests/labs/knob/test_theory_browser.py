"""The theory tabs in a browser: what is computed there is what the library says, and the way up differs from the way down."""

from __future__ import annotations

import re

import numpy as np
import pytest

from mmexplore.info.bottleneck import pair_lagrangian_nats, symmetric_ib_of
from mmexplore.labs.knob.theory import KnobTheory

APP = "tests/labs/knob/apps/theory_app.py"


def numbers(page: object, view: str) -> dict[str, list[str]]:
    """The rows of a figure's table, by their first cell."""
    figure = page.locator(f"figure[data-view={view}]")  # type: ignore[attr-defined]
    figure.locator("details.twin summary").click()
    rows = [
        line.split("\t") for line in figure.locator("details.twin table").inner_text().replace("−", "-").splitlines()
    ]
    return {name: cells for name, *cells in rows}


@pytest.mark.parametrize(("square", "beta", "gamma"), [(0.9, 4.0, 0.0), (0.5, 30.0, 0.35), (0.9, 1.5, 1.2)])
def test_the_landscape_in_the_browser_is_the_library_s(open_page, square, beta, gamma):
    page = open_page(APP, f"sym_square={square}&sym_beta={beta}&sym_gamma={gamma}")
    found = symmetric_ib_of([square**0.5], beta, gamma=gamma)
    shown = numbers(page, "barrier")
    for name, kappa in (
        ("collapsed", found.collapsed[0]),
        ("barrier", found.barrier[0]),
        ("informative", found.open[0]),
    ):
        if np.isnan(kappa):
            assert shown[name] == ["–", "–", "–"]
            continue
        rate, kept = -0.5 * np.log2(1 - kappa), -0.5 * np.log2(1 - square * kappa**2)
        excess = pair_lagrangian_nats(kappa, beta, square**0.5, gamma) / beta / np.log(2)
        assert [float(cell) for cell in shown[name]] == pytest.approx([rate, kept, excess], abs=2e-4)
    assert len(numbers(page, "branches")) > 20


def test_a_latent_remembers_where_it_came_from(open_page):
    page = open_page(APP, "sym_beta=5.0")
    collapsed, informative = re.compile("has collapsed"), re.compile(r"has a rate of \d\.\d\d bit a view")
    finding = page.locator(".finding")
    box = page.get_by_role("spinbutton", name="β: keep more, value")

    def turn(beta: str) -> None:
        box.fill(beta)
        box.press("Enter")

    finding.get_by_text(collapsed).wait_for()
    turn("15")
    finding.get_by_text(re.compile("At β 15.0")).wait_for()
    finding.get_by_text(collapsed).wait_for()  # the kick of 0.05 gets out at 23.3 only
    turn("40")
    finding.get_by_text(informative).wait_for()
    turn("5")
    finding.get_by_text(re.compile("At β 5.00")).wait_for()
    finding.get_by_text(informative).wait_for()  # the same place as at first, the other state
    turn("2.9")
    finding.get_by_text(collapsed).wait_for()  # below the spinodal of 2.925


def test_rows_needed_in_the_browser_are_those_of_the_study(open_page):
    scene = KnobTheory(need_columns=10, need_private=2, need_share=0.5)
    page = open_page(APP, "need_columns=10&need_private=2&need_share=0.5")
    page.locator("figure[data-view=needed]").wait_for(timeout=60_000)
    needed = scene.need_grid().needed(0.5)  # (methods, nodes)
    shown = numbers(page, "needed")
    for node, cells in ((0, shown["0.0200"]), (-1, shown["2.00"])):
        for rows, cell in zip(needed[:, node], cells, strict=True):
            if np.isnan(rows):
                assert cell.startswith("never")
            elif rows == 8:
                assert cell == "≤ 8.00"
            else:
                assert float(cell) == pytest.approx(rows, rel=0.06)
    said = page.locator(".finding").inner_text()
    assert re.fullmatch(r"From 100 samples .+ finds \d+\s% of what the views share; .+\.", said)


def test_the_knob_turns_by_itself_until_a_finger_takes_over(open_page):
    page = open_page(APP, "sym_beta=5.0")
    slider = page.get_by_role("slider", name="β: keep more")
    button = page.get_by_role("button", name="Turn up and down")
    button.click()
    page.get_by_role("button", name="Stop").wait_for()
    page.wait_for_function(
        "e => +e.value > 0.05 && +e.value < 0.9", arg=slider.element_handle()
    )  # it began anew at the left end, and is on its way
    slider.press("End")
    button.wait_for()
    assert float(slider.input_value()) == 1.0
    finding = page.locator(".finding")
    finding.get_by_text(re.compile("At β 64.0")).wait_for()
    assert page.locator("figure[data-view=branches] path.trail").get_attribute("d").startswith("M")


@pytest.mark.parametrize(("square", "beta", "gamma", "kick"), [(0.9, 4.0, 0.0, 0.05), (0.9, 40.0, 0.0, 0.05), (0.5, 8.0, 0.3, 0.0), (0.9, 2.0, 0.0, 0.2)])  # fmt: skip
def test_what_is_said_of_the_landscape_is_what_a_search_on_a_fine_grid_finds(open_page, square, beta, gamma, kick):
    page = open_page(APP, f"sym_square={square}&sym_beta={beta}&sym_gamma={gamma}&sym_kick={kick}")
    kappa = np.linspace(0, 1 - 1e-6, 40_001)

    def extremes(b):
        values = -np.log(1 - kappa) + b / 2 * np.log(1 - square * kappa**2) - gamma * kappa
        inner = np.flatnonzero((values[1:-1] < values[:-2]) & (values[1:-1] < values[2:])) + 1
        return values, inner

    values, inner = extremes(beta)
    phases = page.locator("figure[data-view=phases] svg.chart[aria-label*='At this setting']").get_attribute(
        "aria-label"
    )
    said = page.locator(".finding").inner_text()
    if not len(inner):
        assert "only one stable state" in said and phases.endswith("At this setting: collapsed.")
    else:
        better = "informative" if values[inner[-1]] < 0 else "collapsed"
        assert f"the {better} state is better" in said and f"both, {better} better" in phases
        top = int(np.argmax(values[: inner[-1]]))
        assert float(re.search(r"barrier of ([\d.]+) bit", said).group(1)) == pytest.approx(
            values[top] / beta / np.log(2), abs=2e-3
        )
        lifted = kappa[top] < kick
        assert ("the kick lifts a collapsed latent over" in said) == lifted
        assert ("keeps a collapsed latent collapsed" in said) == (not lifted)
        assert ("has collapsed" in said) == (not lifted)

    def first(yes):
        return next(b for b in np.geomspace(1, 64, 1200) if yes(*extremes(b)))

    told = page.locator("figure[data-view=branches] svg.chart[aria-label*='under the finger']").get_attribute(
        "aria-label"
    )
    found = {name: float(b) for name, b in re.findall(r"(stable|better|out) from β (\d+\.?\d*)", told)}
    assert found["stable"] == pytest.approx(first(lambda v, i: len(i) > 0), rel=0.01)
    assert found["better"] == pytest.approx(first(lambda v, i: len(i) > 0 and v[i[-1]] < 0), rel=0.01)
    if kick:
        start = int(np.searchsorted(kappa, kick))
        out = first(lambda v, i: len(i) > 0 and kappa[i[-1]] > kick and v[start + 1] < v[start])
        assert found["out"] == pytest.approx(out, rel=0.015)
    else:
        assert "out" not in found
