#pragma once

#include <array>
#include <cstddef>

#include "kernels/exact/circle.h"
#include "kernels/special/elementary.h"

namespace scoring_bias {

/// The law of U - V of n draws by its characteristic function on a circle: one draw's is 1 + sum (cos - 1) +
/// i difference sin, of the probabilities of U and V in sum and in difference.
struct DrawsOnCircle {
  static constexpr std::size_t kAtOnce = 16;
  using Values = std::array<double, kAtOnce>;

  std::size_t n;
  double sum, difference;
  std::size_t stride;   // between frequencies on the circle
  double least_square;  // |one draw's|^2 - 1 where it begins to matter

  /// What is below e^log_least does not matter.
  DrawsOnCircle(std::size_t draws, double both, double net, std::size_t step, double log_least)
      : n(draws),
        sum(both),
        difference(net),
        stride(step),
        least_square(portable::Expm1(2 * log_least / static_cast<double>(draws))) {}

  /// Whether frequency k matters. The modulus is a convex function of the cosine: it falls from 1 at
  /// frequency 0, and may rise again towards the highest.
  bool Matters(const Circle& circle, std::size_t k) const {
    const double real = sum * circle.versed[k * stride], imaginary = difference * circle.sine[k * stride];
    return real * (2 + real) + imaginary * imaginary > least_square;  // |1 + real + i imaginary|^2 - 1
  }

  /// Writes what the function is less 1 at the frequencies begin, ..., begin + count - 1, count <= kAtOnce.
  /// What is left of a power near 1 keeps its digits: a product of 1 + a and 1 + b is 1 + a + b + a b.
  void At(const Circle& circle, std::size_t begin, std::size_t count, Values& real, Values& imaginary) const;
};

}  // namespace scoring_bias
