"""From a 10x folder the same counts in other formats: write_counts.py FOLDER OUT CSV_CELLS."""
import gzip
import json
import sys
from pathlib import Path

import anndata
import h5py
import numpy as np
import pandas as pd
import scipy.sparse as sp

folder, out, csv_cells = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
table = pd.read_csv(folder / "matrix.mtx.gz", sep=" ", comment="%", header=None, dtype=np.int32)
genes, cells, _ = map(int, table.iloc[0])
entries = table.iloc[1:].to_numpy()
counts = sp.csr_matrix((entries[:, 2], (entries[:, 1] - 1, entries[:, 0] - 1)), shape=(cells, genes))
features = pd.read_csv(folder / "features.tsv.gz", sep="\t", header=None)
barcodes = [line.strip() for line in gzip.open(folder / "barcodes.tsv.gz", "rt")]
ids, symbols = features[0].astype(str).tolist(), features[1].astype(str).tolist()

with h5py.File(out / "counts.h5", "w") as file:
    group = file.create_group("matrix")
    packed = {"compression": "gzip", "compression_opts": 4, "shuffle": True, "chunks": (80_000,)}
    group.create_dataset("data", data=counts.data.astype(np.int32), **packed)
    group.create_dataset("indices", data=counts.indices.astype(np.int64), **packed)
    group.create_dataset("indptr", data=counts.indptr.astype(np.int64), compression="gzip")
    group.create_dataset("shape", data=np.array([genes, cells], dtype=np.int32))
    group.create_dataset("barcodes", data=np.array(barcodes, dtype="S"))
    described = group.create_group("features")
    described.create_dataset("id", data=np.array(ids, dtype="S"))
    described.create_dataset("name", data=np.array(symbols, dtype="S"))
    described.create_dataset("feature_type", data=np.array(["Gene Expression"] * genes, dtype="S"))
    described.create_dataset("genome", data=np.array(["GRCh38"] * genes, dtype="S"))

data = anndata.AnnData(
    counts.astype(np.float32),
    obs=pd.DataFrame(index=barcodes),
    var=pd.DataFrame({"symbol": symbols}, index=ids),
    dtype=np.float32,
)
data.write_h5ad(out / "counts.h5ad", compression="gzip")
some = pd.DataFrame(counts[:csv_cells].toarray().astype(np.int32), index=barcodes[:csv_cells], columns=symbols)
some.to_csv(out / "counts.csv")
print(json.dumps({"nonzeros": int(counts.nnz), "csvNonzeros": int(counts[:csv_cells].nnz)}))
