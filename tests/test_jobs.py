import threading

import pytest

from mmexplore.errors import BadData
from mmexplore.jobs import Workers


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
