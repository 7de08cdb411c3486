"""The Your data page as a visitor uses it: files dropped, answers, reports, wrong files, and two visitors at once."""

from __future__ import annotations

import gzip
import io
import re
from urllib.parse import urlparse

import numpy as np
import pandas as pd

import mmexplore as mm

QUICK = "your_data?source=file&bootstraps=50&permutations=50"
ROWS = [(a, b, a ^ b) for a in (0, 1) for b in (0, 1)] * 40  # synergy of one bit, exactly
XOR = "tone,words,mood\n" + "".join(f"{a},{b},{'sad' if y else 'glad'}\n" for a, b, y in ROWS)
EQUAL = "left,right,answer\n" + "".join(f"{a},{a},{'yes' if a else 'no'}\n" for a, _, _ in ROWS)


def drop(page: object, name: str, content: bytes) -> None:
    """Drag a file from the desktop onto the page."""
    zone = page.get_by_test_id("stFileUploaderDropzone")  # type: ignore[attr-defined]
    zone.wait_for()
    data = page.evaluate_handle(  # type: ignore[attr-defined]
        """([bytes, name]) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], name));
            return data;
        }""",
        [list(content), name],
    )
    zone.dispatch_event("drop", {"dataTransfer": data})


def choose(page: object, name: str, content: bytes) -> None:
    """Pick a file in the dialog."""
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(  # type: ignore[attr-defined]
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )


def answered(page: object, name: str) -> None:
    main = page.get_by_test_id("stMain")  # type: ignore[attr-defined]
    main.get_by_text(re.compile(rf"{re.escape(name)}\. Together")).first.wait_for()
    main.get_by_text("What this allows one to say").wait_for()


def numpy_file() -> bytes:
    x1, x2, y = np.array(ROWS).T
    made = io.BytesIO()
    np.savez(made, x1=x1, x2=x2, y=y)
    return made.getvalue()


def parquet_file() -> bytes:
    made = io.BytesIO()
    pd.DataFrame(ROWS, columns=["tone", "words", "mood"]).to_parquet(made)
    return made.getvalue()


def test_a_dropped_file_is_answered_and_its_report_opens_offline(visit, browser, tmp_path):
    page = visit(QUICK)
    drop(page, "moods.csv", XOR.encode())
    answered(page, "moods.csv")
    page.get_by_text("100 % only in both together (synergy)").wait_for()
    page.get_by_role("tab", name="Enough rows?").click()
    page.locator("figcaption", has_text="Are the rows enough?").wait_for()
    page.get_by_role("tab", name="Report").click()
    with page.expect_download() as caught:
        page.get_by_role("button", name="Report (HTML)").click()
    file = tmp_path / "report.html"
    caught.value.save_as(file)
    context = browser.new_context(offline=True)
    asked: list[str] = []
    report = context.new_page()
    report.on("request", lambda request: asked.append(request.url))
    report.goto(file.as_uri())
    assert report.get_by_role("heading", level=1).inner_text() == "What tone and words tell about mood"
    assert report.get_by_text("Are the rows enough?").count() >= 1  # what was looked at is in it
    report.locator("[data-figure] svg.main-svg .barlayer").first.wait_for()
    assert report.locator("[data-figure]").count() == report.locator("[data-figure]:has(svg.main-svg)").count() >= 2
    assert {urlparse(url).scheme for url in asked} <= {"file", "data"}
    context.close()


def test_measurements_are_answered_by_predictors_in_a_process_of_their_own(visit):
    rng = np.random.default_rng(0)
    bit = rng.integers(0, 2, 150)
    views = [bit + 0.5 * rng.standard_normal(150) for _ in range(2)]
    rows = "".join(f"{a:.3f},{b:.3f},{'up' if y else 'down'}\n" for a, b, y in zip(*views, bit, strict=True))
    page = visit(f"{QUICK}&draws=0")
    drop(page, "sensors.csv", f"left,right,way\n{rows}".encode())
    answered(page, "sensors.csv")  # nobody had to press start
    page.get_by_text("Predictors that never saw the rows they are judged on").wait_for()
    page.get_by_text(re.compile("The chosen states lose")).first.wait_for()
    page.get_by_text(re.compile("Table of the states, not the data: Certified")).first.wait_for()
    page.get_by_role("tab", name="What do my bins keep?").click()
    page.get_by_text(re.compile("The table of states. Together")).first.wait_for()
    page.get_by_role("tab", name="Which rows?").click()
    page.get_by_text("What each modality says of every row").first.wait_for()


def test_a_wrong_file_is_explained_and_the_one_before_stays(visit):
    page = visit(QUICK)
    choose(page, "moods.csv", XOR.encode())
    answered(page, "moods.csv")
    link = page.url
    choose(page, "holiday.csv", b"\x89PNG\r\n\x1a\n" + bytes(200))
    page.get_by_text("The file loaded before is still on show.").wait_for()
    assert "holiday.csv" in page.get_by_test_id("stSidebar").get_by_role("alert").inner_text()
    answered(page, "moods.csv")
    assert page.url == link
    choose(page, "pairs.csv", EQUAL.encode())
    answered(page, "pairs.csv")
    page.get_by_text(re.compile("100 % in left and in right alike")).wait_for()
    assert page.get_by_text("The file loaded before").count() == 0
    page.get_by_role("button", name="Undo").click()
    answered(page, "moods.csv")
    page.get_by_role("button", name="Remove", exact=True).click()
    answered(page, "pairs.csv")
    page.get_by_role("button", name="Remove", exact=True).click()
    page.get_by_text("Drop a file on the left").wait_for()


def test_every_kind_of_file_can_be_dropped(visit):
    page = visit(QUICK)
    files = {
        "moods.parquet": parquet_file(),
        "moods.npz": numpy_file(),
        "moods.csv.gz": gzip.compress(XOR.encode()),
    }
    for name, content in files.items():
        drop(page, name, content)
        answered(page, name)
        page.get_by_text("100 % only in both together (synergy)").wait_for()


def test_two_visitors_never_see_each_others_data_and_nothing_stays(visit):
    one, two = visit(QUICK), visit(QUICK)
    choose(one, "mine.csv", XOR.encode())
    choose(two, "yours.csv", EQUAL.encode())
    answered(one, "mine.csv")
    answered(two, "yours.csv")
    for page, other in ((one, "yours.csv"), (two, "mine.csv")):
        page.get_by_role("tab", name="Data").click()
        page.get_by_text(re.compile("160 rows, 3 columns. SHA-256")).wait_for()
        assert other not in page.content()
    three = visit(f"your_data?{urlparse(one.url).query}")  # a link carries the choices, not the data
    three.get_by_text("Drop the same file on the left").wait_for()
    assert "mine.csv" not in three.content()
    one.reload()
    one.get_by_text("Drop the same file on the left").wait_for()
    assert "mine.csv" not in one.content()


def test_long_work_is_stopped_and_taken_up_again(visit):
    page = visit("your_data?real=digits_parity&bins1=24&bins2=24&bootstraps=2000&permutations=2000")
    stop = page.get_by_test_id("stMain").get_by_role("button", name="Stop")  # Streamlit has one of its own above
    stop.click()
    page.get_by_text("Stopped early: this is what was done by then.").or_(
        page.get_by_text("Stopped before anything was done.")
    ).wait_for()
    page.get_by_role("button", name="Compute in full").click()
    stop.wait_for()
    page.get_by_role("button", name="Reset", exact=True).click()
    answered(page, mm.real_info("breast_cancer").title)
    assert stop.count() == 0


def test_a_hostile_file_is_text(visit):
    evil = "<img src=x onerror=alert(1)>"
    rows = "".join(f"{a},{b},$x^2$ :red[{y}]\n" for a, b, y in ROWS)
    page = visit(QUICK)
    choose(page, "<b>evil</b>.csv", f'{evil},"[a](javascript:alert(2)) %{{x}}",**mood**\n{rows}'.encode())
    page.get_by_text("What this allows one to say").wait_for()
    for tab in ("Binning", "What if", "Data"):
        page.get_by_role("tab", name=tab).click()
        page.get_by_role("tab", name=tab, selected=True).wait_for()
    page.wait_for_timeout(300)
    assert page.locator("img[src=x], a[href^=javascript]").count() == 0
    assert page.locator("[data-testid=stMain] .katex").count() == 0
    page.get_by_test_id("stMain").get_by_text("**mood**").first.wait_for()
