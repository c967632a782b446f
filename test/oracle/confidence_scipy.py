# The confidence distribution of xi by its definition (native/kernels/bootstrap/confidence.h), all cells enumerated and all
# integrals by quadrature. Writes confidence_law.json, rows of
# [design, normal, anomalous, classes, fpr, [[x, P(xi <= x) of each set]], bounds of the classes, P(any outside), mean and
# standard deviation of each set], scores as [detector][sample], infinite ones as strings,
#
#   python3 confidence_scipy.py
#
# and dirichlet_tails.json, a row a line of ["tail", up, down, rest, z, P(D_up - D_down > z) of Dirichlet(up, down, rest)].
import json
from functools import lru_cache
from math import inf
from pathlib import Path
import numpy as np
from scipy.special import betainc, betaln
from scipy.stats import binom, multinomial

def integral(f, points):
    """Gauss-Legendre of 40 nodes between neighbours."""
    x, w = np.polynomial.legendre.leggauss(40)
    points = np.unique(np.clip(points, points[0], points[-1]))
    return sum((b - a) / 2 * np.dot(w, f((a + b) / 2 + (b - a) / 2 * x)) for a, b in zip(points[:-1], points[1:]))

def beta_at_least(x, a, b):
    return np.ones_like(x) if b == 0 else np.zeros_like(x) if a == 0 else betainc(b, a, np.clip(1 - x, 0, 1))

def density(x, a, b):
    return np.exp((a - 1) * np.log(x) + (b - 1) * np.log1p(-x) - betaln(a, b))

def grid(low, a, b):
    mean = a / (a + b)
    sd = (mean * (1 - mean) / (a + b + 1)) ** .5
    return np.concatenate([[low], np.sort(np.clip(mean + sd * np.linspace(-14, 14, 57), low, 1)), [1]])

@lru_cache(None)
def tail(u, d, r, z):
    """P(D_u - D_d > z), z >= 0: D_u + D_d = S ~ Beta(u + d, r) and D_u / S ~ Beta(u, d)."""
    if u == 0:
        return 0.0
    if r == 0:
        return float(beta_at_least(np.array((1 + z) / 2), u, d))
    f = lambda s: density(s, u + d, r) * beta_at_least((1 + z / s) / 2, u, d)
    return float(integral(f, grid(z, u + d, r)))

@lru_cache(None)
def tail_own(a, b, c, e, z):
    """P(Beta(c, e) - Beta(a, b) > z), z >= 0."""
    if a == 0:
        return float(beta_at_least(np.array(z), c, e))
    if b == 0:
        return 0.0
    f = lambda t: density(t, a, b) * beta_at_least(t + z, c, e) * (t < 1 - z)
    return float(integral(f, np.unique(np.append(grid(0, a, b), 1 - z))))

def philox(stream, replicate, seed=0):
    """Words of Philox4x32-10 (Salmon et al., SC 2011) with the counter (block, 0, replicate, stream)."""
    block = 0
    while True:
        c, k = [block & 0xFFFFFFFF, block >> 32, replicate, stream], [seed & 0xFFFFFFFF, seed >> 32]
        for _ in range(10):
            p, o = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
            c = [o >> 32 ^ c[1] ^ k[0], o & 0xFFFFFFFF, p >> 32 ^ c[3] ^ k[1], p & 0xFFFFFFFF]
            k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
        yield from c
        block += 1

def shuffled(size, position):
    """The permutation of a tie at a position: inside-out Fisher-Yates, places below i by Lemire's multiplication."""
    words, out = philox(15 << 28, position), []
    for i in range(size):
        product = next(words) * (i + 1)
        while (product & 0xFFFFFFFF) < (2 ** 32 - i - 1) % (i + 1):
            product = next(words) * (i + 1)
        j = product >> 32
        out.append(out[j] if j < i else i)
        out[j] = i
    return out

def places(own, others, descending):
    """Places from the largest score down; ties by the rule of native/kernels/bootstrap/tie_order.h."""
    own = [float(x) + 0.0 for x in own]
    place = np.empty(len(own), int)
    for score in set(own):
        first = int(sum(x > score for x in own))
        tied = sorted((i for i in range(len(own)) if own[i] == score), key=lambda i: (-others[i], -i if descending else i))
        for at, i in enumerate(shuffled(len(tied), first) if len(tied) > 1 else [0]):
            place[tied[i]] = first + at
    return place

def paired_places(own):
    return [places(own[0], own[1], False), places(own[1], own[0], True)]

def cells(design, N, A, q):
    """Each weight with, of each set, the numbers that the law of xi takes."""
    n = [len(x) for x in N]
    B = lambda v: v * v * (3 - 2 * v)
    if design == 'paired':
        r = paired_places(N)
        b = np.mean(np.clip(q * n[0] - r[0], 0, 1) * np.clip(q * n[0] - r[1], 0, 1))
        # One sample of independence beside n q (1 - q) of the copula.
        weight = n[0] * q * (1 - q)
        b = q * q + weight / (weight + 1) * (b - q * q)
        law = {}
        for i in range(n[0] + 1):
            for j in range(n[0] + 1 - i):
                for k in range(n[0] + 1 - i - j):
                    p = multinomial.pmf([i, j, k, n[0] - i - j - k], n[0], [b, q - b, q - b, 1 - 2 * q + b])
                    law[i + j, i + k] = law.get((i + j, i + k), 0) + p
    else:
        law = {(i, j): binom.pmf(i, n[0], q) * binom.pmf(j, n[1], q) for i in range(n[0] + 1) for j in range(n[1] + 1)}
    def pieces(d, above):
        order = np.sort(-np.array(N[d]))
        over = lambda t, own: sum(x > t for x in own)
        gaps = []
        for own in A[d]:
            least = 0 if above == 0 else over(-order[above - 1], own)
            most = len(own) if above == n[d] else over(-order[above], own)
            gaps.append((least, most))
        cuts = sorted({j / (most - least + 1) for least, most in gaps for j in range(1, most - least + 1)} | {0, 1})
        for low, high in zip(cuts[:-1], cuts[1:]):
            yield B(high) - B(low), [least + int((low + high) / 2 * (most - least + 1)) for least, most in gaps]
    def common(k, x, y):
        r = paired_places([A[0][k], A[1][k]])
        return int(sum((r[0] < x) & (r[1] < y)))
    common = lru_cache(None)(common)
    for (i, j), p in law.items():
        for v, x in pieces(0, i):
            for w, y in pieces(1, j):
                shapes = []
                for k in range(len(x)):
                    if design == 'paired':
                        both = common(k, x[k], y[k])
                        shapes.append((y[k] - both, x[k] - both, len(A[0][k]) - x[k] - y[k] + 2 * both))
                    else:
                        shapes.append((x[k], len(A[0][k]) - x[k], y[k], len(A[1][k]) - y[k]))
                yield p * v * w, shapes

def given(design, shape, x):
    """P(xi > x), P(xi < x) given a cell; x inside (-1, 1), but 0 only where it is no atom."""
    total = np.zeros(2)
    for gained in (0, 1):
        lost = 1 - gained
        if design == 'paired':
            u, d, r = shape[0] + gained, shape[1] + lost, shape[2]
            above = tail(u, d, r, x) if x >= 0 else 1 - tail(d, u, r, -x)
        else:
            a, b, c, e = shape[0] + lost, shape[1] + gained, shape[2] + gained, shape[3] + lost
            above = tail_own(a, b, c, e, x) if x >= 0 else 1 - tail_own(c, e, a, b, -x)
        total += .5 * np.array([above, 1 - above])
    return total

def moments(design, shape):
    first, second = [], []
    for gained in (0, 1):
        lost = 1 - gained
        if design == 'paired':
            u, d, r = shape[0] + gained, shape[1] + lost, shape[2]
            t = u + d + r
            first.append((u - d) / t)
            second.append(((u - d) ** 2 + u + d) / (t * (t + 1)))
        else:
            a, b, c, e = shape[0] + lost, shape[1] + gained, shape[2] + gained, shape[3] + lost
            m, v = lambda a, b: a / (a + b), lambda a, b: a * b / ((a + b) ** 2 * (a + b + 1))
            first.append(m(c, e) - m(a, b))
            second.append(first[-1] ** 2 + v(a, b) + v(c, e))
    return np.mean(first), np.mean(second)

rng = np.random.default_rng(4)
def pair(n, mean, rho, digits=2):
    z = rng.normal(size=(2, n)); z[1] = rho * z[0] + np.sqrt(1 - rho**2) * z[1]
    return [list(np.round(z[d] + mean[d], digits)) for d in (0, 1)]

cases = [
    ('paired', pair(9, (0, 0), .5), pair(8, (1, 2), .5), [0, 1, 0, 1, 1, 2, 2, 2], .2),
    ('paired', pair(6, (0, 0), 0), pair(5, (1, 1), 0), None, .05),
    ('paired', pair(10, (0, 0), .9, 0), pair(9, (1, 1), .9, 0), [0] * 4 + [1] * 5, .3),
    ('paired', pair(8, (0, 0), -.8), pair(6, (.5, 0), -.8), None, .5),
    ('paired', pair(7, (0, 0), -.9), pair(4, (0, .5), -.9), [0, 0, 1, 1], .8),
    ('paired', [[-inf, 0, 0, 0, inf]] * 2, [[inf, 0, -inf, 1], [0, inf, 1, -inf]], None, .3),
    ('paired', [[1], [1]], [[2, 0], [0, 2]], None, .5),
    ('paired', [[3, 2, 1]] * 2, [[9, 8, 7], [-9, -8, -7]], None, .3),
    ('independent', [pair(6, (0, 0), 0)[0], pair(8, (0, 0), 0)[1]], [pair(5, (1, 1), 0)[0], pair(7, (1, 2), 0)[1]], [[0, 0, 1, 1, 1], [1, 0, 1, 0, 1, 0, 0]], .2),
    ('independent', [[1, 2], [1]], [[0], [3, 4]], None, .1),
]
laws = []
for design, N, A, classes, q in cases:
    own = [classes, classes] if classes is not None and not isinstance(classes[0], list) else classes
    split = [[A[d]] + ([] if own is None else [[x for x, c in zip(A[d], own[d]) if c == k] for k in sorted(set(own[d]))]) for d in (0, 1)]
    all_cells = list(cells(design, N, split, q))
    sets = range(len(split[0]))
    xs = [-.95, -.6, -.25, -.02, .03, .3, .55, .9]
    values = [[x, [float(sum(w * given(design, s[k], x)[1] for w, s in all_cells)) for k in sets]] for x in xs]
    bounds = [[-.5 - .1 * k, .4 + .15 * k] for k in sets][1:]
    outside = None
    if bounds:
        outside = 0
        for w, s in all_cells:
            inside = 1
            for k, (low, high) in enumerate(bounds, 1):
                inside *= 1 - given(design, s[k], high)[0] - given(design, s[k], low)[1]
            outside += w * (1 - inside)
    firsts = [sum(w * np.array(moments(design, s[k])) for w, s in all_cells) for k in sets]
    spread = [[float(m), float(np.sqrt(s - m * m))] for m, s in firsts]
    text = lambda x: str(x) if abs(x) == inf else x
    laws.append([design, [[text(x) for x in d] for d in N], [[text(x) for x in d] for d in A], classes, q, values, bounds, outside, spread])

tails = []
for u, d, r in [(4, 0, 0), (3, 1, 0), (1, 1, 5), (1, 0, 10), (30, 0, 170), (5, 2, 194), (61, 3, 137), (90, 40, 71), (130, 20, 51),
                (199, 1, 0), (198, 3, 0), (300, 100, 601), (64, 64, 9873), (70, 0, 131), (128, 2, 4000), (1500, 900, 1601), (2000, 1, 40)]:
    n = u + d + r
    c = (u - d) / n
    sd = max((u + d) / n - c * c, 1e-6) ** .5 / n ** .5
    for k in (-3, -1, 0, 1.5, 3):
        z = float(min(max(c + k * sd, 0), .9999))
        tails.append([u, d, r, z, tail(u, d, r, z)])
def write(name, rows):
    with open(Path(__file__).parent / name, 'w') as file:
        file.write('[\n' + ',\n'.join(json.dumps(row, default=float) for row in rows) + '\n]\n')

write('confidence_law.json', laws)
write('dirichlet_tails.json', [['tail', *row] for row in tails])
