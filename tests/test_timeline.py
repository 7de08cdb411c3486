from mmexplore.timeline import MAX_PAST, Timeline


def test_undo_and_redo_walk_the_line():
    line = Timeline(0)
    for view in (1, 2, 3):
        line.commit(view)
    line.undo()
    line.undo()
    assert line.present == 1
    line.redo()
    assert line.present == 2
    line.commit(9)  # a new step ends what was undone
    line.redo()
    assert line.present == 9
    for _ in range(10):
        line.undo()
    assert line.present == 0


def test_the_revision_rises_only_when_no_widget_made_the_change():
    line = Timeline("a")
    line.commit("b")
    assert line.revision == 0
    assert line.jump("c")
    assert not line.jump("c")
    assert line.revision == 1
    line.undo()
    assert line.revision == 2


def test_committing_what_is_there_is_no_step():
    line = Timeline("a")
    assert not line.commit("a")
    assert line.past == []


def test_the_past_is_bounded():
    line = Timeline(0)
    for view in range(1, 3 * MAX_PAST):
        line.commit(view)
    assert len(line.past) == MAX_PAST
