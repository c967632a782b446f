# Two detectors, trained three and five times, on the same normal samples and anomalies in 80 groups: what samples and trainings
# leave open about the difference of their mean recalls, each training at a threshold of its own. Components as Obuchowski and
# Rockette have them (Communications in Statistics 24, 1995), trainings in the place of readers and nested in detectors: the
# covariances of recalls from a bootstrap of samples, or of whole groups, with thresholds read anew; the spread over trainings.
# Writes { normal, anomalous, nBaseline, nGroups, and for samples and groups: xi, recalls, sampleError, trainingError, degrees }
# with sample i of either kind in group i modulo nGroups:
#
#   python3 seeds_numpy.py > seeds.json
import json
import numpy as np

rng = np.random.default_rng(21)
n0, n1, n_groups, sides, fpr, B = 2400, 960, 160, (3, 5), .05, 10_000
R = sum(sides)
group0, group1 = np.arange(n0) % n_groups, np.arange(n1) % n_groups
is_candidate = np.arange(R) >= sides[0]

def scores(n, group, effects):
    common = rng.normal(size=n)
    return .6 * common + .6 * rng.normal(size=(R, n)) + effects[is_candidate.astype(int)][:, group]

normal = np.round(scores(n0, group0, .3 * rng.normal(size=(2, n_groups))), 3)
anomalous = scores(n1, group1, .6 * rng.normal(size=(2, n_groups)))
anomalous = np.round(anomalous + np.where(is_candidate, 1.6, 1.0)[:, None] + .1 * rng.normal(size=(R, 1)), 3)

def recalls(w0, w1):
    """[replicate, training] for weights of samples, [replicate, sample]."""
    out = np.empty((len(w0), R))
    for r in range(R):
        order = np.argsort(-normal[r])
        share = np.cumsum(w0[:, order], 1) / w0.sum(1, keepdims=True)
        # The first score by which more than the target lies at it or above: the threshold, which does not flag it.
        tau = normal[r][order][np.argmax(share > fpr + 1e-12, 1)]
        out[:, r] = ((anomalous[r][None] > tau[:, None]) * w1).sum(1) / w1.sum(1)
    return out

def answer(draw):
    parts = [recalls(*draw(500)) for _ in range(B // 500)]
    C = np.cov(np.concatenate(parts).T)
    x = recalls(np.ones((1, n0)), np.ones((1, n1)))[0]
    a, b = C[:sides[0], :sides[0]], C[sides[0]:, sides[0]:]
    off = lambda block: (block.sum() - np.trace(block)) / (len(block) * (len(block) - 1))
    samples = off(a) + off(b) - 2 * C[:sides[0], sides[0]:].mean()
    spread = [v.var(ddof=1) / len(v) for v in (x[:sides[0]], x[sides[0]:])]
    degrees = sum(spread) ** 2 / sum(v ** 2 / (n - 1) for v, n in zip(spread, sides))
    return {'xi': x[sides[0]:].mean() - x[:sides[0]].mean(), 'recalls': list(x), 'sampleError': np.sqrt(samples),
            'trainingError': np.sqrt(sum(spread)), 'degrees': degrees}

def by_samples(m):
    return rng.multinomial(n0, np.full(n0, 1 / n0), m), rng.multinomial(n1, np.full(n1, 1 / n1), m)

def by_groups(m):
    weights = rng.multinomial(n_groups, np.full(n_groups, 1 / n_groups), m)
    return weights[:, group0], weights[:, group1]

print(json.dumps({'normal': [list(x) for x in normal], 'anomalous': [list(x) for x in anomalous], 'nBaseline': sides[0],
                  'nGroups': n_groups, 'samples': answer(by_samples), 'groups': answer(by_groups)}, default=float))
