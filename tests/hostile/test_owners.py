"""Runs belong to who began them: others watch, whatever they send; nobody takes the machine from the others; the teacher's key opens all."""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

from mmexplore import runs
from mmexplore.cli import main
from mmexplore.errors import MmexploreError, Unsupported
from mmexplore.runs import Run, limits, owners, store
from mmexplore.runs.count_task import Count
from mmexplore.runs.folder import note_status
from mmexplore.runs.launcher import Launcher
from mmexplore.runs.locks import locked
from mmexplore.runs.worker import execute
from mmexplore.serve import guard
from mmexplore.ui import run_panel, visitors
from tests.hostile.test_queue import Dry
from tests.labs.pages import open_lab, press, words
from tests.labs.runs.test_page import panel

TASK = Count(steps=400, wait=0.0, seed=7)
As = Callable[..., owners.Who]


@pytest.fixture
def be(empty_runs_folder) -> Iterator[As]:
    """``be("ann")`` is a visitor from then on, ``be(None)`` the command line."""
    assert run_panel.visitors is visitors  # imported before: it says who asks
    before = owners._ask

    def be(name: str | None, *, teacher: bool = False) -> owners.Who:
        who = owners.COMMAND_LINE if name is None else owners.visitor(store.root(), name, teacher=teacher)
        owners.use(lambda: who)
        return who

    yield be
    owners.use(before)


def begun(be: As, name: str | None, task: Count = TASK, phase: str = "queued") -> Run:
    """A run that a visitor has asked for; nobody executes it."""
    be(name)
    run, _ = store.prepare(task)
    if phase != "queued":
        note_status(run.path, phase, words=phase)
    return run


def verbs(run: Run) -> dict[str, Callable[[], object]]:
    return {
        "stop": lambda: runs.stop(run),
        "pause": lambda: runs.pause(run),
        "resume": lambda: runs.resume(run),
        "pin": lambda: store.pin(run, True),
        "unpin": lambda: store.pin(run, False),
        "delete": lambda: store.delete(run),
    }


@pytest.mark.parametrize("verb", ["stop", "pause", "resume", "pin", "unpin", "delete"])
def test_others_may_only_watch_whatever_they_call(be, verb):
    run = begun(be, "ann")
    before = {file.name: file.read_bytes() for file in run.path.iterdir()}
    be("ben")
    with pytest.raises(Unsupported, match=r"cannot be .* by you. Another visitor began this run"):
        verbs(run)[verb]()
    assert {file.name: file.read_bytes() for file in run.path.iterdir()} == before
    for who in (("ann", False), ("ben", True), (None, False)):
        be(who[0], teacher=who[1])
        assert owners.why_not(run.path) == ""
    verbs(run)[verb]()


def test_a_result_of_another_is_not_run_again_but_what_ended_badly_is_begun_beside_it(be):
    run = begun(be, "ann", phase="finished")
    be("ben")
    with pytest.raises(Unsupported, match="cannot be run again by you"):
        runs.start(TASK, again=True)
    note_status(run.path, "stopped", words="stopped")
    new, is_new = store.prepare(TASK)
    assert is_new and new.path != run.path and (run.path / "owner").exists()
    execute(new.path)
    found = runs.find(TASK)
    assert found.state.phase == "finished" and owners.is_mine(owners.owner_of(found.path), be("ben"))


def test_two_who_ask_watch_one_run_and_the_first_one_owns_it(be):
    run = begun(be, "ann")
    be("ben")
    same, new = store.prepare(TASK)
    assert same.path == run.path and not new
    with pytest.raises(Unsupported, match="who began it can stop"):
        runs.stop(same)
    assert owners.is_mine(owners.owner_of(run.path), be("ann"))


def test_what_nobody_owns_is_everybodys(be):
    run = begun(be, None)
    assert not (run.path / "owner").exists()
    be("ben")
    for act in ("pin", "unpin"):
        verbs(run)[act]()
    note_status(run.path, "finished")
    store.delete(run)
    assert not run.here


def test_the_pages_offer_others_nothing_that_they_may_not_do(be):
    with locked((run := begun(be, "ann")).path / "lock"):
        note_status(run.path, "running", started=time.time())
        seen = {}
        for name in ("ann", "ben"):
            be(name)
            page, part = open_lab("runs", looked=run.name), panel(steps=400, wait=0.0, seed=7)
            assert not page.exception and not part.exception
            seen[name] = {b.label for b in page.button}, {b.label for b in part.button}, words(page), words(part)
            by = dict(zip(page.dataframe[0].value["Name"], page.dataframe[0].value["Begun by"], strict=True))
            assert by[run.name] == ("you" if name == "ann" else "another visitor")
    mine, others = seen["ann"], seen["ben"]
    assert {"Pause", "Stop", "Pin"} <= mine[0] and {"Pause", "Stop"} <= mine[1]
    assert not others[0] & {"Pause", "Stop", "Pin", "Delete", "Run again"} and not others[1] & {"Pause", "Stop"}
    assert all("Another visitor began this run" in text for text in others[2:])
    assert not any("Another visitor" in text for text in mine[2:])


def test_a_press_that_is_not_offered_any_more_is_answered_in_a_sentence(be):
    run = begun(be, "ann", phase="finished")
    page = open_lab("runs", looked=run.name)
    be("ben")
    press(page, "Delete")
    assert "cannot be deleted by you" in words(page) and run.exists and not page.exception


def test_the_key_that_is_typed_on_the_page_of_runs(be):
    run = begun(be, "ann", phase="finished")
    owners.use(visitors.asking)  # the session of AppTest is another visitor than ann
    app = open_lab("runs", looked=run.name)
    assert "Delete" not in {b.label for b in app.button}
    field = next(box for box in app.text_input if box.label == "Key")
    field.set_value("x" * 32).run()
    assert "not the key" in words(app) and "Delete" not in {b.label for b in app.button}
    next(box for box in app.text_input if box.label == "Key").set_value(owners.teacher_key(store.root())).run()
    assert "Delete" in {b.label for b in app.button} and not app.exception
    press(app, "Leave")
    assert "Delete" not in {b.label for b in app.button}


# -- what is written down --------------------------------------------------------------------------------------------------


def test_nothing_in_the_folder_names_the_visitor_and_the_secrets_are_the_owners_alone(be):
    run = begun(be, "a secret of thirty-two characters and more")
    root = store.root()
    owners.teacher_key(root)
    for file in root.rglob("*"):
        if file.is_file():
            assert b"thirty-two" not in file.read_bytes()
    noted = json.loads((run.path / "owner").read_text())
    assert len(noted["owner"]) == 64 and noted["limited"] is True
    for name in ("owners.salt", "teacher.key"):
        assert stat.S_IMODE((root / name).stat().st_mode) == 0o600
    assert b"owner" not in run.archive()


def test_the_hash_is_no_secret(be):
    run = begun(be, "ann")
    stolen = json.loads((run.path / "owner").read_text())["owner"]
    for text in (stolen, stolen[:64], f"cookie {stolen}"):
        be(text)
        assert owners.why_not(run.path)


def _link(file, tmp):
    (tmp / "elsewhere").write_text(json.dumps({"owner": owners.asking().hash, "limited": False}))
    file.symlink_to(tmp / "elsewhere")


HOSTILE: dict[str, Callable] = {
    "a link": _link,
    "a folder": lambda file, tmp: file.mkdir(),
    "a pipe": lambda file, tmp: os.mkfifo(file),
    "huge": lambda file, tmp: file.write_text("a" * 2_000_000),
    "nothing": lambda file, tmp: file.write_text(""),
    "no hash": lambda file, tmp: file.write_text('{"owner": "ben", "limited": false}'),
    "no text": lambda file, tmp: file.write_text('{"owner": 1, "limited": false}'),
    "a list": lambda file, tmp: file.write_text('["owner"]'),
    "deep": lambda file, tmp: file.write_text("[" * 100_000),
    "no limit": lambda file, tmp: file.write_text(json.dumps({"owner": "a" * 64, "limited": "no"})),
    "not UTF-8": lambda file, tmp: file.write_bytes(b"\xff\xfe\x00"),
}


@pytest.mark.parametrize("how", HOSTILE)
def test_a_hostile_owner_file_gives_nobody_a_run_and_takes_down_nothing(be, how, tmp_path_factory):
    run = begun(be, "ann", phase="finished")
    (run.path / "owner").unlink()
    be("ben")
    HOSTILE[how](run.path / "owner", tmp_path_factory.mktemp("elsewhere"))
    assert "can no longer be read" in owners.why_not(run.path)
    with pytest.raises(Unsupported):
        store.delete(run)
    assert owners.why_not(run.path, be("ann"))
    assert runs.engine().ahead(run) == 0
    be("ben", teacher=True)
    store.delete(run)
    assert not run.here


def test_the_page_of_runs_shows_a_run_with_a_hostile_owner_file(be):
    run = begun(be, "ann", phase="finished")
    (run.path / "owner").write_text('{"owner": ["<b>"], "limited": {}}')
    be("ben")
    app = open_lab("runs", looked=run.name)
    assert not app.exception and not app.error and "can no longer be read" in words(app)


@pytest.mark.parametrize(
    "how",
    [
        lambda f: f.write_text(""),
        lambda f: f.chmod(0o644),
        lambda f: f.write_text("short"),
        lambda f: (f.unlink(), f.symlink_to("/etc/hostname")),
        lambda f: (f.unlink(), f.mkdir()),
    ],
)
def test_a_damaged_key_is_made_anew_or_there_is_none(empty_runs_folder, how):
    root = store.root()
    before = owners.teacher_key(root)
    assert len(before) >= 32 and owners.teacher_key(root) == before
    how(root / "teacher.key")
    after = owners.teacher_key(root)
    assert after != before and not owners.is_key(root, before)
    assert after == "" or owners.is_key(root, after)
    for text in ("", "x", "\ud800", before[:-1], after[:-1], after + "x", "é" * 40):
        assert not owners.is_key(root, text)


def test_a_folder_that_cannot_be_written_has_no_key(tmp_path, monkeypatch):
    monkeypatch.setattr(owners, "_put", lambda path, text: (_ for _ in ()).throw(PermissionError(13, "no")))
    assert owners.teacher_key(tmp_path) == "" and not owners.is_key(tmp_path, "")


@pytest.mark.parametrize(
    ("header", "secret"),
    [
        ("", ""),
        (f"mmexplore_visitor={'a' * 32}", "a" * 32),
        (f"other=1; mmexplore_visitor={'a' * 40}; more=2", "a" * 40),
        ("mmexplore_visitor=", ""),
        ("mmexplore_visitor=short", ""),
        (f"mmexplore_visitor={'a' * 65}", ""),
        (f"mmexplore_visitor={'a' * 31}%00", ""),
        (f"mmexplore_visitor=../{'a' * 32}", ""),
        (f'mmexplore_visitor="{"a" * 32}"', ""),
        (f"xmmexplore_visitor={'a' * 32}", ""),
        (f"mmexplore_visitor=\x00{'a' * 32}", ""),
        (";" * 100_000 + f"mmexplore_visitor={'a' * 32}", ""),
        ("é=ü; mmexplore_visitor=\xff", ""),
    ],
)
def test_a_forged_cookie_is_no_secret(header, secret):
    assert guard.visitor_of(header) == secret


# -- shares of the machine -------------------------------------------------------------------------------------------------


def queue(be: As, *names: str | None) -> list[Run]:
    """Runs in the queue, in this order of asking."""
    asked = []
    folder = store.root() / "queue"
    folder.mkdir(exist_ok=True)
    for k, name in enumerate(names):
        run = begun(be, name, Count(steps=5, wait=0.0, seed=100 + k))
        (folder / f"{1000 + k}-{run.name}").write_text(str(run.path))
        asked.append(run)
    return asked


class Counted(Dry):
    """A launcher whose runs work until they are ended by hand."""

    def _fork(self, path) -> None:
        super()._fork(path)
        worker = SimpleNamespace(path=path, paused=False, stopping=False, killed_at=float("inf"), pid=0)
        self.workers[len(self.forked)] = worker

    def _bury(self) -> None:
        pass

    def _grant(self, worker) -> None:
        pass


def test_visitors_take_turns_and_ahead_says_how(be, monkeypatch):
    monkeypatch.setenv("MMEXPLORE_RUNS_AT_ONCE", "3")
    asked = queue(be, "ann", "ann", "ann", "ann", "ben", "cy", "cy", None)
    said = {run.name: runs.ahead(run) for run in asked if not runs.held_back(run)}
    launcher = Counted(store.root())
    launcher.tick()
    order = [
        asked[0],
        asked[4],
        asked[5],
        asked[7],
        asked[1],
        asked[6],
    ]  # ann, ben, cy, the script; then those who have one
    assert [path.name for path in launcher.forked] == [run.name for run in order[:3]]
    assert sorted(said, key=said.__getitem__) == [run.name for run in order] and sorted(said.values()) == list(range(6))
    assert {run.name for run in asked} - set(said) == {asked[2].name, asked[3].name}  # ann's third and fourth
    while len(launcher.forked) < 6:
        launcher.workers.clear()  # one after the other has ended
        launcher.tick()
    assert {path.name for path in launcher.forked[:6]} == {run.name for run in order}


def test_one_visitor_has_two_at_work_and_a_teacher_has_no_such_limit(be, monkeypatch):
    monkeypatch.setenv("MMEXPLORE_RUNS_AT_ONCE", "6")
    asked = queue(be, "ann", "ann", "ann")
    be("teacher", teacher=True)
    more = [store.prepare(Count(steps=5, seed=k))[0] for k in range(4)]
    for k, run in enumerate(more):
        (store.root() / "queue" / f"{2000 + k}-{run.name}").write_text(str(run.path))
    launcher = Counted(store.root())
    launcher.tick()
    assert {path.name for path in launcher.forked} == {run.name for run in (*asked[:2], *more)}
    be("ann")
    runs.stop(asked[2])  # one that is held back can be stopped all the same, though no place is free
    assert asked[2].state.phase == "stopped"


def test_a_visitor_queues_so_many_and_is_told_what_to_do(be):
    queue(be, *["ann"] * 7)
    be("ann")
    with pytest.raises(Unsupported, match=r"7 of your runs .* stop one on the Runs page"):
        runs.start(Count(steps=5, seed=1))
    app = panel(steps=5, wait=0.0, seed=1)
    press(app, "Start")
    assert "of your runs are running" in words(app) and not app.exception
    for name, teacher in (("ben", False), ("ann", True), (None, False)):
        be(name, teacher=teacher)
        runs.engine().check_room()


def test_the_limits_can_be_set(be, monkeypatch):
    monkeypatch.setenv("MMEXPLORE_VISITOR_RUNNING", "1")
    monkeypatch.setenv("MMEXPLORE_VISITOR_WAITING", "1")
    queue(be, "ann", "ann")
    be("ann")
    with pytest.raises(Unsupported, match="1 at work and 1 waiting"):
        runs.engine().check_room()
    for odd in ("", "-1", "many", "9" * 50):
        monkeypatch.setenv("MMEXPLORE_VISITOR_WAITING", odd)
        assert limits.waiting() == 5


def test_a_run_of_days_is_refused_before_it_begins_and_the_estimate_is_shown(be, monkeypatch):
    monkeypatch.setattr(limits, "slowness", lambda: 1.0)
    long = Count(steps=100_000, wait=1.0)
    be("ann")
    with pytest.raises(Unsupported, match=r"about 1,667 minutes .* allowed: 60"):
        runs.start(long)
    assert not runs.find(long).here
    app = panel(steps=1000, wait=0.04, seed=3)
    assert "takes about 40 s on this machine" in words(app)
    for name, teacher in (("ann", True), (None, False)):
        be(name, teacher=teacher)
        limits.check_length(long)
    monkeypatch.setenv("MMEXPLORE_LONGEST_MINUTES", "2000")
    be("ann")
    limits.check_length(long)


def test_every_estimate_that_comes_along_is_within_a_factor_of_two_of_what_it_took():
    known = 0
    for path in sorted(store.SHIPPED.iterdir()):
        run = Run(path, shipped=True)
        if run.task.kind in ("contest", "predictive"):
            continue  # made on a machine that others used: tests/runs/test_seconds.py measures them anew
        if (seconds := run.task.seconds()) is not None:
            known += 1
            assert 0.5 < seconds / run.state.seconds < 2.0, run.name
    assert known >= 15


def test_what_works_too_long_is_stopped_with_words_and_pauses_do_not_count(be, monkeypatch):
    mine, free = begun(be, "ann"), begun(be, None, Count(steps=5))
    resting = begun(be, "ben", Count(steps=6))
    launcher = Launcher(store.root())
    launcher.workers = {
        k: SimpleNamespace(path=run.path, paused=run is resting, stopping=False)
        for k, run in enumerate((mine, free, resting))
    }
    launcher._end_what_takes_too_long()
    launcher.looked -= limits.longest() + 1.0
    launcher._end_what_takes_too_long()
    assert (mine.path / "stop").exists()
    assert not (free.path / "stop").exists() and not (resting.path / "stop").exists()
    note_status(mine.path, "stopped", words="stopped before its end")
    launcher.workers = {}
    launcher._end_what_takes_too_long()
    assert mine.state.words == "stopped after 60 minutes, the longest that a visitor's run may take here"


def test_the_command_line_may_do_everything(be, capsys):
    run = begun(be, "ann", phase="finished")
    be(None)
    for action in ("pin", "unpin", "delete"):
        assert main(["runs", action, run.name]) == 0
    assert not run.here


def test_a_threads_of_the_server_without_a_page_is_no_visitor():
    assert visitors.asking() == owners.COMMAND_LINE


def test_errors_are_sentences(be):
    run = begun(be, "ann")
    be("ben")
    for act in verbs(run).values():
        with pytest.raises(MmexploreError) as caught:
            act()
        assert str(caught.value).endswith(".") and len(str(caught.value)) < 300
