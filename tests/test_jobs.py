import os
import subprocess
import sys
import threading
import time

import numpy as np
import psutil
import pytest

from mmexplore.errors import BadData, MmexploreError
from mmexplore.estimators.tables.estimate import Settings, estimate
from mmexplore.estimators.tables.price import bins_seconds, estimate_seconds, sizes_seconds
from mmexplore.jobs import LONG, SLICE, Elsewhere, Workers
from mmexplore.jobs_process import in_process


def test_work_reports_progress_and_ends_with_its_result():
    seen = []
    workers = Workers(1)
    go = threading.Event()

    def work(report, should_stop):
        report(0.5, "half")
        go.wait(10)
        return "answer"

    job = workers.submit("a", work)
    while job.share < 0.5:
        assert not job.done
    seen.append((job.words, job.running))
    assert job.seconds_left() is not None
    go.set()
    assert job.wait(10)
    assert seen == [("half", True)]
    assert (job.result, job.error, job.share, job.running) == ("answer", None, 1.0, False)


def test_jobs_wait_in_turn_and_know_how_many_are_ahead():
    workers = Workers(1)
    go = threading.Event()
    order = []
    first = workers.submit("first", lambda report, stop: go.wait(10))
    later = [workers.submit(name, lambda report, stop, name=name: order.append(name)) for name in "abc"]
    while not first.running:
        pass
    assert [workers.ahead(job) for job in later] == [0, 1, 2]
    later[0].stop()  # does not run any more, and is not counted
    assert workers.ahead(later[2]) == 1
    go.set()
    assert all(job.wait(10) for job in later)
    assert order == ["b", "c"]
    assert later[0].result is None


def test_no_more_threads_than_allowed():
    workers = Workers(2)
    lock, now, most = threading.Lock(), [0], [0]

    def work(report, stop):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        threading.Event().wait(0.02)
        with lock:
            now[0] -= 1

    jobs = [workers.submit(str(i), work) for i in range(8)]
    assert all(job.wait(10) for job in jobs)
    assert most[0] == 2


@pytest.mark.parametrize(
    ("fault", "told"), [(BadData("the table is empty"), "the table is empty"), (KeyError("x"), "our side")]
)
def test_a_failure_becomes_a_sentence_and_the_next_job_runs(fault, told, caplog):
    workers = Workers(1)

    def broken(report, stop):
        raise fault

    job = workers.submit("broken", broken)
    after = workers.submit("after", lambda report, stop: 1)
    assert after.wait(10)
    assert told in (job.error or "")
    assert after.result == 1


def test_stop_reaches_the_work():
    workers = Workers(1)
    begun = threading.Event()

    def work(report, should_stop):
        begun.set()
        while not should_stop():
            pass
        return "what was done"

    job = workers.submit("long", work)
    begun.wait(10)
    job.stop()
    assert job.wait(10)
    assert job.result == "what was done"


# -- sharing ---------------------------------------------------------------------------------------------------------------


def long_work(until: threading.Event, log: list[str], name: str):
    """Work that reports often, until it is told that it is enough."""

    def work(report, stop):
        while not until.is_set() and not stop():
            time.sleep(0.005)
            report(0.1, name)
            if not log or log[-1] != name:
                log.append(name)
        return name

    return work


def test_long_work_gives_way_to_another_visitors_short_work_and_goes_on_afterwards():
    workers, enough, log = Workers(1), threading.Event(), []
    long = workers.submit("long", long_work(enough, log, "long"), visitor="ann", price=100.0)
    while not log:
        time.sleep(0.01)
    time.sleep(2 * SLICE)
    begun = time.monotonic()
    short = workers.submit("short", lambda report, stop: log.append("short") or 7, visitor="ben", price=0.1)
    assert short.wait(5) and short.result == 7
    assert time.monotonic() - begun < 10 * SLICE and not long.done
    enough.set()
    assert long.wait(5) and long.result == "long" and log[-2:] in (["long", "short"], ["short", "long"])


def test_two_visitors_with_long_work_are_served_alike_and_a_third_with_many_pieces_gets_no_more():
    workers, enough = Workers(1), threading.Event()
    logs: dict[str, list[str]] = {"ann": [], "ben": [], "cy": []}
    jobs = [
        workers.submit(f"{who} {k}", long_work(enough, logs[who], who), visitor=who, price=50.0)
        for who, count in (("ann", 1), ("ben", 1), ("cy", 6))
        for k in range(count)
    ]
    time.sleep(15 * SLICE)
    served = {who: sum(job._served for job in jobs if job.visitor == who) for who in logs}
    enough.set()
    assert all(job.wait(10) for job in jobs)
    assert min(served.values()) > 0.0 and max(served.values()) < 3 * min(served.values()) + 2 * SLICE


def test_of_one_visitor_the_short_work_goes_first_and_waiting_is_counted_as_it_will_be():
    workers, enough, log = Workers(1), threading.Event(), []
    first = workers.submit("first", lambda report, stop: enough.wait(10), visitor="ann")
    while not first.running:
        pass
    long = workers.submit("long", lambda report, stop: log.append("long"), visitor="ben", price=60.0)
    short = workers.submit("short", lambda report, stop: log.append("short"), visitor="cy", price=0.2)
    assert (workers.ahead(short), workers.ahead(long)) == (0, 1)
    enough.set()
    assert long.wait(10) and short.wait(10) and log == ["short", "long"]


def test_work_that_rests_can_be_stopped():
    workers, enough, log = Workers(1), threading.Event(), []
    long = workers.submit("long", long_work(enough, log, "long"), visitor="ann", price=100.0)
    while not log:
        time.sleep(0.01)
    busy = workers.submit("busy", lambda report, stop: enough.wait(20), visitor="ben", price=1.0)
    deadline = time.monotonic() + 10
    while not long.resting and time.monotonic() < deadline:
        time.sleep(0.01)
    assert long.resting and workers.ahead(long) == 0
    long.stop()
    assert long.wait(5) and not busy.done
    enough.set()
    assert busy.wait(5)


def test_a_visitor_who_comes_anew_is_owed_nothing():
    workers = Workers(1)
    assert workers.submit("a", lambda report, stop: time.sleep(0.3), visitor="ann").wait(5)
    enough, log = threading.Event(), []
    jobs = [workers.submit(who, long_work(enough, log, who), visitor=who, price=9.0) for who in ("ben", "ann")]
    time.sleep(6 * SLICE)
    assert min(job._served for job in jobs) > 0.0
    enough.set()
    assert all(job.wait(5) for job in jobs)
    assert len(workers._served) <= 2


# -- work in a process of its own ------------------------------------------------------------------------------------------


def slow(seconds, fault=None, *, progress, should_stop):
    """What the tests let a process do."""
    begun = time.monotonic()
    if fault == "ours":
        raise BadData("the table is empty")
    if fault == "bug":
        raise KeyError("x")
    if fault == "killed":
        os._exit(9)
    while time.monotonic() - begun < seconds:
        time.sleep(0.01)
        progress(min((time.monotonic() - begun) / seconds, 1.0), f"process {os.getpid()}")
        if should_stop() and fault != "deaf":
            return "what was done"
    return os.getpid()


def here(*arguments, report=lambda share, words: None, stop=lambda: False):
    return in_process(f"{__name__}:slow", arguments, {}, report, stop)


@pytest.fixture
def reachable(monkeypatch, tmp_path):
    """The module of these tests, for a process: by its name there."""
    (tmp_path / "slowly.py").write_text("import os, time\nfrom mmexplore.errors import BadData\n\n" + _source(slow))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setitem(globals(), "__name__", "slowly")


def _source(function) -> str:
    import inspect

    return inspect.getsource(function)


def children() -> list[psutil.Process]:
    return [p for p in psutil.Process().children() if "mmexplore.jobs_process" in " ".join(p.cmdline())]


def test_an_estimate_is_the_same_in_a_process_of_its_own():
    draw = np.random.default_rng(0)
    codes = tuple(draw.integers(0, 3, 200) for _ in range(3))
    settings = Settings(bootstraps=50, permutations=50, seed=4)
    reports = []
    far = in_process(
        "mmexplore.estimators.tables.estimate:estimate", (*codes, settings), {"sampling": None}, lambda *r: reports.append(r), lambda: False
    )  # fmt: skip
    near = estimate(*codes, settings)
    atoms = ("redundancy", "unique1", "unique2", "synergy")
    assert [getattr(far.value, atom) for atom in atoms] == [getattr(near.value, atom) for atom in atoms]
    assert far.intervals == near.intervals and far.settings == settings
    assert all(0.0 <= share <= 1.0 and words for share, words in reports)
    assert children() == []


def test_a_process_reports_and_what_goes_wrong_in_it_is_said(reachable):
    seen = []
    pid = here(0.3, report=lambda share, words: seen.append((share, words)))
    assert pid != os.getpid() and seen and seen[-1][1] == f"process {pid}"
    with pytest.raises(MmexploreError, match="the table is empty"):
        here(1.0, "ours")
    with pytest.raises(RuntimeError, match="KeyError"):
        here(1.0, "bug")
    with pytest.raises(MmexploreError, match="was killed"):
        here(1.0, "killed")
    assert children() == []


def test_a_process_stops_with_what_it_has_and_one_that_does_not_listen_is_ended(reachable):
    begun = []
    assert here(60.0, report=lambda *r: begun.append(r), stop=lambda: bool(begun)) == "what was done"
    begun.clear()
    start = time.monotonic()
    assert here(60.0, "deaf", report=lambda *r: begun.append(r), stop=lambda: bool(begun)) is None
    assert time.monotonic() - start < 30 and children() == []


def test_long_work_goes_into_a_process_rests_there_and_another_is_answered_meanwhile(reachable):
    workers = Workers(1)
    long = workers.submit("long", Elsewhere("slowly:slow", 60.0, price=LONG + 1), visitor="ann", price=LONG + 1)
    deadline = time.monotonic() + 60
    while not long.words.startswith("process") and time.monotonic() < deadline:
        time.sleep(0.02)
    enough = threading.Event()
    busy = workers.submit("busy", lambda report, stop: enough.wait(20), visitor="ben", price=1.0)
    while not long.resting and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.3)
    share = long.share
    (process,) = children()
    used = process.cpu_times().user
    time.sleep(0.5)
    assert long.share == share and process.cpu_times().user - used < 0.1  # it rests
    assert process.nice() >= 10
    enough.set()
    assert busy.wait(5)
    while long.share == share and time.monotonic() < deadline:
        time.sleep(0.02)
    assert long.share > share
    long.stop()
    assert long.wait(20) and long.result == "what was done" and children() == []


def test_the_process_ends_when_the_server_is_killed(reachable):
    script = (
        "from mmexplore.jobs_process import in_process\n"
        "in_process('slowly:slow', (600.0,), {}, lambda s, w: print(w, flush=True), lambda: False)\n"
    )
    server = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    pid = int(server.stdout.readline().split()[1])
    server.kill()
    server.wait()
    deadline = time.monotonic() + 20
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie"


def test_short_work_stays_here(monkeypatch):
    monkeypatch.setattr(
        "mmexplore.jobs.function_named", lambda name: lambda *a, progress, should_stop, **n: (name, a, n)
    )
    work = Elsewhere("some:where", 1, two=2, price=LONG / 2)
    assert work(lambda share, words: None, lambda: False) == ("some:where", (1,), {"two": 2})


def test_prices_grow_with_rows_states_and_replicates():
    draw = np.random.default_rng(0)
    iris = tuple(draw.integers(0, k, 150) for k in (4, 4, 3))
    digits = tuple(draw.integers(0, k, 1797) for k in (64, 64, 10))
    few, many = Settings(bootstraps=50, permutations=0), Settings(bootstraps=2000, permutations=200)
    assert estimate_seconds(iris, few) < 0.5 < LONG < estimate_seconds(digits, many)
    assert estimate_seconds(iris, few) < estimate_seconds(iris, many) < estimate_seconds(digits, many)
    assert sizes_seconds(iris) < sizes_seconds(digits) and bins_seconds(iris, (2, 3)) < bins_seconds(iris, (2, 3, 12))
