"""The numbers of the Knob page's theory tabs as Python scripts through the public API."""

from __future__ import annotations

from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.theory import KnobTheory
from mmexplore.tabular.two_views import OWN


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
print("samples until {scene.need_share:.0%} is kept:", dict(zip(over_rows.methods, over_rows.needed({scene.need_share!r}))))
"""


def exact_script(scene: KnobScene) -> str:
    """The representation of decoders of variance 1, and the bottleneck at its rate."""
    if scene.data == OWN:
        rows = "x = np.load('x.npy')  # your own two views, one sample a row\ny = np.load('y.npy')\n"
    else:
        rows = f"views = two_views({scene.pair().text()!r}).draw()\nx, y = views.x1[~views.held_out], views.x2[~views.held_out]\n"
    exact = scene.data != OWN and scene.pair().name == "warped-gaussian"
    if exact:
        covariance = (
            "rho, d1, d2 = views.canonical.correlations, x.shape[1], y.shape[1]\n"
            "cov = np.eye(d1 + d2)  # of the Gaussian coordinates behind the warp\n"
            "at = np.arange(len(rho))\n"
            "cov[at, d1 + at] = cov[d1 + at, at] = rho\n"
        )
    else:
        covariance = "cov, d1 = standardised(x, y)\nd2 = len(cov) - d1\n"
    imports = ["import numpy as np", "", "import mmexplore as mm"]
    imports += [] if scene.data == OWN else ["from mmexplore.datasets.views import two_views"]
    imports += [] if exact else ["from mmexplore.labs.knob.theory import standardised"]
    head = "\n".join(imports)
    return f"""{head}

{rows}{covariance}
blend = mm.blend_ib(cov, d1, d2, {scene.exact_beta!r}, {scene.exact_blend!r})
best = mm.gaussian_ib(cov, d1, d2, {scene.exact_beta!r})
print("rate", blend.rate, "about Y", blend.relevance, "possible at this rate", best.relevance_at(blend.rate), "(bit)")
"""
