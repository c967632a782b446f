"""The ideal bootstrap by scipy: beta tails of the threshold's rank, and a mixture of binomials.

Writes one JSON object per pair of detectors: their scores, the law of either TPR with its moments and its quantiles at
5 % and 95 %, and the same of the difference. The interpolated threshold takes the joint law of two order statistics
from the joint distribution function of their ranks, which is not how the kernel does it.

    python3 ideal_scipy.py > ideal_scipy.json
"""

import json

import numpy as np
from scipy import stats

LEVELS = (0.05, 0.95)


def rank_law(k, n):
    """P(the k-th largest of a resample of n is the t-th largest of the sample), t = 1, ..., n."""
    return np.diff(stats.beta(k, n - k + 1).cdf(np.arange(n + 1) / n))


def joint_rank_law(k, n):
    """The same for the k-th and the next, as an n by n table."""
    at_most = np.zeros((n + 1, n + 1))
    for t in range(1, n + 1):
        drawn = np.arange(k, n + 1)
        first = stats.binom.pmf(drawn, n, t / n)
        for u in range(t, n + 1):
            share = (u - t) / (n - t) if n > t else 0.0
            at_most[t, u] = np.sum(first * stats.binom.sf(k - drawn, n - drawn, share))
        # The next one is never above the k-th.
        at_most[t, :t] = [at_most[u, u] for u in range(t)]
    return np.diff(np.diff(at_most, axis=0), axis=1)


def flagged_law(normal, anomalous, rule, fpr):
    normal = np.sort(normal)[::-1]
    n, n1 = len(normal), len(anomalous)
    law = np.zeros(n1 + 1)

    def add(threshold, probability):
        c = int(np.sum(anomalous > threshold))
        law[:] += probability * stats.binom.pmf(np.arange(n1 + 1), n1, c / n1)

    m = int(np.floor(fpr * n + 1e-9))
    if rule == "linear":
        position = fpr * (n - 1)
        k = int(np.floor(position + 1e-9)) + 1
        weight = position - (k - 1)
        if weight > 1e-9:
            for t, row in enumerate(joint_rank_law(k, n)):
                for u, probability in enumerate(row):
                    add(normal[t] + weight * (normal[u] - normal[t]), probability)
            return law
    else:
        whole = abs(fpr * n - m) < 1e-9
        k = m if rule == "supremum" and whole else m + 1
    for t, probability in enumerate(rank_law(k, n)):
        add(normal[t], probability)
    return law


def summary(values, law):
    order = np.argsort(values)
    values, law = values[order], law[order]
    mean = np.sum(law * values)
    below = np.cumsum(law)
    return {
        "mean": mean,
        "standardError": np.sqrt(np.sum(law * (values - mean) ** 2)),
        "interval": [values[np.searchsorted(below, level - 1e-12)] for level in LEVELS],
    }


random = np.random.default_rng(8)


def detector(n, n1, shift, digits):
    return {
        "normal": np.round(random.normal(size=n), digits),
        "anomalous": np.round(random.normal(shift, size=n1), digits),
    }


def row(rule, fpr, baseline, candidate):
    answer = {"threshold": rule, "fpr": fpr}
    laws = []
    for name, scores in (("baseline", baseline), ("candidate", candidate)):
        law = flagged_law(scores["normal"], scores["anomalous"], rule, fpr)
        laws.append(law)
        tpr = np.arange(len(law)) / (len(law) - 1)
        answer[name] = {**{key: value.tolist() for key, value in scores.items()}, "law": law.tolist(), **summary(tpr, law)}
    j, k = np.meshgrid(np.arange(len(laws[0])), np.arange(len(laws[1])))
    numerator = k * (len(laws[0]) - 1) - j * (len(laws[1]) - 1)
    xi = numerator / (len(laws[0]) - 1) / (len(laws[1]) - 1)
    joint = np.outer(laws[1], laws[0])
    sides = [float(joint[numerator <= 0].sum()), float(joint[numerator >= 0].sum())]
    return {**answer, **summary(xi.ravel(), joint.ravel()), "pValue": min(1.0, 2 * min(sides))}


rows = [
    row(rule, fpr, detector(n, n1, 1.0, digits), detector(n + 7, n1 + 3, 1.6, digits))
    for rule, fpr, n, n1, digits in [
        ("inverse-cdf", 0.05, 40, 12, 6),
        ("inverse-cdf", 0.1, 90, 30, 1),
        ("inverse-cdf", 0.01, 25, 1, 6),
        ("supremum", 0.1, 60, 25, 6),
        ("supremum", 0.05, 200, 50, 1),
        ("linear", 0.05, 40, 12, 6),
        ("linear", 0.3, 30, 9, 1),
        ("linear", 0.01, 20, 4, 6),
    ]
]
print("[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]")
