# Coverage of the confidence distribution by a second program: its own data sets, thresholds and draws, by the definition in
# docs/intervals.md. Gaussian laws as in bench/laws.ts. Writes { covered, length, sd (of the length) }:
#
#   python3 coverage_numpy.py LAW CORRELATION NORMALS ANOMALIES FPR DATASETS
import json, sys
from statistics import NormalDist
import numpy as np

law, (rho, q), (n, k, sets) = sys.argv[1], map(float, (sys.argv[2], sys.argv[5])), map(int, (sys.argv[3], sys.argv[4], sys.argv[6]))
z = NormalDist().inv_cdf(1 - q)
mean, sd = map(np.array, {'shift': ((1, 2), (1, 1)), 'exchangeable': ((1, 1), (1, 1)), 'scale': ((1, z - .3 * (z - 1)), (1, .3)),
                          'steep': ((z - .2, z + .4), (.3, .3))}[law])
baseline, candidate = (1 - NormalDist(m, s).cdf(z) for m, s in zip(mean, sd))
xi = round(candidate - baseline, 12)
rng = np.random.default_rng(7)
B = 399

def pair(size):
    return rng.multivariate_normal((0, 0), ((1, rho), (rho, 1)), size)

def ranks(x):  # from the largest down
    return (-x).argsort(0).argsort(0)

def interval(normal, anomalous):
    place = np.clip(q * n - ranks(normal), 0, 1)
    seen = n * q * (1 - q)
    both = (seen * np.mean(place[:, 0] * place[:, 1]) + q * q) / (seen + 1)
    counts = rng.multinomial(n, (both, q - both, q - both, 1 - 2 * q + both), B)
    gaps = np.vstack((np.full(2, np.inf), -np.sort(-normal, 0), np.full(2, -np.inf)))
    flagged = []
    for d in (0, 1):
        above = counts[:, 0] + counts[:, 1 + d]
        least, most = ((anomalous[:, d] > gaps[a, d][:, None]).sum(1) for a in (above, above + 1))
        flagged.append(ranks(anomalous)[:, d] < (least + np.floor(rng.beta(2, 2, B) * (most - least + 1)))[:, None])
    first, second = flagged
    up = rng.random(B) < .5
    cells = ((first & ~second).sum(1) + ~up, (second & ~first).sum(1) + up, (first == second).sum(1))
    weights = rng.standard_gamma(np.array(cells, float))
    draws = np.sort((weights[1] - weights[0]) / weights.sum(0))
    return draws[9], draws[389]

low, high = np.array([interval(pair(n), mean + sd * pair(k)) for _ in range(sets)]).T
print(json.dumps({'covered': float(np.mean((low <= xi) & (xi <= high))), 'length': float(np.mean(high - low)), 'sd': float(np.std(high - low))}))
