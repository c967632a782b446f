"""Layers and their gradients by PyTorch, in float64, on the numbers of test/nn/layerCheck.ts: writes layers_torch.json.

    python3 test/oracle/layers_torch.py > test/oracle/layers_torch.json
"""
import json
import numpy as np
import torch
import torch.nn.functional as F

R, B = 2, 3


def numbers(shape, seed):
    i = np.arange(int(np.prod(shape)))
    return torch.tensor((np.sin(seed + 1.7 * i) + 0.3 * np.cos(0.2 * i * i + seed)).reshape(shape), requires_grad=True)


def case(sample, parameters, layer):
    """A layer on each of R replicas, with the derivatives of its output times numbers of seed 9."""
    given = [numbers((R, B, *sample), 0)] + [numbers((R, *shape), k + 1) for k, shape in enumerate(parameters)]
    y = torch.stack([layer(*(one[r] for one in given)) for r in range(R)])
    (y * numbers(tuple(y.shape), 9).detach()).sum().backward()
    return {"y": y.flatten().tolist(), "gradients": [one.grad.flatten().tolist() for one in given]}


def conv1d(stride, padding, size):
    def layer(x, w, b):
        f, o = x.shape[2], w.shape[1]
        # Ours lie as [size·in, out], PyTorch's as [out, in, size].
        filters = w.reshape(size, f, o).permute(2, 1, 0)
        return F.conv1d(x.transpose(1, 2), filters, b, stride=stride, padding=padding).transpose(1, 2)
    return layer


def norm(x, w, b):
    # The third sample of the first replica is padding in the test: see there.
    return F.batch_norm(x, None, None, w, b, training=True, eps=1e-4)


cases = {
    "conv2d": case([2, 7, 6], [(3, 2, 3, 3), (3,)], lambda x, w, b: F.conv2d(x, w, b, stride=2, padding=1)),
    "conv2d by 3": case([2, 8, 7], [(2, 2, 2, 2), (2,)], lambda x, w, b: F.conv2d(x, w, b, stride=3)),
    "convTranspose2d": case([2, 4, 5], [(2, 3, 3, 3), (3,)], lambda x, w, b: F.conv_transpose2d(x, w, b, padding=1)),
    "conv1d": case([7, 2], [(6, 4), (4,)], conv1d(1, 1, 3)),
    "conv1d by 2": case([9, 2], [(6, 4), (4,)], conv1d(2, 1, 3)),
    "conv1d by 4": case([11, 3], [(6, 2), (2,)], conv1d(4, 0, 2)),
    "batchNorm": case([4], [(4,), (4,)], norm),
    "batchNorm of images": case([2, 3, 4], [(2,), (2,)], norm),
}
print(json.dumps({"torch": torch.__version__.split("+")[0], "cases": cases}))
