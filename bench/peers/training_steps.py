"""Seconds of training steps in PyTorch, as its users write them; --fused takes the optimizer's fused form.

Cells lie dense in memory, a batch is X[indices]; Linear - Dropout - ReLU - ... - Linear, Adam, mean of w * (p - y)^2 with
w = y + 1 where --weighted, group lasso as a term of the loss where --lasso. Prints {"seconds": [...]}.
"""
import argparse
import json
import time

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--genes", type=int, required=True)
parser.add_argument("--inputs", type=int, required=True, help="the first genes; all genes: a network of all on all")
parser.add_argument("--hidden", required=True)
parser.add_argument("--batch", type=int, required=True)
parser.add_argument("--steps", type=int, required=True)
parser.add_argument("--warm-up", type=int, required=True)
parser.add_argument("--cells", type=int, required=True)
parser.add_argument("--density", type=float, required=True)
parser.add_argument("--weighted", action="store_true")
parser.add_argument("--lasso", action="store_true")
parser.add_argument("--fused", action="store_true")
args = parser.parse_args()

torch.manual_seed(1)
data = torch.rand(args.cells, args.genes) * 2
data[torch.rand(args.cells, args.genes) >= args.density] = 0
everything = args.inputs == args.genes
inputs = data if everything else data[:, : args.inputs].contiguous()
targets = data if everything else data[:, args.inputs :].contiguous()

widths = [inputs.shape[1], *map(int, args.hidden.split(","))]
layers = []
for width, following in zip(widths, widths[1:]):
    layers += [nn.Linear(width, following), nn.Dropout(0.2), nn.ReLU()]
model = nn.Sequential(*layers, nn.Linear(widths[-1], targets.shape[1]))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-4, **({"fused": True} if args.fused else {}))

seconds = []
for step in range(args.warm_up + args.steps):
    started = time.perf_counter()
    cells = torch.arange(step * args.batch, (step + 1) * args.batch) % args.cells
    x, y = inputs[cells], targets[cells]
    optimizer.zero_grad()
    error = (model(x) - y) ** 2
    loss = ((y + 1) * error).mean() if args.weighted else error.mean()
    if args.lasso:
        loss = loss + 1e-3 * model[0].weight.norm(dim=0).sum()
    loss.backward()
    optimizer.step()
    loss.item()
    if step >= args.warm_up:
        seconds.append(time.perf_counter() - started)
print(json.dumps({"seconds": seconds}))
