"""The Gaussian page as a visitor uses it: the dial with its ellipses, a corner, a covariance dropped."""

from __future__ import annotations

import io
import re
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
from playwright.sync_api import expect
from scipy.linalg import eigh

import mmexplore as mm
from mmexplore.datasets.gaussian_systems import gaussian_system
from mmexplore.labs.gaussian.scene import GaussianScene


def settled(page: object) -> None:
    """Wait until the exact answer stands beside the live one."""
    page.get_by_text(re.compile("all agree to")).first.wait_for()  # type: ignore[attr-defined]


def ellipses(page: object) -> dict[str, list[float]]:
    """The numbers under the ellipses: standard deviations of y1 and y2, correlation, area."""
    figure = page.locator("figure[data-view=ellipses]")  # type: ignore[attr-defined]
    if not figure.locator("details.twin[open]").count():
        figure.locator("details.twin summary").click()
    lines = figure.locator("details.twin table").inner_text().replace("−", "-").splitlines()
    rows = [line.split("\t") for line in lines if line.startswith(("before", "given"))]
    return {name: [float(c) for c in cells] for name, *cells in rows}


def test_the_ellipses_follow_the_dial_and_a_corner_moves_it(visit):
    page = visit("gaussian?angle2=0.0")
    settled(page)
    # gains of 3 along y1 and 1/2 across it leave 1 / sqrt(10) and 1 / sqrt(1.25)
    assert ellipses(page)["given modality 2"] == pytest.approx([0.316, 0.894, 0, 0.283], abs=2e-3)
    slider = page.get_by_role("slider", name="Direction of modality 2")
    slider.focus()
    for _ in range(90):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("() => location.search.includes('angle2=90')")
    settled(page)
    drawn = page.locator("figure[data-view=ellipses] svg.chart")
    expect(drawn).to_have_attribute(
        "aria-label", re.compile(r"told better by modality 1, by 1\.50 bit")
    )  # half the log of 10 / 1.25
    assert ellipses(page)["given modality 2"] == pytest.approx([0.894, 0.316, 0, 0.283], abs=2e-3)
    page.get_by_test_id("stSidebar").get_by_text("Tied", exact=True).click()
    page.get_by_text("Tied.", exact=True).wait_for()
    settled(page)
    page.wait_for_timeout(300)
    assert float(slider.input_value()) == 0.0
    seen = ellipses(page)
    assert seen["given modality 1"] == seen["given modality 2"]
    query = {name: values[0] for name, values in parse_qs(urlparse(page.url).query).items()}
    assert GaussianScene.from_query(query)[0].corner() == "tied"


def test_a_dropped_covariance_is_decomposed_and_a_wrong_one_explained(visit):
    root = np.random.default_rng(8).normal(size=(6, 12))
    cov, files = root @ root.T, []
    for array in (cov, np.ones((6, 6))):
        out = io.BytesIO()
        np.save(out, array)
        files.append(out.getvalue())
    page = visit("gaussian?source=file")
    chooser = page.get_by_test_id("stFileUploaderDropzoneInput")
    chooser.set_input_files({"name": "brain.npy", "mimeType": "application/octet-stream", "buffer": files[0]})
    page.get_by_text("Your covariance.").wait_for()
    settled(page)
    redundancy = mm.gaussian_pid(cov, 2, 2, 2).redundancy
    page.locator("figure[data-view=bars]").get_by_text(f"exact {redundancy:.6f}").wait_for()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": "flat.npy", "mimeType": "application/octet-stream", "buffer": files[1]}
    )
    page.get_by_text("cov is singular").wait_for()
    page.locator("figure[data-view=bars]").get_by_text(f"exact {redundancy:.6f}").wait_for()


@pytest.mark.parametrize("query", ["angle2=60", "angle2=25&along2=2&noise=0.4", "angle1=20&angle2=130&across1=1.5"])
def test_what_is_said_under_the_ellipses_is_what_scipy_finds(visit, query):
    """Areas by determinants of Schur complements, directions by generalised eigenvectors."""
    page = visit(f"gaussian?{query}")
    settled(page)
    drawn = page.locator("figure[data-view=ellipses] svg.chart")
    expect(drawn).to_have_attribute("aria-label", re.compile("% given"))
    said = drawn.get_attribute("aria-label")
    values = {name: float(value) for name, value in (pair.split("=") for pair in query.split("&"))}
    cov = gaussian_system(**values)
    open_ = [
        np.eye(2) - cov[part, 4:].T @ np.linalg.solve(cov[part, part], cov[part, 4:])
        for part in (slice(0, 2), slice(2, 4), slice(0, 4))
    ]
    areas = [float(share) for share in re.findall(r"([\d.]+) % given", said)]
    assert areas == pytest.approx([100 * np.sqrt(np.linalg.det(p)) for p in open_], abs=0.25)
    half, vectors = eigh(open_[1], open_[0])
    told = re.findall(r"the direction at (\d+)° is told better by modality (\d), by ([\d.]+) bit", said)
    for (degrees, who, bits), k in zip(told, (1, 0), strict=True):
        angle = np.degrees(np.arctan2(vectors[1, k], vectors[0, k])) % 180
        assert abs((float(degrees) - angle + 90) % 180 - 90) < 1.1
        assert float(bits) == pytest.approx(abs(0.5 * np.log2(half[k])), abs=0.011)
        assert int(who) == (1 if half[k] > 1 else 2)
