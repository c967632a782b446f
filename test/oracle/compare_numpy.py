"""Files of scores, and what numpy and scipy say of them, written from the definitions and not from the package.

Thresholds by exact rational arithmetic on sorted scores, rates by counting. Percentile intervals by scipy.stats.bootstrap
with paired resampling of normals and of anomalies and thresholds read anew in each resample: the mean and standard
deviation of each bound over `REPEATS` runs of `RESAMPLES` resamples. Writes one JSON object to standard output:

    python3 compare_numpy.py > compare_numpy.json
"""
import json
import sys
from fractions import Fraction

import numpy as np
from scipy.stats import bootstrap

RESAMPLES, REPEATS = 4000, 12


def threshold(scores, fpr):
    n = scores.shape[-1]
    m = int(Fraction(fpr) * n)
    return np.sort(scores, axis=-1)[..., n - m - 1]


def recall(normal, anomalous, fpr):
    return (anomalous > threshold(normal, fpr)[..., None]).mean(axis=-1)


def answer(table, detectors, fpr):
    validation = table["validation"]
    out = {"detectors": [], "candidates": []}
    for d in detectors:
        tau = threshold(validation[d], fpr)
        one = {"name": d, "threshold": float(tau), "fpr": float((validation[d] > tau).mean())}
        one["tiesNormal"] = int((validation[d] == tau).sum())
        one["tiesAnomalous"] = int((table["anomalous"][d] == tau).sum())
        if "test" in table:
            one["testFpr"] = float((table["test"][d] > tau).mean())
        out["detectors"].append(one)
    kinds = list(dict.fromkeys(table["classes"]))
    base = detectors[0]
    for d in detectors[1:]:
        rows = []
        for kind in [None, *kinds]:
            of = np.ones(len(table["classes"]), bool) if kind is None else np.array(table["classes"]) == kind
            tpr = [float(recall(validation[x], table["anomalous"][x][of], fpr)) for x in (base, d)]
            rows.append({"class": kind, "n": int(of.sum()), "tpr": tpr, "xi": tpr[1] - tpr[0]})
        out["candidates"].append({"name": d, "rows": rows})
    return out


def percentile(table, base, candidate, fpr, level, seed):
    v = np.stack([table["validation"][base], table["validation"][candidate]])
    a = np.stack([table["anomalous"][base], table["anomalous"][candidate]])

    def xi(i, j, axis):
        assert axis == -1
        first, second = (recall(v[d][i], a[d][j], fpr) for d in (0, 1))
        return second - first

    result = bootstrap(
        (np.arange(v.shape[1]), np.arange(a.shape[1])),
        xi,
        n_resamples=RESAMPLES,
        batch=500,
        vectorized=True,
        paired=False,
        confidence_level=level,
        method="percentile",
        rng=np.random.default_rng(seed),
    )
    return list(result.confidence_interval)


def draw(rng, n_normal, sizes, detectors, digits, test=0):
    n = n_normal + test + sum(sizes.values())
    shared = rng.standard_normal(n)
    shift = np.concatenate([np.zeros(n_normal + test)] + [np.full(k, s) for s, k in sizes.items()])
    kinds = [""] * (n_normal + test) + [f"kind {i}" for i, k in enumerate(sizes.values()) for _ in range(k)]
    order = rng.permutation(n)
    scores = {}
    for d, gain in detectors.items():
        raw = 0.7 * shared + 0.7 * rng.standard_normal(n) + gain * shift
        scores[d] = np.round(raw[order], digits)
    return {
        "scores": scores,
        "label": (order >= n_normal + test).astype(int),
        "class": [kinds[i] for i in order],
        "split": np.where(order < n_normal, "validation", "test"),
    }


def case(name, rng, fpr, n_normal, sizes, detectors, digits, test=0, intervals=False):
    drawn = draw(rng, n_normal, sizes, detectors, digits, test)
    normal, anomalous = drawn["label"] == 0, drawn["label"] == 1
    fresh = normal & (drawn["split"] == "test")
    table = {
        "validation": {d: s[normal & ~fresh] for d, s in drawn["scores"].items()},
        "anomalous": {d: s[anomalous] for d, s in drawn["scores"].items()},
        "classes": [c for c, a in zip(drawn["class"], anomalous) if a],
    }
    if test:
        table["test"] = {d: s[fresh] for d, s in drawn["scores"].items()}
    names = list(detectors)
    header = ["label", "class", *(["split"] if test else []), *names]
    lines = [",".join(header)]
    for i in range(len(normal)):
        split = [drawn["split"][i]] if test else []
        values = [repr(float(drawn["scores"][d][i])) for d in names]
        lines.append(",".join([str(drawn["label"][i]), drawn["class"][i], *split, *values]))
    out = {"name": name, "fpr": float(Fraction(fpr)), "csv": "\n".join(lines) + "\n", **answer(table, names, fpr)}
    if intervals:
        bounds = np.array([percentile(table, names[0], names[1], fpr, 0.9, seed) for seed in range(REPEATS)])
        out["percentile"] = {
            "level": 0.9,
            "resamples": RESAMPLES,
            "mean": bounds.mean(axis=0).tolist(),
            "sd": bounds.std(axis=0, ddof=1).tolist(),
        }
    return out


rng = np.random.default_rng(11)
cases = [
    case("continuous", rng, "1/20", 300, {1.5: 120, 0.5: 90}, {"baseline": 1, "candidate": 1.4}, 9, intervals=True),
    case("ties and a split", rng, "7/100", 200, {1.0: 60, 2.0: 40}, {"baseline": 1, "candidate": 0.6}, 1, test=150),
    case("several", rng, "3/10", 90, {1.0: 50, 0.3: 30}, {"old": 1, "new": 1.5, "other": 0.2}, 2),
    case("too few", rng, "1/100", 40, {2.0: 30}, {"baseline": 1, "candidate": -1}, 4),
]
json.dump(cases, sys.stdout, indent=1)
