"""The recipe of docs/method.md from a 10x folder to its scores, as a scientist writes it with scipy, scikit-learn and PyTorch.

The cells of the three sets, the landmarks and the settings come from a run of ours (--like FILE, JSON), so that held-out
explained variance can be compared. Constant learning rate, patience, best weights restored; batches by a DataLoader that
shuffles. --tuned takes batches by index and Adam's fused form instead. Maps as in a run of ours: PCA, t-SNE and UMAP, the
last only where umap-learn is installed. Prints {"seconds": {phase: s}, "ev": {model: share}, "genes": n, "epochs": {network: n}}.
"""
import argparse
import copy
import gzip
import json
import time

import numpy as np
import scipy.io
import torch
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge
from sklearn.manifold import TSNE
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

try:
    import umap
except ImportError:
    umap = None

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--like", required=True)
parser.add_argument("--tuned", action="store_true")
args = parser.parse_args()
like = json.load(open(args.like))
params = like["params"]
seconds, ev, epochs_of = {}, {}, {}
clock = time.perf_counter()


def lap(name):
    global clock
    seconds[name] = time.perf_counter() - clock
    clock = time.perf_counter()


counts = scipy.io.mmread(f"{args.folder}/matrix.mtx.gz").T.tocsr().astype(np.float32)
with gzip.open(f"{args.folder}/features.tsv.gz", "rt") as file:
    symbols = np.array([line.rstrip("\n").split("\t")[1] for line in file])
lap("import")

position = np.arange(counts.shape[0])
deep = np.asarray(counts.sum(axis=1)).ravel() >= params["minLibrarySize"]
counts, position = counts[deep], position[deep]
seen = np.asarray((counts >= params["minReads"]).sum(axis=0)).ravel() >= params["minCells"]
counts, symbols = counts[:, seen], symbols[seen]
total = np.asarray(counts.sum(axis=1)).ravel()
data = counts.multiply((params["targetSum"] / total)[:, None]).tocsr()
data.data = np.log10(data.data + 1)
data = data.toarray().astype(np.float32)
genes = data.shape[1]
row_of = {int(cell): row for row, cell in enumerate(position)}
train, stop, test = (np.array([row_of[cell] for cell in like["split"][part]]) for part in ("train", "stop", "test"))
means = data[train].mean(axis=0)
lap("prepare")

components = PCA(50, svd_solver="randomized", random_state=params["seed"]).fit_transform(data)
TSNE(random_state=params["seed"], n_jobs=-1).fit_transform(components)
if umap is not None:
    umap.UMAP().fit_transform(components)
lap("PCA, t-SNE and UMAP" if umap is not None else "PCA and t-SNE, without UMAP")


def explained(targets, predicted):
    truth = data[np.ix_(test, targets)]
    return float(1 - ((truth - predicted) ** 2).sum() / ((truth - means[targets]) ** 2).sum())


def outside(panel):
    return np.setdiff1d(np.arange(genes), panel)


def ridge(panel, alphas):
    targets = outside(panel)
    x, y = data[np.ix_(train, panel)], data[np.ix_(train, targets)]
    x_stop, y_stop = data[np.ix_(stop, panel)], data[np.ix_(stop, targets)]
    best = None
    for alpha in alphas:
        model = Ridge(alpha=alpha).fit(x, y)
        error = ((model.predict(x_stop) - y_stop) ** 2).mean()
        if best is None or error < best[0]:
            best = (error, alpha, model)
    return best[1], explained(targets, best[2].predict(data[np.ix_(test, panel)]))


def batches(x, y):
    if not args.tuned:
        yield from DataLoader(TensorDataset(x, y), batch_size=params["batch"], shuffle=True)
        return
    order = torch.randperm(len(x))
    for at in range(0, len(order), params["batch"]):
        cells = order[at : at + params["batch"]]
        yield x[cells], y[cells]


def network(name, inputs, targets, weighted=False, lam=0.0):
    torch.manual_seed(params["seed"])
    everything = len(inputs) == genes
    matrix = torch.from_numpy(data)
    parts = {}
    for part, cells in (("train", train), ("stop", stop), ("test", test)):
        x = matrix[cells] if everything else matrix[cells][:, inputs].contiguous()
        y = x if everything else matrix[cells][:, targets].contiguous()
        parts[part] = (x, y)
    widths = [len(inputs), *params["hidden"]]
    layers = []
    for width, following in zip(widths, widths[1:]):
        layers += [nn.Linear(width, following), nn.Dropout(params["dropout"]), nn.ReLU()]
    model = nn.Sequential(*layers, nn.Linear(widths[-1], len(targets)))
    adam = torch.optim.Adam(model.parameters(), lr=params["learningRate"], **({"fused": True} if args.tuned else {}))

    def loss_of(x, y):
        error = (model(x) - y) ** 2
        return ((y + 1) * error).mean() if weighted else error.mean()

    x, y = parts["train"]
    x_stop, y_stop = parts["stop"]
    best, best_state, waited, epoch = np.inf, None, 0, 0
    while epoch < params["epochs"] and waited < params["patience"]:
        epoch += 1
        model.train()
        for batch, wanted in batches(x, y):
            adam.zero_grad()
            loss = loss_of(batch, wanted)
            if lam > 0:
                loss = loss + lam * model[0].weight.norm(dim=0).sum()
            loss.backward()
            adam.step()
        model.eval()
        with torch.no_grad():
            stop_loss = float(loss_of(x_stop, y_stop))
        if stop_loss < best:
            best, best_state, waited = stop_loss, copy.deepcopy(model.state_dict()), 0
        else:
            waited += 1
    model.load_state_dict(best_state)
    model.eval()
    with torch.no_grad():
        ev[name] = explained(targets, model(parts["test"][0]).numpy())
    epochs_of[name] = epoch
    return model


landmarks = np.flatnonzero(np.isin(symbols, like["landmarks"]))
alphas = 10.0 ** np.arange(-1, 6)
_, ev["linear-l1000"] = ridge(landmarks, alphas)
lap("linear-l1000")
network("dnn-l1000", landmarks, outside(landmarks))
lap("dnn-l1000")
everything = np.arange(genes)
model = network("select", everything, everything, weighted=True, lam=like["lambda"])
lap("select")
rows = model[0].weight.detach().numpy()
ends = min(params["panelEnds"], int(params["panelShare"] * genes))
panel = np.union1d(np.argsort(-rows.max(axis=0))[:ends], np.argsort(rows.min(axis=0))[:ends])
alpha, ev["linear-f910"] = ridge(panel, alphas)
lap("linear-f910")
network("dnn-f910", panel, outside(panel))
lap("dnn-f910")
random = np.random.default_rng(params["seed"])
for _ in range(params["randomPanels"]):
    ridge(np.sort(random.choice(genes, len(panel), replace=False)), [alpha])
lap("random panels")
print(json.dumps({"seconds": seconds, "ev": ev, "genes": genes, "panel": len(panel), "epochs": epochs_of}))
