"""Writes test/oracle/numpy_files.json: files as numpy writes them, in base64, for test/data/tabular.test.ts.

python3 test/oracle/numpy_files.py > test/oracle/numpy_files.json   (numpy 1.24)
"""
import base64
import io
import json
import sys

import numpy as np


def packed(save, *arrays, **named):
    file = io.BytesIO()
    save(file, *arrays, **named)
    return base64.b64encode(file.getvalue()).decode()


x = np.arange(6).reshape(3, 2)
files = {
    "c.npy": packed(np.save, (x * 1.5).astype("<f4")),
    # Element [n, i, j] is 12 n + 4 i + j; big-endian, columns side by side.
    "fortran.npy": packed(np.save, np.asfortranarray(np.arange(24, dtype=">i2").reshape(2, 3, 4))),
    "vector.npy": packed(np.save, np.array([True, False])),
    "half.npy": packed(np.save, np.arange(2, dtype="<f2")),
    "record.npy": packed(np.save, np.array([(1, 2.0)], dtype=[("a", "<i4"), ("b", "<f8")])),
    "nan.npy": packed(np.save, np.array([[1, 2], [3, np.nan]])),
    "packed.npz": packed(
        np.savez_compressed,
        x=x.astype("<f8"),
        label=np.array(["ok", "äé", "ok"]),
        id=np.array([1, 2, 2**60 + 1], dtype="<i8"),
        note=np.float64(3),
    ),
    "uneven.npz": packed(np.savez, x=np.arange(3), y=np.arange(4)),
}
json.dump(files, sys.stdout, indent=2)
print()
