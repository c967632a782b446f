# Draws of the confidence distribution of xi by its definition (native/kernels/bootstrap/confidence.h), for both designs,
# and exact sign tests where thresholds are known. Writes { "draws": rows, "signs": rows } of
# [design, normal, anomalous, fpr, quantiles of xi at 2.5, 25, 50, 75 and 97.5 per cent with standard errors, P(xi <= 0)]
# with scores as [detector][sample], and [up, down, mid-p, exact p]:
#
#   python3 confidence_numpy.py > confidence.json
import json
import numpy as np
from scipy.stats import binom, binomtest

rng = np.random.default_rng(8)
M = 400_000

def both(N, q):
    """The checkerboard copula at (q, q), each sample spread evenly over its cell of ranks, and one sample of independence."""
    n = N.shape[1]
    r = [np.argsort(np.argsort(-x, kind='stable')) for x in N]
    board, seen = np.mean(np.clip(q * n - r[0], 0, 1) * np.clip(q * n - r[1], 0, 1)), n * q * (1 - q)
    return (seen * board + q * q) / (seen + 1)

def flagged(normal, anomalous, above):
    """For each draw of normals above the threshold, the anomalies above it as a number of the largest."""
    d, a = -np.sort(-normal), np.sort(anomalous)
    n, n1 = len(d), len(a)
    over = lambda t: n1 - np.searchsorted(a, t, side='right')
    least = np.where(above == 0, 0, over(d[np.maximum(above - 1, 0)]))
    most = np.where(above == n, n1, over(d[np.minimum(above, n - 1)]))
    return least + np.floor(rng.beta(2, 2, M) * (most - least + 1)).astype(int)

def draws(design, N, A, q):
    n = [len(x) for x in N]
    if design == 'paired':
        b = both(np.array(N), q)
        c = rng.multinomial(n[0], [b, q - b, q - b, 1 - 2 * q + b], M)
        above = [c[:, 0] + c[:, 1], c[:, 0] + c[:, 2]]
    else:
        above = [rng.binomial(k, q, M) for k in n]
    j = [flagged(N[d], A[d], above[d]) for d in (0, 1)]
    up = rng.random(M) < .5
    if design == 'paired':
        r = [np.argsort(np.argsort(-np.array(x), kind='stable')) for x in A]
        table = np.zeros((len(A[0]) + 1,) * 2)
        np.add.at(table, (r[0] + 1, r[1] + 1), 1)
        common = table.cumsum(0).cumsum(1)[j[0], j[1]]
        cells = np.stack([j[0] - common + ~up, j[1] - common + up, len(A[0]) - j[0] - j[1] + 2 * common])
        g = rng.standard_gamma(cells)
        return (g[1] - g[0]) / g.sum(0)
    rates = [rng.standard_gamma(np.stack([j[d] + (up == (d == 1)), len(A[d]) - j[d] + (up != (d == 1))])) for d in (0, 1)]
    return rates[1][0] / rates[1].sum(0) - rates[0][0] / rates[0].sum(0)

def pair(n, mean, rho):
    z = rng.normal(size=(2, n)); z[1] = rho * z[0] + np.sqrt(1 - rho**2) * z[1]
    return [list(np.round(z[d] + mean[d], 2)) for d in (0, 1)]

cases = [('paired', pair(40, (0, 0), .5), pair(30, (1, 2), .5), .05), ('paired', pair(7, (0, 0), 0), pair(5, (1, 2), 0), .2),
         ('paired', pair(300, (0, 0), .9), pair(80, (1.5, 1.7), .9), .1), ('paired', pair(12, (0, 0), .5), pair(9, (2, 1), .5), .05),
         ('independent', [pair(40, (0, 0), 0)[0], pair(60, (0, 0), 0)[1]], [pair(12, (1, 2), 0)[0], pair(25, (1, 2), 0)[1]], .1),
         # One alarm is tolerated, and one sample has the largest score of both detectors.
         ('paired', pair(20, (0, 0), .95), [list(np.round(np.array(a) * .3 + .3 * d + 1, 2)) for d, a in enumerate(pair(30, (1, 2), .9))], .05)]
rows = []
for design, N, A, q in cases:
    x = np.sort(draws(design, [np.array(a) for a in N], [np.array(a) for a in A], q))
    quantiles = [x[int(p * M)] for p in (.025, .25, .5, .75, .975)]
    rows.append([design, N, A, q, quantiles, float(np.mean(x <= 0))])
signs = []
for up, down in ((3, 0), (4, 0), (5, 0), (6, 1), (9, 3), (20, 8), (1, 1)):
    n, most = up + down, max(up, down)
    mid = min(1, 2 * (binom.sf(most, n, .5) + binom.pmf(most, n, .5) / 2))
    signs.append([up, down, float(mid), float(binomtest(up, n).pvalue)])
dump = lambda rows: '[\n' + ',\n'.join(json.dumps(row, default=float) for row in rows) + '\n]'
print('{ "draws": ' + dump(rows) + ', "signs": ' + dump(signs) + ' }')
