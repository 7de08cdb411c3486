"""A visitor drops a file, downloads the page's script, puts both into one folder and runs it: it prints what the page offers as numbers."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest

from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.script import script as knob_script
from mmexplore.labs.losses.scene import FactorClScene
from mmexplore.labs.losses.scene import arrays_of as losses_arrays
from mmexplore.labs.losses.script import script as losses_script
from mmexplore.tabular import load
from mmexplore.tabular.two_views import arrays_id, own_arrays
from tests.labs.test_scripts import OWN, printed, rows_file

__all__ = ["printed"]  # a fixture

NAME = "it's {mine} ü, 50 %.csv"


def drop(page, content: bytes) -> None:
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": NAME, "mimeType": "text/csv", "buffer": content}
    )


def download(page, label: str, folder: Path) -> str:
    """The text of a file that a button brings down."""
    button = page.get_by_role("button", name=label).first
    button.wait_for(timeout=90_000)
    with page.expect_download() as caught:
        button.click()
    caught.value.save_as(folder / "file")
    return (folder / "file").read_text("utf-8")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "downloads").mkdir()
    return tmp_path / "downloads"


def test_gaussian_on_a_covariance_of_ones_own(visit, printed, folder):
    root = np.random.default_rng(2).normal(size=(15, 30))
    out = io.StringIO()
    np.savetxt(out, root @ root.T, delimiter=",", fmt="%.12g")
    page = visit("gaussian?source=file")
    drop(page, out.getvalue().encode())
    page.get_by_role("tab", name="Export").click()
    numbers = json.loads(download(page, "Numbers (JSON)", folder))
    source = download(page, "Script (Python)", folder)
    assert repr(NAME) in source
    said = json.loads(printed(source, {NAME: out.getvalue().encode()}))
    for name in ("redundancy", "unique1", "unique2", "synergy", "i12"):
        assert said[name] == pytest.approx(numbers[name], abs=1e-9)


def test_your_data_on_a_file_of_ones_own(visit, printed, folder):
    columns = "&".join(f"{role}={value}" for role, value in OWN.items())
    page = visit(f"your_data?source=file&decompose=states&bootstraps=20&permutations=20&{columns}")
    drop(page, rows_file())
    page.get_by_role("tab", name="Report").click()
    numbers = json.loads(download(page, "Everything (JSON)", folder))
    source = download(page, "Script (Python)", folder)
    assert repr(NAME) in source
    said = json.loads(printed(source, {NAME: rows_file()}))
    for name in ("redundancy", "unique1", "unique2", "synergy"):
        assert said["value"][name] == pytest.approx(numbers["value"][name], abs=1e-9)
        assert said["intervals"][name] == pytest.approx(numbers["intervals"][name], abs=1e-9)


def test_knob_and_losses_offer_the_script_that_was_tried_without_a_page(visit, folder):
    """`test_scripts` runs it: training twice would take a minute here."""
    data = load(rows_file(), NAME)
    page = visit("knob?data=own&method=dvib&steps=2&latent=2")
    drop(page, rows_file())
    page.get_by_role("tab", name="Export").click()
    scene = KnobScene(data="own", file=data.sha256, method="dvib", steps=2, latent=2)
    assert download(page, "Script (Python)", folder) == knob_script(scene, arrays_id(own_arrays(scene, data)), data)

    page = visit("learn?data=own&methods=clip&view=take&take=lab&lab.steps=10")
    drop(page, rows_file())
    lab = FactorClScene(data="own", methods="clip", file=data.sha256).put(**{"lab.steps": 10})
    task = lab.task("lab", arrays_id(losses_arrays(lab, data)[0]))
    assert download(page, "Script (Python)", folder) == losses_script(task, lab, data)
