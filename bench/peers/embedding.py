"""PCA, t-SNE and UMAP as their users run them, and how well every map keeps neighbours.

embedding.py FOLDER: genes.f32 (cells x variable genes, log-normalised), size.json {"cells", "genes", "pcs"}; further maps
to judge beside the own ones: NAME.scores.f32 (cells x pcs) with NAME.tsne.f32 and NAME.umap.f32 (cells x 2). Prints seconds by
step, and the share of the 15 nearest neighbours among the principal components that are still among the 15 nearest on the map.
"""
import json
import sys
import time
from pathlib import Path

import numpy as np
import umap
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.neighbors import NearestNeighbors

K = 15
folder = Path(sys.argv[1])
size = json.loads((folder / "size.json").read_text())


def load(name, width):
    return np.fromfile(folder / name, dtype=np.float32).reshape(size["cells"], width)


def nearest(points):
    index = NearestNeighbors(n_neighbors=K + 1).fit(points)
    return index.kneighbors(points, return_distance=False)[:, 1:]


def kept(scores, plane):
    wanted, found = nearest(scores), nearest(plane)
    return float(np.mean([len(np.intersect1d(a, b)) / K for a, b in zip(wanted, found)]))


seconds = {}


def timed(name, work):
    started = time.perf_counter()
    result = work()
    seconds[name] = time.perf_counter() - started
    return result


genes = load("genes.f32", size["genes"])
scores = timed("pca", lambda: PCA(n_components=size["pcs"], svd_solver="randomized", random_state=1).fit_transform(genes))
first = umap.UMAP(n_neighbors=K, min_dist=0.1, n_epochs=5).fit(scores[:500])  # compiles
maps = {
    "umap": timed("umap", lambda: umap.UMAP(n_neighbors=K, min_dist=0.1).fit_transform(scores)),
    "tsne": timed(
        "tsne",
        lambda: TSNE(perplexity=30, init="pca", learning_rate="auto", n_jobs=-1, random_state=1).fit_transform(scores),
    ),
}
preserved = {f"peer {name}": kept(scores, plane) for name, plane in maps.items()}
own = load("own.scores.f32", size["pcs"])
for name in maps:
    preserved[f"own {name}"] = kept(own, load(f"own.{name}.f32", 2))
variance = lambda points: float(points.var(axis=0).sum())
print(json.dumps({"seconds": seconds, "kept": preserved, "variance": {"peer": variance(scores), "own": variance(own)}}))
