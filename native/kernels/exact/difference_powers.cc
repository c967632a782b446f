#include "kernels/exact/difference_powers.h"

#include <bit>

#include "kernels/base/quad.h"

namespace scoring_bias {
namespace {

// Four complex numbers, less 1.
struct ComplexQuad {
  Quad real, imaginary;
};

SCORING_BIAS_INLINE void Square(ComplexQuad& a) {
  const Quad r = a.real, s = a.imaginary;
  a.real = r * (2.0 + r) - s * s;
  a.imaginary = 2.0 * s * (1.0 + r);
}

SCORING_BIAS_INLINE void Multiply(ComplexQuad& number, const double* one_real, const double* one_imaginary) {
  const Quad r = number.real, s = number.imaginary;
  Quad a, b;
  Load(one_real, a);
  Load(one_imaginary, b);
  number.real = r + (a + (r * a - s * b));
  number.imaginary = s + (b + (r * b + s * a));
}

/// Raises 1 + real + i imaginary, less 1, to the power n > 0.
SCORING_BIAS_INLINE void Raise(std::size_t n, double* real, double* imaginary) {
  ComplexQuad a, b, c, d;
  const auto load = [&](ComplexQuad& number, std::size_t i) {
    Load(real + i, number.real);
    Load(imaginary + i, number.imaginary);
  };
  load(a, 0);
  load(b, 4);
  load(c, 8);
  load(d, 12);
  for (int bit = static_cast<int>(std::bit_width(n)) - 2; bit >= 0; --bit) {
    Square(a);
    Square(b);
    Square(c);
    Square(d);
    if ((n >> bit & 1) == 0) continue;
    Multiply(a, real, imaginary);
    Multiply(b, real + 4, imaginary + 4);
    Multiply(c, real + 8, imaginary + 8);
    Multiply(d, real + 12, imaginary + 12);
  }
  const auto store = [&](const ComplexQuad& number, std::size_t i) {
    Store(number.real, real + i);
    Store(number.imaginary, imaginary + i);
  };
  store(a, 0);
  store(b, 4);
  store(c, 8);
  store(d, 12);
}

#ifdef SCORING_BIAS_AVX2
SCORING_BIAS_AVX2 void RaiseByAvx2(std::size_t n, double* real, double* imaginary) {
  Raise(n, real, imaginary);
}
#endif

}  // namespace

void DrawsOnCircle::At(const Circle& circle, std::size_t begin, std::size_t count, Values& real,
                       Values& imaginary) const {
  real.fill(0);
  imaginary.fill(0);
  for (std::size_t i = 0; i < count; ++i) {
    real[i] = sum * circle.versed[(begin + i) * stride];
    imaginary[i] = difference * circle.sine[(begin + i) * stride];
  }
#ifdef SCORING_BIAS_AVX2
  if (HasAvx2()) return RaiseByAvx2(n, real.data(), imaginary.data());
#endif
  Raise(n, real.data(), imaginary.data());
}

}  // namespace scoring_bias
