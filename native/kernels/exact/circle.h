#pragma once

#include <cmath>
#include <complex>
#include <cstddef>
#include <span>
#include <vector>

#include "kernels/special/elementary.h"

namespace scoring_bias {

using Complex = std::complex<double>;

/// A product without the standard's care for infinities.
inline Complex Times(Complex a, Complex b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

/// Cosines less 1 and sines of the multiples of 2 pi / size.
struct Circle {
  std::vector<double> versed, sine;

  explicit Circle(std::size_t size) : versed(size), sine(size) {
    for (std::size_t k = 0; k < size; ++k) {
      const double part = static_cast<double>(k) / static_cast<double>(size);
      const double half = portable::SinPi(part);
      versed[k] = -2 * half * half;
      sine[k] = portable::SinPi(2 * part);
    }
  }

  std::size_t size() const { return versed.size(); }
};

/// The discrete Fourier transform. Writes to out[j] the sums of in[k] e^(-2 pi i j k / size) over k, `in`
/// read at a stride; size divides the circle's. Halves while the size is even: O(size (log size + its odd
/// part)).
void Transform(const Complex* in, std::size_t stride, std::span<Complex> out, const Circle& circle);

}  // namespace scoring_bias
