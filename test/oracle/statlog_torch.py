"""The six detectors on StatLog by PyTorch, with random numbers of its own: recalls and losses of every run.

Scenario 1 of Ye, Chen and Zheng (2021) with their published settings: normal is very damp grey soil, labelled anomalies
are damp grey soil, the decoder ends in a sigmoid. The threshold is set on all of the normal class: the smallest score
whose empirical FPR is at most 5 %. Losses are means over an epoch's samples while they train. Needs torch and numpy;
takes some ten minutes on one core.

    /usr/bin/python3 statlog_torch.py 20 > statlog_torch.json
    /usr/bin/python3 statlog_torch.py 20 0 deep-svdd deep-sad > statlog_torch_scratch.json

Numbers after the runs: epochs of pretraining, and the detectors. Without pretraining the centre is the mean code of the
untrained encoder, whose batch norm has running means of 0 and variances of 1.
"""

import gzip
import json
import os
import re
import sys

import numpy as np
import torch
from torch import nn

NORMAL, ANOMALY = "very damp grey soil", "damp grey soil"
DATA = os.path.join(os.path.dirname(__file__), "../../src/data/assets/statlog.csv.gz")
FPR, BATCH, RATE, MILESTONES = 0.05, 128, 1e-3, (60, 120, 180)
EPOCHS, DECAY = 200, 5e-7
PRETRAIN_DECAY = 5e-4
EPSILON = 1e-6
# Epochs, counted from 1, whose losses are kept.
KEPT, PRETRAIN_KEPT = (1, 10, 60, 70, 130, 200), (1, 10, 100)


def statlog():
    with gzip.open(DATA, "rt") as lines:
        rows = [line.rstrip("\n").split(",") for line in lines][1:]
    features = np.array([row[:-1] for row in rows], dtype=np.float64)
    features = (features - features.mean(axis=0)) / features.std(axis=0)
    return torch.tensor(features, dtype=torch.float32), np.array([row[-1] for row in rows])


def chain(widths):
    """Linear layers without bias; batch norm without affine parameters and leaky ReLU between them."""
    layers = []
    for i, (n_in, n_out) in enumerate(zip(widths, widths[1:])):
        layers.append(nn.Linear(n_in, n_out, bias=False))
        if i < len(widths) - 2:
            layers += [nn.BatchNorm1d(n_out, eps=1e-4, momentum=0.1, affine=False), nn.LeakyReLU(0.01)]
    return nn.Sequential(*layers)


def encoder():
    return chain([36, 32, 16, 8])


def decoder():
    return nn.Sequential(chain([8, 16, 32, 36]), nn.Sigmoid())


def inverse(d):
    return 1 / (d + EPSILON)


def binary(d):
    return -torch.log(1 - torch.exp(-d) + EPSILON)


# Where the distance is taken, and the loss of a labelled anomaly at distance d (none: normal samples only).
DETECTORS = {
    "deep-svdd": ("centre", None),
    "deep-sad": ("centre", inverse),
    "hsc": ("origin", binary),
    "ae": ("reconstruction", None),
    "sae": ("reconstruction", inverse),
    "abc": ("reconstruction", binary),
}


def fit(model, distance, anomaly_loss, x, anomalous, epochs, decay, milestones):
    """Trains; returns the mean loss of every epoch."""
    optimiser = torch.optim.Adam(model.parameters(), lr=RATE, weight_decay=decay)
    schedule = torch.optim.lr_scheduler.MultiStepLR(optimiser, milestones, gamma=0.1)
    losses = []
    model.train()
    for _ in range(epochs):
        total = 0.0
        for batch in torch.randperm(len(x)).split(BATCH):
            d = distance(x[batch])
            loss = d if anomaly_loss is None else torch.where(anomalous[batch], anomaly_loss(d), d)
            optimiser.zero_grad(set_to_none=True)
            loss.mean().backward()
            optimiser.step()
            total += loss.sum().item()
        losses.append(total / len(x))
        schedule.step()
    model.eval()
    return losses


def train(kind, anomaly_loss, normal, labelled, pretrain_epochs):
    """The distance by which a newly trained detector scores, its losses, and those of its pretraining."""
    x = normal if anomaly_loss is None else torch.cat([normal, labelled])
    anomalous = torch.arange(len(x)) >= len(normal)
    encode = encoder()
    autoencoder = nn.Sequential(encode, decoder())

    def error(batch):
        return ((autoencoder(batch) - batch) ** 2).mean(dim=1)

    if kind == "reconstruction":
        return error, fit(autoencoder, error, anomaly_loss, x, anomalous, EPOCHS, DECAY, MILESTONES), []
    centre, pretrain_losses = torch.zeros(8), []
    if kind == "centre":
        pretrain_losses = fit(autoencoder, error, None, x, anomalous, pretrain_epochs, PRETRAIN_DECAY, ())
        with torch.no_grad():
            centre = encode(x).mean(dim=0)
        near = centre.abs() < 0.1
        centre[near] = torch.where(centre[near] < 0, -0.1, 0.1)

    def distance(batch):
        return ((encode(batch) - centre) ** 2).sum(dim=1)

    return distance, fit(encode, distance, anomaly_loss, x, anomalous, EPOCHS, DECAY, MILESTONES), pretrain_losses


def recalls(score, x, labels, trained):
    with torch.no_grad():
        scores = score(x).numpy()
    normal = np.sort(scores[labels == NORMAL])
    threshold = normal[len(normal) - 1 - int(FPR * len(normal))]
    tested = {name: (labels == name) & ~trained for name in np.unique(labels) if name != NORMAL}
    return {name: round(float((scores[rows] > threshold).mean()), 6) for name, rows in tested.items()}


def of_epochs(losses, epochs):
    return {epoch: float(f"{losses[epoch - 1]:.6g}") for epoch in epochs if losses}


def main(runs, pretrain_epochs=100, names=tuple(DETECTORS)):
    torch.set_num_threads(1)
    torch.manual_seed(2021)
    x, labels = statlog()
    normal, anomaly = np.flatnonzero(labels == NORMAL), np.flatnonzero(labels == ANOMALY)
    kept = {name: {"tpr": {}, "loss": {}, "pretrainLoss": {}} for name in names}
    for run in range(runs):
        rng = np.random.default_rng(run)
        n_train = len(normal) * 4 // 5
        rows = rng.permutation(normal)[:n_train], rng.permutation(anomaly)[: n_train // 10]
        trained = np.zeros(len(labels), dtype=bool)
        trained[np.concatenate(rows)] = True
        for name in names:
            kind, anomaly_loss = DETECTORS[name]
            score, losses, pretrain_losses = train(kind, anomaly_loss, x[rows[0]], x[rows[1]], pretrain_epochs)
            values = {
                "tpr": recalls(score, x, labels, trained),
                "loss": of_epochs(losses, KEPT),
                "pretrainLoss": of_epochs(pretrain_losses, PRETRAIN_KEPT),
            }
            for what, by in values.items():
                for key, value in by.items():
                    kept[name][what].setdefault(key, []).append(value)
        print(f"run {run + 1} of {runs}", file=sys.stderr, flush=True)
    text = json.dumps({"torch": torch.__version__, "runs": runs, "detectors": kept}, indent=1)
    # One list a line.
    print(re.sub(r"\[[^][]*\]", lambda numbers: " ".join(numbers[0].split()), text))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]), *([sys.argv[3:]] if sys.argv[3:] else []))
