"""The list of all runs: one look serves everybody, reads what has changed and no more, and is cut into pages that a link can name."""

from __future__ import annotations

import json
import re
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mmexplore import runs
from mmexplore.labs.runs.scene import ROWS, RunsView, pages
from mmexplore.runs import Run, listing, store
from mmexplore.runs.count_task import Count
from mmexplore.runs.folder import note_status
from mmexplore.runs.listing import Looks
from mmexplore.runs.locks import locked
from tests.labs.pages import open_lab, query_of

MANY = 120


@pytest.fixture
def many(empty_runs_folder, monkeypatch, tmp_path) -> Path:
    """A folder of many finished runs, and none that came along."""
    monkeypatch.setattr(store, "SHIPPED", tmp_path / "none")
    first = runs.train(Count(steps=3, wait=0.0, seed=MANY))
    for seed in range(MANY - 1):
        task = Count(steps=3, wait=0.0, seed=seed)
        shutil.copytree(first.path, empty_runs_folder / task.name())
        (empty_runs_folder / task.name() / "spec.json").write_text(json.dumps(task.to_dict()))
    return empty_runs_folder


@pytest.fixture
def reads(monkeypatch) -> list[str]:
    """Names of the folders that were read."""
    noted: list[str] = []
    read = listing._read

    def noting(path, mark, **how):
        noted.append(path.name)
        return read(path, mark, **how)

    monkeypatch.setattr(listing, "_read", noting)
    return noted


def test_a_look_says_of_every_run_what_its_folder_says(many):
    entries = listing.look().entries
    assert {e.name for e in entries} == {run.name for run in store.all_runs()}
    for entry in entries[:5]:
        run = Run(entry.run.path)
        assert (entry.state, entry.size, entry.pinned) == (run.state, run.size, run.pinned)
        assert entry.title == run.task.title() and not entry.active
    assert listing.look().bytes == sum(f.stat().st_size for f in many.rglob("*") if f.is_file() and f.parent != many)


def test_thirty_who_watch_cost_one_look(many, monkeypatch):
    looked = []
    monkeypatch.setattr(Looks, "_look", lambda self: looked.append(1) or time.sleep(0.05) or listing.Listing(()))
    looks = Looks(every=30.0)
    with ThreadPoolExecutor(30) as pool:
        assert len({id(made) for made in pool.map(lambda _: looks.look(), range(300))}) == 1
    assert len(looked) == 1


def test_a_second_look_reads_only_what_has_changed(many, reads):
    looks = Looks(every=0.0)
    looks.look()
    assert len([name for name in reads if name.startswith("count-")]) == MANY
    reads.clear()
    looks.look()
    assert reads == []
    one, other = (store.all_runs()[k] for k in (3, 7))
    note_status(one.path, "failed", words="it failed")
    store.pin(other, True)
    entries = looks.look().by_name
    assert sorted(reads) == sorted([one.name, other.name])
    assert entries[one.name].state.phase == "failed" and entries[other.name].pinned
    store.delete(one)
    assert one.name not in looks.look().by_name


def test_what_this_process_did_is_seen_at_once_whatever_the_age_of_the_look(many):
    looks = Looks(every=3600.0)
    run = looks.look().entries[0].run
    assert looks.look().by_name[run.name].pinned is False
    store.pin(run, True)
    assert looks.look().by_name[run.name].pinned is True
    task = run.task
    store.delete(run)
    assert run.name not in looks.look().by_name
    new, _ = store.prepare(task)
    assert looks.look().by_name[new.name].state.phase == "queued"


def test_damage_inside_a_file_is_seen_within_a_few_looks(many):
    looks = Looks(every=0.0)
    looks.look()
    run = store.all_runs()[MANY // 2]
    with (run.path / "result.json").open("r+") as file:  # in place: the folder's own time stays as it was
        file.write("[}")
    for _ in range(3):
        phase = looks.look().by_name[run.name].state.phase
        if phase == "unreadable":
            break
    assert phase == "unreadable"


def test_what_is_at_work_and_what_has_lost_its_process_are_read_in_every_look(many, reads):
    run = store.all_runs()[0]
    with locked(run.path / "lock"):
        note_status(run.path, "running", started=time.time())
        looks = Looks(every=0.0)
        assert looks.look().by_name[run.name].state.phase == "running"
        reads.clear()
        looks.look()
        assert reads == [run.name]
    assert looks.look().by_name[run.name].state.phase == "killed"  # nothing was written: its lock alone says so


def test_a_look_at_known_folders_takes_a_small_part_of_the_first(many):
    looks = Looks(every=0.0)
    begun = time.process_time()
    looks.look()
    first = time.process_time() - begun
    begun = time.process_time()
    for _ in range(10):
        looks.look()
    assert (time.process_time() - begun) / 10 < first / 5


def test_a_folder_that_is_no_run_and_one_that_is_not_described_yet(many):
    (many / "holiday pictures").mkdir()
    bare = many / ("count-" + "0" * 16)
    bare.mkdir()
    looks = Looks(every=0.0)
    assert bare.name not in looks.look().by_name and "holiday pictures" not in looks.look().by_name
    store.describe(bare, Count(steps=9))
    assert looks.look().by_name[bare.name].state.phase == "queued"


def test_sizes_follow_what_is_added(many):
    run = store.all_runs()[0]
    before = run.size
    with (run.path / "frames.jsonl").open("a") as file:
        file.write("x" * 1000)
    (run.path / "arrays" / "more.npz").write_bytes(b"y" * 500)
    assert run.size == before + 1500


def test_rows_of_a_page():
    assert [pages(n) for n in (0, 1, ROWS, ROWS + 1, 10 * ROWS)] == [1, 1, 1, 2, 10]
    assert RunsView(page=2).rows(ROWS + 7) == range(ROWS, ROWS + 7)
    assert RunsView(page=99).rows(ROWS + 7) == range(ROWS, ROWS + 7)
    assert RunsView(page=3).rows(0) == range(0)


def test_a_page_of_the_list_stands_in_the_link(many):
    app = open_lab("runs")
    assert len(app.dataframe[0].value) == ROWS and not app.exception
    first = list(app.dataframe[0].value["Name"])
    select = next(box for box in app.selectbox if box.label == "Rows")
    assert select.options == ["1 to 50 of 120", "51 to 100 of 120", "101 to 120 of 120"]
    select.set_value(3).run()
    assert query_of(app)["page"] == "3"
    assert len(app.dataframe[0].value) == MANY - 2 * ROWS
    linked = open_lab("runs", page="3")
    assert list(linked.dataframe[0].value["Name"]) == list(app.dataframe[0].value["Name"]) != first
    beyond = open_lab("runs", page="77")
    assert len(beyond.dataframe[0].value) == MANY - 2 * ROWS and not beyond.exception and not beyond.error


def test_runs_of_one_title_are_told_apart_by_the_settings_that_differ(many):
    from mmexplore.labs.losses.task import FactorCl

    for rate, steps in ((0.001, 300), (0.003, 300), (0.003, 200)):
        task = FactorCl(methods="clip,comm", rate=rate, steps=steps)
        shutil.copytree(next(many.iterdir()), many / task.name())
        (many / task.name() / "spec.json").write_text(json.dumps(task.to_dict()))
    labels = [text for text in Looks().look().labels.values() if "CLIP" in text]
    said = {re.search(r"steps (\d+)", text)[1] + " " + re.search(r"rate ([\d.]+)", text)[1] for text in labels}
    assert said == {"300 0.001", "300 0.003", "200 0.003"}
    assert len(set(labels)) == 3 and not any("batch" in text for text in labels)  # what is the same is not repeated
