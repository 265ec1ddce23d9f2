"""Preprocessing and PCA of sc_dropseq, written from scprep's formulas with NumPy and scikit-learn.

Usage: python3 sc_dropseq.py SC_MIXOLOGY_FOLDER   (writes preprocess.json and pca.json beside this file)
"""
import json
import pathlib
import sys

import numpy
import pandas
import sklearn
from sklearn.decomposition import PCA

MIN_LIBRARY_SIZE, MIN_READS, MIN_CELLS, TARGET_SUM = 10000, 3, 5, 10000
here = pathlib.Path(__file__).parent
folder = pathlib.Path(sys.argv[1])
table = pandas.read_csv(folder / "sc_dropseq.count.csv.gz", index_col=0)
labels = pandas.read_csv(folder / "sc_dropseq.metadata.csv.gz", index_col=0)["cell_line_demuxlet"]
counts = table.to_numpy(dtype=numpy.float64).T  # cells x genes

# scprep.filter.filter_library_size keeps sums above the cutoff; the paper removes those below 1,000.
library_size = counts.sum(axis=1)
cells = numpy.flatnonzero(library_size >= MIN_LIBRARY_SIZE)
# scprep.filter.filter_rare_genes(cutoff=2, min_cells=5): genes with counts above 2 in at least 5 cells.
genes = numpy.flatnonzero((counts[cells] > MIN_READS - 1).sum(axis=0) >= MIN_CELLS)
kept = counts[numpy.ix_(cells, genes)]
# scprep.normalize.library_size_normalize, then scprep.transform.log.
size = kept.sum(axis=1)
normal = kept / size[:, None] * TARGET_SUM
log10 = numpy.log10(normal + 1)

versions = {"python": sys.version.split()[0], "numpy": numpy.__version__,
            "pandas": pandas.__version__, "sklearn": sklearn.__version__}
some_cells = [0, 57, len(cells) - 1]
some_genes = [0, 1000, *numpy.sort(numpy.argsort(-log10.mean(axis=0))[:3]).tolist()]
after = labels.iloc[cells].value_counts()
preprocess = {
    "made_by": "sc_dropseq.py", "versions": versions,
    "params": {"minLibrarySize": MIN_LIBRARY_SIZE, "minReads": MIN_READS, "minCells": MIN_CELLS,
               "targetSum": TARGET_SUM},
    "cells": len(cells), "genes": len(genes), "nonzeros": int((kept > 0).sum()),
    "removedCells": numpy.flatnonzero(library_size < MIN_LIBRARY_SIZE).tolist(),
    "cellsPerType": {t: int(after[t]) for t in sorted(after.index)},
    "sumOfGenePositions": int(genes.sum()), "firstGenes": genes[:10].tolist(),
    "scale": (TARGET_SUM / size[some_cells]).tolist(),
    "librarySize": library_size[cells][some_cells].tolist(),
    "detected": (counts[cells] > 0).sum(axis=1)[some_cells].tolist(),
    "values": {"cells": some_cells, "genes": some_genes,
               "log10": log10[numpy.ix_(some_cells, some_genes)].tolist()},
    "sum": {"10": log10.sum(), "2": numpy.log2(normal + 1).sum(), "e": numpy.log(normal + 1).sum()},
    "sumOfSquares10": (log10 ** 2).sum(),
}
(here / "preprocess.json").write_text(json.dumps(preprocess, indent=1) + "\n")

model = PCA(n_components=20, svd_solver="full").fit(log10)
scores = model.transform(log10)
pca = {
    "made_by": "sc_dropseq.py", "versions": versions,
    "matrix": "log10 values of all kept cells x genes (preprocess.json), genes centred and not scaled",
    "cells": len(cells), "genes": len(genes),
    "totalVariance": log10.var(axis=0, ddof=1).sum(),
    "singularValues": model.singular_values_.tolist(),
    "varianceExplained": model.explained_variance_.tolist(),
    "varianceExplainedRatio": model.explained_variance_ratio_.tolist(),
    "absoluteScores": {"cells": [0, 57, 120], "components": 5,
                       "values": numpy.abs(scores[[0, 57, 120], :5]).tolist()},
}
(here / "pca.json").write_text(json.dumps(pca, indent=1) + "\n")
