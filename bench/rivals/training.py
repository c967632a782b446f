"""Training steps by PyTorch on one thread: training.py NETWORK DETECTOR ADAM N_NORMAL N_ANOMALOUS BATCH SECONDS.

Prints the median microseconds of a step over at least three stretches of 150 ms or more, after a fifth of the time to
warm up, and the milliseconds until the first step is done, import excluded; each by the clock and of the processor (user
and system, all threads). NETWORK is mlp, lenet or lstm, DETECTOR one of the six,
ADAM is single (PyTorch's default) or foreach. `training.py versions` prints PyTorch's version.

The loop is the fastest that plain PyTorch offers: samples lie in one tensor from which a batch is an index_select, there
is no data loader, gradients are freed rather than zeroed, and no loss is read back.
"""
import json
import os
import statistics
import sys
import time

# PyTorch's own count of threads does not reach OpenBLAS, which else works with all cores.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

try:
    import torch
    from torch import nn
except ImportError:
    print(json.dumps({"missing": "torch is not installed"}))
    sys.exit()

EPSILON = 1e-6


def linear(n_in, n_out):
    return nn.Linear(n_in, n_out, bias=False)


def norm(n, kind=nn.BatchNorm1d):
    return kind(n, eps=1e-4, momentum=0.1, affine=False)


def conv(n_in, n_out):
    return nn.Conv2d(n_in, n_out, 5, padding=2, bias=False)


def deconv(n_in, n_out, padding=2):
    return nn.ConvTranspose2d(n_in, n_out, 5, padding=padding, bias=False)


def chain(widths):
    layers = []
    for i, (n_in, n_out) in enumerate(zip(widths, widths[1:])):
        layers.append(linear(n_in, n_out))
        if i < len(widths) - 2:
            layers += [norm(n_out), nn.LeakyReLU(0.01)]
    return nn.Sequential(*layers)


class Lstm(nn.Module):
    """Stacked LSTM layers: all steps of the last one."""

    def __init__(self, widths):
        super().__init__()
        self.layers = nn.ModuleList(nn.LSTM(a, b, batch_first=True) for a, b in zip(widths, widths[1:]))

    def forward(self, x):
        for layer in self.layers:
            x, _ = layer(x)
        return x


def mlp(n_features=36):
    return (n_features,), chain([n_features, 32, 16, 8]), nn.Sequential(chain([8, 16, 32, n_features]), nn.Sigmoid())


def lenet():
    leaky, plane = nn.LeakyReLU(0.01), nn.BatchNorm2d
    encoder = nn.Sequential(
        *(conv(1, 16), norm(16, plane), leaky, nn.MaxPool2d(2)),
        *(conv(16, 32), norm(32, plane), leaky, nn.MaxPool2d(2)),
        *(nn.Flatten(), linear(1568, 128), norm(128), leaky, linear(128, 64)),
    )
    double = nn.Upsample(scale_factor=2, mode="nearest")
    decoder = nn.Sequential(
        *(linear(64, 128), norm(128), nn.Unflatten(1, (8, 4, 4)), leaky, double, deconv(8, 32)),
        *(norm(32, plane), leaky, double, deconv(32, 16, padding=3)),
        *(norm(16, plane), leaky, double, deconv(16, 1), nn.Sigmoid()),
    )
    return (1, 28, 28), encoder, decoder


def lstm(steps=125, widths=(128, 64, 32), code=32):
    flat = steps * widths[-1]
    encoder = nn.Sequential(Lstm(widths), nn.Flatten(), linear(flat, code))
    decoder = nn.Sequential(
        nn.Linear(code, flat), nn.Unflatten(1, (steps, widths[-1])), Lstm(widths[::-1]), nn.Sigmoid()
    )
    return (steps, widths[0]), encoder, decoder


def inverse(d):
    return 1 / (d + EPSILON)


def binary(d):
    return -torch.log(1 - torch.exp(-d) + EPSILON)


# Whether the distance is that of codes, and the loss of a labelled anomaly (none: all samples are normal).
DETECTORS = {
    "deep-svdd": (True, None),
    "deep-sad": (True, inverse),
    "hsc": (True, binary),
    "ae": (False, None),
    "sae": (False, inverse),
    "abc": (False, binary),
}


def objective(network, detector):
    """The model and the mean loss of a batch, where anomalous says which samples are labelled anomalies."""
    _, encoder, decoder = network
    of_codes, anomaly_loss = DETECTORS[detector]
    model = encoder if of_codes else nn.Sequential(encoder, decoder)

    def loss(x, anomalous):
        if of_codes:
            d = ((model(x) - 0.25) ** 2).sum(dim=1)
        else:
            d = ((model(x) - x) ** 2).flatten(1).mean(dim=1)
        return (d if anomaly_loss is None else torch.where(anomalous, anomaly_loss(d), d)).mean()

    return model, loss


def blas():
    """The library behind the products of matrices, which Debian leaves to the system: it decides what PyTorch costs."""
    torch.ones(2, 2) @ torch.ones(2, 2)
    with open("/proc/self/maps") as maps:
        paths = [line.split()[-1] for line in maps if "libblas.so" in line]
    # The folder tells: OpenBLAS may be loaded for LAPACK alone.
    return "unknown BLAS" if not paths else "OpenBLAS" if "openblas" in paths[0] else "reference BLAS"


def main():
    if sys.argv[1] == "versions":
        print(json.dumps({"torch": f"{torch.__version__}, {blas()}"}))
        return
    name, detector, adam = sys.argv[1:4]
    n_normal, n_anomalous, batch, seconds = (int(argument) for argument in sys.argv[4:8])
    torch.set_num_threads(1)
    torch.manual_seed(1)
    sample, *_ = network = {"mlp": mlp, "lenet": lenet, "lstm": lstm}[name]()
    if DETECTORS[detector][1] is None:
        n_anomalous = 0
    n = n_normal + n_anomalous
    x = torch.randn(n, *sample) if name == "mlp" else torch.rand(n, *sample)
    anomalous = torch.arange(n) >= n_normal

    start, idle = time.perf_counter(), time.process_time()
    model, loss = objective(network, detector)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=5e-7, foreach=adam == "foreach")

    def steps():
        while True:
            for rows in torch.randperm(n).split(batch):
                optimiser.zero_grad(set_to_none=True)
                loss(x.index_select(0, rows), anomalous.index_select(0, rows)).backward()
                optimiser.step()
                yield

    first, stretches, begun, busy, count = None, [], start, time.process_time(), 0
    for _ in steps():
        now = time.perf_counter()
        first = first or (now - start, time.process_time() - idle)
        count += 1
        if now - begun < 0.15:
            continue
        used = time.process_time()
        if begun - start >= seconds / 5:
            stretches.append(((now - begun) / count, (used - busy) / count))
        begun, busy, count = now, used, 0
        if now - start >= seconds and len(stretches) >= 3:
            break
    elapsed, processor = (1e6 * statistics.median(times) for times in zip(*stretches))
    print(
        json.dumps(
            {
                "µs a step and replica": elapsed,
                "processor µs a step and replica": processor,
                "ms to the first step": 1e3 * first[0],
                "processor ms to the first step": 1e3 * first[1],
            }
        )
    )


if __name__ == "__main__":
    main()
