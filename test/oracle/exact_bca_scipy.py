# BCa intervals of a mean of differences of flags, as scipy.stats.bootstrap has them: what the engine `exact` must say where
# no resample of the normals moves a threshold. One JSON row for each case: [flagged by the candidate alone, by the
# baseline alone, all, acceleration, [low, high]]:
#
#   python3 exact_bca_scipy.py > exact_bca_scipy.json
import json
import numpy as np
from scipy.stats import bootstrap
from scipy.stats._resampling import _bca_interval

rows = []
for gained, lost, n in [(40, 12, 120), (70, 5, 90), (20, 30, 1000), (300, 40, 400)]:
    d = np.repeat([1., -1., 0.], [gained, lost, n - gained - lost])
    found = bootstrap((d,), np.mean, n_resamples=400_000, batch=10_000, random_state=1, method='BCa')
    a = _bca_interval((d[None, :],), np.mean, -1, .025, found.bootstrap_distribution[None, :], None)[2]
    low, high = found.confidence_interval
    rows.append([gained, lost, n, float(np.ravel(a)[0]), [float(low), float(high)]])
print('[\n' + ',\n'.join(json.dumps(row) for row in rows) + '\n]')
