"""The Your data page through AppTest."""

from __future__ import annotations

import json
import math
import re
from urllib.parse import urlencode

import pytest
from streamlit.testing.v1 import AppTest

import mmexplore as mm
from mmexplore.estimators.tables.estimate import estimate
from mmexplore.labs.yourdata.study import Study, dataset_of, prepare
from mmexplore.labs.yourdata.ui import OF_STATES, STATE
from mmexplore.tabular import load
from tests.labs.pages import figures, finished, healthy, open_lab, press, query_of, words
from tests.plot.examples import texts

TABS = tuple(OF_STATES)


def open_page(**query: str) -> AppTest:
    return finished(open_lab("yourdata", **query))


# most tests here are about tables of states; tests/labs/yourdata/test_data_page.py is about the data behind them
QUICK = {"bootstraps": "50", "permutations": "50", "decompose": "states"}


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens(tab):
    app = open_page(**QUICK)
    app.query_params["tab"] = tab
    app.run()
    finished(app)
    assert healthy(app), app.error
    assert "Certified to" in words(app)


@pytest.mark.parametrize("name", mm.real_data())
def test_every_bundled_set_has_an_answer(name):
    app = open_page(source="real", real=name, bins1="3", bins2="3", **QUICK)
    assert healthy(app)
    assert "What this allows one to say" in words(app)


def test_simulated_rows_have_their_truth_beside_them():
    app = open_page(source="gate", gate="xor", gate_noise="0.0", drawn="400", **QUICK)
    assert healthy(app)
    shown = next(shown for title, shown in figures(app).items() if "in truth" in title + shown["alt"])
    assert (
        "S, synergy" in [row[0] for row in shown["rows"]]
        and "S, synergy" in shown["spec"]["layout"]["yaxis"]["ticktext"]
    )


def test_without_a_file_one_is_asked_for():
    app = open_page(source="file")
    assert healthy(app)
    assert "Drop a file on the left" in words(app)


def test_a_link_to_a_file_asks_for_that_file():
    app = open_page(source="file", file="a" * 64, x1="audio_*", y="mood")
    assert healthy(app)
    assert "Drop the same file" in words(app)


CSV = "id,audio_a,audio_b,text_a,mood\n" + "".join(
    f"{i},{i % 7},{i % 5},{'<b>$x$' if i % 3 else 'b'},{'up' if (i % 7 > 3) != (i % 3 > 0) else 'down'}\n"
    for i in range(120)
)


def with_file(content: bytes, name: str = "rows.csv", **query: str) -> AppTest:
    """The page as it is after an upload (AppTest cannot drop files)."""
    data = load(content, name)
    session = {STATE.key("files"): {data.sha256: data}}
    return finished(open_lab("yourdata", session, **{"source": "file", "file": data.sha256, **QUICK, **query}))


def test_a_file_is_guessed_shown_and_answered():
    app = with_file(CSV.encode())
    assert healthy(app)
    assert "audio" in words(app)
    assert app.selectbox(key="yourdata.y").value == "mood"
    app.query_params["tab"] = "data"
    app.run()
    assert healthy(app)


def test_names_and_cells_with_markup_are_text():
    app = with_file(CSV.replace("mood", "<img src=x onerror=alert(1)>").encode(), y='"<img src=x onerror=alert(1)>"')
    assert healthy(app)
    given = figures(app).values()
    assert any(
        "img src=x" in text
        for shown in given
        for text in (shown["title"], shown["alt"], json.dumps(shown["rows"]), *texts(shown["spec"]))
    )
    for shown in given:  # titles, notes and tables are set as text by the component
        assert not any("<img" in text for text in (*texts(shown["spec"]), *texts(shown["saved"])))
    assert "<img" not in words(app).replace("\\<img", "")


def test_a_probability_table_is_exact_and_says_that_it_has_no_rows():
    rows = "".join(f"{a},{b},{a ^ b},0.25\n" for a in (0, 1) for b in (0, 1))
    app = with_file(b"x1,x2,y,p\n" + rows.encode())
    assert healthy(app)
    assert "no sampling error" in words(app)
    assert "100 % only in both together (synergy)" in words(app)


def test_roles_that_overlap_are_a_sentence_and_the_page_stays():
    app = with_file(CSV.encode(), x1="audio_*, mood", y="mood")
    assert not app.exception
    assert "it can be only one of them" in " ".join(e.value for e in app.error).replace("\\", "")


def test_what_if_shows_before_and_after():
    app = with_file(CSV.encode(), shuffle="y")
    app.query_params["tab"] = "what-if"
    app.run()
    finished(app)
    assert healthy(app)
    assert any("After minus before" in e.proto.json for e in app.get("bidi_component"))


def test_slices_give_one_answer_for_each_value():
    app = with_file(CSV.encode(), slice="text_a", x2="audio_b", x1="audio_a")
    app.query_params["tab"] = "slices"
    app.run()
    finished(app)
    assert healthy(app)
    assert sum("text_a: " in e.proto.json for e in app.get("bidi_component")) == 2


def drawings_of(app: AppTest) -> list[str]:
    return [e.proto.json for e in app.get("bidi_component")]


def on_tab(app: AppTest, tab: str) -> AppTest:
    app.query_params["tab"] = tab
    app.run()
    return finished(app)


def test_merged_classes_count_as_one():
    app = on_tab(open_page(real="wine", **QUICK), "what-if")
    app.multiselect(key="yourdata.merge").set_value(["grower 1"]).run()
    assert app.query_params.get("merge") is None  # the second one is still to come
    app.multiselect(key="yourdata.merge").set_value(["grower 1", "grower 2"]).run()
    finished(app)
    assert healthy(app)
    assert any("Before and after" in drawing for drawing in drawings_of(app))
    assert json.loads(app.query_params["merge"]) == [["grower 1", "grower 2"]]
    assert any("grower 1 + grower 2" in drawing for drawing in drawings_of(on_tab(app, "table")))


def test_a_subgroup_begins_with_a_value_it_has():
    app = on_tab(with_file(CSV.encode(), x1="audio_a", x2="audio_b", y="mood"), "what-if")
    app.selectbox(key="yourdata.column").set_value("text_a").run()
    finished(app)
    assert healthy(app)
    assert "are kept" in " ".join(drawings_of(app))


def test_the_unit_is_the_same_everywhere():
    bits, nats = open_page(real="wine", **QUICK), open_page(real="wine", unit="nat", **QUICK)
    lost = [re.search(r"A model of the rest alone loses ([0-9.]+) (bit|nat)", words(app)) for app in (bits, nats)]
    assert [match.group(2) for match in lost if match] == ["bit", "nat"]
    assert float(lost[1].group(1)) == pytest.approx(math.log(2) * float(lost[0].group(1)), abs=1e-3)


@pytest.mark.parametrize("name", ["breast_cancer", "iris", "digits_parity", "wine", "diabetes"])
def test_a_story_is_one_click(name):
    app = open_page()
    app.button(key=f"yourdata.story {name}").click().run()
    finished(app)
    assert healthy(app)
    assert app.query_params.get("real", "breast_cancer") == name


UNUSUAL = {
    "identifiers": "uid,a,b,y\n" + "".join(f"k{i},{i % 3},{i % 4},{i % 2}\n" for i in range(60)),
    "constant target": "a,b,y\n" + "".join(f"{i % 3},{i % 4},same\n" for i in range(60)),
    "no values in a column": "a,b,gone,y\n" + "".join(f"{i % 3},{i % 4},,{i % 2}\n" for i in range(60)),
    "two rows": "a,b,y\n0,1,0\n1,0,1\n",
    "a measured target": "a,b,y\n" + "".join(f"{i % 3},{i % 4},{(i * 7919 % 1000) / 7:.3f}\n" for i in range(200)),
    "a table of counts": "x1,x2,y,count\n" + "".join(f"{a},{b},{a & b},{20 + a}\n" for a in (0, 1) for b in (0, 1)),
}


@pytest.mark.parametrize("case", UNUSUAL)
def test_unusual_files_have_an_answer_or_a_sentence(case):
    query = {"x1": "uid", "x2": "b", "y": "y"} if case == "identifiers" else {}
    query |= {"x1": "a", "x2": "b", "y": "y"} if case == "constant target" else {}
    query |= {"x1": "a", "x2": "gone", "y": "y"} if case == "no values in a column" else {}
    app = with_file(UNUSUAL[case].encode(), **query)
    assert not app.exception
    assert not any("on our side" in e.value for e in app.error)
    told = words(app) + " ".join(e.value for e in app.error)
    expected = {
        "identifiers": "Certified",
        "constant target": "carry no information about",
        "no values in a column": "gone",
        "two rows": "Too few rows",
        "a measured target": "Certified",
        "a table of counts": "What this allows one to say",
    }
    assert expected[case] in told.replace("\\", "")


def test_columns_that_do_not_exist_are_told_beside_their_picker():
    app = with_file(CSV.encode(), x1="video_*", x2="nothing", y="mood")
    assert not app.exception
    told = " ".join(e.value for e in app.error).replace("\\", "")
    assert "no column matches" in told
    assert "has no column" in told
    app.button(key="yourdata.guess").click().run()
    finished(app)
    assert healthy(app)
    assert "Certified to" in words(app)


def test_a_file_in_a_link_is_never_answered_by_another_one():
    app = with_file(CSV.encode())
    app.query_params["file"] = "b" * 64
    app.run()
    assert "Drop the same file" in words(app)
    assert "Certified" not in words(app)


# -- without bins ----------------------------------------------------------------------------------------------------------


def without_bins(**query: str) -> AppTest:
    app = open_page(**QUICK, **query)
    app.query_params["tab"] = "unbinned"
    app.run()
    return finished(app)


def test_measurements_are_told_without_bins_beside_the_states():
    app = without_bins(real="iris", neighbours="6")
    assert healthy(app)
    assert "What this shows here" in words(app) and "a label of 3 classes" in words(app)
    drawn = [text for shown in figures(app).values() for text in texts(shown["spec"])]
    assert "I12 \u00b7 neighbours" in drawn and "I12 \u00b7 states (above)" in drawn
    assert "Nearest neighbours" in words(app)  # the choice is explained
    assert app.slider(key="yourdata.neighbours").value == 6


def test_binning_does_not_touch_what_needs_no_bins():
    app = without_bins(real="iris")
    held = [key for key in app.session_state["yourdata.answers"] if key.startswith("without bins")]
    app.slider(key="yourdata.bins1").set_value(6).run()
    finished(app)
    assert [key for key in app.session_state["yourdata.answers"] if key.startswith("without bins")] == held


def test_labels_have_no_density_and_the_tab_says_so():
    app = without_bins(source="gate", gate="xor", drawn="200")
    assert healthy(app)
    assert "these are states already" in words(app)


def test_the_report_holds_the_answer_without_bins_once_it_is_there():
    app = without_bins(real="iris")
    app.query_params["tab"] = "report"
    app.run()
    finished(app)
    assert healthy(app)
    assert any("Without bins (CSV)" in b.proto.label for b in app.get("download_button"))
    assert any("without_bins(measured(study, data), study)" in c.value for c in app.code)


# -- links and pins --------------------------------------------------------------------------------------------------------


def test_a_link_hides_and_locks_single_controls():
    app = on_tab(open_page(real="iris", hide="bins2,noise*,x1,unit", lock="bins1,source,y,merge", **QUICK), "what-if")
    assert healthy(app)
    groups = (*app.slider, *app.number_input, *app.selectbox, *app.multiselect, *app.button_group)
    drawn = {w.key: w.disabled for w in groups}
    assert not {"yourdata.bins2", "yourdata.noise1", "yourdata.noise2", "yourdata.x1", "yourdata.unit"} & set(drawn)
    assert all(drawn[f"yourdata.{name}"] for name in ("bins1", "source", "y", "merge"))
    assert not drawn["yourdata.x2"] and not drawn["yourdata.replace1"]


def drawn_by_control() -> None:
    """A page that draws the control of every path of the view in the session."""
    from mmexplore.labs.yourdata.ui import STATE

    STATE.sync()
    view = STATE.view
    for path in view.paths():
        STATE.control(path, **({"options": (view.get(path),)} if path in ("y", "slice", "column") else {}))


@pytest.mark.parametrize("query", [{}, {"source": "gate"}, {"source": "file", "file": "a" * 64}])
def test_every_path_has_a_control(query):
    app = AppTest.from_function(drawn_by_control, default_timeout=60)
    app.query_params.update(query)
    app.run()
    assert not app.exception
    drawn = (*app.slider, *app.number_input, *app.selectbox, *app.toggle, *app.text_input, *app.button_group)
    assert {w.key for w in drawn} == {f"yourdata.{path}" for path in Study().paths()}


def atoms_table(app: AppTest, head: str) -> dict[str, list[str]]:
    """Rows of a table of A, B and B − A by their first cell."""
    text = next(e.value for e in app.markdown if f"| {head} | A | B | B − A |" in e.value)
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")][1:]
    return {row[0]: row[1:] for row in rows}


def test_a_pinned_study_stands_beside_the_present_one():
    app = open_page(real="wine", **QUICK)
    finished(press(app, "Pin as A"))
    assert healthy(app)
    assert {row[2] for row in atoms_table(app, "bit").values()} == {"0.0000"}
    app.slider(key="yourdata.bins1").set_value(2).run()
    finished(app)
    assert healthy(app)
    before, after = Study().put(source="real", real="wine"), Study().put(source="real", real="wine").put(bins1=2)
    tables = [prepare(study, dataset_of(study)) for study in (before, after)]
    a, b = (mm.pid(made.table.p).synergy for made in tables)
    shown = atoms_table(app, "bit")["Synergy"]
    assert shown[:2] == [f"{a:.4f}", f"{b:.4f}"]
    assert float(shown[2].replace("−", "-")) == pytest.approx(b - a, abs=1e-4)
    quick = {"bootstraps": 50, "permutations": 50}
    one, two = (
        estimate(*made.codes, study.replace(**quick).settings())
        for made, study in zip(tables, (before, after), strict=True)
    )
    cells = atoms_table(app, "estimates (bit)")["S"]
    assert cells[0].startswith(f"{one.value.synergy:.4f} ({one.intervals['synergy'].low:.3f} to")
    assert cells[1].startswith(f"{two.value.synergy:.4f} ({two.intervals['synergy'].low:.3f} to")
    assert "From A to B: Bins of modality 1 4 → 2." in words(app).replace("\\", "")
    again = finished(open_lab("yourdata", **query_of(app)))
    assert healthy(again)
    assert atoms_table(again, "bit")["Synergy"] == shown
    assert atoms_table(again, "estimates (bit)")["S"] == cells
    finished(press(app, "Undo"))
    assert atoms_table(app, "bit")["Synergy"][2] == "0.0000"
    finished(press(app, "Unpin A"))
    assert not any("B − A" in e.value for e in app.markdown)


def test_a_pinned_study_is_told_in_the_present_unit():
    app = open_page(real="iris", unit="nat", pin=urlencode({"real": "iris", **QUICK}), **QUICK)
    assert healthy(app)
    made = prepare(Study(real="iris"), dataset_of(Study(real="iris")))
    assert atoms_table(app, "nat")["Redundancy"][0] == f"{mm.pid(made.table.p).redundancy * math.log(2):.4f}"


def test_a_pinned_file_that_is_not_loaded_is_named():
    app = open_page(real="iris", pin=urlencode({"source": "file", "file": "c" * 64}), **QUICK)
    assert healthy(app)
    assert "of a file that is not loaded" in words(app)
    assert "cccccccccccc" in words(app)


def test_a_pinned_study_without_an_answer_is_a_sentence():
    app = open_page(real="iris", pin=urlencode({"real": "iris", "x1": "sepal*", "y": "sepal*"}), **QUICK)
    assert healthy(app)
    assert "The pinned study (A) has no answer" in words(app)


def test_keys_that_cannot_be_read_are_sentences():
    app = open_page(real="iris", bins1="99", hide="colour", **QUICK)
    assert healthy(app)
    warned = " ".join(e.value for e in app.warning).replace("\\", "")
    assert "bins1 is 99; allowed: whole numbers 2 to" in warned
    assert "hide names 'colour'" in warned
    app = open_lab("yourdata")
    app.query_params["bins1"] = ["3", "4"]
    app.run()
    assert "bins1 is given 2 times" in " ".join(e.value for e in app.warning).replace("\\", "")


def test_what_decides_the_answer_stands_before_it_with_the_other_reading_one_click_away():
    rows = "".join(
        f"{k % 8 + 1},{('EU', 'AS', 'NA', 'AF')[k // 8 % 4]},{['no', 'yes'][k % 8 in (1, 4, 6, 7)]}\n"
        for k in range(320)
    )
    content = ("# by hand\nclinic,place,y\n" + rows).encode()
    data = load(content, "rows.csv")
    session = {STATE.key("files"): {data.sha256: data}, STATE.key("contents"): {data.sha256: content}}
    app = finished(
        open_lab(
            "yourdata",
            session,
            **{"source": "file", "file": data.sha256, "x1": "clinic", "x2": "place", "y": "y", **QUICK},
        )
    )
    assert healthy(app)
    said = words(app).replace("\\", "")
    assert "Column 'clinic' is taken as labels (nominal)" in said and "This decides the answer" in said
    assert "'NA' (80 cells) is read as a label" in said and "line 1 ('# by hand')" in said
    assert "carry 1.000 bit" in said
    next(b for b in app.button if b.label == "Take clinic as numbers").click().run()
    assert STATE.spec.from_query(dict(app.query_params))[0].ordinal == "clinic"
    next(b for b in finished(app).button if b.label == "Count NA in place as missing").click().run()
    assert (
        STATE.spec.from_query({k: v[0] if isinstance(v, list) else v for k, v in app.query_params.items()})[0].na
        == "place=NA"
    )
    assert "'NA' (80 cells) counts as missing" in words(finished(app)).replace("\\", "")


def test_work_for_a_view_that_is_left_is_stopped_and_of_the_same_view_goes_on():
    app = open_lab("yourdata", real="digits_parity", bins1="24", bins2="24", bootstraps="2000", permutations="2000")
    (job,) = app.session_state["yourdata.jobs"].values()
    app.query_params["tab"] = "data"  # another tab of the same view
    app.run()
    assert not job.stopping and app.session_state["yourdata.jobs"]
    next(b for b in app.button if b.label == "Reset").click().run()
    assert job.stopping and job not in app.session_state["yourdata.jobs"].values()
    assert job.wait(20)


def test_a_link_without_a_file_keeps_what_it_says_of_the_columns_of_the_one_that_is_dropped():
    app = open_lab("yourdata", source="file", x1="text_a", x2="audio_b", y="mood", bootstraps="50", decompose="states")
    app.file_uploader[0].upload("moods.csv", CSV.encode()).run()
    finished(app)
    assert healthy(app)
    query = query_of(app)
    assert (query["x1"], query["x2"], query["bootstraps"]) == ("text_a", "audio_b", "50") and len(query["file"]) == 64
