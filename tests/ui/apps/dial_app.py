"""A page with dials on closed forms, for the browser tests; what it shows is set by the address's query.

Four independent channels: a bit both modalities see through noise x (R = 1 - h(x)), a bit only the first sees (U1), one only the
second sees (U2) and a noisy XOR (S = 1 - h(x)), in parts set by the second slider. Sums of independent channels add.
"""

from __future__ import annotations

import time

import numpy as np
import streamlit as st

from mmexplore.ui.dial import Axis, Grid, Tables, committed, dial

st.set_page_config(layout="wide")
ask = st.query_params.to_dict()


def h(p):
    """Binary entropy in bits."""
    p = np.clip(p, 1e-300, 1.0)
    q = np.clip(1.0 - p, 1e-300, 1.0)
    return -p * np.log2(p) - q * np.log2(q)


def fields(x, m):
    """Base fields in bits at noise x and mix m."""
    c = 1.0 - h(x)
    r, u1, u2, s = c * (1 - m), 0.55 * c * (1 - m) + 0.1, 0.25 * m * np.ones_like(c), c * m
    if "negative" in ask:
        u2 = u2 - 0.2 * (1 - m)
    i1, i2 = r + u1, r + u2
    return {"i1": i1, "i2": i2, "i12": r + u1 + u2 + s, "union": r + u1 + u2, "hy": 2.1 + 0 * r}


rough = ask.get("label", "Noise")
noise = Axis("noise", rough, 0.0, 0.5, 0.01, "Chance that a bit is flipped.", "none", "coin toss", default=0.1)
mix = Axis("mix", "From shared to joint", 0.0, 1.0, 0.01, "", "redundant", "synergistic", default=0.5)
axes = (noise, mix) if "one" not in ask else (noise,)
n = int(ask.get("n", "61"))
x, m = np.meshgrid(noise.nodes(n), mix.nodes(n))
grid_fields = fields(x, m) if len(axes) == 2 else fields(noise.nodes(n), 0.4)
grid = Grid("app" + str(sorted(ask.items())), axes, grid_fields)
xor = np.array([[[1.0, 0], [0, 1]], [[0, 1], [1, 0]]]) / 4
flat = np.full((2, 2, 2), 0.125)
copy = np.array([[[1.0, 0], [0, 0]], [[0, 0], [0, 1]]]) / 2
stack = np.array([[copy, flat], [xor, flat]]) if len(axes) == 2 else np.array([xor, flat])
states = (
    (("0", "1"), ("0", "1"), ("no", "yes"))
    if "hostile" not in ask
    else (("<b>a</b>", "<script>x</script>"), ("0", "1"), ("$y$", "`z`"))
)
tables = Tables(stack, *states)
views = tuple(ask["views"].split(",")) if "views" in ask else ("bars", "diagram", "curve", "map", "table", "identities")


class Narrow:
    """What a page's state says of paths, here from the address."""

    def hides(self, path: str) -> bool:
        """Whether the link hides it."""
        return path in ask.get("hide", "").split(",")

    def locks(self, path: str) -> bool:
        """Whether the link locks it."""
        return path in ask.get("lock", "").split(",")


state = st.session_state
state.setdefault("rev", 0)
state.setdefault("start", (0.12, 0.4))


def one(key: str) -> None:
    """One dial with its exact answer and an echo in text."""
    start = state.start[: len(axes)]
    at = committed(key, grid, start, rev=state.rev)
    numbers = {k: float(v) for k, v in fields(np.float64(at[0]), at[1] if len(at) > 1 else 0.4).items()}
    exact = {"value": at, **numbers, "gap": 2.5e-13}
    pin = (
        {"value": (0.05, 0.8)[: len(axes)], **{k: float(v) for k, v in fields(0.05, 0.8).items()}}
        if "pin" in ask
        else None
    )
    if "slow" in ask:
        time.sleep(float(ask["slow"]))
    at = dial(
        grid,
        at,
        key=key,
        views=views,
        exact=exact,
        pin=pin,
        unit=ask.get("unit", "bit"),
        rev=state.rev,
        tables=tables,
        names=("<i>face</i>", "voice", "mood") if "hostile" in ask else ("X₁", "X₂", "Y"),
        title="Four channels",
        caption="Closed forms; no data.",
        state=Narrow(),
        on_commit=lambda v: state.update({f"{key}.calls": state.get(f"{key}.calls", 0) + 1}),
    )
    st.text(f"{key} committed {', '.join(f'{v:.4f}' for v in at)} calls {state.get(f'{key}.calls', 0)}")
    st.text(f"{key} synergy {numbers['i12'] - numbers['union']:.6f}")


def jump() -> None:
    """Move the sliders from Python."""
    state.start = (0.3, 0.9)
    state.rev += 1


if "bare" not in ask:
    st.button("Jump", on_click=jump)
    st.button("Rerun")
    if st.checkbox("Insert"):
        st.write("Something above the dial.")
one("one.dial")
if "two" in ask:
    one("two.dial")
