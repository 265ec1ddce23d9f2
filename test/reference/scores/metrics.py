"""Scores of a small made-up prediction, straight from their definitions with NumPy, SciPy and scikit-learn.

Usage: python3 metrics.py   (writes metrics.json beside this file)
"""
import json
import pathlib
import sys

import numpy
import scipy
import sklearn
from scipy.stats import pearsonr
from sklearn.metrics import mean_squared_error

random = numpy.random.default_rng(910)
CELLS, GENES, TRAIN = 40, 14, 60
INPUTS = [1, 4, 9]
TARGETS = [g for g in range(GENES) if g not in INPUTS]
signal = random.normal(size=(CELLS + TRAIN, 1)) * random.normal(size=(1, GENES))
values = numpy.maximum(0, numpy.round(signal + random.normal(size=signal.shape) * 0.7 + 0.3, 3))
values = values.astype(numpy.float32).astype(float)
train, truth = values[:TRAIN], values[TRAIN:]
truth[:, 7] = 0.5  # constant in the test cells
prediction = numpy.round(0.6 * truth + 0.3 * random.normal(size=truth.shape), 3).astype(numpy.float32).astype(float)
prediction[:, 10] = 0.25  # predicted as one value
types = random.integers(0, 4, CELLS)
types[types == 3] = -1
means = train.mean(axis=0).astype(numpy.float32).astype(float)

y, p, m = truth[:, TARGETS], prediction[:, TARGETS], means[TARGETS]
error, spread = (p - y) ** 2, (y - m) ** 2
mse, variance = error.mean(axis=0), spread.mean(axis=0)
constant = y.std(axis=0) == 0
r2 = [None if c else 1 - a / b for a, b, c in zip(mse, variance, constant)]
r = [None if y[:, t].std() == 0 or p[:, t].std() == 0 else pearsonr(y[:, t], p[:, t])[0]
     for t in range(len(TARGETS))]
delta = [pearsonr(p[c] - m, y[c] - m)[0] for c in range(CELLS)]
known = lambda xs: [x for x in xs if x is not None]
quartiles = lambda xs: numpy.percentile(known(xs), [25, 50, 75]).tolist()
zero = y == 0
out = {
    "made_by": "metrics.py",
    "versions": {"python": sys.version.split()[0], "numpy": numpy.__version__,
                 "scipy": scipy.__version__, "sklearn": sklearn.__version__},
    "inputs": INPUTS, "targets": TARGETS, "types": types.tolist(),
    # Three decimals, to be read as 32-bit floats.
    "train": train.round(3).tolist(), "truth": truth.round(3).tolist(), "prediction": prediction.round(3).tolist(),
    "mse": mean_squared_error(y, p),
    "wmse": ((y + 1) * error).mean(),
    "ev": 1 - mse.sum() / variance.sum(),
    "evAllGenes": 1 - mse.sum() / ((truth - means) ** 2).mean(axis=0).sum(),
    "geneR2": r2, "geneR2Quartiles": quartiles(r2),
    "genePearson": r, "genePearsonQuartiles": quartiles(r),
    "cellDeltaQuartiles": quartiles(delta),
    "mseZero": error[zero].mean(), "mseNonzero": error[~zero].mean(),
    "shareOfErrorInZeros": error[zero].sum() / error.sum(),
    "perType": [{"code": int(k), "cells": int((types == k).sum()), "mse": error[types == k].mean(),
                 "ev": 1 - error[types == k].sum() / spread[types == k].sum()} for k in (0, 1, 2, -1)],
}
(pathlib.Path(__file__).parent / "metrics.json").write_text(json.dumps(out) + "\n")
