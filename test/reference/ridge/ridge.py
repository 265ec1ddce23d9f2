"""Ridge regressions by scikit-learn, for test/engine/models/ridge.test.ts. Writes ridge.json beside itself.

Run with: /usr/bin/python3 test/reference/ridge/ridge.py  (Debian's python3-sklearn)
"""
import json
import os

import numpy
import sklearn
from sklearn.linear_model import Ridge


def case(seed, train, stop, inputs, targets, noise):
    random = numpy.random.default_rng(seed)
    hidden = random.gamma(1.0, 1.0, (train + stop, 4))
    loadings = random.normal(0, 1, (4, inputs + targets))
    values = hidden @ loadings + random.normal(0, noise, (train + stop, inputs + targets))
    # Like log counts: many zeros, few digits; as float32, which is what the app holds.
    values = numpy.float32(numpy.round(numpy.maximum(values, 0), 2)).astype(numpy.float64)
    x, y = values[:, :inputs], values[:, inputs:]
    centred = x[:train] - x[:train].mean(axis=0)
    form = centred.T @ centred if train >= inputs else centred @ centred.T
    scale = numpy.trace(form) / len(form)

    def fit(exponent):
        model = Ridge(alpha=scale * 10**exponent, solver="cholesky", tol=1e-12).fit(x[:train], y[:train])
        return model, float(((model.predict(x[train:]) - y[train:]) ** 2).mean())

    grid = numpy.arange(-4, 2.01, 0.5)
    best = grid[int(numpy.argmin([fit(e)[1] for e in grid]))]
    fine = sorted([*grid, *(best + numpy.array([-2, -1, 1, 2]) * 0.5 / 3)])
    path = [{"ridge": scale * 10**e, "stopMse": fit(e)[1]} for e in fine]
    winner = min(path, key=lambda p: p["stopMse"])["ridge"]
    model = Ridge(alpha=winner, solver="cholesky").fit(x[:train], y[:train])
    return {
        "train": train,
        "stop": stop,
        "inputs": inputs,
        "targets": targets,
        "values": numpy.round(values, 2).ravel().tolist(),
        "path": path,
        "ridge": winner,
        "coefficients": model.coef_.T.ravel().tolist(),
        "intercept": model.intercept_.tolist(),
    }


out = {
    "versions": {"scikit-learn": sklearn.__version__, "numpy": numpy.__version__},
    "more cells than inputs": case(1, 60, 20, 12, 6, 0.7),
    "fewer cells than inputs": case(5, 18, 12, 30, 6, 0.7),
}
with open(os.path.join(os.path.dirname(__file__), "ridge.json"), "w") as file:
    json.dump(out, file, indent=None, separators=(",", ":"))
    file.write("\n")
