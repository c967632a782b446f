"""Empirical likelihoods by scipy's optimisers: weights of the samples themselves, no multipliers and no closed forms.

Writes likelihood_scipy.json: rows of [numbers of differences -1, 0 and 1, mean, deviances (empirical, with one more value,
with weight on all three)], null where infinite; of [numbers, variance, the intervals of all three]; and of profiles, [fpr,
normals and anomalies of both detectors, interval].

    python3 likelihood_scipy.py > likelihood_scipy.json
"""

import json
from functools import lru_cache

import numpy as np
from scipy.optimize import brentq, minimize, minimize_scalar
from scipy.stats import chi2

CRITICAL = chi2(1).ppf(0.95)
COUNTS = [(2, 10, 8), (0, 12, 8), (3, 4, 0), (1, 0, 5), (0, 9, 0), (1, 19, 0), (7, 60, 33)]


def empirical(values, mean):
    """-2 log of the largest product of n times the weights that have the mean."""
    values = np.asarray(values, float)
    if not values.min() < mean < values.max():
        return 0.0 if np.all(values == mean) else np.inf
    n = len(values)
    # Feasible: between the mean of those above and that of those below.
    above, below = values > mean, values <= mean
    share = (mean - values[below].mean()) / (values[above].mean() - values[below].mean())
    start = np.where(above, share / above.sum(), (1 - share) / below.sum())
    found = minimize(
        lambda p: -np.log(n * p).sum(),
        start,
        jac=lambda p: -1 / p,
        bounds=[(1e-12, 1)] * n,
        constraints=[
            {"type": "eq", "fun": lambda p: p.sum() - 1, "jac": lambda p: np.ones(n)},
            {"type": "eq", "fun": lambda p: p @ values - mean, "jac": lambda p: values},
        ],
        options={"ftol": 1e-13, "maxiter": 1000},
    )
    return 2 * found.fun


def adjusted(values, mean):
    values = np.asarray(values, float)
    weight = max(1, np.log(len(values)) / 2)
    return empirical([*values, mean - weight * (values.mean() - mean)], mean)


def log_likelihood(counts, probabilities):
    with np.errstate(divide="ignore"):
        return sum(k * np.log(p) for k, p in zip(counts, probabilities) if k > 0)


def best(counts, probabilities, low, high):
    """-2 log of the ratio of the best of a curve of probabilities to the best of all; at its ends, too."""
    counts = np.asarray(counts)
    lost = lambda x: -log_likelihood(counts, np.maximum(probabilities(x), 0))
    inner = minimize_scalar(lost, bounds=(low, high), method="bounded", options={"xatol": 1e-13}).fun
    return 2 * (min(inner, lost(low), lost(high)) + log_likelihood(counts, counts / counts.sum()))


@lru_cache(None)
def difference(counts, xi):
    """Of -1, 0 and 1: all probabilities whose mean is xi."""
    return best(counts, lambda q: np.array([q, 1 - xi - 2 * q, q + xi]), max(0, -xi), (1 - xi) / 2)


def last_inside(inside, centre, end):
    if inside(end) <= 0:
        return end
    if inside(centre) > 0:
        return centre
    return brentq(lambda x: min(inside(x), 1e9), centre, end, xtol=1e-12)


def scaled(counts, variance, deviance):
    values = np.repeat([-1.0, 0.0, 1.0], counts)
    most = CRITICAL * len(values) * variance / values.var()
    return [last_inside(lambda x: deviance(x) - most, values.mean(), end) for end in (-1.0, 1.0)]


def outcomes(first, second):
    """How often both, the first alone, the second alone, neither."""
    return tuple(int(np.sum((first == a) & (second == b))) for a, b in ((1, 1), (1, 0), (0, 1), (0, 0)))


def profile(fpr, normal, anomalous):
    deviance = {}
    thresholds = [np.unique(np.concatenate(pair)) for pair in zip(normal, anomalous)]
    for t in thresholds[0]:
        for u in thresholds[1]:
            counts = outcomes(normal[0] > t, normal[1] > u)
            target = best(counts, lambda s: np.array([s, fpr - s, fpr - s, 1 - 2 * fpr + s]), 0, fpr)
            _, lost, gained, _ = outcomes(anomalous[0] > t, anomalous[1] > u)
            key = (lost, len(anomalous[0]) - lost - gained, gained)
            deviance[key] = min(target, deviance.get(key, np.inf))
    least = min(deviance.values())
    profiled = lambda xi: min(d + difference(key, xi) for key, d in deviance.items()) - least - CRITICAL

    def end(sign):
        outside = sign
        for xi in sign * np.linspace(1, -1, 401):
            if profiled(xi) <= 0:
                return xi if xi == outside else brentq(profiled, xi, outside, xtol=1e-12)
            outside = xi

    return [end(-1.0), end(1.0)]


def ratios():
    for counts in COUNTS:
        values = np.repeat([-1.0, 0.0, 1.0], counts)
        for mean in (-0.9, -0.3, 0.0, 0.05, 0.2, 0.7):
            found = [empirical(values, mean), adjusted(values, mean), difference(counts, mean)]
            yield [counts, mean, [x if np.isfinite(x) else None for x in found]]


def intervals():
    for counts, variance in (((2, 10, 8), 0.02), ((0, 12, 8), 0.03), ((3, 4, 0), 0.05), ((7, 60, 33), 0.004)):
        values = np.repeat([-1.0, 0.0, 1.0], counts)
        kinds = (lambda x: empirical(values, x), lambda x: adjusted(values, x), lambda x: difference(counts, x))
        yield [counts, variance, [scaled(counts, variance, deviance) for deviance in kinds]]


def profiles():
    random = np.random.default_rng(7)
    for fpr, n, n1, mean, digits in ((0.1, 10, 8, 1.5, 9), (0.05, 19, 12, 2, 9), (0.2, 15, 9, 1, 0), (0.05, 12, 6, -3, 9)):
        base = random.normal(size=n)
        normal = [np.round(x, digits) for x in (base, 0.6 * base + 0.8 * random.normal(size=n))]
        own = random.normal(size=n1)
        anomalous = [np.round(x, digits) for x in (own + 1, mean + 0.6 * own + 0.8 * random.normal(size=n1))]
        samples = [[list(x) for x in pair] for pair in (normal, anomalous)]
        yield [fpr, *samples, profile(fpr, normal, anomalous)]


if __name__ == "__main__":
    rows = {"ratios": list(ratios()), "intervals": list(intervals()), "profiles": list(profiles())}
    print(json.dumps(rows))
