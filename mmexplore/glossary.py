"""The words of the field as they are used here, each in a sentence or two; help marks, the About tabs and the lessons take them from this file."""

from __future__ import annotations

from mmexplore.errors import BadSpec

TERMS: dict[str, str] = {
    "bit": "The unit of information: one bit halves what is not known. A nat is 1.443 bits.",
    "mutual information": "I(X;Y): how much knowing X says about Y, in bits; 0 if and only if they are independent.",
    "entropy": "H(Y): how much there is to know about Y; no information about Y can be larger.",
    "modality": "One kind of measurement of the same thing: a picture, a text, a sensor. Here modality 1 (X1) and modality 2 (X2) inform about a target (Y).",
    "redundancy": "R: information about the target that either modality carries by itself; the second one only repeats it.",
    "unique information": "U1 (U2): information about the target that only modality 1 (only modality 2) carries.",
    "synergy": "S: information about the target that neither modality carries alone and both carry together, as in XOR.",
    "partial information decomposition": "The split of I(X1,X2;Y) into R, U1, U2 and S (Williams & Beer 2010, arXiv 1004.2515). One definition more is needed to fix it: a measure.",
    "union information": "I*: what the two modalities carry if only each one's own relation to the target may be used. A measure supplies it; all four atoms follow.",
    "BROJA": "The default measure: the least I(X1,X2;Y) over all joint distributions with the same two pairs of modality and target (Bertschinger et al. 2014, arXiv 1311.2852).",
    "certificate": "A proof that comes with a number: a lower and an upper bound from the solver. It is about the table or the covariance that was solved, not about the data behind it.",
    "converged": "The solver reached the tolerance it was asked for.",
    "interval": "A range computed from the rows that would hold the true value in a given share of repeated samples (95 %, unless it says otherwise).",
    "coverage": "The share of intervals that hold the true value. It should be the nominal one, 95 %.",
    "bias": "The mean error of an estimator over repeated samples.",
    "root mean square error": "The square root of the mean squared error: bias and scatter in one number, in the unit of the estimate.",
    "plug-in": "Frequencies as they were counted, taken for probabilities. With few rows a cell it overstates I(X1,X2;Y) and synergy.",
    "null": "Data in which the relation in question has been destroyed, by shuffling for instance: what chance alone shows.",
    "held-out": "Samples that took no part in training, on which a network or a probe is judged.",
    "representation": "What a network makes of a sample: a vector. Also embedding; a latent where it is drawn from a distribution.",
    "encoder": "The network that turns a sample into its representation.",
    "reconstruction": "What a decoder makes of a representation: an estimate of the sample itself.",
    "linear probe": "A linear model from representations to a label (logistic regression) or a number (ridge regression), judged on held-out samples. A lower bound of what can be read.",
    "MLP probe": "The same with one hidden layer: it reads what is not linear as well.",
    "projection head": "A small network between the representation and the loss; it is thrown away after training.",
    "contrastive learning": "Training that draws representations of one sample's two views together and pushes those of other samples apart (InfoNCE, CLIP).",
    "InfoNCE": "A contrastive loss and a lower bound of mutual information; it cannot exceed the logarithm of the batch size (arXiv 1807.03748).",
    "information bottleneck": "Compress X into Z and keep what Z carries about Y: minimise I(X;Z) - β I(Z;Y) (Tishby, Pereira & Bialek 1999).",
    "β": "The price of relevance in the bottleneck: large keeps more, small compresses more.",
    "γ": "The weight of reconstruction in the Deep Variational Multivariate Information Bottleneck (arXiv 2310.03311).",
    "rate": "What a latent costs: the mean Kullback-Leibler divergence of its distribution from the prior, an upper bound of I(X;Z).",
    "relevance": "What a latent carries about the target: I(Z;Y).",
    "active latent": "A latent dimension with a rate of more than .02 bit; the others have collapsed to the prior.",
    "collapse": "A latent that carries nothing: its distribution is the prior whatever the sample.",
    "spinodal": "The β at which a state stops being stable, so that a trained network leaves it; below and above it lies hysteresis.",
    "late fusion": "One predictor a modality, combined at the end. It needs no synergy, and cannot use any.",
    "early fusion": "One predictor of both modalities together.",
    "canonical correlations": "The correlations of the pairs of directions in two views that correlate most; for Gaussian views they determine all informations between them.",
}  # fmt: skip


def define(*names: str) -> dict[str, str]:
    """Terms with their sentences, in the order asked for.

    Raises:
        BadSpec: a term is not in the glossary.
    """
    for name in names:
        if name not in TERMS:
            raise BadSpec(f"term is {name[:40]!r}; allowed: {', '.join(TERMS)}")
    return {name: TERMS[name] for name in names}
