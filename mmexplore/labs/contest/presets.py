"""Where each estimator fails, and why: scenes of the page Compare that show one failure each."""

from __future__ import annotations

from mmexplore.lab import Preset

PRESETS: dict[str, Preset] = {
    "calibration": Preset(
        "Ceilings",
        "How much an estimator says against how much there is. A critic compared with B rows can tell at most log₂ B bits (InfoNCE: dashed), "
        "and a small network stops before; neighbours run out of resolution about log₂ of the rows; bins stop at log₂ of their number. Near "
        "its ceiling an estimate is flat. The interval of bins misses the truth from 2 bits on; that of neighbours grows and reaches it up to "
        "10 bits, no longer at 12. What the estimators said themselves stands below.",
        {
            "question": "calibration",
            "data": "gaussian-pair",
            "spelled": "gaussian-pair?n=2000",
            "over": "bits",
            "points": 7,
            "seeds": 2,
            "estimators": "ksg,binned,gaussian,copula,infonce",
        },
    ),
    "dimension": Preset(
        "KSG in high dimension",
        "One bit is shared by two pairs of columns, the other columns are noise. With more columns the nearest neighbours move apart, the "
        "density is no longer flat between them, and the estimate sinks towards 0, with warnings but with small intervals. The Gaussian "
        "formula is right here (the data are Gaussian) until rows run out.",
        {
            "question": "mi",
            "data": "gaussian-pair",
            "data.n": 1000,
            "over": "d",
            "seeds": 2,
            "estimators": "ksg,gaussian,copula",
        },
    ),
    "swissroll": Preset(
        "Gaussian on a swiss roll",
        "The view is a curve rolled up in the plane. Correlation, by raw columns (Gaussian) or by ranks of single columns (copula), sees "
        "nothing once the roll goes round: an information that is there is reported as 0. Neighbours follow the curve.",
        {
            "question": "mi",
            "data": "swiss-roll",
            "spelled": "swiss-roll?n=2000",
            "over": "turns",
            "last": 4.0,
            "estimators": "ksg,gaussian,copula",
        },
    ),
    "tails": Preset(
        "Correlation under heavy tails",
        "No column is correlated with any other; the views share their scale only. With one degree of freedom a few outliers decide the "
        "correlation of the raw columns and the Gaussian formula says anything at all. Ranks (copula) are calm, and see none of it: what "
        "there is lies in the sizes.",
        {
            "question": "mi",
            "data": "student-pair",
            "spelled": "student-pair?n=2000",
            "over": "dof",
            "points": 6,
            "last": 20.0,
            "estimators": "ksg,gaussian,copula",
            "seeds": 5,
        },
    ),
    "product": Preset(
        "Synergy that no pair shows",
        "y = |n|·sign(z1·z2): every pair of variables is independent, and the two together tell 1 bit. Whatever reads the whole off a "
        "covariance (Gaussian, copula, Thin-PID, and Flow-PID after making pairs Gaussian) answers 0, with small intervals. A table of bins sees it, and "
        "so does the hybrid, which takes I(X1,X2;Y) from neighbours (its run is precomputed).",
        {
            "question": "pid",
            "data": "sign-product",
            "over": "n",
            "points": 6,
            "estimators": "binned,gaussian,copula,thin,hybrid",
        },
    ),
    "bins": Preset(
        "Bins with few rows a cell",
        "The labels are pure chance: nothing is there to be told, and every part is 0. A table of 10 × 10 × 2 cells with few rows in each finds "
        "synergy all the same, since chance looks like it; it comes down only like 1/rows. This is the plug-in without a correction, so its mark stands at the upper end of its interval, which allows "
        "for the bias: choose Panzeri–Treves under Settings and see most of it go.",
        {
            "question": "pid",
            "data": "hidden-gate",
            "data.flip": 0.5,
            "over": "n",
            "points": 6,
            "estimators": "binned",
            "tuned.binned.bins": 10,
            "tuned.binned.correction": "plugin",
        },
    ),
    "hidden": Preset(
        "Bins in high dimension",
        "XOR of two bits, each along one direction of d. Bins are laid along the first principal direction, which is not the one that "
        "matters once there is other noise of the same size: the synergy vanishes. Networks find the direction (BATCH; its run was done "
        "beforehand).",
        {
            "question": "pid",
            "data": "hidden-gate",
            "spelled": "hidden-gate?n=2000",
            "over": "d",
            "last": 20.0,
            "points": 5,
            "estimators": "batch,binned",
        },
    ),
    "bent": Preset(
        "Columns bent one by one",
        "A Gaussian system; each variable is turned, then every column bent by x + b·x³. The map is invertible, so the truth does not move. The "
        "covariance does: redundancy and what is unique sink when read off it, how far depends on the sample's turn (its small synergy may "
        "stay as it was). Ranks undo any monotone map of single columns: the copula does not notice at all.",
        {
            "question": "pid",
            "data": "warped",
            "spelled": "warped?n=2000",
            "over": "bend",
            "points": 5,
            "seeds": 2,
            "estimators": "gaussian,copula",
        },
    ),
    "wave": Preset(
        "Columns bent by each other",
        "The same system, but every column is moved by a wave of the one before: invertible, and no map of single columns undoes it. Covariance "
        "and ranks lose most of what is unique. A flow moves columns by each other, too, and finds nearly all of it again (Flow-PID; its run is precomputed).",
        {
            "question": "pid",
            "data": "warped",
            "data.warp": "wave",
            "spelled": "warped?n=2000&warp=wave",
            "over": "bend",
            "points": 3,
            "last": 0.75,
            "seeds": 2,
            "estimators": "gaussian,copula,flow",
        },
    ),
    "label": Preset(
        "A label handed over as a number",
        "The label of a sum's sign, given to methods for measurements as 0 and 1. They take it without complaint, and answer another "
        "question: for a scalar target min(U1, U2) = 0 whatever the data (but for the bias taken off: a few hundredths), and the synergy of a straight line "
        "is all they see.",
        {
            "question": "pid",
            "data": "sign-sum",
            "spelled": "sign-sum?n=2000",
            "over": "flip",
            "labels": "number",
            "points": 5,
            "estimators": "gaussian,copula,thin",
        },
    ),
    "few": Preset(
        "More columns than rows can carry",
        "The same information in more and more noisy columns; nothing changes in truth. A covariance of p columns has p²/2 entries: with "
        "few rows the plug-in (Thin-PID) inflates every information, the whole by half a bit at 50 columns. The corrected Gaussian estimate is right on "
        "average and widens its intervals; single samples scatter by .2 bit about either.",
        {
            "question": "pid",
            "data": "gaussian",
            "data.n": 300,
            "over": "columns",
            "last": 50.0,
            "points": 5,
            "seeds": 2,
            "show": "informations",
            "estimators": "gaussian,thin",
            "tuned.gaussian.bootstraps": 50,
        },
    ),
}
