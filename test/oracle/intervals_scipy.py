# Bootstrap intervals and p-values by their definitions (src/stats/bootstrap/bootstrapInterval.ts), found by trying every
# rank: the interval at level 1 - alpha is what a two-sided test at alpha does not reject. Writes one JSON row for each
# case, [replicates, estimate, acceleration, level, { method: [low, high, p] }], null for an infinite bound:
#
#   python3 intervals_scipy.py > intervals.json
import json
import numpy as np
from scipy.stats import norm

def tests(t, t0, a, method):
    """One-sided p-values of an x with c replicates at or below it, and of one with c at or above it."""
    B = len(t)
    if method != 'bca':
        return (lambda c: (c + 1) / (B + 1),) * 2
    z0 = norm.ppf((np.sum(t < t0) + np.sum(t == t0) / 2 + .5) / (B + 1))
    level = lambda q: norm.cdf((norm.ppf(q) - z0) / (1 + a * (norm.ppf(q) - z0)) - z0)
    floor = lambda p: max(p, 1 / (B + 1))
    return (lambda c: floor(level((c + 1) / (B + 1)) if c < B else 1),
            lambda c: floor(1 - level(1 - (c + 1) / (B + 1)) if c < B else 1))

def read(t, t0, a, level, method):
    alpha = round(1 - level, 12)
    if method == 'normal' and t.std() > 1e-12:
        centre, sd = 2 * t0 - t.mean(), t.std(ddof=1)
        reach = norm.ppf(1 - alpha / 2) * sd
        return [centre - reach, centre + reach, 2 * norm.cdf(-abs(centre) / sd)]
    if method == 'basic':
        t = 2 * t0 - t
    lower, upper = tests(t, t0, a, method)
    up = np.sort(t)
    low = [x for x in up if 2 * lower(np.sum(t < x)) <= alpha]
    high = [x for x in up if 2 * upper(np.sum(t > x)) <= alpha]
    p = min(1, 2 * lower(np.sum(t <= 0)), 2 * upper(np.sum(t >= 0)))
    return [max(low) if low else None, min(high) if high else None, p]

rng = np.random.default_rng(1)
cases = [(rng.normal(.3, .1, 199), .31, .02, .95), (rng.normal(-.2, .3, 499), -.1, -.05, .9),
         (np.round(rng.normal(.1, .2, 299) * 8) / 8, .125, .01, .95), (rng.exponential(size=399), .9, .1, .99),
         (rng.normal(.3, .1, 99), .45, .05, .95), (np.full(50, .25), .25, 0, .95), (rng.normal(.3, .1, 19), .3, 0, .95)]
rows = [[list(t), t0, a, level, {m: read(t, t0, a, level, m) for m in ('percentile', 'basic', 'normal', 'bca')}]
        for t, t0, a, level in cases]
print('[\n' + ',\n'.join(json.dumps(row, default=float) for row in rows) + '\n]')
