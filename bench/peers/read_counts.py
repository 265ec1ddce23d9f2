"""Reads counts as the users of each library do; --tuned as those who know it well. Prints {"seconds": ...}."""
import argparse
import gzip
import json
import time

parser = argparse.ArgumentParser()
parser.add_argument("kind", choices=["mtx", "csv", "h5", "h5ad"])
parser.add_argument("path")
parser.add_argument("--tuned", action="store_true")
args = parser.parse_args()

import anndata  # noqa: E402
import h5py  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import scipy.io  # noqa: E402
import scipy.sparse as sp  # noqa: E402


def mtx():
    if not args.tuned:
        return scipy.io.mmread(args.path).tocsc()
    table = pd.read_csv(args.path, sep=" ", comment="%", header=None, dtype=np.int32, engine="c")
    rows, columns, _ = table.iloc[0]
    entries = table.iloc[1:].to_numpy()
    return sp.csc_matrix((entries[:, 2], (entries[:, 0] - 1, entries[:, 1] - 1)), shape=(rows, columns))


def csv():
    if not args.tuned:
        return sp.csr_matrix(pd.read_csv(args.path, index_col=0).to_numpy())
    opened = gzip.open(args.path, "rt") if args.path.endswith(".gz") else open(args.path)
    with opened:
        names = opened.readline().rstrip("\n").split(",")
    types = {name: np.float32 for name in names[1:]}
    pieces = pd.read_csv(args.path, index_col=0, dtype=types, chunksize=500)
    return sp.vstack([sp.csr_matrix(piece.to_numpy()) for piece in pieces])


def h5():
    with h5py.File(args.path) as file:
        group = file["matrix"]
        return sp.csc_matrix((group["data"][:], group["indices"][:], group["indptr"][:]), shape=group["shape"][:])


def h5ad():
    return anndata.read_h5ad(args.path).X


started = time.perf_counter()
matrix = {"mtx": mtx, "csv": csv, "h5": h5, "h5ad": h5ad}[args.kind]()
print(json.dumps({"seconds": time.perf_counter() - started, "nonzeros": int(sp.csr_matrix(matrix).nnz)}))
