"""Cell probabilities of the laws that the samplers draw from, by scipy, for chi-square tests of the draws.

Writes one JSON row per law, [name, parameters, edges, probabilities]: cell i holds edges[i - 1] < x <= edges[i],
the first and the last reach to the ends.

    python3 variates_scipy.py > variates.json
"""

import json

import numpy as np
from scipy import stats

LEVELS = np.concatenate([[1e-4, 1e-3, 5e-3], np.arange(1, 50) / 50, [0.995, 0.999, 0.9999]])
LARGEST = 2**31 - 1

BINOMIAL = [
    (1, 0.3), (1, 1e-3), (2, 0.5), (3, 0.999), (5, 0.77), (7, 0.5), (10, 0.01), (12, 0.4), (19, 0.5), (25, 0.97),
    (31, 0.5), (32, 0.499), (39, 0.5), (40, 0.5), (41, 0.49), (45, 0.45), (60, 0.33), (64, 0.6), (100, 0.199),
    (100, 0.201), (200, 0.1), (500, 0.0399), (500, 0.0401), (511, 0.0195), (512, 0.0195), (512, 0.0196), (513, 0.5),
    (1000, 0.0099), (1000, 0.0101), (1000, 0.3), (1000, 0.999), (5000, 0.5), (10**4, 1e-4), (10**4, 0.05),
    (10**5, 1e-4), (10**5, 1.01e-4), (10**5, 0.72), (10**6, 1e-7), (10**6, 9e-6), (10**6, 0.02), (10**6, 1 - 3e-6),
    (LARGEST, 1e-9), (LARGEST, 4e-9), (LARGEST, 5e-9), (LARGEST, 1e-6), (LARGEST, 0.5), (LARGEST, 0.9), (LARGEST, 1e-3),
    (LARGEST, 1 - 1e-9), (LARGEST, 1 - 4.9e-9), (LARGEST, 1 - 1e-6), (10**6, 1 - 1e-7), (4, 1 - 1e-3), (2**30, 9.9 / 2**30),
]
HYPERGEOMETRIC = [
    (1, 1, 1), (3, 5, 4), (5, 3, 6), (10, 10, 10), (19, 21, 20), (20, 20, 20), (25, 60, 40), (60, 25, 45), (7, 1000, 300),
    (1000, 7, 900), (100, 900, 99), (100, 900, 101), (500, 500, 30), (500, 500, 970), (1206, 5229, 120), (10**4, 10**5, 5000),
    (10**5, 10**4, 90000), (10**5, 10**9, 10**5), (6 * 10**6, 2 * 10**9, 3000), (10**6, 10**6, 10**6), (3 * 10**5, 2 * 10**9, 7 * 10**6),
    (2**30, 2**30 - 1, 10**9), (LARGEST - 5, 5, 10**9), (9, LARGEST - 9, 2 * 10**9), (10**9, 10**9, 7), (10**9, 10**9, 19 * 10**8),
]
BETA = [(1, 1), (1, 20), (20, 1), (2, 3), (3.5, 1.25), (51, 950), (950, 51), (50001, 950000), (10**6, 1), (1, LARGEST),
        (2**30, 2**30), (LARGEST, 1), (LARGEST // 20, LARGEST - LARGEST // 20 + 1), (2, LARGEST - 1)]


def row(name, parameters, law, integers):
    edges = np.unique(law.ppf(LEVELS))
    if integers:
        # Cells of probability 0 at either end would be empty by law.
        edges = np.unique(np.floor(edges))
        edges = edges[(law.sf(edges) > 1e-5) & (law.cdf(edges) > 1e-5)]
    below = law.cdf(edges)
    above = law.sf(edges)
    # Differences of whichever function is small.
    inner = np.where(below[1:] < 0.5, np.diff(below), -np.diff(above))
    probabilities = np.concatenate([below[:1], inner, above[-1:]])
    return json.dumps([name, list(parameters), edges.tolist(), probabilities.tolist()])


class Hypergeometric:
    """scipy's hypergeom sums logarithms that are too rough for populations of 1e9: here by the recurrence."""

    def __init__(self, good, bad, draws):
        low, high = max(0, draws - bad), min(good, draws)
        mean = draws * good / (good + bad)
        deviation = np.sqrt(mean * bad / (good + bad)) + 1
        self.first = max(low, int(mean - 40 * deviation))
        k = np.arange(self.first, min(high, int(mean + 40 * deviation)), dtype=float)
        ratios = (good - k) * (draws - k) / ((k + 1) * (bad - draws + k + 1))
        mass = np.concatenate([[0.0], np.cumsum(np.log(ratios))])
        mass = np.exp(mass - mass.max())
        self.mass = mass / mass.sum()
        self.lower = np.cumsum(self.mass)
        self.upper = np.concatenate([np.cumsum(self.mass[::-1])[::-1][1:], [0.0]])

    def ppf(self, levels):
        return self.first + np.minimum(np.searchsorted(self.lower, levels), len(self.mass) - 1).astype(float)

    def cdf(self, k):
        return self.lower[(k - self.first).astype(int)]

    def sf(self, k):
        return self.upper[(k - self.first).astype(int)]


rows = [row("normal", (), stats.norm(), False)]
rows += [row("beta", (a, b), stats.beta(a, b), False) for a, b in BETA]
rows += [row("binomial", (n, p), stats.binom(n, p), True) for n, p in BINOMIAL]
rows += [row("hypergeometric", counts, Hypergeometric(*counts), True) for counts in HYPERGEOMETRIC]
print("[\n" + ",\n".join(rows) + "\n]")
