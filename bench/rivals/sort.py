"""numpy's sorts of normal variates: sort.py KIND float32|float64 N REPETITIONS prints {"ms": median}.

KIND is sort (in place), quicksort or stable (argsort); `sort.py versions` prints versions.
"""
import json
import sys
import time

try:
    import numpy as np
except ImportError:
    print(json.dumps({"missing": "numpy is not installed"}))
    sys.exit()

if sys.argv[1] == "versions":
    print(json.dumps({"python": sys.version.split()[0], "numpy": np.__version__}))
    sys.exit()

kind, dtype, n, repetitions = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
values = np.random.default_rng(1).standard_normal(n).astype(dtype)
times = []
for r in range(repetitions + 1):
    copy = values.copy()
    start = time.perf_counter()
    copy.sort() if kind == "sort" else copy.argsort(kind=kind)
    if r > 0:
        times.append(1e3 * (time.perf_counter() - start))
print(json.dumps({"ms": float(np.median(times))}))
