# Simultaneous percentile intervals and adjusted p-values by their definition (src/stats/bias/simultaneous.ts), found by
# trying every possible level. Writes one JSON row for each case, [replicates of each contrast, level, [low, high] of
# each, adjusted p-values], null for an infinite bound:
#
#   python3 joint_numpy.py > joint.json
import json
import numpy as np

rng = np.random.default_rng(3)
rows = []
for K, B, step, level in ((3, 499, 0, .95), (5, 999, .05, .9), (2, 199, 0, .95), (4, 99, .25, .8)):
    X = rng.normal(.1 * rng.normal(size=K), .1, (B, K)) + rng.normal(0, .1, (B, 1))
    X = np.clip(np.round(X / step) * step if step else X, -1, 1)
    depth = 2 * np.minimum((X[None] <= X[:, None] + 1e-12).sum(1), (X[None] >= X[:, None] - 1e-12).sum(1)) / (B + 1)
    u = depth.min(1)
    p = np.minimum(1, 2 * (np.minimum((X <= 1e-12).sum(0), (X >= -1e-12).sum(0)) + 1) / (B + 1))
    adjust = lambda q: max(q, ((u <= q).sum() + 1) / (B + 1))
    levels = [q for q in 2 * np.arange(1, B // 2) / (B + 1) if adjust(q) <= 1 - level + 1e-12]
    rank = round(max(levels) * (B + 1) / 2) if levels else 0
    S = np.sort(X, 0)
    bounds = [[S[rank - 1, k], S[B - rank, k]] if rank else [None, None] for k in range(K)]
    rows.append([X.T.tolist(), level, bounds, [adjust(q) for q in p]])
print('[\n' + ',\n'.join(json.dumps(row, default=float) for row in rows) + '\n]')
