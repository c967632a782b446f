"""Golden training runs of the classifier, DevNet and PReNet by PyTorch in float64, on mlp, lenet and lstm.

Parameter number t (in the listed order) has at flat index i the value sin(1 + 0.7 i + 1.3 t)/sqrt(fanIn), sample n at index j
0.5 + 0.5 sin(0.9 n + 0.31 j (1 + n mod 7)); sample n is a labelled anomaly where n mod 5 is 0; step s trains on rows
(s B + 3 b) mod N. PReNet's pairs are written out one by one, and its scores are the published ones: the mean of the relation
to ten labelled anomalies and of the relation to ten normal samples. Needs torch; takes a minute.

    /usr/bin/python3 golden_torch.py MEAN SD

writes ../golden/{mlp,lenet,lstm}-{classifier,devnet,prenet}.json. MEAN and SD are those of DevNet's reference scores, which the
package draws (`referenceLaw`).
"""

import json
import math
import os
import sys

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits, leaky_relu

SAMPLES, BATCH, STEPS, RATE, DECAY = 64, 16, 20, 1e-3, 5e-7
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../golden")
REFERENCES = 10


class Mlp(nn.Module):
    shape, code = [36], 8

    def __init__(self):
        super().__init__()
        self.weights = nn.ParameterList(nn.Parameter(torch.empty(s)) for s in [(32, 36), (16, 32), (8, 16)])
        self.norms = nn.ModuleList(nn.BatchNorm1d(s, eps=1e-4, affine=False) for s in (32, 16))

    def forward(self, x):
        for weight, norm in zip(self.weights, self.norms):
            x = leaky_relu(norm(x @ weight.T), 0.01)
        return x @ self.weights[2].T

    def fans(self):
        return [36, 32, 16]


class Lenet(nn.Module):
    shape, code = [1, 28, 28], 64

    def __init__(self):
        super().__init__()
        self.convolutions = nn.ModuleList(
            nn.Conv2d(a, b, 5, padding=2, bias=False) for a, b in [(1, 16), (16, 32)]
        )
        self.linear = nn.ModuleList(nn.Linear(a, b, bias=False) for a, b in [(1568, 128), (128, 64)])
        self.norms = nn.ModuleList(nn.BatchNorm2d(s, eps=1e-4, affine=False) for s in (16, 32))
        self.last = nn.BatchNorm1d(128, eps=1e-4, affine=False)

    def forward(self, x):
        for convolution, norm in zip(self.convolutions, self.norms):
            x = nn.functional.max_pool2d(leaky_relu(norm(convolution(x)), 0.01), 2)
        return self.linear[1](leaky_relu(self.last(self.linear[0](x.flatten(1))), 0.01))

    def fans(self):
        return [25, 400, 1568, 128]


class Lstm(nn.Module):
    shape, code = [12, 16], 4

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(nn.LSTM(a, b, batch_first=True) for a, b in [(16, 8), (8, 4)])
        self.fc = nn.Linear(48, 4, bias=False)

    def forward(self, x):
        for layer in self.layers:
            x, _ = layer(x)
        return self.fc(x.flatten(1))

    def fans(self):
        return [16, 8, 32, 32, 8, 4, 16, 16, 48]


class Head(nn.Module):
    """A linear layer to `rows` numbers; PReNet's two rows are u and v of the relation u.z + v.z' + b."""

    def __init__(self, size, rows):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(rows, size))
        self.bias = nn.Parameter(torch.empty(1))


def relation(head, first, second):
    return (torch.cat([first, second]) * head.weight.flatten()).sum() + head.bias[0]


def pair_loss(head, codes, anomaly):
    anomalous = [z for z, a in zip(codes, anomaly) if a]
    normal = [z for z, a in zip(codes, anomaly) if not a]

    def mean(firsts, seconds, target):
        return torch.stack([(relation(head, z, y) - target).abs() for z in firsts for y in seconds]).mean()

    return mean(anomalous, anomalous, 8) / 4 + mean(anomalous, normal, 4) / 4 + mean(normal, normal, 0) / 2


def sample_loss(objective, scores, anomaly, reference):
    if objective == "classifier":
        return binary_cross_entropy_with_logits(scores, anomaly.to(scores.dtype))
    deviation = (scores - reference["mean"]) / reference["sd"]
    return torch.where(anomaly, (5 - deviation).clamp(min=0), deviation.abs()).mean()


def published_scores(head, codes, anomaly):
    anomalous = [z for z, a in zip(codes, anomaly) if a][:REFERENCES]
    normal = [z for z, a in zip(codes, anomaly) if not a][:REFERENCES]
    scores = []
    for code in codes:
        before = torch.stack([relation(head, z, code) for z in anomalous]).mean()
        after = torch.stack([relation(head, code, z) for z in normal]).mean()
        scores.append((before + after) / 2)
    return torch.stack(scores)


def data(shape):
    size = math.prod(shape)
    rows = [[0.5 + 0.5 * math.sin(0.9 * n + 0.31 * j * (1 + n % 7)) for j in range(size)] for n in range(SAMPLES)]
    return torch.tensor(rows).reshape(SAMPLES, *shape)


def start(parameters, fans):
    for t, (parameter, fan) in enumerate(zip(parameters, fans)):
        values = [math.sin(1 + 0.7 * i + 1.3 * t) / math.sqrt(fan) for i in range(parameter.numel())]
        parameter.data = torch.tensor(values).reshape(parameter.shape)


def summary(tensor, norm=True):
    flat = tensor.detach().flatten()
    whole = {"sum": flat.sum().item(), "head": flat[:4].tolist()}
    return {**whole, "norm": flat.norm().item()} if norm else whole


def run(name, network, objective, reference):
    encoder, head = network(), Head(network.code, 2 if objective == "prenet" else 1)
    named = list(encoder.named_parameters()) + [(f"head.{key}", value) for key, value in head.named_parameters()]
    # PReNet from relations about 4: pairs miss their targets to both sides, and the gradient of the bias is more than rounding.
    fans = encoder.fans() + ([network.code / 100, 1 / 16] if objective == "prenet" else [network.code, 1])
    parameters = [value for _, value in named]
    start(parameters, fans)
    x, anomaly = data(network.shape), torch.arange(SAMPLES) % 5 == 0
    optimiser = torch.optim.Adam(parameters, lr=RATE, weight_decay=DECAY)
    losses, gradients = [], {}
    for step in range(STEPS):
        rows = [(step * BATCH + 3 * b) % SAMPLES for b in range(BATCH)]
        codes, labels = encoder(x[rows]), anomaly[rows]
        if objective == "prenet":
            loss = pair_loss(head, codes, labels)
        else:
            loss = sample_loss(objective, codes @ head.weight[0] + head.bias, labels, reference)
        optimiser.zero_grad()
        loss.backward()
        if step == 0:
            gradients = {key: summary(value.grad) for key, value in named}
        optimiser.step()
        losses.append(loss.item())
    encoder.eval()
    with torch.no_grad():
        codes = encoder(x)
        scores = published_scores(head, codes, anomaly) if objective == "prenet" else codes @ head.weight[0] + head.bias
    statistics = {k: summary(v, False) for k, v in encoder.named_buffers() if not k.endswith("num_batches_tracked")}
    return {
        "case": name,
        "objective": objective,
        "inputShape": network.shape,
        "batch": BATCH,
        "samples": SAMPLES,
        "steps": STEPS,
        "lr": RATE,
        "weightDecay": DECAY,
        "center": None,
        "reference": reference,
        "parameters": [{"name": k, "shape": list(v.shape), "fanIn": fan} for (k, v), fan in zip(named, fans)],
        "losses": losses,
        "firstStepGradients": gradients,
        "finalParameters": {key: summary(value) for key, value in named},
        "finalRunningStats": statistics,
        "evalScores": scores.tolist(),
    }


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    law = {"mean": float(sys.argv[1]), "sd": float(sys.argv[2])}
    for network_name, network_class in [("mlp", Mlp), ("lenet", Lenet), ("lstm", Lstm)]:
        for objective_name in ["classifier", "devnet", "prenet"]:
            case = f"{network_name}-{objective_name}"
            golden = run(case, network_class, objective_name, law)
            with open(os.path.join(FOLDER, f"{case}.json"), "w") as file:
                json.dump(golden, file, indent=1)
                file.write("\n")
