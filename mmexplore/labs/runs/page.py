"""The page of runs: what is queued, running and finished; several of them side by side; keep, delete, take along."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial

import pandas as pd
import streamlit as st

from mmexplore import links, runs
from mmexplore.errors import MmexploreError
from mmexplore.labs.registry import page_for, place_of
from mmexplore.labs.runs.scene import MOST, SHOWN, RunsView, curves, numbers, pages
from mmexplore.runs import Run, limits, owners, store
from mmexplore.runs.launcher import at_once
from mmexplore.runs.listing import Entry, Listing, look
from mmexplore.ui import visitors
from mmexplore.ui.actions import action_row
from mmexplore.ui.failures import guarded, plain, sentence
from mmexplore.ui.figure import figure
from mmexplore.ui.following import Pace, follow
from mmexplore.ui.run_panel import PHASES, again_words, asked_first, duration, nobody_runs, phase_badge, progress_words
from mmexplore.ui.state import PageState

__all__ = ["STATE", "page"]

STATE: PageState[RunsView] = PageState("runs", RunsView)

_LOOK = Pace(1.0, 12.5)  # while something is active
_REFUSED = "refused action"
_DRAWN = STATE.key("drawn outside")  # what the page was drawn for, see `_outside`


def page() -> None:
    """The list, and below it the runs that are looked at."""
    with guarded(STATE):
        if any(store.has(name) for name in STATE.view.names if name not in look().by_name):
            store.changed()  # made within the last second, by another process
        action_row(STATE, pins=False)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            STATE.control("show", format_func=SHOWN.__getitem__, width=240)
            _choose_page()
        _put_aside()
        _followed(_listed, look().active)
        _choose()
        _followed(_looked, any(entry.active for entry in _looked_at()))
        _teacher()


def _teacher() -> None:
    """The key with which one visitor may handle the runs of all."""
    if visitors.is_teacher():
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(
                "You have given the teacher's key: every run can be stopped and deleted, and no limits hold for yours.",
                width="content",
            )
            st.button(
                "Leave", icon=":material/logout:", key=STATE.key("leave"), on_click=visitors.leave, type="tertiary"
            )
        return
    with st.expander("For teachers", icon=":material/key:"):
        st.caption(
            "Runs belong to who began them, others watch. The key that `mmexplore serve` prints when it starts (the file teacher.key in "
            "the folder of runs) lets you stop and delete all of them."
        )
        key = STATE.key("teacher")
        st.text_input(
            "Key", type="password", key=key, max_chars=200, on_change=lambda: _take_key(key), autocomplete="off"
        )
        if visitors.refused():
            st.error("This is not the key of this folder of runs.", icon=":material/error:")


def _take_key(key: str) -> None:
    visitors.give_key(st.session_state[key])
    st.session_state[key] = ""


def _followed(draw: Callable[[], None], active: bool) -> None:
    """Draw a part that changes by itself; while something in it is active it is drawn anew every second or so.

    No widget that holds a value stands in such a part: redrawn under the visitor's hand it would lose it.
    """
    if active:
        nobody_runs()
        st.session_state[_DRAWN] = _outside()
        follow(lambda: _living(draw), every=_LOOK)
    else:
        draw()


def _living(draw: Callable[[], None]) -> None:
    STATE.follow()
    if _outside() != st.session_state.get(_DRAWN):
        st.rerun()
    with guarded(STATE):
        draw()


def _outside() -> tuple[object, ...]:
    """What the rest of the page hangs on: it is drawn anew when that has changed."""
    listing = look()
    return listing.active, pages(len(_rows(listing))), tuple((e.name, e.active) for e in _looked_at())


def _looked_at() -> list[Entry]:
    entries = look().by_name
    return [entries[name] for name in dict.fromkeys(STATE.view.names) if name in entries]


def _rows(listing: Listing) -> list[Entry]:
    view = STATE.view  # a thousand looks into the session's state would take longer than all the rest
    return [e for e in listing.entries if view.lists(e) or (view.show == "active" and e.again_at_work)]


def _choose_page() -> None:
    """Which part of a long list is shown."""
    listed = len(_rows(look()))
    if (count := pages(listed)) > 1:

        def words(page: int) -> str:
            rows = STATE.view.replace(page=page).rows(listed)
            return f"{rows.start + 1:,} to {rows.stop:,} of {listed:,}"

        shown = min(STATE.view.page, count)
        STATE.control("page", shown=shown, widget="select", options=range(1, count + 1), format_func=words, width=240)


def _put_aside() -> None:
    """Entries of the queue that nobody could read."""
    names = store.put_aside()
    if not names:
        return
    words = f"Put aside, since their entries in the queue were damaged: {', '.join(names[:MOST])}"
    st.warning(plain(f"{words}. They were not run: start them again on their pages."), icon=":material/warning:")
    _button("queue", "Dismiss", "close", store.clear_aside)


def _listed() -> None:
    listing = look()
    listed = _rows(listing)
    if listed:
        _table([listed[row] for row in STATE.view.rows(len(listed))])
    else:
        st.info(_nothing(STATE.view), icon=":material/info:")
    st.caption(_space(listing))


def _looked() -> None:
    entries = look().by_name
    looked = _looked_at()
    missing = [name for name in STATE.view.names if name not in entries]
    prefix = STATE.key(f"{_REFUSED} ")
    for key in [key for key in st.session_state if str(key).startswith(prefix)]:
        if (name := str(key).removeprefix(prefix)) not in {entry.name for entry in looked}:
            _refusal(name)  # another visitor has deleted it meanwhile
    if missing:
        st.warning(plain(f"No longer here: {', '.join(missing)}. Start it again on its page."), icon=":material/info:")
    if looked:
        _side_by_side([entry.run for entry in looked])
    for entry in looked:
        _card(entry)


def _space(listing: Listing) -> str:
    return (
        f"{listing.made:,} made here, {listing.bytes / 1e6:,.0f} MB of {store.most_bytes() / 1e6:,.0f} MB; what was not looked at for the "
        f"longest time goes first, pinned runs stay. {at_once()} run at the same time, the rest waits; visitors take turns, with {limits.running()} at work and "
        f"{limits.waiting()} waiting each. Runs on a visitor's "
        "own data stay in memory and are not listed."
    )


def _nothing(view: RunsView) -> str:
    if view.show == "active":
        return "Nothing is waiting or running."
    return "Nothing here yet: runs begin on the pages that train."


def _table(listed: list[Entry]) -> None:
    rows, who, labels = [], owners.asking(), look().labels
    for entry in listed:
        state = entry.state
        rows.append(
            {
                "What": labels.get(entry.name, entry.title),
                "State": PHASES[state.phase][0] + (", being run again" if entry.again_at_work else ""),
                "Done": state.share,
                "Time": duration(state.seconds) if state.seconds else "",
                "Started": datetime.fromtimestamp(state.started) if state.started else None,
                "Size": f"{entry.size / 1e3:,.0f} kB",
                "Begun by": "you"
                if owners.is_mine(entry.owner, who)
                else "another visitor"
                if entry.owner.hash
                else "",
                "Kept": "precomputed" if entry.shipped else "pinned" if entry.pinned else "",
                "Name": entry.name,
            }
        )
    names, key = [entry.name for entry in listed], STATE.key("rows")

    def clicked() -> None:
        """Rows that were clicked are looked at, with those that are already."""
        chosen = [names[row] for row in st.session_state[key]["selection"]["rows"] if row < len(names)]
        if chosen:
            STATE.update(looked=",".join(list(dict.fromkeys((*STATE.view.names, *chosen)))[:MOST]))

    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        key=key,
        on_select=clicked,
        selection_mode="multi-row",
        height=min(420, 38 + 35 * len(rows)),
        column_config={
            "Done": st.column_config.ProgressColumn(min_value=0.0, max_value=1.0, format="percent"),
            "Started": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm"),
        },
    )


def _choose() -> None:
    """Which runs are looked at, and what is drawn of them."""
    labels = look().labels
    shown = [name for name in STATE.view.names if name in labels]
    key = STATE.key("chosen")
    if key not in st.session_state or st.session_state[key] != shown:
        st.session_state[key] = shown
    st.multiselect(
        "Runs to look at, side by side",
        options=list(labels),  # another order would be another widget
        format_func=labels.__getitem__,
        key=key,
        max_selections=MOST,
        placeholder="Choose one or several runs",
        on_change=lambda: STATE.update(looked=",".join(st.session_state[key])),
    )
    plottable = numbers([entry.run for entry in _looked_at()])
    if plottable:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            STATE.control("number", shown=_number(plottable), widget="select", options=plottable, width=320)
            STATE.control("log")


def _number(plottable: list[str]) -> str:
    return STATE.view.number if STATE.view.number in plottable else plottable[0]


def _side_by_side(looked: list[Run]) -> None:
    plottable = numbers(looked)
    if not plottable:
        return
    labels = look().labels
    drawn = curves({labels.get(run.name, run.name): run for run in looked}, _number(plottable), log=STATE.view.log)
    if drawn is not None:
        figure(drawn, "runs.curves")


def _card(entry: Entry) -> None:
    run, state = entry.run, entry.run.state
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{plain(entry.title)}**", width="content")
            phase_badge(run, state)
            if run.pinned and not run.shipped:
                st.badge("pinned", icon=":material/keep:", color="gray")
        if state.active:
            st.progress(state.share, text=plain(progress_words(run, state)))
        elif state.phase != "finished":
            st.caption(plain(f"{state.words}."))
        if (new := store.replacing(run)) is not None:
            st.caption(plain(again_words(new)))
        for warning in state.warnings:
            st.caption(f":material/warning: {plain(warning)}")
        _buttons(run)
        with st.expander("What was asked for, and how to run it again"):
            _described(run)
        run.look()


def _buttons(run: Run) -> None:
    phase = run.state.phase
    watched = "" if run.shipped else owners.why_not(run.path)
    if watched:
        st.caption(watched)
    with st.container(horizontal=True, gap="small"):
        _open(run)
        if phase == "running" and not watched:
            _button(run.name, "Pause", "pause", lambda: runs.pause(run))
        if phase == "paused" and not watched:
            _button(run.name, "Continue", "play_arrow", lambda: runs.resume(run))
        new = store.replacing(run)
        if run.state.active and not watched:
            _button(run.name, "Stop", "stop", lambda: runs.stop(run))
        elif new is not None and new.state.active and not owners.why_not(new.path):
            _button(run.name, "Stop running it again", "stop", lambda: runs.stop(new))
        elif not run.state.active and phase != "finished" and not _unreadable(run):
            again = partial(_button, run.name, "Run again", "replay", lambda: runs.start(run.task))
            asked_first(run, STATE.key(f"ask again {run.name}"), again)
        if not run.shipped and not watched:
            keep = not run.pinned  # as the visitor sees it: another one may press as well
            word = "Pin" if keep else "Unpin"
            _button(run.name, word, "keep" if keep else "keep_off", lambda: store.pin(run, keep))
            if not run.state.active:
                _button(run.name, "Delete", "delete", lambda: _delete(run))
        if not run.state.active:
            st.download_button(
                "Download",
                run.archive,
                file_name=f"{run.name}.zip",
                mime="application/zip",
                on_click="ignore",
                icon=":material/download:",
                key=STATE.key(f"download {run.name}"),
                help="Frames, arrays and numbers as a zip file.",
            )
    _refusal(run.name)


def _refusal(name: str) -> None:
    """Why the last press of a button of a run did nothing, once."""
    if (refusal := st.session_state.pop(STATE.key(f"{_REFUSED} {name}"), None)) is not None:
        st.error(sentence(refusal), icon=":material/error:")


def _unreadable(run: Run) -> bool:
    """Whether nobody can say any more what the run was."""
    try:
        _ = run.task
    except MmexploreError:
        return True
    return False


def _open(run: Run) -> None:
    if _unreadable(run):
        return
    place = place_of(run.task)
    if place is not None:
        lab, view = place
        st.page_link(
            page_for(lab),
            label="Open on its page",
            query_params=links.to(view.to_query()),
            icon=":material/open_in_new:",
        )


def _delete(run: Run) -> None:
    try:
        store.delete(run)
    finally:
        if not run.here:
            _look_no_longer(run)


def _look_no_longer(run: Run) -> None:
    STATE.update(looked=",".join(name for name in STATE.view.names if name != run.name))


def _button(name: str, label: str, icon: str, action: Callable[[], object]) -> None:
    def act() -> None:
        try:
            action()
        except MmexploreError as error:
            st.session_state[STATE.key(f"{_REFUSED} {name}")] = str(error)

    st.button(label, icon=f":material/{icon}:", key=STATE.key(f"{label} {name}"), on_click=act)


def _described(run: Run) -> None:
    try:
        task = run.task
    except MmexploreError as error:
        st.caption(plain(str(error)))
        return
    text = json.dumps(task.to_dict(), indent=2)
    st.caption("Save this as spec.json; the same values give the same numbers, on this page and on the command line:")
    st.code(f"python -m mmexplore train spec.json      # {run.name}", language="bash")
    st.code(text, language="json", height=240)
    if run.result():
        st.caption("What came out:")
        st.json(run.result(), expanded=False)
    if run.log():
        st.caption("Last lines of its log:")
        st.code(run.log(), language="text", height=160)
