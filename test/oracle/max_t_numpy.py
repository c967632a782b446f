"""Simultaneous max-|t| intervals and step-down adjusted p-values in numpy, written from the definitions.

Romano and Wolf (Econometrica 73, 2005), algorithm 4.1 as adjusted p-values: for each set of hypotheses that is left, the
maximum is taken anew over that set. Critical value: numpy's `weibull` quantile, at least that of the normal law.
Replicates are correlated and lie on a lattice in some cases, as differences of recalls do; no case is degenerate.
Writes one JSON row for each case, [estimates, replicates (K lists of B), n, level, critical value, [[lower, upper], ...],
adjusted p-values], to standard output:

    python3 max_t_numpy.py > max_t.json
"""
import json

import numpy as np
from scipy.stats import norm


def max_t(estimates, replicates, level):
    sd = replicates.std(axis=1, ddof=1)
    deviations = np.abs(replicates - estimates[:, None]) / sd[:, None]
    t = np.abs(estimates) / sd
    b = replicates.shape[1]
    c = np.quantile(deviations.max(axis=0), level, method="weibull")
    c = max(c, norm.ppf(0.5 + level / 2))
    bounds = np.clip(np.stack([estimates - c * sd, estimates + c * sd], axis=1), -1, 1)
    adjusted = np.ones(len(t))
    left = list(range(len(t)))
    floor = 0
    while left:
        k = max(left, key=lambda j: t[j])
        exceeding = (deviations[left].max(axis=0) >= t[k] * (1 - 1e-12)).sum()
        floor = max(floor, (1 + exceeding) / (b + 1))
        adjusted[k] = floor
        left.remove(k)
    return c, bounds, adjusted


def case(rng, truths, b, rho, n, level, lattice):
    k = len(truths)
    shared = rng.standard_normal(b)
    noise = np.sqrt(rho) * shared + np.sqrt(1 - rho) * rng.standard_normal((k, b))
    estimates = np.array(truths)
    replicates = estimates[:, None] + 0.12 * noise
    if lattice:
        estimates = np.round(estimates * n) / n
        replicates = np.round(replicates * n) / n
    c, bounds, adjusted = max_t(estimates, replicates, level)
    return [estimates.tolist(), replicates.tolist(), n, level, c, bounds.tolist(), adjusted.tolist()]


rng = np.random.default_rng(5)
rows = [
    case(rng, [0.3, -0.25, 0.2, 0.02], 199, 0.4, 60, 0.95, False),
    case(rng, [0.25, 0.25, -0.3, 0.0, 0.9], 299, 0.0, 40, 0.9, True),
    case(rng, [0.3], 99, 0.0, 50, 0.8, True),
]
print("[\n" + ",\n".join(map(json.dumps, rows)) + "\n]")
