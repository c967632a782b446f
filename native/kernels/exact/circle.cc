#include "kernels/exact/circle.h"

namespace scoring_bias {

void Transform(const Complex* in, std::size_t stride, std::span<Complex> out, const Circle& circle) {
  const std::size_t size = out.size(), turn = circle.size() / size;
  const auto root = [&](std::size_t k) {
    return Complex(1 + circle.versed[k * turn], -circle.sine[k * turn]);
  };
  if (size % 2 != 0) {
    for (std::size_t j = 0; j < size; ++j) {
      out[j] = 0;
      for (std::size_t k = 0; k < size; ++k) out[j] += Times(in[k * stride], root(j * k % size));
    }
    return;
  }
  const std::size_t half = size / 2;
  Transform(in, 2 * stride, out.first(half), circle);
  Transform(in + stride, 2 * stride, out.last(half), circle);
  for (std::size_t j = 0; j < half; ++j) {
    const Complex even = out[j], odd = Times(out[j + half], root(j));
    out[j] = even + odd;
    out[j + half] = even - odd;
  }
}

}  // namespace scoring_bias
