"""Means of the recall difference over ranges of false-positive rates, from the definitions and not from the package.

The recall at a target f is that at the (floor(f n) + 1)-th largest normal score, with fractions as rationals; the integral is a
sum over the stretches on which it is constant. For scores without ties it is also the difference of the partial areas under
both ROC curves by trapezoids, cut at the ends of the range, divided by its length; for all rates from 0 to 1 that area is
the Mann-Whitney statistic. The standard deviation of a paired bootstrap says how wide an interval should be. Writes one JSON object:

    python3 range_numpy.py > range.json
"""
import json
import sys
from fractions import Fraction

import numpy as np

rng = np.random.default_rng(16)


def mean_recall(normal, anomalous, a, b, over):
    n, ranked = len(normal), np.sort(normal)[::-1]
    a, b = Fraction(a), Fraction(b)
    total = 0.0
    for m in range(int(a * n), int(b * n) + 1):
        low, high = max(a, Fraction(m, n)), min(b, Fraction(m + 1, n))
        if high <= low:
            continue
        share = np.log(float(high / low)) / np.log(float(b / a)) if over == "log" else float((high - low) / (b - a))
        total += share * float((anomalous > ranked[m]).mean())
    return total


def trapezoids(normal, anomalous, a, b):
    cuts = np.unique(np.concatenate([normal, anomalous]))[::-1]
    fpr = np.concatenate([[0.0], [(normal >= c).mean() for c in cuts]])
    tpr = np.concatenate([[0.0], [(anomalous >= c).mean() for c in cuts]])
    area = 0.0
    for x0, x1, y0, y1 in zip(fpr, fpr[1:], tpr, tpr[1:]):
        low, high = max(x0, a), min(x1, b)
        if high > low:
            at = lambda x: y0 + (y1 - y0) * (x - x0) / (x1 - x0)
            area += (high - low) * (at(low) + at(high)) / 2
    return area / (b - a)


def scores(n0, n1, ties):
    shared0, shared1 = rng.normal(size=n0), rng.normal(size=n1)
    out = []
    for shift in (1.0, 1.8):
        normal = 0.7 * shared0 + 0.7 * rng.normal(size=n0)
        anomalous = 0.7 * shared1 + 0.7 * rng.normal(size=n1) + shift
        digits = 1 if ties else 6
        out.append((np.round(normal, digits), np.round(anomalous, digits)))
    return out


def over_range(pair, a, b, over):
    return [mean_recall(*one, a, b, over) for one in pair]


cases = []
for n0, n1, ties, a, b in (
    (100, 60, False, "0.02", "0.2"),
    (250, 90, False, "0.013", "0.117"),
    (400, 120, True, "0.01", "0.1"),
    (90, 40, False, "0.1", "0.1001"),
):
    pair = scores(n0, n1, ties)
    classes = [f"k{i % 3}" for i in range(n1)]
    case = {"range": [float(a), float(b)], "classes": classes}
    case["scores"] = [{"normal": x.tolist(), "anomalous": y.tolist()} for x, y in pair]
    case["ties"] = ties
    case["over"] = {}
    for over in ("log", "fpr"):
        whole = over_range(pair, a, b, over)
        parts = {}
        for k in ("k0", "k1", "k2"):
            of = np.array([c == k for c in classes])
            parts[k] = over_range([(x, y[of]) for x, y in pair], a, b, over)
        deviations = []
        for _ in range(1000):
            i, j = rng.integers(n0, size=n0), rng.integers(n1, size=n1)
            one, other = over_range([(x[i], y[j]) for x, y in pair], a, b, over)
            deviations.append(other - one)
        case["over"][over] = {"recalls": whole, "classes": parts, "sd": float(np.std(deviations, ddof=1))}
    if not ties:
        case["areas"] = [trapezoids(x, y, float(a), float(b)) for x, y in pair]
    cases.append(case)

json.dump({"numpy": np.__version__, "cases": cases}, sys.stdout)
