"""Reference for the principal components: scikit-learn's exact PCA of a small sparse matrix.

Run: /usr/bin/python3 test/reference/embedding/pca.py > test/reference/embedding/pca.json
"""
import json
import sys

import numpy
import sklearn
from sklearn.decomposition import PCA

random = numpy.random.RandomState(7)
cells, genes, components = 60, 40, 8
counts = random.poisson(random.gamma(0.6, 2.0, genes), (cells, genes))
# Three groups of cells, so that the first components stand apart from the others.
for group in range(3):
    counts[group::3, group * 8 : group * 8 + 8] += random.poisson(3 + group, counts[group::3, group * 8 : group * 8 + 8].shape)
values = numpy.round(numpy.log2(counts + 1), 4)
model = PCA(n_components=components, svd_solver="full").fit(values)
scores = model.transform(values)
distance = numpy.linalg.norm(scores[:, None, :] - scores[None, :, :], axis=2)
numpy.fill_diagonal(distance, numpy.inf)
json.dump(
    {
        "made_with": {"scikit-learn": sklearn.__version__, "numpy": numpy.__version__, "python": sys.version.split()[0]},
        "cells": cells,
        "genes": genes,
        "components": components,
        "values": values.flatten().tolist(),
        "scores": [round(v, 7) for v in scores.flatten().tolist()],
        "varianceExplained": [round(v, 9) for v in model.explained_variance_ratio_.tolist()],
        "nearest": numpy.argsort(distance, axis=1)[:, :5].flatten().tolist(),
    },
    sys.stdout,
)
sys.stdout.write("\n")
