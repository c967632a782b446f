#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

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

/// P(Bin(n, t) = j) for j = first, ..., first + size - 1 at one t after another, from where it is largest: a
/// product for each value.
class BinomialRun {
 public:
  /// `first` is -1 at least. Throws std::bad_alloc.
  BinomialRun(std::int32_t n, std::int32_t first, std::size_t size) : n_(n), first_(first) {
    for (std::size_t i = 0; i < size; ++i) {
      const double j = first + static_cast<double>(i);
      up_.push_back(j < 0 ? 0 : (n - j) / (j + 1));
      down_.push_back(up_.back() > 0 ? 1 / up_.back() : 0);
    }
  }

  /// Writes value i to out[i * stride]. Requires 0 <= t < 1, and 0 < t where `first` is -1.
  void operator()(double t, double* out, std::size_t stride) const {
    const auto size = static_cast<std::int32_t>(up_.size());
    if (size == 0) return;
    const auto mode = std::clamp<std::int32_t>(static_cast<std::int32_t>((n_ + 1.0) * t), 0, n_);
    const std::int32_t start = std::clamp(mode, first_, first_ + size - 1) - first_;
    const double largest = AtStart(first_ + start, mode, t), odds = t / (1 - t);
    const auto place = [&](std::int32_t i) -> double& { return out[static_cast<std::size_t>(i) * stride]; };
    place(start) = largest;
    double p = largest;
    for (std::int32_t i = start + 1; i < size; ++i)
      place(i) = p *= up_[static_cast<std::size_t>(i) - 1] * odds;
    if (start == 0) return;
    p = largest;
    const double inverse = 1 / odds;
    for (std::int32_t i = start; i-- > 0;) place(i) = p *= down_[static_cast<std::size_t>(i)] * inverse;
  }

 private:
  double AtStart(std::int32_t j, std::int32_t mode, double t) const {
    if (j < 0 || j > n_) return 0;
    if (j == mode) return binomial_terms_detail::NearMode(j, n_, t);
    return t > 0 ? BinomialPmf(j, n_, t) : 0;
  }

  std::int32_t n_, first_;
  std::vector<double> up_, down_;  // of two neighbours' probabilities, without the odds
};

}  // namespace scoring_bias
