#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "kernels/special/discrete.h"

namespace scoring_bias {

namespace binomial_terms_detail {

/// The largest number of trials whose factorial is a double.
inline constexpr std::int32_t kMostByFactorials = 170;

inline double PowerOf(double base, std::int32_t exponent) {
  double power = 1;
  for (; exponent != 0; exponent >>= 1) {
    if ((exponent & 1) != 0) power *= base;
    base *= base;
  }
  return power;
}

/// P(Bin(n, t) = j) near its mode, to 1e-13; faster than BinomialPmf where n is small.
inline double NearMode(std::int32_t j, std::int32_t n, double t) {
  static constexpr auto kFactorials = [] {
    std::array<double, kMostByFactorials + 1> factorials{1};
    for (std::size_t i = 1; i < factorials.size(); ++i)
      factorials[i] = factorials[i - 1] * static_cast<double>(i);
    return factorials;
  }();
  if (n > kMostByFactorials) return BinomialPmf(j, n, t);
  const auto at = [](std::int32_t i) { return kFactorials[static_cast<std::size_t>(i)]; };
  return at(n) / at(j) / at(n - j) * PowerOf(t, j) * PowerOf(1 - t, n - j);
}

}  // namespace binomial_terms_detail

/// Calls visit(j, P(Bin(n, t) = j)) for each j whose probability counts (1e-18), from the mode down, then up.
/// Requires 0 <= t < 1.
template <typename Visit>
void ForEachBinomial(std::int32_t n, double t, const Visit& visit) {
  constexpr double kLeast = 1e-18;
  const auto mode = std::clamp<std::int32_t>(static_cast<std::int32_t>((n + 1.0) * t), 0, n);
  const double at_mode = binomial_terms_detail::NearMode(mode, n, t), odds = t / (1 - t);
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
