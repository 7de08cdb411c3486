"""The numbers of the Knob page's theory tabs as Python scripts through the public API."""

from __future__ import annotations

from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.script import OWN_IMPORTS, own_lines
from mmexplore.labs.knob.theory import KnobTheory
from mmexplore.tabular import Dataset


def collapse_script(scene: KnobTheory) -> str:
    """The rate of each latent and the information they share, at the present knobs and on the way up and down."""
    return f"""import numpy as np

import mmexplore as mm
from mmexplore.info.bottleneck import sweep

rho = {scene.sym_square!r} ** 0.5
r = mm.symmetric_ib([[1, rho], [rho, 1]], 1, 1, {scene.sym_beta!r}, gamma={scene.sym_gamma!r})
print("informative state exists from beta", r.spinodal[0], "and is better from beta", r.transition[0])
print("best Gaussian state: bits a view", r.rate / 2, "shared", r.relevance)

way = sweep([rho], np.geomspace(1.0, 64.0, 200), gamma={scene.sym_gamma!r}, kick={scene.sym_kick!r})
up, down = way.point("up").rate / 2, way.point("down").rate / 2  # bits a view
"""


def howmuch_script(scene: KnobTheory) -> str:
    """What every method keeps at the present knobs, and how many samples it needs."""
    views = scene.views()
    arguments = ", ".join(
        f"{name}={getattr(views, name)!r}"
        for name in ("columns", "shared", "private", "shared_strength", "private_strength")
    )
    more = f"kept={scene.need_kept or None!r}, ridge={scene.need_ridge!r}"
    return f"""from mmexplore.datasets.linear_views import LinearViews
from mmexplore.labs.knob.reductions import shared_kept

views = LinearViews({arguments})
here = shared_kept(views, {round(scene.need_rows)}, {more}, mixings=40, replicates=1)
for method, share, bits in zip(here.methods, here.signal[:, 0], here.information[:, 0]):
    print(f"{{method}}: {{share:.0%}} of the shared signal, {{bits:.3f}} bit between the projections")

over_rows = shared_kept(views, {more}, mixings=8, replicates=1)
print("samples until {scene.need_share:.0%} is kept:", dict(zip(over_rows.methods, over_rows.needed({scene.need_share!r}).tolist())))
"""


def exact_script(scene: KnobScene, dataset: Dataset | None = None) -> str:
    """The representation of decoders of variance 1, and the bottleneck at its rate.

    Args:
        scene: what is shown.
        dataset: of a visitor's own file, which lies beside the script.

    Raises:
        BadData: the scene is of a visitor's own views, and their file is not there.
    """
    own = own_lines(scene, dataset)
    imports = ["import mmexplore as mm"]
    if own:
        imports += ["from mmexplore.datasets.views.own import given_views"]
        rows = [*own, "views = given_views(arrays)"]
    else:
        imports += ["from mmexplore.datasets.views import two_views"]
        rows = [f"views = two_views({scene.pair().text()!r}).draw()"]
    imports += ["from mmexplore.labs.knob.exact_plane import covariance_of", *(OWN_IMPORTS if own else ())]
    lines = [
        *imports,
        "",
        *rows,
        "cov, d1, exact = covariance_of(views)  # as if the samples were Gaussian where it is not exact",
        "d2 = len(cov) - d1",
        f"blend = mm.blend_ib(cov, d1, d2, {scene.exact_beta!r}, {scene.exact_blend!r})",
        f"best = mm.gaussian_ib(cov, d1, d2, {scene.exact_beta!r})",
        'print("rate", blend.rate, "about Y", blend.relevance, "possible at this rate", best.relevance_at(blend.rate), "(bit)")',
    ]
    return "\n".join(lines) + "\n"
