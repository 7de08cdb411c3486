"""Parts of a page that look again and again, for as long as something is under way: seldom where many look.

    follow(look)                    # runs now, and then again and again, alone
    follow(look, every=DRAW)        # one that draws figures

Every look is a run of a script on the one interpreter of the server. So the time between two of them grows with the number of connected
sessions (`use`): all of them together ask for so many looks a second and no more. It is decided where the part is drawn with its
page; a look that finds that it has become off by more than a factor of two has the whole page drawn anew, with the right one.

Streamlit 1.67 offers no look that finds nothing new and leaves on the page what is there: a fragment that does not write an element loses it, and
nothing but a widget's callback can have another fragment run. So what is drawn of a run is a part of its own, which runs less often than
the part that looks how far the run is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

__all__ = ["DRAW", "LOOK", "Pace", "follow", "use"]

LONGEST = 5.0  # seconds between two looks, at most, where they are not meant to be longer apart
_OFF = 2.0  # factor by which the time between two looks may be off


@dataclass(frozen=True)
class Pace:
    """How often a part of a page looks.

    Attributes:
        least: seconds between two looks, at least.
        together: looks a second of all sessions, at most, as long as that needs no longer than `LONGEST` between two of them.
    """

    least: float
    together: float

    def seconds(self, sessions: int) -> float:
        """Seconds between two looks where so many sessions may look."""
        return max(self.least, min(sessions / self.together, LONGEST))


LOOK = Pace(0.35, 25.0)  # how far something is, in words
DRAW = Pace(0.5, 12.5)  # with figures


def _alone() -> int:
    return 1


_sessions: Callable[[], int] = _alone


def use(sessions: Callable[[], int]) -> None:
    """Have the sessions that are connected to this process counted by a function."""
    global _sessions
    _sessions = sessions


def follow(look: Callable[[], None], *, every: Pace = LOOK) -> None:
    """Draw a part of the page, and draw it again and again until the whole page is drawn without it.

    Args:
        look: draws the part; where there is nothing more to follow it calls `st.rerun`.
        every: how often.
    """
    seconds = every.seconds(_sessions())

    def followed() -> None:
        wanted = every.seconds(_sessions())
        if max(seconds, wanted) > _OFF * min(seconds, wanted):
            st.rerun()
        look()

    st.fragment(followed, run_every=seconds)()
