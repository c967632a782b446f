#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/special/discrete.h"

namespace scoring_bias {

/// Calls visit(j, P(Bin(n, t) = j)) for each j whose probability counts (1e-18), from the mode down, then up.
/// Requires 0 <= t < 1.
template <typename Visit>
void ForEachBinomial(std::int32_t n, double t, const Visit& visit) {
  constexpr double kLeast = 1e-18;
  const auto mode = std::clamp<std::int32_t>(static_cast<std::int32_t>((n + 1.0) * t), 0, n);
  const double at_mode = BinomialPmf(mode, n, t), odds = t / (1 - t);
  double p = at_mode;
  for (std::int32_t j = mode; p >= kLeast;) {
    visit(j, p);
    if (j == 0) break;
    p *= j / ((n - j + 1.0) * odds);
    --j;
  }
  p = at_mode;
  for (std::int32_t j = mode; j < n;) {
    p *= (n - j) * odds / (j + 1.0);
    ++j;
    if (p < kLeast) break;
    visit(j, p);
  }
}

}  // namespace scoring_bias
