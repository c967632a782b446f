"""Kendall's tau-b by scipy, with exact two-sided permutation p-values, for vectors and, as Mantel's test, for square tables.

p-values are scipy's own for vectors without ties; otherwise all permutations are gone through here and scipy gives tau of
each. Within rows there is one tau-b over the pairs of all rows: pairs counted by numpy.

Writes {"vectors": [x, y, tau, p], "many": the same of longer ones, "tables": [x, y, diagonal, pairs, tau, p]}.

    python3 kendall_scipy.py > kendall.json
"""

import itertools
import json
import math

import numpy as np
from scipy import stats

random = np.random.default_rng(1)


def share(n, statistic):
    """Share of the permutations with a statistic as far from 0 as that of the first, which is the identity."""
    values = np.array([statistic(order) for order in itertools.permutations(range(n))])
    return float(np.mean(np.abs(values) >= abs(values[0]) - 1e-9))


def vector(x, y):
    tau, p = stats.kendalltau(x, y, method="auto" if len(set(x)) < len(x) or len(set(y)) < len(y) else "exact")
    if len(set(x)) < len(x) or len(set(y)) < len(y):
        p = share(len(x), lambda order: stats.kendalltau(x, [y[i] for i in order]).statistic)
    return [x, y, float(tau), float(p)]


def in_rows(x, y):
    concordance, untied_x, untied_y = 0.0, 0, 0
    for a, b in zip(x, y):
        dx, dy = np.sign(np.subtract.outer(a, a)), np.sign(np.subtract.outer(b, b))
        concordance += np.sum(dx * dy) / 2
        untied_x += np.count_nonzero(dx) / 2
        untied_y += np.count_nonzero(dy) / 2
    return concordance / math.sqrt(untied_x * untied_y)


def table(x, y, diagonal, pairs):
    x, y = np.array(x), np.array(y)
    n = len(x)
    kept = np.ones((n, n), bool) if diagonal else ~np.eye(n, dtype=bool)

    def tau(order):
        moved = y[np.ix_(order, order)]
        if pairs == "row":
            return in_rows([x[i][kept[i]] for i in range(n)], [moved[i][kept[i]] for i in range(n)])
        return stats.kendalltau(x[kept], moved[kept]).statistic

    return [x.tolist(), y.tolist(), diagonal, pairs, float(tau(range(n))), share(n, tau)]


def distances(n):
    points = random.normal(size=(n, 3))
    return np.round(np.linalg.norm(points[:, None] - points[None], axis=2), 3).tolist()


def falling(x, noise):
    return np.round(1 - np.array(x) + noise * random.normal(size=np.shape(x)), 3).tolist()


line = lambda n: np.round(np.sort(random.exponential(size=n)), 3).tolist()
vectors = [
    vector([0, 1, 2, 3, 4], [9, 7, 8, 5, 1]),
    vector(x := line(9), falling(x, 0.5)),
    vector(x := line(7), falling(x, 2)),
    vector(x := line(4), falling(x, 0)),
    vector([0.0, 4.39, 4.42, 5.44, 11.46], [0.69, 0.13, 0.34, -0.29, -0.37]),
    vector([0, 0.01, 0.01, 0.04, 0.04, 0.06, 0.08], [0.9, 0.4, 0.2, 0.4, 0, 0, -0.3]),
    vector([1, 1, 2, 2, 3, 3], [1, 2, 2, 3, 3, 1]),
    vector([3, 1, 2, 1], [-1, 0, 0, 0]),
]
# Too many permutations for all of them; no ties, so that scipy counts.
many = [
    vector(list(range(n)), np.argsort(np.argsort(-np.arange(n) + noise * random.normal(size=n))).tolist())
    for n, noise in [(11, 5), (12, 10), (16, 8)]
]
tables = []
for n, noise in [(4, 0.3), (5, 1.0), (5, 3.0), (6, 2.0)]:
    x = distances(n)
    y = falling(x, noise)
    if n == 5 and noise == 3.0:
        x, y = np.round(x).tolist(), np.round(y).tolist()
    for diagonal in [False, True]:
        tables += [table(x, y, diagonal, pairs) for pairs in ["all", "row"]]

print("{")
print('"vectors": [\n' + ",\n".join(map(json.dumps, vectors)) + "\n],")
print('"many": [\n' + ",\n".join(map(json.dumps, many)) + "\n],")
print('"tables": [\n' + ",\n".join(map(json.dumps, tables)) + "\n]")
print("}")
