"""Runs whose files are damaged in every way: the page of runs and the command line stay up, say it, and can delete them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mmexplore import runs
from mmexplore.cli import main
from mmexplore.errors import BadData, MmexploreError
from mmexplore.runs import Run, store
from mmexplore.runs.contents import SHORT
from mmexplore.runs.count_task import Count
from mmexplore.runs.recorder import write_json
from tests.labs.pages import open_lab, press, words

FILES = ("spec.json", "status.json", "progress.json", "warnings.json", "result.json", "frames.jsonl", "log.txt", "lock", "arrays", "pin", "seen")  # fmt: skip
NEEDED = ("spec.json", "status.json")  # whose absence is damage
CHECKED = FILES[:6]  # of which a content is expected
SECRET = "what lies outside"


def replaced(content: bytes | str) -> Callable[[Path], None]:
    def damage(file: Path) -> None:
        gone(file)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())

    return damage


def gone(file: Path) -> None:
    if file.is_dir() and not file.is_symlink():
        shutil.rmtree(file)
    else:
        file.unlink(missing_ok=True)


def truncated(file: Path) -> None:
    content = file.read_bytes() if file.is_file() else b""
    replaced(content[: len(content) // 2] or b"{")(file)


def nested(inner: object) -> Callable[[Path], None]:
    """Every value of the file's JSON replaced by another one of a wrong type, its own keys kept."""

    def damage(file: Path) -> None:
        text = file.read_text() if ".json" in file.suffix and file.is_file() else ""
        known = [json.loads(line) for line in text.splitlines()] if text.strip() else []
        made = [dict.fromkeys(one, inner) if isinstance(one, dict) else [inner] for one in known] or [[inner]]
        replaced("".join(json.dumps(one) + "\n" for one in made))(file)

    return damage


def folder(file: Path) -> None:
    gone(file)
    file.mkdir()


def link_to(target: Path | None) -> Callable[[Path], None]:
    def damage(file: Path) -> None:
        gone(file)
        outside = file.parents[1] / "outside.json" if target is None else target
        if target is None:
            outside.write_text(json.dumps({"phase": "finished", "kind": "count", "count": SECRET}))
        file.symlink_to(outside)

    return damage


def pipe(file: Path) -> None:
    gone(file)
    os.mkfifo(file)


def huge(file: Path) -> None:
    gone(file)
    with file.open("wb") as made:  # a hole in a file: no bytes on the disk
        made.truncate(600_000_000)


def huge_on_one_line(file: Path) -> None:
    replaced('{"step": 1, "phase": "finished", "words": "' + "x" * (2 * SHORT) + '"}\n')(file)


def locked_away(file: Path) -> None:
    if not file.exists():
        file.write_text("")
    file.chmod(0)


DAMAGES: dict[str, Callable[[Path], None]] = {
    "empty": replaced(""),
    "truncated": truncated,
    "binary": replaced(bytes(range(256)) * 20),
    "zeros": replaced(b"\0" * 4096),
    "not-utf-8": replaced(b'{"phase": "\xff\xfe"}\n'),
    "half-a-letter": replaced('{"phase": "\\ud800", "step": 1, "words": "\\ud800", "kind": "\\ud800"}\n'),
    "a-list": replaced("[1, 2]\n"),
    "a-number": replaced("3\n"),
    "null": replaced("null\n"),
    "a-text": replaced('"finished"\n'),
    "nested-mapping": nested({"a": {"b": [1]}}),
    "nested-list": nested([[1], "x"]),
    "nested-null": nested(None),
    "nested-text": nested("<b>x</b> $x$ :red[x]"),
    "nested-nan": nested(float("nan")),
    "nested-negative": nested(-1e300),
    "nested-endless": nested(10**400),
    "1e999": replaced('{"phase": "finished", "started": 1e999, "step": 1e999, "share": 1e999, "count": 1e999}\n'),
    "deep": replaced("[" * 100_000),
    "deep-and-whole": replaced("[" * 900 + "]" * 900 + "\n"),
    "missing": gone,
    "folder": folder,
    "link-to-nowhere": link_to(Path("nowhere")),
    "link-outside": link_to(None),
    "link-to-itself": lambda file: link_to(file)(file),
    "pipe": pipe,
    "huge": huge,
    "huge-on-one-line": huge_on_one_line,
    "locked-away": locked_away,
}


@pytest.fixture
def whole(empty_runs_folder):
    """A finished run that nobody has touched."""
    run = runs.train(Count(steps=4, wait=0.0))
    write_json(run.path / "progress.json", {"share": 0.5, "words": "half", "at": 1.0, "active": 1.0})
    write_json(run.path / "warnings.json", ["mind this"])
    (run.path / "log.txt").write_text("a line\n")
    return run


def copies(whole: Run, damage: Callable[[Path], None]) -> dict[str, Run]:
    """A copy of the run for every file, that file damaged; beside them the whole one."""
    made = {}
    for k, name in enumerate(FILES):
        copied = whole.path.with_name(f"count-{k:016x}")
        shutil.copytree(whole.path, copied)
        damage(copied / name)
        os.utime(copied, (1e9, 1e9))
        made[name] = Run(copied)
    return made


@pytest.mark.parametrize("kind", DAMAGES)
def test_the_page_and_the_command_line_stay_up_say_it_and_delete(whole, kind, capsys):
    made = copies(whole, DAMAGES[kind])
    app = open_lab("runs", show="made", looked=",".join(run.name for run in made.values()))
    assert not app.exception and not app.error
    table = app.dataframe[0].value
    states = dict(zip(table["Name"], table["State"], strict=True))
    assert set(states) == {run.name for run in made.values()} | {whole.name}
    assert states[whole.name] == "finished"
    assert main(["runs", "list", "--json"]) == 0
    listed = {run["run"]: run for run in json.loads(capsys.readouterr().out)}
    assert main(["runs", "list"]) == 0 and SECRET not in words(app) + capsys.readouterr().out
    for name, run in made.items():
        assert states[run.name] == ("damaged" if listed[run.name]["phase"] == "unreadable" else "finished")
        for form in ([], ["--json"]):
            assert main(["runs", "show", run.name, *form]) == 0
            told = capsys.readouterr().out
            assert SECRET not in told and (form or len(told) < 10_000)
        if states[run.name] == "damaged":
            assert f"{name} " in listed[run.name]["words"] and f"{name} ".replace("_", "\\_") in words(app) + " "
        assert SECRET.encode() not in run.archive() and isinstance(run.size, int)
    if kind != "locked-away" or os.geteuid() != 0:  # nothing is locked away from root
        assert states[made["status.json"].name] == "damaged"
    for run in made.values():
        store.delete(run)
        assert not run.here
    assert whole.exists and Run(whole.path).state.phase == "finished"


@pytest.mark.parametrize("name", CHECKED)
def test_a_file_that_is_no_json_or_no_file_is_always_said(whole, name):
    for kind in (
        "binary",
        "zeros",
        "a-number",
        "deep",
        "folder",
        "link-to-nowhere",
        "link-outside",
        "link-to-itself",
        "pipe",
        "huge",
    ):
        run = copies(whole, DAMAGES[kind])[name]
        assert run.state.phase == "unreadable" and name in run.state.words, kind
        for path in whole.path.parent.glob("count-0*"):
            shutil.rmtree(path)


def test_it_is_deleted_with_one_press(whole):
    made = copies(whole, DAMAGES["folder"])
    for name in CHECKED:
        app = open_lab("runs", looked=made[name].name)
        press(app, "Delete")
        assert not made[name].here and not app.exception and not app.error, name


def test_every_damaged_archive_of_arrays_is_said(whole):
    file = whole.path / "arrays" / "counted.npz"
    content = file.read_bytes()
    for damaged in (
        b"",
        content[:100],
        content[:-30],
        b"\0" * 999,
        content.replace(b"steps.npy", b"steps.txt"),
        b"\x93NUMPY\x01\x00",
    ):
        file.write_bytes(damaged)
        try:
            assert isinstance(whole.arrays("counted"), dict)
        except MmexploreError as error:
            assert "damaged" in str(error)
    for damage in (folder, pipe, link_to(None), gone, link_to(Path("nowhere"))):
        damage(file)
        with pytest.raises(BadData):
            whole.arrays("counted")
    for name in ("", ".", "..", "x" * 999, "\0", "\ud800", "../spec"):
        with pytest.raises(BadData):
            whole.arrays(name)


def test_an_archive_that_unpacks_to_more_than_there_is_room_for_is_refused_before_it_is_read(whole, monkeypatch):
    monkeypatch.setattr("mmexplore.runs.recorder._MOST_UNPACKED", 10)
    with pytest.raises(BadData, match="damaged"):
        whole.arrays("counted")


def test_frames_with_odd_numbers_are_drawn_without_them(whole):
    odd = ['{"step": 1, "count": NaN}', '{"step": 2, "count": 1e999}', '{"step": true}', '{"step": 3, "count": %s}' % ("9" * 400), '{"step": %s}' % ("9" * 400), '{"step": 4, "count": 4, "arrays": "../up"}', '{"step": 5, "count": 5}']  # fmt: skip
    (whole.path / "frames.jsonl").write_text("\n".join(odd) + "\n")
    assert [(frame["step"], frame["count"]) for frame in whole.frames()] == [(1, None), (2, None), (3, None), (5, 5)]
    app = open_lab("runs", looked=whole.name)
    assert not app.exception and not app.error


def test_a_status_that_nobody_can_read_is_running_while_its_process_lives(whole):
    from mmexplore.runs.locks import locked

    (whole.path / "status.json").write_text("{")
    with locked(whole.path / "lock"):
        assert whole.state.phase == "running" and "status.json" in whole.state.words
    assert whole.state.phase == "unreadable"


def test_a_damaged_run_is_begun_anew(whole):
    for name, damage in (("status.json", folder), ("result.json", pipe), ("spec.json", link_to(None))):
        damage(whole.path / name)
        assert runs.train(Count(steps=4, wait=0.0)).state.phase == "finished", name
        assert whole.result() == {"count": 4}


@pytest.mark.parametrize(
    "name", ["count-\udcff", "count-" + "a" * 200, "<b>x", "count\n", ".count", "queue", "again", "ordinary"]
)
def test_folders_that_are_no_runs_are_not_listed(whole, name):
    made = whole.path.parent / name
    made.mkdir(exist_ok=True)
    os.utime(made, (1e9, 1e9))
    assert [run.name for run in store.all_runs() if not run.shipped] == [whole.name]
    assert not open_lab("runs", show="made").exception


def test_a_folder_without_description_or_a_file_in_its_place_is_shown_and_deleted(whole):
    bare = whole.path.with_name("count-" + "b" * 16)
    bare.mkdir()
    assert bare.name not in {run.name for run in store.all_runs()}  # somebody may be about to describe it
    os.utime(bare, (1e9, 1e9))
    file = whole.path.with_name("count-" + "c" * 16)
    file.write_text("no folder")
    os.utime(file, (1e9, 1e9))
    app = open_lab("runs", show="made", looked=f"{bare.name},{file.name}")
    assert not app.exception and not app.error
    assert "missing" in words(app) and "a file lies where its folder should be" in words(app)
    for _ in range(2):
        press(app, "Delete")
    assert not app.exception and not bare.exists() and not file.exists() and whole.exists
