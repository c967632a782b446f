"""scipy.stats.bootstrap of the paired difference in recall at a fixed false-positive rate.

bootstrap.py N_NORMAL N_ANOMALOUS RESAMPLES prints microseconds a replicate; with METHOD SEEDS after it, milliseconds of
processor time of a whole interval and how far its ends move between seeds. Samples are resampled as indices, so that
one draw carries both detectors' scores; the statistic is vectorised and reads both thresholds anew by partial sorting.
"""
import json
import sys
import time

try:
    import numpy as np
    import scipy
    from scipy import stats
except ImportError:
    print(json.dumps({"missing": "numpy or scipy is not installed"}))
    sys.exit()

if sys.argv[1] == "versions":
    print(json.dumps({"numpy": np.__version__, "scipy": scipy.__version__}))
    sys.exit()

n_normal, n_anomalous, resamples = (int(argument) for argument in sys.argv[1:4])
fpr = 0.05
rng = np.random.default_rng(1)


def pair(n, mean):
    shared = 1.5 * rng.standard_normal(n)
    return [(shared + rng.standard_normal(n) + shift).astype(np.float32) for shift in (mean, 1.2 * mean)]


normal, anomalous = pair(n_normal, 0), pair(n_anomalous, 3)
rank = n_normal - 1 - int(np.floor(fpr * n_normal + 1e-9))


def xi(i, j, axis=-1):
    def tpr(d):
        tau = np.partition(normal[d][i], rank, axis=-1)[..., rank]
        return np.mean(anomalous[d][j] > tau[..., np.newaxis], axis=-1)

    return tpr(1) - tpr(0)


def interval(b, method="percentile"):
    return stats.bootstrap(
        (np.arange(n_normal), np.arange(n_anomalous)),
        xi,
        n_resamples=b,
        batch=max(1, min(b, 1_000_000 // (n_normal + n_anomalous))),
        vectorized=True,
        method=method,
        rng=rng,
    ).confidence_interval


def seconds(b):
    start = time.perf_counter()
    interval(b)
    return time.perf_counter() - start


if len(sys.argv) > 4:
    times, ends = [], []
    for _ in range(int(sys.argv[5])):
        start = time.process_time()
        ends.append(interval(resamples, sys.argv[4]))
        times.append(1e3 * (time.process_time() - start))
    spread = {}
    if len(ends) > 1:
        lower, upper = np.std(ends, axis=0, ddof=1)
        spread = {"sd of the lower end between seeds": lower, "sd of the upper end between seeds": upper}
    print(json.dumps({"ms": np.median(times), **spread}))
    sys.exit()

first = max(2, resamples // 10)
seconds(2)
few, many = seconds(first), seconds(first + resamples)
print(json.dumps({"µs a replicate": 1e6 * (many - few) / resamples}))
